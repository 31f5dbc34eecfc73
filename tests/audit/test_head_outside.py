"""The head of the audit log is told outside every hour, signed: whoever cuts the audit log, and the head with
it, is found."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import Head
from audit.outside import NotSent, tell
from audit_pages.job_kinds import send_head
from jobs.kinds import HOURLY
from tests.audit.events import tamper, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def outside(tmp_path: Path, settings: Any) -> Path:
    file = tmp_path / "heads"
    settings.AUDIT_HEAD_FILE = str(file)
    return file


def test_the_worker_tells_it_every_hour(outside: Path) -> None:
    assert send_head in HOURLY
    write(2)
    send_head(timezone.now())
    write(1)
    send_head(timezone.now())
    assert [line.split()[2].partition(":")[0] for line in outside.read_text().splitlines()] == ["2", "3"]
    call_command("verify_audit", outside=str(outside))


def test_a_cut_audit_log_whose_head_was_set_back_is_found(outside: Path) -> None:
    write(3)
    head = Head.objects.get()
    write(3)
    tell(timezone.now())
    tamper("DELETE FROM audit_event WHERE sequence > 3")
    Head.objects.update(sequence=3, hash=head.hash, signature=head.signature)
    call_command("verify_audit", outside="")  # the database alone does not tell
    with pytest.raises(CommandError, match="Event 6 is truncated"):
        call_command("verify_audit", outside=str(outside))


def test_a_head_that_somebody_else_has_set_is_not_told(outside: Path) -> None:
    events = write(3)
    tamper("DELETE FROM audit_event WHERE sequence > 2")
    Head.objects.update(sequence=2, hash=events[1].hash)
    with pytest.raises(NotSent, match="not signed"):
        tell(timezone.now())
    assert not outside.exists()


def test_a_line_that_the_register_did_not_write_is_named(outside: Path) -> None:
    write(2)
    tell(timezone.now())
    outside.write_text(outside.read_text() + outside.read_text().replace(" 2:", " 1:"))
    with pytest.raises(CommandError, match="Line 2 of the heads outside is not signed"):
        call_command("verify_audit", outside=str(outside))


def test_a_file_that_cannot_be_read_proves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_audit", outside=str(tmp_path / "none"))


def test_it_goes_to_syslog_whose_own_words_around_it_are_passed_over(tmp_path: Path, settings: Any) -> None:
    """A datagram socket as syslog listens on."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(tmp_path / "log"))
    settings.AUDIT_HEAD_SYSLOG = str(tmp_path / "log")
    write(2)
    line = tell(timezone.now())
    received = listening.recv(1000).decode().rstrip("\x00")
    listening.close()
    assert received.endswith(f"nmt: {line}")
    path = tmp_path / "auth.log"
    path.write_text(f"Nov 27 12:00:00 host sshd: else\nNov 27 12:00:01 host {received}\n")
    call_command("verify_audit", outside=str(path))


def test_nobody_is_told_where_nobody_is_to_be() -> None:
    write(1)
    assert tell(timezone.now()) == ""


class Authority(BaseHTTPRequestHandler):
    """Stamps as RFC 3161 says, as far as it is looked at: state 0, and the digest that was asked for."""

    state = b"\x02\x01\x00"

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"\x30\x40\x30\x03" + type(self).state + asked[24:56])

    def log_message(self, *_words: Any) -> None:
        pass


@pytest.fixture
def authority(settings: Any) -> Iterator[type[Authority]]:
    server = HTTPServer(("127.0.0.1", 0), Authority)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.AUDIT_STAMP_URL = f"http://127.0.0.1:{server.server_port}/stamp"
    Authority.state = b"\x02\x01\x00"
    yield Authority
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_stamp_of_an_authority_stands_beside_it(outside: Path, authority: type[Authority]) -> None:
    write(1)
    line = tell(timezone.now())
    text, stamp = outside.read_text().splitlines()
    assert text == line
    assert hashlib.sha256(line.encode()).digest() in base64.b64decode(stamp.split()[2])
    call_command("verify_audit", outside=str(outside))


def test_an_authority_that_refuses_is_told_of(outside: Path, authority: type[Authority]) -> None:
    authority.state = b"\x02\x01\x02"
    write(1)
    with pytest.raises(NotSent, match="refused to stamp"):
        tell(timezone.now())
