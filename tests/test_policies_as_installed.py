"""The register as it is installed on PostgreSQL: row-level security binds the owner of the tables too, and in
every region persons were handed over both ways, a grant is open, a deputy stands in, and something was
registered by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any, Final

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.access import Access
from accounts.approvals import answer
from accounts.models import Approval, User
from accounts.roles import Role
from accounts.row_level_security import bypasses
from agencies.account_approvals import ask_change
from agencies.code_words import region_codes, rows
from agencies.models import Coordinator, Region
from agencies.register_checks import CHECKS
from cases.actions.misregistration import take_out_person
from cases.actions.sharing import answer_access, answer_transfer, ask_access, ask_transfer
from cases.models import Case, Person
from tests.actors import NOON, access, user
from tests.addresses import ADDRESSES
from tests.database_roles import (
    as_application,
    asked,
    only_postgresql,
    under_policies_of,
)
from tests.installed import DATABASE
from tests.makers import new_case, new_person
from tests.weights import mostly_long
from tests.world import World, filled_world, undone

pytestmark = [pytest.mark.django_db, only_postgresql]
REGIONS: Final = region_codes()
COUNTIES: Final = {row["region"]: row["county"] for row in rows("county_regions")}
ROLES: Final = ("olle", "officer", "analyst", "manager", "admin", "dpo")
CASEWORKERS: Final = {"operator", "coordinator"}
TOTALS: Final = {"analyst", "manager"}
# By hand, from the table of docs/security.md and the pages behind each.
NEEDS: Final[dict[str, set[str]]] = {
    "wall": set(), "worker": set(), "disposal": set(),
    "totals": TOTALS, "extract": {"dpo"}, "numbers": {*CASEWORKERS, "dpo"}, "duplicates": CASEWORKERS,
    "transfer": {*CASEWORKERS, "officer"}, "asking": {"coordinator"}, "mistakes": {"coordinator"},
    "undoing": {"coordinator"}, "leavers": {"coordinator"}, "belonging": {"coordinator"},
    "takeover": {"coordinator"},
    "reconciling": {"coordinator", *TOTALS},
    "due": {"administrator", "manager", "dpo"}, "refusals": set(Role.values),
}  # fmt: skip
PAGES: Final = [name for name, address in ADDRESSES.items() if address.get]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), filled_world() as made:
        _in_every_region(made)
        _refused("SET CONSTRAINTS ALL IMMEDIATE")  # what was made here is not asked about as the web server's
        _refused("SET CONSTRAINTS ALL DEFERRED")
        yield made


def _in_every_region(world: World) -> None:
    for region in REGIONS:
        name = f"of {region}"
        world.people[name] = user(f"Kim{REGIONS.index(region)}", Role.COORDINATOR, region=region)
        world.clients[name] = _signed_in(world.people[name])
    for region, other in zip(REGIONS, (*REGIONS[1:], REGIONS[0]), strict=True):
        here, there = (access(world.people[f"of {one}"]) for one in (region, other))
        _hand_over(here, region, there, other)
        _hand_over(there, other, here, region)
        _grant(here, there, other)
        Coordinator.objects.create(
            region_id=other, kind="deputy", user=here.user, name="Kim", valid_from=NOON.date(),
            valid_to=NOON.date() + timedelta(days=9),
        )  # fmt: skip
        mistaken = new_case(new_person(county=COUNTIES[region]), new_person(), by=here, region=region)
        take_out_person(person=mistaken.persons.order_by("pk")[0], seen="", reason="Fel", by=here)


def _signed_in(who: User) -> Any:
    from django.test import Client

    client = Client()
    client.force_login(who)
    return client


def _hand_over(giver: Access, region: str, taker: Access, other: str) -> None:
    """All of one case, and one of two persons of another."""
    for persons in (1, 2):
        made = [new_person(county=COUNTIES[region]) for _person in range(persons)]
        person = new_case(*made, by=giver, region=region).persons.order_by("pk")[0]
        asked_for = ask_transfer(
            person=person, to_region=Region.objects.get(code=other), reason="Flyttad", by=giver
        )
        answer_transfer(transfer=asked_for, accept=True, reason="", by=taker)


def _grant(reader: Access, holder: Access, region: str) -> None:
    case = new_case(new_person(county=COUNTIES[region]), by=holder, region=region)
    row = ask_access(number=case.number, region=case.region, reason="Samråd", by=reader)
    answer_access(grant=row, hours=24, reason="", by=holder)


def _addresses(world: World) -> Iterator[tuple[str, str]]:
    for name in PAGES:
        address = ADDRESSES[name]
        yield name, reverse(name, kwargs={**address.kwargs, **world.objects.get(address.target, {})})


EVERYBODY: Final = [*(f"of {region}" for region in REGIONS), *ROLES]


# What others read is read on PostgreSQL among the acts of `tests/audit`.
@pytest.mark.parametrize("who", mostly_long(EVERYBODY, usual=["of V"]))
def test_every_page_answers_as_installed(who: str, world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        for name, url in _addresses(world):
            with undone():
                assert world.client(who).get(url).status_code < 500, name


@pytest.mark.parametrize("region", REGIONS)
def test_a_coordinator_reads_what_has_come_and_what_is_granted_and_not_what_has_left(
    region: str, world: World
) -> None:
    """By raw SQL, against what the transfers and grants of this test say."""
    who = access(world.people[f"of {region}"])
    with under_policies_of(who):
        cases, persons = (asked(f"SELECT id FROM {table}") for table in ("cases_case", "cases_person"))
    assert cases == set(Case.objects.visible_to(who).values_list("pk", flat=True))
    assert persons == set(Person.objects.visible_to(who).values_list("pk", flat=True))
    granted = Case.objects.filter(grants__asked_by=who.user).get()
    left = Case.objects.filter(number__startswith=f"{region}-").exclude(region__in=who.regions)
    assert granted.pk in cases
    assert left.exists()
    assert not left.filter(pk__in=cases).exists()


def test_check_register_reads_every_guarded_table_as_everybody(world: World) -> None:
    assert list(CHECKS["guarded table that is not read"]()) == []
    with undone():
        _refused("ALTER POLICY nmt_sees ON cases_call USING (EXISTS (SELECT FROM cases_call))")
        (fault,) = CHECKS["guarded table that is not read"]()
    assert fault.startswith("cases_call: infinite recursion detected in policy")
    with undone():
        _refused(f"REVOKE SELECT ON cases_draft FROM {settings.APPLICATION_ROLE}")
        assert next(CHECKS["guarded table that is not read"]()) == "cases_draft"


def test_check_register_names_a_fault_that_one_region_meets_alone(world: World) -> None:
    with undone():
        fails_there = "CASE WHEN 'N' = ANY (nmt_regions()) THEN 1 / (id - id) = 1 ELSE true END"
        _refused(f"ALTER POLICY nmt_sees ON cases_draft USING ({fails_there})")
        (fault,) = CHECKS["guarded table that is not read"]()
    assert re.fullmatch("cases_draft: division by zero, as coordinator .*\\bN\\b.*", fault), fault


# --- what SQL of one's own does as the web server's role -----------------------------------------
def test_temporary_tables_fool_no_function_that_policies_ask(world: World) -> None:
    with undone(), _with_temporary_tables(), under_policies_of(access(world.people["of SY"])):
        before = asked("SELECT id FROM cases_case") | asked("SELECT id FROM cases_person")
        for table in ("cases_person", "cases_accessgrant", "cases_case", "audit_event"):
            _refused(f"CREATE TEMP TABLE {table} AS SELECT * FROM public.{table} WHERE false")
            _refused(f"GRANT ALL ON {table} TO PUBLIC")
        _refused(
            "INSERT INTO pg_temp.cases_person (case_id, moved, responsible_region_id) "
            "SELECT n, true, 'SY' FROM generate_series(1, 9999) AS n"
        )
        _refused(
            "INSERT INTO pg_temp.cases_accessgrant (case_id, region_id, asked_by_id, answer, until) "
            "SELECT n, region, nmt_person(), 'accepted', 'infinity' FROM generate_series(1, 9999) AS n, "
            f"unnest('{{{','.join(REGIONS)}}}'::text[]) AS region"
        )
        now = asked("SELECT id FROM public.cases_case") | asked("SELECT id FROM public.cases_person")
    assert now == before


def test_an_event_of_a_temporary_table_does_not_move_the_head_of_the_audit_log(world: World) -> None:
    with undone(), _with_temporary_tables(), under_policies_of(access(world.people["of SY"])):
        _refused("CREATE TEMP TABLE audit_event (sequence bigint, hash text, previous_hash text)")
        _refused("GRANT ALL ON audit_event TO PUBLIC")
        _refused(
            "INSERT INTO pg_temp.audit_event "
            "SELECT at + 1, repeat('f', 64), with_hash FROM audit_head_locked()"
        )
        with pytest.raises(DatabaseError, match="one event at a time"), transaction.atomic():
            _refused("SELECT audit_head_moved(sequence, hash, '') FROM pg_temp.audit_event")


@pytest.mark.parametrize("name", sorted(bypasses()))
def test_a_bypass_reason_is_open_to_the_roles_that_need_it_and_to_no_other(name: str, world: World) -> None:
    """Whoever names it by SQL of their own as the web server's role."""
    for who, person in sorted(world.people.items()):
        with undone(), under_policies_of(access(person)):
            _refused(f"SELECT set_config('nmt.beyond', '{name}', true)")
            open_to = ("{" + name + "}") in {str(one) for one in asked("SELECT nmt_beyond()::text")}
        assert open_to == (person.role in NEEDS[name]), (who, person.role)


