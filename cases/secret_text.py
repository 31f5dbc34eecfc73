"""The keyed index by which a whole reference is found, beside the sealed text.

An index is of one column and one owner: of the agency whose reference it is, or of the region where the case
was opened. So the database does not show which agencies or regions have a reference in common.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from cases.rules.texts import folded
from encryption.fields import SecretTextField, Unreadable
from encryption.tokens import digests

__all__ = [
    "OF_CASES",
    "OF_PERSONS",
    "OWNER_COLUMNS",
    "SecretTextField",
    "Unreadable",
    "index_of",
    "indexes",
    "indexes_of",
]
OF_PERSONS: Final = "cases_identification.reference"
OF_CASES: Final = "cases_case.reference"
# By table, the column that tells the owner of a row's reference.
OWNER_COLUMNS: Final = {"cases_identification": "agency_id", "cases_case": "region_id"}


def indexes(column: str, owners: Iterable[object], text: str) -> list[str]:
    """Digests of `text` of these owners, for each key; those of another spelling of the same reference are
    equal. Empty for an empty text."""
    same = folded(text).encode()
    if not same:
        return []
    return [digest for owner in owners for digest in digests(column, str(owner), same)]


def indexes_of(row: Any) -> list[str]:
    """Of the reference of a row, the present key's first."""
    table = row._meta.db_table
    return indexes(f"{table}.reference", [getattr(row, OWNER_COLUMNS[table])], row.reference)


def index_of(row: Any) -> str:
    return next(iter(indexes_of(row)), "")
