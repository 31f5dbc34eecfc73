"""Disposal is carried out as two persons decided, whole or not at all; and nothing is left that names what is
gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django.plugin import DjangoDbBlocker

from accounts.access import Access
from accounts.approvals import answer
from accounts.models import Approval, Notice, User
from accounts.roles import Role
from agencies.models import Code, Region
from audit.models import Event
from audit.writer import System, Target, record
from cases.choices import CaseState
from cases.models import (
    Call,
    Case,
    ComparedPerson,
    DisposedYear,
    DuplicateReview,
    Notification,
    Person,
    PersonIndicator,
    Reminder,
    WaitingHint,
    YearConfirmation,
)
from exchange.models import ImportRun
from exchange.runs import Undoing
from jobs.kinds import JobRefused
from jobs.models import Job
from jobs.worker import work
from retention import disposal
from retention.archive import NothingOfYear, archive as make_package
from retention.delete_plan import Ready, RelatedRows, ready
from retention.disposal import (
    DisposalRefused,
    approved,
    carry_out,
    empty_journals,
    propose,
    question,
)
from retention.due import ARCHIVED
from retention.models import TRIGGERS, Disposal, Retention, RetentionKind
from summaries.counting.build import core_tables, counted
from summaries.counting.comparison import known_years, side_by_side, ten_years
from summaries.counting.summary import Source, internal_summary
from summaries.estimates.source import known_persons
from summaries.release.models import Publication
from summaries.tables.protection import protect_year
from tests.actors import NOON, access, user
from tests.makers import new_case, new_person
from tests.world import World, filled_world

pytestmark = pytest.mark.django_db
RULE = {"decision": "Gallringsbeslut 2019/12", "decided_on": date(2019, 1, 2), "ground": "Arkivlagen 10 §"}
LATER = datetime(2024, 6, 3, 12, tzinfo=UTC)  # more than five years after the cases were last changed
WHY = "Dataskyddsombudet är tillfrågat."


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


# --- nothing is left: a second line, which walks the keys of every table the other way ------------------
def naming(gone: Mapping[type[Model], set[Any]], words: set[str]) -> set[str]:
    """Where a row is left that points at one of `gone`, or holds one of `words` in clear."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            keys = gone.get(field.related_model) if field.is_relation else None  # type: ignore[arg-type]
            if keys and model._base_manager.filter(**{f"{field.name}__in": keys}).exists():
                found.add(f"{model._meta.label}.{field.name}")
        keys = gone.get(getattr(model, "instance_type", None))  # type: ignore[arg-type]
        if keys and model._base_manager.filter(id__in=keys).exists():
            found.add(f"{model._meta.label}.id")
    return found | in_clear(words)


def in_clear(words: set[str]) -> set[str]:
    """By SQL, in every column of every table but the audit log, which holds that it was so."""
    found = set()
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - {"audit_event"}):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [one[0] for one in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    if any(word in str(value) for word in words):
                        found.add(f"{table}.{name}")
    return found


@pytest.fixture(scope="class")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), filled_world() as made:
        yield made


def everything_of(world: World) -> tuple[RelatedRows, set[str]]:
    """The case of Väst with a call, a notification, a tie that was undone and what the search remembers."""
    case, other = world.case, Person.objects.exclude(case=world.case).first()
    assert other is not None
    Call.objects.filter(pk=world.call.pk).update(case=case)
    Notification.objects.update(case=case)
    first, second = case.persons.order_by("pk")
    for same in (first, None):  # its history tells of it for ever
        other.same_as = same
        other.save()
    PersonIndicator.objects.create(person_id=first.pk, code_id="indicator:DR01", answer="yes")
    ComparedPerson.objects.create(person=first.pk, digest="0" * 64)
    WaitingHint.objects.create(first=first.pk, second=second.pk + 1000, region="V", similarity=0.5)
    Notice.objects.create(user=world.people["vast"], kind="x", label=case.number, at=NOON)
    tops = {
        Case: [case.pk],
        Call: [world.call.pk],
        Notification: list(Notification.objects.values_list("pk", flat=True)),
    }
    related = RelatedRows.on(tops)
    coded = [row for model in (Case, Person, Call, Notification)
             for row in model._base_manager.filter(pk__in=related.keys[model])]  # fmt: skip
    words = {text for row in coded for text in (str(row.code), row.code.hex)}
    return related, words | set(world.numbers)


