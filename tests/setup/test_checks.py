"""The run of all checks and tests goes on while a step says something, and ends one that hangs."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from scripts import check
from tests.weights import CHROMIUM, POSTGRES, RUNS, chosen

SLOW = "import time\nfor n in range(3): print(n, flush=True); time.sleep(0.8)"
ENDLESS = "import time; print('begun', flush=True); time.sleep(60)"
LEAVES = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(9)']); sys.exit(3)"  # noqa: E501


@pytest.fixture(autouse=True)
def timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "LIMIT", 1.5)


def result(program: str) -> int:
    return check.run([sys.executable, "-c", program], {})


def test_a_slow_step_may_take_longer_than_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert result(SLOW) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == ["0", "1", "2"]


def test_a_step_that_hangs_is_ended_and_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert result(ENDLESS) == 124
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
    monkeypatch.setattr(check, "version", lambda: "17.2")
    check.run_tests(check.Report(everything), [], check.ROOT)
    assert {name: tests[tests.index("-m") + 1] for name, tests in given.items()} == {
        run: chosen(run, everything=everything) for run in RUNS
    }
    assert {"--postgresql", "--database-only"} <= set(given[POSTGRES])
    files = {word for word in given[POSTGRES] if word.endswith(".py")}
    assert ("tests/cases/test_policies.py" in files) is not everything
    assert "tests/cases/test_case_page.py" not in files
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
