"""A text as it is read: paragraphs, headings, lists, bold words and links, and nothing else.

Everything that is typed is escaped: no text can put a tag, a script or an address of another kind on a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from knowledge.texts import HEADING, ITEM

_INLINE: Final = re.compile(r"\*\*(?P<bold>[^*\n]+)\*\*|\[(?P<label>[^\]\n]+)\]\((?P<url>https://[^\s()]+)\)")


def as_html(text: str, *, level: int = 2) -> SafeString:
    """Headings are of `level`: where the text stands decides how deep they are."""
    return format_html_join("\n", "{}", ((_block(kind, lines, level),) for kind, lines in blocks(text)))


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """("heading" | "list" | "paragraph", its lines), in order."""
    kind = ""
    lines: list[str] = []
    for raw in [*text.splitlines(), ""]:
        line = raw.strip()
        own = _kind(line)
        if lines and (own != kind or own == "heading"):
            yield kind, lines
            lines = []
        kind = own
        if line:
            lines.append(line.removeprefix(HEADING if own == "heading" else ITEM if own == "list" else ""))


def _kind(line: str) -> str:
    if line.startswith(HEADING):
        return "heading"
    if line.startswith(ITEM):
        return "list"
    return "paragraph" if line else ""


def _block(kind: str, lines: list[str], level: int) -> SafeString:
    if kind == "heading":
        return format_html("<h{0}>{1}</h{0}>", level, _inline(lines[0]))
    if kind == "list":
        items = format_html_join("", "<li>{}</li>", ((_inline(line),) for line in lines))
        return format_html("<ul>{}</ul>", items)
    return format_html("<p>{}</p>", _inline(" ".join(lines)))


def _inline(text: str) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in _pieces(text)))


def _pieces(text: str) -> Iterator[SafeString]:
    at = 0
    for found in _INLINE.finditer(text):
        yield conditional_escape(text[at : found.start()])
        if bold := found["bold"]:
            yield format_html("<strong>{}</strong>", bold)
        else:
            yield format_html('<a href="{}" rel="noopener noreferrer">{}</a>', found["url"], found["label"])
        at = found.end()
    yield conditional_escape(text[at:])
