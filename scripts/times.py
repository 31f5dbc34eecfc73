"""Prints where the processor time of the last run went, and holds it against the list of slow tests.

python -m scripts.times
"""

from __future__ import annotations

import csv
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from tests.timing import Taken
from tests.weights import RUNS

ROOT: Final = Path(__file__).resolve().parent.parent
STORE: Final = ROOT / ".cache" / "tests" / "seconds.json"
LIST: Final = ROOT / "tests" / "slow.csv"
SLOWEST: Final = 40
# Seconds of processor of a test. Over the first it is on the list, over the second it is there for a promise
# that no other test of `make test` proves; under the third it is on the list no more.
SLOW, VERY_SLOW, QUICK = 1.0, 3.0, 0.1
# No two runs are alike: a test may take so many times as long as it is allowed. The first test of a process
# compiles the templates of its page for all others, and the first with Hypothesis makes a table of all signs.
UNSURE: Final = 4.0


@dataclass
class Run:
    """What the tests of one kind took. `seconds`: of all its processes; `server`: of PostgreSQL's, beside."""

    kind: str
    wall: float
    seconds: float
    server: float = 0.0
    tests: list[Taken] = field(default_factory=list)

    @property
    def in_all(self) -> float:
        return self.seconds + self.server

    def of_tests(self) -> tuple[float, float, float]:
        """Return the seconds of fixtures, of the tests' own lines, and of making the database."""
        fixtures = sum(test.fixtures for test in self.tests)
        bodies = sum(test.body for test in self.tests)
        return fixtures, bodies, sum(test.database for test in self.tests)


def keep(runs: Sequence[Run], *, everything: bool) -> None:
    """Keep the runs in place of those of before. `everything`: they were those of `make test-all`."""
    STORE.parent.mkdir(parents=True, exist_ok=True)
    STORE.write_text(json.dumps({"everything": everything, "runs": [asdict(run) for run in runs]}))


def kept() -> tuple[list[Run], bool]:
    """Return the runs that are kept, and whether they were those of `make test-all`."""
    stored = json.loads(STORE.read_text())
    runs = []
    for row in stored["runs"]:
        tests = [Taken(**test) for test in row["tests"]]
        runs.append(Run(**row | {"tests": tests}))
    return runs, stored["everything"]


def read_tests(file: Path) -> list[Taken]:
    """Return what `tests.timing` wrote; nothing where the run broke off before."""
    if not file.exists():
        return []
    return [Taken(**row) for row in json.loads(file.read_text())]


def read_server(file: Path) -> float:
    """Return what the servers of PostgreSQL took together; 0 where none was started."""
    path = Path(f"{file}.server")
    return sum(map(float, path.read_text().split())) if path.exists() else 0.0


# --- printed ---------------------------------------------------------------------------------
def lines(runs: Sequence[Run]) -> Iterator[str]:
    yield from _by_kind(runs)
    yield from _by_folder(runs)
    yield from _slowest(runs)


def _by_kind(runs: Sequence[Run]) -> Iterator[str]:
    """`other`: the start of each process, reading the tests, and the checks that run beside those on SQLite.
    All columns but the last add up to the first."""
    yield "Seconds of processor, by kind:"
    headings = ("in all", "fixtures", "tests", "database", "other", "server", "by clock")
    yield " " * 12 + "".join(f"{heading:>10}" for heading in headings)
    for run in runs:
        of_tests = run.of_tests()
        other = max(0.0, run.seconds - sum(of_tests))
        figures = (run.in_all, *of_tests, other, run.server, run.wall)
        columns = "".join(f"{figure:10.0f}" for figure in figures)
        yield f"{run.kind:12}{columns}"
    yield f"{'together':12}{sum(run.in_all for run in runs):10.0f}"


def _by_folder(runs: Sequence[Run]) -> Iterator[str]:
    folders: defaultdict[str, float] = defaultdict(float)
    for run in runs:
        for test in run.tests:
            folders[_folder(test.test)] += test.total
    yield "Seconds of fixtures and tests, by folder:"
    for folder, seconds in sorted(folders.items(), key=lambda item: -item[1]):
        yield f"{seconds:9.1f}  {folder}"


