"""The shape of the register as a file: for inventing one like it, in the house. No row leaves with it, and
still it is no file to publish."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from audit.writer import System, record
from cases.shape.cells import FEWEST
from cases.shape.fitting import fit
from cases.shape.nearest import Nearness, proof
from cases.shape.shape import Shape, plain
from cases.shape_rows import lists_of_register, rows_of_register
from exchange.writing import json_text
from lifecycle.asking import WHOLE

FEWEST_PERSONS: Final = 20 * FEWEST  # of fewer there is hardly a cell to keep
SEED: Final = 1


class NoShapeYet(Exception):
    """Why there is none, in a sentence."""


@dataclass(frozen=True, slots=True)
class WrittenShape:
    """`nearness`: what the comparison with the nearest rows found."""

    shape: Shape
    nearness: Nearness


@transaction.atomic
def write_shape(path: Path, *, at: datetime) -> WrittenShape:
    """Writes the file, readable by its owner alone, and records it. Raises NoShapeYet, and OSError where it
    is there already."""
    rows = rows_of_register()
    persons = len(rows.persons)
    if persons < FEWEST_PERSONS:
        raise NoShapeYet(f"The register has {persons} persons: a shape needs at least {FEWEST_PERSONS}.")
    nearness = proof(rows, lists_of_register(), seed=SEED)
    if not nearness.nothing_survives:
        raise NoShapeYet("Rows drawn from the shape lie nearer to the register's own than chance explains.")
    shape = fit(rows)
    written = WrittenShape(shape, nearness)
    told = {"demo": settings.DEMO, "internal": True, "at": at.date().isoformat(), **plain(shape)}
    text = json_text(told).encode()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
    record(System(), "register.shape", WHOLE, rows=persons, digest=hashlib.sha256(text).hexdigest(), at=at)
    return written
