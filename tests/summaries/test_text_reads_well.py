"""Faults that readers have found in the text of a year, each looked for in fifty random registers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from random import Random
from typing import Final, NamedTuple
from unittest.mock import patch

import pytest

from libs.suppression.tables import ProtectedTable
from summaries.text import LANGUAGES, Language, gather, paragraphs
from tests.summaries.reader import COUNTRIES
from tests.summaries.small_registers import CATEGORIES, GROUPS, Kind, people, tables_of

COARSE: Final = ("sexual", "labour", "begging", "crime", "other_purposes", "unknown")
SOME: Final = (
    GROUPS,
    GROUPS[:4],
    GROUPS[:2],
    ("women", "men", "boys"),
    ("women", "girls"),
    ("girls", "boys"),
)
BOTH: Final[tuple[Language, ...]] = ("sv", "en")
# What a purpose could be called beside its own name.
STEMS: Final[Mapping[Language, str]] = {
    "sv": r"sexu\w+|kriminel\w+|brott\w*|tigg\w+|organ|krig\w+|tvångs\w+|\w*exploatering",
    "en": r"sexual\w*|crim\w+|labour|begg\w+|organs?|military|forced \w+|exploitation(?! for)",
}


class Year(NamedTuple):
    now: Mapping[str, ProtectedTable]
    then: Mapping[str, ProtectedTable]
    broken: bool

    def text(self, language: Language, *, left_out: int = 0) -> str:
        now = [replace(table, left_out=left_out) for table in self.now.values()]
        before = [*self.then.values()]
        facts = gather(2018, now, before, broken=self.broken, hidden_is_somebody=True)
        return "\n".join(paragraphs(facts, language, countries=COUNTRIES[language]))

    def number(self, group: str) -> int:
        return self.now["groups"].value(group) or 0


def tables(random: Random, groups: tuple[str, ...], coarse: bool) -> Mapping[str, ProtectedTable]:
    kind = Kind(random.choice((7, 20, 45, 90, 150)), groups, slope=random.choice((0.0, 0.6, 1.2)))
    if not coarse:
        return {table.name: table for table in tables_of(kind, people(kind, random))}
    with patch.dict(CATEGORIES, {"main_purpose": COARSE}):  # type: ignore[arg-type]
        kind = Kind(kind.number, groups, COARSE, slope=kind.slope)
        return {table.name: table for table in tables_of(kind, people(kind, random))}


@cache
def years() -> tuple[Year, ...]:
    made = []
    for seed in range(50):
        random = Random(seed)
        then = tables(random, random.choice(SOME), coarse=False) if seed % 5 else {}
        made.append(Year(tables(random, random.choice(SOME), bool(seed % 2)), then, seed % 3 == 0))
    return tuple(made)


def told() -> Iterator[tuple[Year, Language, str]]:
    for year in years():
        for language in BOTH:
            yield year, language, year.text(language)


def test_it_is_said_of_whom_the_change_since_the_year_before_is() -> None:
    """Not "det" or "that" alone, which were the boys who stand just before."""
    met = 0
    for _year, _language, text in told():
        assert not re.search(r"(?:\. |\n)(?:Det är|That is) ", text)
        met += "Sammanlagt är det" in text or "In total, that is" in text
    assert met > 50


def test_girls_and_boys_are_added_only_where_there_are_both() -> None:
    met = 0
    for year, _language, text in told():
        if "Antalet flickor och pojkar var" in text or "Girls and boys together numbered" in text:
            met += 1
            assert min(year.number("girls"), year.number("boys")) > 0, text
    assert met


def test_girls_and_boys_are_a_number_and_one_of_them_is_not_several() -> None:
    """Not "girls and boys together were 49", nor "flickorna" of a single one."""
    met = 0
    for year, language, text in told():
        assert not re.search(r"(?:together were|var tillsammans) \d", text)
        for group in ("girls", "boys"):
            if year.number(group) == 1:
                met += 1
                assert not re.search(rf"\b{LANGUAGES[language].the[group]}\b", text, re.IGNORECASE)
    assert met


def test_whose_further_purposes_there_were_is_said() -> None:
    met = 0
    for _year, language, text in told():
        whose = "|".join(LANGUAGES[language].the.values())
        others = "|".join(LANGUAGES[language].many.values())
        for sentence in re.findall(r"[^.\n]*(?:även|there was also)[^.]*\.", text):
            met += 1
            assert re.match(rf" ?(?:Bland|Among) (?:{whose}|(?:övriga|the other) (?:{others})) ", sentence)
    assert met


def test_a_row_of_several_purposes_is_said_by_what_it_holds() -> None:
    """Forced marriage is in it too: "other" alone says to the reader that it is not."""
    met = 0
    for year, language, text in told():
        if "other_purposes" not in year.now["main_purpose"].dimensions[0].categories:
            continue
        plain, whole = (LANGUAGES[language].purposes[one] for one in ("other", "other_purposes"))
        met += whole in text
        assert plain not in text.replace(whole, "")
    assert met


def test_a_purpose_has_one_name() -> None:
    for _year, language, text in told():
        names = sorted(LANGUAGES[language].purposes.values(), key=len, reverse=True)
        rest = re.sub("|".join(names), "", "\n".join(text.split("\n")[1:-2]))
        assert not re.search(STEMS[language], rest), rest


def test_no_children_before_a_break_are_not_compared_with() -> None:
    """They may not have been asked about."""
    none = re.compile(r"mot inga \d|against none in")
    met = {True: 0, False: 0}
    for year, _language, text in told():
        met[year.broken] += bool(none.search(text))
    assert met[False]
    assert not met[True]


@pytest.mark.parametrize(
    ("language", "girls", "boys", "neither"),
    [
        ("sv", "Ingen var flicka.", "Ingen var pojke.", "Ingen var flicka eller pojke."),
        ("en", "None was a girl.", "None was a boy.", "None was a girl or a boy."),
    ],
)
def test_that_there_were_no_girls_or_boys_is_said(
    language: Language, girls: str, boys: str, neither: str
) -> None:
    """The open files have them as 0, and a row that is missing is taken for one that is hidden."""
    met = set()
    for year in years():
        numbers = [year.number(group) for group in GROUPS]
        none = (not year.number("girls"), not year.number("boys"))
        right = {(True, True): neither, (True, False): girls, (False, True): boys}.get(none, "")
        right = "" if year.broken else right  # they may not have been asked about
        said = [one for one in (girls, boys, neither) if one in year.text(language)]
        alone = sum(map(bool, numbers)) < 2  # then all are said to be of one group
        assert said == ([right] if right and not alone else [])
        met |= {*said}
    assert met == {girls, boys, neither}


def test_of_those_left_out_it_is_said_whose_group_is_small_in_a_sentence_that_begins_with_a_word() -> None:
    """Not "den gruppen" or "the group", of which nothing was said before."""
    whose = r"\b(?:personens|deras) grupp|\b(?:that person's|their) group"
    met = 0
    for year, language, left_out in product(years(), BOTH, (1, 2, 7)):
        text = year.text(language, left_out=left_out)
        assert not re.search(r"(?:^|[.:] )\d", text, re.MULTILINE), text
        for sentence in re.findall(r"^.*(?:det som följer|what follows).*$", text, re.MULTILINE):
            met += 1
            assert re.search(whose, sentence), sentence
    assert met > 200
