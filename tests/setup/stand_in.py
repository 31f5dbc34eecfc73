#!/usr/bin/env python3
"""What `systemctl` and `systemd-run` do of the units of deploy/, where systemd cannot run: their very
ExecStart lines as their user, with their environment, their credentials and their folder. Nothing is shut in,
and nothing is started again.

It is put into a root of its own under both names (tests/setup/fresh_root.py), and needs nothing but Python.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

UNITS, STATE = Path("/etc/systemd/system"), Path("/run/stand-in")
Settings = dict[str, list[str]]


def read(unit: str) -> Settings:
    """Each setting of a unit with its values; %i of a template is what stands after the @."""
    template, at, rest = unit.partition("@")
    instance = rest.partition(".")[0]
    file = UNITS / (f"{template}@.{rest.rpartition('.')[2]}" if at else unit)
    pairs = (line.partition("=") for line in file.read_text().splitlines() if not line.startswith(("#", "[")))
    return gathered((name, value.replace("%i", instance)) for name, equals, value in pairs if equals)


def gathered(pairs: Iterable[tuple[str, str]]) -> Settings:
    found: Settings = {}
    for name, value in pairs:
        found.setdefault(name.strip(), []).append(value)
    return found


def environment(said: Settings, credentials: Path) -> dict[str, str]:
    found = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "CREDENTIALS_DIRECTORY": str(credentials),
    }
    for file in said.get("EnvironmentFile", []):
        lines = Path(file).read_text().splitlines()
        found |= dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    for line in said.get("Environment", []):
        found |= dict(word.split("=", 1) for word in shlex.split(line))
    return found


def begun(name: str, said: Settings, command: list[str], log: int | None) -> subprocess.Popen[bytes]:
    """The process of a unit, as its user, who alone may read the credentials and owns the folder."""
    user = pwd.getpwnam(said["User"][0])
    credentials = Path("/run/credentials") / name
    shutil.rmtree(credentials, ignore_errors=True)
    credentials.parent.mkdir(exist_ok=True)
    credentials.parent.chmod(0o755)
    credentials.mkdir(mode=0o700)
    for line in said.get("LoadCredential", []):
        key, _colon, file = line.partition(":")
        (credentials / key).write_bytes(Path(file).read_bytes())
        (credentials / key).chmod(0o400)
    folder = Path("/var/lib") / said.get("StateDirectory", ["nmt"])[0]
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in (credentials, *credentials.iterdir(), folder):
        os.chown(path, user.pw_uid, user.pw_gid)
    return subprocess.Popen(
        command,
        cwd=said["WorkingDirectory"][0],
        env=environment(said, credentials),
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        umask=int(said.get("UMask", ["0022"])[0], 8),
        stdout=log,
        stderr=log,
        start_new_session=log is not None,
    )


def words(line: str) -> list[str]:
    return shlex.split(line.replace("$$", "$").replace("%%", "%").removeprefix("-"))


def start(unit: str) -> int:
    said = read(unit)
    kind = said.get("Type", ["simple"])[0]
    STATE.mkdir(exist_ok=True)
    with (STATE / f"{unit}.log").open("ab") as log:
        made = begun(unit, said, words(said["ExecStart"][0]), log.fileno())
        if kind != "oneshot":
            (STATE / f"{unit}.pid").write_text(str(made.pid))
            time.sleep(1)
            return made.poll() or 0
        code = made.wait()
        for line in said.get("ExecStartPost", []) if code == 0 else []:
            code = code or begun(unit, said, words(line), log.fileno()).wait()
    return code


def stop(unit: str) -> None:
    mark = STATE / f"{unit}.pid"
    if not mark.exists():
        return
    process = int(mark.read_text())
    mark.unlink()
    try:
        os.kill(process, signal.SIGTERM)
        for _try in range(600):
            os.kill(process, 0)
            if Path(f"/proc/{process}/stat").read_text().split()[2] == "Z":
                return
            time.sleep(0.1)
    except (ProcessLookupError, FileNotFoundError):
        pass


def systemctl(verb: str, units: list[str]) -> int:
    if verb == "daemon-reload":
        return 0
    for unit in units:
        if unit == "postgresql":
            version = next(Path("/etc/postgresql").iterdir()).name
            subprocess.run(["pg_ctlcluster", version, "main", "restart"], check=True)
        elif unit == "nginx":
            mark = Path("/run/nginx.pid")  # empty after nginx -t
            running = mark.exists() and mark.read_text().strip()
            subprocess.run(["nginx", *(["-s", "reload"] if running else [])], check=True)
        elif unit.endswith(".timer"):
            read(read(unit)["Unit"][0])  # what it would run is there
        elif verb == "stop":
            stop(unit)
        elif verb == "start" or (verb == "enable" and not (STATE / f"{unit}.pid").exists()):
            if code := start(unit):
                return code
        elif verb in ("restart", "reload-or-restart"):
            stop(unit)
            if code := start(unit):
                return code
    return 0


def systemd_run(given: list[str]) -> int:
    parser = argparse.ArgumentParser()
    for name in ("quiet", "pipe", "wait", "collect"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--description")
    parser.add_argument("--uid")
    parser.add_argument("--gid")
    parser.add_argument("-p", action="append", default=[])
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args(given)
    said = gathered((name, value) for name, _equals, value in (one.partition("=") for one in asked.p))
    said["User"] = [asked.uid]
    return begun(f"run-{os.getpid()}", said, asked.command, None).wait()


if __name__ == "__main__":
    if Path(sys.argv[0]).name == "systemd-run":
        sys.exit(systemd_run(sys.argv[1:]))
    asked_for = [word for word in sys.argv[1:] if not word.startswith("--")]
    sys.exit(systemctl(asked_for[0], asked_for[1:]))
