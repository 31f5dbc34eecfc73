"""Several writers at once: one chain without forks, on both databases; and an act without its event is
none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.access import Access
from accounts.roles import Role
from audit import writer
from audit.models import Event, Head
from audit.verify import verify
from audit.writer import System, record
from cases.models import Case
from tests.actors import access, user
from tests.at_once import at_once
from tests.cases.pages import signed_in
from tests.makers import new_case

WRITERS, EACH = 4, 12


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_make_one_chain() -> None:
    def work(who: int) -> None:
        for n in range(EACH):
            with transaction.atomic():
                record(System(f"user{who}@example.org"), "case.read", rows=n)

    at_once(work, WRITERS)
    assert verify().startswith(f"{WRITERS * EACH}:")
    sequences = list(Event.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, WRITERS * EACH + 1))


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_gives_up_leaves_no_gap() -> None:
    def work(who: int) -> None:
        for n in range(EACH):
            with transaction.atomic():
                record(System(f"user{who}@example.org"), "case.read")
                transaction.set_rollback(n % 2 == 1)

    at_once(work, WRITERS)
    assert verify().startswith(f"{WRITERS * EACH // 2}:")


@pytest.mark.django_db(transaction=True)
def test_the_very_first_events_do_not_collide() -> None:
    Head.objects.all().delete()
    at_once(lambda who: record(System(str(who)), "user.sign_in"), WRITERS)
    assert verify().startswith(f"{WRITERS}:")


@pytest.mark.django_db
def test_the_event_is_the_last_statement_of_its_transaction() -> None:
    karin = access(user("Karin", Role.COORDINATOR, region="V"))
    with CaptureQueriesContext(connection) as queries:
        new_case(by=karin)
    statements = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert statements[-1].startswith(('UPDATE "audit_head"', "SELECT audit_head_moved"))
    assert statements[-2].startswith('INSERT INTO "audit_event"')


class TestAuditFails:
    @pytest.fixture
    def karin(self) -> Access:
        return access(user("Karin", Role.COORDINATOR, region="V"))

    @pytest.fixture
    def fails(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
        def fail(*_args: object) -> str:
            raise DatabaseError("the audit trail cannot be written")

        return lambda: monkeypatch.setattr(writer, "event_hash", fail)

    @pytest.mark.django_db(transaction=True)
    def test_a_change_is_not_made(self, karin: Access, fails: Callable[[], None]) -> None:
        fails()
        with pytest.raises(DatabaseError):
            new_case(by=karin)
        assert not Case.objects.exists()

    @pytest.mark.django_db
    def test_a_case_is_not_shown(self, karin: Access, fails: Callable[[], None]) -> None:
        case = new_case(by=karin)
        client = signed_in(karin.user)
        fails()
        client.raise_request_exception = False
        response = client.get(case.get_absolute_url())
        assert response.status_code == 500
        assert case.number not in response.content.decode()
