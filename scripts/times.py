"""Prints where the processor time of the last run went, and holds it against the list of slow tests.

python -m scripts.times
"""

from __future__ import annotations

import csv
import json
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from tests.timing import Taken

ROOT: Final = Path(__file__).resolve().parent.parent
KEPT: Final = ROOT / ".cache" / "tests" / "seconds.json"
LIST: Final = ROOT / "tests" / "slow.csv"
SLOWEST: Final = 40
SLOW, TOO_SLOW = 1.0, 3.0  # seconds of processor: on the list; in `make test-all` only
# A busy machine makes each test slower, and no two runs are alike: only what is clearly wrong is a fault.
UNSURE: Final = 1.6


@dataclass
class Run:
    """What the tests of one kind took. `seconds`: of all its processes; `server`: of PostgreSQL's, beside."""

    kind: str
    wall: float
    seconds: float
    server: float = 0.0
    tests: list[Taken] = field(default_factory=list)

    def of_tests(self) -> tuple[float, float, float]:
        """Return the seconds of fixtures, of the tests' own lines, and of making the database."""
        fixtures = sum(test.fixtures for test in self.tests)
        bodies = sum(test.body for test in self.tests)
        return fixtures, bodies, sum(test.database for test in self.tests)


def keep(runs: Sequence[Run], *, everything: bool) -> None:
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps({"everything": everything, "runs": [asdict(run) for run in runs]}))


def kept() -> tuple[list[Run], bool]:
    """Return the runs that are kept, and whether they were those of `make test-all`."""
    stored = json.loads(KEPT.read_text())
    runs = []
    for row in stored["runs"]:
        tests = [Taken(**test) for test in row.pop("tests")]
        runs.append(Run(**row, tests=tests))
    return runs, stored["everything"]


def read_tests(file: Path) -> list[Taken]:
    """Return what `tests.timing` wrote; nothing where the run broke off before."""
    if not file.exists():
        return []
    return [Taken(**row) for row in json.loads(file.read_text())]


# --- printed ---------------------------------------------------------------------------------
def lines(runs: Sequence[Run]) -> Iterator[str]:
    yield from _by_kind(runs)
    yield from _by_folder(runs)
    yield from _slowest(runs)


def _by_kind(runs: Sequence[Run]) -> Iterator[str]:
    yield "Seconds of processor, by kind:"
    headings = ("in all", "fixtures", "tests", "database", "start", "server", "by clock")
    yield " " * 12 + "".join(f"{heading:>10}" for heading in headings)
    for run in runs:
        fixtures, bodies, database = run.of_tests()
        start = max(0.0, run.seconds - fixtures - bodies - database)
        figures = (run.seconds + run.server, fixtures, bodies, database, start, run.server, run.wall)
        columns = "".join(f"{figure:10.0f}" for figure in figures)
        yield f"{run.kind:12}{columns}"
    yield f"{'together':12}{sum(run.seconds + run.server for run in runs):10.0f}"


def _by_folder(runs: Sequence[Run]) -> Iterator[str]:
    folders: Counter[str] = Counter()
    for run in runs:
        for test in run.tests:
            folders[_folder(test.test)] += test.total
    yield "By folder:"
    for folder, seconds in folders.most_common():
        yield f"{seconds:9.1f}  {folder}"


def _folder(test: str) -> str:
    words = test.partition("::")[0].split("/")
    return "/".join(words[:2]) if len(words) > 2 else words[0]


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


def listed(file: Path = LIST) -> dict[str, Slow]:
    with file.open(encoding="utf-8", newline="") as text:
        rows = [Slow(row["test"], float(row["seconds"]), row["promise"]) for row in csv.DictReader(text)]
    return {row.test: row for row in rows}


def by_function(runs: Iterable[Run]) -> dict[str, float]:
    """Return for each test function the seconds of its slowest example."""
    slowest: dict[str, float] = {}
    for run in runs:
        for test in run.tests:
            name = test.test.partition("[")[0]
            slowest[name] = max(slowest.get(name, 0.0), test.total)
    return slowest


def pace(measured: Mapping[str, float], slow: Mapping[str, Slow]) -> float:
    """Return how much slower this run was than the one that the list was written after."""
    ratios = [measured[name] / row.seconds for name, row in slow.items() if name in measured]
    return max(1.0, statistics.median(ratios)) if ratios else 1.0


def faults(runs: Sequence[Run], slow: Mapping[str, Slow], *, everything: bool) -> Iterator[str]:
    """Return where the list and a run disagree, a sentence each."""
    measured = by_function(runs)
    slower = pace(measured, slow)
    for name, seconds in sorted(measured.items()):
        usual = seconds / slower
        if name not in slow and usual > SLOW * UNSURE:
            yield f"{name} took {usual:.1f} s of processor and is not in tests/slow.csv."
        elif name in slow and usual < SLOW / UNSURE / 2 and not everything:
            yield f"{name} takes {usual:.1f} s of processor: take it out of tests/slow.csv."
    if not everything:
        for name in sorted(slow.keys() - measured.keys()):
            yield f"{name} is in tests/slow.csv and did not run."
        for name, row in slow.items():
            if row.seconds > TOO_SLOW and not row.promise:
                yield f"{name} takes over {TOO_SLOW:.0f} s: move it to make test-all or name its promise."


def main() -> int:
    if not KEPT.exists():
        print("No run is kept: make test keeps one.", file=sys.stderr)
        return 1
    runs, everything = kept()
    print("\n".join(lines(runs)))
    found = list(faults(runs, listed(), everything=everything)) if LIST.exists() else []
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
