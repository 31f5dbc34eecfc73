"""`manage.py draft_publication YEAR`: a year as the public file of its next version would be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from summaries.counting.build import of_the_register
from summaries.counting.reference import ReferenceMissing
from summaries.management.commands.protect import seconds_of
from summaries.management.commands.yearly_summary import LANGUAGES, one_of, typed_year
from summaries.publishing.drafting import FULL, Refused, drafted, printed, steps_of
from summaries.tables import TableError


class Command(BaseCommand):
    help = (
        "Protects a year as its next version would be and prints the very JSON of its public page, "
        "with no time of publishing. Stores nothing; what may not be published is refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        # Not by argparse's choices: its refusal is a page of usage, not a sentence.
        parser.add_argument("year", metavar="YEAR", nargs="?", default="")
        parser.add_argument(
            "--steps", default="full", help="full (the finest of each table), or TABLE=N parted by commas"
        )
        parser.add_argument(
            "--seconds", default="30", help="work for the search, about what a processor does in them (30)"
        )
        parser.add_argument("--lang", default="sv", help="sv or en")

    def handle(self, *args: Any, **options: Any) -> None:
        year = typed_year(options["year"])
        one_of("--lang", options["lang"], LANGUAGES)
        try:
            seconds = seconds_of(options["seconds"])
            with translation.override(options["lang"]):
                draft = drafted(
                    of_the_register(timezone.now()), year, _steps(options["steps"]), seconds=seconds
                )
                self.stdout.write(printed(draft, options["lang"]).decode(), ending="")
        except (Refused, ReferenceMissing, TableError) as error:
            raise CommandError(str(error)) from None
        except (ArithmeticError, MemoryError):
            raise CommandError(
                f"The tables of {year} could not be protected: the solver found no answer."
            ) from None


def _steps(text: str) -> Mapping[str, int]:
    return FULL if text == "full" else steps_of(text)
