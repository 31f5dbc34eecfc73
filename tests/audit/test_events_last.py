"""Where a transaction writes its events last, they are those of what is done, in the order in which it was
done."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.transactions import transaction_of
from audit.models import Event
from audit.verify import verify
from audit.writer import System, record

pytestmark = pytest.mark.django_db
OLLE = System("olle@example.org")


def fail_after(action: str) -> None:
    record(OLLE, action)
    raise ValueError("changed meanwhile")


def actions() -> list[str]:
    return list(Event.objects.order_by("sequence").values_list("action", flat=True))


def test_several_events_are_written_together_in_their_order() -> None:
    with transaction_of(None):
        record(OLLE, "call.log")
        record(OLLE, "call.edit")
        assert actions() == []
    assert actions() == ["call.log", "call.edit"]
    assert verify().startswith("2:")


def test_an_event_of_what_is_taken_back_on_the_way_is_not_written() -> None:
    with transaction_of(None):
        record(OLLE, "call.log")
        with pytest.raises(ValueError, match="changed"), transaction.atomic():
            fail_after("call.edit")
        record(OLLE, "call.read")
    assert actions() == ["call.log", "call.read"]
    assert verify().startswith("2:")


def test_a_transaction_within_another_leaves_its_events_to_the_end_of_that() -> None:
    with transaction_of(None):
        with transaction_of(None):
            record(OLLE, "call.log")
        assert actions() == []
    assert actions() == ["call.log"]


def test_of_a_transaction_that_fails_no_event_is_written_later() -> None:
    with pytest.raises(ValueError, match="changed"), transaction_of(None):
        fail_after("call.log")
    with transaction_of(None):
        record(OLLE, "call.read")
    assert actions() == ["call.read"]
