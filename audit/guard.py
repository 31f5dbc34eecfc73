"""Triggers by which the database itself refuses to change or remove an event, whoever asks it.

The owner of the tables can drop them, as `lifted` does: they stop mistakes and other programs, and the keyed
chain shows what a person with that power did. A migration that alters audit_event must end with `install`:
SQLite makes the table anew then, without its triggers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

NAMES: Final = {
    "sqlite": ("audit_event_no_update", "audit_event_no_delete", "audit_event_no_replace"),
    "postgresql": ("audit_event_no_change", "audit_event_no_truncate"),
}
WHERE: Final = {"sqlite": "", "postgresql": " ON audit_event"}
MESSAGE: Final = "audit events are append-only"
CREATE: Final = {
    "sqlite": (
        f"CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        f"CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        # INSERT OR REPLACE removes the row in its way without asking the trigger for DELETE.
        f"CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event "  # noqa: S608 - our own words
        # Two questions: with old statistics SQLite read the whole table to answer one that asks for either.
        f"WHEN EXISTS (SELECT 1 FROM audit_event WHERE sequence = NEW.sequence) "
        f"OR EXISTS (SELECT 1 FROM audit_event WHERE hash = NEW.hash) "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    ),
    "postgresql": (
        f"CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$",
        "CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()",
        "CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()",
    ),
}
# What a role that asks may do with the audit log, instead of everything: the application does not cut it.
GRANTS: Final = {
    "audit_event": "SELECT, INSERT",
    "audit_head": "SELECT",
    "audit_segment": "SELECT",
    "django_migrations": "SELECT",
}
# By these alone the head is locked and moved there: by one event at a time, which follows upon it.
KEEPERS: Final = ("audit_head_locked()", "audit_head_moved(bigint, text, text)")
SET_RIGHTS: Final = (
    """CREATE OR REPLACE FUNCTION audit_head_locked() RETURNS TABLE (at bigint, with_hash text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN
  INSERT INTO audit_head (id, sequence, hash, signature) VALUES (1, 0, repeat('0', 64), '')
  ON CONFLICT DO NOTHING;
  RETURN QUERY SELECT head.sequence, head.hash::text FROM audit_head AS head WHERE head.id = 1 FOR UPDATE;
END $$""",
    """CREATE OR REPLACE FUNCTION audit_head_moved(to_sequence bigint, to_hash text, signed text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN
  UPDATE audit_head AS head SET sequence = to_sequence, hash = to_hash, signature = signed
  WHERE head.id = 1 AND head.sequence = to_sequence - 1 AND EXISTS (SELECT FROM audit_event AS event
    WHERE event.sequence = to_sequence AND event.hash = to_hash AND event.previous_hash = head.hash);
  IF NOT FOUND THEN RAISE EXCEPTION 'the head of the trail moves one event at a time'; END IF;
END $$""",
)


def install(using: BaseDatabaseWrapper | Any = connection) -> None:
    """Safe to repeat."""
    remove(using)
    _run(using, CREATE[using.vendor])


def remove(using: BaseDatabaseWrapper | Any = connection) -> None:
    for name in NAMES[using.vendor]:
        _run(using, [f"DROP TRIGGER IF EXISTS {name}{WHERE[using.vendor]}"])


def keep(using: BaseDatabaseWrapper | Any = connection) -> None:
    """The keepers of the head, where the database knows roles. Safe to repeat."""
    if using.vendor == "postgresql":
        _run(using, SET_RIGHTS)


@contextmanager
def lifted() -> Iterator[None]:
    """Without the triggers, in one transaction: when what is done within fails, they have never been gone."""
    with transaction.atomic():
        remove()
        yield
        install()


def _run(using: BaseDatabaseWrapper | Any, statements: Any) -> None:
    with using.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
