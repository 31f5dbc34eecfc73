"""Every line that says which category a code belongs to is held by a second reading of it.

The attack, and whoever reads `tables.json`, know how tables hang together by what their categories are
made of. Here that is read once more from the shipped lists and from what words mean
(`stranger_knowledge`), and then again with each line taken away: a line that nothing notices could be
wrong, and a printed file open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from libs.suppression.figures import Words
from libs.suppression.latent import latent
from libs.suppression.tables import TableError
from summaries.catalogue import CATALOGUE
from summaries.classifications import PART, Codes
from summaries.counting.reference import Reference, nobody_of
from tests.summaries import intruder_knowledge as known
from tests.weights import examples

STANDARDS: Final = {one.standard for one in CATALOGUE.classifications.values() if one.standard[0]}
OF: Final = ("purpose", "agency_kind", "offence")  # the lists whose codes are read a second time
Told = tuple[str, str, str, str]  # fact, base code, classification, category


def second_reading() -> Iterator[Told]:
    """From the files that are shipped, by hand."""
    for fact, codes, read in (
        ("purpose", known.codes("purpose"), known.purposes()),
        ("offence", (*known.codes("offence"), "not_asked"), known.offences()),
        ("sector", (*known.codes("sector"), "not_asked"), known.sectors()),
        ("age", tuple(known.AGE), known.ages()),
        ("organisation", tuple(row["code"] for row in known.rows("agencies")), known.agencies()),
    ):
        for code, facts in zip(codes, read, strict=True):
            fields = {name: category for name, category in facts.items() if name != "counted"}
            yield from ((fact, code, name, category) for name, category in fields.items())
    for sex, child in ((sex, child) for sex in "FMOU" for child in ("yes", "no", "unknown")):
        adult = {"no": {"F": "women", "M": "men"}, "yes": {"F": "girls", "M": "boys"}}.get(child, {})
        group = "other" if sex == "O" else adult.get(sex, "unknown")
        yield "sex_child", f"{sex}{PART}{child}", "group", group
        yield "sex_child", f"{sex}{PART}{child}", "section", known.SECTION[group]


def program(codes: Codes) -> Iterator[Told]:
    """By what the categories are made of, as the attack and the file have it."""
    told = {(fact, name) for fact, _code, name, _category in second_reading()}
    for fact, name in sorted(told):
        for category in codes.categories(name):
            yield from ((fact, code, name, category) for code in codes.made_of(name, category)[fact])


def differs(codes: Codes) -> bool:
    listed = {(fact, code) for fact, code, _name, _category in second_reading()}
    return {one for one in program(codes) if one[:2] in listed} != set(second_reading())


@pytest.fixture(scope="module")
def codes(django_db_setup: None, django_db_blocker: object) -> Codes:
    """Of the shipped lists."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        return Reference.load().codes


def without(codes: Codes) -> Iterator[tuple[str, Codes]]:
    """Each line taken away: rows of the mapping, and groups of the catalogue that published tables use."""
    for line in codes.mapping:
        if (line[0], line[1].partition(":")[0]) in STANDARDS and line[1].partition(":")[0] in OF:
            yield str(line), replace(codes, mapping=less(codes.mapping, line))
    for name in sorted({name for _fact, _code, name, _category in second_reading()}):
        one = CATALOGUE.classifications[name]
        for code in one.groups:
            fewer = {**CATALOGUE.classifications, name: replace(one, groups=less(one.groups, code))}
            yield (
                f"{name} {code}",
                replace(codes, catalogue=replace(CATALOGUE, classifications=fewer)),
            )


def less(mapping: Mapping[Any, str], line: Any) -> dict[Any, str]:
    return {key: value for key, value in mapping.items() if key != line}


@pytest.mark.django_db
def test_what_categories_are_made_of_is_what_the_shipped_lists_say(codes: Codes) -> None:
    assert set(second_reading()) <= set(program(codes))
    assert not differs(codes)


@pytest.mark.django_db
def test_taking_any_line_away_is_noticed(codes: Codes) -> None:
    """But for those that say what would be so without them."""
    taken = [(line, fewer) for line, fewer in without(codes) if set(program(fewer)) != set(program(codes))]
    assert len(taken) > 60
    assert [line for line, fewer in taken if not differs(fewer)] == []


