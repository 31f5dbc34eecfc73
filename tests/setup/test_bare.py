"""The two commands of README.md on a bare Debian 13 that debootstrap made: as somebody who is not root, with
nothing installed but what README.md names, and no way out but to the packages that were fetched before.

`make run` whole. Of `make test` its preparation, its checks of the project and QUICK of its tests: all of
them take an hour there, and run on both Pythons by `make test PYTHON=…` (CONTRIBUTING.md, "What runs at
night"). With TEST_MACHINE=1, as tests/setup/test_installed.py.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.setup.fresh_root import (
    PATH,
    ROOT,
    FreshRoot,
    RootMissing,
    base,
    do,
    entered,
    fetch_wheels,
    unpack,
    why_none,
)

pytestmark = [
    pytest.mark.skipif(
        "TEST_MACHINE" not in os.environ,
        reason="the two commands are NOT tried on a bare Debian: without TEST_MACHINE=1",
    ),
]
DEBIANS: Final = "3.13"  # Debian 13 has it; another is one that this machine has
QUICK: Final = (
    "tests/setup/test_layers.py",
    "tests/cases/test_facts.py",
    "tests/summaries/test_catalogue.py",
)
# `make test` as it is, but for how many tests and checks there are.
FEWER: Final = f"""
import sys
from scripts import check
whole, all_checks = check.suite, check.checks
check.suite = lambda report, name, tests, folder, *more: whole(report, name, {QUICK!r}, folder, *more)
check.checks = lambda: [one for one in all_checks() if one[0] in ("ruff check", "layers", "system check")]
sys.exit(check.main(everything=False))
"""


@dataclass(frozen=True)
class Bare:
    root: FreshRoot
    python: str
    path: str

    def types(self, line: str, **more: str) -> str:
        """What somebody in the folder of the register is told, who is not root."""
        facts = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/srv/wheels", "PATH": self.path, "HOME": "/srv/anna"}
        environment = [f"{name}={value}" for name, value in {**facts, "LANG": "C.UTF-8", **more}.items()]
        words = ("runuser", "-u", "anna", "--", "env", "-i", *environment)
        done = self.root.run(*words, "sh", "-euc", f"cd ~/register; {line}")
        assert done.returncode == 0, f"{line}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout + done.stderr


@pytest.fixture(scope="module", params=["3.13", "3.11"])
def bare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bare]:
    version: str = request.param
    try:
        if why := why_none():
            raise RootMissing(why)
        folder = tmp_path_factory.mktemp("bare")
        installed(folder)
        path, mounts = brought(folder, version)
        own = (f"mount -t proc proc {folder}/proc", f"mount --bind /dev {folder}/dev", *mounts)
        with entered(folder, *own) as root:
            yield Bare(root, version, path)
        shutil.rmtree(folder, ignore_errors=True)
    except RootMissing as missing:
        pytest.skip(f"the two commands are NOT tried on Python {version}: {missing}")


def installed(folder: Path) -> None:
    """What README.md asks for, the release in somebody's folder, and the packages of Python beside it."""
    readme = (ROOT / "README.md").read_text()
    (line,) = re.findall(r"apt-get install ([a-z0-9 -]+)", readme)
    base(folder)
    do("chroot", str(folder), "apt-get", "update", "-qq")
    do("chroot", str(folder), "apt-get", "install", "-y", "-qq", "--no-install-recommends", *line.split())
    do("chroot", str(folder), "useradd", "--create-home", "--home-dir", "/srv/anna", "anna")
    unpack(folder / "srv/anna/register")
    do("chroot", str(folder), "chown", "-R", "anna:", "/srv/anna")


def brought(folder: Path, version: str) -> tuple[str, list[str]]:
    """The search path on which this Python is the first, and how it comes into the root."""
    if version == DEBIANS:
        path, mounts = PATH, []
    else:
        home = home_of(version)
        (folder / home.lstrip("/")).mkdir(parents=True)
        for above in Path(home).parents[:-1]:
            (folder / str(above).lstrip("/")).chmod(0o755)
        path, mounts = f"{home}/bin:{PATH}", [f"mount --bind {home} {folder}{home}"]
    files = ("requirements.txt", "requirements-dev.txt")
    fetch_wheels(folder / "srv/wheels", version=version, files=files)
    return path, mounts


def home_of(version: str) -> str:
    """The folder of a Python of this machine that is none of Debian's own."""
    found = shutil.which(f"python{version}")
    if not found:
        raise RootMissing(f"this machine has no python{version}")
    ask = [found, "-c", "import sys; print(sys.base_prefix)"]
    home = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
    if not home or home == "/usr":
        raise RootMissing(f"python{version} cannot be brought there from {home or found}")
    return home


def test_make_run_serves_a_demonstration_to_whoever_has_only_what_is_named(bare: Bare) -> None:
    bare.types("make run > ~/told 2>&1 &")
    ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/accounts/login/').status)"
    for _try in range(600):
        done = bare.root.run("runuser", "-u", "anna", "--", "python3", "-c", ask)
        if done.stdout.strip() == "200":
            break
        time.sleep(1)
    text = bare.types("cat ~/told")
    assert done.stdout.strip() == "200", text
    assert "Password: " in text
    assert len(re.findall(r"@demo\.example", text)) > 5
    assert bare.types(".venv/bin/python -c 'import sys; print(sys.version)'").startswith(bare.python)


def test_make_test_prepares_itself_and_says_loudly_what_it_leaves_out(bare: Bare) -> None:
    (bare.root.folder / "srv/anna/fewer.py").write_text(FEWER)
    bare.types("make development")
    text = bare.types(f"PYTHONPATH=. .venv/bin/python {shlex.quote('/srv/anna/fewer.py')}")
    for left_out in ("tests in the browser", "PDF files", "spreadsheets in LibreOffice"):
        assert f"!!! SKIPPED: {left_out}" in text, text
    assert "!!! SKIPPED: tests on PostgreSQL" not in text, text  # its server comes with the packages
    assert re.search(r"^\d+ passed, 0 failed, ", text, re.MULTILINE), text
