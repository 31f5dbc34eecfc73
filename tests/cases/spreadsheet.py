"""Spreadsheets for the tests: rows as dictionaries, good unless a test says otherwise."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from accounts.access import Access
from exchange.importer import Plan
from tests.importers import brought

TODAY = date(2019, 3, 1)
GOOD = {
    "case": "A-17",
    "person": "K1",
    "identified_on": "2018-05-02",
    "agency": "Polismyndigheten",
    "county": "14",
    "sex": "F",
    "child": "no",
    "status": "presumed",
    "main_purpose": "sexual",
}


def row(**cells: str) -> dict[str, str]:
    return {**GOOD, **cells}


def sheet(
    *rows: dict[str, str], delimiter: str = ";", encoding: str = "utf-8", columns: Sequence[str] = ()
) -> bytes:
    """A CSV file with these rows, or one good row. Columns are those that any row has."""
    rows = rows or (row(),)
    names = list(columns) or list(dict.fromkeys(name for cells in rows for name in cells))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def load(data: bytes, by: Access, **choice: Any) -> Any:
    return brought("persons", data, by, **choice).plan


def counts(plan: Plan) -> tuple[int, int, int, int]:
    """New, changed, unchanged, failed."""
    new, changed, unchanged, failed = plan.counts().values()
    return new, changed, unchanged, failed


# How other programs save a file: delimiter and encoding.
SAVED = st.tuples(
    st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
)


def saved(data: bytes, delimiter: str, encoding: str) -> bytes:
    """A CSV file as another program saves it; as it was where the encoding has no such sign."""
    cells = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(cells)
    try:
        return out.getvalue().encode(encoding)
    except UnicodeEncodeError:
        return data
