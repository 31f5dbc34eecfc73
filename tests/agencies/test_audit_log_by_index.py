"""Who has read a case, and a coordinator's audit log, cost the same however long the audit log is; and are
what they were."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from agencies.models import Region
from audit.models import Event
from audit.writer import System, Target, record
from audit_pages.scope import audit_log_for, audit_log_parts
from cases.access_log import readers_for
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.extract import Extract
from cases.models import Case, Person
from tests.actors import access, user
from tests.audit.many import plan_of, questions, work_of, write_many
from tests.cases.pages import coordinator, signed_in
from tests.makers import new_case, new_person
from tests.weights import mostly_long
from tests.world import undone

pytestmark = pytest.mark.django_db
FEW, MANY = 2_000, 12_000


@pytest.fixture
def karin() -> User:
    return coordinator()


@pytest.fixture
def sven() -> User:
    return coordinator("SY", "Sven")


@pytest.fixture
def dora() -> User:
    return user("Dora", Role.DPO)


@pytest.fixture
def case(karin: User) -> Case:
    """One of Väst's few, with a person; both have been read."""
    return read(new_case(by=access(karin)), karin)


@pytest.fixture
def came(karin: User, sven: User, case: Case) -> Case:
    """A case of Syd's, whose second person was handed over to Väst."""
    made = new_case(new_person(), new_person(), by=access(sven), region="SY")
    hand_over(made.persons.order_by("position")[1], sven, karin)
    return read(made, sven)


def hand_over(person: Person, giver: User, taker: User) -> None:
    region = Region.objects.get(code=min(access(taker).regions))
    asked = ask_transfer(person=person, to_region=region, reason="x", by=access(giver))
    answer_transfer(transfer=asked, accept=True, reason="", by=access(taker))


def read(case: Case, by: User) -> Case:
    for row in (case, *case.persons.all()):
        record(access(by), f"{row._meta.model_name}.read", row)
    return case


def whole_page(client: Client, address: str) -> Callable[[], Any]:
    def look() -> None:
        assert client.get(address).status_code == 200

    return look


PAGES = {
    "a coordinator's trail": ("karin", "/audit/"),
    "a coordinator's trail from an event on": ("karin", "/audit/?after=900"),
    "a coordinator's trail back from an event": ("karin", "/audit/?before=1"),
    "a coordinator's trail of one case": ("karin", "/audit/?about={code}"),
    "the officer's trail of one case": ("dora", "/audit/?about={code}"),
    "history and readers": ("karin", "/cases/{code}/history/"),
    "the extract": ("karin", "/cases/{code}/extract/"),
    "the officer's extract": ("dora", "/cases/{code}/extract/"),
}


def test_no_page_works_more_or_reads_a_table_whole_when_the_audit_log_is_six_times_as_long(
    karin: User, dora: User, case: Case, came: Case
) -> None:
    readers = {"karin": signed_in(karin), "dora": signed_in(dora)}
    looks = {
        page: whole_page(readers[name], address.format(code=case.code))
        for page, (name, address) in PAGES.items()
    }
    write_many(FEW)
    before = {page: sum(map(work_of, questions(look))) for page, look in looks.items()}
    write_many(MANY - FEW)
    for page, look in looks.items():
        asked = questions(look)
        plans = "\n\n".join(map(plan_of, asked))
        assert asked, f"{page} reads no trail"
        assert sum(map(work_of, asked)) <= 1.5 * before[page] + 100, f"{page}: {plans}"
        assert "Seq Scan on audit_event" not in plans, page
        assert "SCAN audit_event" not in plans, page


def test_a_regions_numbers_and_those_that_came_have_an_index_each(karin: User, came: Case) -> None:
    write_many(MANY)
    plans = [plan_of(sql) for sql in questions(whole_page(signed_in(karin), "/audit/"))]
    used = [set(re.findall(r"audit_event_label\w*", plan)) for plan in plans]
    assert used == [{"audit_event_label_start"}, {"audit_event_label"}]


