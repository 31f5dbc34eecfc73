"""What the guide and the lists of words say of what somebody looks for, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final

from django.utils.html import strip_tags

from agencies.models import Code
from cases.choices import Status
from desk.boxes import address
from desk.code_lists import LISTS, STATUS, meaning
from desk.guide import chapters
from knowledge.finding import line_with, ranked

LONGEST: Final = 200  # characters of the line that is shown of a section


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: `where` names the chapter or the list, `text` is all that stands there."""

    title: str
    where: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    where: str
    url: str
    said: str


def hits(looked_for: str, places: Iterable[Place]) -> list[Hit]:
    """The places that hold every word, as `ranked` orders them."""
    said = ranked(looked_for, places, lambda place: (place.title, f"{place.where} {place.text}"))
    return [_hit(looked_for, place) for place in said]


def _hit(looked_for: str, place: Place) -> Hit:
    said = line_with(looked_for, place.text)
    return Hit(place.title, place.where, place.url, said[:LONGEST] + "…" if len(said) > LONGEST else said)


def of_guide(language: str) -> Iterator[Place]:
    """The sections of all chapters, and what a chapter begins with."""
    for chapter in chapters(language):
        there = address("desk:guide", chapter.key)
        if text := _text(chapter.html):
            yield Place(chapter.title, "", there, text)
        for section in chapter.sections:
            yield Place(section.title, chapter.title, f"{there}#{section.key}", _text(section.html))


def _text(html: str) -> str:
    """A sentence of a paragraph may go over several lines of the file: here a paragraph is a line."""
    parts = html.replace("\n", " ").replace("</p>", "\n").replace("</li>", "\n")
    return "\n".join(
        " ".join(line.split()) for line in unescape(strip_tags(parts)).splitlines() if line.strip()
    )


def of_words() -> Iterator[Place]:
    """The words of the lists that forms choose from, with what each means. One query."""
    for status in Status:
        text = meaning(f"{STATUS}:{status.value}")
        yield Place(str(status.label), str(LISTS[STATUS]), address("desk:code_list", STATUS), text)
    for code in Code.objects.filter(list__in=LISTS):
        there = address("desk:code_list", code.list)
        yield Place(code.label, str(LISTS[code.list]), there, meaning(code.key))
