"""What is kept of a year is what would be counted now, whatever has changed and whoever changed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from hypothesis import example, given

from accounts.access import Access, acting_as
from accounts.roles import Role
from accounts.transactions import transaction_of
from agencies.models import Agency
from cases.integrity import first_fault
from cases.models import Call, Case, DisposedYear, Exploitation, Measure, Person
from summaries.counting import build
from summaries.counting.build import all_tables, counted, kept_headlines, years_counted
from summaries.counting.counts import beside_counted
from summaries.models import YearCount
from summaries.policies import AFTERWARDS
from tests.actors import access, user
from tests.at_once import at_once
from tests.database_roles import as_application, only_postgresql
from tests.makers import new_case, new_person
from tests.summaries import registers
from tests.summaries.test_second_count import Actors, random_registers

pytestmark = [pytest.mark.django_db, only_postgresql]
YEARS: Final = range(2017, 2021)
PARTS: Final = pytest.mark.parametrize("counting", ["counted_part", "added"], ids=["region", "country"])


def case_goes(region: str) -> None:
    Case.objects.filter(opened_from_call=False).update(region=region)
    for code in ("V", "SY"):  # whose case is of another region now
        Person.objects.filter(responsible_region=code).update(responsible_region=code)


# Each changes what is counted of some year, past every action of the register.
CHANGES: Final[dict[str, Callable[[], object]]] = {
    "persons go to another region": lambda: Person.objects.filter(child="no").update(responsible_region="SY"),
    "a case goes to another region": lambda: case_goes("SY"),
    "calls are referred": lambda: Call.objects.update(referred_region="V", consent="given"),
    "some without consent": lambda: Call.objects.filter(caller_group="caller:police").update(
        note="", consent="missing"
    ),
    "calls are referred elsewhere": lambda: Call.objects.exclude(topics=None).update(referred_region="SY"),
    "a person is corrected": lambda: Person.objects.update(sex="O"),
    "a person is moved to another year": lambda: Person.objects.update(
        first_year=2019, first_identified_on=date(2019, 3, 1)
    ),
    "a main purpose is another one": lambda: Exploitation.objects.filter(is_main=True).update(
        purpose_id="purpose:war", sector_id=None
    ),
    "a purpose goes": lambda: Exploitation.objects.filter(is_main=False).delete(),
    "a measure is accepted": lambda: Measure.objects.update(answer="accepted", month=date(2019, 5, 1)),
    "a case was opened from a call": lambda: Case.objects.update(opened_from_call=True),
    "children came along": lambda: Case.objects.update(accompanying_children=3),
    "an agency has another code": lambda: Agency.objects.filter(code="police").update(code="police_2"),
    "a call is of another county": lambda: Call.objects.update(caller_county="25"),
    "a call has no topic": lambda: Call.topics.through.objects.all().delete(),
    "an outcome is another one": lambda: Call.outcomes.through.objects.filter(code="outcome:case").update(
        code="outcome:referral_police"
    ),
    "a call goes": lambda: Call.objects.all()._raw_delete("default"),
    "a person goes": lambda: Person.objects.filter(sex="O")._raw_delete("default"),
    "a year is disposed of": lambda: DisposedYear.objects.create(year=2018, version=1, on=date(2026, 1, 1)),
}


def agree(*readers: Access) -> None:
    """What each reads of each year, which may be kept, is what is counted now, whoever has kept it."""
    for by in readers:
        with as_application(), acting_as(by):
            agrees(by)


def coordinators(vera: Access) -> list[Access]:
    """Of a region, of another, and of both and one more."""
    return [replace(vera, regions=frozenset(regions)) for regions in (["V"], ["SY"], ["V", "M", "SY"])]


def agrees(by: Access) -> None:
    live, read = counted(by, YEARS[0], YEARS[-1]), years_counted(by, YEARS[0], YEARS[-1])
    for year in YEARS:
        assert sorted(all_tables(read[year]), key=str) == sorted(all_tables(live[year]), key=str), year
        expected = beside_counted(by, year, live[year].reference)
        assert (read[year].beside or expected) == expected, year
        groups = {cell.key[0]: cell.value for cell in all_tables(live[year])[0] if cell.value}
        found = kept_headlines(by).get(year)
        assert dict(found[0] if found else {}) == {k: n for k, n in groups.items() if k != "*"}, year


def person(child: str, *seen: tuple[str, int], month: int) -> dict[str, Any]:
    """Seen in 2018 by these agencies in these months, and given shelter in another."""
    days = [(agency, date(2018, at, 5), "14", "channel:police") for agency, at in seen]
    facts = {"sex": "F", "child": child, "age_class": None, "citizenship": "RO", "offence_id": None}
    given = [("shelter", "accepted", month), ("shelter", "offered", None), ("return", "accepted", 12)]
    more = {"status": "presumed", "purposes": ["labour", "sexual"], "sector": None, "measures": given}
    return {**facts, **more, "seen": days}


# A register in which each of the changes is one: the random ones may have few persons, and no calls.
ONE_OF_EACH: Final = {
    "plan": registers.Plan(
        [
            (True, [person("yes", ("police", 2), ("migration", 4), month=6)]),
            (False, [person("no", ("social", 1), month=1), person("no", ("police", 5), month=12)]),
        ],
        same=[],
        moved=False,
    ),
    "logged": [
        registers.call(1, "person", by="police"),
        registers.call(2, by="police"),
        registers.call(3, "child", "other", by="social"),
        registers.call(4, by="social"),
    ],
}


@pytest.mark.heavy
@random_registers(1, 25)
@example(**ONE_OF_EACH)
@given(plan=registers.plans(), logged=registers.calls())
def test_it_is_what_is_counted_now_after_each_change(
    plan: registers.Plan,
    logged: list[dict[str, Any]],
) -> None:
    with transaction.atomic():
        actors = Actors()
        registers.build(plan, by=actors.coordinator, operator=actors.operator)
        for facts in logged:
            registers.log(facts, by=actors.operator)
        others = coordinators(actors.coordinator)
        agree(actors.analyst, *others)
        for number, change in enumerate(CHANGES.values()):
            change()
            readers = (actors.analyst, others[number % 3])
            agree(*(reversed(readers) if number % 2 else readers))
        transaction.set_rollback(True)


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V"))


@pytest.fixture
def anna() -> Access:
    return access(user("Anna", Role.ANALYST))


def women(by: Access) -> int:
    return all_tables(years_counted(by, 2018, 2018)[2018])[0]["women",].number


def seen_women(by: Access, number: int) -> None:
    """Register so many women who were identified in 2018."""
    women = [new_person(sex="F", child="no", on=date(2018, 5, n + 1)) for n in range(number)]
    new_case(*women, by=by, region=min(by.regions))


def test_a_year_is_counted_once_until_a_row_changes(
    vera: Access, anna: Access, django_assert_num_queries: Any
) -> None:
    seen_women(vera, 2)
    assert women(anna) == 2
    with django_assert_num_queries(3):  # the two lists that tables are laid out by, and what is kept
        assert women(anna) == 2


def test_a_change_in_a_region_has_only_that_region_counted_again(
    vera: Access, anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_women(vera, 2)
    sune = access(user("Sune", Role.COORDINATOR, region="SY"))
    seen_women(sune, 1)
    assert (women(anna), women(vera), women(sune)) == (3, 2, 1)
    again = []

    def watched(by: Access, year: int, region: str) -> Any:
        again.append((year, region))
        return count(by, year, region)

    count = build.counted_part
    monkeypatch.setattr(build, "counted_part", watched)
    seen_women(sune, 2)
    assert (women(anna), women(vera), women(sune)) == (5, 2, 3)
    assert again == [(2018, "SY")]


def test_the_page_of_a_kept_year_takes_few_statements(
    vera: Access, client: Client, django_assert_max_num_queries: Any
) -> None:
    seen_women(vera, 2)
    client.force_login(user("Anna", Role.ANALYST))
    client.get("/summaries/2018/")
    with django_assert_max_num_queries(20):
        assert client.get("/summaries/2018/").status_code == 200


def before_it_is_kept(monkeypatch: pytest.MonkeyPatch, counting: str, change: Callable[[], None]) -> None:
    """Another connection does this once, after a part was counted and before that is kept."""
    count = getattr(build, counting)

    def slowly(*of: Any) -> Any:
        counted = count(*of)
        monkeypatch.setattr(build, counting, count)
        at_once(lambda _who: change(), number=1)
        return counted

    monkeypatch.setattr(build, counting, slowly)


@pytest.mark.django_db(transaction=True)
@PARTS
def test_what_somebody_changes_while_a_year_is_counted_is_counted(
    vera: Access, anna: Access, monkeypatch: pytest.MonkeyPatch, counting: str
) -> None:
    """Another connection writes after the year was counted and before that is kept."""
    seen_women(vera, 2)
    before_it_is_kept(monkeypatch, counting, lambda: seen_women(vera, 1))
    with transaction_of(anna):
        assert women(anna) == 2
    assert women(anna) == 3


@pytest.mark.django_db(transaction=True)
@PARTS
def test_of_two_who_count_at_once_the_slower_does_not_hide_a_change(
    vera: Access, anna: Access, monkeypatch: pytest.MonkeyPatch, counting: str
) -> None:
    """The other counts the change, removes its mark, and has ended before the first keeps what it counted."""
    seen_women(vera, 2)

    def meanwhile() -> None:
        seen_women(vera, 1)
        assert women(anna) == 3

    before_it_is_kept(monkeypatch, counting, meanwhile)
    with transaction_of(anna):
        assert women(anna) == 2
    assert women(anna) == 3


def test_a_coordinator_reads_no_row_of_the_country(vera: Access, anna: Access) -> None:
    seen_women(vera, 2)
    women(anna)
    with as_application(), acting_as(vera):
        assert regions_kept() == {"V"}
        for region in ("*", "SY", ""):
            with pytest.raises(ProgrammingError), transaction.atomic():
                YearCount.objects.create(year=2018, region=region, headline=[{}, {}], counts=[])
    with as_application(), acting_as(anna):
        assert regions_kept() == {"V", "*"}


def regions_kept() -> set[str]:
    return set(YearCount.objects.values_list("region", flat=True))


def test_check_register_counts_again_what_is_kept(vera: Access, anna: Access) -> None:
    seen_women(vera, 2)
    women(anna)
    assert first_fault() is None
    for region in ("*", "V"):
        row = YearCount.objects.get(year=2018, region=region)
        YearCount.objects.filter(pk=row.pk).update(headline=[{"women": 3}, {}])
        assert first_fault() == f"kept counts of a year that are not those of its rows: 2018 {region}"
        row.save()
    assert first_fault() is None


def test_a_release_has_every_part_counted_again_also_one_that_nobody_is_in_any_more(
    vera: Access, anna: Access
) -> None:
    seen_women(vera, 2)
    assert women(anna) == 2
    counts_of_before = [[], [0, 0]]
    YearCount.objects.create(year=2018, region="SY", headline=[{}, {}], counts=counts_of_before)
    with connection.cursor() as cursor:
        cursor.execute(AFTERWARDS["anew"])
    assert women(anna) == 2
    assert not YearCount.objects.filter(counts=counts_of_before).exists()


def test_check_register_removes_what_is_kept_of_a_year_disposed_of(vera: Access, anna: Access) -> None:
    seen_women(vera, 2)
    women(anna)
    DisposedYear.objects.create(year=2018, version=0, on=date(2026, 1, 1))
    assert first_fault() is None
    assert not YearCount.objects.filter(year=2018).exists()
