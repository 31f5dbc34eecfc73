"""Who runs the register: installs it by the guide's commands, starts and kills its processes, moves their
clock, makes back-ups and restores them, keeps the e-mails. Nobody else of the year touches a process or a
file of it."""

from __future__ import annotations

import base64
import email.policy
import hashlib
import http.client
import os
import re
import shutil
import signal
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.installed import APPLICATION, DATABASE, OWNER, WORKER, install
from tests.postgres import Cluster, new_cluster, programs
from tests.proxy import free_port, nginx_command

ROOT: Final = Path(__file__).resolve().parents[2]
HOST: Final = "register.example"
HOME: Final = ZoneInfo("Europe/Stockholm")
STORE: Final = ROOT / ".cache" / "tests"


def faketime() -> Path | None:
    """Debian's library that moves the clock of a process, where it is installed."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


class Clock:
    """One for all processes: each reads in the file how far it is from the machine's."""

    def __init__(self, file: Path, library: Path) -> None:
        self.file, self.library, self.offset = file, library, 0.0
        self._write()

    def set(self, to: datetime) -> None:
        self.offset = to.timestamp() - time.time()
        self._write()

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.offset, UTC)

    def _write(self) -> None:
        other = self.file.with_suffix(".new")
        other.write_text(f"{self.offset:+.3f}\n")
        other.chmod(0o644)
        other.replace(self.file)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "FAKETIME_DONT_RESET": "1",
        }


@dataclass(frozen=True)
class Email:
    to: str
    subject: str
    text: str

    @property
    def links(self) -> list[str]:
        return re.findall(r"https?://\S+", self.text)


