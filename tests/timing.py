"""Measures the processor time of each test and keeps it, so that a run can say where its time went.

A test's seconds are those of its process. A test in Chromium counts the browser's processes too. The server
of PostgreSQL is counted by `scripts.check`, for the run as a whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pytest

FILE: Final = "TEST_SECONDS"  # of the environment: where a run writes what its tests took
TICKS: Final = os.sysconf("SC_CLK_TCK")
SINCE: Final = pytest.StashKey[float]()
DATABASE: Final = pytest.StashKey[float]()
TAKEN: Final = pytest.StashKey[dict[str, "Taken"]]()


@dataclass
class Taken:
    """Seconds of processor of one test: its fixtures, its own lines, and the database that it had to make."""

    test: str
    fixtures: float = 0.0
    body: float = 0.0
    database: float = 0.0

    @property
    def total(self) -> float:
        return self.fixtures + self.body


def own_seconds() -> float:
    """Return the processor time of this process and of its ended children."""
    return sum(os.times()[:4])


def tree_seconds(root: int) -> float:
    """Return the processor time of a process, of those that it started, and of their ended children."""
    total = 0.0
    parents, seconds = _processes()
    children: dict[int, list[int]] = {}
    for process, parent in parents.items():
        children.setdefault(parent, []).append(process)
    waiting = [root]
    while waiting:
        process = waiting.pop()
        total += seconds.get(process, 0.0)
        waiting += children.get(process, [])
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


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TAKEN] = {}
    config.stash[DATABASE] = 0.0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    item.stash[SINCE] = _now(item)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    before = own_seconds()
    try:
        return (yield)
    finally:
        if fixturedef.argname == "django_db_setup":
            request.config.stash[DATABASE] += own_seconds() - before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    now = _now(item)
    database, item.config.stash[DATABASE] = item.config.stash[DATABASE], 0.0
    # xdist passes attributes of a report on to the process that collects them.
    report.seconds = max(0.0, now - item.stash[SINCE] - database)
    report.database_seconds = database
    item.stash[SINCE] = now
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    config = _config
    if config is None or not hasattr(report, "seconds"):
        return
    taken = config.stash[TAKEN].setdefault(report.nodeid, Taken(report.nodeid))
    taken.database += report.database_seconds
    if report.when == "call":
        taken.body += report.seconds
    else:
        taken.fixtures += report.seconds


_config: pytest.Config | None = None


def pytest_sessionstart(session: pytest.Session) -> None:
    """Reports name no configuration: the process that collects them remembers its own."""
    global _config
    _config = None if hasattr(session.config, "workerinput") else session.config


def pytest_sessionfinish(session: pytest.Session) -> None:
    file = os.environ.get(FILE)
    if file and not hasattr(session.config, "workerinput"):
        rows = [asdict(taken) for taken in session.config.stash[TAKEN].values()]
        Path(file).write_text(json.dumps(rows))
