"""What deploy/training.sh sets up beside the register: a register in which people practise, of another user,
with other roles and keys, that sends no mail and does not reach the register."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from accounts.roles import Role
from tests.actors import user
from tests.cases.pages import signed_in
from tests.postgres import Cluster, PostgresMissing, running_cluster
from tests.setup.test_deploy import DEPLOY, ROOT, analysed, directives

SCRIPT: Final = DEPLOY / "training.sh"
UNITS: Final = ("nmt-web.service", "nmt-worker.service")
HOST: Final = "training.example"
ADDRESS: Final = f"https://{HOST}"
ROLES: Final = ("", "_application", "_worker")
OF_THE_REGISTER: Final = r"/etc/nmt/|/var/lib/nmt(?!-)|=nmt$|:8000"
ASKED: Final = (
    *(
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "EMAIL_HOST",
    ),
    *("EMAIL_BACKEND", "TRAINING", "APPLICATION_ROLE", "WORKER_ROLE", "PUBLIC_PAGES", "SECURITY_SYSLOG"),
)


def of_training(text: str) -> str:
    command = ["sed", "-f", str(DEPLOY / "training.sed")]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def settings_given() -> dict[str, str]:
    """As the script writes them for the services."""
    (said,) = re.findall(
        r'kept "\$own/nmt\.env" <<END\n(.*?)^END$', SCRIPT.read_text(), re.DOTALL | re.MULTILINE
    )
    lines = said.replace("$host", HOST).splitlines()
    return dict(line.split("=", 1) for line in lines)


# --- what is set up ---------------------------------------------------------------------------
@pytest.mark.parametrize("name", UNITS)
def test_its_services_are_another_users_with_other_keys_and_no_way_out(name: str, tmp_path: Path) -> None:
    text = of_training((DEPLOY / "systemd" / name).read_text())
    unit = tmp_path / name.replace("nmt-", "nmt-training-")
    unit.write_text(text.replace("/opt/nmt/.venv/bin", str(Path(sys.executable).parent)))
    facts = directives(unit)
    assert facts["User"] == facts["Group"] == ["nmt_training"]
    assert all("/etc/nmt-training/" in value for value in facts["LoadCredential"] + facts["EnvironmentFile"])
    assert (facts["IPAddressDeny"], facts["IPAddressAllow"]) == (["any"], ["localhost"])
    hidden = " ".join(facts.pop("InaccessiblePaths")).split()
    assert {*hidden} == {"-/etc/nmt", "-/var/lib/nmt", "-/var/backups/nmt", "-/run/postgresql"}
    rest = "\n".join(line for line in text.splitlines() if not line.startswith("InaccessiblePaths"))
    assert not re.findall(OF_THE_REGISTER, rest, re.MULTILINE)
    done = analysed("verify", "--man=no", "--recursive-errors=yes", str(unit), units=[unit])
    assert (done.returncode, done.stderr) == (0, "")


def test_the_proxys_file_names_nothing_of_the_register_and_repeats_nothing() -> None:
    whole = (DEPLOY / "nginx.conf").read_text().replace("register.example", HOST)
    common, _line, servers = whole.partition("log_format")
    text = of_training(servers.partition("\n")[2])
    without_comments = re.sub(r"#.*", "", text)
    assert not re.findall(rf"register|each|{OF_THE_REGISTER}", without_comments)
    assert text.count(f"server_name {HOST};") == 2
    assert not re.findall(r"^(?:map|log_format) ", text, re.MULTILINE)
    assert common.count("\nmap ") == 3


def test_its_cookies_are_its_own_and_it_sends_no_mail(tmp_path: Path) -> None:
    code = (
        "import json; from django.conf import settings as s;"
        f" print(json.dumps({{name: getattr(s, name) for name in {ASKED}}}))"
    )
    environment = {**os.environ, **settings_given(), "STATE_DIR": str(tmp_path), "DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "nmt_site.settings"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert (found["SESSION_COOKIE_SECURE"], found["SECURE_SSL_REDIRECT"], found["TRAINING"]) == (True,) * 3
    assert (found["EMAIL_HOST"], found["EMAIL_BACKEND"]) == ("", "accounts.notices.Nowhere")
    assert (found["SECURITY_SYSLOG"], found["PUBLIC_PAGES"]) == ("", False)
    assert (found["APPLICATION_ROLE"], found["WORKER_ROLE"]) == (
        "nmt_training_application",
        "nmt_training_worker",
    )


def test_the_password_is_in_one_file_of_roots_and_printed_nowhere() -> None:
    """The services do not read that file; what is set on a command's line or printed would be in a log."""
    script = SCRIPT.read_text()
    subprocess.run(["sh", "-n", SCRIPT], check=True)
    (line,) = [line for line in script.splitlines() if "DEMO_PASSWORD" in line]
    assert line.strip().startswith("printf")
    assert (
        script.splitlines()[script.splitlines().index(line) + 1].strip().startswith('| kept "$own/owner.env"')
    )
    assert "DEMO_PASSWORD" not in settings_given()
    assert "(umask 077" in script.partition(line)[0].rpartition("install -d")[2]
    for unit in UNITS:
        assert "owner.env" not in of_training((DEPLOY / "systemd" / unit).read_text())
    assert not re.findall(r"echo.*\$\{?password", script)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("a b",), "training.sh: 'a b' is no host's name, such as training.example.\n"),
        ((HOST, "--new"), "training.sh: the second word can only be --anew, not '--new'.\n"),
    ],
)
def test_the_script_refuses_what_it_does_not_know_before_it_does_anything(
    words: tuple[str, ...], said: str
) -> None:
    command = ["/bin/sh", str(SCRIPT), *words]
    done = subprocess.run(command, env={"PATH": "/nonexistent"}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, said)