class TestNothingIsLeft:
    def test_nothing_is_left_that_names_what_is_gone_and_the_rest_stays(self, world: World) -> None:
        related, words = everything_of(world)
        others = Person.objects.exclude(case=world.case).count()
        assert naming(related.keys, words)  # the second line finds something while it is there
        related.delete()
        assert naming(related.keys, words) == set()
        assert not ComparedPerson.objects.exists()
        assert not WaitingHint.objects.exists()
        assert Person.objects.count() == others > 0
        parts = ("person", "historicalperson", "message", "reminder", "transfer", "duplicatereview")
        parts = (*parts, "accessgrant", "misregistration")
        assert {f"cases_{part}" for part in parts} <= set(related.counts)

    def test_a_table_that_is_left_out_is_found_by_the_second_line(self, world: World) -> None:
        related, words = everything_of(world)
        left = next(model for model in related.keys if model._meta.db_table == "cases_historicalmeasure")
        del related.keys[left]
        related.delete()
        assert any("HistoricalMeasure" in one for one in naming({**related.keys}, words))

    def test_the_journal_of_an_import_forgets_and_the_import_cannot_be_undone(self, world: World) -> None:
        run = ImportRun.objects.get(**world.objects["run"])
        made = {Person: {one.pk for one in Person.objects.all() if one.case.reference == "HEMLIG-REF-78"}}
        by = access(world.people["vast"])
        assert empty_journals({Person: {10**9}}, by) == 0
        assert empty_journals(made, by) == 1
        run.refresh_from_db()
        assert b"HEMLIG" not in bytes(run.journal)
        assert Undoing(run, by).obstacles


# --- which rows may go, and why others may not -----------------------------------------------------------
@pytest.fixture
def vera() -> Access:
    with time_machine.travel(NOON, tick=False):
        return access(user("Vera", Role.COORDINATOR, region="V"))


@pytest.fixture
def people() -> dict[str, Any]:
    return {"anna": user("Anna", Role.ADMINISTRATOR), "max": user("Max", Role.MANAGER),
            "ada": user("Ada", Role.ANALYST), "dag": user("Dag", Role.DPO)}  # fmt: skip


def rule(kind: RetentionKind = RetentionKind.CASE, **facts: Any) -> Retention:
    return Retention.objects.create(kind=kind, trigger=TRIGGERS[kind][0], years=5, **{**RULE, **facts})


def call(vera: Access, day: date, **facts: Any) -> None:
    Call.objects.create(
        received_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        received_on=day,
        taken_by=vera.user,
        caller_group=Code.objects.of("caller")[0],
        **facts,
    )


def of_2018(vera: Access, number: int = 2) -> list[Case]:
    """Closed cases of 2018, each with one woman; the last with a call that led to it."""
    with time_machine.travel(NOON, tick=False):
        made = [new_case(by=vera) for _n in range(number)]
        call(vera, date(2018, 5, 1), case=made[-1])
        Case.objects.update(state=CaseState.CLOSED)
    return made


def made_final(vera: Access, ada: Any, year: int = 2018) -> Publication:
    """Closed by all regions, published, and its package made afterwards."""
    for region in Region.objects.all():
        YearConfirmation.objects.create(region=region, year=year, by=vera.user, at=NOON)
    tables = core_tables(counted(access(ada), year, year)[year])
    row = Publication.objects.create(
        year=year,
        version=1,
        state="final",
        passed=True,
        digest="d" * 64,
        checksum="c" * 64,
        approved_by=ada,
        made_at=NOON,
        published_at=NOON,
        tables=[table.to_json() for table in tables],
    )
    archive(year)
    return row


def archive(year: int, at: datetime = datetime(2024, 1, 8, tzinfo=UTC)) -> None:
    record(System(), ARCHIVED, Target("register", str(year), str(year)), rows=1, at=at)


