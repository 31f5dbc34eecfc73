"""What people call a code or an agency beside its labels: the first words of a label, and short forms in
common use. Pure.

A name that is whole always goes first, and what could be two things is none of them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from cases.rules.values import index, name_folded

FILE: Final = Path(__file__).with_name("short_forms.csv")
_PARTS: Final = re.compile(r"\s*[,:;]\s*")
# After these a first word alone says less than the whole: "Arbete under orimliga villkor" is not "arbete".
_BOUND: Final = frozenset(
    {"av", "eller", "för", "i", "med", "och", "till", "under", "utan", "vid"}
    | {"and", "for", "from", "in", "of", "on", "or", "to", "under", "with"}
)
_SAYS_NOTHING: Final = frozenset({"illegal", "olaglig"})  # "Olaglig adoption": so is all that is counted
_SHORTEST: Final = 4  # letters of a first word that stands for a label


def first_words(label: str) -> Iterator[str]:
    """ "Bärplockning, skogsbär" is told by either part, "Sexuella ändamål" by its first word."""
    parts = [part for part in _PARTS.split(label.partition("(")[0].strip()) if part]
    if len(parts) > 1:
        yield from parts
    words = parts[0].split() if parts else []
    first = set(map(str.casefold, words[:2]))
    if len(words) > 1 and len(words[0]) >= _SHORTEST and not (_BOUND | _SAYS_NOTHING) & first:
        yield words[0].strip("-")


def known() -> Mapping[str, tuple[str, ...]]:
    """The short forms in common use, by key; an agency's is `agency:` and its code."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: tuple(row["words"].split("|")) for row in csv.DictReader(file)}


def with_short_forms(
    whole: Iterable[tuple[str, str]], labels: Iterable[tuple[str, str]], common: Iterable[tuple[str, str]]
) -> tuple[dict[str, str], frozenset[str]]:
    """Names to values (see `index`) and which of them are short forms. Each is (name, value): `whole` names,
    `labels` of which first words are taken, and short forms in `common` use, which go before those."""
    whole = list(whole)
    names = index(whole)
    taken = {name_folded(name) for name, _value in whole}  # those of two values too
    firsts = index((word, value) for label, value in labels for word in first_words(label))
    found = {key: value for key, value in {**firsts, **index(common)}.items() if key not in taken}
    return names | found, frozenset(found)
