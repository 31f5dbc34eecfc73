"""Fails the test that leaves a listening socket, a thread or a process behind, by name.

Without this the next test to collect garbage fails, and that one is innocent. A fixture for a module or the
run may keep what it opened until it ends itself. Garbage is collected after the last test of a file, so that
an open file that is found then is of that file's tests.
"""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

BEFORE: Final = pytest.StashKey[set[object]]()
TIMEOUT: Final = 10.0  # seconds until what was told to end has ended, on a busy machine
bound: list[socket.socket] = []  # kept here, or garbage collection would close them before they are looked at
of_wider_fixtures: dict[pytest.FixtureDef[Any], set[object]] = {}


@pytest.fixture(autouse=True, scope="session")
def _bound_sockets_are_noted() -> Iterator[None]:
    bind = socket.socket.bind

    def noted(self: socket.socket, address: Any) -> None:
        bind(self, address)
        bound.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "bind", noted)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
    """What a wider fixture opens is its own until it ends."""
    if fixturedef.scope == "function":
        return (yield)
    before = open_now()
    try:
        return (yield)
    finally:
        of_wider_fixtures[fixturedef] = open_now() - before


def pytest_fixture_post_finalizer(fixturedef: pytest.FixtureDef[Any]) -> None:
    of_wider_fixtures.pop(fixturedef, None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    item.stash[BEFORE] = open_now()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
    left = left_behind(item.stash[BEFORE])
    bound[:] = [each for each in bound if each.fileno() != -1]
    if left:
        item.stash[BEFORE] |= left
        names = "\n".join(sorted(str(each) for each in left))
        pytest.fail(f"{item.nodeid} left open:\n{names}", pytrace=False)


def left_behind(before: set[object]) -> set[object]:
    """Return what was opened since `before`, is of no wider fixture, and has not ended after a while."""
    expected = before.union(*of_wider_fixtures.values())
    give_up = time.monotonic() + TIMEOUT
    while (left := open_now() - expected) and time.monotonic() < give_up:
        time.sleep(0.05)
    return left


def open_now() -> set[object]:
    """Return the bound sockets, the threads, and the numbers of the child processes of this process."""
    sockets = [each for each in bound if each.fileno() != -1]
    return {*sockets, *threading.enumerate(), *children()}


def children() -> list[str]:
    """Return the child processes of each thread of this process, as text for a person."""
    numbers = []
    for path in Path("/proc/self/task").glob("*/children"):
        try:
            numbers += path.read_text().split()
        except FileNotFoundError:  # the thread has ended
            continue
    return [f"process {number}" for number in numbers]
