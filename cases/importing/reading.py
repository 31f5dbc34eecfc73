"""A file of persons: the columns of persons decide which delimiter it has, and which sheet of a workbook is meant."""

from __future__ import annotations

from agencies.exchange import reading
from agencies.exchange.reading import Sheet
from cases.importing.columns import known


def read(data: bytes) -> Sheet:
    """Raises Refused."""
    return reading.read(data, known)
