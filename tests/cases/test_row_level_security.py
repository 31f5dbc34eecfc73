"""The product under PostgreSQL's policies: with every filter taken out nothing of another region is shown;
jobs, streams and commands say who asks, as requests do; a role that can do too much is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any, Final

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.access import Access
from accounts.roles import May, Role
from accounts.row_level_security import row_policies
from accounts.stored_policies import build
from accounts.transactions import transaction_of
from agencies.models import Code
from cases import querysets
from cases.actions.calls import log_call, write
from cases.actions.sharing import answer_access, ask_access
from cases.models import Call, Case
from exchange.models import ExportFile
from jobs import worker
from jobs.kinds import KINDS, JobKind, Run, enqueue
from nmt_site.management.commands import import_rows
from tests.actors import NOON, access, user
from tests.cases.pages import coordinator, operator, signed_in
from tests.database import on_server
from tests.database_roles import as_application, as_worker, asked, only_postgresql, under_policies_of
from tests.installed import APPLICATION, DATABASE
from tests.makers import new_case, new_person

pytestmark = [pytest.mark.django_db, only_postgresql]
WITH_THE_NOTE: Final = "cases_historicalcase"
WHO = "SELECT nmt_role() || ' ' || nmt_person()"


@pytest.fixture
def vera() -> Access:
    return access(coordinator("V", "Vera"))


@pytest.fixture
def case() -> Any:
    """Of region Syd."""
    return new_case(new_person(county="12"), by=access(coordinator("SY", "Sven")), region="SY")


@pytest.fixture
def no_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question for rows forgets its filter."""
    for kind in (
        querysets.CallQuerySet,
        querysets.CaseQuerySet,
        querysets.PersonQuerySet,
        querysets.PartQuerySet,
    ):
        for word in ("visible_to", "in_own_region", "totals_for", "for_extract"):
            if hasattr(kind, word):
                monkeypatch.setattr(kind, word, lambda rows, _access: rows)
    monkeypatch.setattr(querysets.CaseQuerySet, "visible_parts", lambda rows, _access: [rows])


def test_with_the_filter_taken_out_a_coordinator_reaches_nothing_of_another_region(
    case: Any, vera: Access, no_door: None
) -> None:
    person, client = case.persons.get(), signed_in(vera.user)
    part = person.identifications.get()
    own = f"/cases/persons/{person.code}/"
    with as_application():
        assert case.number not in client.get("/cases/").content.decode()
        for path in (
            case.get_absolute_url(),
            f"/cases/{case.code}/edit/",
            f"/cases/{case.code}/history/",
            f"/cases/{case.code}/extract/",
            own,
            f"{own}edit/",
            f"{own}history/",
            f"{own}identifications/{part.pk}/",
            f"/admin/cases/case/{case.pk}/change/",
        ):
            assert client.get(path).status_code in {302, 404}, path
            assert client.post(path, {}).status_code in {302, 403, 404, 405}, path
    assert case in Case.objects.visible_to(vera), "the filter is in place: this proves nothing"


def test_the_own_coordinator_works_as_ever(case: Any) -> None:
    client = signed_in(case.opened_by)
    with as_application():
        assert client.get(case.get_absolute_url()).status_code == 200
        assert case.number in client.get("/cases/").content.decode()


@pytest.mark.parametrize("persons", [True, False])
def test_a_grant_opens_the_persons_or_the_note_as_it_was_given(persons: bool, vera: Access) -> None:
    sune = access(coordinator("SY", "Sune"))
    own = new_case(new_person(county="14"), by=vera, region="V")
    grant = ask_access(
        number=own.number, region=own.region, reason="Samråd", by=sune, persons=persons, note=not persons
    )
    answer_access(grant=grant, hours=24, reason="", by=vera)
    with under_policies_of(sune):
        seen = {table: bool(asked(f"SELECT id FROM {table}")) for table in ("cases_person", WITH_THE_NOTE)}
    assert seen == {"cases_person": persons, WITH_THE_NOTE: not persons}


def test_what_was_written_to_the_first_region_of_a_call_is_not_the_second_one_s(vera: Access) -> None:
    olle = access(operator("Olle"))
    group = Code.objects.of("caller")[0]
    call = log_call(
        call=Call(received_at=NOON, caller_group=group, referred_region_id="V", women=1), lists={}, by=olle
    )
    write(subject=call, text="Which day may we ring?", seen="", by=olle)
    Call.objects.update(referred_region="SY")
    sune = access(coordinator("SY", "Sune"))
    with under_policies_of(sune):
        assert asked("SELECT id FROM cases_call") == {call.pk}
        assert asked("SELECT id FROM cases_message") == set()


