"""`manage.py draft_publication`: what the public file of the next version would be, or one sentence."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.access import Access
from accounts.roles import Role
from audit.models import Event
from summaries.loading import decide_standing_exemption
from summaries.protection import optimise
from summaries.publishing import actions, drafting
from summaries.publishing.models import Publication, PublicationFile
from summaries.publishing.protecting import protect_year
from tests.actors import access, user
from tests.summaries import small_year

pytestmark = pytest.mark.django_db
COARSEST = ",".join(f"{table}={step}" for table, step in small_year.COARSEST.items())


@pytest.fixture
def anna() -> Access:
    decide_standing_exemption()
    small_year.add(access(user("Vera", Role.COORDINATOR, region="V")))
    return access(user("Anna", Role.ANALYST))


def run(*words: str) -> str:
    out, err = io.StringIO(), io.StringIO()
    call_command("draft_publication", *words, stdout=out, stderr=err)
    assert err.getvalue() == ""
    return out.getvalue()


def refusal(*words: str) -> str:
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("draft_publication", *words, stdout=out)
    said = str(error.value)
    assert out.getvalue() == ""
    assert said.endswith(".")
    assert "\n" not in said
    return said


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_prints_the_very_file_that_is_then_published_but_for_the_day(anna: Access, language: str) -> None:
    before = run("2018", "--steps", COARSEST, "--lang", language)
    draft = small_year.prepare(anna)
    actions.publish(draft=draft, digest=draft.digest, state="preliminary", by=anna)
    file = PublicationFile.objects.get(kind="json", language=language)
    published: dict[str, Any] = json.loads(bytes(file.content))
    assert published.pop("published")
    assert json.loads(before) == published | {"published": None}


def test_nothing_of_it_is_stored_and_nobody_is_asked(anna: Access) -> None:
    events = Event.objects.count()
    run("2018", "--steps", COARSEST)
    assert not Publication.objects.exists()
    assert Event.objects.count() == events


def test_it_prints_the_same_bytes_each_time(anna: Access) -> None:
    assert run("2018", "--steps", COARSEST) == run("2018", "--steps", COARSEST)


def test_after_a_version_it_is_the_next_one(anna: Access) -> None:
    small_year.published(anna)
    found = json.loads(run("2018", "--steps", COARSEST))
    assert (found["version"], found["state"]) == (2, "revised")


def test_full_is_the_finest_step_of_every_table(anna: Access) -> None:
    found = json.loads(run("2018", "--steps", "full"))
    rows = {table["name"]: table["dimensions"][0]["name"] for table in found["tables"]}
    assert (rows["main_purpose"], rows["ages"], rows["offence"]) == ("main_purpose", "age", "offence")


def test_a_year_of_nobody_is_one_sentence() -> None:
    assert "no persons registered for 1955" in refusal("1955")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2018", "--steps", "ages=7"), "'7' is no step of ages"),
        (("2018", "--steps", "ages"), "'' is no step of ages"),
        (("2018", "--steps", "age=1"), "no public table 'age'"),
        (("2018", "--seconds", "soon"), "seconds must be"),
        (("2018", "--lang", "fi"), "use sv, en"),
        (("201",), "four digits"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(anna: Access, words: tuple[str, ...], said: str) -> None:
    assert said in refusal(*words)


def test_a_search_that_was_not_finished_is_refused(anna: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimise, "FLOOR", 0)
    assert "was not finished" in refusal("2018", "--steps", "full", "--seconds", "0")


def test_what_could_be_worked_out_is_refused(anna: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    def failed(*args: Any, **options: Any) -> Any:
        found = protect_year(*args, **options)
        return replace(found, audit=found.audit | {"under_protected": 3})

    monkeypatch.setattr(drafting, "protect_year", failed)
    assert "3 figures could be worked out" in refusal("2018", "--steps", "full")