# --- the way to the register ------------------------------------------------------------------
@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """With the databases and roles of both registers, closed by the script's own lines."""
    try:
        with running_cluster() as made:
            for database in ("nmt", "nmt_training"):
                roles = [f"CREATE ROLE {database}{role} LOGIN" for role in ROLES]
                made.says("postgres", *roles, f"CREATE DATABASE {database} OWNER {database}")
                made.says("postgres", closed(database))
            yield made
    except PostgresMissing as missing:
        pytest.skip(f"that the databases are apart is NOT tried: {missing}")


def closed(database: str) -> str:
    (function,) = re.findall(r"^closed\(\) \{.*?^\}$", SCRIPT.read_text(), re.DOTALL | re.MULTILINE)
    command = ["sh", "-euc", f"{function}\nclosed {database}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_no_role_of_one_register_comes_to_the_other(cluster: Cluster) -> None:
    for own, other in (("nmt", "nmt_training"), ("nmt_training", "nmt")):
        for role in ROLES:
            with psycopg.connect(cluster.url_of(f"{own}{role}", own)) as connection:
                assert connection.execute("SELECT current_user").fetchone() == (f"{own}{role}",)
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(cluster.url_of(f"{own}{role}", other))


# --- the way there ----------------------------------------------------------------------------
@pytest.mark.django_db
def test_help_leads_there_where_there_is_one_and_nowhere_else(settings: Any) -> None:
    client = signed_in(user("Olle", Role.OPERATOR))
    link = f'href="{ADDRESS}"'
    assert link not in client.get("/help/").content.decode()
    settings.TRAINING_ADDRESS = ADDRESS
    assert link in client.get("/help/").content.decode()
    settings.DEMO = settings.TRAINING = True  # it does not lead to itself
    assert link not in client.get("/help/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/accounts/login/", "/"])
def test_each_page_of_it_says_what_it_is(page: str, settings: Any) -> None:
    settings.DEMO = settings.TRAINING = True
    client = signed_in(user("Olle", Role.OPERATOR))
    if page != "/":
        client.logout()
    words = "Övningsregister. Alla i det är påhittade."
    assert words in client.get(page).content.decode()
