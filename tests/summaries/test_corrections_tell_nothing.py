"""Whoever has every version of a year, and knows of all corrections but one, learns nothing of that one but
what the headline says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import Access
from cases.actions.duplicates import settle
from cases.actions.persons import NewPerson
from cases.models import Exploitation, Identification, Person
from jobs.kinds import JobRefused
from summaries.counting.build import of_the_register
from summaries.counting.historical import decide_standing_exemption
from summaries.release import draft_file
from summaries.release.corrections import headline_steps
from summaries.tables.cell_index import reported
from tests.makers import new_case, new_person
from tests.summaries.versions import Correction, Versions, cells
from tests.weights import mostly_long

pytestmark = [pytest.mark.django_db, pytest.mark.heavy]
K = 5
SECONDS = 2.0
STEPS = headline_steps() | {
    "main_purpose": 2, "country_group": 1, "citizenship": 1, "region": 1, "offence": 1, "ages": 1,
}  # fmt: skip
PURPOSES = ("sexual", "labour", "begging", "crime", "marriage", "organs")
SIZES = (40, 113, 281)
WOMAN = "F+no"
Json = dict[str, Any]


def somebody(random: Random, sex: str = "") -> NewPerson:
    """A woman or a man: sections of few have no place in the tables."""
    pick = random.choices
    return new_person(
        sex=sex or pick("FM", (6, 4))[0],
        main=pick(PURPOSES, (40, 25, 15, 10, 5, 5))[0],
        county=pick(("01", "14", "12", "25", "03"), (40, 25, 15, 10, 10))[0],
        agency=pick(("police", "social", "migration"), (5, 3, 2))[0],
        age_class=pick(("18-24", "25-34", "35-49"))[0],
        offence=pick(("trafficking", "exploitation", "not_assessed"), (6, 3, 2))[0],
        citizenship=pick(("RO", "NG", "TH", "SE", "VN"), (3, 2, 2, 2, 1))[0],
    )


@pytest.fixture
def year(request: pytest.FixtureRequest, vera: Access) -> Random:
    random = Random(request.param)
    decide_standing_exemption()
    new_case(*(somebody(random) for _n in range(request.param)), by=vera)
    return random


def printed(tmp_path: Path, *before: Json, suggested: bool = False) -> Json:
    """The file of the next version, after files of those before. Where it may not be published with the
    steps of all, with those that are suggested."""
    by, after = of_the_register(timezone.now()), []
    for number, one in enumerate(before):
        file = tmp_path / f"v{number}.json"
        file.write_text(json.dumps(one))
        after.append(draft_file.read(str(file), 2018))
    draft = None
    if not suggested:
        with suppress(JobRefused):
            draft = draft_file.drafted(by, 2018, STEPS, seconds=SECONDS, after=after)
    draft = draft or draft_file.drafted_as_suggested(by, 2018, after=after)
    found: Json = json.loads(draft_file.printed(draft, "sv"))
    return found


def add(by: Access, random: Random) -> None:
    new_case(somebody(random, "F"), by=by)


def take_out(by: Access, random: Random) -> None:
    row = random.choice(Person.objects.filter(sex="F", status="presumed").order_by("pk"))
    row.status = "not_victim"
    row.save()


def correct_a_purpose(by: Access, random: Random) -> None:
    row = random.choice(Exploitation.objects.filter(person__sex="F", is_main=True).order_by("pk"))
    row.purpose_id = f"purpose:{random.choice([one for one in PURPOSES if one not in row.purpose_id])}"
    row.save()


def correct_a_county(by: Access, random: Random) -> None:
    row = random.choice(Identification.objects.filter(person__sex="F").order_by("pk"))
    row.county_id = "25" if row.county_id != "25" else "12"
    row.save()
    settle([row.person], by=by)


CORRECTIONS = (add, take_out, correct_a_purpose, correct_a_county)
Correct = Callable[[Access, Random], None]


def counted(by: Access) -> Counter[tuple[tuple[str, str], ...]]:
    return Counter({tuple(sorted(one.codes.items())): one.n for one in reported(by, 2018)})


def between(before: Counter[Any], after: Counter[Any]) -> list[Correction]:
    """Whoever is there no more, and whoever is there by now."""
    gone: list[Correction] = [(dict(codes), None) for codes in (before - after).elements()]
    return [*gone, *((None, dict(codes)) for codes in (after - before).elements())]


def explained(versions: Versions, correct: Correct) -> bool:
    """Whether k corrections of one woman explain what is left: of one fact alone too, where it has k other
    values or more. Where it has fewer, a figure that both versions show may tell the one value, and never
    both.
    """
    if correct in (add, take_out):
        return len(list(islice(versions.persons(WOMAN, come=correct is add), K))) == K
    fact = "purpose" if correct is correct_a_purpose else "place"
    persons = list(islice(versions.corrected_persons(WOMAN, fact), K))
    others = len(versions.values(WOMAN, fact)) - 1
    least = K if others >= K else 2
    return len(persons) == K and len(list(versions.corrected(WOMAN, fact))) >= least


@pytest.mark.parametrize("correct", mostly_long(CORRECTIONS, usual=[add]))
@pytest.mark.parametrize("year", mostly_long(SIZES, usual=SIZES[:1]), indirect=True)
def test_one_correction_changes_nothing_but_the_headline_in_any_version(
    year: Random, vera: Access, tmp_path: Path, correct: Correct
) -> None:
    begun, first = counted(vera), printed(tmp_path)
    correct(vera, year)
    known, second = between(begun, counted(vera)), printed(tmp_path, first)
    correct(vera, year)
    third = printed(tmp_path, first, second)
    for one, told in ((second, []), (third, known)):
        assert [table["cells"] for table in one["tables"][1:]] == [t["cells"] for t in first["tables"][1:]]
        assert explained(Versions.of(first, one, told), correct)


@pytest.mark.parametrize("correct", mostly_long(CORRECTIONS, usual=[correct_a_purpose]))
@pytest.mark.parametrize("year", mostly_long(SIZES, usual=SIZES[1:2]), indirect=True)
def test_of_tables_made_anew_k_corrections_explain_what_the_others_do_not(
    year: Random, vera: Access, tmp_path: Path, correct: Correct
) -> None:
    """Two come out in a version of their own, with the headline; then more, of whom one is sought. A table
    that may not be made anew beside those before stands."""
    begun, first = counted(vera), printed(tmp_path)
    for _time in range(2):
        correct(vera, year)
    second = printed(tmp_path, first)
    assert cells(second["tables"][1:]) == cells(first["tables"][1:])
    for _time in range(K + 3):
        add(vera, year)
    known = between(begun, counted(vera))
    correct(vera, year)
    third = printed(tmp_path, first, second)
    assert not all(table.get("version") for table in third["tables"][1:])
    assert explained(Versions.of(first, third, known), correct)


@pytest.mark.long(
    instead="tests/summaries/test_tables_stand.py"
    "::test_late_records_leave_no_fewer_tables_on_the_page_of_the_year"
)
@pytest.mark.parametrize("year", range(80, 320, 20), indirect=True)
def test_one_late_record_takes_no_table_from_any_of_twelve_years(
    year: Random, vera: Access, tmp_path: Path
) -> None:
    first = printed(tmp_path, suggested=True)
    add(vera, year)
    second = printed(tmp_path, first, suggested=True)
    assert len(first["tables"]) > 1
    assert {table["name"] for table in first["tables"]} <= {table["name"] for table in second["tables"]}
    assert cells(second["tables"][1:]) == cells(first["tables"][1:])
