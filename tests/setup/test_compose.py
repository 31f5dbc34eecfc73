"""compose.yaml is what it says: everybody shut in and nobody root, no secret in an environment, nothing open
but the proxy. What is the register's of it is run in tests/setup/test_image.py."""

from __future__ import annotations

import os
import re
import subprocess
import time
import tomllib
from pathlib import Path
from typing import Final

import pytest

from tests.setup.composed import CONTAINER, HOST, REGISTERS, ROOT, composed, secret_files, service
from tests.setup.test_deploy import directives, needs

SERVICES: Final = composed()["services"]
UNITS: Final = ROOT / "deploy" / "systemd"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_nobody_on_a_root_that_is_read_only(name: str) -> None:
    said = SERVICES[name]
    assert said["read_only"] is True
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch("[1-9][0-9]+:[1-9][0-9]+", said["user"])
    assert said.keys().isdisjoint({"privileged", "cap_add", "devices", "pid", "ipc", "userns_mode"})
    assert re.fullmatch(r"[a-z./-]+:[0-9][\w.-]*", said["image"]), "no version of it is named"
    assert "latest" not in said["image"]


def test_the_image_is_that_of_this_release_and_its_user_the_images() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    lines = (CONTAINER / "Containerfile").read_text()
    build = f"podman build --format docker -f deploy/container/Containerfile -t nmt-register:{version} ."
    assert build in lines
    assert build in (ROOT / "docs" / "administrator.md").read_text()
    for name in REGISTERS:
        assert SERVICES[name]["image"] == f"localhost/nmt-register:{version}"
        assert f"\nUSER {SERVICES[name]['user']}\n" in lines


def test_every_secret_that_is_declared_is_used_and_every_used_one_declared() -> None:
    used = {name for service in SERVICES.values() for name in service["secrets"]}
    assert used == set(secret_files())
    for name, said in SERVICES.items():
        named = {value for value in said["environment"].values() if value.startswith("/run/secrets/")}
        assert {Path(value).name for value in named} <= set(said["secrets"]), name
        told_of = "".join(map(str, said["environment"].values()))
        assert not re.search(r"://[^/@]+:[^/@]+@", told_of), f"{name} has a password in its environment"


def test_each_role_of_the_database_has_the_password_of_its_own() -> None:
    roles = {
        "setup": ("nmt", "owner"),
        "web": ("nmt_application", "application"),
        "worker": ("nmt_worker", "worker"),
        "timers": ("nmt_worker", "worker"),
    }
    for name, (role, secret) in roles.items():
        said = SERVICES[name]["environment"]
        assert said["DATABASE_URL"] == f"postgres://{role}@/nmt?host=/run/postgresql"
        assert said["DATABASE_PASSWORD_FILE"] == f"/run/secrets/{secret}_password"
        assert "socket:/run/postgresql" in SERVICES[name]["volumes"]
    for name in ("web", "worker"):
        assert not {"postgres_password", "owner_password"} & set(SERVICES[name]["secrets"])


def test_nothing_is_open_but_the_proxy_and_the_database_is_on_no_network() -> None:
    assert [name for name, said in SERVICES.items() if "ports" in said] == ["proxy"]
    assert SERVICES["database"]["network_mode"] == "none"
    assert "--auth=scram-sha-256" in SERVICES["database"]["environment"]["POSTGRES_INITDB_ARGS"]
    (address,) = {net["ipv4_address"] for net in SERVICES["web"]["networks"].values()}
    assert f"server {address}:8000;" in (CONTAINER / "proxy.sh").read_text()


def test_the_database_is_told_what_the_file_for_others_says() -> None:
    lines = re.findall(
        r"^(log_\w+) = (\S+)$", (ROOT / "deploy" / "postgresql.conf").read_text(), re.MULTILINE
    )
    given = [word.removeprefix("-c").partition("=") for word in SERVICES["database"]["command"][1:]]
    assert {name: value for name, _equals, value in given if name.startswith("log_")} == dict(lines)


def test_whoever_is_stopped_has_the_time_that_its_unit_gives() -> None:
    seconds = {"m": 60, "s": 1}
    for name in ("web", "worker"):
        given = SERVICES[name]["stop_grace_period"]
        (least,) = directives(UNITS / f"nmt-{name}.service")["TimeoutStopSec"]
        assert int(given[:-1]) * seconds[given[-1]] >= int(least)