class _Talk(socketserver.StreamRequestHandler):
    """Enough of SMTP to be handed an e-mail."""

    server: Mail

    def handle(self) -> None:
        self._say("220 post")
        to: list[str] = []
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO" or verb == b"HELO":
                self._say("250 post")
            elif verb == b"RCPT":
                to.append(re.findall(rb"<(.*?)>", line)[0].decode())
                self._say("250 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                self.server.take(to, self._content())
                to = []
                self._say("250 ok")
            elif verb == b"QUIT":
                return self._say("221 bye")
            else:
                self._say("250 ok")

    def _content(self) -> bytes:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Mail(socketserver.ThreadingTCPServer):
    """A mail server on loopback that keeps what it is sent: `letters` in the order in which they came."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.emails: list[Email] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def take(self, to: list[str], content: bytes) -> None:
        message = BytesParser(_class=EmailMessage, policy=email.policy.default).parsebytes(content)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        self.emails += [Email(one, str(message["Subject"]), text) for one in to]

    def to(self, address: str) -> list[Email]:
        return [email for email in self.emails if email.to == address]


class Operator:
    """`folder` is the machine's disk. `cluster` is PostgreSQL with the register's roles, started or not.
    `workers`: processes that serve."""

    def __init__(self, folder: Path, cluster: Cluster, mail_port: int, workers: int = 2) -> None:
        library = faketime()
        assert library, "faketime (Debian package faketime) is not installed"
        self.folder, self.others, self.workers = folder, ExitStack(), workers
        self.clock = Clock(cluster.folder / "clock", library)  # where PostgreSQL's user may read it
        self.cluster = self._under_the_clock(cluster)
        self.port, self.proxy = free_port(), free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DEMO", "LD_PRELOAD"}},
            **_keys(folder),
            "ALLOWED_HOSTS": HOST,
            "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
            "SITE_ADDRESS": f"https://{HOST}",
            "BEHIND_PROXY": "1",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail_port),
            "EMAIL_USE_TLS": "0",
            "STATE_DIR": str(folder / "state"),
            "STATIC_ROOT": str(_static()),
            "DJANGO_SETTINGS_MODULE": "nmt_site.settings",
        }
        (folder / "state").mkdir(exist_ok=True)
        (folder / "proxy").mkdir()
        self.proxied = nginx_command(folder / "proxy", self.proxy, free_port(), self.port)

    def _under_the_clock(self, cluster: Cluster) -> Cluster:
        return replace(cluster, owner={**cluster.owner, "env": {**os.environ, **self.clock.environment}})

    # --- the guide's commands ---
    def manage(self, role: str, *words: str) -> str:
        done = self.tries(role, *words)
        assert done.returncode == 0, f"{role}: {words}: {done.stdout[-1000:]}{done.stderr[-3000:]}"
        return done.stdout

    def tries(self, role: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *words]
        env = self._as(role)
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    def _as(self, role: str) -> dict[str, str]:
        url = self.cluster.url_of(role, DATABASE)
        return {**self.environment, **self.clock.environment, "DATABASE_URL": url}

    def does(self, *words: str) -> str:
        """A command of the worker's role, as the timers run it."""
        return self.manage(WORKER, *words)

    def installs(self) -> None:
        """By the lines of docs/administrator.md, in an empty cluster."""
        self.cluster.start()
        install(self.cluster, self.manage)
        self.does("load_reference")

    def takes_over_the_database(self) -> None:
        """One that runs already, with the register in it: begun again under the year's clock."""
        self.cluster.stop("fast")
        self.cluster.start()

    def archives(self, year: int) -> None:
        text = self.does("archive", f"{year}", "--to", str(self.folder / f"package-{year}"))
        assert text.startswith("ok uuid-"), text

    # --- processes ---
    def starts(self) -> None:
        self.starts_the_worker()
        self.starts_the_web()

    def starts_the_worker(self) -> None:
        self._run("worker", [sys.executable, "manage.py", "work"], WORKER)

    def starts_the_web(self) -> None:
        serve = [sys.executable, "-m", "gunicorn", "nmt_site.wsgi:application"]
        serve += ["--config", "deploy/gunicorn.conf.py", "--workers", f"{self.workers}"]
        serve += ["--bind", f"127.0.0.1:{self.port}"]
        self._run("web", serve, APPLICATION)
        if self.proxied and "proxy" not in self.processes:
            self._run("proxy", self.proxied, APPLICATION)
        self.waits_until_ready()

    def _run(self, name: str, command: list[str], role: str) -> None:
        with (self.folder / f"{name}.log").open("a") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self._as(role), stdout=log, stderr=log, start_new_session=True
            )

    def waits_until_ready(self) -> None:
        for _try in range(600):
            with suppress(OSError, http.client.HTTPException):
                if self.readiness() == 200:
                    return
            time.sleep(0.2)
        raise TimeoutError(f"The register does not serve: {self.logged()[-2000:]}")

    def logged(self) -> str:
        """By the processes that serve."""
        return (self.folder / "web.log").read_text()

    def readiness(self) -> int:
        with closing(self.reach()) as connection:
            connection.request("GET", "/readyz", headers={"Host": HOST, "X-Forwarded-Proto": "https"})
            return connection.getresponse().status

    def reach(self, address: str = "127.0.0.1") -> http.client.HTTPConnection:
        """From an address of this machine, through the proxy where it is installed."""
        where: dict[str, Any] = {"host": "127.0.0.1", "timeout": 180, "source_address": (address, 0)}
        if not self.proxied:
            return http.client.HTTPConnection(port=self.port, **where)
        unsigned = ssl._create_unverified_context()
        return http.client.HTTPSConnection(port=self.proxy, context=unsigned, **where)

    def kills(self, name: str) -> None:
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def loses_the_database(self) -> int:
        """Every process of PostgreSQL is killed, and begun again. Gives what was answered meanwhile."""
        self.cluster.says("postgres", "CHECKPOINT")  # tests commit without waiting for the disk; servers wait
        self.cluster.kill()
        answered = self.readiness()
        self.cluster.start()
        self.waits_until_ready()
        return answered

    def moves_to_another_server(self) -> None:
        """A back-up restored for good on another server, by the guide's lines. Life goes on there."""
        other = self.others.enter_context(own_cluster())
        file = self.folder / "register.dump"
        head = self.does("backup", "--to", str(file)).split()[1]
        self.stops()
        self.cluster.stop("fast")
        self.cluster = self._under_the_clock(other)
        self.cluster.start()
        self.cluster.says("postgres", f"CREATE ROLE {OWNER} LOGIN")
        self.cluster.says("postgres", f"CREATE DATABASE {DATABASE} OWNER {OWNER} ENCODING 'UTF8'")
        self.cluster.says(DATABASE, f"GRANT SET ON PARAMETER nmt.beyond TO {OWNER}")
        restore = [f"{programs() / 'pg_restore'}", "--no-owner", "--no-privileges", "--exit-on-error"]
        where = ["--username", OWNER, "--dbname", DATABASE, "--host", f"{other.folder}"]
        subprocess.run([*restore, *where, file], check=True, capture_output=True)
        self.manage(OWNER, "migrate", "--verbosity", "0")
        self.cluster.says(DATABASE, self.manage(OWNER, "make_database_roles", "--print"))
        self.manage(OWNER, "make_database_roles")
        self.does("check_register")
        self.does("verify_audit", "--head", head)
        self.starts()

    def stops(self) -> None:
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes.clear()

    def ends(self) -> None:
        """At once, for good. What is waited for is counted with the test's seconds."""
        for name, process in self.processes.items():
            os.kill(process.pid, signal.SIGQUIT if name == "web" else signal.SIGTERM)
        self.stops()
        self.others.close()


def _static() -> Path:
    """Collected once for the files of today, which takes half a minute, and kept."""
    total = hashlib.sha256()
    for file in sorted([*ROOT.glob("static/**/*"), ROOT / "requirements.txt"]):
        if file.is_file():
            total.update(f"{file.relative_to(ROOT)}".encode() + file.read_bytes())
    path = STORE / f"{total.hexdigest()[:32]}.static"
    if not path.exists():
        STORE.mkdir(parents=True, exist_ok=True)
        for former in STORE.glob("*.static"):
            shutil.rmtree(former, ignore_errors=True)
        made = path.with_suffix(f".{os.getpid()}")
        env = {
            **os.environ,
            **_keys(path),
            "STATIC_ROOT": str(made),
            "DATABASE_URL": "postgres://nobody@/none",
        }
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
        with suppress(OSError):  # another year, begun at the same moment, has made the same
            made.rename(path)
        shutil.rmtree(made, ignore_errors=True)
    return path


def _keys(folder: Path) -> dict[str, str]:
    names = ("SECRET_KEY", "NOTES_KEY", "AUDIT_KEY")
    digests = [hashlib.sha256(f"{name}{folder}".encode()).digest() for name in names]
    return {
        name: base64.urlsafe_b64encode(digest).decode() for name, digest in zip(names, digests, strict=True)
    }


@contextmanager
def own_cluster(within: Path | None = None) -> Iterator[Cluster]:
    with new_cluster(within) as cluster:
        try:
            yield cluster
        finally:
            with suppress(Exception):
                cluster.stop()
