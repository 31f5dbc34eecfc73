"""Measures the processor time of each test, so that a run can print where its time went (`scripts.times`).

A test's seconds are those of its process. A test in Chromium counts the browser's processes too. The servers
of PostgreSQL are counted for the run as a whole.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pytest

FILE: Final = "TEST_SECONDS"  # of the environment: where a run writes what its tests took
TICKS: Final = os.sysconf("SC_CLK_TCK")
SINCE: Final = pytest.StashKey[float]()  # the processor time when the phase of a test began


@dataclass
class Taken:
    """Seconds of processor of one test: its fixtures, its own lines, and the database that it had to make."""

    test: str
    fixtures: float = 0.0
    body: float = 0.0
    database: float = 0.0
    skipped: bool = False

    @property
    def total(self) -> float:
        """Return what it is printed with: without the database, which it made for all that come after it."""
        return self.fixtures + self.body


def own_seconds() -> float:
    """Return the processor time of this process and of its ended children."""
    return sum(os.times()[:4])


def tree_seconds(root: int) -> float:
    """Return the processor time of a process, of those that it started, and of their ended children."""
    parents, seconds = _processes()
    children: dict[int, list[int]] = defaultdict(list)
    for process, parent in parents.items():
        children[parent].append(process)
    total, waiting = 0.0, [root]
    while waiting:
        process = waiting.pop()
        total += seconds.get(process, 0.0)
        waiting += children[process]
    return total


def _processes() -> tuple[dict[int, int], dict[int, float]]:
    """Return the parent of each process, and its processor time with that of its ended children."""
    parents, seconds = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        process = int(folder.name)
        parents[process] = int(words[1])
        seconds[process] = sum(map(int, words[11:15])) / TICKS
    return parents, seconds


def _now(item: pytest.Item) -> float:
    return tree_seconds(os.getpid()) if item.get_closest_marker("browser") else own_seconds()


class Clock:
    """Puts its seconds into the report of each phase of a test. pytest-xdist passes them on with the report
    to the process that collects the reports."""

    def __init__(self) -> None:
        self.database = 0.0  # of the phase that is on: seconds of making the database

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        item.stash[SINCE] = _now(item)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        before = own_seconds()
        try:
            return (yield)
        finally:
            if fixturedef.argname == "django_db_setup":
                self.database += own_seconds() - before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        report: Any = yield
        now = _now(item)
        report.seconds = max(0.0, now - item.stash[SINCE] - self.database)
        report.database_seconds = self.database
        item.stash[SINCE], self.database = now, 0.0
        return report


class Ledger:
    """Adds up the reports of all processes, and writes them to `FILE` when the run is over."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.taken: dict[str, Taken] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not hasattr(report, "seconds"):  # of a process that broke off
            return
        taken = self.taken.setdefault(report.nodeid, Taken(report.nodeid))
        taken.database += report.database_seconds
        taken.skipped |= report.skipped
        if report.when == "call":
            taken.body += report.seconds
        else:
            taken.fixtures += report.seconds

    def pytest_sessionfinish(self) -> None:
        rows = [asdict(taken) for taken in self.taken.values()]
        self.file.write_text(json.dumps(rows))


def note_server(process: int) -> None:
    """Keep what a server of PostgreSQL took, beside the tests. Each process of a run has its own."""
    if file := os.environ.get(FILE):
        with Path(f"{file}.server").open("a") as iowrapper:
            iowrapper.write(f"{tree_seconds(process)}\n")


def pytest_configure(config: pytest.Config) -> None:
    if file := os.environ.get(FILE):
        config.pluginmanager.register(Clock())
        if not hasattr(config, "workerinput"):
            config.pluginmanager.register(Ledger(Path(file)))
