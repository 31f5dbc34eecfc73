"""The register is served as deploy/ says, and everything goes wrong that may: then whatever was written by
server, application and worker is searched for what no log may hold."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.db import connection

from tests.database import copy_for_another

pytestmark = [pytest.mark.heavy]
ROOT = Path(__file__).resolve().parents[2]
EMAIL, NAME, NUMBER = "anna.berg@example.org", "Anna Berg", "V-2018-0012-P1"
IDENTITY, KEY, PASSWORD = "19800101-1234", "c1abc-d0e1f2a3b4c5", "ett mycket hemligt ord"
SECRETS = (EMAIL, EMAIL.partition("@")[0], NAME, quote(NAME), "Anna", NUMBER, IDENTITY, KEY, PASSWORD)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory, port: int, django_db_setup: None) -> Iterator[Path]:
    """Where the server writes, with a database of its own, in which nobody is."""
    folder = tmp_path_factory.mktemp("served")
    environment = {
        **os.environ, "DEMO": "1", "STATE_DIR": str(folder), "DATABASE_URL": "", "ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "nmt_site.settings", "LOG_JSON": "1",
    }  # fmt: skip
    if connection.vendor == "sqlite":
        copy_for_another(folder / "register.sqlite3")
    else:
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    written = folder / "log"
    serve = [sys.executable, "-m", "gunicorn", "nmt_site.wsgi:application", "--config",
             "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}", "--workers", "1"]  # fmt: skip
    with (
        written.open("w") as log,
        subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=log, stderr=log) as server,
    ):
        try:
            _wait_for(port)
            yield written
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    for _try in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError("The server does not listen")


def ask(port: int, method: str, address: str, body: str = "", **headers: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, address, body, {**(FORM if body else {}), **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def a_day_of_faults(port: int) -> set[int]:
    """What is answered. Each carries something of a person in some part of it."""
    facts = urlencode(
        {"login": EMAIL, "password": PASSWORD, "note": f"{NAME} {IDENTITY}", "next": f"/{NUMBER}"}
    )
    reset = f"/accounts/password/reset/key/{KEY}/"
    told = {
        ask(port, method, address, facts if method == "POST" else "", Referer=f"http://x{reset}?{facts}")
        for method in ("GET", "POST", "PUT", "DELETE")
        for address in (
            f"/cases/?q={NUMBER}",
            f"/cases/{quote(NAME)}/edit/",
            f"/{IDENTITY}/",
            reset,
            "/accounts/login/",
            f"/statistik/{NUMBER}/",
            f"/admin/accounts/user/?q={EMAIL}",
            f"/summaries/99999/?{facts}",
        )
    }
    told |= {ask(port, "GET", f"/?{'x' * 9000}{EMAIL}"), ask(port, "GET", "/", Host=f"{EMAIL}.example")}
    told.add(ask(port, "GET", "/", Cookie=f"sessionid={NUMBER}; __x={EMAIL}"))
    with socket.create_connection(("127.0.0.1", port), 5) as broken:
        broken.sendall(f"GET /{NUMBER} HTTP/9 {EMAIL}\r\n\r\n".encode())
        broken.recv(1000)
    return told


def test_no_log_of_the_day_holds_what_a_person_could_be_known_by(port: int, logs: Path) -> None:
    answers = a_day_of_faults(port)
    assert answers >= {302, 400, 403, 404}
    assert not {answer for answer in answers if answer >= 500}
    time.sleep(0.3)
    log = logs.read_text()
    assert "GET /cases/ 302" in log, "requests are logged"
    assert [secret for secret in SECRETS if secret in log] == []


def test_every_line_is_one_object_in_utc_whoever_wrote_it(port: int, logs: Path) -> None:
    """The server's own lines too, of the process that starts the others."""
    answer = ask(port, "GET", "/accounts/login/")
    time.sleep(0.3)
    lines = [json.loads(line) for line in logs.read_text().splitlines()]
    said = lines[-1]
    assert answer == 200
    assert {line["time"][-6:] for line in lines} == {"+00:00"}
    assert {"gunicorn.error", "gunicorn.access", "django.request"} >= {line["logger"] for line in lines[:3]}
    assert "Listening at" in {line["message"][:12] for line in lines}
    assert (said["logger"], said["message"][:25]) == ("gunicorn.access", "GET /accounts/login/ 200 ")
    assert re.fullmatch("[0-9a-f]{32}", said["request"])


def test_static_files_are_not_logged_one_by_one_but_where_they_are_missing(port: int, logs: Path) -> None:
    style = next((ROOT / "static").rglob("*.css")).relative_to(ROOT)
    before = logs.read_text()
    assert ask(port, "GET", f"/{style}") == 200
    assert ask(port, "GET", "/static/missing.css") == 404
    time.sleep(0.3)
    text = logs.read_text().removeprefix(before)
    assert [line for line in text.splitlines() if "gunicorn.access" in line and " 200 " in line] == []
    assert "404" in text


def test_the_proxy_is_told_to_write_no_query_and_no_referrer() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    written = "".join(re.findall(r"log_format .*?;", text, re.DOTALL))
    assert "$shown" in written
    assert not re.search(
        r"\$(request\b|request_uri|args|query_string|http_referer|http_user_agent|remote_addr)", written
    )
    assert re.search(r"map \$uri \$shown", text)
    assert "server_tokens off" in text
