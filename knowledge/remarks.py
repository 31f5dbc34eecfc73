"""The short texts that stand beside figures, as they are shipped, and how one is filled in. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "remarks.csv"
LANGUAGES: Final = ("sv", "en")
_BRACES: Final = re.compile(r"\{[^{}]*\}|[{}]")


@dataclass(frozen=True)
class ShippedRemark:
    """`name`: which it is, in words. `fields`: what is filled in when it is read."""

    key: str
    name_sv: str
    name_en: str
    fields: tuple[str, ...]
    sv: str
    en: str
    sources: tuple[str, ...]


@cache
def shipped() -> Mapping[str, ShippedRemark]:
    """In the order in which they are listed."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: _read(row) for row in csv.DictReader(file)}


def _read(row: Mapping[str, str]) -> ShippedRemark:
    one = ("key", "name_sv", "name_en", "sv", "en")
    fields, sources = (tuple(row[name].split()) for name in ("fields", "sources"))
    return ShippedRemark(**{name: row[name] for name in one}, fields=fields, sources=sources)


def placeholder(field: str) -> str:
    return f"{{{field}}}"


def strange(text: str, fields: Collection[str]) -> list[str]:
    """What of a text begins or ends with a brace and is none of its placeholders."""
    known = {placeholder(field) for field in fields}
    return [piece for piece in _BRACES.findall(text) if piece not in known]


def missing(text: str, fields: Collection[str]) -> list[str]:
    """The placeholders that it has to hold and does not."""
    return [sign for field in fields if (sign := placeholder(field)) not in text]


def filled(text: str, values: Mapping[str, object]) -> str:
    """With its values; whatever else stands in braces stays, so that no text can stop a page."""
    return _BRACES.sub(lambda piece: str(values.get(piece[0][1:-1], piece[0])), text)
