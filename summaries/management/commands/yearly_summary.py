"""`manage.py yearly_summary YEAR [--format json|csv|text] [--lang sv|en] [--internal]`: the tables of a
year."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone, translation

from accounts.access import Access
from audit.writer import System, Target, record
from exchange.years import year_of
from summaries.counting.build import of_the_register
from summaries.counting.reference import ReferenceMissing
from summaries.counting.summary import internal_summary
from summaries.files import INTERNAL, PROTECTED, internal_csv, json_text, plain_text, public_csv
from summaries.release.custom_releases import Unsafe, first_publication, headline, protected_summary
from summaries.release.frozen import year_text
from summaries.text import Language

FORMATS = ("json", "csv", "text")
LANGUAGES = ("sv", "en")


class Command(BaseCommand):
    help = "Prints the tables of a year: protected, or with --internal in full detail, which is recorded."

    def add_arguments(self, parser: CommandParser) -> None:
        # Not by argparse's choices: its refusal is a page of usage, not a sentence.
        parser.add_argument("year", metavar="YEAR", nargs="?", default="")
        parser.add_argument("--format", default="json", help="json, csv or text")
        parser.add_argument("--lang", default="sv", help="sv or en")
        parser.add_argument(
            "--internal", action="store_true", help="full detail, not for publication; recorded"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        year = typed_year(options["year"])
        one_of("--format", options["format"], FORMATS)
        one_of("--lang", options["lang"], LANGUAGES)
        try:
            with translation.override(options["lang"]):
                self.stdout.write(self.result(year, options))
        except ReferenceMissing as error:
            raise CommandError(str(error)) from None

    def result(self, year: int, options: dict[str, Any]) -> str:
        access = of_the_register(timezone.now())
        if options["internal"]:
            return internal(access, year, options["format"])
        try:
            return public(access, year, options["format"], options["lang"])
        except Unsafe:
            raise CommandError(
                f"The tables of {year} could not be protected, so nothing is printed."
            ) from None


@transaction.atomic
def internal(access: Access, year: int, form: str) -> str:
    summary = internal_summary(access, year)
    target = Target("summary", str(year), str(year))
    record(System(), "summary.export", target, rows=len(summary.tables), at=access.at)
    if form == "csv":
        return internal_csv(summary, summary.tables)
    write = plain_text if form == "text" else json_text
    return write(summary, publication=INTERNAL)


def public(access: Access, year: int, form: str, language: Language) -> str:
    summary, tables = protected_summary(access, year)
    if form == "csv":
        return public_csv(summary, tables)
    if form == "json":
        return json_text(summary, publication=PROTECTED)
    if not tables:
        return plain_text(summary, publication=PROTECTED)
    before, first = headline(access, year - 1), first_publication(year)
    words = year_text(year, tables, before, language, hidden_is_somebody=first, so_far=summary.so_far)
    return plain_text(summary, publication=PROTECTED, words=words)


def typed_year(text: str) -> int:
    try:
        return year_of(text)
    except ValueError as fault:
        raise CommandError(str(fault)) from None


def one_of(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise CommandError(f"{value!r} is not allowed for {option}: use {', '.join(allowed)}.")