@pytest.mark.parametrize("year", range(2016, 2027))
def test_nobody_is_a_citizen_outside_the_union_of_a_country_in_it_nor_the_other_way_round(year: int) -> None:
    members = [row["country"] for row in known.rows("eu_membership")]
    of = {country: known.groups_of(country, year) for country in members if country != known.SWEDEN}
    told = {
        country if groups == ("other_eu",) else f"{country}+eu"
        for country, groups in of.items()
        if len(groups) == 1
    }
    (found,) = nobody_of(year)
    assert found["citizenship"] == told | {known.SWEDEN}


def lines(codes: Codes) -> Iterator[tuple[str, Codes]]:
    """Of all that persons are told of outside: of countries, regions, statuses and organisations too."""
    for line in codes.mapping:
        if (line[0], line[1].partition(":")[0]) in STANDARDS:
            yield str(line), replace(codes, mapping=less(codes.mapping, line))
    for one in CATALOGUE.classifications.values():
        for code in one.groups:
            fewer = {**CATALOGUE.classifications, one.name: replace(one, groups=less(one.groups, code))}
            catalogue = replace(CATALOGUE, classifications=fewer)
            yield f"{one.name} {code}", replace(codes, catalogue=catalogue)
    for name, found in codes.given.items():
        every = 10 if len(found) > 100 else 1  # of countries some are enough
        for code in list(found)[:: examples(every, 1)]:
            yield f"{name} {code}", replace(codes, given={**codes.given, name: less(found, code)})


def placed(codes: Codes, name: str) -> list[tuple[str, ...]]:
    """The categories of each base code of a classification's fact."""
    return [codes.of(name, code) for code in codes.base(CATALOGUE.classifications[name].fact)]


def told(codes: Codes, name: str) -> dict[str, frozenset[str]]:
    fact = CATALOGUE.classifications[name].fact
    return {category: codes.made_of(name, category)[fact] for category in codes.categories(name)}


def refused(codes: Codes, fewer: Codes, name: str) -> bool:
    """By the attack on a year with one person of each code, which was counted with all lines."""
    fact, true = CATALOGUE.classifications[name].fact, told(codes, name)
    base = codes.base(fact)
    made = {(name, category): fewer.made_of(name, category) for category in true}
    words = Words(made, {fact: frozenset(base)}, tuple((((fact, code),), 1) for code in base))
    figures = {frozenset({(name, category)}): len(some) for category, some in true.items()}
    try:
        latent(words, figures, [figure for figure, value in figures.items() if not value])
    except TableError:
        return True
    return False


def of_persons(name: str) -> bool:
    """Whether a person is in one category of the classification, which is of one fact."""
    classification = CATALOGUE.classifications[name]
    if not classification.fact or classification.crossed:
        return False
    return not CATALOGUE.fact(name).several and not CATALOGUE.fact(name).calls


def changed(codes: Codes) -> Iterator[tuple[str, str, Codes]]:
    """Each classification that is another one without a line, the line, and the codes without it."""
    whole = {name: placed(codes, name) for name in CATALOGUE.classifications if of_persons(name)}
    for line, fewer in lines(codes):
        yield from ((name, line, fewer) for name in whole if placed(fewer, name) != whole[name])


@pytest.mark.django_db
def test_no_attack_runs_without_a_line_that_tables_were_counted_with(codes: Codes) -> None:
    """What the attack takes a category to be made of, it holds against the persons: it cannot be blind by a
    line that is missing there."""
    taken = list(changed(codes))
    assert [(name, line) for name, line, fewer in taken if not refused(codes, fewer, name)] == []
    found = Counter(name for name, *_line in taken)
    assert found["country_group"] > examples(25, 250)
    assert found.keys() >= {
        "eu_citizenship", "area", "eu_status", "agency_kind", "eu_organisation", "section", "main_purpose",
        "sdg", "eu_form", "offence_class", "act", "age_class", "age_span", "sector_class", "purpose_class",
    }  # fmt: skip
