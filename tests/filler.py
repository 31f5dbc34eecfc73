"""A row of any model, with whatever its columns take and its constraints ask for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from django.apps import apps
from django.db import models
from django_countries.fields import CountryField

from agencies.models import Code

AT: Final = datetime(2019, 3, 1, 12, 0, tzinfo=UTC)
# What a row needs beyond any value, by model: what its constraints ask for. A text that begins with @ is the
# key of a row: of a list, the first code of it; of a model, its row, and of a second row of it after a 2.
NEEDED: Final[Mapping[str, Mapping[str, Any]]] = {
    "cases.person": {"first_year": 2019},
    "cases.person2": {"first_year": 2019, "position": 2},
    "cases.measure": {"kind_id": "@measure:"},
    "cases.exploitation": {"purpose_id": "@purpose:"},
    "cases.personindicator": {"code_id": "@indicator:"},
    "cases.suspectcount": {"relation_id": "@relation:"},
    "cases.call": {"caller_group_id": "@caller:", "note": ""},
    "cases.notification": {"women": 1, "contacted_how": ""},
    "cases.duplicatereview": {"first_id": "@cases.person", "second_id": "@cases.person2"},
    "cases.waitinghint": {"second": 2},
    "cases.transfer": {"from_region_id": "@agencies.region", "to_region_id": "@agencies.region2"},
    "cases.lastlist": {"name": "cases"},
}
VALUES: Final = (
    (CountryField, "SE"),
    (models.EmailField, "vera@example.org"),
    (models.DateTimeField, AT),
    (models.DateField, date(2019, 3, 1)),
    (models.UUIDField, uuid.UUID(int=1)),
    (models.BooleanField, False),
    (models.IntegerField, 1),
    (models.FloatField, 0.5),
    (models.BinaryField, b"bytes"),
    (models.JSONField, {"a": 1}),
    (models.CharField, "text"),
    (models.TextField, "text"),
)


class Filler:
    """Makes rows beside those of the reference data; of former states and of lists between two models too."""

    def __init__(self) -> None:
        self.made: dict[str, models.Model] = {}

    def one(self, label: str, **more: Any) -> models.Model:
        """The row of a model; a second one after a 2, any other after a # and its number."""
        if label not in self.made:
            model = apps.get_model(label.partition("#")[0].rstrip("2"))
            given = {name: self._key(value) for name, value in (needed(label) | more).items()}
            row = model(**{
                field.attname: given[field.attname] if field.attname in given else self._value(field, label)
                for field in model._meta.concrete_fields
                if field.attname in given or not (field.generated or isinstance(field, models.AutoField))
            })  # fmt: skip
            row.save(force_insert=True)
            self.made[label] = row
        return self.made[label]

    def _key(self, value: Any) -> Any:
        if not (isinstance(value, str) and value.startswith("@")):
            return value
        if value.endswith(":"):
            codes = Code.objects.filter(list=value[1:-1]).order_by("pk")
            return codes.values_list("pk", flat=True)[0]
        return self.one(value[1:]).pk

    def _value(self, field: models.Field[Any, Any], label: str) -> Any:
        if isinstance(field, models.ForeignKey):
            return None if field.null else self.one(field.related_model._meta.label_lower).pk
        if field.null and not field.primary_key:
            return None
        if field.has_default():
            return field.get_default()
        value = _plain(field)
        return f"2{value}"[: field.max_length] if field.unique and label.endswith("2") else value


def needed(label: str) -> dict[str, Any]:
    """What a row of this label, or its former state, needs."""
    app, _dot, name = label.partition("#")[0].partition(".")
    return {**NEEDED.get(f"{app}.{name.removeprefix('historical')}", {}), **NEEDED.get(f"{app}.{name}", {})}


def _plain(field: models.Field[Any, Any]) -> Any:
    if field.choices and not isinstance(field, CountryField):
        return next(key for key, _label in field.flatchoices if key)
    for kind, value in VALUES:
        if isinstance(field, kind):
            return value[: field.max_length] if isinstance(value, str) and field.max_length else value
    raise TypeError(f"no value for {field}")