@pytest.mark.parametrize("again", [False, True])
def test_the_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path, again: bool) -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT tried: only root can give files away, as secrets.sh does")
    (tmp_path / "secrets.sh").write_text((CONTAINER / "secrets.sh").read_text())
    made = [name for name in secret_files().values() if name.parts[0] == "secrets"]
    if again:
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets" / "notes.key").write_text("kept")
        (tmp_path / "secrets" / "audit.key").touch()  # it was stopped half-way
    subprocess.run(["sh", "secrets.sh"], cwd=tmp_path, check=True, umask=0)
    assert {file.name for file in (tmp_path / "secrets").iterdir()} == {name.name for name in made}
    are_secrets([(tmp_path / name).read_text().strip() for name in made], kept=again)
    is_read_by_its_owner_alone(tmp_path, made)


def are_secrets(texts: list[str], *, kept: bool) -> None:
    assert ("kept" in texts) is kept
    assert len({*texts}) == len(texts)
    assert {len(text) for text in texts if text != "kept"} == {44}


def is_read_by_its_owner_alone(folder: Path, made: list[Path]) -> None:
    users = {service(name)["user"].partition(":")[0] for name in ("database", "web")}
    assert {str((folder / name).stat().st_uid) for name in made} <= users
    modes = {name.name: f"{(folder / name).stat().st_mode & 0o777:o}" for name in made}
    assert modes == {name: "440" if "postgres" in name else "400" for name in modes}


def test_mail_and_other_settings_are_in_a_file_of_their_own_that_is_made_once(tmp_path: Path) -> None:
    for name in REGISTERS:
        assert SERVICES[name]["env_file"] == ["register.env"]
        assert SERVICES[name]["environment"].keys().isdisjoint({"EMAIL_HOST", "METRICS_TOKEN"})
    ignored = ["git", "check-ignore", "--quiet", "deploy/container/register.env"]
    assert subprocess.run(ignored, cwd=ROOT, check=False).returncode == 0
    if os.geteuid() != 0:
        pytest.skip("NOT tried: only root can give files away, as secrets.sh does")
    (tmp_path / "secrets.sh").write_text((CONTAINER / "secrets.sh").read_text())
    subprocess.run(["sh", "secrets.sh"], cwd=tmp_path, check=True)
    assert (tmp_path / "register.env").read_text().startswith("# EMAIL_HOST=")
    (tmp_path / "register.env").write_text("EMAIL_HOST=mail.example\n")
    subprocess.run(["sh", "secrets.sh"], cwd=tmp_path, check=True)
    assert (tmp_path / "register.env").read_text() == "EMAIL_HOST=mail.example\n"


# --- timers -----------------------------------------------------------------------------------
def started_by(timer: Path) -> str:
    (unit,) = directives(timer)["Unit"]
    command = unit.removesuffix(".service").partition("@")[2] or unit[4:-8].replace("-", "_")
    return f"run {command} &"


def hour_of(timer: Path) -> tuple[str, str]:
    """The hour, and the days."""
    (when,) = directives(timer)["OnCalendar"]
    if when == "hourly":
        return "*:00", "*-*-*"
    found = re.fullmatch(r"(.*) (\d\d:\d\d) Europe/Stockholm", when)
    assert found, timer.name
    return found[2], found[1]


def test_the_timers_are_those_of_systemd_at_the_same_hours() -> None:
    days = {"*-*-*": "", "Mon..Fri *-*-*": "-le 5", "Sun *-*-*": "= 7"}
    script = (CONTAINER / "timers.sh").read_text()
    assert "export TZ=Europe/Stockholm" in script
    lines = dict(re.findall(r"^ +(?:case \$now in )?([\d*]\S+)\) (.* ?run .*?) ;;", script, re.MULTILINE))
    timers = {hour_of(timer): started_by(timer) for timer in UNITS.glob("*.timer")}
    assert lines.keys() == {hour for hour, _days in timers}
    for (hour, of_days), run in timers.items():
        day = days[of_days]
        assert run in lines[hour]
        assert day in lines[hour], hour
        assert ("date +%u" in lines[hour]) is bool(day), hour


