"""What the database itself holds of two persons: an answer is given once, and a role that needs two comes by
an answer. Triggers, made at the end of each `migrate`: SQLite drops them with every table that it makes
anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings

from accounts.roles import Role, given_by_two

ANSWERED: Final = "an answer is given once, to a question that waits"
BY_TWO: Final = "a role that two persons give was not approved"
# What an answered question keeps as it is. Its texts are encrypted anew with a new key, and it is used later.
FIXED: Final = (
    *("answer", "answered_by_id", "answered_at", "asked_by_id", "asked_at"),
    *("act", "target_kind", "target_id", "digest", "payload"),
)

APPROVED: Final = """SELECT FROM public.accounts_approval AS a
WHERE a.answer = 'given' AND a.used_at > now() - interval '1 hour'
AND a.payload -> 'fields' ->> 'role' = NEW.role
AND (a.payload ->> 'user' = NEW.id::text OR a.payload -> 'fields' ->> 'email' = lower(NEW.email))"""


def rules(vendor: str) -> Iterator[str]:
    """The statements that make the triggers anew. Safe to repeat."""
    if vendor == "postgresql":
        yield from _on_postgresql()
        return
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED)
    yield "DROP TRIGGER IF EXISTS accounts_approval_once"
    yield (
        f"CREATE TRIGGER accounts_approval_once BEFORE UPDATE ON accounts_approval "
        f"WHEN OLD.answer <> 'pending' AND ({changed}) BEGIN SELECT RAISE(ABORT, '{ANSWERED}'); END"
    )


def _on_postgresql() -> Iterator[str]:
    """The web server's role alone is held to ask first: commands and tests of the owner's make accounts and
    questions as they need them."""
    is_application = f"current_user = '{settings.APPLICATION_ROLE}'"
    old, new = (", ".join(f"{row}.{name}" for name in FIXED) for row in ("OLD", "NEW"))
    yield _trigger(
        "accounts_approval_once",
        f"""IF TG_OP = 'INSERT' AND NEW.answer <> 'pending' AND {is_application}
OR TG_OP = 'UPDATE' AND OLD.answer <> 'pending' AND ROW({old}) IS DISTINCT FROM ROW({new})
THEN {_refuse(ANSWERED)} END IF;""",
    )
    yield "DROP TRIGGER IF EXISTS accounts_approval_once ON accounts_approval"
    yield (
        "CREATE TRIGGER accounts_approval_once BEFORE INSERT OR UPDATE ON accounts_approval "
        "FOR EACH ROW EXECUTE FUNCTION accounts_approval_once()"
    )
    roles = ", ".join(f"'{role.value}'" for role in Role if given_by_two(role))
    # At the end of the transaction: the role is written first, and the answer after it. It is used then and
    # there: an answer of before gives no role again.
    has_still = "EXISTS (SELECT FROM public.accounts_user AS u WHERE u.id = NEW.id AND u.role = NEW.role)"
    yield _trigger(
        "accounts_user_by_two",
        f"IF {is_application} AND NEW.role IN ({roles}) AND {has_still} AND NOT EXISTS ({APPROVED}) "
        f"THEN {_refuse(BY_TWO)} END IF;",
    )
    for when in ("INSERT", "UPDATE OF role"):
        name = f"accounts_user_by_two_{when[:6].lower()}"
        yield f"DROP TRIGGER IF EXISTS {name} ON accounts_user"
        yield (
            f"CREATE CONSTRAINT TRIGGER {name} AFTER {when} ON accounts_user "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            f"{'WHEN (OLD.role IS DISTINCT FROM NEW.role) ' if when != 'INSERT' else ''}"
            "EXECUTE FUNCTION accounts_user_by_two()"
        )


def _trigger(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = public, pg_temp AS $$ BEGIN {body} RETURN NEW; END $$"
    )


def _refuse(why: str) -> str:
    return f"RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation';"
