"""Pages of rows to the bytes of an XLSX workbook, and cells made harmless, in every kind of file. Pure.

The workbook is packed as it is written: only a batch of rows is in memory, nothing touches the disk, and
equal pages give equal bytes.

A spreadsheet program may split a file at another separator than it was written with, so that a formula can
also begin inside a cell: after a comma, a semicolon, a tab or a line break; and it may drop quotation marks
that stand before it. An apostrophe before the sign makes it text. One more is put before apostrophes that
stand there already, so that `restore(defuse(text)) == text` for every text. Texts of a workbook are no
formulas; they are made harmless all the same, for whoever saves a page as CSV.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache
from itertools import islice
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from exchange import limits
from exchange.limits import refuse

# Signs that begin a formula, also in their full-width and small forms.
_SIGNS: Final = "=+\\-@＝＋－＠﹢﹣﹦﹫−"
# Blank or unseen: controls, spaces, joiners, direction marks, fillers, variation selectors, tags.
_UNSEEN: Final = (
    "\x00-\x20\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_PLACE: Final = r"(?:^|(?<=[,;\t\r\n]))"
_AHEAD: Final = rf"(?=['\"{_UNSEEN}]*[{_SIGNS}])"
_DEFUSE: Final = re.compile(_PLACE + _AHEAD)
_RESTORE: Final = re.compile(_PLACE + "'" + _AHEAD)
_ANY_SIGN: Final = re.compile(f"[{_SIGNS}]")


@lru_cache(maxsize=8_192)  # most cells of a column repeat
def defuse(text: str) -> str:
    """`text`, with an apostrophe wherever a formula could begin."""
    return _DEFUSE.sub("'", text) if _ANY_SIGN.search(text) else text


def restore(text: str) -> str:
    """What `defuse` was given."""
    return _RESTORE.sub("", text) if "'" in text else text


Row = Sequence[Any]  # of numbers, None, what is written as its text, and each of these as `Styled`
BATCH_SIZE: Final = 1_000  # rows


class Look(IntEnum):
    PLAIN, BOLD, WRAPPED, HEAD, NUMBER, TOTAL, RATE = range(7)


@dataclass(frozen=True)
class Styled:
    cell: Any
    look: Look


@dataclass(frozen=True)
class TableOfPage:
    """What spreadsheet programs call a table: to be sorted, filtered and referred to by name. `columns` are
    the words of the row that heads it, each once; `row` is its number, `rows` how many are under it."""

    name: str
    columns: Sequence[str]
    row: int
    rows: int


@dataclass(frozen=True)
class Page:
    """`frozen`: how many rows and columns stay in sight. `counted` is told of the bytes of its part.

    `links`: number of a row → the page that its first cell leads to. `offers`: number of a column → what its
    cells down to row `room` offer to choose from, though they take other texts too: a page, the number of a
    column there, and how many values stand under the head of that one."""

    name: str
    rows: Iterable[Row]
    widths: Sequence[int] = ()  # of the first columns, in characters
    frozen: tuple[int, int] = (1, 0)
    landscape: bool = False  # as wide as one sheet of paper
    counted: Callable[[bytes], object] = lambda piece: None
    table: TableOfPage | None = None
    links: Mapping[int, str] = field(default_factory=dict)
    offers: Mapping[int, tuple[str, int, int]] = field(default_factory=dict)
    room: int = 0


@dataclass(frozen=True)
class Properties:
    title: str
    created: datetime


_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_CORE: Final = f"{_PACKAGE}/metadata/core-properties"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORKSHEET: Final = "xl/worksheets/sheet{}.xml"
_TABLE: Final = "xl/tables/table{}.xml"
_CORE_PART: Final = "docProps/core.xml"
_FONT: Final = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
_RIGHT: Final = 'applyAlignment="1"><alignment horizontal="right"'
_NUMBER: Final = 'applyNumberFormat="1"'
_STYLES: Final = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="3"><border/><border><bottom style="thin"/></border>'
    '<border><top style="thin"/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    f'<cellXfs count="{len(Look)}"><xf/>'
    '<xf fontId="1" applyFont="1"/>'
    '<xf applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    f'<xf fontId="1" borderId="1" applyFont="1" applyBorder="1" {_RIGHT} wrapText="1"/></xf>'
    f'<xf numFmtId="3" {_NUMBER} {_RIGHT}/></xf>'
    f'<xf numFmtId="3" fontId="1" borderId="2" applyFont="1" applyBorder="1" {_NUMBER} {_RIGHT}/></xf>'
    f'<xf numFmtId="2" {_NUMBER} {_RIGHT}/></xf>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_PRINTED: Final = '<pageSetup orientation="landscape" fitToHeight="0"/>'
# By whether rows and whether columns stay in sight.
_ACTIVE_PANE: Final = {(0, 0): "", (1, 0): "bottomLeft", (0, 1): "topRight", (1, 1): "bottomRight"}
_PART_OF_TABLE: Final = '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>'
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # of every part: equal pages give equal files
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']+")  # of pages
_LONGEST_NAME: Final = 31
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CODED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # `_x003D_` is read as an equals sign


class _Packed(io.RawIOBase):
    """Holds the bytes of the archive until they are taken. Cannot seek: nothing is written back."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.held += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self.held)
        self.held.clear()
        return taken


