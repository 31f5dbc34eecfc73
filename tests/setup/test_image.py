"""The image of deploy/container/Containerfile, built by buildah on a base that debootstrap made, and run as
compose.yaml has it: each of its services by its own command, as nobody, without rights, with a root that is
read only, beside a PostgreSQL that asks for passwords.

With TEST_MACHINE=1, at night, as tests/setup/test_installed.py.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.postgres import Cluster, PostgresMissing, running_cluster
from tests.setup.composed import CONTAINER, HOST, secret_files, service
from tests.setup.fresh_root import (
    FreshRoot,
    RootMissing,
    base,
    do,
    entered,
    fetch_wheels,
    unpack,
    why_none,
)
from tests.setup.guide import block

pytestmark = [
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


def holding_the_secret(folder: Path) -> list[str]:
    files = [file for file in folder.rglob("*") if file.is_file() and ".venv" not in file.parts]
    return [str(file) for file in files if SECRET.encode() in file.read_bytes()]


def test_an_image_holds_the_register_and_nothing_that_lay_beside_it(image: Image) -> None:
    there = image.folder / "opt/nmt"
    for made in ("manage.py", "staticfiles/**/*.css.gz", "locale/**/*.mo"):
        assert list(there.glob(made)), made
    assert holding_the_secret(there) == []
    assert {".git", "tests", "var"}.isdisjoint(path.name for path in there.iterdir())


def test_it_says_that_it_runs_as_nobody_with_no_key_and_how_it_is_asked_whether_it_lives(
    image: Image,
) -> None:
    said = image.said["Docker"]["config"]
    assert said["User"] == service("web")["user"] == f"{NOBODY}:{NOBODY}"
    assert said["Cmd"][0] == "gunicorn"
    assert said["Healthcheck"]["Test"][0] == "CMD"
    assert not [name for name in said["Env"] if "_KEY=" in name]


@dataclass(frozen=True)
class Composed:
    """What compose.yaml starts of the image, in its root."""

    root: FreshRoot
    image: dict[str, Any]

    def run(self, name: str, *command: str) -> tuple[int, str]:
        """With what a service is told, and its own command unless another is given."""
        settings = dict(one.split("=", 1) for one in self.image["Env"]) | service(name)["environment"]
        words = command or service(name).get("command") or self.image["Cmd"]
        shut_in = (*SHUT_IN, "sh", "-c", 'cd /opt/nmt && exec "$@"', "sh", *words)
        done = self.root.run(*shut_in, **settings)
        return done.returncode, done.stdout + done.stderr

    def begin(self, name: str) -> None:
        words = service(name).get("command") or self.image["Cmd"]
        assert self.run(name, "sh", "-c", f'"$@" > /tmp/{name}.log 2>&1 &', "sh", *words) == (0, "")

    def log(self, name: str) -> str:
        return self.run(name, "tail", "-c", "3000", f"/tmp/{name}.log")[1]


@pytest.fixture
def running(image: Image, tmp_path: Path) -> Iterator[Composed]:
    """The root read only, with folders for what is kept, the secrets of secrets.sh, the database's socket."""
    tmp_path.chmod(0o755)
    root, folders = image.folder, {"/var/lib/nmt": "state", "/var/backups/nmt": "backups"}
    for inside, name in folders.items():
        (tmp_path / name).mkdir(mode=0o700)
        there = (root / inside.lstrip("/")).stat()
        os.chown(tmp_path / name, there.st_uid, there.st_gid)  # as a new volume is made
    (tmp_path / "secrets.sh").write_bytes((CONTAINER / "secrets.sh").read_bytes())
    do("sh", str(tmp_path / "secrets.sh"))
    mounts = [f"mount --bind {root} {root}"]
    (root / "run/secrets").mkdir(exist_ok=True)
    (root / "run/postgresql").mkdir(exist_ok=True)
    mine = [(name, tmp_path / file) for name, file in secret_files().items() if (tmp_path / file).exists()]
    for name, _file in mine:
        (root / "run/secrets" / name).touch()
    mounts += [f"mount -o remount,bind,ro {root}", f"mount -t proc proc {root}/proc"]
    mounts += [f"mount --bind /dev {root}/dev", f"mount -t tmpfs -o mode=1777 none {root}/tmp"]
    mounts += [f"mount --bind {file} {root}/run/secrets/{name}" for name, file in mine]
    mounts += [f"mount --bind {tmp_path / name} {root}{inside}" for inside, name in folders.items()]
    try:
        with running_cluster() as cluster:
            ask_for_passwords(cluster, (tmp_path / "secrets/postgres.password").read_text().strip())
            with entered(root, *mounts, f"mount --bind {cluster.folder} {root}/run/postgresql") as machine:
                yield Composed(machine, image.said["Docker"]["config"])
    except PostgresMissing as missing:
        pytest.skip(f"the container image is NOT run: {missing}")


