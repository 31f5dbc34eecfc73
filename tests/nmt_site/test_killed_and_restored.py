"""A register at work is backed up, killed and started again, then lost with its disk and restored on another
server, by the guide: nothing that was acknowledged is missing, but what came after the back-up. Without a
key it is told what is.

Whoever works is outside, by the application's own pages, and keeps a note of what was acknowledged.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from bench._load_clients import Log, Worker
from bench.under_load import PLANTED, SAFE, Day, free_port
from tests.installed import OWNER, ROOT, WORKER
from tests.postgres import PostgresMissing, programs, running_cluster
from tests.setup.guide import GUIDE, block
from tests.setup.test_the_guides_blocks import AGAIN, Hand
from tests.weights import ONLY_ALL, examples

# A minute of work: in `make test-all`.
pytestmark = [pytest.mark.skipif(not examples(0, 1), reason=ONLY_ALL)]
ANOTHER: Final = "YW5vdGhlciBrZXkgdGhhbiB0aGUgb25lIG9mIG5vdyE="
TELL: Final = """
import django; django.setup()
from datetime import UTC, datetime
from audit.outside import tell
print(tell(datetime.now(UTC)))
"""
# What the register holds: its head, how many rows, and the mark of each call and case with the first event
# about it. The texts in which the marks stand are encrypted.
HELD: Final = r"""
import json, re, django; django.setup()
from django.db.models import Min
from audit.models import Event, Head
from cases.models import Call, Case, Person
first = dict(Event.objects.order_by().values_list("target_id").annotate(Min("sequence")))
marks = {
    kind: {re.findall(r"kvz\w+", row.note)[0]: first[str(row.code)] for row in rows if "kvz" in row.note}
    for kind, rows in (("call", Call.objects.all()), ("case", Case.objects.all()))
}
rows = {"persons": Person.objects.count(), "cases": Case.objects.count(), "calls": Call.objects.count()}
print(json.dumps({"head": Head.objects.get(id=1).sequence, "marks": marks, "rows": rows}))
"""


class Register(Day):
    """A day without what `bench.under_load` lets go wrong; its keys are in its folder, its heads are told."""

    def environment(self, role: str) -> dict[str, str]:
        alone = {"AUDIT_HEAD_FILE": str(self.folder / "heads"), "BEHIND_PROXY": ""}
        return super().environment(role) | alone

    def run(self, *words: str, role: str = WORKER, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment(role) | more,
            capture_output=True,
            text=True,
            check=False,
        )

    def says(self, *words: str, **more: str) -> str:
        done = self.run("manage.py", *words, **more)
        assert done.returncode == 0, f"{words}: {done.stderr[-3000:]}"
        return done.stdout

    def fails(self, *words: str, **more: str) -> str:
        """Why, in its last line; what the log says after it is left out."""
        done = self.run("manage.py", *words, **more)
        assert done.returncode, done.stdout
        lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("{")]
        return lines[-1].removeprefix("CommandError: ")

    def drill(self) -> dict[str, str]:
        """The environment of the role that the guide makes for it."""
        return {"DATABASE_URL": self.cluster.url_of("nmt_drill", "postgres")}

    def held(self) -> dict[str, Any]:
        held: dict[str, Any] = json.loads(self.python(WORKER, "-c", HELD))
        return held


@dataclass
class Lived:
    """`before` and `after`: what was acknowledged when the back-up began, and since it was there."""

    register: Register
    file: Path
    made: dict[str, Any]
    head: str = ""
    told: int = 0
    before: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)
    log: Log = field(default_factory=Log)
    faults: list[str] = field(default_factory=list)
    recovered: str = ""
    held: dict[str, Any] = field(default_factory=dict)

    def acknowledged(self) -> set[str]:
        return set().union(*self.log.kept.values())


def wait_for(done: Callable[[], object]) -> None:
    for _try in range(3000):
        if done():
            return
        time.sleep(0.1)
    raise TimeoutError


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Until the disk is lost: the server and all of its files are gone when it is given."""
    try:
        programs()
    except PostgresMissing as missing:
        pytest.skip(f"NOT tried: {missing}")
    folder = tmp_path_factory.mktemp("killed")
    with running_cluster(port=free_port()) as cluster:
        register = Register(cluster, folder, seconds=0)
        (folder / "heads").touch()
        day = Lived(register, folder / "nmt.dump", register.set_up(4))
        cluster.stop("fast")
        cluster.start(*SAFE)  # as it is used: what is acknowledged is on the disk
        register.ports = register.ports[:1]
        try:
            _work_and_kill(day)
        finally:
            for process in register.running.values():
                process.terminate()
                process.wait(timeout=60)
        day.held = register.held()
        assert register.says("check_register").startswith("ok")
        assert register.says("verify_audit").startswith("ok")  # with the head that was told
    return day


