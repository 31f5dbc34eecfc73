"""Every importer: one of each list that comes in, and those that the apps hand in."""

from __future__ import annotations

from exchange.importer import IMPORTERS, Importer
from exchange.lists import list_importer
from exchange.resource import RESOURCES


def importer_names() -> list[str]:
    return [*IMPORTERS, *sorted(RESOURCES)]


def importer_of(name: str) -> Importer:
    """Raises KeyError."""
    return IMPORTERS.get(name) or list_importer(RESOURCES[name])
