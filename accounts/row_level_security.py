"""Row-level security: what stands between a table and whoever asks PostgreSQL for its rows. Each app hands in
one `RowPolicy` a table.

It is the second line behind `visible_to`, against a filter that somebody forgot. It is none against foreign
SQL: whoever may send any statement may also say that they are somebody else.

What stands here is text. `accounts/stored_policies.py` holds it against the database at the end of each
`migrate`. The owner is not bound until `make_database_roles` has said who else asks (`FORCE`): a trial has
one role.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.permissions import handed_in
from accounts.roles import May, Role, given_by_two, roles_with
from audit.guard import GRANTS, KEEPERS, SET_RIGHTS

# Who asks, in the policies. A scalar subselect is reckoned once a statement, not once a row.
ME: Final = "(SELECT nmt_person())"
ROLE: Final = "(SELECT nmt_role())"
REGIONS: Final = "(SELECT nmt_regions())::text[]"
AT: Final = "(SELECT nmt_at())"
NO_ROWS: Final = "false"
EVERYTHING: Final = frozenset({"*"})
# The database's own functions, whose answers a policy builds upon; and who has no person to act for.
WITHIN_POLICIES, WORKER = "wall", "worker"


def whose_role_may(*wanted: May) -> str:
    """The condition that the role of whoever asks has any of `wanted`."""
    return f"{ROLE} IN ({', '.join(_text(one) for one in roles_with(*wanted))})"


@dataclass(frozen=True, slots=True)
class RowPolicy:
    """Conditions in SQL over the columns of one table. `owns`: which rows may be changed, where not all that
    are seen; `adds`: which may be new."""

    sees: str
    owns: str = ""
    adds: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A query of policies that looks past those of other tables, as a function of the database.

    No policy of a table that it reads may ask it, or the table could not be read at all.
    """

    query: str
    returns: str = "SETOF bigint"


@dataclass(frozen=True, slots=True)
class Trigger:
    """`creates`: the statement that makes it where there is none of that name."""

    name: str
    table: str
    creates: str


@dataclass(frozen=True, slots=True)
class Bypass:
    """Why something looks beyond the policies, and at which tables, with what hangs on their rows.
    `may`: only for roles that have any of these rights. `worker`: only for the worker's role in the database
    and the owner's; `owner`: only for the owner's, which means within the functions that policies ask. Which
    role of the database asks is no setting: nobody can say that they are another."""

    why: str
    reads: frozenset[str]
    writes: frozenset[str] = frozenset()
    may: tuple[May, ...] = ()
    worker: bool = False
    owner: bool = False

    def opens(self, table: str, *, to_write: bool) -> bool:
        tables = self.writes if to_write else self.reads | self.writes
        return not tables.isdisjoint({table} | EVERYTHING)


OWN: Final = {
    WITHIN_POLICIES: Bypass("the functions that policies ask", EVERYTHING, owner=True),
    WORKER: Bypass(
        "commands on the server, and what the worker does of its own accord",
        EVERYTHING,
        EVERYTHING,
        worker=True,
    ),
}


@cache
def row_policies() -> Mapping[str, RowPolicy]:
    """By table, as each app says in its `policies.py`."""
    return handed_in("policies", "POLICIES")


@cache
def bypasses() -> Mapping[str, Bypass]:
    """By name: what may look beyond. There is no other way past a policy."""
    return OWN | handed_in("policies", "BYPASSES")


@cache
def functions() -> Mapping[str, Function]:
    """By name, the queries that policies ask."""
    return handed_in("policies", "FUNCTIONS")


@cache
def never_deleted() -> frozenset[str]:
    """Tables of which no page removes a row: those that apps hand in, and all that hold former states. What
    is due goes by the worker."""
    past = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if {"history_id", "m2m_history_id"}.intersection(
            local_field.name for local_field in model._meta.local_fields
        )
    }
    return frozenset(past | NEVER_DELETED.keys() | handed_in("policies", "NEVER_DELETED").keys())


NEVER_DELETED: Final[dict[str, str]] = {
    "accounts_user": "an account ends",
    "accounts_approval": "who asked and who answered is kept",
    "accounts_opening": "who was told the code is kept",
    "accounts_accountreview": "a review is kept",
    "accounts_termsaccepted": "who accepted which terms is kept",
}


