"""The user's guide as the register serves it: chapters by role, in them sections that forms lead to, made
from the file that is shipped in each language.

A comment before a heading names it: `<!-- operator LOG_CALL -->` a chapter with the right of those it is for,
`<!-- call -->` a section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from accounts.access import Access
from accounts.roles import May

FILES: Final = {"sv": "anvandarguide.md", "en": "user-guide.md"}
NAMED: Final = re.compile(
    r"^<!-- (?P<key>[a-z-]+)(?: (?P<may>[A-Z_]+))? -->\n#+ (?P<title>.+)\n", re.MULTILINE
)
SERVED: Final = {"glossary.md": "/help/#terms"}  # other files of the folder are not in the register: no link
# The section beside the form of a page, by the page's name. The page of a call has it below: nothing may
# stand in the way while the telephone rings.
BESIDE: Final = {
    "agencies:approvals": "approvals",
    "agencies:deputy": "two-persons",
    "cases:add_persons": "register",
    "cases:ask_access": "access",
    "cases:ask_transfer": "transfer",
    "cases:case_mistake": "mistakes",
    "cases:duplicate": "duplicates",
    "cases:duplicates": "duplicates",
    "cases:ending": "ends",
    "cases:export": "export",
    "cases:grant": "access",
    "cases:import": "import",
    "cases:new": "register",
    "cases:notify": "notify",
    "cases:person_mistake": "mistakes",
    "cases:remind": "ends",
    "cases:status": "status",
    "cases:transfer": "transfer",
    "cases:year": "year-end",
    "lifecycle:difference": "differences",
    "lifecycle:differences": "differences",
    "lifecycle:month": "months",
    "lifecycle:months": "months",
    "lifecycle:take_over": "taking-over",
    "lifecycle:take_over_compared": "taking-over",
    "lifecycle:take_over_questions": "taking-over",
    "lifecycle:take_over_result": "taking-over",
    "lifecycle:take_overs": "taking-over",
    "trail:audit": "trail",
}
BELOW: Final = {"calls:edit": "call", "calls:new": "call"}


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Chapter:
    key: str
    title: str
    may: May
    html: SafeString  # what stands before the first section
    sections: tuple[Section, ...]


@cache
def chapters(language: str) -> tuple[Chapter, ...]:
    """Of the guide in `language`; Swedish, where there is none."""
    file = settings.BASE_DIR / "docs" / FILES.get(language[:2], FILES["sv"])
    found: list[Chapter] = []
    for key, may, title, text in _parts(file.read_text(encoding="utf-8")):
        if may:
            found.append(Chapter(key, title, May[may], _html(text), ()))
        else:
            last = found.pop()
            sections = (*last.sections, Section(key, title, _html(text)))
            found.append(Chapter(last.key, last.title, last.may, last.html, sections))
    return tuple(found)


def own_first(access: Access, language: str) -> list[tuple[Chapter, bool]]:
    """All chapters, each with whether it is for who asks: those first."""
    marked = [(chapter, access.may(chapter.may)) for chapter in chapters(language)]
    return sorted(marked, key=lambda one: not one[1])


def section_called(key: str, language: str) -> tuple[Chapter, Section] | None:
    for chapter in chapters(language):
        for section in chapter.sections:
            if section.key == key:
                return chapter, section
    return None


def _parts(text: str) -> Iterator[tuple[str, str, str, str]]:
    """Key, right, title and text of each part that is named."""
    heads = list(NAMED.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=True):
        yield head["key"], head["may"] or "", head["title"], text[head.end() : end]


def _html(text: str) -> SafeString:
    """The file is the register's own; HTML in it stays text nevertheless."""
    reader = MarkdownIt("commonmark", {"html": False})
    tokens = reader.parse(text)
    for token in tokens:
        token.children = list(_children(token.children or [])) if token.children else token.children
    return mark_safe(reader.renderer.render(tokens, reader.options, {}))  # noqa: S308


def _children(tokens: list[Token]) -> Iterator[Token]:
    """With pictures from where they are served, and links only to what the register serves."""
    linked = True
    for token in tokens:
        if token.type == "image":
            _serve(token)
        elif token.type == "link_open":
            there = str(token.attrGet("href"))
            linked = there in SERVED or not there.endswith(".md")
            token.attrSet("href", SERVED.get(there, there))
        if linked or token.type not in {"link_open", "link_close"}:
            yield token


def _serve(picture: Token) -> None:
    name = Path(str(picture.attrGet("src"))).name
    width, height = _size(settings.BASE_DIR / "docs" / "pictures" / name)
    picture.attrSet("src", static(f"guide/{name}"))
    for name, value in (("width", width), ("height", height)):
        picture.attrSet(name, str(value))
    picture.attrSet("loading", "lazy")


def _size(file: Path) -> tuple[int, int]:
    """As the header of a PNG says it, so that the page does not move when the picture comes."""
    head = file.read_bytes()[:24]
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])
