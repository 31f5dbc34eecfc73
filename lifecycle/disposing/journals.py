"""What an import keeps to be taken back by: it holds former values of rows, and so goes when they go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db.models import Model

from cases.models import Case, Person
from exchange.importers import importer_of
from exchange.journal import DISPOSED
from exchange.models import ImportRun
from lifecycle.models import TakenSheet
from sealing.sealed import as_bytes, of_bytes

EMPTY: Final[dict[str, Any]] = {"made": {}, "changed": {}, "gone": {}, "left": {}, DISPOSED: True}
OWNERS: Final[tuple[tuple[str, type[Model]], ...]] = (("person_id", Person), ("case_id", Case))
Keys = Mapping[type[Model], set[Any]]


def empty_journals(keys: Keys) -> int:
    """Of imports whose journals name any of these rows; returns how many. None of them can be undone."""
    emptied = 0
    for run in ImportRun.objects.order_by("pk").iterator(chunk_size=20):
        models = importer_of(run.importer).models
        if any(_goes(model, key, keys) for model, key in _named(of_bytes(run.journal), models)):
            _empty(run)
            emptied += 1
    return emptied


def _empty(run: ImportRun) -> None:
    run.journal = as_bytes(EMPTY)
    run.save(update_fields=["journal"])
    for sheet in TakenSheet.objects.filter(run=run):
        sheet.rows, sheet.told = as_bytes([]), b""
        sheet.save(update_fields=["rows", "told"])


def _goes(model: type[Model], key: Any, keys: Keys) -> bool:
    return key is not None and model._meta.pk.to_python(key) in keys.get(model, ())


def _named(
    journal: Mapping[str, Any], models: Mapping[str, type[Model]]
) -> Iterator[tuple[type[Model], Any]]:
    """Each row that the journal has a key of: made, changed, and what the rows that went hung on."""
    for name, model in models.items():
        for key in (*_of(journal, "made", name), *_of(journal, "changed", name)):
            yield model, key
        for whole in _of(journal, "gone", name):
            for column, owner in OWNERS:
                yield owner, whole["values"].get(column)


def _of(journal: Mapping[str, Any], part: str, name: str) -> Any:
    return journal.get(part, {}).get(name, ())
