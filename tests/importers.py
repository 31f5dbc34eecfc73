"""Files that come in by name of their importer."""

from __future__ import annotations

from typing import Any, Final

from accounts.access import Access
from cases.importing.columns import known
from cases.importing.plan import PersonPlan, PersonWords
from exchange import runs
from exchange.lists import importer_of
from exchange.models import ImportUpload
from exchange.reader import ReadSheet, read
from exchange.runs import Done, ImportChoice, import_file

KEYS: Final = {"errors": "failed", "warnings": "warnings"}


def brought(name: str, data: bytes, by: Access, **choice: Any) -> Done:
    return import_file(data, importer_of(name), by=by, choice=ImportChoice(**choice))


def uploaded(name: str, data: bytes, by: Access, file: str = "file.csv") -> ImportUpload:
    """It waits, and has not been looked at."""
    return runs.put(importer_of(name), file, data, by=by)


def looked_at(name: str, data: bytes, by: Access, file: str = "file.csv") -> ImportUpload:
    upload = uploaded(name, data, by, file)
    runs.look(upload, by=by)
    return upload


def read_persons(data: bytes) -> ReadSheet:
    return read(data, known)


def in_words(plan: PersonPlan) -> dict[str, Any]:
    """How many rows of each outcome, and what is wrong or odd in those of persons."""
    words, facts = PersonWords(plan.header.named), plan.as_json()
    fields = {name: [words.problem(one) for one in facts[kept]] for name, kept in KEYS.items()}
    return plan.counts() | fields
