"""The register refuses to run where its promises would not hold."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings

from accounts.models import User
from accounts.roles import Role
from nmt_site.checks import refuse_real_users, the_way_to_the_database_is_sealed
from tests.actors import PASSWORD, user

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


def test_a_demonstration_of_real_users_is_refused(settings: LazySettings) -> None:
    settings.DEMO = True
    refuse_real_users()
    user("Olle", Role.OPERATOR)
    with pytest.raises(ImproperlyConfigured, match="DEMO=1"):
        refuse_real_users()
    assert [found.id for found in run_checks(tags=["database"], databases=["default"])] == ["nmt_site.E001"]


@pytest.mark.parametrize(
    ("url", "sealed"),
    [
        ("sqlite:////var/register.sqlite3", True),
        ("postgres://nmt@/nmt?host=/run/postgresql", True),
        ("postgres://nmt:x@localhost/nmt", True),
        ("postgres://nmt:x@db.example/nmt", False),
        ("postgres://nmt:x@db.example/nmt?sslmode=require", False),
        ("postgres://nmt:x@db.example/nmt?sslmode=verify-full", True),
        ("postgres://nmt:x@/nmt?host=db.example", False),
    ],
)
def test_the_way_to_the_database_must_be_sealed(url: str, sealed: bool) -> None:
    with override_settings(DATABASE_URL=url):
        assert (the_way_to_the_database_is_sealed() == []) == sealed


@pytest.mark.once
def test_what_a_command_writes_is_its_own_users_alone(tmp_path: Path) -> None:
    state = tmp_path / "state"
    environment = {**os.environ, "DEMO": "1", "STATE_DIR": str(state), "DATABASE_URL": ""}
    script = (
        "import os, sys; os.umask(0o022); sys.argv = ['manage.py', 'make_key']; import manage; manage.main();"
        f"open({str(tmp_path / 'made')!r}, 'w').close()"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True, capture_output=True)
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o600


def test_strangers_are_told_no_version(client: Client, settings: LazySettings) -> None:
    for address in ("/healthz", "/accounts/login/", "/help/", "/statistik/"):
        assert settings.VERSION not in client.get(address).content.decode(), address
    client.force_login(user("Olle", Role.OPERATOR))
    assert settings.VERSION in client.get("/help/").content.decode()


def test_signing_out_clears_what_the_browser_keeps(client: Client) -> None:
    olle = user("Olle", Role.OPERATOR)
    client.post("/accounts/login/", {"login": olle.email, "password": PASSWORD})
    assert client.post("/accounts/logout/").headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get("/accounts/login/").headers


@pytest.mark.once
def test_cookies_are_bound_to_the_very_host_where_https_is() -> None:
    script = (
        "import django; django.setup(); from django.conf import settings as s;"
        "from accounts.throttle import DEVICE;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, DEVICE, s.SESSION_COOKIE_SECURE,"
        " s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)"
    )
    environment = {**os.environ, "DEMO": "0", "DJANGO_SETTINGS_MODULE": "nmt_site.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    *names, secure, domain, path = done.stdout.split()
    assert all(name.startswith("__Host-") for name in names)
    assert (secure, domain, path) == ("True", "None", "/")


@pytest.mark.parametrize(
    ("email", "refused"),
    [("nord@nmt.example", True), ("nord@evil-demo.example", True), ("nord@demo.example", False)],
)
def test_a_demonstration_invites_nobody_who_would_stop_it(
    settings: LazySettings, email: str, refused: bool
) -> None:
    settings.DEMO = True
    client = Client()
    anna = user("Anna", Role.ADMINISTRATOR)
    User.objects.filter(pk=anna.pk).update(email="anna@demo.example")
    client.force_login(anna)
    facts = {"email": email, "name": "Nord", "role": "officer", "language": "", "is_active": "on"}
    client.post("/admin/accounts/user/add/", facts)
    assert User.objects.filter(email=email).exists() is not refused
    refuse_real_users()


def test_a_register_that_is_used_invites_by_any_address() -> None:
    client = Client()
    client.force_login(user("Anna", Role.ADMINISTRATOR))
    facts = {
        "email": "nord@nmt.example",
        "name": "Nord",
        "role": "officer",
        "language": "",
        "is_active": "on",
    }
    client.post("/admin/accounts/user/add/", facts)
    assert User.objects.filter(email="nord@nmt.example").exists()
