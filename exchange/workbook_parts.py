"""The archive that a workbook is, XLSX or ODS, the one way to read a part of it, and a cell's text. Pure.

What the archive says it unpacks to is held against limits before anything is unpacked; zipfile never unpacks
more than a part has declared. Each part is walked through once by expat, piece by piece, and whoever reads
it is told of elements and texts on the way. The walk refuses a document type declaration, without which there
are no entities to expand and nothing outside to fetch, and more than a table needs. Its work is linear in
what the part unpacks to. A cell gives the same text from every kind of workbook.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import IO, Final
from xml.parsers import expat

from exchange.limits import (
    MAX_CELL,
    MAX_MARKUP,
    MAX_NODES,
    MAX_PARTS,
    MAX_RATIO,
    MAX_ROWS,
    MAX_UNPACKED,
    refuse,
    refuse_if,
)

# A character may be written as seven, so that this much is held of a text; of what is longer the end is let
# go, and the cell is refused as too long.
HELD: Final = 8 * MAX_CELL


class Held:
    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0

    def add(self, text: str) -> None:
        if self._size <= HELD:
            self._pieces.append(text)
            self._size += len(text)

    def take(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        return text


def number(text: str) -> str:
    """With the digits that are written down; one that is whole has no point."""
    if not re.search("[.eE]", text):
        return str(int(text))
    value = float(text)
    return str(int(value)) if value.is_integer() else str(value)


def moment(value: date | time | timedelta) -> str:
    """A day without a time of day is a day."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return str(value) if isinstance(value, timedelta) else value.isoformat()


def fitted(cells: dict[int, str | None], line: int) -> list[str | None]:
    """The cells of a row by their columns, from 1, to a list of them without the empty ones at its end. None
    stands for a formula that no program has calculated."""
    held = {column: text for column, text in cells.items() if text != ""}
    refuse_if(
        max((len(one) for one in held.values() if one), default=0) > MAX_CELL,
        "long_cell",
        line=line,
        max=MAX_CELL,
    )
    return [held.get(column, "") for column in range(1, max(held, default=0) + 1)]


ENCODINGS: Final = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "US-ASCII"}  # the last is UTF-8 too
NAMED: Final = (".xml", ".rels", ".vml")
_CHUNK_SIZE: Final = 2**16
_SHELL: Final = 0.25  # of a node, is what is counted of an element that has been let go of


class PartReader:
    """Is told what stands in a part, and keeps nothing. Names are as of expat: namespace, blank, name."""

    lets_go: frozenset[str] = frozenset()  # of which nothing but its own is kept once they have ended

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, text: str) -> None: ...


class Parts:
    """The archive. Raises Refused, BadZipFile or ExpatError, and KeyError for a part that is not there."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        _check_sizes(self._archive.infolist())
        for part in self._archive.infolist():
            if part.filename.lower().endswith(NAMED):
                _follow_prolog(self._archive.open(part))

    def __contains__(self, name: str) -> bool:
        return name in self._archive.NameToInfo

    def begins(self, name: str, text: bytes) -> bool:
        """Whether a part is there that begins so."""
        if name not in self:
            return False
        with self._archive.open(name) as part:
            return part.read(len(text)) == text

    def follow(self, name: str, reader: PartReader) -> Iterator[None]:
        """Tells the reader what stands in a part, and stops after each piece, so that it may hand on."""
        walk = Walk(reader)
        with self._archive.open(name) as part:
            while piece := part.read(_CHUNK_SIZE):
                walk.feed(piece)
                yield
        walk.end()
        yield

    def check_rows(self, name: str, most: int, begins: bytes, says: Sequence[bytes]) -> None:
        """Raise Refused where more rows say something. They are counted by their tags, as programs write
        them, since reading takes fifty times as long; tags that are written otherwise are counted then."""
        count, is_shown, kept = 0, False, b""
        with self._archive.open(name) as part:
            while piece := part.read(_CHUNK_SIZE):
                for place, row in enumerate((kept + piece).split(begins)):
                    count += is_shown and place > 0
                    is_shown = (is_shown and not place) or any(one in row for one in says)
                refuse_if(count + is_shown > most, "too_many_rows", max=min(most, MAX_ROWS))
                kept = piece[1 - len(begins) :]

    def tell(self, name: str, reader: PartReader) -> None:
        """All of a part at once."""
        for _piece in self.follow(name, reader):
            pass

    def elements(self, name: str, wanted: Collection[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Tag and attributes of the elements of a part that have one of these names."""
        reader = _Elements(wanted)
        for _piece in self.follow(name, reader):
            yield from reader.found
            reader.found.clear()


class _Elements(PartReader):
    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = wanted
        self.found: list[tuple[str, Mapping[str, str]]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in self._wanted:
            self.found.append((name.rpartition(" ")[2], attributes))


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    swollen = any(part.file_size > max(2**20, MAX_RATIO * part.compress_size) for part in parts)
    refuse_if(len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or swollen, "xlsx_bomb")


def _follow_prolog(part: IO[bytes]) -> None:
    """Of every part that calls itself XML, also of those that nobody reads: a declaration stands before the
    root element. What is not well-formed is left to whoever reads it."""
    walk = Walk(PartReader())
    with part, suppress(expat.ExpatError):
        while not walk.begun and (piece := part.read(_CHUNK_SIZE)):
            walk.feed(piece)


class Walk:
    def __init__(self, reader: PartReader) -> None:
        self._reader, self._lets_go = reader, reader.lets_go
        self._fed, self._held, self._held_before = 0, 0.0, 0.0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.XmlDeclHandler = self._declared
        self._parser.StartDoctypeDeclHandler = self._document_type
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = reader.text

    @property
    def begun(self) -> bool:
        """Whether the root element has begun."""
        return self._held > 0

    def feed(self, piece: bytes) -> None:
        """A comment or tag without end would be scanned anew with every piece."""
        self._parser.Parse(piece, False)
        self._fed += len(piece)
        refuse_if(self._fed - self._parser.CurrentByteIndex > MAX_MARKUP, "xlsx_overfull")

    def end(self) -> None:
        self._parser.Parse(b"", True)

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        refuse_if(encoding and encoding.upper() not in ENCODINGS, "xlsx_encoding")

    def _document_type(self, *declaration: object) -> None:
        raise refuse("xlsx_entities")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in self._lets_go:
            self._held_before = self._held
        self._held += 1 + len(attributes)
        if self._held > MAX_NODES:
            raise refuse("xlsx_overfull")
        self._reader.start(name, attributes)

    def _end(self, name: str) -> None:
        self._reader.end(name)
        if name in self._lets_go:
            self._held = self._held_before + _SHELL
