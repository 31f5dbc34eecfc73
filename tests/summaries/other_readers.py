"""Readers of PX, JSON-stat and SDMX-CSV, written from what the formats say and from nothing of ours.

Each gives the cells of a file: codes of its dimensions without the year → value, `x` or `..`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import product
from typing import Any, Final
from xml.etree import ElementTree

Cells = dict[tuple[str, ...], int | str]
SDMX: Final = {"str": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"}


def px(text: str) -> tuple[dict[str, Any], Cells]:
    """Keywords with their values, and the cells. Of two dots `x` is meant, of one that there is nothing."""
    head, _equals, data = text.partition("\nDATA=")
    words = {name: _values(value) for name, value in _keywords(head)}
    axes = [*words["STUB"], *words["HEADING"]]
    codes = [words[f"CODES({axis})"] for axis in axes]
    names = [words[f"VALUES({axis})"] for axis in axes]
    assert list(map(len, names)) == [len(set(name)) for name in names] == list(map(len, codes))
    values = re.findall(r'"\.{1,2}"|\d+', data)
    assert data.strip().endswith(";")
    assert re.sub(r'"\.{1,2}"|\d+|\s|;', "", data) == ""
    keys = [key[:-1] for key in product(*codes)]
    return words, dict(zip(keys, map(_meant, values), strict=True))


def _meant(value: str) -> int | str:
    return {'".."': "x", '"."': ".."}.get(value) or int(value)


def _keywords(head: str) -> list[tuple[str, str]]:
    """A semicolon and an equals sign inside quotation marks are text."""
    quoted = r'"[^"]*"'
    found = re.findall(rf'([A-Z][A-Z0-9-]*(?:\({quoted}\))?)=((?:{quoted}|[^";])*);', head)
    assert re.sub(r"\s", "", "".join(f"{name}={value};" for name, value in found)) == re.sub(r"\s", "", head)
    return [(name.replace('"', ""), value) for name, value in found]


def _values(value: str) -> list[str]:
    """Parted by commas; lines without a comma between them are one text."""
    if '"' not in value:
        return [value.strip()]
    parts = re.split(r'"\s*,\s*"', value.strip())
    return [re.sub(r'"\s*"', "", part).strip('"') for part in parts]


def json_stat(text: str) -> tuple[dict[str, Any], Cells]:
    found = json.loads(text)
    assert (found["version"], found["class"]) == ("2.0", "dataset")
    categories = [found["dimension"][name]["category"] for name in found["id"]]
    axes = [category["index"] for category in categories]
    assert found["size"] == list(map(len, axes))
    assert [set(category["label"]) for category in categories] == list(map(set, axes))
    assert found["id"][-1] in found["role"]["time"]
    keys = [key[:-1] for key in product(*axes)]
    return found, dict(zip(keys, _with_marks(found["value"], found["status"]), strict=True))


def _with_marks(values: list[int | None], status: dict[str, str]) -> list[int | str]:
    marks = {int(at): mark for at, mark in status.items()}
    assert {values[at] for at in marks} <= {None}
    return [marks[at] if value is None else value for at, value in enumerate(values)]


def sdmx(text: str) -> tuple[list[str], Cells]:
    header, *rows = csv.reader(io.StringIO(text))
    assert header[:5] == ["STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "REF_AREA"]
    at = header.index("TIME_PERIOD")
    cells: Cells = {}
    for row in rows:
        value, status, secret, _unit = row[at + 1 :]
        assert all(re.fullmatch(r"[A-Za-z0-9_@$-]+", code) for code in row[3 : at + 1])
        assert (status == "Q") == (secret == "C")
        assert (value == "") == (status in {"Q", "O"})
        key = tuple("*" if code == "_T" else code.replace("-", "+") for code in row[5:at])
        cells[key] = int(value) if value else {"Q": "x", "O": ".."}[status]
    return header, cells


def sdmx_columns(text: str) -> tuple[str, list[str], dict[str, set[str]]]:
    """What the rows say of themselves: their dataflow, their columns, and the codes of each dimension."""
    header, *rows = csv.reader(io.StringIO(text))
    (flow,) = {row[1] for row in rows}
    codes = {name: {row[at] for row in rows} for at, name in enumerate(header)}
    return flow, header[3:], {name: codes[name] for name in header[3 : header.index("TIME_PERIOD")]}


def sdmx_structure(text: str) -> tuple[str, list[str], dict[str, set[str]]]:
    """The same as its structure says it; each column means a concept, and has a list that is there."""
    root = ElementTree.fromstring(text)
    (flow,), (found,) = root.iterfind(".//str:Dataflow", SDMX), root.iterfind(".//str:DataStructure", SDMX)
    lists = {str(one.get("id")): _ids(one, "str:Code") for one in root.iterfind(".//str:Codelist", SDMX)}
    concepts = _ids(root, ".//str:Concept")
    dimensions = found.findall(".//str:Dimension", SDMX)
    assert [one.get("position") for one in dimensions] == [str(at + 1) for at in range(len(dimensions))]
    columns, codes = [], {}
    for element in (
        *dimensions,
        *found.iterfind(".//str:TimeDimension", SDMX),
        *found.iterfind("*/str:MeasureList/*", SDMX),
        *found.iterfind(".//str:Attribute", SDMX),
    ):
        columns.append(str(element.get("id")))
        (meant,) = element.iterfind("str:ConceptIdentity/Ref", SDMX)
        assert meant.get("id") == columns[-1] in concepts
        for listed in element.iterfind(".//str:Enumeration/Ref", SDMX):
            codes[columns[-1]] = lists[str(listed.get("id"))]
    assert codes["OBS_STATUS"] == {"A", "P", "Q", "O"}
    of_dimensions = {str(dimension.get("id")): codes[str(dimension.get("id"))] for dimension in dimensions}
    return f"{flow.get('agencyID')}:{flow.get('id')}({flow.get('version')})", columns, of_dimensions


def _ids(of: ElementTree.Element, path: str) -> set[str]:
    return {str(element.get("id")) for element in of.iterfind(path, SDMX)}
