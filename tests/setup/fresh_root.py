"""A fresh Debian 13 that debootstrap makes in a folder, with processes, files and a network of its own. For
deploy/install.sh its systemd is started as the first process. What it installs is fetched before: there is no
way out."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
RELEASE, WHEELS = "srv/release", "srv/wheels"
BESIDE: Final = (
    "postgresql",
    "pgbackrest",
    "e2fsprogs",
)  # where PostgreSQL is there too; what the guide offers
# The first process is systemd, in a control group of its own (of version 2, whatever this machine has)
# and with devices of its own: the log and the terminals of this machine are not touched.
BOOT: Final = """
set -eu
groups=$(mktemp -d)
mount -t cgroup2 none "$groups"
mkdir "$groups/$2"
echo 0 > "$groups/$2/cgroup.procs"
umount "$groups"
rmdir "$groups"
exec unshare --cgroup sh -euc '
    ip link set lo up
    mount --make-rprivate /
    mount --bind "$1" "$1"
    cd "$1"
    mount -t proc proc proc
    mount -t sysfs sysfs sys
    mount -t cgroup2 none sys/fs/cgroup
    mount -t tmpfs -o mode=755 none run
    mount -t tmpfs -o mode=755 none dev
    mkdir dev/pts dev/shm
    mount -t devpts -o newinstance,ptmxmode=0666 none dev/pts
    mount -t tmpfs -o mode=1777 none dev/shm
    for device in null zero full random urandom tty; do
        touch "dev/$device"
        mount --bind "/dev/$device" "dev/$device"
    done
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    pivot_root . .
    umount -l .
    mount --make-rshared /
    exec env -i container=other /lib/systemd/systemd
' sh "$1"
"""
# The control group goes with it, once its last process has ended.
END: Final = """
mount -t cgroup2 none /mnt
for _time in $(seq 50); do
    find "/mnt/$1" -depth -type d -exec rmdir {} + 2>/dev/null && exit
    sleep 0.2
done
"""
# A folder that debootstrap has made before: it is copied, not changed.
MADE: Final = "TEST_DEBIAN_ROOT"
NEEDED: Final = ("debootstrap", "unshare", "nsenter", "chroot", "ip")
SOURCES: Final = Path("/etc/apt/sources.list.d/debian.sources")
SPACES: Final = ("--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup")
NETWORK: Final = 0x40000000  # CLONE_NEWNET of <sched.h>
PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class RootMissing(RuntimeError):
    """Says in one sentence why none can be made here."""


@dataclass(frozen=True)
class FreshRoot:
    folder: Path
    holder: int  # the first process in it

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """In it, with nothing of our own environment."""
        inside = ["nsenter", "-t", str(self.holder), *SPACES, "--root", "--wdns=/"]
        environment = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", **more}
        done = [*inside, "env", "-i", *(f"{name}={value}" for name, value in environment.items()), *command]
        return subprocess.run(done, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    @contextmanager
    def network(self) -> Iterator[None]:
        """This thread is on its network meanwhile. A socket that is opened there stays there."""
        with (
            Path("/proc/thread-self/ns/net").open() as own,
            Path(f"/proc/{self.holder}/ns/net").open() as its,
        ):
            _enter_network(its.fileno())
            try:
                yield
            finally:
                _enter_network(own.fileno())

    def sh(self, script: str) -> str:
        done = self.run("sh", "-euc", script)
        assert done.returncode == 0, f"{script}: {done.stdout[-2000:]}{done.stderr[-3000:]}"
        return done.stdout

    def install(self, host: str) -> subprocess.CompletedProcess[str]:
        """By its own script; pip takes what was fetched."""
        more = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": f"/{WHEELS}"}
        return self.run("sh", f"/{RELEASE}/deploy/install.sh", host, **more)


def _enter_network(namespace: int) -> None:
    """`os.setns` of Python 3.12."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(namespace, NETWORK):
        raise OSError(ctypes.get_errno(), "setns")


def why_none(*more: str) -> str:
    """Empty where one can be made, and these programs are there too."""
    if os.geteuid() != 0:
        return "only root can make a fresh root"
    lacking = [name for name in (*NEEDED, *more) if not shutil.which(name, path=PATH)]
    if lacking:
        return f"{', '.join(lacking)} is not installed"
    if not SOURCES.exists():
        return "this machine is no Debian 13 with debian.sources"
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--net", "--fork", "true"], check=False, capture_output=True
    )
    return "" if tried.returncode == 0 else "this machine makes no namespaces"


