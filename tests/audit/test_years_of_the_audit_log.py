"""Years are closed with a signed head, and disposed of by two persons on a named decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import Role
from audit.models import Event, Head, Segment
from audit.verify import BrokenChain, verify
from tests.actors import user
from tests.audit.events import tamper, write
from tests.audit.triggers import missing

pytestmark = pytest.mark.django_db
DECISION = "Gallringsbeslut 2021/17"


@pytest.fixture(autouse=True)
def in_2021() -> Iterator[None]:
    with time_machine.travel(datetime(2021, 2, 1, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def events() -> list[Event]:
    """Three events of 2018, two of 2019, one of 2020."""
    return [
        event for year, number in ((2018, 3), (2019, 2), (2020, 1)) for event in write(number, at=noon(year))
    ]


@pytest.fixture
def anna() -> User:
    return user("Anna", Role.ADMINISTRATOR)


@pytest.fixture
def maria() -> User:
    return user("Maria", Role.MANAGER)


def noon(year: int) -> datetime:
    return datetime(year, 6, 1, 12, tzinfo=UTC)


def dispose(
    year: int, *, by: str = "anna@example.org", approved_by: str = "maria@example.org", **more: str
) -> str:
    out = StringIO()
    decision = more.get("decision", DECISION)
    call_command("dispose_audit", year, decision=decision, by=by, approved_by=approved_by, stdout=out)
    return out.getvalue()


def close(*years: int) -> None:
    for year in years:
        call_command("close_audit_year", year, stdout=StringIO())


def test_a_year_is_closed_with_the_head_of_its_last_event(events: list[Event]) -> None:
    close(2018, 2019)
    first, second = Segment.objects.order_by("year")
    assert (first.first, first.last, first.hash) == (1, 3, events[2].hash)
    assert (second.first, second.last, second.start_hash) == (4, 5, events[2].hash)
    assert verify().startswith("8:")  # closing is recorded too
    assert Event.objects.filter(action="audit.close").count() == 2


def test_new_years_eve_is_a_local_night(events: list[Event]) -> None:
    write(1, at=datetime(2020, 12, 31, 22, 59, tzinfo=UTC))
    write(1, at=datetime(2020, 12, 31, 23, 1, tzinfo=UTC))  # 00:01 on the first of January in Stockholm
    close(2020)
    assert Segment.objects.get().last == 7


@pytest.mark.parametrize(("year", "sentence"), [(2021, "not over"), (2017, "no event")])
def test_a_year_that_cannot_be_closed_is_refused_in_a_sentence(
    events: list[Event], year: int, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        close(year)


def test_a_year_is_closed_once_and_in_order(events: list[Event]) -> None:
    close(2019)
    for year in (2018, 2019):
        with pytest.raises(CommandError, match="closed already"):
            close(year)


def test_a_broken_year_is_not_closed(events: list[Event]) -> None:
    tamper("UPDATE audit_event SET actor = 'x' WHERE sequence = 2")
    with pytest.raises(CommandError, match="Event 2 is changed"):
        close(2018)


def test_disposal_leaves_the_signed_head_and_an_event(events: list[Event], anna: User, maria: User) -> None:
    close(2018)
    assert dispose(2018) == f"disposed 2018 3:{events[2].hash}\n"
    assert not Event.objects.filter(sequence__lte=3).exists()
    event = Event.objects.get(action="audit.dispose")
    assert (event.actor, event.rows, event.target_label) == (anna.email, 3, f"2018 3:{events[2].hash}"[:100])
    assert DECISION in event.reason
    assert maria.email in event.reason
    assert missing() == set()
    assert verify() == f"{event.sequence}:{event.hash}"


def test_the_rest_still_verifies_after_several_years_are_gone(
    events: list[Event], anna: User, maria: User
) -> None:
    close(2018, 2019, 2020)
    dispose(2019)
    dispose(2018)
    assert verify(known=f"5:{events[4].hash}")
    with pytest.raises(BrokenChain, match="disposed of with the year 2019: give a head from 5 on"):
        verify(known=f"4:{events[3].hash}")
    with pytest.raises(BrokenChain, match="Event 5 is changed"):
        verify(known=f"5:{'a' * 64}")


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ({"by": "maria@example.org"}, "maria@example.org is no active user who may carry out disposal"),
        ({"approved_by": "anna@example.org"}, "anna@example.org is no active user who may approve disposal"),
        ({"by": "nobody@example.org"}, "nobody@example.org is no active user"),
        ({"decision": " "}, "named decision and two different persons"),
    ],
)
def test_disposal_needs_a_decision_and_two_persons_with_the_right(
    events: list[Event], anna: User, maria: User, who: dict[str, str], sentence: str
) -> None:
    close(2018)
    with pytest.raises(CommandError, match=sentence):
        dispose(2018, **who)
    assert Event.objects.filter(sequence__lte=3).count() == 3


def test_a_manager_who_has_left_approves_nothing(events: list[Event], anna: User, maria: User) -> None:
    close(2018)
    User.objects.filter(pk=maria.pk).update(is_active=False)
    with pytest.raises(CommandError, match="no active user"):
        dispose(2018)


def test_an_open_or_disposed_year_is_not_disposed_of(events: list[Event], anna: User, maria: User) -> None:
    with pytest.raises(CommandError, match="not closed"):
        dispose(2018)
    close(2018)
    dispose(2018)
    with pytest.raises(CommandError, match="disposed of already"):
        dispose(2018)


def test_a_broken_year_is_not_disposed_of(events: list[Event], anna: User, maria: User) -> None:
    close(2018)
    tamper("DELETE FROM audit_event WHERE sequence = 2")
    with pytest.raises(CommandError, match="Event 2 is removed"):
        dispose(2018)


class TestForgery:
    """What somebody with the database's password, without AUDIT_KEY, makes of the closed years."""

    @pytest.fixture(autouse=True)
    def closed(self, events: list[Event]) -> None:
        close(2018, 2019)

    def broken(self) -> str:
        with pytest.raises(BrokenChain) as fault:
            verify()
        return str(fault.value).partition(":")[0]

    def test_a_disposal_that_nobody_signed_is_a_removal(self) -> None:
        tamper("DELETE FROM audit_event WHERE sequence <= 3")
        facts = {"decision": "x", "disposed_by": "a", "approved_by": "b", "disposal_signature": "f" * 64}
        Segment.objects.filter(year=2018).update(disposed_at=noon(2020), **facts)
        assert self.broken() == "Event 1 is removed"

    def test_events_removed_from_a_closed_year_are_named(self) -> None:
        tamper("DELETE FROM audit_event WHERE sequence = 5")
        assert self.broken() == "Event 5 is removed"

    def test_a_changed_event_of_a_closed_year_is_named(self) -> None:
        tamper("UPDATE audit_event SET actor = 'x' WHERE sequence = 4")
        assert self.broken() == "Event 4 is changed"

    def test_a_changed_head_of_a_year_is_named(self) -> None:
        Segment.objects.filter(year=2019).update(last=4, hash=Event.objects.get(sequence=4).hash)
        assert self.broken() == "Event 4 is changed"

    def test_a_removed_year_is_named(self, anna: User, maria: User) -> None:
        dispose(2018)
        Segment.objects.filter(year=2018).delete()
        assert self.broken() == "Event 1 is removed"

    def test_an_event_put_into_a_disposed_year_is_named(self, anna: User, maria: User) -> None:
        dispose(2018)
        names = ", ".join(f'"{f.column}"' for f in Event._meta.fields if f.column not in {"sequence", "hash"})
        tamper(
            f"INSERT INTO audit_event (sequence, hash, {names}) SELECT 2, 'e', {names} FROM audit_event "
            f"WHERE sequence = 4"
        )
        assert self.broken() == "Event 2 is inserted"

    def test_a_truncated_tail_after_a_disposed_year_is_named(self, anna: User, maria: User) -> None:
        dispose(2018)
        last = Head.objects.get().sequence
        tamper("DELETE FROM audit_event WHERE sequence >= %s", last - 1)
        assert self.broken() == f"Event {last - 1} is truncated"
