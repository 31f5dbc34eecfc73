"""Calls and cases from a file: each row through the rules, saved with its field history, all recorded
once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from import_export.fields import Field

from exchange.resource import Key, RegisterResource, Stored


class CaseworkResource(RegisterResource[Stored]):
    """Only rows in scope are found; what is another's is not there. The register gives the key: a file
    cannot."""

    class Meta:
        clean_model_instances = False

    given = ("number", "code", "received_on")  # by the register
    key_needed = False

    def get_queryset(self) -> QuerySet[Any]:
        return self.prepared(self._meta.model._default_manager.visible_to(self.by))

    def stored(self, keys: Sequence[Key]) -> Mapping[Key, Stored]:
        """One query for the keys of some rows: the list may be long."""
        name = self.get_import_id_fields()[0]
        wanted = [key[0] for key in keys if self.is_key(key)]
        return {
            (str(getattr(row, name)),): row for row in self.get_queryset().filter(**{f"{name}__in": wanted})
        }

    def is_key(self, key: Key) -> bool:
        """Whether the register may have given this key."""
        return True

    def start(self, row: Mapping[str, str], key: Key | None) -> Stored:
        """A key finds a row; of a new row it is only remembered, to be refused."""
        instance = super().start(row, key)
        instance.sent_key = str(row.get(self.get_import_id_fields()[0]) or "").strip()  # type: ignore[attr-defined]
        return instance

    def import_field(
        self, field: Field, instance: Stored, row: Mapping[str, str], is_m2m: bool = False, **options: Any
    ) -> None:
        if field.attribute not in self.get_import_id_fields():
            super().import_field(field, instance, row, is_m2m, **options)
