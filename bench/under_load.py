"""Two nodes behind the proxy of deploy/nginx.conf and two job workers on a PostgreSQL, people of one office
(one address) who work, and all that goes wrong on a bad day: both job workers are killed, a process of each
node is killed, the database is stopped and comes back, one node is drained. Then every acknowledged write is
looked for, and every log for what was planted.

    python -m bench.under_load [--seconds 60] [--clients 50] [--pause 2.0]

Ends with 1 where a write is lost or doubled, where something other than the database's absence was answered
with 5xx, where the proxy refuses anybody, or where a log tells anything. The figure to publish is that of
`--seconds 300` on a machine of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg

from bench._load_clients import Answer, Log, Worker, percentile
from tests.installed import APPLICATION, DATABASE, ROOT, WORKER, install
from tests.postgres import DISK, Cluster, PostgresMissing, programs, running_cluster

NGINX: Final = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CERTIFICATE: Final = (
    *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
    *("-subj", "/CN=register.example"),
)
TOO_MANY: Final = 429
# As it is used, not as tests have it: what is acknowledged is on the disk.
SAFE: Final = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "autovacuum=on")
# Forty facts of people: names, addresses, references and notes. Typed in searches, in texts that are refused,
# in sign-ins that fail and in what a browser says of itself; no log may hold one.
FIRST: Final = ("Ragnhild", "Gudmundur", "Oxana", "Precious", "Zoltan")
NAMES: Final = [f"{first} {last}" for first in FIRST for last in ("Fjällstjärna", "Qvickström")]
CALLED: Final = ("ragna", "gudde", "oxi", "preci", "zolle", "bettan", "mackan", "lollo", "nicke", "sivan")
MAIL: Final = [f"{word}.hemlig@privat.example" for word in CALLED]
REFERENCES: Final = [f"HVB-{number}-XQ" for number in range(731, 741)]
COLOURS: Final = (
    "grönmålad",
    "blåtonad",
    "gulrandig",
    "rödprickig",
    "svartlackad",
    "vitkalkad",
    "brunbetsad",
)
NOTES: Final = [f"{word} bakom kiosken" for word in (*COLOURS, "lilafärgad", "rosastrimmig", "silvergrå")]
PLANTED: Final = [*NAMES, *MAIL, *REFERENCES, *NOTES]
PREPARE: Final = """
import json, sys, django; django.setup()
from django.conf import settings
from accounts.access import Access
from accounts.roles import Role
from accounts.entry import accept_terms
from bench.under_load import REFERENCES
from tests.actors import user
from tests.cases.call_forms import call_facts
from tests.cases.pages import case_facts, person_facts, signed_in
from tests.makers import new_case
people = []
for number in range(int(sys.argv[1])):
    name = f"Person{number}"
    half = number % 2
    one = user(name, Role.COORDINATOR, region="V") if half else user(name, Role.OPERATOR)
    one.email = f"{name.lower()}@demo.example"
    one.save()
    accept_terms(by=Access.of(one))
    case = new_case(by=Access.of(one), region="V", registry_number=REFERENCES[number % 10]) if half else None
    cookie = signed_in(one).cookies[settings.SESSION_COOKIE_NAME]
    at = str(case.code) if case else ""
    people.append({"number": str(number), "case": at, "cookie": f"{cookie.key}={cookie.value}"})
edit = {"opened_on": "2018-05-02", "accompanying_children": "0", "registry_number": REFERENCES[0]}
facts = {"call": call_facts(), "case": person_facts() | case_facts(), "edit": edit}
print(json.dumps({"people": people, "facts": facts}))
"""
# How often each mark stands in the register, and the note of each case.
COUNT: Final = r"""
import json, re, django; django.setup()
from collections import Counter
from cases.models import Call, Case, Reminder
found = {
    "call": [call.note for call in Call.objects.all()],
    "case": [case.note for case in Case.objects.all()],
    "reminder": [one.text for one in Reminder.objects.all()],
}
marks = {kind: Counter(re.findall(r"kvz\w+", " ".join(texts))) for kind, texts in found.items()}
print(json.dumps({"marks": marks, "notes": {str(case.code): case.note for case in Case.objects.all()}}))
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.under_load")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two acts of a client")
    asked = parser.parse_args()
    try:
        programs()
    except PostgresMissing as missing:
        print(f"!!! SKIPPED: {missing} !!!")
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="nmt-load-") as folder,
        running_cluster(*SAFE, *log_settings(), within=DISK) as cluster,
    ):
        faults = list(Day(cluster, Path(folder), asked.seconds).lived(asked.clients, asked.pause))
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


