"""Population and historical figures that the register ships. Repeatable, as agencies.reference_data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import models, transaction

from agencies.reference_data import add_missing, rows
from audit.writer import System, Target, record
from summaries.models import Exemption, HistoricalFigure, Population

BEFORE: Final = "The agency has always published how many women, men, girls and boys there were."
HEADLINE: Final = (
    f"{BEFORE} The decision covers these four, the total, and the sum of other sex and not known; the two "
    "apart are "
    "shown only where neither is a small number. No other table tells of whoever is one of few there."
)


@transaction.atomic
def load() -> dict[str, int]:
    """Adds what is missing. Returns how many rows there are now, by name of the model."""
    add_missing([HistoricalFigure(**row) for row in rows("historical_figures")])
    add_missing([population for row in rows("population") for population in _populations(row)])
    return {
        model._meta.model_name or "": model._default_manager.count()
        for model in (HistoricalFigure, Population)
    }


@transaction.atomic
def decide_standing_exemption() -> None:
    """The headline groups are shown however small: the agency has always printed them. Decided once, and
    recorded. What was decided before those of few were left out elsewhere is asked about again, on the page
    of publishing."""
    decided = {"reason": HEADLINE, "approved": True}
    row, created = Exemption.objects.get_or_create(table="groups", year=None, defaults=decided)
    if not created:
        return
    record(
        System(), "exemption.standing", Target("summaries.exemption", str(row.pk), "groups"), reason=HEADLINE
    )


def _populations(row: dict[str, str]) -> Iterator[models.Model]:
    columns = {
        "total": ("T", "total"),
        "men": ("M", "total"),
        "women": ("F", "total"),
        "under_18": ("T", "0-17"),
    }
    for column, (sex, age) in columns.items():
        if row[column]:
            yield Population(
                year=int(row["year"]), sex=sex, age=age, number=int(row[column]), source=row["source"]
            )
