"""A table as rows of SDMX-CSV 2.0, and what its columns and codes are, in SDMX-ML 2.1. Pure.

OBS_STATUS says what an observation is: A normal, P provisional (of a version that is not final), Q
suppressed, O missing. CONF_STATUS says whether it may be told: F free, C confidential. Whether something is
hidden for itself or to protect another cell is told nowhere, so that there is no D. The structure is that of
one table of one version: a year with coarser categories has other codes under the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from libs.suppression.tables import TOTAL, Cell, Status
from summaries.open_formats import OpenTable

AGENCY: Final = "NMT"
ALL: Final = "_T"  # the total, as SDMX writes it in every list
PRELIMINARY: Final = "preliminary"


def rows(one: OpenTable) -> Iterator[list[str]]:
    names = [axis.name.upper() for axis in one.axes]
    yield [
        *("STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "REF_AREA", *names, "TIME_PERIOD"),
        *("OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE"),
    ]
    structure = f"{AGENCY}:{one.name.upper()}(1.0)"
    for cell in one.cells():
        value, *statuses = _observed(cell, provisional=one.state == PRELIMINARY or bool(one.so_far))
        place = ["dataflow", structure, "I", "A", "SE", *map(code, cell.key), str(one.year)]
        yield [*place, value, *statuses, "PS"]


def code(category: str) -> str:
    """A category as an SDMX identifier: letters, digits, _ and - alone."""
    return ALL if category == TOTAL else category.replace("+", "-")


def _observed(cell: Cell, *, provisional: bool) -> tuple[str, str, str]:
    if cell.status is Status.HIDDEN:
        return "", "Q", "C"
    if cell.status is Status.MISSING:
        return "", "O", "F"
    return str(cell.value), "P" if provisional else "A", "F"


ROOT: Final = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
SPACES: Final = {name: ROOT + space for name, space in
                 (("mes", "message"), ("str", "structure"), ("com", "common"))}  # fmt: skip
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


def structure_bytes(one: OpenTable) -> bytes:
    for name, space in SPACES.items():
        ElementTree.register_namespace(name, space)
    root = Element(_tag("mes:Structure"))
    header = _add(root, "mes:Header")
    _add(header, "mes:ID").text = f"{AGENCY}_{one.name.upper()}_{one.year}_{one.version}"
    _add(header, "mes:Test").text = "true" if one.demo else "false"
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
        found = _named(parts, "str:Codelist", f"CL_{name}", name, "en")
        for key, label in codes:
            _called(_add(found, "str:Code", id=code(key)), label, language)


def _concepts(parts: Element, one: OpenTable) -> None:
    scheme = _named(parts, "str:ConceptScheme", CONCEPTS, "Concepts", "en")
    words = {axis.name.upper(): axis.label for axis in one.axes}
    for name in (*_dimensions(one), "TIME_PERIOD", MEASURE, *ATTRIBUTES):
        _called(_add(scheme, "str:Concept", id=name), words.get(name, name), one.language)


def _columns(parts: Element, one: OpenTable) -> None:
    """In the order of the columns of the CSV."""
    found = _named(parts, "str:DataStructure", one.name.upper(), one.title, one.language)
    components = _add(found, "str:DataStructureComponents")
    dimensions = _add(components, "str:DimensionList", id="DimensionDescriptor")
    number = 0
    for number, name in enumerate(_dimensions(one), start=1):
        _listed(_add(dimensions, "str:Dimension", id=name, position=str(number)), name)
    time = _add(dimensions, "str:TimeDimension", id="TIME_PERIOD", position=str(number + 1))
    _means(time, "TIME_PERIOD")
    _add(_add(time, "str:LocalRepresentation"), "str:TextFormat", textType="ObservationalTimePeriod")
    attributes = _add(components, "str:AttributeList", id="AttributeDescriptor")
    for name in ATTRIBUTES:
        attribute = _add(attributes, "str:Attribute", id=name, assignmentStatus="Mandatory")
        _listed(attribute, name)
        of = _add(_add(attribute, "str:AttributeRelationship"), "str:PrimaryMeasure")
        SubElement(of, "Ref", id=MEASURE)
    _means(
        _add(_add(components, "str:MeasureList", id="MeasureDescriptor"), "str:PrimaryMeasure", id=MEASURE),
        MEASURE,
    )


def _dimensions(one: OpenTable) -> Iterator[str]:
    yield from ("FREQ", "REF_AREA")
    yield from (axis.name.upper() for axis in one.axes)


def _listed(component: Element, name: str) -> None:
    """It means the concept of its name, and has the codes of its list."""
    _means(component, name)
    listed = _add(_add(component, "str:LocalRepresentation"), "str:Enumeration")
    _refer(listed, f"CL_{name}", "codelist", "Codelist")


def _means(component: Element, name: str) -> None:
    parent = {"maintainableParentID": CONCEPTS, "maintainableParentVersion": VERSION}
    identity = _add(component, "str:ConceptIdentity")
    SubElement(
        identity,
        "Ref",
        {"id": name, **parent, "agencyID": AGENCY, "package": "conceptscheme", "class": "Concept"},
    )


def _refer(parent: Element, name: str, package: str, kind: str) -> None:
    SubElement(
        parent, "Ref", {"id": name, "version": VERSION, "agencyID": AGENCY, "package": package, "class": kind}
    )


def _named(parent: Element, tag: str, name: str, label: str, language: str) -> Element:
    found = _add(parent, tag, id=name, agencyID=AGENCY, version=VERSION, isFinal="true")
    _called(found, label, language)
    return found


def _called(of: Element, label: str, language: str) -> None:
    SubElement(of, _tag("com:Name"), {LANG: language}).text = label


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, _tag(tag), attributes)


def _tag(name: str) -> str:
    space, _colon, local = name.partition(":")
    return f"{{{SPACES[space]}}}{local}"
