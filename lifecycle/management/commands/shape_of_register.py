"""`manage.py shape_of_register --to FILE`: how often, never who, for `demo --like FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lifecycle.shape import NoShapeYet, write_shape


class Command(BaseCommand):
    help = (
        "Writes how often the register's facts stand together, in cells of ten rows or more, as a file that "
        "stays in the house: `demo --like FILE` invents a register of that shape. Compares with the nearest "
        "rows first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, help="a file that is not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = write_shape(Path(options["to"]), at=timezone.now())
        except (NoShapeYet, OSError) as fault:
            raise CommandError(str(fault)) from None
        found, shape = written.nearness, written.shape
        self.stdout.write(
            f"ok {len(shape.cells())} cells of {shape.persons} persons, none of fewer than {shape.fewest} "
            "rows"
        )
        self.stdout.write(
            f"of {found.drawn} rows drawn from halves of it, {found.of_fitted} are near copies of a row that "
            f"was fitted and {found.of_held} of one that was not"
        )
        if shape.assumed:
            self.stdout.write(f"assumed, for the register says too little: {', '.join(shape.assumed)}")
