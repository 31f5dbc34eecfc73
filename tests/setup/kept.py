"""The migrations that are kept for ever, as they are, and rows for the tables that they make."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from django.apps.registry import Apps
from django.db import models
from django_countries.fields import CountryField

from tests.outside.golden import text
from tests.outside.place import Place

ROOT: Final = Path(__file__).resolve().parents[2]
KEPT: Final = (
    ("accounts", "0001_initial"),
    ("accounts", "0002_agency_and_attempts"),
    ("agencies", "0001_initial"),
    ("audit", "0001_initial"),
    ("audit", "0002_triggers"),
    ("cases", "0001_initial"),
    ("desk", "0001_initial"),
    ("exchange", "0001_initial"),
    ("jobs", "0001_initial"),
    ("summaries", "0001_initial"),
)
AT: Final = datetime(2019, 3, 1, 12, 0, tzinfo=UTC)
# As they were sealed then, under the key of the tests: packed bytes, and a text.
SEALED_FILE: Final = (
    b"gAAAAABceR7AMDEyMzQ1Njc4OWFiY2RlZydiNA4tymrAF3MlUV9POfyeqB6Zh8CDiAjpXK1ZtaCrNZZTwYDi6AwjjORGHiBpFg=="
)
SEALED_TEXT: Final = (
    "gAAAAABceR7AZmVkY2JhOTg3NjU0MzIxMDGGj8G-yji3fmW-8ETGX2Xd4cZBxU8u6kLmCjM15s_R91ZXKLBcrnnHlbsQ7puBLg=="
)
# What a row needs beyond any value, by model: what its constraints ask for. A text that begins with @ is the
# key of a row: of a code by its own key, of another model by its name, and of a second row of it after a 2.
NEEDED: Final[Mapping[str, Mapping[str, Any]]] = {
    "cases.person": {"first_year": 2019},
    "cases.person2": {"first_year": 2019, "position": 2},
    "cases.measure": {"kind_id": "@measure:shelter"},
    "cases.exploitation": {"purpose_id": "@purpose:labour"},
    "cases.personindicator": {"code_id": "@indicator:control"},
    "cases.suspectcount": {"relation_id": "@relation:partner"},
    "cases.call": {
        "caller_group_id": "@caller:social",
        "consent": "missing",  # and a case was opened all the same, as it was then
        "case_id": "@cases.case",
        "note": "",
    },
    "cases.notification": {"women": 1, "contacted_how": ""},
    "cases.duplicatereview": {"first_id": "@cases.person", "second_id": "@cases.person2"},
    "cases.waitinghint": {"second": 2},
    "cases.transfer": {"from_region_id": "@agencies.region", "to_region_id": "@agencies.region2"},
    "cases.lastlist": {"name": "cases"},
    "exchange.exportpart": {"content": SEALED_FILE},
    "exchange.importrun": {"journal": SEALED_FILE},
    "exchange.importupload": {"content": SEALED_FILE},
    "summaries.estimate": {"verdict": "internal"},
    "summaries.publication": {"sealed": SEALED_TEXT},
    "summaries.publicationfile": {"kind": "csv", "language": "sv"},
}


def digests(_place: Place) -> bytes:
    """One line a migration: whoever rewrites one has databases that were made by another."""
    files = (ROOT / app / "migrations" / f"{name}.py" for app, name in KEPT)
    return text(
        f"{file.relative_to(ROOT)}  {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files
    )


class Filler:
    """Makes a row of each model of a state of the migrations, of lists between two and of histories too."""

    def __init__(self, apps: Apps, alias: str) -> None:
        self.apps, self.alias = apps, alias
        self.made: dict[str, models.Model] = {}

    def fill(self) -> list[models.Model]:
        ours = {app for app, _name in KEPT}
        for model in self.apps.get_models(include_auto_created=True):
            if model._meta.app_label in ours:
                self.one(model._meta.label_lower)
        return list(self.made.values())

    def one(self, label: str, **more: Any) -> models.Model:
        """The row of a model, or a second one after a 2."""
        if label not in self.made:
            model = self.apps.get_model(label.partition("#")[0].rstrip("2"))
            needed = {name: self._key(value) for name, value in (self._needed(label) | more).items()}
            row = model(**{
                field.attname: needed[field.attname] if field.attname in needed else self._value(field, label)
                for field in model._meta.concrete_fields
                if field.attname in needed or not (field.generated or isinstance(field, models.AutoField))
            })  # fmt: skip
            row.save(using=self.alias, force_insert=True)
            self.made[label] = row
        return self.made[label]

    def _needed(self, label: str) -> dict[str, Any]:
        app, _dot, name = label.partition(".")
        return {**NEEDED.get(f"{app}.{name.removeprefix('historical')}", {}), **NEEDED.get(label, {})}

    def _key(self, value: Any) -> Any:
        if not (isinstance(value, str) and value.startswith("@")):
            return value
        if ":" in value:
            key = value[1:]
            return self.one(f"agencies.code#{key}", key=key, list=key.partition(":")[0]).pk
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


def _plain(field: models.Field[Any, Any]) -> Any:
    if field.choices and not isinstance(field, CountryField):
        return next(key for key, _label in field.flatchoices if key)
    for kind, value in VALUES:
        if isinstance(field, kind):
            return value[: field.max_length] if isinstance(value, str) and field.max_length else value
    raise TypeError(f"no value for {field}")


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
