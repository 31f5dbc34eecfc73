"""The package of a year: an archive can read it, its figures can be counted again from it, nothing encrypted
is in it, and that it was made is recorded."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import Notice, User
from accounts.roles import Role
from audit.models import Event
from summaries.counting.historical import decide_standing_exemption
from summaries.release.models import Publication
from summaries.site import files
from tests.actors import NOON, access, user
from tests.makers import new_case, new_person
from tests.retention.csip import broken
from tests.summaries.small_year import add, cells, published

pytestmark = pytest.mark.django_db
NOTE, REFERENCE = "Sekretess om ärendet", "HEMLIG-REF-76"
COUNTED = {"under_assessment", "presumed", "declined", "identified"}
DATA = "representations/rep1/data"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def coordinator() -> User:
    for name, role in (("Anna", Role.ADMINISTRATOR), ("Dag", Role.DPO)):
        user(name, role)
    return user("Vera", Role.COORDINATOR, region="V")


@pytest.fixture
def vera(coordinator: User) -> User:
    """With a case."""
    new_case(new_person(reference=REFERENCE), by=access(coordinator), note=NOTE)
    return coordinator


def archived(folder: Path, year: str = "2018") -> str:
    out = io.StringIO()
    call_command("archive", year, "--to", str(folder), stdout=out)
    return out.getvalue()


def held(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    text = (folder / DATA / "register" / f"{table}.csv").read_text("utf-8-sig")
    lines = [line for line in text.splitlines() if not line.startswith("# end")]
    return list(csv.DictReader(lines, delimiter=";"))


def test_a_year_that_was_published_is_a_package_from_which_it_can_be_counted_again(
    coordinator: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        files.KINDS, "pdf", files.KINDS["pdf"]._replace(make=lambda *_of_what: b"%PDF not made in this test")
    )
    decide_standing_exemption()
    add(access(coordinator))
    year = published(access(user("Ada", Role.ANALYST)))
    folder = tmp_path / "2018"
    assert re.fullmatch(r"ok uuid-[0-9a-f-]{36} \d+ files, \d+ rows\n", archived(folder))
    assert broken(folder) == []
    headline = cells(year, "groups")
    assert persons_and_women(folder) == (headline[("*",)][0], headline[("women",)][0])
    holds_what_was_published(folder / DATA / "published" / "v1", year)
    assert preserved(folder) == ["publication", "information package creation"]


def persons_and_women(folder: Path) -> tuple[int, int]:
    """Counted again from the rows."""
    of_year = [row for row in rows(folder, "cases_person") if row["first_year"] == "2018"]
    counted = [row for row in of_year if row["status"] in COUNTED and not row["same_as_id"]]
    women = [row for row in counted if (row["sex"], row["child"]) == ("F", "no")]
    return len(counted), len(women)


def holds_what_was_published(version: Path, year: Publication) -> None:
    for file in year.files.all():
        there = version / file.language
        assert bytes(file.content) in {path.read_bytes() for path in there.iterdir()}
    data = json.loads((version / "version.json").read_text())
    assert (data["state"], data["tables"]) == ("final", year.tables)


def preserved(folder: Path) -> list[str | None]:
    """What has been done, by its record."""
    premis = ElementTree.fromstring((folder / "metadata/preservation/premis.xml").read_bytes())
    return [element.text for element in premis.iter("{http://www.loc.gov/premis/v3}eventType")]


def test_the_same_register_gives_on_the_same_day_the_same_bytes(vera: User, tmp_path: Path) -> None:
    archived(tmp_path / "one")
    archived(tmp_path / "two")
    assert held(tmp_path / "one") == held(tmp_path / "two")
    new_case(by=access(vera))
    assert archived(tmp_path / "three").split()[1] not in (tmp_path / "one/METS.xml").read_text()


def test_what_is_encrypted_stays_and_nobody_but_its_owner_reads_the_folder(
    vera: User, tmp_path: Path
) -> None:
    archived(tmp_path / "2018")
    whole = b"".join(held(tmp_path / "2018").values()).decode()
    for secret in (NOTE, REFERENCE, "gAAAA", vera.password, vera.email):
        assert secret not in whole
    for path in (tmp_path / "2018", *(tmp_path / "2018").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_case_is_in_the_year_it_was_opened_and_where_its_persons_are_counted(
    vera: User, tmp_path: Path
) -> None:
    new_case(new_person(on=date(2017, 12, 30)), by=access(vera), opened=date(2018, 1, 3))
    new_case(new_person(on=date(2016, 5, 1)), by=access(vera))
    for year, cases in (("2016", 1), ("2017", 1), ("2018", 2)):
        archived(tmp_path / year, year)
        assert broken(tmp_path / year) == []
        assert len(rows(tmp_path / year, "cases_case")) == cases
        of = {row["id"] for row in rows(tmp_path / year, "cases_person")}
        assert {row["person_id"] for row in rows(tmp_path / year, "cases_identification")} == of


def test_that_it_left_is_recorded_with_its_digest_and_told(vera: User, tmp_path: Path) -> None:
    archived(tmp_path / "2018")
    event = Event.objects.latest("sequence")
    assert (event.action, event.target_id, event.target_label) == ("register.archive", "2018", "2018")
    assert len(event.digest) == 64
    assert set(Notice.objects.values_list("user__name", flat=True)) == {"Anna", "Dag"}


def test_a_folder_with_something_in_it_and_a_year_with_nothing_are_refused_in_a_sentence(
    vera: User, tmp_path: Path, monkeypatch: Any
) -> None:
    (tmp_path / "empty").mkdir()
    assert archived(tmp_path / "empty").startswith("ok ")  # an empty one may be there
    before = held(tmp_path / "empty")
    for folder, year, why in (
        (tmp_path / "empty", "2018", "not empty"),
        (tmp_path / "new", "1951", "nothing of 1951"),
        (tmp_path / "new", "18", "four digits"),
    ):
        with pytest.raises(CommandError, match=why):
            archived(folder, year)
    assert held(tmp_path / "empty") == before

    def fails(*_args: Any, **_options: Any) -> None:
        raise OSError("the trail is full")

    monkeypatch.setattr("retention.archive.record", fails)
    with pytest.raises(CommandError, match="full"):
        archived(tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]
