"""What a run of the tests took is kept, printed with sums that add up, and held against tests/slow.csv."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts import check, times
from scripts.times import Run, Slow
from tests.timing import FILE, Taken, own_seconds, tree_seconds
from tests.weights import CHROMIUM, POSTGRES, SQLITE, mostly_long

QUICK, SLOW = "tests/cases/test_a.py::test_quick", "tests/cases/test_a.py::test_slow"
SPIN = "import time\ndef spin(seconds):\n    end = time.process_time() + seconds\n    while time.process_time() < end: pass\n"  # noqa: E501


def a_run(kind: str = SQLITE, *tests: Taken) -> Run:
    return Run(kind, wall=9, seconds=20, server=3 if kind == POSTGRES else 0, tests=list(tests))


def three_runs() -> list[Run]:
    return [
        a_run(
            SQLITE,
            Taken(QUICK, fixtures=1, body=2, database=4),
            Taken("tests/test_promises.py::test_one", body=1),
            Taken("tests/cases/forms/test_b.py::test_two[x::y/z]", fixtures=0.5),
        ),
        a_run(POSTGRES, Taken(QUICK, fixtures=3, body=1, database=2)),
        a_run(CHROMIUM, Taken("tests/home/test_c.py::test_three", fixtures=2, body=6)),
    ]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "tests" / "seconds.json"
    monkeypatch.setattr(times, "STORE", file)
    return file


@pytest.fixture
def short_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "slow.csv"
    file.write_text("test,seconds,promise\ntests/cases/test_a.py::test_another,1.5,kept\n")
    monkeypatch.setattr(times, "LIST", file)
    return file


# --- kept and printed again ------------------------------------------------------------------
def test_what_a_run_printed_is_printed_again_by_make_slow(
    kept: Path, short_list: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = check.Report(taken=[a_run(SQLITE, Taken(QUICK, fixtures=0.25, body=0.5, database=1))])
    report.show_seconds()
    printed = capsys.readouterr().out
    assert times.main() == 0
    again = capsys.readouterr().out
    assert QUICK in again
    assert again in printed


def test_the_last_run_takes_the_place_of_the_one_before(kept: Path) -> None:
    times.keep([a_run()], everything=False)
    times.keep(three_runs(), everything=True)
    assert times.kept() == (three_runs(), True)


def test_where_no_run_is_kept_make_slow_says_so(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert times.main() == 1
    assert "make test" in capsys.readouterr().err


def test_make_slow_fails_where_the_list_and_the_kept_run_disagree(
    kept: Path, short_list: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times.keep([a_run(SQLITE, Taken(SLOW, body=5))], everything=False)
    assert times.main() == 1
    assert f"{SLOW} took 5.0 s" in capsys.readouterr().out


def test_the_end_of_make_test_is_red_where_the_list_and_the_run_disagree(
    kept: Path, short_list: Path
) -> None:
    report = check.Report(taken=[a_run(SQLITE, Taken(SLOW, body=5))])
    report.show_seconds()
    assert (report.broken, report.counts["failed"]) == (["tests/slow.csv"], 1)


# --- sums ------------------------------------------------------------------------------------
def rows_after(heading: str, printed: Sequence[str]) -> list[str]:
    start = next(number for number, line in enumerate(printed) if line.startswith(heading)) + 1
    rows = []
    for line in printed[start:]:
        if not line.startswith(" ") and not line.startswith(("SQLite", "PostgreSQL", "Chromium", "together")):
            break
        rows.append(line)
    return rows


def test_of_each_kind_the_parts_add_up_to_the_whole_and_the_kinds_to_what_they_took_together() -> None:
    printed = list(times.lines(three_runs()))
    headings, *kinds, together = rows_after("Seconds of processor, by kind", printed)
    assert headings.split() == [
        "in",
        "all",
        "fixtures",
        "tests",
        "database",
        "other",
        "server",
        "by",
        "clock",
    ]
    figures = {words[0]: [float(word) for word in words[1:]] for words in map(str.split, kinds)}
    assert figures.keys() == {SQLITE, POSTGRES, CHROMIUM}
    for in_all, *parts, _clock in figures.values():
        assert sum(parts) == pytest.approx(in_all, abs=2)  # each is rounded
    assert figures[POSTGRES] == [23, 3, 1, 2, 14, 3, 9]
    assert together.split() == ["together", "63"]


def test_the_folders_add_up_to_what_all_tests_took() -> None:
    printed = list(times.lines(three_runs()))
    folders = {
        name: float(seconds) for seconds, name in map(str.split, rows_after("Seconds of fix", printed))
    }
    assert folders == {"tests/home": 8.0, "tests/cases": 7.5, "tests": 1.0}


def test_the_forty_slowest_are_named_the_slowest_first() -> None:
    tests = [Taken(f"tests/test_n.py::test_{number}", body=number / 10) for number in range(50)]
    printed = rows_after("The 40 slowest", list(times.lines([a_run(SQLITE, *tests)])))
    assert [line.rpartition("_")[2] for line in printed] == [str(number) for number in range(49, 9, -1)]


# --- the list --------------------------------------------------------------------------------
def row(seconds: float, promise: str = "design rule 3", test: str = SLOW) -> dict[str, Slow]:
    return {test: Slow(test, seconds, promise)}


def of_all_kinds(*tests: Taken) -> list[Run]:
    return [a_run(SQLITE, *tests), a_run(POSTGRES), a_run(CHROMIUM)]


@pytest.mark.parametrize(
    ("seconds", "slow", "said"),
    [
        (0.9, {}, ""),
        (4.5, {}, "is not in tests/slow.csv"),
        (2.0, row(2.1), ""),
        (0.9, row(1.1), ""),  # near the line: no two runs are alike
        (0.05, row(1.1), "take it out"),
        (3.5, row(3.4, ""), "name its promise"),
        (2.0, row(2.1, ""), ""),
    ],
)
def test_the_list_and_a_run_that_disagree_are_a_fault(
    seconds: float, slow: dict[str, Slow], said: str
) -> None:
    found = list(times.faults(of_all_kinds(Taken(SLOW, body=seconds)), slow))
    assert len(found) == (1 if said else 0)
    assert said in "".join(found)


def test_a_listed_test_that_has_become_much_slower_than_the_others_is_a_fault() -> None:
    names = [f"tests/test_n.py::test_{number}" for number in range(5)]
    slow = {name: Slow(name, 1.5, "") for name in names}
    tests = [Taken(name, body=1.5) for name in names[1:]]
    found = list(times.faults(of_all_kinds(Taken(names[0], body=9), *tests), slow))
    assert found == [f"{names[0]} took 9.0 s of processor, and tests/slow.csv says 1.5."]


@pytest.mark.parametrize("slower", [1, 2, 5])
def test_a_busy_machine_alone_is_no_fault(slower: float) -> None:
    """All tests take so many times as long, those that are not on the list too."""
    slow = {f"tests/test_n.py::test_{number}": Slow("", number, "kept") for number in (1, 2, 3, 4)}
    tests = [Taken(name, body=slower * listed.seconds) for name, listed in slow.items()]
    tests.append(Taken(QUICK, fixtures=slower * 0.3, body=slower * 0.5))
    assert list(times.faults(of_all_kinds(*tests), slow)) == []


def test_a_slow_test_is_found_on_a_busy_machine_too() -> None:
    slow = {f"tests/test_n.py::test_{number}": Slow("", number, "kept") for number in (1, 2, 3)}
    tests = [Taken(name, body=4 * listed.seconds) for name, listed in slow.items()]
    found = list(times.faults(of_all_kinds(*tests, Taken(SLOW, body=20)), slow))
    assert [words.partition(" ")[0] for words in found] == [SLOW]


def test_of_a_test_with_examples_the_slowest_counts_on_whichever_database() -> None:
    runs = [a_run(SQLITE, Taken(f"{SLOW}[a]", body=1), Taken(f"{SLOW}[b]", body=2))]
    runs.append(a_run(POSTGRES, Taken(f"{SLOW}[a]", fixtures=1, body=2, database=9)))
    assert times.by_function(runs) == {SLOW: 2}


def test_a_listed_test_that_did_not_run_is_a_fault_only_where_every_kind_ran() -> None:
    others = Taken(QUICK, body=0.1)
    assert list(times.faults(of_all_kinds(others), row(2))) == [
        f"{SLOW} is in tests/slow.csv and did not run."
    ]
    assert list(times.faults([a_run(SQLITE, others)], row(2))) == []  # no Chromium on this machine


def test_a_listed_test_that_was_skipped_is_no_fault() -> None:
    assert list(times.faults(of_all_kinds(Taken(SLOW, body=0.0, skipped=True)), row(2))) == []


def test_make_test_all_is_not_held_to_the_list(short_list: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = of_all_kinds(Taken(SLOW, body=60))
    assert times.show(runs, everything=True)
    assert not times.show(runs, everything=False)


def test_the_list_names_tests_that_are_there_each_once_with_seconds_over_one() -> None:
    with times.LIST.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    names = [one["test"] for one in rows]
    assert len(names) == len(set(names))
    for one in rows:
        file, *_classes, function = one["test"].split("::")
        assert re.search(rf"def {function}\(", (times.ROOT / file).read_text(encoding="utf-8")), one["test"]
        assert float(one["seconds"]) >= times.SLOW, one["test"]


# --- measured --------------------------------------------------------------------------------
A_SUITE = f"""{SPIN}
import pytest

