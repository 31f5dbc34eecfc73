"""Texts that a spreadsheet program would run, and who says so: Unicode's own tables, not the code that is
tested."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

FORMULAS: Final = (
    '=HYPERLINK("x")',
    "=1+1",
    "+1-1",
    "-1+1",
    "@SUM(1)",
    "=cmd|'/c calc'!A0",
    "+cmd|' /c x'!A0",
    "x;=1+1",
    "x,=1+1",
    "x,@SUM(1)",
    "x\t=1+1",
    "x\n=1+1",
    "x\r=1+1",
    "x\r\n=1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\u2060+1-1",
    "\ufeff=1+1",
    "\u00ad-1+1",
    "\u3164=1+1",
    "\u3000＝1+1",
    "＝1+1",
    "＋1-1",
    "－1+1",
    "＠SUM(1)",
    "﹦1+1",
    "\u22121+1",
    '"=1+1"',
    'x;"=1+1;',
    '"";=1+1',
    "'=1+1",
    "''=1+1",
    "_x003D_1+1",
    "=1+1;=2",
)
PLAIN: Final = (
    "Göteborg",
    "0–6",
    "18+",
    "a = b",
    "2018-05-02",
    "007",
    "it's",
    "Annan, utom EU",
    "e-post",
    "V-2018-0012",
    "1,5",
    "Sexual + labour",
    "'quoted'",
    "a; b, c",
    "x@example.org",
    "C++",
)
SEPARATORS: Final = re.compile(r"[,;\t\r\n]")  # at which programs split, whatever the file was written with
UNSEEN_LETTERS: Final = frozenset(
    "\u115f\u1160\u2800\u3164\uffa0"
)  # which Unicode counts among letters and symbols
NUMBER: Final = re.compile(r"-?[0-9]+")


def live(text: str) -> list[str]:
    """The parts of a text that a program would run, should it split there and drop what nobody sees, or
    quotation marks."""
    return [
        part for part in SEPARATORS.split(text) if not NUMBER.fullmatch(part) and _first(part) in "=+-@\u2212"
    ]


def _first(part: str) -> str:
    seen = next((sign for sign in part if not _unseen(sign)), "x")
    return unicodedata.normalize("NFKC", seen)[:1]


def _unseen(sign: str) -> bool:
    return (
        sign == '"'
        or sign in UNSEEN_LETTERS
        or unicodedata.category(sign) in {"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"}
    )