def _work_and_kill(day: Lived) -> None:
    register, over, log = day.register, threading.Event(), day.log
    register.begin("node0")
    facts = day.made["facts"]
    people = [Worker(one, register.ports, log, over, facts, PLANTED, 0.05) for one in day.made["people"]]
    for person in people:
        person.start()
    wait_for(lambda: len(log.kept) == 3 and len(day.acknowledged()) > 8)
    day.before = day.acknowledged()
    day.head = register.python(WORKER, "manage.py", "backup", "--to", str(day.file)).split()[1]
    meanwhile = day.acknowledged()
    wait_for(lambda: len(day.acknowledged()) > len(meanwhile) + 8)
    day.told = int(re.findall(r" (\d+):", register.python(WORKER, "-c", TELL))[0])
    register.cluster.kill()
    wait_for(lambda: any(answer.status == 503 for answer in list(log.answers)))
    register.cluster.start(*SAFE)
    again = day.acknowledged()
    wait_for(lambda: len(day.acknowledged()) > len(again) + 4)
    over.set()
    for person in people:
        person.join(timeout=60)
    day.after = day.acknowledged() - meanwhile
    day.recovered = register.cluster.log
    day.faults = [repr(worker.fault) for worker in people if worker.fault] + list(register.lost(log))


def test_a_server_that_is_killed_has_everything_that_was_acknowledged(lived: Lived) -> None:
    assert "was not properly shut down" in lived.recovered
    assert lived.faults == []
    assert lived.before
    assert lived.after


# --- the disk is gone -------------------------------------------------------------------------
@pytest.fixture(scope="module")
def restored(lived: Lived) -> Iterator[Register]:
    """On another server at another port, by the guide's own commands."""
    with running_cluster(port=free_port()) as cluster:
        other = Register(cluster, lived.register.folder, seconds=0)
        other.ports = other.ports[:1]
        hand = by_hand(other)
        for line in block(AGAIN).replace("FILE", str(lived.file)).replace("N:HASH", lived.head).splitlines():
            hand.types(line, **more(other))
        for line in block("createuser --createdb").splitlines():
            hand.types(line)
        yield other


def by_hand(register: Register) -> Hand:
    (register.folder / "release").symlink_to(ROOT)
    (register.folder / "bin").mkdir()
    (register.folder / "bin" / "manage.py").write_text(f'#!/bin/sh\nexec {sys.executable} manage.py "$@"\n')
    (register.folder / "bin" / "manage.py").chmod(0o755)
    hand = Hand(register.cluster, register.folder)
    hand.environment["PGPORT"] = str(register.cluster.port)
    return hand


def more(register: Register) -> dict[str, str]:
    """As `nmt`, with the keys; nobody has told where the heads are yet."""
    facts = register.environment(OWNER)
    names = ("DATABASE_URL", "DEMO", "STATE_DIR", "SECRET_KEY", "NOTES_KEY", "AUDIT_KEY")
    return {name: facts[name] for name in names if name in facts}


def test_the_back_up_is_restored_elsewhere_by_the_guides_commands(lived: Lived, restored: Register) -> None:
    """They check the register and the audit log, with the head of the back-up; its texts open with the
    key."""
    held = restored.held()
    assert int(lived.head.partition(":")[0]) <= held["head"] < lived.told
    for kind in ("call", "case"):
        assert lived.before & lived.log.kept[kind] <= set(held["marks"][kind])


def test_each_key_that_is_lost_is_told_as_the_guide_has_it(lived: Lived, restored: Register) -> None:
    rows = re.findall(r"^\| `(\w+_KEY)` \| .* \| `([^`]+)` \|$", GUIDE.read_text(), re.MULTILINE)
    assert [key for key, _says in rows] == ["NOTES_KEY", "AUDIT_KEY", "SECRET_KEY"]
    for key, says in rows:
        lost = restored.drill() | {key: ANOTHER, "AUDIT_HEAD_FILE": ""}
        if says == "ok":
            assert restored.says("restore_drill", str(lived.file), **lost).startswith("ok ")
            continue
        words = [re.sub(r"\d+", r"\\d+", re.escape(part.strip())) for part in says.split("…")]
        text = restored.fails("restore_drill", str(lived.file), **lost)
        assert re.match(".*".join(words), text), text


def test_without_any_key_nothing_starts(lived: Lived, restored: Register) -> None:
    none = {"DEMO": "0", "SECRET_KEY": "", "NOTES_KEY": "", "AUDIT_KEY": ""}
    text = restored.fails("restore_drill", str(lived.file), **restored.drill(), **none)
    assert re.search(r"(SECRET|NOTES|AUDIT)_KEY", text), text
