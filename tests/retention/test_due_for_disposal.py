"""Nothing is due for disposal without a decision; then what is due is told by number and day alone."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.approvals import answer
from accounts.models import Approval, User
from accounts.roles import Role
from agencies.models import Region
from audit.models import Event
from cases.actions.sharing import ask_transfer
from cases.choices import CaseState
from cases.models import Case, Person, Reminder
from retention.ages import together, years_after, years_before
from retention.due import due_on
from retention.models import TRIGGERS, Retention, RetentionKind, Trigger
from tests.actors import NOON, access, user
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
RULE = {"decision": "Gallringsbeslut 2019/12", "decided_on": date(2019, 1, 2), "ground": "Arkivlagen 10 §"}
LATER = date(2024, 3, 1)  # five years after the cases of these tests were last changed


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def rule(kind: RetentionKind, years: int | None = 5, **facts: Any) -> Retention:
    trigger = facts.pop("trigger", TRIGGERS[kind][0])
    return Retention.objects.create(kind=kind, trigger=trigger, years=years, **{**RULE, **facts})


def told(day: date, *words: str) -> str:
    out = io.StringIO()
    call_command("due_for_disposal", "--on", day.isoformat(), *words, stdout=out)
    return out.getvalue()


def due(kind: RetentionKind, day: date) -> dict[str, Any]:
    return next(one for one in json.loads(told(day, "--json"))["kinds"] if one["kind"] == kind)


def cases(vera: Any, *, closed: int, active: int = 0) -> list[Case]:
    made = [new_case(by=access(vera)) for _n in range(closed + active)]
    Case.objects.filter(pk__in=[case.pk for case in made[:closed]]).update(state=CaseState.CLOSED)
    return made


@pytest.fixture
def vera() -> Any:
    return user("Vera", Role.COORDINATOR, region="V")


def test_without_a_decision_nothing_is_ever_due(vera: Any) -> None:
    cases(vera, closed=2)
    rule(RetentionKind.CALL, years=None)
    for line in told(date(2200, 1, 1)).splitlines():
        kind, _colon, text = line.partition(": ")
        if kind in set(RetentionKind):
            kept = kind == RetentionKind.CALL
            assert text == (f"kept for good ({RULE['decision']})" if kept
                            else "nothing is due, for nothing is decided")  # fmt: skip


def test_a_closed_case_is_due_the_years_after_its_last_change_and_its_year_is_archived_first(
    vera: Any,
) -> None:
    cases(vera, closed=2, active=1)
    rule(RetentionKind.CASE)
    assert due(RetentionKind.CASE, date(2024, 2, 29))["due"] == 0
    found = due(RetentionKind.CASE, LATER)
    assert (found["due"], found["since"], found["to_archive"]) == (2, "2024-03-01", [2018])
    assert (found["kept"], found["decision"]) == ("P5Y", RULE["decision"])
    assert "V-2018" not in told(LATER)  # never which
    Retention.objects.update(trigger=Trigger.CHANGED)
    assert due(RetentionKind.CASE, LATER)["due"] == 3


def test_an_account_whose_last_day_is_over_is_due_as_one_that_was_ended() -> None:
    user("Olle", Role.OPERATOR, ends_on=date(2019, 1, 31))
    user("Olga", Role.OPERATOR, is_active=False)
    user("Ola", Role.OPERATOR)
    rule(RetentionKind.ACCOUNT)
    assert due(RetentionKind.ACCOUNT, LATER)["due"] == 2


def test_a_change_of_a_person_or_of_a_part_and_what_waits_keep_a_case(vera: Any) -> None:
    person, part, waits, _plain = cases(vera, closed=4)
    rule(RetentionKind.CASE)
    later = datetime(2021, 5, 1, tzinfo=UTC)
    person.persons.update(updated_at=later)
    with time_machine.travel(later, tick=False):
        part.persons.get().identifications.get().save()
    Reminder.objects.create(case=waits, day=LATER, text="Ring", by=vera)
    assert due(RetentionKind.CASE, LATER)["due"] == 1
    assert due(RetentionKind.CASE, date(2026, 5, 1))["due"] == 3


def test_a_transfer_that_waits_keeps_a_case(vera: Any) -> None:
    asked, _plain = cases(vera, closed=2)
    rule(RetentionKind.CASE)

    there = Region.objects.get(code="SY")
    ask_transfer(person=asked.persons.get(), to_region=there, reason="Flyttar", by=access(vera))

    assert due(RetentionKind.CASE, LATER)["due"] == 1


def test_whoever_is_registered_twice_goes_at_once_or_not_at_all(vera: Any) -> None:
    first, second = cases(vera, closed=1, active=1)
    Person.objects.filter(case=second).update(same_as=first.persons.get())
    rule(RetentionKind.CASE)
    assert due(RetentionKind.CASE, LATER)["due"] == 0
    Case.objects.update(state=CaseState.CLOSED)
    assert due(RetentionKind.CASE, LATER)["due"] == 2


def test_ties_reach_as_far_as_they_go() -> None:
    assert together({1: "a", 2: "b", 3: "c", 5: "e"}, [(2, 1), (4, 3), (3, 2)]) == {5: "e"}


@pytest.mark.parametrize(
    ("day", "years", "first"),
    [
        (date(2019, 3, 1), 5, date(2024, 3, 1)),
        (date(2020, 2, 29), 1, date(2021, 3, 1)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
        (date(2019, 2, 28), 5, date(2024, 2, 28)),
    ],
)
def test_years_are_whole_and_a_leap_day_is_kept_a_day_longer(day: date, years: int, first: date) -> None:
    assert years_after(day, years) == first
    assert years_before(first, years) >= day
    assert years_before(date.fromordinal(first.toordinal() - 1), years) < day


def test_it_takes_as_many_questions_however_many_rows_there_are(
    vera: Any, django_assert_max_num_queries: Any
) -> None:
    for kind in RetentionKind:
        rule(kind)
    new_case(*(new_person() for _n in range(3)), by=access(vera))
    cases(vera, closed=4)
    with django_assert_max_num_queries(16):
        due_on(LATER)


@pytest.mark.parametrize(
    "wrong", [{"decision": ""}, {"ground": ""}, {"years": 0}, {"trigger": Trigger.SIGNED_IN}]
)
def test_the_database_keeps_no_rule_without_a_decision_nor_one_that_does_not_fit(
    wrong: dict[str, Any],
) -> None:
    with pytest.raises(IntegrityError, match=r"retention_retention|years"), transaction.atomic():
        rule(RetentionKind.CASE, **{"years": 5, **wrong})


def approved_by(manager: User) -> Retention:
    """The rule that waits for its answer holds from now on."""
    answer(Approval.objects.get(act="rule.change"), give=True, by=access(manager))
    return Retention.objects.get()


def test_an_administrator_writes_a_rule_and_nobody_else_and_none_is_deleted() -> None:
    texts = {"kind": "case", "trigger": "closed", "years": "5", "decision": "", "decided_on": "2019-01-02"}
    texts |= {"ground": "Arkivlagen 10 §", "archive_first": "on", "why": "Beslutet är fattat."}
    anna, max_ = Client(), Client()
    anna.force_login(user("Anna", Role.ADMINISTRATOR))
    max_.force_login(user("Max", Role.MANAGER))
    add = "/admin/retention/retention/add/"
    assert anna.post(add, texts).status_code == 200  # it is asked for
    assert not Retention.objects.exists()
    assert max_.post(add, {**texts, "decision": "Beslut 1"}).status_code in {302, 403}
    assert not Retention.objects.exists()
    assert anna.post(add, {**texts, "decision": "Beslut 1"}).status_code == 302
    stored = approved_by(user("Moa", Role.MANAGER))
    assert (stored.history.count(), Event.objects.filter(action="retention.add").count()) == (1, 1)
    assert anna.post(f"/admin/retention/retention/{stored.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_day_that_is_none_is_said_in_one_sentence() -> None:
    for text in ("tomorrow", "20190301"):
        with pytest.raises(CommandError, match="is no day"):
            call_command("due_for_disposal", "--on", text)
