"""What an analyst has written lasts from one version to the next, and its numbers are asked about."""

from __future__ import annotations

import pytest

from accounts.access import Access
from summaries.counting.historical import decide_standing_exemption
from summaries.release import actions
from summaries.release.frozen import strange_numbers, text_of
from summaries.release.models import Publication
from summaries.text.edited import asked_about, carried_over, differences
from tests.makers import new_case, new_person
from tests.summaries.releasing import released
from tests.summaries.small_year import ALONE, add, prepare

FORMER = "Sixty persons.\n\nForty were women.\n\nTwelve were men."


def asked(edited: str, language: str = "en", generated: str = "60 persons. 4 were men.") -> list[str]:
    return list(asked_about(edited, generated, {"60", "40", "3", "1"}, 5, language))


@pytest.mark.parametrize(
    ("edited", "language", "found"),
    [
        ("60 persons. 4 were men.", "en", []),
        ("60 persons, of whom 40 were women.", "en", []),
        ("3 were pregnant.", "en", ["3"]),
        ("Three were pregnant.", "en", ["Three"]),
        ("Only one was pregnant.", "en", ["Only one"]),
        ("137 were heard.", "en", ["137"]),
        ("1,137 were heard.", "en", ["1137"]),
        ("Seventeen were heard.", "en", ["Seventeen"]),
        ("Av dem var 1 gravid.", "sv", ["1"]),
        ("3 gravida.", "sv", ["3"]),
        ("Tre gravida.", "sv", ["Tre"]),
        ("En kvinna var gravid.", "sv", ["En kvinna"]),
        ("En av dem var gravid, bara en.", "sv", ["bara en", "En av dem"]),
        ("En ny lag gäller.", "sv", []),
        ("Forty were women.", "en", []),
    ],
)
def test_a_number_of_few_is_asked_about_in_figures_and_in_words(
    edited: str, language: str, found: list[str]
) -> None:
    assert sorted(asked(edited, language)) == sorted(found)


def test_a_new_text_begins_with_what_was_edited_where_the_figures_say_the_same() -> None:
    edited = "Sixty persons in all.\n\nForty were women.\n\nTwelve were men, as ever.\n\nMost came by bus."
    same = carried_over(FORMER, edited, FORMER, lambda words: True)
    assert same == (edited, "")
    now = FORMER.replace("Twelve were", "Thirteen were")
    text, aside = carried_over(FORMER, edited, now, lambda words: "bus" in words)
    assert text == "Sixty persons in all.\n\nForty were women.\n\nThirteen were men.\n\nMost came by bus."
    assert aside == "Twelve were men, as ever."
    assert carried_over(FORMER, edited, now, lambda words: False)[1] == (
        "Twelve were men, as ever.\n\nMost came by bus."
    )


@pytest.mark.parametrize(
    ("edited", "begun"),
    [
        ("Sixty persons.\n\nTwelve were men.", "Sixty persons.\n\nThirteen were men."),
        ("All of them.\n\nTwelve were men.", "All of them.\n\nThirteen were men."),
        ("Forty were women.\n\nTwelve were men.", "Forty were women.\n\nThirteen were men."),
    ],
)
def test_what_was_deleted_stays_deleted_and_doubles_nothing(edited: str, begun: str) -> None:
    """A paragraph after a deleted one was taken for what was written in its place."""
    now = FORMER.replace("Twelve were", "Thirteen were")
    assert carried_over(FORMER, edited, FORMER, lambda words: True) == (edited, "")
    assert carried_over(FORMER, edited, now, lambda words: True) == (begun, "")


def test_what_differs_from_what_was_generated_is_shown() -> None:
    edited = "Sixty persons.\n\nForty were women, mostly.\n\nTwelve were men."
    found = [(difference.generated, difference.edited) for difference in differences(FORMER, edited)]
    assert found == [("Forty were women.", "Forty were women, mostly.")]
    assert differences(FORMER, FORMER) == []


@pytest.mark.django_db
def test_the_next_version_has_the_words_of_the_last_and_new_ones_for_new_figures(
    vera: Access, anna: Access
) -> None:
    decide_standing_exemption()
    add(vera)
    draft = prepare(anna, ALONE)
    thanks = {"sv": "Tack till alla regioner.", "en": "Thanks to all regions."}
    written = {language: draft.texts[language]["generated"] for language in thanks}
    texts = {language: f"{written[language]}\n\n{words}" for language, words in thanks.items()}
    draft = actions.edit_text(draft=draft, texts=texts, by=anna)
    first = released(draft=draft, digest=draft.digest, state=Publication.State.PRELIMINARY, by=anna)
    again = prepare(anna, ALONE)
    assert {language: text_of(again, language) for language in thanks} == texts
    assert again.texts["sv"]["generated"] == first.texts["sv"]["generated"], "equal figures, equal words"
    new_case(*[new_person(sex="M", main="labour", county="01", agency="social") for _n in range(9)], by=vera)
    again = prepare(anna, ALONE)
    for language, words in thanks.items():
        text = text_of(again, language)
        assert ("69" in text, "60" in text, text.endswith(words)) == (True, False, True)
    assert strange_numbers(again) == []