# What the database itself holds of two persons: an answer is given once, and a role that needs two comes by
# an answer. Triggers, made at the end of each `migrate`: SQLite drops them with every table that it makes
# anew.
ANSWERED: Final = "an answer is given once, to a question that waits"
BY_TWO: Final = "a role that two persons give was not approved"
# What an answered question keeps as it is. Its texts are encrypted anew with a new key, and it is used later.
FIXED: Final = (
    *("answer", "answered_by_id", "answered_at", "asked_by_id", "asked_at"),
    *("act", "target_kind", "target_id", "digest", "payload"),
)
OLD, NEW = (", ".join(f"{row}.{name}" for name in FIXED) for row in ("OLD", "NEW"))
CHANGED: Final = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED)

APPROVED: Final = """SELECT FROM public.accounts_approval AS a
WHERE a.answer = 'given' AND a.used_at > now() - interval '1 hour'
AND a.payload -> 'fields' ->> 'role' = NEW.role
AND (a.payload ->> 'user' = NEW.id::text OR a.payload -> 'fields' ->> 'email' = lower(NEW.email))"""


def triggers_on_sqlite() -> Iterator[str]:
    """The statements that make the trigger anew. Safe to repeat, as those on PostgreSQL are."""
    yield "DROP TRIGGER IF EXISTS accounts_approval_once"
    yield (
        f"CREATE TRIGGER accounts_approval_once BEFORE UPDATE ON accounts_approval "
        f"WHEN OLD.answer <> 'pending' AND ({CHANGED}) BEGIN SELECT RAISE(ABORT, '{ANSWERED}'); END"
    )


def trigger_functions() -> Iterator[str]:
    """The web server's role alone is held to ask first: commands and tests of the owner's make accounts and
    questions as they need them."""
    is_application = f"current_user = '{settings.APPLICATION_ROLE}'"
    yield _trigger(
        "accounts_approval_once",
        f"""IF TG_OP = 'INSERT' AND NEW.answer <> 'pending' AND {is_application}
OR TG_OP = 'UPDATE' AND OLD.answer <> 'pending' AND ROW({OLD}) IS DISTINCT FROM ROW({NEW})
THEN {_refuse(ANSWERED)} END IF;""",
    )
    roles = ", ".join(_text(role) for role in Role if given_by_two(role))
    # At the end of the transaction: the role is written first, and the answer after it. It is used then and
    # there: an answer of before gives no role again.
    has_still = "EXISTS (SELECT FROM public.accounts_user AS u WHERE u.id = NEW.id AND u.role = NEW.role)"
    yield _trigger(
        "accounts_user_by_two",
        f"IF {is_application} AND NEW.role IN ({roles}) AND {has_still} AND NOT EXISTS ({APPROVED}) "
        f"THEN {_refuse(BY_TWO)} END IF;",
    )
    yield from handed_in("policies", "TRIGGER_FUNCTIONS").values()


def triggers() -> Iterator[Trigger]:
    """Those of accounts and of approvals, and those that apps hand in."""
    yield Trigger(
        "accounts_approval_once",
        "accounts_approval",
        "CREATE TRIGGER accounts_approval_once BEFORE INSERT OR UPDATE ON accounts_approval "
        "FOR EACH ROW EXECUTE FUNCTION accounts_approval_once()",
    )
    is_another = "WHEN (OLD.role IS DISTINCT FROM NEW.role) "
    for when, condition in (("INSERT", ""), ("UPDATE OF role", is_another)):
        name = f"accounts_user_by_two_{when[:6].lower()}"
        yield Trigger(
            name,
            "accounts_user",
            f"CREATE CONSTRAINT TRIGGER {name} AFTER {when} ON accounts_user "
            f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {condition}EXECUTE FUNCTION accounts_user_by_two()",
        )
    yield from handed_in("policies", "TRIGGERS").values()


def _trigger(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = public, pg_temp AS $$ BEGIN {body} RETURN NEW; END $$"
    )


def _refuse(why: str) -> str:
    return f"RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation';"


