"""The articles that are shipped: enough of them, long enough in both languages, and no sentence that rests on
nothing."""

from __future__ import annotations

import re
from typing import Final

import pytest
from django.core.exceptions import ValidationError

from agencies.loading import rows
from knowledge.forms import ArticleTextField
from knowledge.models import LONGEST
from knowledge.shipped import Shipped, articles, read, sources

ARTICLES: Final = articles()
SOURCES: Final = sources()
WORD: Final = re.compile(r"[^\W\d_][\w\-–:]*")
TWO_IN_ONE: Final = re.compile(r"[.?!] [A-ZÅÄÖ]")
NUMBER: Final = re.compile(r"\d+")

every = pytest.mark.parametrize("article", ARTICLES, ids=[article.key for article in ARTICLES])


def test_there_are_twenty_five() -> None:
    assert len(ARTICLES) == 25


@every
def test_it_has_120_words_in_both_languages(article: Shipped) -> None:
    """Headings are not counted."""
    words = {
        language: sum(len(WORD.findall(getattr(one, language))) for one in article.sentences)
        for language in ("sv", "en")
    }
    assert min(words.values()) >= 120, words
    assert all(len(article.text(language)) <= LONGEST for language in words)


@every
def test_every_sentence_rests_on_a_source_of_the_list(article: Shipped) -> None:
    """One sentence a line, so that none goes with another's source."""
    for sentence in article.sentences:
        assert sentence.of, sentence.sv
        assert {*sentence.of} - SOURCES.keys() == set(), sentence.sv
        assert not TWO_IN_ONE.search(sentence.sv), sentence.sv
        assert not TWO_IN_ONE.search(sentence.en), sentence.en


@every
def test_every_number_in_it_is_said_by_what_its_sentence_rests_on(article: Shipped) -> None:
    """Years, sections, telephone numbers and figures: none is a guess, and none differs between the
    languages' sources."""
    for sentence in article.sentences:
        said = {number for key in sentence.of for number in NUMBER.findall(SOURCES[key].says)}
        for text in (sentence.sv, sentence.en):
            assert {*NUMBER.findall(text)} - said == set(), text


@every
def test_its_topics_and_counties_are_of_the_lists(article: Shipped) -> None:
    topics = {row["key"] for row in rows("codes") if row["list"] == "topic"}
    assert {*article.topics} <= topics
    assert {*article.counties} <= {row["code"] for row in rows("counties")}
    assert article.topics or article.counties


@every
def test_the_form_would_take_it_as_it_is(article: Shipped) -> None:
    """No address, no telephone of somebody's: what is shipped can be edited and saved."""
    for text in (article.title_sv, article.title_en, article.text("sv"), article.text("en")):
        ArticleTextField().clean(text)


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
