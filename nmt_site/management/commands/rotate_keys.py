"""`manage.py rotate_keys`: encrypt all that is stored under the first key of NOTES_KEY="new,old".

It works in batches, so that an old key can be thrown away, and binds to its row what was encrypted before
texts were. What the first key has encrypted already is left alone: a rotation that was stopped goes on where
it was. A row is locked while it is encrypted: what somebody saves in the meantime is not overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandParser
from django.db import models, transaction

from accounts import factors
from audit.writer import System, record
from cases.model_fields import OWNER_COLUMNS, index_of
from cases.models import Identification
from cases.models.case import Case
from encryption.fields import CURRENT, ROTATED, UNREADABLE, Column, SecretFileField, anew, encrypted_columns
from nmt_site.management import need

# `reference_index` beside `reference`
INDEXED: Final[tuple[type[models.Model], ...]] = (Identification, Case)

Report = Callable[[Counter[str]], None]
One = Callable[[Any], str]


def rotate(*, batch: int = 500, report: Report = lambda counts: None) -> Counter[str]:
    """How many texts were rotated, were current, and could not be read. `report` after each batch."""
    counts: Counter[str] = Counter()
    for model, size, one in _columns(batch):
        for found in _in_batches(model, size, one):
            counts.update(found)
            report(counts)
    return counts


def _columns(batch: int) -> Iterator[tuple[type[models.Model], int, One]]:
    """Each encrypted column: how many rows at a time, and how one is rotated."""
    for model, field in encrypted_columns():
        files = isinstance(field, SecretFileField)  # of megabytes
        yield model, max(1, batch // 50) if files else batch, partial(_rotate, model, field)
    yield Authenticator, batch, factors.anew


def _in_batches(model: type[models.Model], batch: int, one: One) -> Iterator[Counter[str]]:
    """By primary key, a transaction each: stopped at any place, nothing is half done."""
    keys = [0]
    while keys := list(
        model._base_manager.filter(pk__gt=keys[-1]).order_by("pk").values_list("pk", flat=True)[:batch]
    ):
        with transaction.atomic():
            found = Counter(each for each in (one(each) for each in keys) if each)
        yield found


def _rotate(model: type[models.Model], field: Column, key: object) -> str:
    """With its index, where there is one: that is of the first key too, and of its owner."""
    indexed = model in INDEXED and field.name == "reference"
    beside = ("reference_index", OWNER_COLUMNS[model._meta.db_table]) if indexed else ()
    state, row = anew(model, field, key, *beside)
    if indexed and row is not None and row.reference_index != (now := index_of(row)):
        model._base_manager.filter(pk=key).update(reference_index=now)
    return state


class Command(BaseCommand):
    help = (
        "Encrypts notes, references, drafts, waiting files and second factors under the first key of "
        'NOTES_KEY="new,old". May be stopped and started again.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="texts in a transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = rotate(batch=max(1, options["batch"]))
        record(System(), "keys.rotate", rows=counts[ROTATED])
        self.stdout.write(f"ok {counts[ROTATED]} rotated, {counts[CURRENT]} current")
        need(
            not counts[UNREADABLE],
            f"{counts[UNREADABLE]} texts can be read under none of the keys and were left as they are: "
            "add the key that they were written under to NOTES_KEY and run this again.",
        )
