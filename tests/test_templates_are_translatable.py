"""No sentence stands outside gettext in a template, and nothing that a strict content security policy
refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pytest
from django.conf import settings

MAX_LINES: Final = 180  # lines: a part that one page alone has stands in it
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
DROPPED = [
    r"\{#.*?#\}",
    r"\{%\s*comment.*?%\}.*?\{%\s*endcomment\s*%\}",
    r"\{%\s*block ?translate.*?%\}.*?\{%\s*endblock ?translate\s*%\}",
    r"\{%\s*block body_class.*?\{%\s*endblock[^%]*%\}",
    r"\{%.*?%\}",
    r"\{\{.*?\}\}",
    r"<!--.*?-->",
    r"<(script|style)\b.*?</\1>",
    r"<(kbd|code)\b[^>]*>[^<]*</\1>",  # names of keys and literal values are the same in every language
    r'<button\b[^>]*\blang="(sv|en)"[^>]*>(Svenska|English)</button>',  # a language is offered in itself
]
SPOKEN = re.compile(r'\b(?:alt|title|placeholder|aria-label|aria-description)="([^"]*)"')
ENTITY = re.compile(r"&#?\w+;")
NAMES = re.compile(r"^(\d|[\W_]|p, r|x[¹²³⁴]?|CSV|JSON|XLSX|ODS|PDF|SHA-256)*$")
# Languages differ: 18.41 in Swedish, 18:41 in English.
OWN_FORMAT = re.compile(r"""\|(?:date|time):["'](?![A-Z_]+_FORMAT["'])[^"']*["']""")
FORBIDDEN = re.compile(
    r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|<script(?![^>]*\bsrc=)|javascript:"""
    r"""|(src|href)="https?://[^"]*\.(css|js)""",
    re.IGNORECASE,
)


def without_gettext(source: str) -> list[str]:
    """The pieces of text a reader would see that no translator does."""
    for pattern in DROPPED:
        source = re.sub(pattern, "\x00", source, flags=re.DOTALL)
    spoken = [part for value in SPOKEN.findall(source) for part in value.split("\x00")]
    seen = re.split(r"<[^>]*>|\x00", source, flags=re.DOTALL)
    pieces = (ENTITY.sub("", piece).strip() for piece in [*spoken, *seen])
    return [piece for piece in pieces if not NAMES.match(piece)]


def offenders(faults: Callable[[str], object]) -> dict[str, object]:
    """The templates that have any of these faults, with what is wrong in each."""
    found = {file.relative_to(settings.BASE_DIR).as_posix(): faults(file.read_text()) for file in TEMPLATES}
    return {name: wrong for name, wrong in found.items() if wrong}


def too_long(source: str) -> int:
    """The number of lines, where it is more than one can look through."""
    lines = len(source.splitlines())
    return lines if lines > MAX_LINES else 0


def test_all_text_of_a_template_goes_through_gettext() -> None:
    assert offenders(without_gettext) == {}


def test_a_template_has_no_inline_style_script_or_handler() -> None:
    assert offenders(FORBIDDEN.findall) == {}


def test_a_date_in_a_template_is_written_as_its_language_does() -> None:
    assert offenders(OWN_FORMAT.findall) == {}


def test_a_template_is_short() -> None:
    assert offenders(too_long) == {}


def test_every_template_is_looked_at_and_offenders_are_named() -> None:
    assert len(TEMPLATES) > 150
    assert offenders(lambda source: "<!doctype html>" in source)["templates/base.html"] is True


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p>{% translate "Hello" %} {{ name }}: 020-390 000</p>', []),
        ("{% blocktranslate trimmed %}Hello {{ you }}{% endblocktranslate %}", []),
        ('<a aria-label="Close">×</a>', ["Close"]),
        ("""<a aria-label="{% translate 'Close' %}">&times;</a>""", []),
        ("{% if x > 3 %}yes{% endif %}", ["yes"]),
    ],
)
def test_the_finder_finds_what_it_should(source: str, left: list[str]) -> None:
    assert without_gettext(source) == left


@pytest.mark.parametrize(
    "source",
    [
        '<p style="x">',
        '<a onclick="go()">',
        "<script>go()</script>",
        "<style>a{}</style>",
        '<script src="https://a.example/a.js">',
    ],
)
def test_the_finder_finds_what_the_policy_refuses(source: str) -> None:
    assert FORBIDDEN.search(source)
