"""`manage.py draft_publication`: what the public file of the next version would be, or one sentence."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.access import Access
from audit.models import Event
from jobs.kinds import JobRefused
from libs.suppression import optimisation
from summaries.catalogue import PUBLISHED_BY_NAME
from summaries.classifications import LEFT_OUT
from summaries.management.commands import draft_publication
from summaries.release import draft_file
from summaries.release.corrections import headline_steps
from summaries.release.models import Publication, PublicationFile
from summaries.tables.protection import protect_year
from summaries.tables.suggestion import StepTrial
from tests.makers import new_case, new_person
from tests.summaries import small_year, stored_years
from tests.summaries.releasing import released
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
SHOWN = {table: step for table, step in small_year.SOME.items() if step != LEFT_OUT}
COARSEST = ",".join(f"{table}={step}" for table, step in SHOWN.items())


@pytest.fixture(scope="module", autouse=True)
def _small_year(begin: Callable[[Callable[[], None]], None]) -> Iterator[None]:
    """Of which the command prints the tables that are named, and no others at their finest step: that takes a
    third of the time."""
    begin(stored_years.small_year)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            draft_publication, "steps_of", lambda text: headline_steps() | draft_file.steps_of(text)
        )
        yield


@dataclass(frozen=True)
class First:
    """What is printed of the coarsest tables, a file of it, and the number of events before and after."""

    text: str
    file: str
    events: tuple[int, int]


@pytest.fixture(scope="module")
def first(_small_year: None, tmp_path_factory: pytest.TempPathFactory) -> First:
    events = Event.objects.count()
    text = run("2018", "--steps", COARSEST)
    file = tmp_path_factory.mktemp("printed") / "v1.json"
    file.write_text(text)
    return First(text, str(file), (events, Event.objects.count()))


def run(*words: str) -> str:
    out, err = io.StringIO(), io.StringIO()
    call_command("draft_publication", *words, stdout=out, stderr=err)
    assert err.getvalue() == ""
    return out.getvalue()


def refusal(*words: str) -> str:
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("draft_publication", *words, stdout=out)
    text = str(error.value)
    assert out.getvalue() == ""
    assert text.endswith(".")
    assert "\n" not in text
    return text


@pytest.mark.parametrize("language", mostly_long(["sv", "en"], usual=["en"]))
def test_it_prints_the_very_file_that_is_then_published_but_for_the_day(
    anna: Access, first: First, language: str
) -> None:
    before = first.text if language == "sv" else run("2018", "--steps", COARSEST, "--lang", language)
    draft = small_year.prepare(anna)
    released(draft=draft, digest=draft.digest, state="preliminary", by=anna)
    file = PublicationFile.objects.get(kind="json", language=language)
    published: dict[str, Any] = json.loads(bytes(file.content))
    assert published.pop("published")
    assert json.loads(before) == published | {"published": None}


def test_nothing_of_it_is_stored_and_nobody_is_asked(first: First) -> None:
    assert not Publication.objects.exists()
    assert first.events[0] == first.events[1]


def test_it_prints_the_same_bytes_each_time(first: First) -> None:
    assert run("2018", "--steps", COARSEST) == first.text


def test_after_a_version_it_is_the_next_one(anna: Access) -> None:
    draft = small_year.prepare(anna, headline_steps())
    released(draft=draft, digest=draft.digest, state="final", by=anna)
    found = json.loads(run("2018", "--steps", COARSEST))
    assert (found["version"], found["state"]) == (2, "revised")


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"tables": ["x"], "k": 5, "year": 2018}',
        "[]",
        '{"tables": 1}',
        '{"tables": [], "k": 5, "year": 2018' + " " * 2000 + "}",
    ],
)
def test_a_hostile_file_of_before_ends_in_a_sentence(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_file, "LARGEST_FILE", 200_000 if content.startswith("[") else 1_000)
    file = tmp_path / "tables.json"
    file.write_text(content)
    with pytest.raises(JobRefused, match=r"is no public file of a year"):
        draft_file.read(str(file), 2018)


def test_full_is_the_finest_step_of_every_table(anna: Access) -> None:
    found = json.loads(run("2018", "--steps", "full"))
    rows = {table["name"]: table["dimensions"][0]["name"] for table in found["tables"]}
    assert (rows["main_purpose"], rows["ages"], rows["offence"]) == ("main_purpose", "age", "offence")


def test_every_table_is_printed_at_its_coarsest_step_too(anna: Access) -> None:
    last = ",".join(f"{entry.name}={len(entry.ladder) - 1}" for entry in PUBLISHED_BY_NAME.values())
    found = json.loads(run("2018", "--steps", last))
    assert {table["name"] for table in found["tables"]} == PUBLISHED_BY_NAME.keys()


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
    monkeypatch.setattr(optimisation, "FLOOR", 0)
    assert "was not finished" in refusal("2018", "--steps", COARSEST, "--seconds", "0")


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three figures, whatever is protected."""

    def failed(*args: Any, **options: Any) -> Any:
        protected = protect_year(*args, **options)
        return replace(protected, audit=protected.audit | {"under_protected": 3})

    monkeypatch.setattr(draft_file, "protect_year", failed)


