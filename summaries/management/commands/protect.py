"""Disclosure control of any tables: a package in, protected tables and their audit out. Touches no
database."""

from __future__ import annotations

import json
import math
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from libs.suppression import Package, protect
from libs.suppression.tables import TableError

LARGEST_INPUT = 20_000_000  # bytes


class Command(BaseCommand):
    help = (
        "Hide what is too small to publish in the tables of a package read from standard input, "
        "and attack the result."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seconds",
            default="30",
            help="work for the exact search, about what a processor does in them (30)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            seconds = seconds_of(options["seconds"])
            package = Package.from_json(_read(sys.stdin.buffer.read(LARGEST_INPUT + 1)))
            protection = protect(package, seconds=seconds)
        except TableError as error:
            raise CommandError(str(error)) from None
        except (ArithmeticError, MemoryError):
            raise CommandError("The package could not be protected: the solver found no answer.") from None
        self.stdout.write(json.dumps(protection.to_json()))  # ASCII: any terminal can write it


def seconds_of(text: str | float) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= 86_400:
        raise TableError("The seconds must be a number from 0 to 86400.")
    return seconds


def _read(data: bytes) -> Any:
    if len(data) > LARGEST_INPUT:
        raise TableError(f"The package is larger than {LARGEST_INPUT // 1_000_000} megabytes.")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise TableError("Standard input is not a JSON document.") from None
