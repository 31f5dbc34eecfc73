"""A frozen table with all that a file of its own says of it, in JSON-stat 2.0, PX and SDMX.

Pure: words and days are handed in, and what is returned is written by exchange.writer.

In JSON-stat, what is not shown is null among the values, and its `status` says why: x hidden, .. not
available.

In PX (AXIS-VERSION 2013), the format of statistical databases in the North, what is hidden is `".."` and what
is not available `"."`, as readers of PX take them; DATASYMBOL says how they are printed here. Texts have no
quotation mark and no line end: the format has no way to write either.

In SDMX, OBS_STATUS says what an observation is: A normal, P provisional (of a version that is not final), Q
suppressed, O missing. CONF_STATUS says whether it may be told: F free, C confidential. Whether something is
hidden for itself or to protect another cell is told nowhere, so that there is no D. The structure is that of
one table of one version: a year with coarser categories has other codes under the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import prod
from textwrap import wrap
from typing import Any, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from libs.suppression.tables import TOTAL, Cell, ProtectedTable, Status

LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
SYMBOLS: Final = {Status.HIDDEN: "x", Status.MISSING: ".."}


def printed(cell: Cell) -> str | int:
    return SYMBOLS.get(cell.status, cell.number)


def each_once(labels: Iterable[tuple[object, str]]) -> tuple[str, ...]:
    """The labels of pairs; one that stands there already has what tells it apart beside it."""
    found: dict[str, None] = {}
    for key, label in labels:
        found[f"{label} ({key})" if label in found else label] = None
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Axis:
    """`categories`: code → label, in the order of the table, its total last."""

    name: str
    label: str
    categories: tuple[tuple[str, str], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict(self.categories))

    @property
    def labels(self) -> tuple[str, ...]:
        """Each once, as most formats ask."""
        return each_once(self.categories)

    @property
    def total(self) -> str:
        """The label of everybody; empty where the axis has no total."""
        return dict(self.categories).get(TOTAL, "")


@dataclass(frozen=True)
class OpenTable:
    """`updated`: day and minute of the version, as 2019-05-09 09:00. `symbols`: the words of x and of .."""

    table: ProtectedTable
    title: str
    axes: tuple[Axis, ...]
    year: int
    version: int
    state: str
    updated: str
    language: str
    unit: str
    of_year: str
    area: str
    source: str
    contact: str
    symbols: tuple[str, str]
    notes: tuple[str, ...] = ()
    so_far: str = ""
    demo: bool = False

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def time(self) -> Axis:
        return Axis("year", self.of_year, ((str(self.year), str(self.year)),))

    @property
    def size(self) -> int:
        return prod(len(axis.categories) for axis in self.axes)

    def cells(self) -> Iterator[Cell]:
        """Give a cell of every combination, the last axis moving first; `missing` where none is."""
        for key in product(*(axis.codes for axis in self.axes)):
            yield self.table.by_key.get(key, Cell(key, None, Status.MISSING))


def dataset(one: OpenTable) -> dict[str, Any]:
    axes = [*one.axes, one.time]
    cells = list(one.cells())
    dimensions = {axis.name: _dimension(axis) for axis in axes}
    return {
        "version": "2.0",
        "class": "dataset",
        "label": one.title,
        "source": one.source,
        "updated": one.updated.partition(" ")[0],
        "note": list(one.notes),
        "link": {"license": [{"type": "text/html", "href": LICENCE}]},
        "id": list(dimensions),
        "size": [len(axis.categories) for axis in axes],
        "role": {"time": ["year"]},
        "dimension": dimensions,
        "value": [cell.value for cell in cells],
        "status": {str(at): SYMBOLS[cell.status] for at, cell in enumerate(cells) if cell.status in SYMBOLS},
        "extension": {
            "table": one.name,
            "version": one.version,
            "state": one.state,
            "unit": one.unit,
            "symbols": dict(zip(SYMBOLS.values(), one.symbols, strict=True)),
            "left_out": one.table.left_out,
            "contact": one.contact,
            "demo": one.demo,
            **({"so_far": one.so_far} if one.so_far else {}),
        },
    }


def _dimension(axis: Axis) -> dict[str, Any]:
    labels = dict(zip(axis.codes, axis.labels, strict=True))
    return {"label": axis.label, "category": {"index": list(axis.codes), "label": labels}}


PX_SYMBOLS: Final = {Status.HIDDEN: '".."', Status.MISSING: '"."'}
MAX_LENGTH: Final = 200  # of a text in one line; the format has 256 for the whole line
NEXT_LINE: Final = ' "\n"'  # between two lines of one text


def px_text(one: OpenTable) -> str:
    return "\n".join([*_keywords(one), "DATA=", *_data(one)]) + "\n;\n"


def _keywords(one: OpenTable) -> Iterator[str]:
    """Give the keywords in the order that the format recommends."""
    first, *others = _axes(one)
    at = one.updated.replace("-", "")
    columns = [*others, one.time]
    yield from (
        'CHARSET="ANSI";',
        'AXIS-VERSION="2013";',
        'CODEPAGE="utf-8";',
        f'LANGUAGE="{one.language}";',
        f'CREATION-DATE="{at}";',
        "DECIMALS=0;",
        "SHOWDECIMALS=0;",
        f'MATRIX="{one.name}_{one.year}_v{one.version}";',
        "COPYRIGHT=NO;",
        'SUBJECT-CODE="NMT";',
        f"SUBJECT-AREA={_text(one.area)};",
        f"CONTENTS={_text(one.unit)};",
        f"UNITS={_text(one.unit)};",
        f"STUB={_text(first.label)};",
        f"HEADING={_list(axis.label for axis in columns)};",
        f"TITLE={_long(one.title)};",
    )
    for axis in (first, *columns):
        yield f"VALUES({_text(axis.label)})={_list(axis.labels)};"
    yield f'TIMEVAL({_text(one.of_year)})=TLIST(A1,"{one.year}");'
    for axis in (first, *columns):
        yield f"CODES({_text(axis.label)})={_list(axis.codes)};"
    for axis in (first, *others):
        if axis.total:
            yield f"ELIMINATION({_text(axis.label)})={_text(axis.total)};"
    yield from (
        f'LAST-UPDATED="{at}";',
        f"SOURCE={_long(one.source)};",
        f"CONTACT={_long(one.contact)};",
        'DATASYMBOL1="..";',
        'DATASYMBOL2="x";',
    )
    if one.notes:
        yield f"NOTE={_long(' # '.join(one.notes))};"


def _axes(one: OpenTable) -> list[Axis]:
    """Return the axes with each label once, none of them that of the year."""
    _year, *labels = each_once([("", one.of_year), *((axis.name, axis.label) for axis in one.axes)])
    return [replace(axis, label=label) for axis, label in zip(one.axes, labels, strict=True)]


def _data(one: OpenTable) -> Iterator[str]:
    """A line a row of the table."""
    width = max(1, one.size // max(1, len(one.axes[0].categories)))
    cells = one.cells()
    while row := list(islice(cells, width)):
        yield " ".join(PX_SYMBOLS.get(cell.status, str(cell.value)) for cell in row) + " "


def _plain(text: str) -> str:
    return " ".join(text.replace('"', "'").split())


def _text(text: str) -> str:
    return f'"{_plain(text)}"'


def _list(texts: Iterable[str]) -> str:
    return ",\n".join(_text(text) for text in texts)


def _long(text: str) -> str:
    """Write a text in lines that are read as one: each but the last ends with a space."""
    lines = wrap(_plain(text), MAX_LENGTH, break_long_words=False, break_on_hyphens=False)
    return f'"{NEXT_LINE.join(lines)}"'


AGENCY: Final = "NMT"
ALL: Final = "_T"  # the total, as SDMX writes it in every list
PRELIMINARY: Final = "preliminary"
NOT_SHOWN: Final = {Status.HIDDEN: ("", "Q", "C"), Status.MISSING: ("", "O", "F")}


def sdmx_rows(one: OpenTable) -> Iterator[list[str]]:
    """SDMX-CSV 2.0, its header first."""
    names = [axis.name.upper() for axis in one.axes]
    yield [
        *("STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "REF_AREA", *names, "TIME_PERIOD"),
        *("OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE"),
    ]
    structure = f"{AGENCY}:{one.name.upper()}(1.0)"
    normal = "P" if one.state == PRELIMINARY or one.so_far else "A"
    for cell in one.cells():
        value, *statuses = NOT_SHOWN.get(cell.status, (str(cell.value), normal, "F"))
        place = ["dataflow", structure, "I", "A", "SE", *(sdmx_code(one) for one in cell.key), str(one.year)]
        yield [*place, value, *statuses, "PS"]


def sdmx_code(category: str) -> str:
    """A category as an SDMX identifier: letters, digits, _ and - alone."""
    return ALL if category == TOTAL else category.replace("+", "-")


ROOT: Final = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
SPACES: Final = {"mes": f"{ROOT}message", "str": f"{ROOT}structure", "com": f"{ROOT}common"}
CONCEPTS: Final = "CONCEPTS"
VERSION: Final = "1.0"
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
MEASURE: Final = "OBS_VALUE"
ATTRIBUTES: Final = ("OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE")
Codes = Sequence[tuple[str, str]]
# Of the code lists that all statistics share; their names are in English everywhere.
SHARED: Final[dict[str, Codes]] = {
    "FREQ": (("A", "Annual"),),
    "REF_AREA": (("SE", "Sweden"),),
    "OBS_STATUS": (
        ("A", "Normal value"),
        ("P", "Provisional value"),
        ("Q", "Missing value; suppressed"),
        ("O", "Missing value"),
    ),
    "CONF_STATUS": (("F", "Free"), ("C", "Confidential statistical information")),
    "UNIT_MEASURE": (("PS", "Persons"),),
}


def sdmx_structure(one: OpenTable) -> bytes:
    """What the columns and codes of the SDMX-CSV are, in SDMX-ML 2.1."""
    for name, space in SPACES.items():
        ElementTree.register_namespace(name, space)
    root = Element(_tag("mes:Structure"))
    header = _add(root, "mes:Header")
    _add(header, "mes:ID").text = f"{AGENCY}_{one.name.upper()}_{one.year}_{one.version}"
    _add(header, "mes:Test").text = str(one.demo).lower()
    _add(header, "mes:Prepared").text = f"{one.updated.replace(' ', 'T')}:00" if one.updated else "1970-01-01"
    _add(header, "mes:Sender", id=AGENCY)
    parts = _add(root, "mes:Structures")
    flow = _named(_add(parts, "str:Dataflows"), "str:Dataflow", one.name.upper(), one.title, one.language)
    _refer(_add(flow, "str:Structure"), one.name.upper(), "datastructure", "DataStructure")
    lists = {**{axis.name.upper(): axis.categories for axis in one.axes}, **SHARED}
    _codelists(_add(parts, "str:Codelists"), one, lists)
    _concepts(_add(parts, "str:Concepts"), one)
    _columns(_add(parts, "str:DataStructures"), one)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _codelists(parts: Element, one: OpenTable, lists: dict[str, Codes]) -> None:
    for name, codes in lists.items():
        language = "en" if name in SHARED else one.language
        element = _named(parts, "str:Codelist", f"CL_{name}", name, "en")
        for key, label in codes:
            _called(_add(element, "str:Code", id=sdmx_code(key)), label, language)


def _concepts(parts: Element, one: OpenTable) -> None:
    scheme = _named(parts, "str:ConceptScheme", CONCEPTS, "Concepts", "en")
    words = {axis.name.upper(): axis.label for axis in one.axes}
    for name in (*_dimensions(one), "TIME_PERIOD", MEASURE, *ATTRIBUTES):
        _called(_add(scheme, "str:Concept", id=name), words.get(name, name), one.language)


def _columns(parts: Element, one: OpenTable) -> None:
    """Describe the columns in the order of the CSV."""
    element = _named(parts, "str:DataStructure", one.name.upper(), one.title, one.language)
    components = _add(element, "str:DataStructureComponents")
    dimensions = _add(components, "str:DimensionList", id="DimensionDescriptor")
    names = list(_dimensions(one))
    for number, name in enumerate(names, start=1):
        _listed(_add(dimensions, "str:Dimension", id=name, position=str(number)), name)
    time = _add(dimensions, "str:TimeDimension", id="TIME_PERIOD", position=str(len(names) + 1))
    _means(time, "TIME_PERIOD")
    _add(_add(time, "str:LocalRepresentation"), "str:TextFormat", textType="ObservationalTimePeriod")
    attributes = _add(components, "str:AttributeList", id="AttributeDescriptor")
    for name in ATTRIBUTES:
        attribute = _add(attributes, "str:Attribute", id=name, assignmentStatus="Mandatory")
        _listed(attribute, name)
        of = _add(_add(attribute, "str:AttributeRelationship"), "str:PrimaryMeasure")
        SubElement(of, "Ref", id=MEASURE)
    measures = _add(components, "str:MeasureList", id="MeasureDescriptor")
    _means(_add(measures, "str:PrimaryMeasure", id=MEASURE), MEASURE)


def _dimensions(one: OpenTable) -> Iterator[str]:
    yield from ("FREQ", "REF_AREA")
    yield from (axis.name.upper() for axis in one.axes)


def _listed(component: Element, name: str) -> None:
    """Let a component mean the concept of its name, with the codes of its list."""
    _means(component, name)
    listed = _add(_add(component, "str:LocalRepresentation"), "str:Enumeration")
    _refer(listed, f"CL_{name}", "codelist", "Codelist")


def _means(component: Element, name: str) -> None:
    parent = {"maintainableParentID": CONCEPTS, "maintainableParentVersion": VERSION}
    concept = {"agencyID": AGENCY, "package": "conceptscheme", "class": "Concept"}
    SubElement(_add(component, "str:ConceptIdentity"), "Ref", {"id": name, **parent, **concept})


def _refer(parent: Element, name: str, package: str, kind: str) -> None:
    identity = {"id": name, "version": VERSION, "agencyID": AGENCY}
    SubElement(parent, "Ref", {**identity, "package": package, "class": kind})


def _named(parent: Element, tag: str, name: str, label: str, language: str) -> Element:
    element = _add(parent, tag, id=name, agencyID=AGENCY, version=VERSION, isFinal="true")
    _called(element, label, language)
    return element


def _called(of: Element, label: str, language: str) -> None:
    SubElement(of, _tag("com:Name"), {LANG: language}).text = label


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, _tag(tag), attributes)


def _tag(name: str) -> str:
    space, _colon, local = name.partition(":")
    return f"{{{SPACES[space]}}}{local}"
