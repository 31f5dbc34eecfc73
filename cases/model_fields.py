"""Columns and constraints that several tables of casework have in common, and the index of a reference.

The keyed index, beside the encrypted text, is what a whole reference is found by. It is of one column and one
owner: of the agency whose reference it is, or of the region where the case was opened. So the database does
not show which agencies or regions have a reference in common.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.db.models import (
    PROTECT,
    CharField,
    CheckConstraint,
    F,
    ForeignKey,
    ManyToManyField,
    Model,
    Q,
    TextChoices,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast, Substr
from django.db.models.lookups import Exact

from agencies.models import Code
from cases.choices import ListAnswer, WithoutConsent
from cases.rules.texts import folded
from encryption.tokens import digests

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable
    from django.utils.functional import _StrPromise


M = TypeVar("M", bound=Model)


class Coded(Model):
    code = UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


def link(
    model: type[M], name: _StrPromise | None = None, *, related_name: str = "+", **options: Any
) -> ForeignKey[M | Combinable, M]:
    """Return a column for the key of a row that stays as long as this one names it."""
    return ForeignKey(model, PROTECT, verbose_name=name, related_name=related_name, **options)


def link_or_none(
    model: type[M], name: _StrPromise | None = None, *, related_name: str = "+", **options: Any
) -> ForeignKey[M | Combinable | None, M | None]:
    options = {"null": True, "blank": True, **options}
    return ForeignKey(model, PROTECT, verbose_name=name, related_name=related_name, **options)


def code(words: str, name: _StrPromise) -> ForeignKey[Code | Combinable, Code]:
    """Return a column for a key of the code list `words`."""
    return link(Code, name, limit_choices_to={"list": words})


def code_or_none(words: str, name: _StrPromise) -> ForeignKey[Code | Combinable | None, Code | None]:
    return link_or_none(Code, name, limit_choices_to={"list": words})


def codes(words: str, name: _StrPromise) -> ManyToManyField[Code, Model]:
    """Return several codes of the list `words`; what an empty one means is said by a `list_answer`."""
    chosen = {"list": words}
    return ManyToManyField(Code, verbose_name=name, related_name="+", blank=True, limit_choices_to=chosen)


def without_consent(name: _StrPromise) -> CharField[str, str]:
    """Return why there is a case although consent to referral is missing; empty where it is not."""
    choices = WithoutConsent.choices
    return CharField(name, max_length=10, choices=choices, blank=True, default="", editable=False)


def list_answer() -> CharField[str, str]:
    return CharField(max_length=10, choices=ListAnswer.choices, default=ListAnswer.NOT_ASKED)


def check(name: str, condition: Q) -> CheckConstraint:
    return CheckConstraint(condition=condition, name=f"cases_{name}")


def of_list(model: str, field: str, word: str) -> CheckConstraint:
    """A column that holds a key of one code list, or nothing."""
    prefix = f"{word}:"
    key = Substr(Cast(F(field), CharField()), 1, len(prefix))
    return check(f"{model}_{field}_of_list", Q(**{f"{field}__isnull": True}) | Q(Exact(key, Value(prefix))))


def known(model: str, field: str, choices: type[TextChoices], *more: str) -> CheckConstraint:
    """A column that holds a value of a closed set, or one of `more`."""
    allowed = [*more, *choices.values]
    return check(f"{model}_{field}_known", Q(**{f"{field}__in": allowed}))


def together(name: str, *fields: str) -> CheckConstraint:
    """Columns that all have a value, or none of them."""
    none = Q(**{f"{field}__isnull": True for field in fields})
    every = Q(**{f"{field}__isnull": False for field in fields})
    return check(name, none | every)


def month(model: str, field: str) -> CheckConstraint:
    """A month is kept as its first day."""
    return check(f"{model}_{field}_is_month", Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__day": 1}))


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
