"""What an error, a warning, a command or an odd letter carries into a log: its kind and its place, on a line
of its own, and nothing that somebody has typed."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import May, Role
from cases.models import Person
from jobs import worker
from jobs.kinds import KINDS, JobKind, enqueue
from nmt_site.logs import JsonLines, Lines, log_warning
from tests.actors import access, user
from tests.ours import ROOT
from tests.weights import mostly_long

NUMBER, EMAIL = "V-2018-0012-P1", "anna@example.org"


# --- what an error quotes --------------------------------------------------------------------
def _of(act: Callable[[], object]) -> Exception:
    with pytest.raises(Exception) as refused:  # noqa: PT011 - whichever
        act()
    return refused.value


NAME = "Anna Berg"
TYPED = {
    "a number": (lambda: int(NAME), "ValueError"),
    "a key": (lambda: {}[NAME], "KeyError"),
    "a day": (lambda: date.fromisoformat(f"1980 {NAME}"), "ValueError"),
    "a choice": (lambda: Role(NAME), "ValueError"),
    "a field": (lambda: Person.objects.filter(pk=NAME), "ValueError"),
    "an identifier": (lambda: Person.objects.filter(code=NAME), "ValidationError"),
    "an address": (lambda: reverse("cases:detail", args=[NAME]), "NoReverseMatch"),
    "text in text": (lambda: {}[f"\"{NAME}\" isn't 'here'"], "KeyError"),
    "a type": (lambda: User._meta.get_field("id").get_prep_value([NAME]), "TypeError"),
}


@pytest.mark.parametrize("what", TYPED)
def test_an_error_of_what_somebody_typed_is_told_without_it(what: str, log: io.StringIO) -> None:
    act, kind = TYPED[what]
    error = _of(act)
    assert "Berg" in str(error)
    try:
        raise error
    except Exception as caught:
        logging.getLogger("any").exception("It failed")
        logging.getLogger("any").exception(str(caught))  # as Django does
        logging.getLogger("any").error("%s", caught)
    assert "Berg" not in log.getvalue()
    assert kind in log.getvalue()


def test_what_an_error_names_of_the_code_stays(log: io.StringIO) -> None:
    logging.getLogger("any").error(_of(lambda: NAME.no_such_name))  # type: ignore[attr-defined]
    assert "'str' object has no attribute 'no_such_name'" in log.getvalue()


@pytest.mark.parametrize("said", ["Of 19800101-1234", "Of 800101-1234", "Of 198001011234", "800101+1234"])
def test_no_personal_identity_number_is_logged(said: str, log: io.StringIO) -> None:
    logging.getLogger("any").warning(said)
    logging.getLogger("any").error("%s", ValueError(said))
    assert "0101" not in log.getvalue()


def test_a_warning_goes_to_the_log_without_what_it_names(log: io.StringIO) -> None:
    text = "DateTimeField Call.received_at received a naive datetime (2018-03-04 00:00:00) while …"
    log_warning(RuntimeWarning(text), RuntimeWarning, "/opt/nmt/fields.py", 9)
    log_warning(UserWarning("Cannot read 'Anna'"), UserWarning, "/opt/nmt/x.py", 9)
    assert "RuntimeWarning at fields.py:9: DateTimeField Call.received_at" in log.getvalue()
    assert [fact for fact in ("2018", "03-04", "Anna") if fact in log.getvalue()] == []


def test_a_line_that_cannot_be_filled_is_written_without_what_it_was_given(
    log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python would print both to standard error, as they are."""
    logging.getLogger("any").error("Row %d of %d", NAME)
    assert "Row %d of %d (it was to be filled with something else)" in log.getvalue()
    assert logging.raiseExceptions is False
    assert NAME not in log.getvalue() + capsys.readouterr().err


@pytest.mark.parametrize(
    "odd", ["\n2026-11-28 ERROR nmt: forged", "\r", "\x1b[31m", "\u2028", "\udce5", "\x00"]
)
def test_whatever_was_sent_a_line_is_one_line(odd: str) -> None:
    record = logging.getLogger().makeRecord("any", logging.ERROR, "", 0, f"Host {odd}", (), None)
    assert len(Lines().format(record).encode("utf-8", "backslashreplace").decode().splitlines()) == 1
    written = JsonLines().format(record)
    assert written.isascii()
    assert len(written.splitlines()) == 1
    assert json.loads(written)["message"] == f"Host {odd}"


def test_a_line_that_an_error_holds_looks_like_none_of_ours() -> None:
    try:
        raise RuntimeError("x\n2026-11-28 ERROR nmt: forged \x1b[2J")
    except RuntimeError:
        made = logging.getLogger().makeRecord("any", logging.ERROR, "", 0, "Failed", (), sys.exc_info())
    written = Lines().format(made)
    assert not [line for line in written.splitlines()[1:] if not line.startswith("    ")]
    assert "\x1b" not in written


# --- what a timer's command says -------------------------------------------------------------
SAMPLE = f"""
import warnings
from django.core.management.base import CommandError
warnings.warn("received a naive datetime (2018-03-04)", RuntimeWarning)
raise CommandError("main purpose: {NUMBER} of {EMAIL}")
"""


@pytest.mark.parametrize("journal", mostly_long([True, False], usual=[True]))
def test_what_a_service_says_is_a_log_too_and_names_no_case(journal: bool) -> None:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", SAMPLE]
    of_systemd = {"JOURNAL_STREAM": "8:12345"} if journal else {}
    environment = {**os.environ, **of_systemd, "DEMO": "1", "PYTHONWARNINGS": "default"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "CommandError: main purpose: " in done.stderr
    assert (NUMBER in done.stderr, EMAIL in done.stderr) == (not journal, not journal)
    assert "RuntimeWarning at <string>:4: received a naive datetime" in done.stderr
    assert "03-04" not in done.stderr


# --- a run of the worker ---------------------------------------------------------------------
@pytest.mark.django_db
def test_a_line_written_in_a_run_names_the_run_and_the_role_of_who_asked(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "broken", JobKind("broken", "broken", May.VIEW_TOTALS, lambda run: {}[NAME]))
    job = enqueue("broken", by=access(user("Anna", Role.ANALYST)))
    worker.work(once=True)
    (line,) = (json.loads(line) for line in log.getvalue().splitlines() if "broken" in line)
    assert (line["request"], line["role"]) == (str(job.code), "analyst")
