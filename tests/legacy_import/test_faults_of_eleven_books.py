"""What eleven workbooks of further hands showed: a heading that misleads, a sum that looks like a person, a
sheet of another thing. Each fault stands here once, in few rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from django.utils import translation
from openpyxl import Workbook

from accounts.roles import Role
from exchange.sheets import Area, SheetRow, WorkbookSheet
from legacy_import.models import TakeOver
from legacy_import.sentences import ListWords, compared
from legacy_import.sheets.comparison import compare, stated
from legacy_import.sheets.reader import Reading, read
from legacy_import.sheets.redaction import leave
from legacy_import.sheets.values import Answers, CellReader
from tests.legacy_import.hands import saved, vocabulary
from tests.legacy_import.imported import at, confirmed, not_counted, send, signed

Rows = Sequence[Sequence[str]]
NONE = Answers({})


def page(rows: Rows, name: str = "2018", colours: Mapping[int, str] | None = None) -> WorkbookSheet:
    fills = {line: dict.fromkeys(range(9), colour) for line, colour in (colours or {}).items()}
    lines = [SheetRow(n, tuple(row), fills.get(n, {})) for n, row in enumerate(rows, start=1) if any(row)]
    return WorkbookSheet(name, tuple(lines))


def look(*pages: WorkbookSheet, answers: Answers = NONE) -> Reading:
    """As the sheets are read once what identifies has been left in the file."""
    first = read(pages, vocabulary(), answers, "blad.xlsx")
    kept = leave(pages, first, vocabulary(), answers, "blad.xlsx")
    return read(kept.pages, vocabulary(), Answers({**kept.answers, **answers.answers}), "blad.xlsx")


def groups(found: Reading) -> Counter[str]:
    return Counter(person.group for person in found.persons if person.counted)


def keys(found: Reading) -> set[str]:
    return {question.key for question in found.questions}


def concepts(found: Reading) -> dict[str, str]:
    return {one.column.heading: one.concept for taken in found.tables for one in taken.chosen}


def said(found: Reading, name: str) -> list[str | None]:
    return [person.seen[0].get(name) for person in found.persons]


def test_agencies_below_a_heading_that_groups_columns_are_no_numbers_of_cases() -> None:
    rows = [
        ["Ärende", "", "", "Person", ""],
        ["Län", "Inkom", "Fick det av", "Kön", "Land"],
        ["Skåne", "2018-01-15", "Polisen", "kvinna", "Rumänien"],
        ["Skåne", "2018-02-15", "Soc", "man", "Bulgarien"],
        ["Skåne", "2018-03-15", "Migrationsverket", "kvinna", "Nigeria"],
        ["Skåne", "2018-04-15", "Polisen", "kvinna", "Ukraina"],
    ]
    groups_of_columns = (Area(1, 0, 1, 2), Area(1, 3, 1, 4))
    found = look(replace(page(rows), merged=groups_of_columns))
    assert concepts(found)["Ärende Fick det av"] == "agency"
    assert {person.case for person in found.persons} == {""}


def test_the_sum_of_a_place_stays_a_sum_when_the_file_is_kept_without_names() -> None:
    found = look(
        page(
            [
                ["Kommun", "Datum", "Myndighet", "Antal", "Land"],
                ["Malmö", "2018-01-15", "Polisen", "2", "Rumänien"],
                ["Malmö", "2018-02-15", "Polisen", "1", "Nigeria"],
                ["Delsumma Malmö", "", "", "3", ""],
                ["Lund", "2018-03-15", "Polisen", "1", "Rumänien"],
                ["Varav Lund", "", "", "1", ""],
            ]
        )
    )
    assert sum(groups(found).values()) == 4
    assert not keys(found)


def test_years_of_two_digits_are_years_and_tell_who_was_a_child() -> None:
    found = look(
        page(
            [
                ["Län", "År", "Kön", "Född", "Myndighet", "Land"],
                ["Skåne", "'14", "kv", "2000", "Polisen", "Rumänien"],
                ["Skåne", "15", "kv", "1980", "Polisen", "Nigeria"],
                ["Skåne", "'16", "m", "1990", "Polisen", "Ukraina"],
            ],
            name="Blad1",
        )
    )
    assert [person.year for person in found.persons] == [2014, 2015, 2016]
    assert groups(found) == {"girls": 1, "women": 1, "men": 1}
    assert not keys(found)


QUARTERS = [
    ["Rött = Halland, grönt = Västra Götaland"],
    [],
    ["Månad", "Antal pers", "varav barn", "Kön", "Myndighet", "Land"],
    ["Januari", "3", "1", "kvinnor", "Polisen", "Thailand"],
    ["Mars", "1", "", "man", "Polisen", "Ukraina"],
    ["Kvartal 1", "4", "", "", "", ""],
    ["April", "2", "2", "män", "Polisen", "Thailand"],
    ["Kvartal 2", "2", "", "", "", ""],
]
GREEN, RED = "C6EFCE", "FFC7CE"


def test_the_sum_of_a_quarter_is_no_person() -> None:
    assert sum(groups(look(page(QUARTERS[2:]))).values()) == 6


def test_children_among_those_who_are_counted_have_their_sex() -> None:
    assert groups(look(page(QUARTERS[2:]))) == {"women": 2, "girls": 1, "men": 1, "boys": 2}


def test_a_county_that_a_legend_gives_a_colour_is_that_of_its_rows() -> None:
    found = look(page(QUARTERS, colours={4: GREEN, 5: RED, 7: GREEN}))
    assert Counter(said(found, "county")) == {"14": 5, "13": 1}
    assert not keys(found)


@pytest.mark.django_db
def test_a_colour_is_asked_about_by_its_name_and_may_mean_a_county() -> None:
    [question, *_others] = [
        one.as_json()
        for one in look(page(QUARTERS[2:], colours={2: GREEN, 3: RED, 5: RED})).questions
        if one.kind == "colour" and one.about == GREEN
    ]
    words = ListWords()
    assert "grön" in words.asks(question)
    assert GREEN not in words.asks(question)
    assert "county=13" in dict(words.options(question))


def test_of_a_list_of_meetings_is_asked_what_it_is_and_nobody_comes_in_by_it() -> None:
    meetings = page(
        [["Datum", "Plats", "Antal deltagare"], ["2018-03-04", "Umeå", "14"], ["2018-10-02", "Luleå", "22"]],
        name="Möten",
    )
    found = look(meetings)
    assert keys(found) == {"kind|möten"}
    assert not found.persons
    assert not look(meetings, answers=Answers({"kind|möten": "none"})).questions


def test_days_and_agencies_are_not_left_in_the_file_for_the_heading_above_them() -> None:
    found = look(
        page(
            [
                ["Namn", "Kontakt i början", "Kommun", "Kön", "Kollega som ringde"],
                ["Vera T", "2018-01-15", "Malmö", "kvinna", "Socialtjänst Malmö"],
                ["Irma P", "2018-02-15", "Lund", "kvinna", "Röda Korset"],
                ["Nina K", "mars 2018", "Malmö", "kvinna", "Polisen Lund"],
            ],
            name="Lista",
        )
    )
    assert concepts(found)["Kontakt i början"] == "identified_on"
    assert concepts(found)["Kollega som ringde"] == "agency"
    assert {"column|kontakt i början", "column|kollega som ringde"} <= keys(found)


def test_addresses_stay_in_the_file_though_each_names_a_town() -> None:
    found = look(
        page(
            [
                ["Datum", "Kön", "Län", "Adress i början"],
                ["2018-01-15", "kvinna", "Skåne", "Påhittade gatan i Malmö"],
                ["2018-02-15", "man", "Skåne", "Exempelbyn utanför Lund"],
            ]
        )
    )
    assert concepts(found)["Adress i början"] == "drop:contact"
    assert "column|adress i början" not in keys(found)


def test_yes_and_no_below_a_heading_of_something_else_do_not_propose_children() -> None:
    found = look(
        page(
            [
                ["Län", "Datum", "Kön", "Land", "Anmäld j/n"],
                ["Skåne", "2018-01-15", "kvinna", "Rumänien", "j"],
                ["Skåne", "2018-02-15", "man", "Nigeria", "n"],
            ]
        )
    )
    [question] = [one for one in found.questions if one.about == "anmäld j/n"]
    assert "child" not in question.proposals


def test_a_note_that_says_twice_that_a_row_does_not_count_is_asked_about() -> None:
    rows = [
        ["Län", "Datum", "Kön", "Myndighet", "Anteckningar"],
        ["Skåne", "2018-01-15", "flicka", "Polisen", "Utgår, ej MH"],
        ["Skåne", "2018-02-15", "kvinna", "Polisen", "Utgår, Maja tar över"],
    ]
    found = look(page(rows))
    assert keys(found) == {"value|drop:note|utgarejmh"}
    answers = Answers({"value|drop:note|utgarejmh": "status=not_victim"})
    assert groups(look(page(rows), answers=answers)) == {"women": 1}


def test_a_year_above_a_row_that_reads_like_a_heading_is_the_year_of_its_rows() -> None:
    sheet = page(
        [
            ["Datum", "Myndighet", "K/M", "Vuxen/barn", "Antal", "Land", "Sex", "Brott", "Kommentar"],
            ["År 2018"],
            ["6/9", "Soc", "K", "vuxen", "2", "Rumänien", "1", "", ""],
            ["Summa", "", "", "", "2", "", "", "", ""],
            ["År 2019"],
            ["11/4", "Polis", "K", "barn", "1", "Nigeria", "", "1", "nekade hjälp"],
            ["28/5", "Soc", "M", "barn", "1", "Ukraina", "1", "", "nekade hjälp"],
        ],
        name="Skåne",
    )
    found = read([sheet], vocabulary(), NONE, "blad.xlsx")
    assert [person.year for person in found.persons] == [2018, 2018, 2019, 2019]


def test_sums_of_months_add_up_to_the_year() -> None:
    months = [
        page(
            [
                ["Län", "Datum", "Kön", "Myndighet"],
                *[["Skåne", f"2018-0{month}-1{n}", "kvinna", "Polisen"] for n in range(month)],
                ["Summa", "", str(month), ""],
            ],
            name=f"{name} 18",
        )
        for month, name in ((2, "feb"), (3, "mars"), (4, "april"))
    ]
    found, words = look(*months), vocabulary()
    totals = stated(found, CellReader(words), words.regions)
    [year, *_others] = compare(found, totals, {}, words.regions)
    assert (year.rows, year.sheets) == (9, 9)


@pytest.mark.django_db
def test_why_figures_differ_is_said_in_words() -> None:
    row = {"region": "*", "group": "*", "sheets": 3, "published": None, "rows": 1}
    with translation.override("en"):
        [shown] = compared({"compared": [{**row, "reasons": [{"kind": "no_person", "persons": 2}]}]})
    assert shown["reasons"] == [("no person: skipped", 2)]


def undated() -> bytes:
    made = Workbook()
    for row in (["Län", "Kön", "Myndighet", "Land"], ["Halland", "kvinna", "Polisen", "Polen"]):
        made.active.append(row)
    made.active.append(["Halland", "man", "Polisen", "Kina"])
    return saved(made)


@pytest.mark.django_db
def test_a_file_comes_in_without_a_name_for_its_answers() -> None:
    send(signed("Vera", Role.COORDINATOR, region="V"), undated(), new_mapping="")
    name = TakeOver.objects.get().mapping.name
    assert re.fullmatch(r"Väst\.xlsx \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d", name)


@pytest.mark.django_db
def test_a_column_may_be_said_to_be_something_else_before_anything_is_left_behind() -> None:
    vera = signed("Vera", Role.COORDINATOR, region="V")
    send(vera, undated())
    row = not_counted(vera, TakeOver.objects.get())
    shown = vera.get(at("take_over", row)).content.decode()
    assert "Correct a column" in shown
    vera.post(at("take_over", row), {"version": row.version, "column": "land", "meaning": "drop:no_place"})
    row.refresh_from_db()
    assert row.said.answers["column|land"] == "drop:no_place"


@pytest.mark.django_db
def test_a_year_without_which_rows_are_left_out_is_not_called_optional() -> None:
    vera = signed("Vera", Role.COORDINATOR, region="V")
    row = confirmed(vera, undated())
    shown = vera.get(at("take_over_questions", row)).content.decode()
    assert "Or a year or day" in shown
    assert "(optional)" not in shown
