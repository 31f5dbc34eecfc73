"""The blocks of docs/administrator.md, carried out as they stand: what somebody copies is what was tried.

Those that need root, and a machine of their own, are carried out in tests/setup/test_installed.py.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from tests.postgres import Cluster, PostgresMissing, programs, running_cluster
from tests.setup.fresh_root import tracked
from tests.setup.guide import block, blocks
from tests.weights import ONLY_ALL, examples

NEW: Final = "createuser nmt && createdb --owner nmt --encoding UTF8 nmt\n"
AGAIN: Final = "createuser nmt && createdb --owner nmt --encoding UTF8 nmt  "
IN_A_ROOT, HERE = "tests/setup/test_installed.py", "tests/setup/test_the_guides_blocks.py"
# How each begins, and the test file that carries it out.
TRIED: Final = {
    "sh deploy/install.sh": IN_A_ROOT,
    "sh /opt/nmt/deploy/training.sh": IN_A_ROOT,
    "podman build": "tests/setup/test_image.py",
    "python3 -m venv": HERE,
    "[Service]": HERE,
    NEW: HERE,
    "manage.py backup": HERE,
    "createuser --createdb": HERE,
    AGAIN: HERE,
    "[global]": IN_A_ROOT,
    "pgbackrest": IN_A_ROOT,
    "archive_mode": IN_A_ROOT,
    "install -o auditor": IN_A_ROOT,
    "install -d -m 0755": IN_A_ROOT,
    "manage.py dispose_audit": "tests/audit/test_years_of_the_audit_log.py",
}


def test_every_block_of_the_guide_is_carried_out_by_a_test() -> None:
    """A block more needs a test more."""
    assert [one for one in blocks() if not one.startswith(tuple(TRIED))] == []
    for begins, file in TRIED.items():
        assert block(begins)
        assert Path(file).exists(), file


def test_the_credentials_are_those_of_every_service() -> None:
    """Written so that systemd reads them: it takes what stands after a value for a part of it."""
    heading, *lines = block("[Service]").splitlines()
    assert heading == "[Service]"
    for service in Path("deploy/systemd").glob("*.service"):
        parts = service.read_text().splitlines()
        assert [line for line in parts if line.startswith("LoadCredential")] == lines, service.name


# --- by hand ----------------------------------------------------------------------------------
class Hand:
    """Somebody in a shell, in an unpacked release, beside PostgreSQL. Nothing is in the environment."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.folder, self.cluster = folder, cluster
        self.environment = {
            "PATH": f"{folder}/bin:{programs()}:/usr/bin:/bin",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PGHOST": str(cluster.folder),  # who is PostgreSQL's superuser is so by the socket
            "PGUSER": "postgres",
        }

    def url(self, role: str, database: str = "nmt") -> str:
        return f"postgres://{role}@/{database}?host={quote(str(self.cluster.folder), safe='')}"

    def types(self, line: str, typed: str = "", **more: str) -> str:
        done = subprocess.run(
            ["sh", "-euc", line],
            cwd=self.folder / "release",
            env=self.environment | more,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,  # no terminal: a password is read from what is typed
        )
        assert done.returncode == 0, f"{line}\n{done.stdout[-1500:]}{done.stderr[-3000:]}"
        return done.stdout


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    try:
        programs()
    except PostgresMissing as missing:
        pytest.skip(f"NOT carried out: the blocks by hand: {missing}")
    folder = tmp_path_factory.mktemp("by-hand")
    for name in tracked():
        (folder / "release" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, folder / "release" / name)
    (folder / "release" / ".venv").symlink_to(Path(sys.executable).parent.parent)
    (folder / "bin").mkdir()
    (folder / "bin" / "manage.py").write_text('#!/bin/sh\nexec .venv/bin/python manage.py "$@"\n')
    (folder / "bin" / "manage.py").chmod(0o755)
    with running_cluster() as cluster:
        yield Hand(cluster, folder)


@pytest.mark.skipif(not examples(0, 1), reason=ONLY_ALL)
def test_by_hand_the_register_is_set_up_backed_up_and_drilled(hand: Hand) -> None:
    environment, copied, *then = block("python3 -m venv").splitlines()
    assert shlex.split(environment)[:4] == ["python3", "-m", "venv", ".venv"]  # install.sh does it
    hand.types(copied)
    with (hand.folder / "release" / ".env").open("a") as settings:  # "then set what is below"
        settings.write(f"DATABASE_URL={hand.url('nmt')}\nSITE_ADDRESS=https://register.example\n")
        settings.write("ALLOWED_HOSTS=register.example\nEMAIL_HOST=mail.example\nSTATE_DIR=state\n")
        settings.write("DEFAULT_FROM_EMAIL=register@register.example\n")
    for name in ("SECRET_KEY", "NOTES_KEY", "AUDIT_KEY"):
        hand.types(f'echo "{name}=$(manage.py make_key)" >> .env')

    texts = [hand.types(line, "a b c d\n" * 4) for line in block(NEW).splitlines()]
    assert texts[3] == "ok nmt_application nmt_worker\n"
    for line in then:
        texts.append(hand.types(line))
    assert "/accounts/password/reset/key/" in texts[-1]
    assert hand.types("manage.py check_register").startswith("ok")

    folder = hand.folder / "backups"
    folder.mkdir()
    for line in block("createuser --createdb").splitlines():
        hand.types(line)
    backup, drill = block("manage.py backup").replace("/var/backups/nmt", str(folder)).splitlines()
    made = hand.types(backup)
    assert made.startswith("ok")
    (file,) = folder.iterdir()
    drill = drill.replace("nmt-2026-11-24.dump", file.name)
    assert hand.types(drill, DATABASE_URL=hand.url("nmt_drill", "postgres")).startswith("ok")
    assert file.name == f"nmt-{hand.types('date +%F').strip()}.dump"  # of the machine, as in the guide

    with running_cluster() as another:  # where nothing is, with the keys that are set
        hand.environment["PGHOST"] = str(another.folder)
        head = made.split()[1]
        for line in block(AGAIN).replace("FILE", str(file)).replace("N:HASH", head).splitlines():
            hand.types(line, DATABASE_URL=hand.url("nmt").replace(quote(str(hand.cluster.folder), safe=""),
                       quote(str(another.folder), safe="")))  # fmt: skip