def packed(pages: Sequence[Page], properties: Properties | None = None) -> Iterator[bytes]:
    """Without the 64-bit sizes of ZIP, by which Microsoft Office takes a file for a broken one: what would
    need them is refused, and so is what no page holds. Raises Refused."""
    taken = _Packed()
    with zipfile.ZipFile(taken, "w", allowZip64=False) as archive:
        for name, text in _frame(pages, properties).items():
            archive.writestr(_part(name), _XML + text)
        for number, page in enumerate(pages, start=1):
            size = 0
            with archive.open(_part(_WORKSHEET.format(number)), "w") as part:
                for rows, piece in _pieces(page):
                    size += len(piece)
                    if size > limits.SHEET_BYTES or rows > limits.SHEET_ROWS:
                        raise _too_much()
                    page.counted(piece)
                    part.write(piece)
                    yield taken.take()
    yield taken.take()


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _EPOCH)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _frame(pages: Sequence[Page], properties: Properties | None) -> dict[str, str]:
    """What a workbook is made of beside its pages."""
    numbered = list(enumerate(pages, start=1))
    kinds = {_WORKSHEET.format(number): f"{_KIND}.worksheet+xml" for number, _page in numbered}
    tables = [(number, page.table) for number, page in numbered if page.table]
    kinds |= {_TABLE.format(number): f"{_KIND}.table+xml" for number, _table in tables}
    kinds |= {"xl/workbook.xml": f"{_KIND}.sheet.main+xml", "xl/styles.xml": f"{_KIND}.styles+xml"}
    around = [(f"{_OFFICE}/officeDocument", "xl/workbook.xml")]
    core: dict[str, str] = {}
    if properties:
        core[_CORE_PART] = _core(properties)
        kinds[_CORE_PART] = "application/vnd.openxmlformats-package.core-properties+xml"
        around.append((f"{_PACKAGE}/relationships/metadata/core-properties", _CORE_PART))
    inside = [(f"{_OFFICE}/worksheet", f"worksheets/sheet{number}.xml") for number, _page in numbered]
    return {
        "[Content_Types].xml": _content_types(kinds),
        "_rels/.rels": _relations(around),
        **core,
        "xl/workbook.xml": _workbook(numbered),
        "xl/_rels/workbook.xml.rels": _relations([*inside, (f"{_OFFICE}/styles", "styles.xml")]),
        "xl/styles.xml": _STYLES,
        **{_TABLE.format(number): _table_part(number, table) for number, table in tables},
        **{
            f"xl/worksheets/_rels/sheet{number}.xml.rels": _relations(
                [(f"{_OFFICE}/table", f"../tables/table{number}.xml")]
            )
            for number, _table in tables
        },
    }


def _workbook(numbered: Iterable[tuple[int, Page]]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name_of(page.name))} sheetId="{number}" r:id="rId{number}"/>'
        for number, page in numbered
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _table_part(number: int, table: TableOfPage) -> str:
    last = f"{_column(len(table.columns))}{table.row + table.rows}"
    place = f'ref="A{table.row}:{last}"'
    columns = "".join(
        f'<tableColumn id="{at}" name={quoteattr(_written(defuse(column)))}/>'
        for at, column in enumerate(table.columns, start=1)
    )
    called, count = quoteattr(table.name), len(table.columns)
    return (
        f'<table xmlns="{_MAIN}" id="{number}" name={called} displayName={called} {place}>'
        f'<autoFilter {place}/><tableColumns count="{count}">{columns}</tableColumns>'
        '<tableStyleInfo name="TableStyleLight1" showRowStripes="0"/></table>'
    )