@pytest.mark.parametrize("role", ["coordinator", "administrator", "officer"])
def test_a_role_that_two_persons_give_comes_by_an_answer_alone(role: str, world: World) -> None:
    """By SQL of one's own as the web server's role, to a new account and to one that is there."""
    pia = world.people["officer"].pk
    new = (
        "INSERT INTO accounts_user "
        "(password, email, name, role, language, is_active, daily_letter, date_joined) "
        f"VALUES ('!', 'new@example.org', 'New', '{role}', '', true, true, now())"
    )
    for statement in (new, f"UPDATE accounts_user SET role = '{role}' WHERE id = {pia}"):
        refused = role != "officer"
        expected = pytest.raises(IntegrityError, match="not approved") if refused else nullcontext()
        who = under_policies_of(access(world.people["admin"]))
        with undone(), who, expected, transaction.atomic():
            _refused(statement)
            _refused("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_approved_role_is_given_and_a_former_answer_gives_none_again(world: World) -> None:
    (now,) = asked("SELECT now()")  # the clock of this test stands still, the database's does not
    pia, bo = world.people["officer"], access(world.people["bo"], now)
    with undone():
        _refused("SET CONSTRAINTS ALL DEFERRED")  # as a transaction of its own begins
        pia.role = Role.OPERATOR
        asked_for = ask_change(user=pia, reason="Ny uppgift", by=bo)
        with under_policies_of(bo):
            answer(asked_for, give=True, by=access(world.people["manager"], now))
            _refused("SET CONSTRAINTS ALL IMMEDIATE")
        Approval.objects.filter(pk=asked_for.pk).update(used_at=now - timedelta(hours=2))
        _refused(f"UPDATE accounts_user SET role = 'officer' WHERE id = {pia.pk}")
        with under_policies_of(bo), pytest.raises(IntegrityError, match="not approved"), transaction.atomic():
            _refused(f"UPDATE accounts_user SET role = 'operator' WHERE id = {pia.pk}")
    pia.refresh_from_db()


def test_the_web_servers_role_makes_no_question_that_is_answered_already(world: World) -> None:
    who = under_policies_of(access(world.people["admin"]))
    refused = pytest.raises(IntegrityError, match="given once")
    with undone(), who, refused, transaction.atomic():
        Approval.objects.create(
                act="account.change", reason="Skäl", asked_by=world.people["admin"], asked_at=NOON,
                answer="given", answered_by=world.people["bo"], answered_at=NOON,
            )  # fmt: skip


@pytest.mark.parametrize(
    "table",
    [
        "cases_historicalperson",
        "cases_notification",
        "accounts_user",
        "accounts_approval",
        "retention_disposal",
    ],
)
def test_the_worker_alone_removes_rows_that_no_page_removes(table: str, world: World) -> None:
    rights = "SELECT has_table_privilege(%s, %s, 'DELETE')"
    assert asked(rights, settings.APPLICATION_ROLE, table) == {False}
    assert asked(rights, settings.WORKER_ROLE, table) == {True}


def test_the_web_servers_role_takes_the_next_number_and_does_not_read_the_last(world: World) -> None:
    rights = "SELECT has_sequence_privilege(%s, 'cases_person_id_seq', %s)"
    assert asked(rights, settings.APPLICATION_ROLE, "USAGE") == {True}
    assert asked(rights, settings.APPLICATION_ROLE, "SELECT") == {False}
    assert asked(rights, settings.WORKER_ROLE, "SELECT") == {True}  # a back-up does


def test_the_web_servers_role_makes_no_temporary_table() -> None:
    with as_application(), pytest.raises(DatabaseError, match="permission denied to create temporary tables"):
        _refused("CREATE TEMP TABLE cases_person (id int)")


def test_a_page_waits_ten_seconds_for_a_lock_and_a_minute_for_a_statement() -> None:
    of_role = "FROM pg_db_role_setting JOIN pg_roles ON setrole = pg_roles.oid WHERE rolname = %s"

    told = asked(f"SELECT unnest(setconfig) {of_role}", settings.APPLICATION_ROLE)

    assert told >= {"lock_timeout=10s", "statement_timeout=60s"}


@contextmanager
def _with_temporary_tables() -> Iterator[None]:
    """As where the roles were made by an earlier version, or a copy of the database was."""
    _refused(f"GRANT TEMPORARY ON DATABASE {DATABASE} TO PUBLIC")
    yield


def _refused(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