SILENT: Final = "nobody has said for whom these rows are asked"
ASKED: Final = (
    # Raises, for a page that was told of nothing must not say that there is nothing.
    f"""CREATE OR REPLACE FUNCTION nmt_role() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE said text := current_setting('nmt.role', true);
BEGIN
  IF coalesce(said, '') = '' THEN RAISE EXCEPTION '{SILENT}' USING ERRCODE = 'insufficient_privilege'; END IF;
  RETURN said;
END $$""",
    """CREATE OR REPLACE FUNCTION nmt_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('nmt.person', true), '')::bigint $$""",
    """CREATE OR REPLACE FUNCTION nmt_regions() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT string_to_array(coalesce(current_setting('nmt.regions', true), ''), ',') $$""",
    """CREATE OR REPLACE FUNCTION nmt_at() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('nmt.at', true), '')::timestamptz $$""",
)
# How long a page waits for a lock and for one statement, and how long a transaction may do nothing. An answer
# that is not there by then is none to whoever asked; the worker and commands take their time.
TIMEOUTS: Final = {
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "300s",
}
# Of the tables, by PostgreSQL's own word. Within a function of the owner's that is who asks.
IS_OWNER: Final = """current_user = (SELECT pg_catalog.pg_get_userbyid(relowner) FROM pg_catalog.pg_class
WHERE oid = 'public.audit_event'::pg_catalog.regclass)"""
POLICY_NAMES: Final = ("nmt_sees", "nmt_adds", "nmt_changes", "nmt_removes")
BASIC: Final = frozenset({"nmt_role", "nmt_person", "nmt_regions", "nmt_at", "nmt_beyond"})


def functions_in_sql(*, bound: bool) -> Iterator[str]:
    """The statements that make every function of the policies and the triggers, or replace it. `bound`: the
    owner is held to the policies too."""
    yield from ASKED
    yield _bypass_function()
    for name, function in functions().items():
        yield _function(name, function, bound=bound)
    yield from trigger_functions()
    yield from SET_RIGHTS


def _bypass_function() -> str:
    """Make the function that says which of the bypass reasons that were named are for the role that asks.

    Names have their schema: a back-up asks with none in its path, and a temporary table comes before those of
    PostgreSQL.
    """
    limits = {name: _limits(one) for name, one in bypasses().items()}
    rest = "".join(
        f" WHEN one = {_text(name)} THEN {' AND '.join(limit)}" for name, limit in limits.items() if limit
    )
    one = "unnest(string_to_array(coalesce(current_setting('nmt.beyond', true), ''), ',')) AS one"
    chosen = f"SELECT coalesce(array_agg(one), '{{}}') FROM {one} WHERE CASE{rest} ELSE true END"
    returns = "RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp"
    return f"CREATE OR REPLACE FUNCTION nmt_beyond() {returns} AS $$ BEGIN RETURN ({chosen}); END $$"


def _limits(reason: Bypass) -> list[str]:
    by_role = f"{_array(roles_with(*reason.may))} @> ARRAY[public.nmt_role()]"
    by_worker = f"(current_user = {_text(settings.WORKER_ROLE)} OR {IS_OWNER})"
    return [
        one
        for one, kept in zip(
            (by_role, by_worker, IS_OWNER), (reason.may, reason.worker, reason.owner), strict=False
        )
        if kept
    ]


def _function(name: str, function: Function, *, bound: bool) -> str:
    """Asked by a policy; in a language that plans it once a connection. It looks beyond the policies, else
    those of two tables would ask each other for ever.

    It has the rights of the owner; of nobody else's tables, and of none that is temporary.
    """
    opened = f"SET nmt.beyond = '{WITHIN_POLICIES}'" if bound else ""
    return f"""CREATE OR REPLACE FUNCTION {name}() RETURNS {function.returns} LANGUAGE plpgsql STABLE
PARALLEL SAFE ROWS 100 SECURITY DEFINER SET search_path = public, pg_temp {opened}
AS $$ BEGIN RETURN QUERY {function.query}; END $$"""


def policies_in_sql(table: str) -> list[str]:
    """The statements that make the four policies of a table that has none."""
    policy = row_policies()[table]
    owned = policy.owns or policy.sees
    sees = _or_bypassed(table, policy.sees, to_write=False)
    changed = _or_bypassed(table, owned, to_write=True)
    added = _or_bypassed(table, policy.adds or owned, to_write=True)
    return [
        f"CREATE POLICY nmt_sees ON {table} FOR SELECT USING ({sees})",
        f"CREATE POLICY nmt_adds ON {table} FOR INSERT WITH CHECK ({added})",
        f"CREATE POLICY nmt_changes ON {table} FOR UPDATE USING ({changed}) WITH CHECK ({added})",
        f"CREATE POLICY nmt_removes ON {table} FOR DELETE USING ({changed})",
    ]


