"""What the shipped files say of codes, agencies and regions beside their labels: short forms, the words of
old spreadsheets, meanings, what others call them, where a region lies. Pure.

All of a code stands in its line of `reference/codes.csv`, of an agency or region in `agencies.csv` or
`regions.csv`. `seat` is where the coordinator of a demonstration works.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "reference"
AGENCY: Final = "agency"
Forms = Mapping[str, tuple[str, ...]]
_PARTS: Final = re.compile(r"\s*[,:;]\s*")
# After these a first word alone says less than the whole: "Arbete under orimliga villkor" is not "arbete".
_BOUND: Final = frozenset(
    {"av", "eller", "för", "i", "med", "och", "till", "under", "utan", "vid"}
    | {"and", "for", "from", "in", "of", "on", "or", "to", "under", "with"}
)
_MEANS_NOTHING: Final = frozenset({"illegal", "olaglig"})  # "Olaglig adoption": so is all that is counted
_SAYS_NOTHING_ALONE: Final = _BOUND | _MEANS_NOTHING
_SHORTEST: Final = 4  # letters of a first word that stands for a label


def first_words(label: str) -> Iterator[str]:
    """ "Bärplockning, skogsbär" is known by either part, "Sexuella ändamål" by its first word."""
    parts = [one for one in _PARTS.split(label.partition("(")[0].strip()) if one]
    if len(parts) > 1:
        yield from parts
    words = "".join(parts[:1]).split()
    says_something = _SAYS_NOTHING_ALONE.isdisjoint(word.casefold() for word in words[:2])
    if len(words) > 1 and len(words[0]) >= _SHORTEST and says_something:
        yield words[0].strip("-")


def rows(name: str) -> Iterator[dict[str, str]]:
    """Return the lines of a reference file, by column."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def filled(name: str, column: str) -> Iterator[dict[str, str]]:
    """Return the lines of a reference file whose `column` says something."""
    return (row for row in rows(name) if row[column])


@cache
def of_regions(column: str) -> Mapping[str, str]:
    """Return what a column says of each region that is shipped, by code, in the order of the file."""
    return {row["code"]: row[column] for row in filled("regions", column)}


def region_codes() -> tuple[str, ...]:
    return tuple(of_regions("code"))


@cache
def short_forms() -> Forms:
    """Return the short forms in common use, by key; an agency's is `agency:` and its code."""
    agencies = _forms(f"{AGENCY}:", "code", "agencies", "short_forms")
    return agencies | _forms("", "key", "codes", "short_forms")


@cache
def closed_words() -> Mapping[str, Mapping[str, str]]:
    """Return by column what people write for the values of a closed set, folded, and the value."""
    found: dict[str, dict[str, str]] = {}
    for row in rows("closed_words"):
        found.setdefault(row["column"], {})[row["word"]] = row["value"]
    return found


@cache
def country_words() -> Forms:
    """Return what people write for a country: its people, and short forms such as "Rum."."""
    return {row["code"]: tuple(row["words"].split("|")) for row in rows("country_words")}


@cache
def sheet_words() -> Mapping[str, Forms]:
    """Return what spreadsheets call a code, by its list and key; an agency by its code."""
    lists: dict[str, dict[str, tuple[str, ...]]] = {AGENCY: _forms("", "code", "agencies", "sheet_words")}
    for row in filled("codes", "sheet_words"):
        lists.setdefault(row["list"], {})[row["key"]] = tuple(row["sheet_words"].split("|"))
    return lists


@cache
def meanings() -> Mapping[str, tuple[str, str]]:
    """Return what codes mean, by key, in Swedish and English."""
    return {row["key"]: (row["meaning_sv"], row["meaning_en"]) for row in filled("codes", "meaning_sv")}


def mappings() -> Iterator[Mapping[str, str]]:
    """Return what published groupings and standards call a code, one line for each release of one. Those of
    the closed sets, which are no lines of `codes.csv`, stand in `mappings.csv`."""
    for row in filled("codes", "mappings"):
        for mapping in row["mappings"].split("; "):
            name, value = mapping.split("=")
            target, release = name.split(" ")
            yield {"code": row["key"], "target": target, "release": release, "value": value}
    yield from rows("mappings")


def _forms(prefix: str, key: str, name: str, column: str) -> dict[str, tuple[str, ...]]:
    return {f"{prefix}{row[key]}": tuple(row[column].split("|")) for row in filled(name, column)}
