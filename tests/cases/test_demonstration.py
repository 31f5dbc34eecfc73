"""The demonstration is invented to this day, and its first ten years are the same whatever the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import AutoField, BigAutoField, Field, Model

from accounts.access import Access
from accounts.approvals import answer
from accounts.invitations import open_account
from accounts.models import Approval, User
from accounts.roles import May
from agencies.stand_ins import waiting_for
from cases.demo import profile
from cases.demo.invent import invent
from cases.demo.people import DOMAIN, SIGN_INS
from cases.inbox.own import ENDING, FOLLOW_UPS, NOBODYS, REFERRED, REMINDERS
from cases.inbox.regions import (
    ASKED_TRANSFERS,
    GRANTS,
    INCOMPLETE,
    MESSAGES,
    NOTIFICATIONS,
    OWN_NOTIFICATIONS,
    TRANSFERS,
)
from cases.models import Call, Case, Exploitation, Identification, Measure, Person, YearConfirmation
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
KINDS: tuple[type[Model], ...] = (Case, Person, Identification, Exploitation, Measure, Call)
FEW = profile.YearProfile(
    {"women": 30, "men": 12, "boys": 8}, 6, 40, profile.LATE, profile.FROM_2021, profile.CHILDREN_LATE
)
MANY = profile.YearProfile(
    {"women": 150, "men": 70, "boys": 10}, 6, 80, profile.LATE, profile.FROM_2021, profile.CHILDREN_LATE
)
WAITS = (REFERRED, NOTIFICATIONS, MESSAGES, TRANSFERS, GRANTS, ASKED_TRANSFERS, ENDING, REMINDERS,
         FOLLOW_UPS, INCOMPLETE)  # fmt: skip
Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def _one_small_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ten take a while to invent, and are invented alike."""
    monkeypatch.setattr(profile, "YEARS", {2025: FEW})


def invented(**facts: Any) -> Rows:
    with transaction.atomic():
        invent(password="not used here", **facts)
        found = {kind.__name__: rows(kind) for kind in KINDS}
        transaction.set_rollback(True)
    return found


def rows(kind: type[Model]) -> list[tuple[Any, ...]]:
    """All that is stored, but for numbered keys, which go on where another register stopped, the clock's, and
    what a text is encrypted to, which nobody may foretell from a seed."""
    left = {"updated_at", "sealed_as"}
    names = [f.attname for f in kind._meta.concrete_fields if not numbered(f) and f.attname not in left]
    return list(kind._default_manager.order_by("pk").values_list(*names))


def numbered(field: Any) -> bool:
    target: Field[Any, Any] = field.target_field if field.is_relation else field
    return isinstance(target, AutoField | BigAutoField)


def test_the_years_before_are_the_same_whatever_the_day_and_the_rest_by_seed_and_day() -> None:
    day = date(2026, 1, 25)
    before, after, again = invented(seed=7), invented(seed=7, today=day), invented(seed=7, today=day)
    for kind, known in before.items():
        assert after[kind][: len(known)] == known, kind
        assert len(after[kind]) > len(known), kind
    assert again == after
    other = invented(seed=8, today=day)
    assert other["Person"][len(before["Person"]) :] != after["Person"][len(before["Person"]) :]


@pytest.mark.parametrize(
    "today", mostly_long([date(2026, 1, 2), TODAY, date(2027, 1, 1)], usual=[date(2027, 1, 1)])
)
def test_nothing_of_the_years_that_follow_lies_ahead(today: date) -> None:
    invent(password="not used here", today=today)
    new = Person.objects.filter(first_year__gte=2026)
    assert not new.filter(created_at__date__gte=today).exists()
    assert not Identification.objects.filter(person__in=new, identified_on__gte=today).exists()
    assert not Measure.objects.filter(person__in=new, month__gte=today).exists()
    assert not Case.objects.filter(persons__in=new, opened_on__gte=today).exists()
    calls = Call.objects.filter(received_on__year__gte=2026)
    assert not calls.filter(received_on__gte=today).exists()
    assert calls.count() >= 40 * (today - date(2026, 1, 1)).days // 365
    if today.year == 2027:
        assert Person.objects.counted().filter(first_year=2026).count() == sum(FEW.groups.values())


def test_everybody_is_in_place_and_one_question_waits_for_the_manager(settings: Any) -> None:
    settings.SITE_ADDRESS = "http://testserver"
    invent(password="not used here", seed=7, today=TODAY)
    assert User.objects.able(*May).count() == len(SIGN_INS)
    assert not Case.objects.open().filter(responsible=None, opened_on__lt=TODAY - timedelta(days=30)).exists()
    [asked] = Approval.objects.pending()
    manager = Access.of(User.objects.get(email=f"manager@{DOMAIN}"))
    assert waiting_for(manager) == [asked]
    assert waiting_for(Access.of(User.objects.get(email=f"admin2@{DOMAIN}"))) == []
    code = answer(asked, give=True, by=manager, reason="Visat i demonstrationen").code_to_read_out
    assert open_account(code, by=Access.of(User.objects.get(email=f"operator2@{DOMAIN}")))


def test_on_a_morning_in_autumn_things_wait_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the register is whole, with what the demonstration has done by the actions of the pages."""
    monkeypatch.setattr(profile, "YEARS", {2025: MANY})
    at = datetime(2026, 11, 28, 8, tzinfo=UTC)
    invent(password="not used here", seed=7, today=at.date())
    vast, syd, operator, officer = (
        Access.of(User.objects.get(email=f"{name}@{DOMAIN}"), at=at)
        for name in ("coordinator.vast", "coordinator.syd", "operator", "officer")
    )
    for access, kinds in (
        *((vast, WAITS), (syd, WAITS), (operator, (MESSAGES, NOBODYS)), (officer, (MESSAGES,))),
    ):
        assert [kind.key for kind in kinds if not kind.rows(access).exists()] == [], access.user
    assert [region for region, _until in syd.deputy] == ["Ö"]
    states = set(OWN_NOTIFICATIONS.rows(officer).values_list("state", flat=True))
    assert states == {"received", "taken", "contacted", "closed"}
    _the_year_before_is_done()
    call_command("check_register", stdout=StringIO())


def _the_year_before_is_done() -> None:
    old = Call.objects.filter(received_on__year=2025)
    assert not old.filter(follow_up_due__isnull=False, followed_up_at=None).exists()
    assert not old.filter(referred_region__isnull=False, taken_over_at=None).exists()
    closed = YearConfirmation.objects.closed(2025).values_list("region", flat=True)
    assert set(closed) == {"B", "M", "N", "ST", "V"}
