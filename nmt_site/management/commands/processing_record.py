"""`manage.py processing_record [--format csv|markdown] [--lang sv|en]`: the record of processing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exchange.writer import csv_text
from nmt_site.management import markdown_rows
from retention.processing_record import COLUMNS, headings, in_words, lines

_FIELD = COLUMNS.index("field")


class Command(BaseCommand):
    help = (
        "Prints of every field what it is for, on what legal ground, whose it is, who may see it, how long "
        "it is kept, whether it is encrypted and how it leaves. Reads no row."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("csv", "markdown"), default="csv")
        parser.add_argument("--lang", choices=("sv", "en"), default="sv")

    def handle(self, *args: Any, **options: Any) -> None:
        lines_in_words = [in_words(line, options["lang"]) for line in lines()]
        head = headings(options["lang"])
        if options["format"] == "csv":
            self.stdout.write(csv_text([head, *lines_in_words], ";", "\n"), ending="")
        else:
            self.stdout.write("\n".join(markdown_rows(head, _together(lines_in_words))))


def _together(told: list[list[str]]) -> Iterator[list[str]]:
    """Fields of a table that are treated alike in one line."""
    for same, alike in groupby(sorted(told, key=_without_field), key=_without_field):
        fields = " ".join(one[_FIELD] for one in alike)
        yield [*same[:_FIELD], fields, *same[_FIELD:]]


def _without_field(line: list[str]) -> list[str]:
    return line[:_FIELD] + line[_FIELD + 1 :]
