"""A file of persons: the columns of persons decide which delimiter it has, and which sheet of a workbook is
meant."""

from __future__ import annotations

from cases.importing.columns import known
from exchange import reading
from exchange.reading import Sheet


def read(data: bytes) -> Sheet:
    """Raises Refused."""
    return reading.read(data, known)
