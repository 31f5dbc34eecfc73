"""The reference data that the register ships: lists, counties, regions, agencies.

Repeatable: what is missing is added, what is there stays as it is, since administrators edit it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import models, transaction

from agencies.code_words import mappings, rows
from agencies.models import Agency, Code, CodeMapping, County, CountyRegion, Region

MUNICIPAL_KINDS = {"social", "coordinator"}
# The file of each list, in the order in which they may be made; its columns are fields of the model.
FILES: Final[dict[str, type[models.Model]]] = {
    "codes": Code,
    "mappings": CodeMapping,
    "regions": Region,
    "counties": County,
    "county_regions": CountyRegion,
    "agencies": Agency,
}


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@transaction.atomic
def load() -> dict[str, int]:
    """Add what is missing. Return how many rows there are now, by name of the model."""
    for name, model in FILES.items():
        lines = mappings() if model is CodeMapping else rows(name)
        add_missing([_row_of(model, line) for line in lines])
    return {
        str(model._meta.model_name): model._default_manager.count()
        for model in (Code, CodeMapping, County, Region, Agency)
    }


def add_missing(made: list[models.Model]) -> None:
    """With a first version each, so that the first change of a row tells what stood there before."""
    model: Any = type(made[0])
    model._default_manager.bulk_create(made, ignore_conflicts=True, batch_size=500)
    unversioned = model._default_manager.exclude(pk__in=model.history.values(model._meta.pk.name))
    model.history.bulk_history_create(list(unversioned), batch_size=500)


def _row_of(model: type[models.Model], line: Mapping[str, str]) -> models.Model:
    """A row as a line of its file says; columns that are no field of the model serve others."""
    if model is Agency:
        kind = line["kind"]
        line = {**line, "kind": f"agency_kind:{kind}", "municipal": str(kind in MUNICIPAL_KINDS)}
    fields = model._meta.concrete_fields
    facts = {one.attname: one.to_python(line[one.name]) for one in fields if line.get(one.name)}
    return model(**facts)
