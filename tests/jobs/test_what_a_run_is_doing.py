"""The page of a run says what is being done, in words, while it goes on."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.roles import Role
from jobs import worker
from jobs.kinds import enqueue
from jobs.models import Job
from jobs.worker import DEAD_AFTER
from summaries.job_kinds import PUBLISHED
from tests.actors import access, user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "step", "steps", "words"),
    [
        ("protect_year", 0, 0, "The register is being counted."),
        ("protect_year", 10, 100, "Looking for as little as possible to hide"),
        ("protect_year", 60, 100, "The attack test is trying to work out every hidden figure."),
        ("publish_year", 0, 0, "The attack test is run once more"),
        ("publish_year", 3, 8, "The files are being made."),
    ],
)
def test_a_run_says_what_it_is_doing(client: Client, kind: str, step: int, steps: int, words: str) -> None:
    anna = user("Anna", Role.ANALYST, language="en")
    job = enqueue(kind, by=access(anna), year=2018, digest="", state="final")
    client.force_login(anna)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, step=step, steps=steps)
    page = client.get(job.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert words in page
    assert "You can leave the page; the run continues." in page


def test_a_run_that_waits_says_so(client: Client) -> None:
    anna = user("Anna", Role.ANALYST, language="en")
    job = enqueue("protect_year", by=access(anna), year=2018)
    client.force_login(anna)
    page = client.get(job.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert "The run waits for its turn." in page


def test_a_kind_without_words_tells_its_steps(client: Client) -> None:
    dora: Any = user("Dora", Role.DPO, language="en")
    job = enqueue("verify_audit", by=access(dora))
    client.force_login(dora)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, step=3, steps=9)
    assert (
        "Step 3 of 9."
        in client.get(job.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    )


def test_a_run_whose_process_is_gone_is_told_to_have_failed_though_nobody_runs_any(client: Client) -> None:
    anna = user("Anna", Role.ANALYST, language="en")
    job = enqueue("protect_year", by=access(anna), year=2018)
    client.force_login(anna)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, alive_at=timezone.now() - 2 * DEAD_AFTER)
    page = client.get(job.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert "The run was stopped before it had finished. Nothing of it was kept" in page


def test_a_refusal_is_in_the_language_of_the_register_where_its_owner_chose_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)
    job = enqueue("protect_year", by=access(user("Anna", Role.ANALYST)), year=2012)
    with translation.override(None):
        worker.work(once=True)
    job.refresh_from_db()
    assert job.error == "Inga personer är registrerade för 2012, så det finns inget att publicera."


def test_whoever_published_is_told_so_where_the_run_leads(client: Client) -> None:
    anna = user("Anna", Role.ANALYST)
    job = enqueue("publish_year", by=access(anna), year=2018, digest="", state="final")
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.DONE, result={"url": "/summaries/publications/", "said": PUBLISHED}
    )
    client.force_login(anna)
    led = client.get(job.get_absolute_url(), follow=True)
    assert [str(message) for message in led.context["messages"]] == [
        "Versionen är publicerad. Nu kan alla se den."
    ]
