"""The articles and remarks that are shipped, as their files say them. Pure.

An article says each sentence in both languages, with what it rests on, and by signs what is a heading and
what an item of a list; it is found by the words that it holds. Remarks are the short texts that stand beside
figures, and are filled in.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

from exchange.reader import folded

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
        return {row["key"]: _read(**row) for row in csv.DictReader(file)}


def _read(*, fields: str, sources: str, **words: str) -> ShippedRemark:
    return ShippedRemark(**words, fields=tuple(fields.split()), sources=tuple(sources.split()))


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


HEADING: Final = "## "
ITEM: Final = "- "
FOLDER: Final = Path(__file__).parent / "articles"
HEAD: Final = ("sv", "en", "topics", "counties")


@dataclass(frozen=True)
class ArticleSource:
    """What sentences rest on. `says`: which facts of it they take."""

    key: str
    name_sv: str
    name_en: str
    says: str


@dataclass(frozen=True)
class Sentence:
    sv: str
    en: str
    of: tuple[str, ...]  # keys of sources


@dataclass(frozen=True)
class Shipped:
    """`blocks`: headings, each of one sentence, and paragraphs."""

    key: str
    title_sv: str
    title_en: str
    topics: tuple[str, ...]
    counties: tuple[str, ...]
    blocks: tuple[tuple[Sentence, ...], ...]

    @property
    def sentences(self) -> list[Sentence]:
        """Without the headings, which rest on nothing."""
        return [one for block in self.blocks for one in block if not one.sv.startswith(HEADING)]

    @property
    def sources(self) -> list[str]:
        """In the order in which they are first needed."""
        return list(dict.fromkeys(key for sentence in self.sentences for key in sentence.of))

    def text(self, language: str) -> str:
        blocks = [[getattr(sentence, language) for sentence in block] for block in self.blocks]
        return "\n\n".join(("\n" if block[0].startswith(ITEM) else " ").join(block) for block in blocks)


@cache
def sources() -> dict[str, ArticleSource]:
    with (FOLDER / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: ArticleSource(**row) for row in csv.DictReader(file)}


def articles() -> list[Shipped]:
    """In the order of their keys."""
    return [read(file.stem, file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.txt"))]


def read(key: str, text: str) -> Shipped:
    """Raises ValueError, naming the line that is no part of an article."""
    lines = iter(text.splitlines())
    head = _said(key, HEAD, lines)
    topics = tuple(f"topic:{word}" for word in head["topics"].split())
    blocks: list[list[Sentence]] = [[]]
    for line in lines:
        if line.startswith(HEADING):
            sv, _bar, en = line.partition(" | ")
            blocks += [[Sentence(sv, f"{HEADING}{en}", ())], []]
        elif line:
            facts = _said(key, ("sv", "en", "of"), chain([line], lines))
            blocks[-1].append(Sentence(facts["sv"], facts["en"], tuple(facts["of"].split())))
        else:
            blocks.append([])
    paragraphs = tuple(tuple(block) for block in blocks if block)
    return Shipped(key, head["sv"], head["en"], topics, tuple(head["counties"].split()), paragraphs)


def _said(key: str, names: Iterable[str], lines: Iterator[str]) -> dict[str, str]:
    """Return what the next lines say, each after its name and a colon. Raises ValueError."""
    facts = {}
    for name in names:
        line = next(lines, "")
        found, _colon, value = line.partition(":")
        if found != name:
            raise ValueError(f"{key}: “{line}” where {name} should stand")
        facts[name] = value.strip()
    return facts


def ranked(looked_for: str, among: Iterable[Any], said: Callable[[Any], tuple[str, str]]) -> list[Any]:
    """Those that hold every word, wherever it stands in a longer one; those with them in the title first.
    `said`: the title, and what else stands there."""
    words = folded(looked_for).split()
    hits = []
    for one in among if words else ():
        title, rest = (folded(each) for each in said(one))
        if all(word in f"{title} {rest}" for word in words):
            hits.append((sum(word in title for word in words), one))
    hits.sort(key=lambda hit: hit[0], reverse=True)
    return [hit[1] for hit in hits]


def line_with(looked_for: str, text: str) -> str:
    """The first line of a text that holds one of the words; else its first that is no heading."""
    words = folded(looked_for).split()
    written = (line for line in text.splitlines() if line)
    lines = [line.removeprefix(ITEM) for line in written if not line.startswith(HEADING)]
    hits = (line for line in lines if any(word in folded(line) for word in words))
    return next(chain(hits, lines), "")
