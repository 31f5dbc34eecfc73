"""Whatever commands of README and the administrator's guide were played, in whichever order, the years are
published afterwards."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from django.core.management import CommandError, call_command

from accounts.access import Access
from accounts.models import User
from cases.demo import profile
from cases.demo.invent import invent
from cases.demo.people import DOMAIN
from cases.models import Person
from summaries.counting.historical import decide_standing_exemption
from summaries.release.actions import protect_draft
from summaries.release.corrections import headline_steps
from summaries.release.demonstration import release
from summaries.release.models import HandedOut, Publication
from tests.summaries.small_year import COARSEST
from tests.summaries.stored_years import printing_few

pytestmark = [pytest.mark.django_db]
ROOT: Final = Path(__file__).resolve().parents[2]
DOCUMENTS: Final = ("README.md", "docs/administrator.md")
NAMED: Final = re.compile(r"(?:manage\.py|(?<![\w=-])nmt) ([a-z]+(?:_[a-z]+)*)\b")
YEARS: Final = (2019, 2020)
WHEN: Final = datetime(2019, 5, 9, 9, tzinfo=UTC)
GROUPS: Final = {"women": 45, "men": 20, "boys": 9}
COORDINATOR: Final = f"coordinator.vast@{DOMAIN}"
PERSONS: Final = (
    "case;person;identified_on;agency;county;sex;child;status;main_purpose\n"
    "A1;1;2019-05-02;Polismyndigheten;10;F;no;presumed;sexual\n"
)
COARSE: Final = ",".join(f"{table}={step}" for table, step in COARSEST.items())
Words = tuple[str, ...]
# Each as it is typed; {year} is each of the years, {folder} an empty folder.
PLAYED: Final[dict[str, tuple[Words, ...]]] = {
    "archive": (("{year}", "--to", "{folder}/archive{year}"),),
    "break_glass": ((f"officer@{DOMAIN}", "--reason", "Nobody can come in.", "--site", "https://r.example"),),
    "check_register": ((),),
    "clearsessions": ((),),
    "dark_figure": (("{year}",),),
    "draft_publication": (("{year}", "--steps", COARSE, "--seconds", "1"),),
    "due_for_disposal": ((),),
    "export_register": (("--to", "{folder}/everything"),),
    "find_duplicates": ((),),
    "import_persons": (("{folder}/persons.csv", "--as", COORDINATOR),),
    "import_rows": (("persons", "--template"),),
    "invite": ((f"new@{DOMAIN}", "--name", "N", "--role", "administrator", "--site", "https://r.example"),),
    "load_reference": ((),),
    "processing_record": ((),),
    "rotate_keys": ((),),
    "verify_audit": ((),),
    "yearly_summary": (("{year}", "--internal"), ("{year}", "--lang", "sv", "--format", "text")),
}
MAY_REFUSE: Final = {"draft_publication", "invite"}
NOT_PLAYED: Final = {
    "backup": "copies the database and writes no row of it: tests/nmt_site/test_backup.py",
    "check": "reads settings alone",
    "check_certificate": "reads a certificate alone",
    "close_audit_year": "ends a year of the audit log, which no figure reads; for the owner of the tables",
    "collectstatic": "writes files alone",
    "demo": "makes the register that the test begins with",
    "dispose_audit": "removes a year of the audit log; for the owner of the tables",
    "make_database_roles": "for PostgreSQL's superuser",
    "make_key": "touches no database",
    "migrate": "has made the tables",
    "protect": "touches no database",
    "restore_drill": "works in a database of its own",
    "send_reminders": "needs a mail server; writes who was sent a letter",
    "tell_failure": "tells of a timer: tests/jobs/test_timer_fails.py",
    "work": "runs what the pages ask for: tests/jobs",
}


def test_every_command_of_the_documents_is_played_or_has_a_reason() -> None:
    named = {name for document in DOCUMENTS for name in NAMED.findall((ROOT / document).read_text())}
    assert named == PLAYED.keys() | NOT_PLAYED.keys()
    assert not PLAYED.keys() & NOT_PLAYED.keys()


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two small years of the demonstration, with some of unknown citizenship."""
    invented(monkeypatch, YEARS, GROUPS)
    for year in YEARS:
        some = Person.objects.counted().filter(first_year=year, sex="F").values("pk")[:6]
        Person.objects.filter(pk__in=list(some.values_list("pk", flat=True))).update(citizenship="ZZ")


def invented(monkeypatch: pytest.MonkeyPatch, years: Sequence[int], groups: dict[str, int]) -> None:
    small = profile.YearProfile(groups, 2, 12, profile.LATE, profile.FROM_2021, profile.CHILDREN_LATE)
    monkeypatch.setattr(profile, "YEARS", dict.fromkeys(years, small))
    decide_standing_exemption()
    invent(password="not used here", seed=7)


@pytest.mark.parametrize(
    ("years", "commands", "times"),
    [
        pytest.param(YEARS[:1], sorted(PLAYED), 1, id="as written"),
        pytest.param(YEARS, sorted(PLAYED, reverse=True), 1, id="backwards"),
        pytest.param(YEARS, sorted(PLAYED), 2, id="twice"),
    ],
)
@pytest.mark.heavy
@pytest.mark.long(
    instead="tests/summaries/test_published_after_every_command.py"
    "::test_the_year_is_published_after_the_commands_that_give_out_or_change_figures"
)
def test_the_years_are_published_after_every_command(
    register: None, years: Sequence[int], commands: Sequence[str], times: int, tmp_path: Path
) -> None:
    for number in range(times):
        folder = tmp_path / str(number)
        folder.mkdir()
        play(commands, years, folder)
    assert set(HandedOut.objects.values_list("year", flat=True)) == set(years)
    for year in years:
        assert published(year).version == 1


def test_the_year_is_published_after_the_commands_that_give_out_or_change_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    year = YEARS[0]
    invented(monkeypatch, [year], {"women": 20, "men": 10})
    with printing_few():
        play(("import_persons", "yearly_summary"), (year,), tmp_path)
    assert HandedOut.objects.filter(year=year).exists()
    assert published(year, headline_steps()).version == 1


def play(commands: Iterable[str], years: Sequence[int], folder: Path) -> None:
    (folder / "persons.csv").write_text(PERSONS)
    for command in commands:
        for words in PLAYED[command]:
            by_year = any("{year}" in word for word in words)
            for year in years if by_year else years[:1]:
                typed = [word.format(year=year, folder=folder) for word in words]
                _say(command, typed)


def _say(command: str, typed: Sequence[str]) -> None:
    """Some may refuse: steps that do not protect what was handed out before, an address that is taken."""
    try:
        call_command(command, *typed, stdout=io.StringIO(), stderr=io.StringIO())
    except CommandError:
        if command not in MAY_REFUSE:
            raise


def published(year: int, steps: dict[str, int] = COARSEST) -> Publication:
    """Drafted, asked for by an analyst, approved by a manager."""
    analyst, manager = (User.objects.get(email=f"{who}@{DOMAIN}") for who in ("analyst", "manager"))
    draft = protect_draft(year=year, by=Access.of(analyst), steps=steps, seconds=1)
    if not draft.passed:  # somebody came after figures were handed out: the headline can always be published
        draft = protect_draft(year=year, by=Access.of(analyst), steps=headline_steps(), seconds=1)
    assert draft.passed, draft.audit
    return release(draft, Publication.State.PRELIMINARY, analyst, manager, WHEN, report=False)
