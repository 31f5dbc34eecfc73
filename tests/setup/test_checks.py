"""The run of all checks and tests goes on while a step says something, and ends one that hangs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts import check
from tests.conftest import _own_folder
from tests.weights import CHROMIUM, ONCE, POSTGRES, RUNS, chosen

SLOW = "import time\nfor n in range(3): print(n, flush=True); time.sleep(0.8)"
HANGS = "import time; print('begun', flush=True); time.sleep(60)"
LEAVES = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(9)']); sys.exit(3)"  # noqa: E501


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "LIMIT", 1.5)


def result(program: str) -> int:
    return check.run([sys.executable, "-c", program], {})


def test_a_slow_step_may_take_longer_than_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert result(SLOW) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == ["0", "1", "2"]


def test_a_step_that_hangs_is_ended_and_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert result(HANGS) == 124
    assert capsys.readouterr().out.splitlines()[-2:] == ["begun", "It said nothing for 1.5 seconds."]


def test_a_step_is_over_though_what_it_started_goes_on() -> None:
    assert result(LEAVES) == 3


def test_the_files_read_for_the_browser_are_those_that_open_one() -> None:
    files = sorted((check.ROOT / "tests").rglob("test_*.py"))
    opens = re.compile(r"def test_\w+\([^)]*\b(chromium|page|crawl): (Any|Crawl)")
    found = [
        str(file.relative_to(check.ROOT)) for file in files if opens.search(file.read_text(encoding="utf-8"))
    ]
    assert "tests/nmt_site/test_every_page.py" in found
    assert set(found) <= set(check.marked("browser"))
    assert "tests/test_glossary.py" not in check.marked("browser")


@pytest.mark.parametrize("everything", [False, True])
def test_each_run_is_given_the_tests_of_its_weight(everything: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, tuple[str, ...]] = {}
    monkeypatch.setattr(
        check, "suite", lambda _report, name, tests, *_more: given.update({name.split()[2]: tests})
    )
    cluster = SimpleNamespace(url="postgres://", process=os.getpid)
    monkeypatch.setattr(check, "running_cluster", lambda: nullcontext(cluster))
    monkeypatch.setattr(check, "version", lambda: "17.2")
    check.run_tests(check.Report(everything), [], check.ROOT)
    assert {name: tests[tests.index("-m") + 1] for name, tests in given.items()} == {
        run: chosen(run, everything=everything) for run in RUNS
    }
    assert "--database-only" in given[POSTGRES]
    unread = {word.partition("=")[2] for word in given[POSTGRES] if word.startswith("--ignore=")}
    assert unread == (set() if everything else ONCE)
    assert "tests/nmt_site/test_every_page.py" in given[CHROMIUM]


@pytest.mark.parametrize(("everything", "said"), [(False, True), (True, False)])
def test_what_is_left_out_is_said(everything: bool, said: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.Report(everything).close() == 0
    assert ("make test-all" in capsys.readouterr().out) is said


@pytest.mark.parametrize(("target", "ends"), [("test", "scripts.check"), ("test-all", "scripts.check --all")])
def test_make_has_a_command_for_each(target: str, ends: str) -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "-n", target],
        cwd=check.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1].endswith(f"-m {ends}")


def test_the_server_that_checks_submissions_runs_make_test() -> None:
    assert (check.ROOT / ".ci/run").read_text().splitlines()[-1] == "make test"


def test_only_runs_on_sqlite_share_the_database_that_the_migrations_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[Mapping[str, str]] = []
    monkeypatch.setattr(check, "run", lambda _command, environment: told.append(environment) or 0)
    for more in ({}, {"TEST_DATABASE_URL": "postgres://"}):
        check.suite(check.Report(), "tests", [], tmp_path, more)
    folders = []
    for environment in told:
        monkeypatch.setenv("TEST_SHARED", environment["TEST_SHARED"])
        monkeypatch.setenv("DATABASE_URL", environment["TEST_DATABASE_URL"])
        folders.append(_own_folder())
    assert folders == [str(tmp_path), os.environ["STATE_DIR"]]
