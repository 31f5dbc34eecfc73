"""What somebody has answered about the spreadsheets of one hand, kept by name for the next file; and what
there is to ask. Pure. Answers hold names of columns and words of lists, never what stands in a dropped
column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from legacy_import.sheets import vocabulary
from legacy_import.sheets.values import Facts, key_of

KINDS: Final = ("column", "value", "colour", "blank", "default", "same_name", "adults", "kind", "down")
NEVER: Final = "drop:"  # a column of this is read by nobody
TABLES: Final = ("persons", "totals", "lists", "none")


@dataclass(frozen=True)
class Question:
    """`key`: by which its answer is kept. `about`: the heading, concept or sheet. `text`: the cell that
    cannot be read, or, where it seems to tell who somebody is, its line and sheet. `proposals`: answers, the
    likeliest first. `cells`: how many wait for it. `lines`: (sheet, line) of at most ten rows."""

    kind: str
    about: str
    text: str = ""
    proposals: tuple[str, ...] = ()
    sure: float = 0.0
    cells: int = 0
    lines: tuple[tuple[str, int], ...] = ()

    @property
    def key(self) -> str:
        return f"{self.kind}|{self.about}|{key_of(self.text)}" if self.text else f"{self.kind}|{self.about}"

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "kind": self.kind,
            "about": self.about,
            "text": self.text,
            "proposals": list(self.proposals),
            "sure": round(self.sure, 2),
            "cells": self.cells,
            "lines": [list(line) for line in self.lines],
        }


def said_as(facts: Facts) -> str:
    """An answer of facts in one text: `agency=social,municipality=Malmö`; "" is nothing."""
    return ",".join(f"{name}={value}" for name, value in sorted(facts.items()))


def facts_of(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(",") if "=" in part)
    return {name.strip(): value.strip() for name, _sign, value in pairs}


@dataclass(frozen=True)
class Answers:
    """Answers by the key of their question."""

    answers: Mapping[str, str] = field(default_factory=dict)

    def get(self, kind: str, about: str, text: str = "") -> str | None:
        return self.answers.get(Question(kind, about, text).key)

    def columns(self) -> dict[str, str]:
        """What headings have been said to be, by the key of the heading."""
        kept = ((key.partition("|"), said) for key, said in self.answers.items())
        return {heading: said for (kind, _sign, heading), said in kept if kind == "column"}

    def values(self) -> dict[str, dict[str, Facts]]:
        """concept → folded text → facts."""
        found: dict[str, dict[str, Facts]] = {}
        for key, answer in self.answers.items():
            kind, *rest = key.split("|", 2)
            if kind == "value" and len(rest) == 2:
                found.setdefault(rest[0], {})[rest[1]] = facts_of(answer)
        return found

    def with_answers(self, more: Mapping[str, str]) -> Answers:
        return Answers({**self.answers, **more})


def of_json(told: Any) -> Answers:
    """Raises ValueError for what is no mapping."""
    answers = told.get("answers") if isinstance(told, Mapping) else None
    if not isinstance(answers, Mapping) or not all(
        isinstance(one, str) and one.split("|")[0] in KINDS for one in answers
    ):
        raise ValueError("This is no mapping: it needs answers by the keys of questions.")
    said = {str(key): str(value) for key, value in answers.items()}
    if wrong := [key for key, answer in said.items() if not _may_be(key.partition("|")[0], answer)]:
        raise ValueError(f"This is no answer to {wrong[0]}: {said[wrong[0]]}.")
    return Answers(said)


def _may_be(kind: str, answer: str) -> bool:
    """Of a word that is nothing a table or column would be passed over in silence."""
    if kind == "kind":
        return answer in TABLES
    return kind != "column" or answer in vocabulary.LISTS["heading"] or answer.startswith((NEVER, "mark:"))


def in_order(questions: Sequence[Question]) -> list[Question]:
    """What most cells wait for comes first, columns before values."""
    return sorted(questions, key=lambda one: (KINDS.index(one.kind) > 0, -one.cells, one.key))
