"""A file is read by a process of its own, that takes no more than it is given and knows nothing; whatever the
file does to it, whoever sent it gets a sentence."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from exchange import limits, sandbox, sandboxed_rows
from exchange.limits import REFUSALS, Refused
from exchange.reader import read
from tests.hostile_files import HOSTILE
from tests.hostile_workbooks import HEADER, sound
from tests.weights import mostly_long

pytestmark = pytest.mark.usefixtures("read_by_a_process")

TABLE = b"code;name_sv\nx;X\ny;\xc3\x85\n"


def known(cells: Sequence[str]) -> set[str]:
    return set(cells) & set(HEADER)


def refusal(data: bytes = TABLE) -> str:
    with pytest.raises(Refused) as refused:
        sandbox.read(data, known)
    [(code, _params)] = refused.value.said
    assert refused.value.in_words(str)
    return code


@pytest.mark.parametrize("data", [TABLE, sound(), TABLE.decode().encode("cp1252")])
def test_it_gives_what_the_reader_gives(data: bytes) -> None:
    got, expected = sandbox.read(data, known), read(data, known)
    for sheet in (got.sheet(), sandbox.ReadFile.unpacked(got.packed()).sheet()):
        assert (sheet.header, sheet.encoding, sheet.delimiter) == (
            expected.header,
            expected.encoding,
            expected.delimiter,
        )
    assert [(line, list(cells)) for line, cells in got.sheet().rows] == [
        (line, list(cells)) for line, cells in expected.rows
    ]


def test_many_rows_come_in_many_pieces() -> None:
    lines = 3 * limits.SANDBOX_ROWS + 1
    got = sandbox.read(b"code;name_sv\n" + b"x;y\n" * lines, known)
    assert (len(got.pieces), len(list(got.sheet().rows))) == (4, lines)


def test_the_sender_of_the_file_says_which_columns_are_known() -> None:
    got = sandbox.read(b"kod,namn;code;name_sv\n1;2;3\n", known)
    assert got.sheet().header == ("kod,namn", "code", "name_sv")
    got = sandbox.read(b"kod,namn;code;name_sv\n1;2;3\n", lambda cells: set(cells) & {"kod"})
    assert got.sheet().header == ("kod", "namn;code;name_sv")


# --- sixty hostile files -------------------------------------------------------------------------
# One for each answer; the others in `make test-all`.
ONE_AN_ANSWER = {
    "deep nesting": "",  # it is read
    "a sheet of the network": "empty",
    "deep JSON": "json_broken",
    "blanks many times": "long_cell",
    "text that is UTF-16 by halves": "mixed",
    "zeros": "not_text",
    "an old workbook": "old_excel",
    "a million columns of text": "too_many_columns",
    "JSON of a million lists": "too_many_rows",
    "a part that says it is small": "xlsx_bomb",
    "no directory": "xlsx_broken",
    "the wrong encoding": "xlsx_encoding",
    "laughs": "xlsx_entities",
    "a row many times": "xlsx_overfull",
}


@pytest.mark.parametrize("name", mostly_long(HOSTILE, usual=ONE_AN_ANSWER))
def test_a_hostile_file_ends_in_a_sentence_in_seconds_and_little_memory(name: str) -> None:
    data = HOSTILE[name]()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        sandbox.read(data, known)
        code, text = "", ""
    except Refused as refused:
        [(code, _params)], text = refused.said, refused.in_words(str)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5
    assert limits.SANDBOX_MEMORY + limits.SANDBOX_MEMORY_A_MB * len(data) / 2**20 < 300
    assert "{" not in text
    assert code in {ONE_AN_ANSWER.get(name, code), "not_read"}  # which is said where a busy machine is slow


def test_there_are_sixty_of_them() -> None:
    assert len(HOSTILE) >= 60


# --- what the process is given -------------------------------------------------------------------
def in_it(code: str) -> subprocess.CompletedProcess[str]:
    """As the reader is started, but with other things on its mind."""
    start = "from exchange.sandboxed_rows import confine\nimport sys, os, socket\nconfine(1, 256)\n"
    return subprocess.run(
        [sys.executable, *sandbox.COMMAND[1:4], "-c", start + code],
        cwd=sandbox.ROOT,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("open('/etc/hostname')", "OSError"),
        ("open('/tmp/nmt-never-written', 'w')", "OSError"),
        ("socket.socket()", "OSError"),
        ("bytearray(300 * 2**20)", "MemoryError"),
        ("import django", "Error"),
    ],
)
def test_it_opens_nothing_and_takes_no_more_memory_than_it_is_given(code: str, said: str) -> None:
    done = in_it(code)
    assert (done.returncode, said in done.stderr) == (1, True)


def test_it_is_ended_when_its_time_is_used_up() -> None:
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert in_it("while True: pass").returncode < 0
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ended.ru_utime - began.ru_utime < 3


def test_it_knows_no_key_and_no_application() -> None:
    done = in_it("print(len(os.environ), [name for name in sys.modules if name.startswith('django')])")
    assert done.stdout.split(maxsplit=1)[1] == "[]\n"
    assert sandbox.COMMAND[1:4] == ("-E", "-s", "-S")


def test_its_environment_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, Any]] = []
    start = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *args, **given: started.append(given) or start(*args, **given)
    )
    sandbox.read(TABLE, known)
    assert [given["env"] for given in started] == [{}]


# --- whatever it does ----------------------------------------------------------------------------
FRAME = (
    "import sys, struct; out = sys.stdout.buffer\n"
    "def s(letter, held): out.write(struct.pack('>IB', len(held), ord(letter)) + held)\n"
)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "sys.exit(3)",
        "import os; os.kill(os.getpid(), 11)",
        "out.write(b'nonsense')",
        "out.write(b'\\xff' * 100)",
        "s('E', b'')",
        "s('H', b'{}')",
        "s('H', b'nonsense')",
        "s('X', b'[]')",
        "s('X', b'[[\"nonsense\", {}]]')",
        "s('Z', b'')",
        "s('R', b'')",
        'h=b\'{"header":[],"encoding":"","delimiter":""}\'; s("H", h); s("H", h)',
        'h=b\'{"header":[],"encoding":"","delimiter":""}\'; s("H", h)',
        "[s('K', b'[]') for n in range(300)]",
    ],
)
def test_whatever_the_process_does_is_a_sentence(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(sandbox, "COMMAND", (sys.executable, "-I", "-S", "-c", FRAME + code))
    assert refusal() == "not_read"


def test_one_that_never_answers_is_ended_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SANDBOX_CLOCK_FACTOR", 0.1)
    monkeypatch.setattr(
        sandbox, "COMMAND", (sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)")
    )
    began = time.monotonic()
    assert refusal() == "not_read"
    assert time.monotonic() - began < 60


def test_one_that_takes_nothing_in_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a pipe holds waits to be taken."""
    monkeypatch.setattr(limits, "SANDBOX_CLOCK_FACTOR", 0.1)
    monkeypatch.setattr(
        sandbox, "COMMAND", (sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)")
    )
    assert refusal(TABLE + b"x;y\n" * 100_000) == "not_read"


def test_more_files_at_once_than_are_read_wait_for_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SANDBOX_CLOCK_FACTOR", 0.01)
    for _turn in range(limits.SANDBOX_PROCESSES):
        sandbox._turns.acquire()
    try:
        assert refusal() == "readers_busy"
    finally:
        for _turn in range(limits.SANDBOX_PROCESSES):
            sandbox._turns.release()
    monkeypatch.undo()
    assert sandbox.read(TABLE, known).sheet().header == HEADER


def test_a_small_file_that_becomes_a_large_table_is_refused() -> None:
    assert refusal(HOSTILE["a row of cells many times"]()) == "xlsx_overfull"


def test_a_process_leaves_nothing_behind() -> None:
    before = children()
    sandbox.read(TABLE, known)
    assert children() == before  # what else runs here, such as a server of PostgreSQL


def children() -> set[str]:
    """Return the numbers of what this process has started and has not waited for."""
    lists = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {number for one in lists for number in one.read_text().split()}


def test_every_message_has_its_letter() -> None:
    assert set(sandboxed_rows.__doc__ or "") >= set("FKHRXE")
    assert {"not_read", "readers_busy"} <= REFUSALS.keys()
