"""The reference data that the register ships: lists, counties, regions, agencies.

Repeatable: what is missing is added, what is there stays as it is, since administrators edit it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models, transaction

from agencies.code_words import rows
from agencies.models import Agency, Code, CodeMapping, County, CountyRegion, Region

MUNICIPAL_KINDS = {"social", "coordinator"}


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@transaction.atomic
def load() -> dict[str, int]:
    """Adds what is missing. Returns how many rows there are now, by name of the model."""
    for made in (_codes(), _mappings(), _regions(), _counties(), _county_regions(), _agencies()):
        add_missing(made)
    return {
        model._meta.model_name or "": model._default_manager.count()
        for model in (Code, CodeMapping, County, Region, Agency)
    }


def add_missing(made: list[models.Model]) -> None:
    """With a first version each, so that the first change of a row tells what stood there before."""
    model: Any = type(made[0])
    model._default_manager.bulk_create(made, ignore_conflicts=True, batch_size=500)
    unversioned = model._default_manager.exclude(pk__in=model.history.values(model._meta.pk.name))
    model.history.bulk_history_create(list(unversioned), batch_size=500)


def _codes() -> list[models.Model]:
    return [
        Code(
            key=row["key"],
            list=row["list"],
            label_sv=row["label_sv"],
            label_en=row["label_en"],
            valid_from=day(row["valid_from"]),
            valid_to=day(row["valid_to"]),
            position=int(row["position"] or 0),
        )
        for row in rows("codes")
    ]


def _mappings() -> list[models.Model]:
    return [
        CodeMapping(**{k: row[k] for k in ("code", "target", "release", "value")}) for row in rows("mappings")
    ]


def _regions() -> list[models.Model]:
    return [
        Region(code=row["code"], name_sv=row["name_sv"], name_en=row["name_en"]) for row in rows("regions")
    ]


def _counties() -> list[models.Model]:
    return [County(**{k: row[k] for k in ("code", "iso", "name_sv", "name_en")}) for row in rows("counties")]


def _county_regions() -> list[models.Model]:
    return [
        CountyRegion(
            county_id=row["county"], region_id=row["region"], valid_from=date.fromisoformat(row["valid_from"])
        )
        for row in rows("county_regions")
    ]


def _agencies() -> list[models.Model]:
    return [
        Agency(
            code=row["code"],
            name_sv=row["name_sv"],
            name_en=row["name_en"],
            kind_id=f"agency_kind:{row['kind']}",
            municipal=row["kind"] in MUNICIPAL_KINDS,
            member_from=day(row["member_from"]),
            member_to=day(row["member_to"]),
        )
        for row in rows("agencies")
    ]
