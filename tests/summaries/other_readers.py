"""Readers of PX, JSON-stat and SDMX-CSV, written from what the formats say and from nothing of ours.

Each gives the cells of a file: codes of its dimensions without the year → value, `x` or `..`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import product
from typing import Any

Cells = dict[tuple[str, ...], int | str]


def px(text: str) -> tuple[dict[str, Any], Cells]:
    """Keywords with their values, and the cells. Of two dots `x` is meant, of one that there is nothing."""
    head, _equals, data = text.partition("\nDATA=")
    words = {name: _values(value) for name, value in _keywords(head)}
    axes = [*words["STUB"], *words["HEADING"]]
    assert all(len(words[f"VALUES({axis})"]) == len(set(words[f"VALUES({axis})"])) for axis in axes)
    codes = [words[f"CODES({axis})"] for axis in axes]
    assert [len(its) for its in codes] == [len(words[f"VALUES({axis})"]) for axis in axes]
    values = re.findall(r'"\.{1,2}"|\d+', data)
    assert data.strip().endswith(";")
    assert re.sub(r'"\.{1,2}"|\d+|\s|;', "", data) == ""
    meant = {'".."': "x", '"."': ".."}
    keys = [key[:-1] for key in product(*codes)]
    return words, {
        key: meant[value] if value in meant else int(value) for key, value in zip(keys, values, strict=True)
    }


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
    axes = [found["dimension"][name]["category"]["index"] for name in found["id"]]
    assert found["size"] == [len(axis) for axis in axes]
    assert all(
        set(found["dimension"][name]["category"]["label"]) == set(axis)
        for name, axis in zip(found["id"], axes, strict=True)
    )
    assert found["id"][-1] in found["role"]["time"]
    assert all(found["value"][int(at)] is None for at in found["status"])
    keys = (key[:-1] for key in product(*axes))
    values = enumerate(found["value"])
    return found, {
        key: found["status"][str(at)] if value is None else value
        for key, (at, value) in zip(keys, values, strict=True)
    }


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
