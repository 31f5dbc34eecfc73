"""What an import of a list made and changed, kept so that it can be undone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.db.models import Model

from exchange.planning import Planned
from exchange.resource import RegisterResource

AT_ONCE: Final = 500  # keys in one query


class Journal:
    """Writes rows and notes what it takes to undo it: keys of new rows, old values, and how each row was
    left."""

    def __init__(self, resource: RegisterResource) -> None:
        self.resource = resource
        self.made: list[Any] = []
        self.changed: list[dict[str, Any]] = []

    def write(self, planned: Sequence[Planned]) -> None:
        """Raises IntegrityError."""
        new, old = [one for one in planned if one.new], [one for one in planned if not one.new]
        if new:
            self.resource.insert([one.instance for one in new], [one.lists for one in new])
        if old:
            fields = {field.attname: field.name for field in old[0].instance._meta.concrete_fields}
            names = {fields[name] for one in old for name in one.before} | ({"version"} & fields.keys())
            self.resource.update([one.instance for one in old], names, [one.lists for one in old])

    def note(self, planned: Sequence[Planned]) -> None:
        self.made += [plain(one.instance, one.instance._meta.pk.attname) for one in planned if one.new]
        for one in planned:
            if not one.new:
                key = plain(one.instance, one.instance._meta.pk.attname)
                self.changed.append({"key": key, "values": one.before, "lists": one.lists_before})

    def as_json(self) -> dict[str, Any]:
        keys = [*self.made, *(entry["key"] for entry in self.changed)]
        return {"made": self.made, "changed": self.changed, "left": fingerprints(self.resource.model, keys)}


def fingerprints(model: type[Model], keys: Sequence[Any]) -> dict[str, str]:
    """Of every value and list of each row that there is, by its key as text: equal while nobody has touched
    it."""
    found: dict[str, Any] = {}
    for some in chunks(keys):
        rows = model._base_manager.filter(pk__in=some)
        for values in rows.values_list("pk", *(field.attname for field in model._meta.concrete_fields)):
            found[str(values[0])] = hashlib.sha256(repr(values).encode())
        for field in model._meta.local_many_to_many:
            through: Any = field.remote_field.through
            pairs = through._base_manager.filter(**{f"{field.m2m_field_name()}__in": some}).values_list(
                field.m2m_column_name(),
                field.m2m_reverse_name(),
            )
            for key, item in sorted(pairs):
                found[str(key)].update(f"{field.name}:{item}".encode())
    return {key: digest.hexdigest()[:24] for key, digest in found.items()}


def chunks(keys: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(keys)
    while some := list(islice(source, AT_ONCE)):
        yield some


def plain(row: Model, attribute: str) -> Any:
    """Such as JSON holds."""
    value = getattr(row, attribute)
    return value if value is None or isinstance(value, int | str) else str(value)
