"""The proxy may answer from its disk with public pages and files, for a minute: deploy/nginx.conf, `#disk`.

nginx runs with the shipped configuration, on this machine. The register answers in the test's own thread, so
that it sees what the test has stored.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import time_machine
from django.test import Client, override_settings

from accounts.access import Access
from summaries.release.models import Publication
from summaries.release.release_actions import announce
from tests.proxy import free_port, nginx_command
from tests.summaries.releasing import withdrawn

pytestmark = pytest.mark.django_db
YEAR: Final = "/statistik/2018/"
SECOND: Final = timedelta(seconds=1)
WITHDRAWN: Final = "A county twice."
PASSED_ON: Final = ("Host", "Accept-Encoding", "Cookie", "If-None-Match")


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        packed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Register(HTTPServer):
    """The register, of which the proxy asks. `asked`: the addresses that it was asked for."""

    timeout = 0.02

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.asked: list[str] = []


class Asked(BaseHTTPRequestHandler):
    server: Register

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        headers = {name: self.headers[name] for name in PASSED_ON if self.headers[name]}
        with override_settings(ALLOWED_HOSTS=["register.example"]):
            page = Client().get(self.path, secure=True, headers=headers)
        self.send_response(page.status_code)
        for name, value in page.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Proxy(NamedTuple):
    port: int
    register: Register

    def get(self, path: str = YEAR, host: str = "register.example", **headers: str) -> Answer:
        """What a browser is answered, while the register answers the proxy here."""
        with ThreadPoolExecutor(1) as browser:
            answer = browser.submit(self._fetched, path, {"Host": host, **headers})
            while not answer.done():
                self.register.handle_request()
        return answer.result()

    def _fetched(self, path: str, headers: dict[str, str]) -> Answer:
        context = ssl._create_unverified_context()
        browser = HTTPSConnection("127.0.0.1", self.port, context=context, timeout=30)
        browser.request("GET", path, headers=headers)
        answer = browser.getresponse()
        found = Answer(answer.status, dict(answer.getheaders()), answer.read())
        browser.close()
        return found


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    port, register = free_port(), Register()
    words = nginx_command(tmp_path, port, free_port(), register.server_port, disk=True)
    if not words:
        pytest.skip("nginx or openssl is not installed: what the proxy shows from its disk is NOT checked")
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as nginx, register:
        for _try in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield Proxy(port, register)
        nginx.terminate()


def test_a_withdrawn_page_is_gone_from_the_proxy_when_the_minute_is_over(
    year: Publication, anna: Access, proxy: Proxy
) -> None:
    almost_a_minute_ago = datetime.now(UTC) - timedelta(seconds=58)
    with time_machine.travel(almost_a_minute_ago):  # the register's clock, not the proxy's
        before = [proxy.get(), proxy.get()]
    assert proxy.register.asked == [YEAR], "the second time the register is not asked"
    assert before[0].text == before[1].text
    assert WITHDRAWN not in before[0].text
    withdrawn(publication=year, reason=WITHDRAWN, by=anna)
    kept_until = parsedate_to_datetime(before[1].headers["Expires"])
    assert kept_until < almost_a_minute_ago + timedelta(minutes=1)
    _sleep_until(kept_until + SECOND)
    after = proxy.get()
    assert WITHDRAWN in after.text
    assert "<td" not in after.text
    assert proxy.get(f"{YEAR}tables.csv").status == 404


def _sleep_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def test_the_proxy_and_every_cache_behind_it_forget_a_page_at_the_announced_hour(
    year: Publication, anna: Access, proxy: Proxy
) -> None:
    """What is older says the same time until which it may be kept."""
    hour = (datetime.now(UTC) + timedelta(seconds=3)).replace(microsecond=0)
    announce(year=2017, at=hour, contact="Statistik", by=anna)
    first, second = proxy.get("/statistik/"), proxy.get("/statistik/")
    expires = f"{hour - SECOND:%a, %d %b %Y %H:%M:%S} GMT"
    assert first.headers["Expires"] == second.headers["Expires"] == expires
    assert "max-age" not in second.headers["Cache-Control"]
    assert len(proxy.register.asked) == 1
    _sleep_until(hour)
    assert f"{hour:%H.%M}" not in proxy.get("/statistik/").text
    assert len(proxy.register.asked) == 2


def test_one_language_packing_or_host_is_never_shown_in_place_of_another(
    year: Publication, proxy: Proxy
) -> None:
    ways: list[tuple[str, dict[str, str]]] = [
        (YEAR, {}),
        (f"{YEAR}?lang=en", {}),
        (YEAR, {"Accept-Encoding": "gzip"}),
        (f"{YEAR}tables.csv", {}),
    ]
    first = [proxy.get(path, **headers) for path, headers in ways]
    again = [proxy.get(path, **headers) for path, headers in ways]
    assert len(proxy.register.asked) == len(ways)
    assert [one.body for one in first] == [one.body for one in again]
    assert len({one.body for one in first}) == len(ways)
    assert first[2].text == first[0].text
    assert first[0].headers["Content-Security-Policy"] == again[0].headers["Content-Security-Policy"]
    unchanged = proxy.get(**{"If-None-Match": first[0].headers["ETag"]})
    assert (unchanged.status, len(proxy.register.asked)) == (304, len(ways))
    assert proxy.get(host="other.example").status == 400


def test_whoever_has_a_cookie_is_answered_by_the_register_and_what_it_refuses_is_not_kept(
    year: Publication, proxy: Proxy
) -> None:
    proxy.get()
    for _time in range(2):
        assert proxy.get(Cookie="theme=dark").status == 200
        assert proxy.get("/statistik/1789/").status == 404
    assert len(proxy.register.asked) == 5
