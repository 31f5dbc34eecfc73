"""The register refuses to run where its promises would not hold."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandParser
from django.test import Client, override_settings

import manage
from accounts.models import User
from accounts.roles import Role
from nmt_site.checks import refuse_real_users, the_way_to_the_database_is_encrypted
from tests.actors import PASSWORD, user

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
def test_the_way_to_the_database_must_be_encrypted(url: str, sealed: bool) -> None:
    with override_settings(DATABASE_URL=url):
        assert (the_way_to_the_database_is_encrypted() == []) == sealed


def test_what_a_command_writes_is_its_own_users_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made"
    monkeypatch.setattr(manage, "execute_from_command_line", lambda _words: made.touch())
    monkeypatch.setattr(manage, "compile_all", lambda: None)
    monkeypatch.setattr(CommandParser, "error", CommandParser.error)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "argv", ["manage.py"])
    of_the_tests = os.umask(0o022)
    try:
        manage.main()
    finally:
        os.umask(of_the_tests)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


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
