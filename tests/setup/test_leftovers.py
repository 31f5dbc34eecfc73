"""The suite names the test that leaves a socket, a thread or a process behind."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading

import pytest

from tests import leftovers


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "TIMEOUT", 0.2)


def test_a_listening_socket_is_named_until_it_is_closed() -> None:
    before = leftovers.open_now()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert leftovers.left_behind(before) == {listening}
    assert leftovers.left_behind(before) == set()


def test_a_socket_that_nobody_holds_is_not_collected_before_it_is_named() -> None:
    before = leftovers.open_now()
    number = socket.create_server(("127.0.0.1", 0)).fileno()
    (left,) = leftovers.left_behind(before)
    assert isinstance(left, socket.socket)
    assert left.fileno() == number
    left.close()


def test_a_thread_is_named_until_it_has_ended() -> None:
    before, told = leftovers.open_now(), threading.Event()
    thread = threading.Thread(target=told.wait, daemon=True)
    thread.start()
    assert leftovers.left_behind(before) == {thread}
    told.set()
    thread.join()
    assert leftovers.left_behind(before) == set()


def test_a_process_is_named_until_it_was_waited_for() -> None:
    before = leftovers.open_now()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert leftovers.left_behind(before) == {f"process {process.pid}"}
    assert leftovers.left_behind(before) == set()