@pytest.fixture(scope="session")
def django_db_setup():
    spin(0.4)

@pytest.fixture
def world(django_db_setup):
    spin(0.2)
    yield
    spin(0.1)

def test_it(world):
    spin(0.6)

def test_another(world):
    pass

def test_waits():
    time.sleep(0.5)

def test_left_out():
    pytest.skip("not here")

def test_fails():
    assert False
"""


@pytest.mark.parametrize("processes", mostly_long(["0", "2"], usual=["0"]))
def test_a_test_is_charged_its_fixtures_and_its_own_lines_and_neither_the_database_nor_what_it_waits(
    processes: str, tmp_path: Path
) -> None:
    (tmp_path / "test_some.py").write_text(A_SUITE)
    given = [
        "-p",
        "no:django",
        "-p",
        "tests.timing",
        "-n",
        processes,
        "--dist",
        "loadfile",
        f"--rootdir={tmp_path}",
    ]
    own = {FILE: str(tmp_path / "seconds.json"), "PYTHONPATH": str(check.ROOT), "PYTEST_ADDOPTS": ""}
    environment = {**os.environ, **own}
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *given], cwd=tmp_path, env=environment, capture_output=True
    )
    found = {taken.test.partition("::")[2]: taken for taken in times.read_tests(tmp_path / "seconds.json")}
    assert found.keys() == {"test_it", "test_another", "test_waits", "test_left_out", "test_fails"}
    first, second = found["test_it"], found["test_another"]
    assert (first.fixtures, first.body, first.database) == pytest.approx((0.3, 0.6, 0.4), abs=0.15)
    assert (second.fixtures, second.body, second.database) == pytest.approx((0.3, 0, 0), abs=0.15)
    assert found["test_waits"].total < 0.3
    assert [name for name, taken in found.items() if taken.skipped] == ["test_left_out"]


def test_a_run_that_broke_off_before_it_wrote_took_nothing(tmp_path: Path) -> None:
    assert times.read_tests(tmp_path / "never.json") == []
    (tmp_path / "some.json").write_text(json.dumps([{"test": QUICK, "body": 2}]))
    assert times.read_tests(tmp_path / "some.json") == [Taken(QUICK, body=2)]


def test_the_seconds_of_a_process_are_also_those_of_what_it_started() -> None:
    """As a browser's, which are processes of their own while the test is on."""
    own, tree = own_seconds(), tree_seconds(os.getpid())
    program = f"{SPIN}\nspin(0.5)\nprint('done', flush=True)\ntime.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == b"done\n"
            assert tree_seconds(os.getpid()) - tree >= 0.4  # the kernel counts in hundredths
            assert own_seconds() - own < 0.4
        finally:
            process.kill()
    before = own_seconds()
    time.sleep(0.01)
    assert before - own >= 0.4  # it has ended
