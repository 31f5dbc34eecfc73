"""The facts of a row that the database guards, said in one way."""

from __future__ import annotations

from django.db.models import CharField, CheckConstraint, F, Q, TextChoices, Value
from django.db.models.functions import Cast, Substr
from django.db.models.lookups import Exact


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
