"""What the commands have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError


def markdown_rows(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    """Return the lines of a table in Markdown."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def need(holds: object, sentence: str) -> None:
    """End the command with the sentence unless it holds."""
    if not holds:
        raise CommandError(sentence)


@contextmanager
def refusing(*faults: type[Exception]) -> Iterator[None]:
    """End the command with the sentence of the fault, where what is done within raises one of these."""
    try:
        yield
    except faults as fault:
        raise CommandError(str(fault)) from None