def _or_bypassed(table: str, rows: str, *, to_write: bool) -> str:
    names = [name for name, reason in bypasses().items() if reason.opens(table, to_write=to_write)]
    # The role is asked before any row is looked at: whoever has not said who they are is told so, not that
    # there is nothing. The bypass reason comes before the rows: a function that names one is bound by this
    # policy too, and may not come to what calls it. CASE, since SQL promises no order of OR.
    opened = f"(SELECT nmt_beyond() && {_array(names)})"
    return f"{ROLE} IS NOT NULL AND CASE WHEN {opened} THEN true ELSE ({rows}) END"


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _array(words: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(_text(word) for word in words)}]::text[]"


def asking() -> tuple[str, str]:
    """The application's role and the worker's. The owner is whoever migrates."""
    return settings.APPLICATION_ROLE, settings.WORKER_ROLE


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns the tables of a database, and whether nothing binds them anyway."""

    role: str
    database: str
    superuser: bool

    @classmethod
    def on(cls, on: BaseDatabaseWrapper) -> Owner:
        with on.cursor() as cursor:
            cursor.execute(
                "SELECT quote_ident(tableowner), quote_ident(current_database()), rolsuper FROM pg_tables "
                "JOIN pg_roles ON rolname = tableowner WHERE tablename = 'audit_event'"
            )
            return cls(*cursor.fetchone())


def settings_of_roles(owner: Owner) -> list[tuple[str, dict[str, str]]]:
    """What each role has set in this database. Owner and worker ask where nobody is acted for. A page of the
    web server that hangs does not stop all others."""
    nobody = {"nmt.role": "nobody", "nmt.beyond": WORKER}
    return [(owner.role, nobody), (settings.WORKER_ROLE, nobody), (settings.APPLICATION_ROLE, TIMEOUTS)]


LARGE_OBJECTS: Final = ("lo_create(oid)", "lo_creat(integer)", "lo_from_bytea(oid, bytea)", "lo_import(text)")


def making(owner: Owner) -> Iterator[str]:
    """The statements that make the roles, as PostgreSQL's superuser says them once. A password is not among
    them."""
    for role in asking():
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {_text(role)}) "
            f"THEN CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS; END IF; END $$"
        )
    if not owner.superuser:
        yield f"GRANT SET ON PARAMETER nmt.beyond TO {owner.role}"
    for role, named in settings_of_roles(owner):
        yield f"ALTER ROLE {role} IN DATABASE {owner.database} RESET ALL"
        for name, value in named.items():
            yield f"ALTER ROLE {role} IN DATABASE {owner.database} SET {name} = '{value}'"
    for function in LARGE_OBJECTS:  # a back-up could not read those of another role
        yield f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"REVOKE TEMPORARY ON DATABASE {owner.database} FROM PUBLIC"


def granting(role: str, tables: Iterable[str]) -> Iterator[str]:
    """Rows of every table, no table itself; of the audit log only what `audit` says.

    The web server removes no row of `never_deleted`, and does not read how many rows a table has had.
    """
    is_worker = role == settings.WORKER_ROLE
    never_removed = frozenset() if is_worker else never_deleted()
    for keeper in KEEPERS:
        yield f"REVOKE EXECUTE ON FUNCTION {keeper} FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}"
    yield f"GRANT USAGE{', SELECT' if is_worker else ''} ON ALL SEQUENCES IN SCHEMA public TO {role}"
    for table in sorted(tables):
        usual = "SELECT, INSERT, UPDATE" if table in never_removed else "SELECT, INSERT, UPDATE, DELETE"
        rights = GRANTS.get(table, usual)
        yield f"REVOKE ALL ON {table} FROM {role}"
        yield f"GRANT {rights} ON {table} TO {role}"
    for keeper in KEEPERS:
        yield f"GRANT EXECUTE ON FUNCTION {keeper} TO {role}"