def test_what_could_be_worked_out_is_refused(worked_out: None) -> None:
    assert "3 figures could be worked out" in refusal("2018", "--steps", COARSEST)


def test_where_nothing_may_be_published_what_is_suggested_is_the_headline_alone(
    worked_out: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = dict.fromkeys(PUBLISHED_BY_NAME, 0) | small_year.COARSEST
    monkeypatch.setattr(draft_file, "suggested", lambda *_args, **_key: StepTrial(steps, 0, {}, False))
    found = json.loads(run("2018"))
    assert [table["name"] for table in found["tables"]] == ["groups"]
    assert found["left_tables"].keys() == PUBLISHED_BY_NAME.keys() - {"groups"}
    assert all(reason.endswith(".") for reason in found["left_tables"].values())


def test_after_a_file_it_is_the_version_that_would_follow(first: First) -> None:
    found, before = (
        json.loads(run("2018", "--steps", COARSEST, "--after", first.file)),
        json.loads(first.text),
    )
    assert (before["version"], found["version"]) == (1, 2)
    assert values(found) == values(before), "nothing has changed, and nothing more is told"


def test_after_a_file_what_it_hides_stays_hidden_and_what_it_shows_is_known(
    first: First, vera: Access, tmp_path: Path
) -> None:
    new_case(*(new_person(citizenship="RO", main="labour") for _n in range(9)), by=vera)
    second = tmp_path / "v2.json"
    second.write_text(run("2018", "--steps", COARSEST, "--after", first.file))
    one, two = values(json.loads(first.text)), values(json.loads(second.read_text()))
    hidden = {cell for cell, value in one.items() if value is None}
    assert hidden
    assert {two[cell] for cell in hidden if cell in two} <= {None}
    third = json.loads(run("2018", "--steps", COARSEST, "--after", f"{first.file},{second}"))
    assert third["version"] == 3


def values(found: Any) -> dict[tuple[str, ...], int | None]:
    return {
        (table["name"], *cell["key"]): cell["value"] for table in found["tables"] for cell in table["cells"]
    }


def test_tables_stand_beside_a_difference_of_few_persons_from_a_file_as_from_a_version(
    first: First, vera: Access
) -> None:
    """Two persons more of a purpose of twelve: the file showed twelve. Without it they may be told."""
    new_case(*(new_person(citizenship="NG", main="labour", county="01") for _n in range(2)), by=vera)
    told = values(json.loads(run("2018", "--steps", COARSEST)))
    beside = values(json.loads(run("2018", "--steps", COARSEST, "--after", first.file)))
    before = values(json.loads(first.text))
    assert told["groups", "*"] == beside["groups", "*"] == (before["groups", "*"] or 0) + 2
    assert {cell: beside[cell] for cell in before if cell[0] != "groups"} == {
        cell: value for cell, value in before.items() if cell[0] != "groups"
    }


@pytest.mark.parametrize("text", ["", "[]", '{"year": 2018}', '{"year": 2017, "k": 5, "tables": []}'])
def test_a_file_that_is_none_of_the_year_is_one_sentence(anna: Access, tmp_path: Path, text: str) -> None:
    (tmp_path / "v1.json").write_text(text)
    words = refusal("2018", "--after", str(tmp_path / "v1.json"))
    assert "no public file" in words or "of another year" in words
