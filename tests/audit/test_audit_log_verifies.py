"""The chain of the audit log: whole, or broken at a place that is named."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from audit.chain import place_signature
from audit.models import AppendOnly, Event, Head
from audit.verify import BrokenChain, verify
from tests.audit.events import tamper, write

pytestmark = pytest.mark.django_db


def broken_at() -> str:
    with pytest.raises(BrokenChain) as fault:
        verify()
    return str(fault.value)


def test_an_untouched_audit_log_is_whole_and_its_head_is_printed() -> None:
    last = write(5)[-1]
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue() == f"ok 5:{last.hash}\n"


def test_an_empty_audit_log_is_whole() -> None:
    assert verify() == f"0:{'0' * 64}"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "x"),
        ("action", "x"),
        ("target_id", "x"),
        ("target_label", "x"),
        ("reason", "x"),
        ("role", "x"),
        ("target_kind", "x"),
        ("previous_hash", "0" * 64),
        ("hash", "0" * 64),
        ("search_kind", "x"),
        ("fields", '["x"]'),
        ("digest", "x"),
        ("rows", 7),
        ("at", datetime(2001, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_changed_fact_is_named(column: str, value: object) -> None:
    write(5)
    tamper(f"UPDATE audit_event SET {column} = %s WHERE sequence = 3", value)
    assert broken_at() == "Event 3 is changed: the chain is broken there."


def test_two_events_that_changed_places_are_named() -> None:
    write(5)
    for place, to in ((2, 9), (4, 2), (9, 4)):
        tamper("UPDATE audit_event SET sequence = %s WHERE sequence = %s", to, place)
    assert broken_at().startswith("Event 2 is ")


def test_every_column_stands_in_the_hash() -> None:
    """A column that is added later and left out could be changed unseen."""
    assert {field.column for field in Event._meta.fields} == {
        "sequence",
        "at",
        "actor",
        "role",
        "action",
        "target_kind",
        "target_id",
        "target_label",
        "fields",
        "rows",
        "digest",
        "search_kind",
        "reason",
        "previous_hash",
        "hash",
    }


def test_a_removed_event_is_named() -> None:
    write(5)
    tamper("DELETE FROM audit_event WHERE sequence = 3")
    assert broken_at() == "Event 3 is removed: the chain is broken there."


def test_a_removed_first_event_is_named() -> None:
    write(3)
    tamper("DELETE FROM audit_event WHERE sequence = 1")
    assert broken_at() == "Event 1 is removed: the chain is broken there."


def test_a_removed_tail_is_named() -> None:
    write(5)
    tamper("DELETE FROM audit_event WHERE sequence > 3")
    assert broken_at() == "Event 4 is truncated: the chain is broken there."


def test_an_event_put_in_between_is_named() -> None:
    write(4)
    for sequence in (4, 3):
        tamper("UPDATE audit_event SET sequence = sequence + 1 WHERE sequence = %s", sequence)
    copy("4", "3")
    assert broken_at() == "Event 3 is inserted: the chain is broken there."


def test_an_event_put_at_the_end_is_named() -> None:
    write(3)
    copy("3", "4")
    assert broken_at() == "Event 4 is inserted: the chain is broken there."


def test_an_event_put_before_the_first_is_named() -> None:
    write(3)
    copy("1", "0")
    assert broken_at() == "Event 0 is inserted: the chain is broken there."


def test_a_truncated_audit_log_with_a_forged_head_is_known_by_an_earlier_head() -> None:
    events = write(5)
    head = f"5:{events[-1].hash}"
    tamper("DELETE FROM audit_event WHERE sequence > 3")
    Head.objects.filter(id=1).update(sequence=3, hash=events[2].hash)
    assert broken_at() == "Event 4 is truncated: the chain is broken there."  # the head is not signed
    signature = place_signature((3, events[2].hash), settings.AUDIT_KEY)  # kept from when it was the head
    Head.objects.update(signature=signature)
    assert verify() == f"3:{events[2].hash}"  # nothing in the database tells
    with pytest.raises(CommandError, match="Event 5 is truncated"):
        call_command("verify_audit", head=head)


def test_an_audit_log_written_anew_with_the_right_key_is_known_by_an_earlier_head() -> None:
    events = write(3)
    tamper("DELETE FROM audit_event")
    Head.objects.filter(id=1).update(sequence=0, hash="0" * 64)
    write(4)
    with pytest.raises(CommandError, match="Event 2 is changed"):
        call_command("verify_audit", head=f"2:{events[1].hash}")


def test_an_earlier_head_is_still_held_as_the_audit_log_grows() -> None:
    head = f"3:{write(3)[-1].hash}"
    write(2)
    assert verify(known=head).startswith("5:")


@pytest.mark.parametrize("head", ["5", "", "5:", f"5:{'G' * 64}"])
def test_a_head_that_is_none_is_refused_in_a_sentence(head: str) -> None:
    with pytest.raises(CommandError, match="N:HASH"):
        call_command("verify_audit", head=head)


def test_a_changed_head_is_named() -> None:
    write(3)
    Head.objects.filter(id=1).update(hash="f" * 64)
    assert broken_at() == "Event 3 is changed: the chain is broken there."


def test_another_key_verifies_nothing(settings: object) -> None:
    write(2)
    settings.AUDIT_KEY = "another"
    assert broken_at() == "Event 1 is changed: the chain is broken there."


def test_the_command_says_that_the_key_may_be_another(settings: object) -> None:
    """A forgotten file is likelier than a log of which nothing is as it was."""
    write(3)
    settings.AUDIT_KEY = "another-key"  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match=r"Event 1 is changed.*, or AUDIT_KEY is another"):
        call_command("verify_audit")


def test_one_changed_event_is_not_blamed_on_the_key() -> None:
    write(3)
    tamper("UPDATE audit_event SET actor = 'nobody' WHERE sequence = 1")
    with pytest.raises(CommandError, match=r"broken there\.$"):
        call_command("verify_audit")


def test_the_model_refuses_to_change_or_delete() -> None:
    event = write(1)[0]
    for attempt in (
        event.save,
        event.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(actor="x"),
    ):
        with pytest.raises(AppendOnly):
            attempt()


def copy(sequence: str, to: str) -> None:
    """A forged event: that of `sequence` again, with a hash of its own."""
    columns = [f.column for f in Event._meta.fields if f.column not in {"sequence", "hash"}]
    names = ", ".join(f'"{name}"' for name in columns)
    tamper(
        f"INSERT INTO audit_event (sequence, hash, {names}) "
        f"SELECT %s, %s, {names} FROM audit_event WHERE sequence = %s",
        int(to),
        to.rjust(64, "e"),
        int(sequence),
    )
