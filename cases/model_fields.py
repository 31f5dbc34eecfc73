"""The facts of a row that the database guards, said in one way.

The keyed index by which a whole reference is found, beside the sealed text.

An index is of one column and one owner: of the agency whose reference it is, or of the region where the case
was opened. So the database does not show which agencies or regions have a reference in common.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import CharField, CheckConstraint, F, Q, TextChoices, Value
from django.db.models.functions import Cast, Substr
from django.db.models.lookups import Exact

from cases.rules.texts import folded
from encryption.fields import SecretTextField, Unreadable
from encryption.tokens import digests


def of_list(model: str, field: str, word: str) -> CheckConstraint:
    """A column that holds a key of one code list, or nothing."""
    prefix = f"{word}:"
    key = Substr(Cast(F(field), CharField()), 1, len(prefix))
    return CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(Exact(key, Value(prefix))),
        name=f"cases_{model}_{field}_of_list",
    )


def known(model: str, field: str, choices: type[TextChoices]) -> CheckConstraint:
    return CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}), name=f"cases_{model}_{field}_known"
    )


def month(model: str, field: str) -> CheckConstraint:
    """A month is kept as its first day."""
    return CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__day": 1}),
        name=f"cases_{model}_{field}_is_month",
    )


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