def ask_for_passwords(cluster: Cluster, password: str) -> None:
    """As the service `database` is made: its superuser has a password, and nobody comes in without."""
    cluster.folder.chmod(0o711)
    words = ["psql", "-Xq", "-h", str(cluster.folder), "-U", "postgres", "-d", "postgres"]
    text = f"ALTER ROLE postgres PASSWORD '{password}';\n"
    subprocess.run(words, input=text, text=True, check=True)
    (cluster.folder / "data/pg_hba.conf").write_text("local all all scram-sha-256\n")
    reload = "SELECT pg_reload_conf()"
    subprocess.run(
        [*words, "-c", reload], check=True, capture_output=True, env={**os.environ, "PGPASSWORD": password}
    )
    time.sleep(1)


def test_the_guides_commands_start_each_service_as_nobody_on_a_root_that_is_read_only(
    running: Composed,
) -> None:
    assert running.run("web", "id", "-u") == (0, f"{NOBODY}\n")
    assert "Read-only file system" in running.run("web", "touch", "/opt/nmt/more.py")[1]
    facts = dict(carried_out(line, running) for line in block("podman build").splitlines())
    assert "\nok" in told_by(" setup", facts)
    assert f"https://{HOST}/accounts/password/reset/key/" in told_by(" invite ", facts)
    again, text = running.run("setup")  # as with a new release
    assert again == 0, text
    assert running.run("worker", "sh", "-c", "stat -c %a /var/backups/nmt/*.dump") == (0, "600\n")


def told_by(words: str, said: dict[str, str]) -> str:
    (text,) = [told for line, told in said.items() if words in f"{line} "]
    return text


def carried_out(line: str, running: Composed) -> tuple[str, str]:
    """A line of the guide with what its command prints; what is the engine's is done in its place."""
    words = shlex.split(line, comments=True)
    done = (0, "")
    if words[:2] == ["podman-compose", "exec"]:
        done = running.run(words[2], *words[3:])
    elif words[:3] == ["podman-compose", "run", "--rm"]:
        done = running.run(words[3], *words[4:])
    elif words == ["podman-compose", "up", "-d"]:
        started(running)
    assert done[0] == 0, f"{line}: {done[1]}"
    return " ".join(words), done[1]


def started(running: Composed) -> None:
    running.begin("web")
    running.begin("worker")
    wait_for(lambda: running.run("web", *running.image["Healthcheck"]["Test"][1:])[0] == 0, running, "web")
    wait_for(lambda: asked(running, "readyz") != "", running, "web")
    wait_for(lambda: age_of_worker(asked(running, "metrics")) < 60, running, "worker")


def wait_for(there: Callable[[], bool], running: Composed, name: str) -> None:
    for _try in range(240):
        if there():
            return
        time.sleep(0.5)
    pytest.fail(running.log(name))


def asked(running: Composed, page: str) -> str:
    ask = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/{page}').read().decode())"
    code, text = running.run("web", "python", "-c", ask)
    return text if code == 0 else ""


def age_of_worker(numbers: str) -> float:
    found = re.findall(r"^nmt_worker_age_seconds (\S+)", numbers, re.MULTILINE)
    return float(found[0]) if found else float("inf")


def test_nobody_is_the_databases_superuser_by_its_socket(running: Composed) -> None:
    for role in ("postgres", "nmt"):
        code, text = running.run(
            "web", "psql", "-w", "-h", "/run/postgresql", "-U", role, "-d", "postgres", "-c", "SELECT 1"
        )
        assert code, text
        assert "password" in text
