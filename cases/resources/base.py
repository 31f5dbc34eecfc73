"""Calls and cases from a file: each row through the rules, saved with its field history, all recorded once."""

from __future__ import annotations

from typing import Any

from agencies.exchange.resource import RegisterResource
from cases.actions.saving import save


class CaseworkResource(RegisterResource):
    """Only rows in scope are found; what is another's is not there. The register gives the key: a file cannot."""

    class Meta:
        use_bulk = False
        clean_model_instances = False

    given = ("number", "code", "received_on")  # by the register

    def get_queryset(self) -> Any:
        return self.prepared(self._meta.model._default_manager.visible_to(self.by))

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **options: Any) -> None:
        """The key finds a row; of a new row it is only remembered, to be refused."""
        if field.attribute in self.get_import_id_fields():
            instance.sent_key = str(row.get(field.column_name) or "").strip()
        else:
            super().import_field(field, instance, row, is_m2m, **options)

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        if is_create:
            self.create(instance)
        else:
            instance.version += 1
            save(instance, by=self.by)

    def create(self, instance: Any) -> None:
        save(instance, by=self.by)