@pytest.fixture
def due(vera: Access, people: dict[str, Any]) -> Iterator[list[Case]]:
    """Two cases of 2018, of which nothing stands in the way."""
    made = of_2018(vera)
    with time_machine.travel(NOON, tick=False):
        made_final(vera, people["ada"])
    rule()
    with time_machine.travel(LATER, tick=False):
        yield made


def found(kind: RetentionKind = RetentionKind.CASE) -> Ready:
    return ready(Retention.objects.get(kind=kind), LATER.date(), LATER)


def why() -> str:
    one = found()
    assert not one.rows
    return " ".join(one.held)


def test_a_year_goes_whole(due: list[Case]) -> None:
    one = found()
    assert (one.rows, one.years, one.closing, one.held) == (2, {2018: 2}, {2018: 1}, {})
    Case.objects.filter(pk=due[0].pk).update(state=CaseState.ACTIVE)
    assert "a year is disposed of as a whole" in why()
    Case.objects.update(state=CaseState.CLOSED)
    first, second = (case.persons.get() for case in due)
    DuplicateReview.objects.create(first=first, second=second, similarity=0.9, found_at=NOON)
    assert found().rows == 0  # nobody has said yet whether they are one


def test_each_thing_that_stands_in_the_way_is_said(due: list[Case]) -> None:
    Publication.objects.update(state="preliminary")
    assert "no final version" in why()
    Publication.objects.update(state="final")
    Person.objects.filter(case=due[0]).update(status="not_victim")
    assert "counts others" in why()
    Person.objects.update(status="presumed")
    Publication.objects.create(year=2018)
    assert "draft" in why()
    Publication.objects.filter(version=None).delete()
    Retention.objects.update(archive_first=True)
    Publication.objects.update(published_at=datetime(2024, 5, 1, tzinfo=UTC))
    assert "package" in why()
    Retention.objects.update(archive_first=False)
    assert found().rows == 2
    YearConfirmation.objects.first().delete()  # type: ignore[union-attr]
    assert "not closed by all regions" in why()


def test_what_waits_in_another_case_of_the_year_is_said_on_the_page_and_where_it_is_proposed(
    due: list[Case], vera: Access, people: dict[str, Any]
) -> None:
    User.objects.update(language="en")
    client, address = Client(), reverse("retention:propose_disposal", args=["case"])
    client.force_login(people["anna"])
    reminder = Reminder.objects.create(case=due[0], day=LATER.date(), text="Ring", by=vera.user)
    text = "Something waits in cases of 2018: reminders (1)."
    assert text in why()
    assert text in client.get(reverse("retention:disposals")).content.decode()
    refused = client.post(address, {"reason": WHY})
    assert (refused.status_code, text in refused.content.decode()) == (422, True)

    reminder.delete()
    other = due[0].persons.get()
    of_2019 = new_case(new_person(on=date(2019, 1, 2)), by=vera).persons.get()
    DuplicateReview.objects.create(first=other, second=of_2019, similarity=0.9, found_at=NOON)
    assert "Something waits in cases of 2018: possible duplicates (1)." in why()


def test_all_that_stands_in_the_way_is_said_at_once(due: list[Case]) -> None:
    Retention.objects.update(archive_first=True)
    YearConfirmation.objects.first().delete()  # type: ignore[union-attr]
    Publication.objects.update(state="preliminary", published_at=datetime(2024, 5, 1, tzinfo=UTC))
    Publication.objects.create(year=2018)
    reasons = ("not closed by all regions", "A draft", "no final version", "package")
    assert [reason for reason in reasons if reason not in why()] == []


def test_rows_that_were_changed_after_their_package_was_made_wait_for_another(due: list[Case]) -> None:
    Retention.objects.update(archive_first=True)
    Person.objects.filter(case=due[0]).update(updated_at=datetime(2024, 2, 1, tzinfo=UTC))
    later = LATER + timedelta(days=6 * 365)
    rule = Retention.objects.get(kind=RetentionKind.CASE)

    held = ready(rule, later.date(), later)
    archive(2018, at=later)

    assert (held.rows, "package" in " ".join(held.held)) == (0, True)
    assert ready(rule, later.date(), later).rows == 2


