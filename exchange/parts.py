"""The parts of a workbook, each walked through once before the reader may have it. Pure.

The walk is expat's, the parser that reads the part afterwards: what one of them sees the other has seen,
whatever names, content types, comments or encodings say. It refuses a document type declaration, without
which there are no entities to expand and nothing outside to fetch. Its work is linear in what the part
unpacks to.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import IO, Final
from xml.parsers import expat

from openpyxl.xml.constants import SHEET_MAIN_NS

from exchange.limits import MAX_MARKUP, MAX_NODES
from exchange.refusals import refuse

ENCODINGS: Final = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "US-ASCII"}  # the last is UTF-8 too
NAMED: Final = (".xml", ".rels", ".vml")
_AT_ONCE: Final = 2**16

# As expat names an element: namespace, blank, name.
_CELL, _FORMULA, _VALUE, _INLINE = (f"{SHEET_MAIN_NS} {name}" for name in ("c", "f", "v", "is"))
# In a part that begins with the first, the reader lets go of each of the second once it has read it.
_LET_GO: Final = {
    f"{SHEET_MAIN_NS} {root}": f"{SHEET_MAIN_NS} {one}" for root, one in (("worksheet", "row"), ("sst", "si"))
}
_SHELL: Final = 0.25  # of a node, is what stays of it


class Parts(zipfile.ZipFile):
    """The archive as the reader is given it: what it opens has been walked through. Raises Refused or
    ExpatError."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self._walked: dict[tuple[str, bool], Walk] = {}

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        """What is read at once is kept at once."""
        self._walk(name, piecemeal=False)
        with self._unwalked(name) as part:
            return part.read()

    def open(self, name: str | zipfile.ZipInfo, *args: object, **options: object) -> IO[bytes]:
        self._walk(name, piecemeal=True)
        return self._unwalked(name)

    def uncalculated(self, name: str) -> bool:
        """Whether a cell of this part has a formula that no program has calculated."""
        return self._walk(name, piecemeal=True).uncalculated

    def check_prologs(self) -> None:
        """Of every part that calls itself XML, also of those that the reader leaves alone."""
        for part in self.infolist():
            if part.filename.lower().endswith(NAMED):
                _follow_prolog(self._unwalked(part))

    def _unwalked(self, name: str | zipfile.ZipInfo) -> IO[bytes]:
        return super().open(name)

    def _walk(self, name: str | zipfile.ZipInfo, *, piecemeal: bool) -> Walk:
        key = (name if isinstance(name, str) else name.filename), piecemeal
        if key not in self._walked:
            self._walked[key] = _follow(self._unwalked(name), piecemeal=piecemeal)
        return self._walked[key]


def _follow(part: IO[bytes], *, piecemeal: bool) -> Walk:
    walk = Walk(piecemeal=piecemeal)
    with part:
        while piece := part.read(_AT_ONCE):
            walk.feed(piece)
    walk.end()
    return walk


def _follow_prolog(part: IO[bytes]) -> None:
    """A declaration stands before the root element. What is not well-formed is left to the reader, if it
    opens it."""
    walk = Walk(piecemeal=True)
    try:
        with part:
            while not walk.begun and (piece := part.read(_AT_ONCE)):
                walk.feed(piece)
    except expat.ExpatError:
        return


class Walk:
    """What is noted of a part on the way. `piecemeal`: the reader does not keep all of it at one time."""

    def __init__(self, *, piecemeal: bool) -> None:
        self.begun = self.uncalculated = False
        self._piecemeal, self._let_go = piecemeal, ""
        self._fed, self._held, self._held_before = 0, 0.0, 0.0
        self._asks_value = self._has_formula = self._has_value = self._value_seen = self._in_value = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.XmlDeclHandler = self._declared
        self._parser.StartDoctypeDeclHandler = self._document_type
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def feed(self, piece: bytes) -> None:
        """A comment or tag without end would be scanned anew with every piece, here and by the reader."""
        self._parser.Parse(piece, False)
        self._fed += len(piece)
        if self._fed - self._parser.CurrentByteIndex > MAX_MARKUP:
            raise refuse("xlsx_overfull")

    def end(self) -> None:
        self._parser.Parse(b"", True)

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.upper() not in ENCODINGS:
            raise refuse("xlsx_encoding")

    def _document_type(self, *declaration: object) -> None:
        raise refuse("xlsx_entities")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self.begun:
            self.begun = True
            self._let_go = _LET_GO.get(name, "") if self._piecemeal else ""
        if name == self._let_go:
            self._held_before = self._held
        self._held += 1 + len(attributes)
        if self._held > MAX_NODES:
            raise refuse("xlsx_overfull")
        self._note(name, attributes)

    def _note(self, name: str, attributes: Mapping[str, str]) -> None:
        """A formula may give an empty text; whatever else it gives is written down."""
        if self._in_value:
            self._leave_value()
        if name == _CELL:
            self._asks_value = attributes.get("t") != "str"
            self._has_formula = self._has_value = self._value_seen = False
        elif name == _FORMULA:
            self._has_formula = True
        elif name == _INLINE:
            self._has_value = True
        elif name == _VALUE and not self._value_seen:
            self._value_seen = self._in_value = True
            self._parser.CharacterDataHandler = self._text

    def _text(self, text: str) -> None:
        self._has_value = self._has_value or not text.isspace()

    def _leave_value(self) -> None:
        self._in_value = False
        self._parser.CharacterDataHandler = None

    def _end(self, name: str) -> None:
        if self._in_value:
            self._leave_value()
        elif name == _CELL:
            self.uncalculated |= self._has_formula and self._asks_value and not self._has_value
        elif name == self._let_go:
            self._held = self._held_before + _SHELL
