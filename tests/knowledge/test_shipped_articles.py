"""The articles that are shipped: enough of them, long enough in both languages, and no sentence that rests on
nothing."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from django.core.exceptions import ValidationError

from agencies.code_words import rows
from knowledge.forms import ArticleTextField
from knowledge.models import MAX_LENGTH
from knowledge.shipped import articles, read, sources

LANGUAGES: Final = ("sv", "en")
ARTICLES: Final = articles()
SENTENCES: Final = [(article.key, sentence) for article in ARTICLES for sentence in article.sentences]
SOURCES: Final = sources()
WORD: Final = re.compile(r"[^\W\d_][\w\-–:]*")
TWO_IN_ONE: Final = re.compile(r"[.?!] [A-ZÅÄÖ]")
NUMBER: Final = re.compile(r"\d+")


def test_there_are_twenty_five() -> None:
    assert len(ARTICLES) == 25


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_has_120_words_and_is_no_longer_than_a_page_takes(language: str) -> None:
    """Headings are not counted."""
    short = [article.key for article in ARTICLES if words(article, language) < 120]
    long = [article.key for article in ARTICLES if len(article.text(language)) > MAX_LENGTH]
    assert (short, long) == ([], [])


def words(article: Any, language: str) -> int:
    return sum(len(WORD.findall(getattr(sentence, language))) for sentence in article.sentences)


def test_every_sentence_rests_on_a_source_of_the_list() -> None:
    assert [(key, one.sv) for key, one in SENTENCES if not one.of or {*one.of} - SOURCES.keys()] == []


def test_every_line_is_one_sentence() -> None:
    """So that none goes with another's source."""
    texts = [(key, text) for key, sentence in SENTENCES for text in (sentence.sv, sentence.en)]
    assert [(key, text) for key, text in texts if TWO_IN_ONE.search(text)] == []


def test_every_number_is_said_by_what_its_sentence_rests_on() -> None:
    """Years, sections, telephone numbers and figures: none is a guess, and none differs between the
    languages' sources."""
    guessed = []
    for key, sentence in SENTENCES:
        said = {number for source in sentence.of for number in NUMBER.findall(SOURCES[source].says)}
        written = {*NUMBER.findall(f"{sentence.sv} {sentence.en}")}
        guessed += [(key, sentence.sv, number) for number in written - said]
    assert guessed == []


def test_topics_and_counties_are_of_the_lists() -> None:
    known = {row["key"] for row in rows("codes") if row["list"] == "topic"}
    known |= {row["code"] for row in rows("counties")}
    about = {article.key: {*article.topics, *article.counties} for article in ARTICLES}
    assert {key: words - known for key, words in about.items() if words - known or not words} == {}


def test_the_form_would_take_each_as_it_is() -> None:
    """No address, no telephone of somebody's: what is shipped can be edited and saved."""
    refused = []
    for article in ARTICLES:
        for text in (article.title_sv, article.title_en, article.text("sv"), article.text("en")):
            try:
                ArticleTextField().clean(text)
            except ValidationError as error:
                refused.append((article.key, error.messages))
    assert refused == []


@pytest.mark.parametrize(
    "text",
    ["Boendet: Storgatan 12.", "Ring 070-000 00 17.", "Fråga a@exempel.se", "0201610017", "020161 0017"],
)
def test_where_a_shelter_is_and_who_somebody_is_cannot_be_written(text: str) -> None:
    with pytest.raises(ValidationError):
        ArticleTextField().clean(text)


def test_every_county_and_the_topics_of_help_have_an_article() -> None:
    counties = {row["code"] for row in rows("counties")}
    assert {code for article in ARTICLES for code in article.counties} == counties
    about = {topic for article in ARTICLES for topic in article.topics}
    helped = "person advice child housing permit police_report return workplace prostitution training"
    assert about == {f"topic:{word}" for word in helped.split()}


def test_every_source_is_needed() -> None:
    assert {key for article in ARTICLES for key in article.sources} == SOURCES.keys()


def test_a_file_that_leaves_a_sentence_without_its_source_is_refused() -> None:
    head = "sv: T\nen: T\ntopics: child\ncounties:\n\n## A | B\n"
    with pytest.raises(ValueError, match="where of should stand"):
        read("x", f"{head}sv: En mening.\nen: A sentence.\nsv: En till.\n")