def _column(number: int) -> str:
    """Of a table of at most 702 columns, as programs name them."""
    first, last = divmod(number - 1, 26)
    return f"{chr(64 + first) if first else ''}{chr(65 + last)}"


def _content_types(kinds: dict[str, str]) -> str:
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _core(properties: Properties) -> str:
    dublin = "http://purl.org/dc"
    created = properties.created.astimezone(UTC)
    return (
        f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="{dublin}/elements/1.1/"'
        f' xmlns:dcterms="{dublin}/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(_written(properties.title))}</dc:title>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{created:%Y-%m-%dT%H:%M:%SZ}</dcterms:created>'
        "</cp:coreProperties>"
    )


def name_of(page: str) -> str:
    """As programs allow one."""
    return _NOT_XML.sub(" ", _NOT_IN_NAMES.sub(" ", page))[:_LONGEST_NAME].strip()


def _pieces(page: Page) -> Iterator[tuple[int, bytes]]:
    """Each with how many rows there are by then."""
    rows, written = iter(page.rows), 0
    yield 0, f'{_XML}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{_look_of(page)}<sheetData>'.encode()
    while batch := [f"<row>{''.join(_cell(one) for one in row)}</row>" for row in islice(rows, BATCH_SIZE)]:
        written += len(batch)
        yield written, "".join(batch).encode()
    printed = _PRINTED if page.landscape else ""
    tables = _PART_OF_TABLE if page.table else ""
    yield written, f"</sheetData>{_offers(page)}{_links(page)}{printed}{tables}</worksheet>".encode()


def _offers(page: Page) -> str:
    found = ""
    for at, (name, column, values) in page.offers.items():
        cells, of = f"{_column(at)}2:{_column(at)}{page.room}", _column(column)
        values_there = escape(f"'{name_of(name)}'!${of}$2:${of}${values + 1}")
        found += (
            f'<dataValidation type="list" allowBlank="1" sqref="{cells}">'
            f"<formula1>{values_there}</formula1></dataValidation>"
        )
    return f'<dataValidations count="{len(page.offers)}">{found}</dataValidations>' if found else ""


def _links(page: Page) -> str:
    places = {row: quoteattr("'" + name_of(to) + "'!A1") for row, to in page.links.items()}
    found = "".join(f'<hyperlink ref="A{row}" location={place}/>' for row, place in places.items())
    return f"<hyperlinks>{found}</hyperlinks>" if found else ""


def _look_of(page: Page) -> str:
    fit = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>' if page.landscape else ""
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(page.widths, start=1)
    )
    view = f'<sheetViews><sheetView workbookViewId="0">{_pane(*page.frozen)}</sheetView></sheetViews>'
    return f"{fit}{view}{f'<cols>{widths}</cols>' if widths else ''}"


def _pane(rows: int, columns: int) -> str:
    active = _ACTIVE_PANE[rows > 0, columns > 0]
    if not active:
        return ""
    places = {"xSplit": columns, "ySplit": rows}
    split = " ".join(f'{name}="{number}"' for name, number in places.items() if number)
    return f'<pane {split} topLeftCell="{chr(65 + columns)}{rows + 1}" activePane="{active}" state="frozen"/>'


def _too_much() -> Exception:
    gigabytes = -(-limits.SHEET_BYTES // 2**30)
    return refuse("sheet_full", rows=limits.SHEET_ROWS, size=gigabytes, characters=limits.SHEET_CELL)


def _cell(cell: object) -> str:
    """The one way into a cell: numbers as they are, texts harmless."""
    look = ""
    if isinstance(cell, Styled):
        look, cell = f' s="{cell.look.value}"', cell.cell
    if isinstance(cell, int | float):
        return f"<c{look}><v>{cell}</v></c>"
    text = "" if cell is None else defuse(str(cell))
    if not text:
        return f"<c{look}/>"
    if len(text) > limits.SHEET_CELL:
        raise _too_much()
    text = escape(_written(text), {"\r": "&#13;"})  # which a reader of XML would take for a line feed
    return f'<c{look} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _written(text: str) -> str:
    return _CODED.sub("_x005F_", _NOT_XML.sub("\ufffd", text))