def test_a_new_event_reads_no_table_either(case: Case) -> None:
    """The trigger that keeps SQLite from replacing an event: it was asked for a number or a hash, and
    with the statistics of a short audit log the whole audit log was read for each new event."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL needs no such trigger")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'audit_event_no_replace'")
        asked = cursor.fetchone()[0].partition("WHEN")[2].partition("BEGIN")[0]
    plan = plan_of(f"SELECT {asked.replace('NEW.sequence', '7').replace('NEW.hash', chr(39) * 2)}")
    assert "SCAN audit_event" not in plan


# --- against a second, naive way: every event is looked at, and every row -----------------------------------
@pytest.fixture(scope="class")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, User]]:
    with django_db_blocker.unblock(), undone():
        yield make_world()


def make_world() -> dict[str, User]:
    """Return who reads: cases that stay, come, go, go in part and come back, of three regions, have been
    read; and there are events that resemble theirs."""
    own = {"V": coordinator(), "SY": coordinator("SY", "Sven"), "M": coordinator("M", "Mats")}
    for region, other in (("V", "SY"), ("SY", "V"), ("M", "V")):
        write_cases(region, own[region], own[other])
    both = user("Bea", Role.COORDINATOR, region="V")
    both.assignments.create(region_id="M", kind="coordinator", name="Bea", valid_from="2015-01-01")
    nobody = user("Nils", Role.COORDINATOR, region="N")
    number = Case.objects.filter(region="V")[0].number
    for kind in ("cases.accessgrant", "summaries.publication", ""):
        record(System(), "access.read", Target(kind, "x", number))
    for label in (f"{number}0", f"{number}-Q", f"{number}-P", number[:-1], "V", "", "V-"):
        record(System(), "case.read", Target("cases.case", "x", label))
    readers = {"karin": own["V"], "sven": own["SY"], "mats": own["M"], "bea": both, "nils": nobody}
    return {**readers, "dora": user("Dora", Role.DPO)}


def write_cases(region: str, own: User, other: User) -> None:
    stays, goes, half, returns = (
        new_case(new_person(), new_person(), by=access(own), region=region) for _ in range(4)
    )
    for person in (*goes.persons.all(), half.persons.all()[0], *returns.persons.all()):
        hand_over(person, own, other)
    for person in returns.persons.all():
        hand_over(Person.objects.get(pk=person.pk), other, own)
    for case in (stays, goes, half, returns):
        read(case, own)


class TestAuditLogOfOwnCases:
    @pytest.mark.parametrize("name", ["karin", "sven", "mats", "bea", "nils"])
    def test_a_coordinators_audit_log_is_that_of_own_cases(self, name: str, world: dict[str, User]) -> None:
        by = access(world[name])
        expected = naive_audit_log(by)
        parts = [[event.sequence for event in part] for part in audit_log_parts(by)]
        assert list(audit_log_for(by).values_list("sequence", flat=True)) == expected
        assert sorted(set(chain(*parts)), reverse=True) == expected
        assert parts == [sorted(part, reverse=True) for part in parts]

    @pytest.mark.parametrize("name", mostly_long(["karin", "sven", "bea"], usual=["karin", "bea"]))
    def test_pages_show_each_event_once_and_in_order_both_ways(
        self, name: str, world: dict[str, User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("audit_pages.views.SIZE", 21)
        by, client = access(world[name]), signed_in(world[name])
        expected = naive_audit_log(by)
        page = client.get("/audit/").context
        seen = shown(page)
        while page["next"]:
            page = client.get(f"/audit/{page['next']}").context
            seen += shown(page)
        assert seen == expected
        back = shown(page)
        while page["previous"]:
            page = client.get(f"/audit/{page['previous']}").context
            back = shown(page) + back
        assert back == expected

    def test_events_of_one_case_are_those_of_its_number_and_its_persons(self, world: dict[str, User]) -> None:
        case = Case.objects.filter(region="V")[0]
        shown = signed_in(world["dora"]).get(f"/audit/?about={case.code}").context["lines"]
        numbers = [line["event"].target_label for line in shown]
        stored = Event.objects.order_by("-sequence").values_list("target_label", flat=True)
        expected = [label for label in stored if label == case.number or label.startswith(f"{case.number}-P")]
        assert numbers == expected

    def test_an_unknown_case_has_no_events(self, world: dict[str, User]) -> None:
        """Those without a number were once shown as its own."""
        record(System(), "user.sign_in_refused")
        assert signed_in(world["dora"]).get("/audit/?about=0").context["lines"] == []

    def test_an_extract_holds_the_events_of_the_case_and_the_persons_that_one_answers_for(
        self,
        world: dict[str, User],
    ) -> None:
        events = list(Event.objects.order_by("sequence"))
        for by in map(access, world.values()):
            for case in Case.objects.for_extract(by):
                told = [event.sequence for event in Extract(case, by).events]
                assert told == naive_about(case, by, events)

    def test_readers_are_of_the_case_and_the_persons_that_one_answers_for(
        self, world: dict[str, User]
    ) -> None:
        events = list(Event.objects.order_by("sequence"))
        for by in map(access, world.values()):
            for case in Case.objects.visible_to(by).with_own(by):
                told = sum(reader.times for reader in readers_for(case, by)) if case.own else 0
                assert told == (len(naive_about(case, by, events)) if case.own else 0)


def shown(page: Any) -> list[int]:
    return [line["event"].sequence for line in page["lines"]]


def naive_audit_log(by: Access) -> list[int]:
    """Return the events of the cases and persons that one answers for, the newest first."""
    regions: dict[tuple[str, str], str] = {}
    for person in Person.objects.all():
        regions["cases.person", person.number] = person.responsible_region_id
    for case in Case.objects.all():
        regions["cases.case", case.number] = case.region_id
    events = Event.objects.order_by("-sequence")
    return [
        event.sequence
        for event in events
        if regions.get((event.target_kind, event.target_label)) in by.regions
    ]


def naive_about(case: Case, by: Access, events: list[Event]) -> list[int]:
    persons, of_case = case.persons.all(), {case.number}
    if by.user.role != Role.DPO:
        persons = persons.filter(responsible_region__in=by.regions)
        of_case = {number for number in of_case if case.region_id in by.regions}
    numbers = {*of_case, *persons.values_list("number", flat=True)}
    about = (event for event in events if event.target_kind.startswith("cases."))
    return [event.sequence for event in about if event.target_label in numbers]
