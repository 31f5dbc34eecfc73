"""A page of a workbook that lists lines under a head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchange.packing import Look, Page, Styled, TableOfPage


def sheet(name: str, head: list[list[Any]], columns: Sequence[str], rows: list[list[Any]]) -> Page:
    """A table to spreadsheet programs, where it has a row."""
    called = f"T_{''.join(letter for letter in name if letter.isalnum())}"
    table = TableOfPage(called, columns, len(head) + 1, len(rows)) if rows else None
    header = [Styled(column, Look.BOLD) for column in columns]
    widths = [44, 36, 28, 12, 40]
    return Page(name, [*head, header, *rows], widths, (len(head) + 1, 0), landscape=True, table=table)
