"""What the browser is told about every page, and the settings of a server in use."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.test import Client

from accounts.allauth_seams import DEVICE
from accounts.roles import Role
from tests.actors import access, user
from tests.cases.pages import coordinator, signed_in
from tests.makers import new_case
from tests.ours import APPS

ROOT = Path(__file__).resolve().parent.parent.parent
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "'self'",
}

HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SWITCHED_ON: Final = (
    *("SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
    *("LANGUAGE_COOKIE_SECURE", "SECOND_FACTOR_REQUIRED"),
)
OF_COOKIES: Final = (
    *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "COOKIE_PREFIX", "SESSION_COOKIE_DOMAIN"),
    *("SESSION_COOKIE_PATH", "DEBUG"),
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/accounts/login/", "/statistik/", "/healthz", "/admin/", "/nothing/", "/cases/"]
)
def test_every_page_has_the_headers(path: str) -> None:
    for client in (Client(), signed_in(user("Olle", Role.OPERATOR))):
        headers = client.get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
        parts = [part.strip() for part in headers["Content-Security-Policy"].split(";")]
        assert dict(part.split(" ", 1) for part in parts if part) == POLICY
        assert "camera=()" in headers["Permissions-Policy"]
        assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_static_files_have_them_too(client: Client) -> None:
    response = client.get("/static/nmt/base.css")
    headers = response.headers
    response.close()
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.django_db
def test_pages_of_somebody_signed_in_are_not_kept_on_the_disk() -> None:
    karin = coordinator()
    case = new_case(by=access(karin))
    assert signed_in(karin).get(case.get_absolute_url()).headers["Cache-Control"] == "no-store, private"


@pytest.mark.django_db
def test_cookies_are_out_of_reach_for_scripts_and_other_sites(client: Client) -> None:
    person = user("Olle", Role.OPERATOR)
    client.post("/accounts/login/", {"login": person.email, "password": "a-long-demo-password"})
    client.get("/account/")
    client.post("/theme/", {"theme": "dark"})
    assert {"sessionid", "csrftoken", "theme", "known_browser"} <= set(client.cookies)
    for cookie in client.cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Lax", cookie.key


def test_names_of_downloads_hold_no_number_and_are_safe() -> None:
    """Every file name in the code is written out, or made of the name of a list, a year or today's date."""
    names = []
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            names += re.findall(r'filename="([^"]+)"', file.read_text())
    assert names
    for name in names:
        assert re.fullmatch(r"[a-z0-9._-]*", re.sub(r"\{[^}]*\}", "", name)), name
        assert not re.search("number|reference|case\\b|person\\b", name), name


def production(**environment: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "a-key-of-more-than-fifty-characters-for-this-check-alone-0123456789",
        "NOTES_KEY": "bm90ZXMga2V5IGZvciB0aGUgdGVzdHMgYWxvbmUsIDE=",
        "AUDIT_KEY": "YXVkaXQga2V5IGZvciB0aGUgdGVzdHMgYWxvbmUsIDE=",
        "ALLOWED_HOSTS": "register.example",
        "STATE_DIR": os.environ["STATE_DIR"],
        "DATABASE_URL": "",
        "DEMO": "0",
        **environment,
    }


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    done = [sys.executable, "-W", "error", *command]
    return subprocess.run(
        done, cwd=ROOT, env=production(**environment), capture_output=True, text=True, timeout=120
    )


def test_the_deployment_check_finds_nothing() -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert "no issues" in done.stdout


@pytest.fixture(scope="module")
def in_use() -> dict[str, Any]:
    """The settings of a server in use."""
    code = (
        "import json; from django.conf import settings as s;"
        f" print(json.dumps({{name: getattr(s, name) for name in {(*SWITCHED_ON, *OF_COOKIES)}}}))"
    )
    found: dict[str, Any] = json.loads(run("-c", code, DJANGO_SETTINGS_MODULE="nmt_site.settings").stdout)
    return found


def test_a_server_in_use_asks_for_https_and_a_second_factor(in_use: dict[str, Any]) -> None:
    assert [name for name in SWITCHED_ON if not in_use[name]] == []
    assert not in_use["DEBUG"]
    assert not settings.DEBUG


def test_cookies_are_bound_to_the_very_host_where_https_is(in_use: dict[str, Any]) -> None:
    names = [in_use["SESSION_COOKIE_NAME"], in_use["CSRF_COOKIE_NAME"], in_use["COOKIE_PREFIX"]]
    assert [name for name in names if not name.startswith("__Host-")] == []
    assert (in_use["SESSION_COOKIE_DOMAIN"], in_use["SESSION_COOKIE_PATH"]) == (None, "/")
    assert DEVICE.startswith(settings.COOKIE_PREFIX)