def test_a_job_asks_for_its_owner(vera: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(run: Run) -> dict[str, Any]:
        return {"who": asked(WHO).pop()}

    monkeypatch.setitem(KINDS, "ask", JobKind("ask", "ask", May.VIEW_CASE, ask))
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)
    job = enqueue("ask", by=vera)
    worker.work(once=True)
    job.refresh_from_db()
    assert job.result == {"who": f"coordinator {vera.user.pk}"}


def test_a_stream_asks_for_its_reader(vera: Access) -> None:
    with transaction_of(vera, writes=False):
        assert asked(WHO) == {f"coordinator {vera.user.pk}"}


def test_a_command_asks_for_whom_it_names(vera: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def look(*_words: Any, **_options: Any) -> None:
        seen.extend(asked(WHO))
        raise CommandError("enough")

    monkeypatch.setattr(import_rows, "content_of", look)
    with pytest.raises(CommandError, match="enough"):
        call_command("import_rows", "persons", "any.csv", email=vera.user.email)
    assert seen == [f"coordinator {vera.user.pk}"]


def test_the_register_is_in_order_with_the_roles_as_they_are_made() -> None:
    call_command("check_register")


@pytest.fixture
def server_mended() -> Iterator[None]:
    """What a role can do and has set is the server's, not the database's."""
    yield
    on_server(f"ALTER ROLE {APPLICATION} NOSUPERUSER NOBYPASSRLS")
    on_server(f"ALTER ROLE {APPLICATION} IN DATABASE {DATABASE} RESET default_transaction_read_only")


@pytest.mark.parametrize(
    ("power", "statement"),
    [
        ("superuser", f"ALTER ROLE {APPLICATION} SUPERUSER"),
        ("BYPASSRLS", f"ALTER ROLE {APPLICATION} BYPASSRLS"),
        ("owns tables", f"ALTER TABLE cases_call OWNER TO {APPLICATION}"),
        ("changes events of the trail", f"GRANT UPDATE ON audit_event TO {APPLICATION}"),
        ("moves the head of the trail", f"GRANT UPDATE ON audit_head TO {APPLICATION}"),
        ("summaries_mark", "GRANT EXECUTE ON FUNCTION summaries_mark() TO PUBLIC"),
        ("large object", "SELECT lo_create(0)"),
        (
            "default_transaction_read_only=on",
            f"ALTER ROLE {APPLICATION} IN DATABASE {DATABASE} SET default_transaction_read_only = on",
        ),
        ("cases_call", "ALTER TABLE cases_call DISABLE ROW LEVEL SECURITY"),
        ("cases_call", "DROP POLICY nmt_sees ON cases_call"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_role_that_can_do_too_much_and_a_policy_that_is_down_are_named(
    power: str, statement: str, server_mended: None
) -> None:
    on_server(statement, database=DATABASE)
    with pytest.raises(CommandError, match=power):
        call_command("check_register")


def test_the_roles_are_printed_for_whoever_may_make_them(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_database_roles", print=True)
    text = capsys.readouterr().out
    assert f"CREATE ROLE {settings.APPLICATION_ROLE} LOGIN NOSUPERUSER" in text
    assert "SET nmt.beyond = 'worker'" in text


def test_what_outlives_a_request_is_done_in_the_name_of_who_sent_it(vera: Access) -> None:
    """A file whose days are over is taken away although its page is not found."""
    when = NOON - timedelta(days=9)
    facts = {"of": "cases.person", "kind": "persons", "form": "csv", "language": "sv", "page": "/cases/"}
    file = ExportFile.objects.create(
        owner=vera.user, created_at=when, expires_at=when, manifest={"a": 1}, **facts
    )
    client = signed_in(vera.user)
    with as_application():
        assert client.get(f"/exports/{file.code}/file/").status_code == 404
    assert not ExportFile.objects.filter(pk=file.pk).exists()


def test_totals_are_read_by_an_analyst_whom_no_row_is_shown(case: Any) -> None:
    client = signed_in(user("Ada", Role.ANALYST))
    with as_application():
        assert asked("SELECT 1") == {1}
        page = client.get("/summaries/2018/")
    assert page.status_code == 200


def test_a_back_up_which_has_no_schema_in_its_path_is_answered_by_every_policy(case: Any) -> None:
    """As pg_dump asks: a function that finds another by that path would fail it at the first row."""
    with as_worker():
        asked("SELECT set_config('search_path', '', true)")
        assert asked("SELECT id FROM public.cases_case") == {case.pk}
        for table in row_policies():
            asked(f"SELECT count(*) FROM public.{table}")


def test_policies_are_built_where_nobody_has_said_who_asks_as_in_a_register_that_is_restored() -> None:
    """Its roles are made after `migrate`, and with them what the owner is told to ask as."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with a check that waits is not changed
        cursor.execute("SELECT set_config('nmt.role', '', true), set_config('nmt.beyond', '', true)")
    build(connection)
    assert asked("SELECT current_setting('nmt.role') || current_setting('nmt.beyond')") == {""}
