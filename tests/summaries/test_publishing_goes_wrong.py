"""Two at once, a full disk, a run that is stopped or killed, a year of nobody: a clear word, and nothing
lost."""

from __future__ import annotations

import errno
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import Access
from accounts.roles import Role
from jobs import worker
from jobs.actions import enqueue
from jobs.kinds import Cancelled, JobRefused
from jobs.models import Job
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.loading import decide_standing_exemption
from summaries.models import Population
from summaries.protection import optimise
from summaries.publishing import actions, files
from summaries.publishing.models import Publication, PublicationFile
from summaries.publishing.workbench import benches
from tests.actors import access, user
from tests.at_once import at_once
from tests.makers import new_case, new_person
from tests.summaries.releasing import approved, released


def registered(steps: dict[str, int], anna: Access) -> Publication:
    """Twenty women of one kind, eight of another, five children of whom few share anything; the draft of the
    year."""
    decide_standing_exemption()
    vera = access(user("Vera", Role.COORDINATOR, region="V"))
    women = [new_person(citizenship="RO", offence="trafficking") for _n in range(20)]
    others = [new_person(citizenship="NG", main="begging", county="12") for _n in range(8)]
    few = [
        new_person(sex="M", child="yes", main=main)
        for main in ("crime", "crime", "labour", "sexual", "begging")
    ]
    new_case(*women, *others, *few, by=vera)
    for table, step in steps.items():
        actions.choose_step(year=2018, table=table, step=step, by=anna)
    return actions.protect_draft(year=2018, by=anna, seconds=3)


COARSE = {"main_purpose": 2, "country_group": 2, "citizenship": 1, "region": 2, "organisation": 2, "sector": 2,  # noqa: E501
          "offence": 2, "ages": 2, "measures": 2, "sdg": 1,
          "eu_form": 1, "eu_organisation": 1, "eu_age_sex": 2, "eu_citizenship": 1}  # fmt: skip


@pytest.fixture
def anna(db: Any) -> Access:
    return access(user("Anna", Role.ANALYST))


def test_a_search_that_was_not_finished_cannot_be_frozen(
    anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimise, "FLOOR", 0)
    registered({}, anna)
    draft = actions.protect_draft(year=2018, by=anna, seconds=0)
    assert draft.audit["proof"] == "unfinished"
    assert draft.audit["recovered"] == draft.audit["under_protected"] == 0
    with pytest.raises(JobRefused, match="inte klar"):
        released(draft=draft, digest=draft.digest, state="final", by=anna)


def quick_files(*_args: Any, **_how: Any) -> list[PublicationFile]:
    return [PublicationFile(language="sv", kind="csv", content=b"x", size=1)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_the_same_moment_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "made", quick_files)
    draft = registered(COARSE, access(user("Anna", Role.ANALYST)))
    people = [access(user(name, Role.ANALYST)) for name in ("Otto", "Pia")]
    told: list[str] = []

    def publish(who: int) -> None:
        own = Publication.objects.get(pk=draft.pk)
        try:
            released(draft=own, digest=own.digest, state="final", by=people[who])
        except actions.Moved as moved:
            told.append(str(moved))

    at_once(publish)
    assert len(told) == 1
    assert [row.version for row in Publication.objects.all()] == [1]
    assert PublicationFile.objects.count() == 1


@pytest.mark.django_db
def test_a_full_disk_is_said_and_the_draft_is_there_as_before(
    anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)
    draft = registered(COARSE, anna)

    def full(*_args: Any, **_options: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "xlsx_bytes", full)
    given = approved(draft=draft, state="final", by=anna)
    job = enqueue("publish_year", by=anna, year=2018, approval=str(given.code))
    worker.work(once=True)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "disk" in job.error.lower()
    assert (Publication.objects.get().state, PublicationFile.objects.count()) == ("tested", 0)
    monkeypatch.undo()
    released(draft=draft, digest=draft.digest, state="final", by=anna)
    assert Publication.objects.published().count() == 1


@pytest.mark.django_db
def test_a_run_that_is_stopped_while_files_are_made_keeps_nothing(anna: Access) -> None:
    draft = registered(COARSE, anna)

    def stop(step: int, _steps: int) -> None:
        if step == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        released(draft=draft, digest=draft.digest, state="final", by=anna, progress=stop)
    assert (Publication.objects.get().state, PublicationFile.objects.count()) == ("tested", 0)


@pytest.mark.django_db
def test_a_run_whose_process_was_killed_is_marked_and_can_be_started_again(
    anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)
    draft = registered(COARSE, anna)
    given = approved(draft=draft, state="final", by=anna)
    job = enqueue("publish_year", by=anna, year=2018, approval=str(given.code))
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, alive_at=timezone.now() - timedelta(minutes=5)
    )
    worker.bury_the_dead()
    job.refresh_from_db()
    assert (job.state, bool(job.error)) == (Job.State.FAILED, True)
    assert Publication.objects.get().state == "tested"
    again = enqueue("publish_year", by=anna, year=2018, approval=str(given.code))
    worker.work(once=True)
    again.refresh_from_db()
    assert again.state == Job.State.DONE


@pytest.mark.django_db
def test_a_year_without_rows_is_refused_in_words(anna: Access) -> None:
    decide_standing_exemption()
    with pytest.raises(JobRefused, match="2011"):
        actions.protect_draft(year=2011, by=anna)
    assert not Publication.objects.exists()


@pytest.mark.django_db
@pytest.mark.report
@pytest.mark.once
def test_without_residents_there_are_figures_and_no_rates(anna: Access) -> None:
    Population.objects.filter(year=2018).delete()
    draft = registered(COARSE, anna)
    row = released(draft=draft, digest=draft.digest, state="final", by=anna)
    assert row.content["en"]["rates"] == []
    newest = row.content["en"]["sdg_series"]["rows"][-1]
    assert (newest["year"], newest["cells"][0]) == (2018, {"value": 33, "rate": None})


@pytest.mark.django_db
@pytest.mark.once
def test_a_table_more_than_half_hidden_proposes_its_next_step_until_there_is_none(anna: Access) -> None:
    """Of five children no purpose but one has two: of seven inner cells with anybody in them five are
    small."""
    fine = {one.shown.table.name: one for one in benches(registered({**COARSE, "main_purpose": 0}, anna))}
    assert fine["main_purpose"].mostly_hidden
    assert fine["main_purpose"].proposed == 1
    last = len(PERSONS_PUBLISHED["main_purpose"].ladder) - 1
    coarse = {one.shown.table.name: one for one in benches(registered_again(anna, last))}
    assert coarse["main_purpose"].proposed is None


def registered_again(by: Access, step: int) -> Publication:
    actions.choose_step(year=2018, table="main_purpose", step=step, by=by)
    return actions.protect_draft(year=2018, by=by, seconds=3)


@pytest.mark.django_db
@pytest.mark.once
def test_a_row_almost_all_in_one_cell_is_warned_of_on_the_workbench(anna: Access) -> None:
    names = {
        one.shown.table.name: one.concentrated for one in benches(registered({**COARSE, "offence": 1}, anna))
    }
    assert len(names["offence"]) == 1
    assert names["main_purpose"] == []
