from __future__ import annotations

import socket

import pytest

from tests.network import NetworkUsed


def test_an_address_elsewhere_is_refused() -> None:
    with pytest.raises(NetworkUsed, match="192\\.0\\.2\\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_a_name_is_not_even_looked_up() -> None:
    with pytest.raises(NetworkUsed, match=r"register\.example"):
        socket.create_connection(("register.example", 80), timeout=1)


def test_this_machine_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()[:2], timeout=1).close()
