"""Long work is a job: one at a time, with progress, cancelled or failed without leaving anything
half-done."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from accounts.access import Access
from accounts.models import User
from accounts.roles import May, Role
from audit.models import Event
from jobs import worker
from jobs.kinds import KINDS, JobKind, JobRefused, Run, cancel, enqueue
from jobs.models import Job
from tests.actors import user

pytestmark = pytest.mark.django_db


def count(run: Run) -> dict[str, object]:
    for step in range(run.params.get("steps", 2)):
        run.progress(step + 1, 2)
    return {"url": "/done/"}


def refuse(run: Run) -> dict[str, object]:
    raise JobRefused("The year has no rows.")


def fail(run: Run) -> dict[str, object]:
    raise RuntimeError("secret detail")


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for work in (count, refuse, fail):
        monkeypatch.setitem(
            KINDS, work.__name__, JobKind(work.__name__, work.__name__, May.VIEW_TOTALS, work)
        )
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)


@pytest.fixture
def anna() -> User:
    return user("Anna", Role.ANALYST)


@pytest.fixture
def access(anna: User) -> Access:
    return Access.of(anna)


def test_a_job_is_run_and_leads_on(access: Access, client: Client, anna: User) -> None:
    job = enqueue("count", by=access)
    assert worker.work(once=True) == 1
    job.refresh_from_db()
    assert (job.state, job.step, job.steps) == ("done", 2, 2)
    client.force_login(anna)
    assert client.get(job.get_absolute_url()).headers["Location"] == "/done/"


def test_the_oldest_job_is_run_first(access: Access) -> None:
    first, second = enqueue("count", by=access), enqueue("count", by=access)
    taken = worker.take()
    assert taken is not None
    assert taken.pk == first.pk != second.pk


def test_a_refusal_is_told_to_its_owner(access: Access, client: Client, anna: User) -> None:
    job = enqueue("refuse", by=access)
    worker.work(once=True)
    client.force_login(anna)
    assert "The year has no rows." in client.get(job.get_absolute_url()).content.decode()


def test_a_failure_shows_no_detail(access: Access, client: Client, anna: User) -> None:
    job = enqueue("fail", by=access)
    worker.work(once=True)
    job.refresh_from_db()
    client.force_login(anna)
    assert job.state == "failed"
    assert "secret detail" not in client.get(job.get_absolute_url()).content.decode()


def test_a_waiting_job_can_be_cancelled(access: Access) -> None:
    job = enqueue("count", by=access)
    cancel(job, by=access)
    assert worker.work(once=True) == 0
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_running_job_stops_at_its_next_step(access: Access) -> None:
    job = enqueue("count", by=access)
    taken = worker.take()
    assert taken is not None
    cancel(job, by=access)
    worker.run(taken)
    job.refresh_from_db()
    assert (job.state, job.result) == ("cancelled", {})


def test_a_job_of_a_dead_process_is_marked_as_failed(access: Access) -> None:
    job = enqueue("count", by=access)
    worker.take()
    Job.objects.filter(pk=job.pk).update(alive_at=timezone.now() - timedelta(minutes=2))
    assert worker.bury_the_dead() == 1
    job.refresh_from_db()
    assert job.state == "failed"
    assert "start it again" in job.error


@pytest.mark.parametrize("step", ["progress", "tell"])
def test_a_process_that_stood_still_and_goes_on_does_not_go_on_with_what_was_taken_for_dead(
    step: str, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner was told that nothing was kept, and may have begun anew."""
    kept = []

    def stood_still(run: Run) -> dict[str, object]:
        getattr(run, step)(1, 3)
        Job.objects.update(alive_at=timezone.now() - 2 * worker.DEAD_AFTER)
        assert worker.bury_the_dead() == 1
        getattr(run, step)(2, 3)
        kept.append("the rest")
        return {}

    monkeypatch.setitem(KINDS, "count", JobKind("count", "count", May.VIEW_TOTALS, stood_still))
    job = enqueue("count", by=access)
    worker.work(once=True)
    job.refresh_from_db()
    assert (job.state, job.error, kept) == ("failed", worker.STOPPED, [])


def test_another_user_does_not_see_the_run(access: Access, client: Client) -> None:
    job = enqueue("count", by=access)
    client.force_login(user("Astrid", Role.ANALYST))
    assert client.get(job.get_absolute_url()).status_code == 404
    assert client.post(f"{job.get_absolute_url()}cancel/").status_code == 404


def test_a_role_taken_away_before_the_run_takes_effect(access: Access, anna: User) -> None:
    job = enqueue("count", by=access)
    User.objects.filter(pk=anna.pk).update(role=Role.OPERATOR)
    worker.work(once=True)
    job.refresh_from_db()
    assert job.state == "failed"


def test_asking_for_a_run_needs_the_right_and_is_recorded(access: Access) -> None:
    enqueue("count", by=access)
    assert Event.objects.latest("sequence").action == "job.ask"
    with pytest.raises(PermissionDenied):
        enqueue("count", by=Access.of(user("Olle", Role.OPERATOR)))


def test_what_is_kept_for_a_time_goes_by_itself(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The first one fails; the rest is done all the same, and the worker goes on."""
    times = []

    def broken(at: datetime) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(worker, "HOURLY", [broken, times.append])
    worker.work(once=True)
    assert len(times) == 1
    assert "Tidying failed" in caplog.text


@pytest.mark.parametrize(("name", "again"), [("fail", True), ("count", False)])
def test_what_came_to_nothing_leads_to_where_one_begins_again(
    name: str, again: bool, access: Access, client: Client, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "count", JobKind("count", "count", May.VIEW_TOTALS, lambda run: {}, "help"))
    monkeypatch.setitem(KINDS, "fail", JobKind("fail", "fail", May.VIEW_TOTALS, fail, "help"))
    job = enqueue(name, by=access)
    worker.work(once=True)
    client.force_login(anna)
    page = client.get(job.get_absolute_url()).content.decode()
    assert ("Börja om" in page) is again
    assert 'href="/">Min sida' in page
