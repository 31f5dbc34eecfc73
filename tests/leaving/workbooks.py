"""XLSX files by their bytes, and as others read them: a reader in Rust, and a spreadsheet program."""

from __future__ import annotations

import csv
import io
import re
import struct
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import python_calamine

from scripts import debian

Rows = list[list[str]]
CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
LOCAL: Final = struct.Struct("<4s5H3L2H")
END: Final = struct.Struct("<4s4H2LH")
# Comma, quotation mark, UTF-8; formulas as formulas, values as they are stored, every sheet to a file of its
# own.
AS_CSV: Final = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,true,false,-1"


@dataclass(frozen=True)
class Header:
    """Of a part, as it stands in the file. `extra`: the numbers of the extra fields."""

    name: str
    needed: int
    sizes: tuple[int, int]
    offset: int
    extra: tuple[int, ...]

    @property
    def is_64_bit(self) -> bool:
        return self.needed != 20 or 0xFFFFFFFF in (*self.sizes, self.offset) or 0x0001 in self.extra


def headers(data: bytes) -> Iterator[Header]:
    """Of every part: that of the central directory, and the local one that it leads to."""
    signature, _disk, _first, here, count, size, start, comment = END.unpack_from(data, len(data) - END.size)
    assert (signature, comment, here) == (b"PK\5\6", 0, count)
    assert start + size + END.size == len(data), "something stands between the directory and its end"
    place = start
    for _number in range(count):
        header, place, offset = _central(data, place)
        yield header
        yield _local(data, offset)
    assert place == start + size


def _central(data: bytes, place: int) -> tuple[Header, int, int]:
    found = CENTRAL.unpack_from(data, place)
    signature, needed, packed, size, lengths, offset = (
        found[0],
        found[2],
        found[8],
        found[9],
        found[10:13],
        found[16],
    )
    assert signature == b"PK\1\2"
    name, extra, _comment = _taken(data, place + CENTRAL.size, lengths)
    header = Header(name.decode(), needed, (packed, size), offset, _extra(extra))
    return header, place + CENTRAL.size + sum(lengths), offset


def _local(data: bytes, place: int) -> Header:
    found = LOCAL.unpack_from(data, place)
    assert found[0] == b"PK\3\4"
    name, extra = _taken(data, place + LOCAL.size, found[9:11])
    return Header(name.decode(), found[1], (found[7], found[8]), place, _extra(extra))


def _taken(data: bytes, place: int, lengths: tuple[int, ...]) -> list[bytes]:
    found = []
    for length in lengths:
        found.append(data[place : place + length])
        place += length
    return found


def _extra(data: bytes) -> tuple[int, ...]:
    numbers, place = [], 0
    while place < len(data):
        number, length = struct.unpack_from("<HH", data, place)
        numbers.append(number)
        place += 4 + length
    return tuple(numbers)


def formulas(data: bytes) -> list[str]:
    """Cells with a formula, in any sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/" in name]
    return [found for sheet in sheets for found in re.findall(r"<f[ >/].{0,40}", sheet)]


def by_calamine(data: bytes) -> dict[str, list[list[str | int | float]]]:
    """The cells of every sheet: numbers as numbers, all else as text."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {
        name: _trimmed([list(map(_value, row)) for row in _rows(book, name)]) for name in book.sheet_names
    }


def _rows(book: python_calamine.CalamineWorkbook, name: str) -> list[list[object]]:
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _value(cell: object) -> str | int | float:
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    assert isinstance(cell, str), f"{cell!r} was written as a text or a number"
    return cell


def by_libreoffice(files: Mapping[str, bytes], folder: Path) -> dict[str, list[Rows]]:
    """The sheets of every workbook, in order, all in one run of the program with a profile of its own."""
    (folder / "in").mkdir()
    for name, data in files.items():
        (folder / "in" / f"{name}.xlsx").write_bytes(data)
    _convert(folder, AS_CSV, "xlsx")
    return {
        name: [_read(folder / file) for file in _written(folder, name, data)] for name, data in files.items()
    }


def _written(folder: Path, name: str, data: bytes) -> list[Path]:
    """The files of one workbook: the program names each after its sheet."""
    return [folder / "out" / f"{name}-{sheet}.csv" for sheet in by_calamine(data)]


def _read(file: Path) -> Rows:
    return _trimmed(list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))))


def _trimmed(rows: list[list[str]] | list[list[str | int]]) -> list:  # type: ignore[type-arg]
    """Without the empty cells that programs add at the end of rows, and empty rows at the end of a sheet."""
    found = []
    for row in rows:
        kept = list(row)
        while kept and kept[-1] == "":
            kept.pop()
        found.append(kept)
    while found and not found[-1]:
        found.pop()
    return found


FILES_A_RUN: Final = (
    200  # files: of more than some 245 the program leaves the last ones out, and says nothing
)


def run_formulas(files: Mapping[str, bytes], folder: Path) -> dict[str, list[str]]:
    """Which formulas the program makes of CSV files, where it may split them at a comma, a semicolon and a
    tab."""
    (folder / "in").mkdir()
    for name, data in files.items():
        (folder / "in" / f"{name}.csv").write_bytes(data)
    _convert(folder, "fods", "csv", "--infilter=CSV:44/59/9,34,76,1,,0,false,false,false,false,false,,true")
    texts = {name: (folder / "out" / f"{name}.fods").read_text(encoding="utf-8") for name in files}
    return {name: re.findall(r'table:formula="([^"]*)"', text) for name, text in texts.items()}


def _convert(folder: Path, form: str, ending: str, *options: str) -> None:
    program = debian.office()
    assert program, "LibreOffice is not installed"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--norestore", *options, "--convert-to", form, "--outdir"]
    files = sorted((folder / "in").glob(f"*.{ending}"))
    for some in range(0, len(files), FILES_A_RUN):
        batch = [*command, folder / "out", *files[some : some + FILES_A_RUN]]
        done = subprocess.run(batch, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
