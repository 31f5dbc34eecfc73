"""An answer {given, none, unknown, not_asked} beside the rows of a list: an empty set alone says nothing."""

from __future__ import annotations

from typing import Final

from cases.rules.faults import Fault

ANSWERS: Final = ("given", "none", "unknown", "not_asked")


def answer_agrees(field: str, answer: str, rows: int) -> tuple[Fault, ...]:
    """`given` has rows, every other answer has none."""
    if answer == "given":
        return () if rows else (Fault(field, "answer_without_values"),)
    return (Fault(field, "values_without_answer"),) if rows else ()


def answer_for(answer: str, rows: int) -> str:
    """The answer that agrees with the rows: rows make it `given`; without rows what was said, or
    `not_asked`."""
    if rows:
        return "given"
    return answer if answer in ANSWERS and answer != "given" else "not_asked"
