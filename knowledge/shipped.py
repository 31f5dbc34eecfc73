"""The articles and remarks that are shipped, as their files say them. Pure.

An article says each sentence in both languages, with what it rests on, and by signs what is a heading and
what an item of a list; it is found by the words that it holds. Remarks are the short texts that stand beside
figures, and are filled in.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

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


Part = tuple[tuple[str, str], tuple[tuple[Sentence, ...], ...]]


@dataclass(frozen=True)
class Shipped:
    """`parts`: a heading in both languages, and its paragraphs of sentences."""

    key: str
    title_sv: str
    title_en: str
    topics: tuple[str, ...]
    counties: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def sentences(self) -> list[Sentence]:
        return [one for _heading, paragraphs in self.parts for paragraph in paragraphs for one in paragraph]

    @property
    def sources(self) -> list[str]:
        """In the order in which they are first needed."""
        return list(dict.fromkeys(key for sentence in self.sentences for key in sentence.of))

    def text(self, language: str) -> str:
        at = ("sv", "en").index(language)
        found: list[str] = []
        for heading, paragraphs in self.parts:
            found.append(f"{HEADING}{heading[at]}")
            for paragraph in paragraphs:
                said = [getattr(one, language) for one in paragraph]
                found.append(("\n" if said[0].startswith(ITEM) else " ").join(said))
        return "\n\n".join(found)


@cache
def sources() -> dict[str, ArticleSource]:
    with (FOLDER / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: ArticleSource(**row) for row in csv.DictReader(file)}


def articles() -> list[Shipped]:
    """In the order of their keys."""
    return [read(file.stem, file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.txt"))]


def read(key: str, text: str) -> Shipped:
    """Raises ValueError, naming the line that is no part of an article."""
    lines = text.splitlines()
    head = dict(_said(key, line, name) for line, name in zip(lines, HEAD, strict=False))
    topics = tuple(f"topic:{word}" for word in head["topics"].split())
    return Shipped(
        key, head["sv"], head["en"], topics, tuple(head["counties"].split()), tuple(_parts(key, lines[4:]))
    )


def _said(key: str, line: str, name: str) -> tuple[str, str]:
    found, _colon, value = line.partition(":")
    if found != name:
        raise ValueError(f"{key}: “{line}” where {name} should stand")
    return name, value.strip()


def _parts(key: str, lines: list[str]) -> Iterator[Part]:
    heading = ("", "")
    paragraphs: list[tuple[Sentence, ...]] = []
    now: list[Sentence] = []
    rest = iter([*lines, ""])
    for line in rest:
        if now and (line.startswith(HEADING) or not line):
            paragraphs.append(tuple(now))
            now = []
        if line.startswith(HEADING):
            if paragraphs:
                yield heading, tuple(paragraphs)
            sv, _bar, en = line.removeprefix(HEADING).partition(" | ")
            heading, paragraphs = (sv, en), []
        elif line:
            now.append(_sentence(key, (line, next(rest), next(rest))))
    yield heading, tuple(paragraphs)


def _sentence(key: str, lines: tuple[str, str, str]) -> Sentence:
    said = dict(_said(key, line, name) for line, name in zip(lines, ("sv", "en", "of"), strict=True))
    return Sentence(said["sv"], said["en"], tuple(said["of"].split()))


class ArticlePage(Protocol):
    title_sv: str
    title_en: str
    text_sv: str
    text_en: str


Of = TypeVar("Of", bound=ArticlePage)


def ranked(looked_for: str, among: Iterable[Any], said: Callable[[Any], tuple[str, str]]) -> list[Any]:
    """Those that hold every word, wherever it stands in a longer one; those with them in the title first.
    `said`: the title, and what else stands there."""
    words = folded(looked_for).split()
    scored = []
    for place, one in enumerate(among if words else ()):
        title, rest = map(folded, said(one))
        if all(word in f"{title} {rest}" for word in words):
            scored.append((-sum(word in title for word in words), place, one))
    return [one for _score, _place, one in sorted(scored, key=lambda found: found[:2])]


def found(looked_for: str, pages: Sequence[Of]) -> list[Of]:
    """The pages that hold every word, in either language."""
    return ranked(
        looked_for,
        pages,
        lambda page: (f"{page.title_sv} {page.title_en}", f"{page.text_sv} {page.text_en}"),
    )


def line_with(looked_for: str, text: str) -> str:
    """The first line of a text that holds one of the words; else its first that is no heading."""
    words = folded(looked_for).split()
    lines = [line.removeprefix(ITEM) for line in text.splitlines() if line and not line.startswith(HEADING)]
    hit = next((line for line in lines if any(word in folded(line) for word in words)), "")
    return hit or next(iter(lines), "")
