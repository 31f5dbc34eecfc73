"""The page of a case says when it may be disposed of at the earliest, or that nobody has decided."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from cases.choices import CaseState
from cases.models import Case
from retention.models import Retention, RetentionKind, Trigger
from tests.actors import NOON, access
from tests.cases.pages import coordinator, signed_in
from tests.makers import new_case

pytestmark = pytest.mark.django_db
DECISION = "Gallringsbeslut 2019/12"


@pytest.mark.parametrize(
    ("language", "undecided", "open_case", "from_today", "for_good"),
    [
        ("sv", "Ingen gallringsfrist är beslutad. Ärendet bevaras.",
         "Får gallras tidigast 5 år efter att det har stängts, tillsammans med hela sitt år",
         "Får gallras tidigast 2026-05-01, tillsammans med hela sitt år", "Bevaras för alltid"),
        ("en", "No retention period is set",
         "May be disposed of 5 years after closing at the earliest, with its whole year",
         "May be disposed of on 2026-05-01 at the earliest, with its whole year", "Kept for good"),
    ],
)  # fmt: skip
def test_the_page_says_when_it_may_be_disposed_of_at_the_earliest(
    language: str, undecided: str, open_case: str, from_today: str, for_good: str
) -> None:
    vera = coordinator("V", "Vera")
    with time_machine.travel(NOON, tick=False):
        case = new_case(by=access(vera))
    client = signed_in(vera)
    client.cookies["django_language"] = language

    def said() -> Any:
        return client.get(case.get_absolute_url()).content.decode()

    assert undecided in said()
    Retention.objects.create(
        kind=RetentionKind.CASE, trigger=Trigger.CLOSED, years=5,
        decision=DECISION, decided_on=date(2019, 1, 2), ground="Arkivlagen 10 §",
    )  # fmt: skip
    assert open_case in said()
    Case.objects.update(state=CaseState.CLOSED)
    with time_machine.travel(datetime(2021, 5, 1, 12, tzinfo=UTC), tick=False):
        case.persons.get().identifications.get().save()  # the last change of anything in it
    assert from_today in said()
    assert DECISION in said()
    Case.objects.update(state=CaseState.ACTIVE)
    Retention.objects.update(trigger=Trigger.CHANGED)
    assert from_today in said()
    Retention.objects.update(years=None)
    page = said()
    assert for_good in page
    assert DECISION in page
