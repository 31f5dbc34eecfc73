"""The run of all checks and tests goes on while a step says something, and ends one that hangs."""

from __future__ import annotations

import re
import sys

import pytest

from scripts import check

SLOW = "import time\nfor n in range(3): print(n, flush=True); time.sleep(0.8)"
HANGS = "import time; print('begun', flush=True); time.sleep(60)"
LEAVES = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(9)']); sys.exit(3)"


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
    found = [str(file.relative_to(check.ROOT)) for file in files if opens.search(file.read_text(encoding="utf-8"))]
    assert "tests/nmt_site/test_every_page.py" in found
    assert set(found) <= set(check.marked("browser"))
    assert "tests/test_glossary.py" not in check.marked("browser")
