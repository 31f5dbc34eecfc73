"""Two at once, a full disk, a run that is stopped or killed, a year of nobody: a clear word, and nothing
lost."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.access import Access
from accounts.roles import Role
from jobs.kinds import JobRefused
from libs.suppression import optimisation, programme
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.counting.historical import decide_standing_exemption
from summaries.release import actions
from summaries.release.models import Publication, PublicationFile
from summaries.release.workbench import benches
from summaries.site import files
from tests.actors import access, user
from tests.at_once import at_once
from tests.makers import new_case, new_person
from tests.summaries.releasing import released
from tests.summaries.small_year import ALONE, SOME as COARSE


def drafted(steps: dict[str, int], anna: Access) -> Publication:
    registered()
    return actions.protect_draft(year=2018, by=anna, steps=steps)


def registered() -> None:
    """Twenty women of one kind, eight of another, five children of whom few share anything."""
    decide_standing_exemption()
    vera = access(user("Vera", Role.COORDINATOR, region="V"))
    women = [new_person(citizenship="RO", offence="trafficking") for _n in range(20)]
    others = [new_person(citizenship="NG", main="begging", county="12") for _n in range(8)]
    few = [
        new_person(sex="M", child="yes", main=main)
        for main in ("crime", "crime", "labour", "sexual", "begging")
    ]
    new_case(*women, *others, *few, by=vera)


@pytest.fixture
def anna(db: Any) -> Access:
    return access(user("Anna", Role.ANALYST))


def test_a_search_that_was_not_finished_cannot_be_frozen(
    anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimisation, "FLOOR", 0)
    registered()
    draft = actions.protect_draft(year=2018, by=anna, steps=COARSE, seconds=0)
    assert draft.audit["proof"] == "unfinished"
    assert draft.audit["recovered"] == draft.audit["under_protected"] == 0
    with pytest.raises(JobRefused, match="inte klar"):
        released(draft=draft, digest=draft.digest, state="final", by=anna)


def quick_files(*_args: Any, **_how: Any) -> list[PublicationFile]:
    return [PublicationFile(language="sv", kind="csv", content=b"x", size=1)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_the_same_moment_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "made", quick_files)
    draft = drafted(COARSE, access(user("Anna", Role.ANALYST)))
    people = [access(user(name, Role.ANALYST)) for name in ("Otto", "Pia")]
    texts: list[str] = []

    def publish(who: int) -> None:
        own = Publication.objects.get(pk=draft.pk)
        try:
            released(draft=own, digest=own.digest, state="final", by=people[who])
        except actions.Moved as moved:
            texts.append(str(moved))

    at_once(publish)
    assert len(texts) == 1
    assert [row.version for row in Publication.objects.all()] == [1]
    assert PublicationFile.objects.count() == 1


@pytest.mark.django_db
def test_a_year_without_rows_is_refused_in_words(anna: Access) -> None:
    decide_standing_exemption()
    with pytest.raises(JobRefused, match="2011"):
        actions.protect_draft(year=2011, by=anna)
    assert not Publication.objects.exists()


@pytest.mark.django_db
def test_a_table_more_than_half_hidden_proposes_its_next_step_until_there_is_none(anna: Access) -> None:
    """Of five children no purpose but one has two: of seven inner cells with anybody in them five are
    small."""
    fine = {bench.shown.table.name: bench for bench in benches(drafted({**ALONE, "main_purpose": 0}, anna))}
    assert fine["main_purpose"].mostly_hidden
    assert fine["main_purpose"].proposed == 1
    last = len(PERSONS_PUBLISHED["main_purpose"].ladder) - 1
    coarse = {bench.shown.table.name: bench for bench in benches(registered_again(anna, last))}
    assert coarse["main_purpose"].proposed is None


def registered_again(by: Access, step: int) -> Publication:
    actions.choose_steps(year=2018, steps={"main_purpose": step}, by=by)
    return actions.protect_draft(year=2018, by=by, seconds=3)


@pytest.mark.django_db
def test_a_row_almost_all_in_one_cell_is_warned_of_on_the_workbench(
    anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programme, "NEAR", 0)  # no row of few more than k is drawn, and hides this one
    draft = drafted({**COARSE, "offence": 1}, anna)
    names = {bench.shown.table.name: bench.concentrated for bench in benches(draft)}
    assert len(names["offence"]) == 1
    assert names["main_purpose"] == []
