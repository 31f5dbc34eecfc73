"""A large file of little: its rows are counted before they are made, so that the right sentence comes in
seconds, and nobody waits long for a colleague's."""

from __future__ import annotations

import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import product
from typing import Final

import pytest

from exchange import limits, sandbox, sandboxed_sheets
from exchange.limits import Refused
from exchange.reader import read
from tests import ods
from tests.hostile_files import ods_file
from tests.hostile_workbooks import HEADER, sheet, with_part
from tests.weights import mostly_long

pytestmark = pytest.mark.usefixtures("read_by_a_process")

LARGE: Final = 49 * 2**20  # bytes
HEAD: Final = b"code;name_sv\n"
ROWS, COLUMNS, CELL, EMPTY = "too_many_rows", "too_many_columns", "long_cell", "empty"


def filled(begins: bytes, again: bytes, ends: bytes = b"") -> bytes:
    return begins + again * ((LARGE - len(begins + ends)) // len(again)) + ends


def numbers(rows: int) -> Iterator[tuple[int, int]]:
    """Two for each row, that do not pack to nothing."""
    return ((n, n * 7919 % 65_521) for n in range(rows))


def xlsx_rows(rows: int) -> bytes:
    said = (f"<row><c><v>{a}</v></c><c><v>{b}</v></c></row>" for a, b in numbers(rows))
    return with_part(sheet("".join(said)))


def ods_rows(rows: int) -> bytes:
    return ods_file(*(ods.row(ods.text(str(a)), ods.text(str(b))) for a, b in numbers(rows)))


PLAIN: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "nothing but line breaks": (lambda: filled(b"", b"\n"), EMPTY),
    "line breaks in a table": (lambda: filled(HEAD, b"\n", b"x;y\n"), ROWS),
    "line breaks of an old machine in a table": (lambda: filled(HEAD, b"\r", b"x;y\n"), ROWS),
    "line breaks in a table of UTF-16": (
        lambda: filled(b"\xff\xfe" + "a;b\n".encode("utf-16-le"), b"\n\0", b"x\0"),
        ROWS,
    ),
    "line breaks in a cell": (lambda: filled(HEAD + b'"', b"\n", b'"'), ROWS),
    "empty rows": (lambda: filled(HEAD, b";\n"), ROWS),
    "small rows": (lambda: filled(HEAD, b"a;b\n"), ROWS),
    "one row of semicolons": (lambda: filled(b"", b";"), COLUMNS),
    "long rows of semicolons": (lambda: filled(HEAD, b";" * 400_000 + b"\n"), COLUMNS),
    "a header of columns": (lambda: filled(b"", b"a;"), COLUMNS),
    "one line": (lambda: filled(b"", b"x"), CELL),
    "quotation marks": (lambda: filled(HEAD, b'"'), CELL),
    "rows of XLSX": (lambda: xlsx_rows(200_500), ROWS),
    "rows of ODS": (lambda: ods_rows(200_500), ROWS),
    "many times as many rows of XLSX": (lambda: xlsx_rows(1_000_000), ROWS),
}


def known(cells: object) -> set[str]:
    return set(HEADER)


READERS: Final[dict[str, Callable[[bytes], object]]] = {
    "import": lambda data: sandbox.read(data, known),
    "taking over": sandboxed_sheets.read,
}


# What has many rows, what has none, and what is counted in an archive.
USUAL: Final = (
    ("line breaks in a table", "import"),
    ("one row of semicolons", "taking over"),
    ("rows of XLSX", "taking over"),
)


@pytest.mark.parametrize("file", mostly_long(product(PLAIN, READERS), usual=USUAL), ids=" by ".join)
def test_the_right_sentence_comes_within_five_seconds_of_the_processor(file: tuple[str, str]) -> None:
    name, reader = file
    make, sentence = PLAIN[name]
    data = make()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with pytest.raises(Refused) as refused:
        READERS[reader](data)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert [code for code, _params in refused.value.said] == [sentence]
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5


def test_rows_are_counted_up_to_as_many_as_are_asked_for() -> None:
    for data in (xlsx_rows(29), ods_rows(29), HEAD + b"a;b\n" * 29):  # and a header
        assert sum(len(page.lines) for page in sandboxed_sheets.read(data, most=30)) == 30
        with pytest.raises(Refused) as refused:
            sandboxed_sheets.read(data, most=29)
        assert refused.value.said == ((ROWS, {"max": 29}),)


def test_rows_that_say_nothing_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs write a million of them, where somebody has coloured a column."""
    blank = "".join(f'<row r="{n}" s="{n % 97}"><c s="1"/></row>' for n in range(3, 2_600))
    data = with_part(sheet(f"<row><c><v>1</v></c></row>{blank}"))
    monkeypatch.setattr("exchange.reader.MAX_ROWS", 1)
    monkeypatch.setattr("exchange.reader.MAX_ROWS", 1)
    assert len(list(read(data, known).rows)) == 1


def test_no_file_is_read_for_longer_than_a_page_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """However large it is; a run in the background may take longer."""
    assert limits.SANDBOX_IN_PAGE <= 30
    sleeps = (sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)")
    monkeypatch.setattr(sandbox, "COMMAND", sleeps)
    began = time.monotonic()
    with pytest.raises(Refused):
        sandbox.read(filled(HEAD, b"a;b\n"), known, within=0.5)
    assert time.monotonic() - began < 5


def test_who_comes_after_two_slow_files_is_told_soon_that_others_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert limits.SANDBOX_TURN <= 10
    monkeypatch.setattr(limits, "SANDBOX_TURN", 0.2)
    table, sleeps = HEAD + b"a;b\n", (sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)")
    with monkeypatch.context() as slow:
        slow.setattr(sandbox, "COMMAND", sleeps)

        def reads() -> None:
            with pytest.raises(Refused):
                sandbox.read(table, known, within=3)

        two = [threading.Thread(target=reads) for _time in range(limits.SANDBOX_PROCESSES)]
        for thread in two:
            thread.start()
        time.sleep(0.3)
        with pytest.raises(Refused) as refused:
            sandbox.read(table, known)
        assert refused.value.said == (("readers_busy", {}),)
        for thread in two:
            thread.join()
    assert sandbox.read(table, known).sheet().header == HEADER