def test_calls_of_a_year_wait_for_its_cases(due: list[Case], vera: Access, people: dict[str, Any]) -> None:
    rule(RetentionKind.CALL)
    call(vera, date(2018, 7, 1))
    Call.objects.update(updated_at=NOON)
    one = found(RetentionKind.CALL)
    assert (one.rows, list(one.held.values())) == (0, [1])
    carried_out(people)
    assert found(RetentionKind.CALL).rows == 1


@pytest.fixture
def of_2016(vera: Access) -> Iterator[None]:
    """Two calls of 2016, which was published before the register, closed by all regions and archived."""
    with time_machine.travel(NOON, tick=False):
        for day in (1, 2):
            call(vera, date(2016, 5, day))
        for region in Region.objects.all():
            YearConfirmation.objects.create(region=region, year=2016, by=vera.user, at=NOON)
    archive(2016)
    rule(RetentionKind.CALL)
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.mark.usefixtures("of_2016")
def test_a_year_that_was_published_before_the_register_counts_as_published() -> None:
    one = found(RetentionKind.CALL)
    assert (one.rows, one.closing, one.held) == (2, {2016: 0}, {})


@pytest.mark.usefixtures("of_2016")
def test_its_rows_stay_where_they_are_others_than_what_was_published(vera: Access) -> None:
    new_case(new_person(on=date(2016, 5, 2)), by=vera)
    one = found(RetentionKind.CALL)
    assert one.rows == 0
    assert "before the register counts others" in " ".join(one.held)


@pytest.mark.usefixtures("of_2016")
def test_its_published_figures_are_read_when_its_rows_are_gone(people: dict[str, Any]) -> None:
    before = internal_summary(at(people["ada"]), 2016).table("groups")
    row = propose(kind=RetentionKind.CALL, reason=WHY, by=at(people["anna"]))
    answer(question(row), give=True, by=at(people["max"]))  # type: ignore[arg-type]
    carry_out(disposal=row, by=at(people["anna"]))
    after = internal_summary(at(people["ada"]), 2016)
    assert after.table("groups") == before
    assert "published before the register" in " ".join(after.published.sources)


# --- a rule of retention ----------------------------------------------------------------------------------
ADD: Final = "/admin/retention/retention/add/"
WRITTEN: Final = {
    "kind": "case", "trigger": "closed", "years": "5", "decision": "Beslut 1", "decided_on": "2019-01-02",
    "ground": "Arkivlagen 10 §", "archive_first": "on", "why": WHY,
}  # fmt: skip