def _folder(test: str) -> str:
    """Return the first two folders of a test's file: `tests/cases`, or `tests`."""
    folders = test.partition("::")[0].split("/")[:-1]
    return "/".join(folders[:2])


def _slowest(runs: Sequence[Run]) -> Iterator[str]:
    tests = [(test.total, run.kind, test.test) for run in runs for test in run.tests]
    yield f"The {SLOWEST} slowest tests:"
    for seconds, kind, name in sorted(tests, reverse=True)[:SLOWEST]:
        yield f"{seconds:9.1f}  {kind:11} {name}"


# --- the list of slow tests ------------------------------------------------------------------
@dataclass(frozen=True)
class Slow:
    """A test that may take over a second: how long it takes, and the promise that it alone proves."""

    test: str
    seconds: float
    promise: str


def listed() -> dict[str, Slow]:
    with LIST.open(encoding="utf-8", newline="") as text:
        rows = [Slow(row["test"], float(row["seconds"]), row["promise"]) for row in csv.DictReader(text)]
    return {row.test: row for row in rows}


def by_function(runs: Iterable[Run]) -> dict[str, float]:
    """Return for each test function the seconds of its slowest example, of those that were not skipped. The
    fixtures do not count: they are shared, and charged to whichever test happens to come first."""
    slowest: dict[str, float] = {}
    for run in runs:
        for test in run.tests:
            if not test.skipped:
                name = _function(test)
                slowest[name] = max(slowest.get(name, 0.0), test.body)
    return slowest


def _function(test: Taken) -> str:
    return test.test.partition("[")[0]


def pace(measured: Mapping[str, float], slow: Mapping[str, Slow]) -> float:
    """Return how many times as long this run took as the one that the list was written after, and at least
    1: a quick machine is not held to what it could do."""
    ratios = [measured[name] / row.seconds for name, row in slow.items() if name in measured]
    return max(1.0, statistics.median(ratios)) if ratios else 1.0


def faults(runs: Sequence[Run], slow: Mapping[str, Slow]) -> Iterator[str]:
    """Return where the list and a run of `make test` disagree, a sentence each.

    A busy machine makes all tests slower alike, so the seconds are first divided by the run's pace.
    """
    measured = by_function(runs)
    pace_of_run = pace(measured, slow)
    for name, seconds in sorted(measured.items()):
        yield from _faults_of(name, seconds / pace_of_run, slow.get(name))
    yield from _not_there(runs, slow)
    for name, row in slow.items():
        if row.seconds > VERY_SLOW and not row.promise:
            yield f"{name} takes over {VERY_SLOW:.0f} s: move it to make test-all or name its promise."


def _faults_of(name: str, seconds: float, row: Slow | None) -> Iterator[str]:
    if row is None:
        if seconds > SLOW * UNSURE:
            yield f"{name} took {seconds:.1f} s of processor and is not in tests/slow.csv."
    elif seconds > row.seconds * UNSURE:
        yield f"{name} took {seconds:.1f} s of processor, and tests/slow.csv says {row.seconds:.1f}."
    elif seconds < QUICK:
        yield f"{name} takes {seconds:.1f} s of processor: take it out of tests/slow.csv."


def _not_there(runs: Sequence[Run], slow: Mapping[str, Slow]) -> Iterator[str]:
    """Where a part was left out, as on a machine without Chromium, nobody knows which tests are gone."""
    if {run.kind for run in runs} != set(RUNS):
        return
    there = {_function(test) for run in runs for test in run.tests}
    for name in sorted(slow.keys() - there):
        yield f"{name} is in tests/slow.csv and did not run."


def show(runs: Sequence[Run], *, everything: bool) -> bool:
    """Print where the time went, and return whether the list agrees.

    `make test-all` is not held to it: what is slow shall run there alone, and tries more examples. Nor is
    anything held to a list that is empty.
    """
    slow = listed()
    found = list(faults(runs, slow)) if slow and not everything else []
    print("\n".join([*lines(runs), *found]))
    return not found


def main() -> int:
    if not STORE.exists():
        print("No run is kept: make test keeps one.", file=sys.stderr)
        return 1
    runs, everything = kept()
    return 0 if show(runs, everything=everything) else 1


if __name__ == "__main__":
    sys.exit(main())
