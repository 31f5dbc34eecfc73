"""The image of deploy/container/Containerfile, built by buildah on a base that debootstrap made, and run as
compose.yaml has it: as nobody, without rights, with a root that is read only.

With TEST_MACHINE=1, at night, as tests/setup/test_installed.py.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.setup.fresh_root import (
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
    pytest.mark.once,
    pytest.mark.skipif(
        "TEST_MACHINE" not in os.environ, reason="the container image is NOT built: without TEST_MACHINE=1"
    ),
]
NOBODY: Final = 10001
SECRET: Final = "LEFT_IN_THE_FOLDER"
SHUT_IN: Final = (
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all",
    "--bounding-set=-all", "--no-new-privs",
)  # fmt: skip
MADE_ON: Final = "localhost/nmt-base"


@dataclass(frozen=True)
class Image:
    """`folder` is the root that it has made; `said` what it says of itself."""

    folder: Path
    said: dict[str, Any]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    try:
        if why := why_none("buildah"):
            raise RootMissing(why)
        return built(tmp_path_factory.mktemp("image"))
    except RootMissing as missing:
        pytest.skip(f"the container image is NOT built: {missing}")


def built(at: Path) -> Image:
    """In stores of its own, which go with the folder."""
    stores = ("--storage-driver", "vfs", "--root", str(at / "root"), "--runroot", str(at / "run"))

    def buildah(*words: str) -> str:
        return do("buildah", *stores, *words).strip()

    debian, release = at / "debian", at / "release"
    debian.mkdir()
    base(debian)
    fetch_wheels(debian / "srv/wheels")
    (debian / "etc/pip.conf").write_text("[global]\nno-index = true\nfind-links = /srv/wheels\n")
    empty = buildah("from", "scratch")
    buildah("copy", "--quiet", empty, str(debian), "/")
    buildah("commit", "--quiet", empty, MADE_ON)

    unpack(release)
    left_behind(release)
    command = ["build", "--isolation", "chroot", "--format", "docker", "--build-arg", f"BASE={MADE_ON}"]
    for name, limit in (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC)):
        most = resource.getrlimit(limit)[1]  # where it is not root of the whole machine it may not raise them
        command += ["--ulimit", f"{name}={most}:{most}"]
    containerfile = release / "deploy/container/Containerfile"
    buildah(*command, "--file", str(containerfile), "--tag", "nmt-register", str(release))
    folder = buildah("mount", buildah("from", "nmt-register"))
    return Image(Path(folder), json.loads(buildah("inspect", "--type", "image", "nmt-register")))


def left_behind(release: Path) -> None:
    """What lies about in the folder of whoever builds it."""
    for name in (".env", ".git/config", "var/keys", "nmt.sqlite3", "deploy/container/secrets/notes.key"):
        (release / name).parent.mkdir(parents=True, exist_ok=True)
        (release / name).write_text(SECRET)


def test_an_image_holds_the_register_and_nothing_that_lay_beside_it(image: Image) -> None:
    there = image.folder / "opt/nmt"
    assert (there / "manage.py").exists()
    assert list((there / "staticfiles").glob("**/*.css.gz"))
    assert list((there / "locale").glob("**/*.mo"))
    found = [file for file in there.rglob("*") if file.is_file() and ".venv" not in file.parts]
    assert [str(file) for file in found if SECRET.encode() in file.read_bytes()] == []
    assert not any((there / name).exists() for name in (".git", "tests", "var"))


def test_it_says_that_it_runs_as_nobody_with_no_key_and_how_it_is_asked_whether_it_lives(
    image: Image,
) -> None:
    said = image.said["Docker"]["config"]
    assert said["User"] == str(NOBODY)
    assert said["Cmd"][0] == "gunicorn"
    assert said["Healthcheck"]["Test"][0] == "CMD"
    assert not [name for name in said["Env"] if "_KEY=" in name]


@pytest.fixture
def running(image: Image, tmp_path: Path) -> Iterator[FreshRoot]:
    """The root read only, with a folder for its state and files of keys, as compose.yaml gives them."""
    state, secrets, root = tmp_path / "state", tmp_path / "secrets", image.folder
    for folder in (state, secrets):
        folder.mkdir()
        os.chown(folder, NOBODY, NOBODY)
    for name in ("secret_key", "notes_key", "audit_key"):
        (secrets / name).write_bytes(base64.urlsafe_b64encode(os.urandom(32)))
        os.chown(secrets / name, NOBODY, NOBODY)
        (secrets / name).chmod(0o400)
    (root / "run/secrets").mkdir(exist_ok=True)
    mounts = (
        f"mount --bind {root} {root}",
        f"mount -o remount,bind,ro {root}",
        f"mount -t proc proc {root}/proc",
        f"mount --bind /dev {root}/dev",
        f"mount -t tmpfs -o mode=1777 none {root}/tmp",
        f"mount --bind {secrets} {root}/run/secrets",
        f"mount --bind {state} {root}/var/lib/nmt",
    )
    with entered(root, *mounts) as machine:
        yield machine


def test_it_serves_and_works_as_nobody_on_a_root_that_is_read_only(image: Image, running: FreshRoot) -> None:
    said = image.said["Docker"]["config"]
    settings = dict(name.split("=", 1) for name in said["Env"])
    settings |= {
        f"{name}_FILE": f"/run/secrets/{name.lower()}" for name in ("SECRET_KEY", "NOTES_KEY", "AUDIT_KEY")
    }
    settings |= {"ALLOWED_HOSTS": "register.example", "BEHIND_PROXY": "1"}

    def run(*command: str) -> tuple[int, str]:
        done = running.run(*SHUT_IN, "sh", "-c", 'cd /opt/nmt && exec "$@"', "sh", *command, **settings)
        return done.returncode, done.stdout + done.stderr

    def begin(name: str, *command: str) -> None:
        assert run("sh", "-c", f'"$@" > /tmp/{name}.log 2>&1 &', "sh", *command) == (0, "")

    assert run("id", "-u") == (0, f"{NOBODY}\n")
    assert "Read-only file system" in run("touch", "/opt/nmt/more.py")[1]
    code, told = run("python", "manage.py", "migrate", "--verbosity", "0")
    assert code == 0, told
    begin("web", *said["Cmd"])
    begin("worker", "python", "manage.py", "work")
    alive = said["Healthcheck"]["Test"][1:]
    for _try in range(240):
        if run(*alive)[0] == 0:
            break
        time.sleep(0.5)
    else:
        pytest.fail(run("cat", "/tmp/web.log")[1][-3000:])
    ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/{}').read().decode())"
    assert run("python", "-c", ask.format("readyz"))[0] == 0
    for _try in range(60):
        numbers = run("python", "-c", ask.format("metrics"))[1]
        age = [line.split()[1] for line in numbers.splitlines() if line.startswith("nmt_worker_age_seconds ")]
        if age and float(age[0]) < 60:
            break
        time.sleep(1)
    else:
        pytest.fail(run("cat", "/tmp/worker.log")[1][-3000:])
    assert "ok" in run("python", "manage.py", "check_register")[1]


def test_what_is_built_is_what_the_guide_says() -> None:
    """Without `docker` as its format an image forgets how it is asked whether it lives."""
    line = "podman build --format docker -f deploy/container/Containerfile -t nmt-register ."
    assert line in (ROOT / "deploy/container/Containerfile").read_text()
    assert line in (ROOT / "docs/administrator.md").read_text()
