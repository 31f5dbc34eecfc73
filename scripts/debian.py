"""What the tests need beside Python, and how it is had on Debian."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import PostgresMissing, programs
from tests.year.operator import faketime

CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")
# The shell without a window draws pages alone, and none of the browser around them.
SHELLS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    found = (shutil.which(name) for name in SHELLS)
    return next((path for path in found if path), None)


def has_postgres() -> bool:
    try:
        return bool(programs())
    except PostgresMissing:
        return False


def has_pango() -> bool:
    return all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0"))


def office() -> str | None:
    found = (shutil.which(name) for name in ("soffice", "libreoffice"))
    return next((path for path in found if path), None)


def has_subsetting() -> bool:
    """Without it WeasyPrint warns that it makes fonts smaller by another way, and a warning fails a test."""
    return ctypes.util.find_library("harfbuzz-subset") is not None


def has_font() -> bool:
    return any(
        any(Path(folder).rglob("*.[to]tf")) for folder in ("/usr/share/fonts", "/usr/local/share/fonts")
    )


NEEDED = {
    "postgresql": has_postgres,
    "chromium-headless-shell": chromium,
    "libpango-1.0-0 libpangoft2-1.0-0": has_pango,
    "libharfbuzz-subset0": has_subsetting,
    "fonts-dejavu-core": has_font,
    "libreoffice-calc-nogui": office,
    "faketime": faketime,
}
# What more only `make test-all` has a use for: other people's programs beside which ours must work.
NEEDED_BY_ALL = {
    "pgbouncer": lambda: shutil.which("pgbouncer") or Path("/usr/sbin/pgbouncer").exists(),
    "r-base-core": lambda: shutil.which("Rscript"),
}


def missing(*, everything: bool = False) -> list[str]:
    """The Debian packages that would bring what is not there."""
    needed = {**NEEDED, **NEEDED_BY_ALL} if everything else NEEDED
    return [name for names, is_there in needed.items() if not is_there() for name in names.split()]


def install_missing(*, everything: bool = False) -> list[str]:
    """Installs what is missing where that is ours to do, as root on Debian; returns what is missing still.

    NO_INSTALL=1 in the environment installs nothing.
    """
    wanted = missing(everything=everything)
    if not wanted:
        return []
    ours_to_do = os.geteuid() == 0 and shutil.which("apt-get")
    if os.environ.get("NO_INSTALL") or not ours_to_do:
        print(f"Not installed: {' '.join(wanted)}. As root: apt-get install {' '.join(wanted)}", flush=True)
    else:
        print(
            f"Installing Debian packages (NO_INSTALL=1 leaves them out): {' '.join(wanted)} ...", flush=True
        )
        _apt("update", "-qq")
        if "postgresql" in wanted:
            _apt("install", "postgresql-common")
        with _no_cluster():
            _apt("install", *wanted)
    return missing(everything=everything)


def _apt(*words: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"]
    options += ["-o", "DPkg::Lock::Timeout=600"]  # another may hold it, as in a new machine's first minutes
    done = subprocess.run(["apt-get", *options, *words], env=environment, capture_output=True, text=True)
    if done.returncode:
        print(f"apt-get {' '.join(words)} failed: {done.stderr.strip()}", flush=True)


@contextmanager
def _no_cluster() -> Iterator[None]:
    """Debian's package makes and starts a database of its own unless this file says otherwise."""
    if not CLUSTER_SETTINGS.exists():
        yield
        return
    before = CLUSTER_SETTINGS.read_text()
    CLUSTER_SETTINGS.write_text(f"{before}\ncreate_main_cluster = false\n")
    try:
        yield
    finally:
        CLUSTER_SETTINGS.write_text(before)
