"""The audit log is proven while others write to it and dispose of its years: what came meanwhile is no fault,
what is gone or forged is found all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from typing import Any, Final

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections, transaction

import audit.verify
from accounts.roles import Role
from audit.models import Event, Head
from audit.segments import close_year, dispose_year
from audit.verify import BrokenChain, verify
from audit.writer import System, record
from audit_pages.proof import verify_audit_log
from tests.actors import access, user
from tests.at_once import at_once
from tests.audit.events import tamper, write

pytestmark = pytest.mark.django_db(transaction=True)
Act = Callable[[], Any]


@contextmanager
def meanwhile(act: Act, *, when: str) -> Iterator[None]:
    """`act` is done once by somebody with a connection of their own, `before` or `after` a stretch has been
    walked."""
    walk, left = audit.verify.first_break, [act]

    def walked(*args: Any, **options: Any) -> Any:
        if when == "before":
            at_once(lambda _who: left.pop()() if left else None, 1)
        found = walk(*args, **options)
        if when == "after":
            at_once(lambda _who: left.pop()() if left else None, 1)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit.verify, "first_break", walked)
        yield
    assert not left, "nothing was done meanwhile"


def broken() -> str:
    with pytest.raises(BrokenChain) as fault:
        verify()
    return str(fault.value).partition(":")[0]


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_event_that_came_meanwhile_is_no_fault(when: str) -> None:
    last = write(5)[-1]
    with meanwhile(lambda: write(3), when=when):
        assert verify(known=f"5:{last.hash}").partition(":")[0] in {"5", "8"}
    head = Head.objects.get()
    assert verify() == f"8:{head.hash}"


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_command_prints_a_head_that_the_audit_log_has(when: str) -> None:
    write(5)
    out = StringIO()
    with meanwhile(lambda: write(1), when=when):
        call_command("verify_audit", stdout=out)
    number, digest = out.getvalue().removeprefix("ok ").strip().split(":")
    assert Event.objects.get(sequence=number).hash == digest
    call_command("verify_audit", head=f"{number}:{digest}", stdout=StringIO())


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_audit_log_that_begins_meanwhile_is_whole(when: str) -> None:
    with meanwhile(lambda: write(2), when=when):
        assert verify().partition(":")[0] in {"0", "2"}


TAMPERINGS: Final = {
    "UPDATE audit_event SET actor = 'x' WHERE sequence = 3": "Event 3 is changed",
    "DELETE FROM audit_event WHERE sequence = 3": "Event 3 is removed",
    "DELETE FROM audit_event WHERE sequence > 3": "Event 4 is truncated",
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("sql", TAMPERINGS)
def test_what_is_gone_or_changed_is_found_while_others_write(sql: str, when: str) -> None:
    write(5)
    tamper(sql)
    with meanwhile(lambda: write(2), when=when):
        assert broken() == TAMPERINGS[sql]


def test_an_end_that_is_cut_off_while_the_audit_log_is_walked_is_found() -> None:
    """The head was read before: the walk must come as far, whatever the head says later."""
    events = write(5)

    def cut() -> None:
        tamper("DELETE FROM audit_event WHERE sequence > 3")
        Head.objects.filter(id=1).update(sequence=3, hash=events[2].hash)

    with meanwhile(cut, when="before"):
        assert broken() == "Event 4 is truncated"


def test_a_head_that_was_forged_is_found_though_others_write_on_from_it() -> None:
    write(5)
    Head.objects.filter(id=1).update(hash="f" * 64)
    with meanwhile(lambda: write(1), when="after"):
        assert broken() == "Event 5 is changed"


def test_whoever_listens_may_write_though_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run writes how far it is. SQLite locks out who reads on in one statement, is overtaken, and then
    writes."""
    monkeypatch.setattr(audit.verify, "PART", 7)
    write(20)
    heard = []

    def report(sequence: int) -> None:
        at_once(lambda _who: write(1), 1)
        write(1)
        heard.append(sequence)

    assert verify(report=report).startswith("20:")
    assert heard == [7, 14]
    assert verify().startswith("24:")


class TestYears:
    """A year is closed, and disposed of, while the audit log is walked."""

    @pytest.fixture(autouse=True)
    def three_years(self) -> Iterator[None]:
        with time_machine.travel(datetime(2021, 2, 1, 9, tzinfo=UTC), tick=False):
            for year in (2018, 2019, 2020):
                write(3, at=datetime(year, 6, 1, 12, tzinfo=UTC))
            yield

    @staticmethod
    def close() -> None:
        close_year(2018, by=System(), at=datetime(2021, 2, 1, 9, tzinfo=UTC))

    @staticmethod
    def dispose() -> None:
        anna, maria = System("anna@example.org"), System("maria@example.org")
        at = datetime(2021, 2, 1, 9, tzinfo=UTC)
        dispose_year(2018, decision="Beslut 2021:1", by=anna, approved_by=maria, at=at)

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_a_year_that_is_disposed_of_meanwhile_is_no_break(self, when: str) -> None:
        self.close()
        with meanwhile(self.dispose, when=when):
            assert verify()
        assert Event.objects.order_by("sequence")[0].sequence == 4
        assert verify().startswith("11:")

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_a_year_that_is_closed_and_disposed_of_meanwhile_is_no_break(self, when: str) -> None:
        def both() -> None:
            self.close()
            self.dispose()

        with meanwhile(both, when=when):
            assert verify()

    def test_a_break_in_another_year_is_found_all_the_same(self) -> None:
        self.close()
        tamper("UPDATE audit_event SET actor = 'x' WHERE sequence = 5")
        with meanwhile(self.dispose, when="before"):
            assert broken() == "Event 5 is changed"


class TestWithoutOrder:
    """Writers that nobody keeps in step."""

    @pytest.fixture
    def writers(self) -> Iterator[None]:
        ended = threading.Event()

        def work() -> None:
            try:
                while not ended.is_set():
                    with transaction.atomic():
                        record(System("writer@example.org"), "case.read")
                    time.sleep(0.001)  # lets others in
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        yield
        ended.set()
        for thread in threads:
            thread.join(timeout=60)

    def test_every_proof_finds_the_audit_log_whole(
        self, writers: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In parts of few events, so that a walk is many statements; as the page does it, which writes its
        answer."""
        monkeypatch.setattr(audit.verify, "PART", 7)
        dora = access(user("Dora", Role.DPO))
        answers = [verify_audit_log(dora, report=lambda *_steps: None) for _ in range(12)]
        assert answers == [True] * 12
        assert set(Event.objects.filter(action="audit.verify").values_list("search_kind", flat=True)) == {
            "whole"
        }
