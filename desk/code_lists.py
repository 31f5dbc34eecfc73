"""The lists of words that forms choose from, each word with what it means: shown at *Help*."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import pgettext_lazy

from agencies.models import Code, localised
from cases.choices import Status

FILE: Final = Path(__file__).with_name("definitions.csv")
STATUS: Final = "status"
# Those whose words are explained; the administrator adds words of their own, which have no explanation.
LISTS: Final[Mapping[str, object]] = {
    STATUS: pgettext_lazy("list of words", "Status of a person"),
    "purpose": pgettext_lazy("list of words", "Purposes"),
    "offence": pgettext_lazy("list of words", "Offences"),
    "act": pgettext_lazy("list of words", "Acts"),
    "means": pgettext_lazy("list of words", "Improper means"),
    "control": pgettext_lazy("list of words", "Methods of control"),
    "measure": pgettext_lazy("list of words", "Measures"),
}


@dataclass(frozen=True, slots=True)
class Word:
    label: str
    meaning: str
    days: str = ""  # outside which it gives a warning


@cache
def _meanings() -> Mapping[str, tuple[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: (row["sv"], row["en"]) for row in csv.DictReader(file)}


def meaning(key: str) -> str:
    """Of a word by its key, in the reader's language; empty where none is written."""
    return localised(*_meanings().get(key, ("", "")))


def words_of(name: str) -> list[Word]:
    """Of a list of `LISTS`, in its order; those that have ended too, since older rows have them."""
    if name == STATUS:
        return [Word(str(one.label), meaning(f"{STATUS}:{one.value}")) for one in Status]
    return [Word(code.label, meaning(code.key), _days(code)) for code in Code.objects.filter(list=name)]


def _days(code: Code) -> str:
    if not (code.valid_from or code.valid_to):
        return ""
    return f"{code.valid_from or ''}–{code.valid_to or ''}"