@pytest.fixture
def timers(tmp_path: Path) -> Path:
    """The script, with a folder of back-ups and a `python` that writes down what it is given; all but
    tell_failure ends as `code` says."""
    python = (
        '#!/bin/sh\necho "$2 $DATABASE_PASSWORD_FILE" >> said\n[ "$2" = tell_failure ] || exit $(cat code)\n'
    )
    (tmp_path / "python").write_text(python)
    (tmp_path / "python").chmod(0o755)
    (tmp_path / "code").write_text("0")
    for name, days in (("nmt-2026-01-01.dump", 31), ("nmt-2026-02-01.dump", 29), ("mine.dump", 99)):
        (tmp_path / name).touch()
        then = time.time() - days * 86_400
        os.utime(tmp_path / name, (then, then))
    script = (CONTAINER / "timers.sh").read_text().replace("/var/backups/nmt", str(tmp_path))
    (tmp_path / "timers.sh").write_text(script)
    (tmp_path / "functions.sh").write_text(script.partition("\nif [ $# -gt 0 ]")[0])
    return tmp_path


def carried_out(folder: Path, *words: str) -> list[str]:
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "DATABASE_PASSWORD_FILE": "worker"}
    subprocess.run(["sh", *words], cwd=folder, env=environment, check=False, capture_output=True)
    return (folder / "said").read_text().splitlines()


@pytest.mark.parametrize(("code", "left"), [("0", {"nmt-2026-02-01.dump", "mine.dump"}), ("1", None)])
def test_backups_go_after_thirty_days_once_a_new_one_was_made(
    code: str, left: set[str] | None, timers: Path
) -> None:
    before = {file.name for file in timers.glob("*.dump")}
    (timers / "code").write_text(code)
    assert carried_out(timers, "timers.sh", "backup") == ["backup worker"]
    assert {file.name for file in timers.glob("*.dump")} == (before if left is None else left)


def test_the_drill_is_the_owners_who_may_make_a_database(timers: Path) -> None:
    assert carried_out(timers, "timers.sh", "restore_drill") == ["restore_drill /run/secrets/owner_password"]


@pytest.mark.parametrize(
    ("code", "said"), [("0", ["verify_audit worker"]), ("1", ["verify_audit worker", "tell_failure worker"])]
)
def test_a_timer_that_fails_is_told_of(code: str, said: list[str], timers: Path) -> None:
    (timers / "code").write_text(code)
    assert carried_out(timers, "-c", ". ./functions.sh; run verify_audit") == said


def test_a_lost_key_is_not_made_anew_where_a_register_may_have_been_written_with_it(tmp_path: Path) -> None:
    (tmp_path / "secrets.sh").write_text((CONTAINER / "secrets.sh").read_text())
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "secret.key").write_text("kept")
    (tmp_path / "secrets" / "postgres.password").write_text("kept")
    done = subprocess.run(["sh", "secrets.sh"], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "secrets.sh: secrets/notes.key is gone or empty: put its copy back first.\n"
    assert not (tmp_path / "secrets" / "notes.key").exists()


def proxy_script(folder: Path) -> str:
    """As if all its folders were this one."""
    script = (CONTAINER / "proxy.sh").read_text()
    places = {"/tmp/": f"{folder}/", "/etc/nmt/": f"{ROOT}/deploy/", "/run/secrets": str(folder)}
    for there, here in places.items():
        assert there in script
        script = script.replace(there, here)
    return script


def test_the_proxy_takes_what_its_script_makes(tmp_path: Path) -> None:
    """As nobody: what it writes lies in /tmp alone, and it listens where nobody may."""
    nginx, openssl = needs("nginx", "nginx"), needs("openssl", "openssl")
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    files = ["-keyout", tmp_path / "tls_key", "-out", tmp_path / "tls_certificate"]
    subprocess.run([openssl, *words, *files], check=True, capture_output=True)
    script = proxy_script(tmp_path).replace("exec nginx", f"exec {nginx} -t")
    done = subprocess.run(
        ["sh", "-c", script],
        env={**os.environ, "REGISTER_HOST": HOST},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = (tmp_path / "register.conf").read_text()
    listens = {way.removeprefix("[::]:") for way in re.findall(r"listen ([^;]+);", made)}
    assert listens == {"8080", "8443 ssl"}
    assert {port.rpartition(":")[2] for port in service("proxy")["ports"]} == {"8080", "8443"}
    assert [text for text in ("/var/", "127.0.0.1") if text in made] == []
    assert f"server_name {HOST};" in made