@contextmanager
def fresh_root(folder: Path) -> Iterator[FreshRoot]:
    """With the release unpacked and systemd running."""
    if why := why_none():
        raise RootMissing(why)
    base(folder)
    unpack(folder / RELEASE)
    fetch(folder)
    with booted(folder) as machine:
        yield machine
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def booted(folder: Path) -> Iterator[FreshRoot]:
    """A machine of its own, begun by its systemd."""
    own = ("--mount", "--pid", "--net", "--uts", "--ipc", "--fork", "--kill-child")
    group = f"nmt-test-{os.getpid()}"
    try:
        with _held(["unshare", *own, "sh", "-c", BOOT, "sh", str(folder), group], "systemd") as holder:
            machine = FreshRoot(folder, holder)
            machine.run("systemctl", "is-system-running", "--wait")
            yield machine
    finally:
        subprocess.run(["unshare", "--mount", "sh", "-c", END, "sh", group], check=False)


@contextmanager
def entered(folder: Path, *mounts: str) -> Iterator[FreshRoot]:
    """A process that only waits, in the folder as its root, with what was mounted for it alone."""
    hold = ("ip link set lo up", "mount --make-rprivate /", *mounts, f"exec chroot {folder} sleep infinity")
    words = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "sh", "-c", " && ".join(hold)]
    with _held(words, "sleep") as holder:
        yield FreshRoot(folder, holder)


@contextmanager
def _held(words: list[str], name: str) -> Iterator[int]:
    """The first process of what unshare starts, once it is called `name`; it ends with the block."""
    with subprocess.Popen(words, stdin=subprocess.DEVNULL) as holding:
        try:
            yield _first_in(holding.pid, name)
        finally:
            holding.kill()


def base(folder: Path) -> None:
    """Debian 13 and nothing else, which finds its packages by the ways of this machine."""
    if made := os.environ.get(MADE):
        do("cp", "-a", f"{made}/.", str(folder))
    else:
        address = next(
            line.split()[1] for line in SOURCES.read_text().splitlines() if line.startswith("URIs:")
        )
        do("debootstrap", "--variant=minbase", "--include=ca-certificates", "trixie", str(folder), address)
    folder.chmod(0o755)  # its root, which everybody in it must get through
    for file in (SOURCES, Path("/etc/resolv.conf"), Path("/etc/hosts")):
        shutil.copy(file, folder / str(file).lstrip("/"))
    for file in Path("/etc/apt/apt.conf.d").glob("99*"):
        shutil.copy(file, folder / "etc/apt/apt.conf.d" / file.name)


def unpack(release: Path) -> None:
    for name in tracked():
        (release / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, release / name)


def tracked() -> list[str]:
    """The files of a release."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def fetch(folder: Path) -> None:
    """What the script installs, by the ways of this machine: Debian's packages into apt's store, Python's
    beside the release."""
    script = (ROOT / "deploy/install.sh").read_text()
    _before, _words, rest = script.partition("--no-install-recommends ")
    packages = [*rest.partition("\n\n")[0].replace("\\\n", " ").split(), *BESIDE]
    options = ["-y", "-qq", "--no-install-recommends"]
    do("chroot", str(folder), "apt-get", "update", "-qq")
    do("chroot", str(folder), "apt-get", "install", *options, "systemd-sysv")
    do("chroot", str(folder), "apt-get", "install", *options, "--download-only", *packages)
    fetch_wheels(folder / WHEELS)


def fetch_wheels(into: Path, *, version: str = "3.13", files: Sequence[str] = ("requirements.txt",)) -> None:
    words = ["--quiet", "--only-binary=:all:", "--python-version", version, "--no-deps"]
    for name in files:
        words += ["--requirement", str(ROOT / name)]
    words += re.findall("^faker==.*", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE)
    do(sys.executable, "-m", "pip", "download", *words, "--dest", str(into))


def _first_in(parent: int, name: str) -> int:
    """The process that unshare has started, when it has become what it is to be."""
    for _try in range(100):
        with suppress(OSError, IndexError):
            child = int(Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[0])
            if Path(f"/proc/{child}/comm").read_text() == f"{name}\n":
                return child
        time.sleep(0.1)
    raise RootMissing("the fresh root does not start")


def do(*command: str) -> str:
    """What it prints."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PATH": PATH}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RootMissing(f"{' '.join(command)[:120]} failed: {done.stderr.strip()[-500:]}")
    return done.stdout