def browser(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def asked_rule() -> Approval:
    return Approval.objects.get(act="rule.change", answer="pending")


def test_a_rule_that_one_person_writes_holds_not(people: dict[str, Any]) -> None:
    page = browser(people["anna"]).post(ADD, WRITTEN, follow=True)
    assert "Nothing is changed yet" in page.content.decode()
    assert not Retention.objects.exists()


def test_a_rule_holds_when_a_manager_has_said_yes(people: dict[str, Any]) -> None:
    browser(people["anna"]).post(ADD, WRITTEN)
    address = reverse("agencies:approval", args=[asked_rule().code])
    page = browser(people["max"]).get(address).content.decode()
    assert "Beslut 1" in page
    browser(people["max"]).post(address, {"answer": "yes", "reason": "Det stämmer med beslutet."})
    stored = Retention.objects.get()
    assert (stored.years, stored.decision) == (5, "Beslut 1")
    assert Event.objects.filter(action="retention.add").count() == 1


def test_nobody_answers_an_own_rule_and_another_administrator_does_not(people: dict[str, Any]) -> None:
    browser(people["anna"]).post(ADD, WRITTEN)
    for person in (people["anna"], user("Alva", Role.ADMINISTRATOR)):
        with pytest.raises(PermissionDenied):
            answer(asked_rule(), give=True, by=access(person))


def test_a_changed_rule_holds_as_it_was_until_a_manager_has_said_yes(people: dict[str, Any]) -> None:
    stored = rule(RetentionKind.CASE)
    path = f"/admin/retention/retention/{stored.pk}/change/"
    browser(people["anna"]).post(path, WRITTEN | {"years": "9"})
    stored.refresh_from_db()
    assert stored.years == 5
    answer(asked_rule(), give=True, by=access(people["max"]))
    stored.refresh_from_db()
    assert stored.years == 9


def test_a_rule_is_not_asked_for_without_a_reason(people: dict[str, Any]) -> None:
    page = browser(people["anna"]).post(ADD, WRITTEN | {"why": ""})
    assert page.context["adminform"].form.errors.keys() == {"why"}


# --- two persons ------------------------------------------------------------------------------------------
def at(person: Any) -> Access:
    return access(person, LATER)


def approve(people: dict[str, Any]) -> Disposal:
    row = propose(kind=RetentionKind.CASE, reason=WHY, by=at(people["anna"]))
    asked = question(row)
    assert asked is not None
    answer(asked, give=True, by=at(people["max"]))
    return row


def carried_out(people: dict[str, Any]) -> Disposal:
    return carry_out(disposal=approve(people), by=at(people["anna"]))


def test_it_takes_an_administrator_and_a_manager_and_is_done_once(
    due: list[Case], people: dict[str, Any]
) -> None:
    with pytest.raises(PermissionDenied):
        propose(kind=RetentionKind.CASE, reason=WHY, by=at(people["max"]))
    row = propose(kind=RetentionKind.CASE, reason=WHY, by=at(people["anna"]))
    with pytest.raises(DisposalRefused):
        carry_out(disposal=row, by=at(people["anna"]))
    asked = question(row)
    assert asked is not None
    with pytest.raises(PermissionDenied):
        answer(asked, give=True, by=at(people["anna"]))
    answer(asked, give=True, by=at(people["max"]))
    assert Case.objects.count() == 2
    done = carry_out(disposal=row, by=at(people["anna"]))
    assert (Case.objects.count(), Person.objects.count(), Call.objects.count()) == (0, 0, 0)
    event = Event.objects.get(action="disposal.carry_out")
    assert (event.digest, event.reason) == (row.digest, RULE["decision"])
    assert event.rows == sum(done.by_table.values())
    carry_out(disposal=row, by=at(people["anna"]))
    assert Event.objects.filter(action="disposal.carry_out").count() == 1
    assert approved(row) is None


def test_who_approved_it_does_not_carry_it_out_as_an_administrator_either(
    due: list[Case], people: dict[str, Any]
) -> None:
    row = approve(people)
    User.objects.filter(pk=people["max"].pk).update(role=Role.ADMINISTRATOR)
    with pytest.raises(DisposalRefused):
        carry_out(disposal=row, by=at(User.objects.get(pk=people["max"].pk)))


def test_what_has_changed_since_it_was_approved_is_asked_anew_and_nothing_goes(
    due: list[Case], people: dict[str, Any]
) -> None:
    row = approve(people)
    latest = due[0].persons.get().history.first()  # somebody has changed the person and put it back
    latest.pk = None
    latest.save()
    with pytest.raises(DisposalRefused, match="not those that were approved"):
        carry_out(disposal=row, by=at(people["anna"]))
    assert Case.objects.count() == 2
    Retention.objects.update(decision="Ett annat beslut")
    with pytest.raises(DisposalRefused, match="has changed"):
        carry_out(disposal=row, by=at(people["anna"]))
    assert not DisposedYear.objects.exists()


def test_a_tie_to_a_case_that_stays_made_while_the_rows_are_being_locked_keeps_them(
    due: list[Case], people: dict[str, Any], vera: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key of what goes is another by it: only what may go has to be asked for again."""
    stays = new_case(new_person(on=date(2024, 5, 2)), by=access(vera.user, LATER))
    row = approve(people)

    def tied_meanwhile(_found: Ready) -> None:
        Person.objects.filter(case=stays).update(same_as=due[0].persons.get())

    monkeypatch.setattr(disposal, "_lock", tied_meanwhile)
    with pytest.raises(DisposalRefused, match="not those that were approved"):
        carry_out(disposal=row, by=at(people["anna"]))
    assert Case.objects.count() == 3


def test_the_database_keeps_no_disposal_of_one_person(due: list[Case], people: dict[str, Any]) -> None:
    row, anna = approve(people), people["anna"]
    one = {"carried_out_by": anna, "carried_out_at": LATER, "approved_by": anna, "approved_at": LATER}
    with pytest.raises(IntegrityError, match=r"retention_disposal_by_two|CHECK"), transaction.atomic():
        Disposal.objects.filter(pk=row.pk).update(**one)


PROPOSE = "/disposal/propose/case/"


def client_of(person: Any) -> Client:
    signed = Client()
    signed.force_login(person)
    signed.cookies["django_language"] = "en"
    return signed


def test_the_page_offers_a_disposal_to_who_may_propose_it(due: list[Case], people: dict[str, Any]) -> None:
    pages = {name: client_of(people[name]).get("/disposal/") for name in ("anna", "dag", "ada")}
    assert PROPOSE in pages["anna"].content.decode()
    assert PROPOSE not in pages["dag"].content.decode()
    assert pages["ada"].status_code == 403
    assert client_of(people["anna"]).post(PROPOSE, {"reason": ""}).status_code == 422


def test_from_the_page_to_the_protocol(due: list[Case], people: dict[str, Any]) -> None:
    anna, manager, dpo = (client_of(people[name]) for name in ("anna", "max", "dag"))
    gone = anna.post(PROPOSE, {"reason": WHY})
    row = Disposal.objects.get()
    assert gone.headers["Location"] == row.get_absolute_url()
    asked = question(row)
    assert asked is not None
    assert RULE["decision"] in manager.get(f"/approvals/{asked.code}/").content.decode()
    answer(asked, give=True, by=at(people["max"]))
    carry = f"/disposal/{row.code}/carry-out/"
    assert manager.post(carry).status_code == 403
    anna.post(carry)
    anna.post(carry)
    assert Case.objects.count() == 2  # the worker does it
    work(once=True)
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    assert Case.objects.count() == 0
    protocol = dpo.get(row.get_absolute_url()).content.decode()
    assert ("Protocol of the disposal" in protocol, "V-2018" in protocol) == (True, False)


# --- what is read of the year afterwards ---------------------------------------------------------------
def test_the_year_is_read_from_its_final_version_and_cannot_be_revised(
    due: list[Case], people: dict[str, Any], vera: Access, tmp_path: Path
) -> None:
    ada = at(people["ada"])
    before = internal_summary(ada, 2018).table("groups")
    carried_out(people)
    with time_machine.travel(LATER, tick=False):
        new_case(new_person(), by=access(vera.user, LATER))  # registered too late
    summary = internal_summary(ada, 2018)
    assert (summary.source, summary.volumes, summary.calls) == (Source.FROZEN, None, 0)
    groups = summary.table("groups")
    assert [table and table.value("*") for table in (before, groups)] == [2, 2]
    assert "version 1" in summary.caveats[0]
    are_read_beside_other_years(ada)
    for refused in (lambda: protect_year(ada, 2018, {}), lambda: known_persons(2018, 2018, access=ada).table):
        with pytest.raises(JobRefused, match="have been disposed of"):
            refused()
    with pytest.raises(NothingOfYear, match="disposed of"):
        make_package(tmp_path / "2018", 2018, at=LATER)
    client = client_of(people["ada"])
    pages = [client.get(f"/summaries/2018/{page}").status_code for page in ("", "groups/", "tables.json")]
    assert pages == [200] * 3
    assert client.get("/summaries/2018/quality/").status_code == 302


def are_read_beside_other_years(ada: Access) -> None:
    """The figures of 2018, from its final version."""
    years = side_by_side(ada, 2018)
    assert (years.groups["2018", "*"].value, years.sources[2018]) == (2, Source.FROZEN)
    ten = ten_years(ada, "groups", 2018)
    assert ten is not None
    assert ten.disposed
    assert ten.lines[-1].cells[-1].value == 2
    assert 2018 in known_years(ada)