def log_settings() -> Iterator[str]:
    """deploy/postgresql.conf, as the guide has it included."""
    for line in (ROOT / "deploy" / "postgresql.conf").read_text().splitlines():
        name, equals, value = line.partition("#")[0].partition("=")
        if equals and name.strip().startswith("log_") and " " not in value.strip():
            yield f"{name.strip()}={value.strip()}"


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(type=kind) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Day:
    """`away`: from when to when the database did not answer."""

    def __init__(self, cluster: Cluster, folder: Path, seconds: int) -> None:
        self.cluster, self.folder, self.seconds = cluster, folder, seconds
        self.ports = [free_port(), free_port()]
        self.proxy = free_port()
        self.syslog = free_port(socket.SOCK_DGRAM)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.away = (0.0, 0.0)

    # --- what runs ---------------------------------------------------------------------------
    def environment(self, role: str) -> dict[str, str]:
        return {
            **os.environ, "DATABASE_URL": self.cluster.url_of(role, DATABASE), "DEMO": "1",
            "STATE_DIR": str(self.folder), "LOG_JSON": "1", "ALLOWED_HOSTS": "127.0.0.1",
            "BEHIND_PROXY": "1" if NGINX else "", "DJANGO_SETTINGS_MODULE": "nmt_site.settings",
            "SECURITY_SYSLOG": f"127.0.0.1:{self.syslog}",
        }  # fmt: skip

    def python(self, role: str, *words: str) -> str:
        command = [sys.executable, *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment(role), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)[:200]}: {done.stdout[-1000:]}{done.stderr[-3000:]}")
        return done.stdout

    def begin(self, name: str) -> None:
        """A node or a job worker, as the units start them, writing to a file of its name."""
        node = name.startswith("node")
        words = ["manage.py", "work"]
        if node:
            bind = f"127.0.0.1:{self.ports[int(name[-1])]}"
            words = ["-m", "gunicorn", "nmt_site.wsgi:application", "--config", "deploy/gunicorn.conf.py"]
            words += ["--bind", bind, "--workers", "2"]
        environment = self.environment(APPLICATION if node else WORKER)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        if node:
            self.listens(name, self.ports[int(name[-1])])

    def listens(self, name: str, port: int) -> None:
        for _try in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.1)
        raise TimeoutError(f"{name} does not listen: {(self.folder / f'{name}.log').read_text()[-2000:]}")

    @contextmanager
    def proxied(self) -> Iterator[None]:
        """The proxy as it is installed, but for its names, its ports and its certificate."""
        if NGINX is None:
            print("!!! SKIPPED: the proxy: nginx is not installed !!!")
            yield
            return
        command = [
            *CERTIFICATE,
            "-keyout",
            self.folder / "register.key",
            "-out",
            self.folder / "register.crt",
        ]
        subprocess.run(command, check=True, capture_output=True)
        (self.folder / "nginx.conf").write_text(self.proxy_configuration())
        with (
            (self.folder / "nginx.log").open("ab") as log,
            subprocess.Popen([NGINX, "-c", self.folder / "nginx.conf"], stderr=log) as proxy,
        ):
            try:
                self.listens("nginx", self.proxy)
                yield
            finally:
                proxy.terminate()

    def proxy_configuration(self) -> str:
        site = (ROOT / "deploy" / "nginx.conf").read_text()
        site = re.sub(r"(?s)server \{\s+listen 80;.*?\n\}\n", "", site)  # only leads to https
        site = re.sub(r"\n *listen \[::\]:443 ssl;", "", site)
        site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{self.proxy} ssl;")
        for name in ("/etc/ssl", "/var/log/nginx"):
            site = site.replace(f"{name}/", f"{self.folder}/")
        nodes = " ".join(f"server 127.0.0.1:{port};" for port in self.ports)
        site = site.replace("server 127.0.0.1:8000;", nodes)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = " ".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)
        user = "user root;" if os.geteuid() == 0 else ""  # whose folder this is
        head = f"{user} daemon off; pid {self.folder}/nginx.pid;\nevents {{}}\n"
        return f"{head}http {{\n{temporary}\n{site}\n}}\n"

    @contextmanager
    def all_running(self) -> Iterator[None]:
        try:
            for name in ("node0", "node1", "worker0", "worker1"):
                self.begin(name)
            yield
        finally:
            for process in self.running.values():
                process.terminate()
            for process in self.running.values():
                process.wait(timeout=120)

    def set_up(self, clients: int) -> dict[str, Any]:
        """By the steps of docs/administrator.md; then people who are signed in, half of them with a case."""
        install(self.cluster, lambda role, *words: self.python(role, "manage.py", *words))
        self.python(WORKER, "manage.py", "load_reference")
        made: dict[str, Any] = json.loads(self.python(WORKER, "-c", PREPARE, str(clients)))
        return made

    # --- the day -----------------------------------------------------------------------------
    def lived(self, clients: int, pause: float) -> Iterator[str]:
        begun = time.monotonic()
        made = self.set_up(clients)
        print(
            f"set up in {time.monotonic() - begun:.0f} s; {clients} clients for {self.seconds} s", flush=True
        )
        log, over = Log(), threading.Event()
        with ExitStack() as stack:
            stack.enter_context(self.told_by_syslog())
            stack.enter_context(self.all_running())
            stack.enter_context(self.proxied())
            begun = time.monotonic()
            people = [self.worker(one, log, over, made["facts"], pause) for one in made["people"]]
            for person in people:
                person.start()
            self.goes_wrong(begun)
            time.sleep(max(0, begun + self.seconds - time.monotonic()))
            over.set()
            for person in people:
                person.join(timeout=90)
            yield from (f"a client ended: {worker.fault!r}" for worker in people if worker.fault)
            lived = time.monotonic() - begun
            yield from self.worker_is_heard()
        yield from self.answered(log, lived)
        yield from self.lost(log)
        for command in ("check_register", "verify_audit"):
            print(command, self.python(WORKER, "manage.py", command).strip()[:100])
        yield from self.told()

    def worker(
        self, who: dict[str, str], log: Log, over: threading.Event, facts: dict[str, Any], pause: float
    ) -> Worker:
        ports = self.ports if NGINX is None else [self.proxy]
        return Worker(who, ports, log, over, facts, PLANTED, pause, proxied=NGINX is not None)

    def goes_wrong(self, begun: float) -> None:
        def at(share: float) -> None:
            time.sleep(max(0, begun + share * self.seconds - time.monotonic()))

        at(0.10)
        self.sign_in_as_strangers()
        for share, name in ((0.15, "worker0"), (0.20, "worker1")):
            at(share)
            self.running[name].send_signal(signal.SIGKILL)
            self.running[name].wait()
            self.begin(name)  # as Restart=always does
        for share, name in ((0.28, "node0"), (0.34, "node1")):
            at(share)
            os.kill(self.children(name)[0], signal.SIGKILL)  # its master makes another
        at(0.45)
        stopped = time.monotonic()
        self.cluster.stop("fast")
        time.sleep(max(3.0, 0.06 * self.seconds))
        self.cluster.start(*SAFE, *log_settings())
        self.away = (stopped, time.monotonic())
        at(0.70)
        self.running["node0"].terminate()  # drained: it answers what it has begun
        self.running["node0"].wait(timeout=60)
        at(0.80)
        self.begin("node0")

    def children(self, name: str) -> list[int]:
        process = self.running[name].pid
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]

    def sign_in_as_strangers(self) -> None:
        """Who fails is told to syslog, and by no name."""
        for planted in MAIL:
            nobody = {"number": "0", "case": "", "cookie": ""}
            stranger = self.worker(nobody, Log(), threading.Event(), {}, 0)
            page = stranger.ask("GET", "/accounts/login/", "look").page
            stranger.token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
            stranger.write("/accounts/login/", {"login": planted, "password": NOTES[0]}, "sign-in")

    @contextmanager
    def told_by_syslog(self) -> Iterator[None]:
        with socket.socket(type=socket.SOCK_DGRAM) as syslog, (self.folder / "syslog.log").open("ab") as log:
            syslog.bind(("127.0.0.1", self.syslog))

            def listen() -> None:
                with suppress(OSError):
                    while line := syslog.recv(65536):
                        log.write(line + b"\n")
                        log.flush()

            threading.Thread(target=listen, daemon=True).start()
            yield

    # --- what came of it ---------------------------------------------------------------------
    def worker_is_heard(self) -> Iterator[str]:
        with psycopg.connect(self.cluster.url_of(WORKER, DATABASE)) as server:
            asking = "SELECT now() - at < interval '30 seconds' FROM jobs_heartbeat WHERE name = 'worker'"
            if server.execute(asking).fetchone() != (True,):
                yield "no job worker is heard at the end of the day"

    def answered(self, log: Log, lived: float) -> Iterator[str]:
        def while_away(one: Answer) -> bool:
            return one.begun <= self.away[1] and one.ended >= self.away[0]

        answers = list(log.answers)
        statuses = Counter(answer.status for answer in answers)
        good = [answer for answer in answers if 0 < answer.status < 500]
        print(f"{len(answers)} requests, {len(good) / lived:.1f}/s; answers {dict(sorted(statuses.items()))}")
        print(f"the database was away for {self.away[1] - self.away[0]:.1f} s")
        for kind in sorted({answer.kind for answer in good}):
            some = [answer for answer in good if answer.kind == kind]
            print(f"  {kind}: {len(some)}, p50 {percentile(some, 0.5)} ms, p95 {percentile(some, 0.95)} ms")
        wrong = [answer for answer in answers if answer.status >= 500 and not while_away(answer)]
        if wrong:
            yield f"{len(wrong)} answers of 5xx while the database was there: {wrong[:5]}"
        if refused := statuses[TOO_MANY]:
            yield f"{refused} requests of one office were refused by the proxy"
        if away := [answer for answer in answers if answer.sent_away]:
            yield f"{len(away)} were sent away to sign in or to accept something: {away[:5]}"
        if not all(log.kept.get(kind) for kind in ("call", "case", "reminder")) or not log.edited:
            yield f"not every kind of write was acknowledged: {[(k, len(v)) for k, v in log.kept.items()]}"

    def lost(self, log: Log) -> Iterator[str]:
        found = json.loads(self.python(WORKER, "-c", COUNT))
        for kind, marks in log.kept.items():
            there = [found["marks"][kind].get(mark, 0) for mark in marks]
            print(f"  {kind}: {there.count(1)} of {len(marks)} acknowledged are there, once")
            if there.count(1) != len(marks):
                yield f"{kind}: {there.count(0)} lost, {len([n for n in there if n > 1])} doubled"
        last = [code for code, (_sent, note) in log.edited.items() if note]
        lost = [code for code in last if not self.follows(log.edited[code], found["notes"].get(code, ""))]
        print(
            f"  edit: {len(last) - len(lost)} of {len(last)} cases hold what was acknowledged last, or later"
        )
        if lost:
            yield f"edit: {len(lost)} lost"

    @staticmethod
    def follows(edited: tuple[set[str], str], note: str) -> bool:
        sent, last = edited
        return note in sent and note.rpartition(" ")[2] >= last.rpartition(" ")[2]

    def told(self) -> Iterator[str]:
        logs = [*self.folder.glob("*.log"), *self.folder.glob("register-*"), self.cluster.folder / "log"]
        size = 0
        for file in logs:
            text = file.read_text(errors="replace")
            size += len(text)
            for fact in PLANTED:
                word = fact.split(" ")[-1 if fact in NAMES else 0]  # which is rare
                if any(one in text for one in (word, quote(word), json.dumps(word)[1:-1])):
                    yield f"{file.name} tells {fact!r}"
        print(f"{len(PLANTED)} planted facts looked for in {len(logs)} logs of {size / 1e6:.1f} MB together")


if __name__ == "__main__":
    sys.exit(main())
