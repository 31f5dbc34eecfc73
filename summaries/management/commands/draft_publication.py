"""`manage.py draft_publication YEAR`: a year as the public file of its next version would be."""

from __future__ import annotations

from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from accounts.access import Access
from jobs.kinds import JobRefused
from libs.suppression.tables import TableError
from summaries.counting.build import of_the_register
from summaries.counting.reference import ReferenceMissing
from summaries.management.commands.protect import seconds_of
from summaries.management.commands.yearly_summary import LANGUAGES, one_of, typed_year
from summaries.release.draft_file import FULL, drafted, drafted_as_suggested, printed, read, steps_of
from summaries.release.models import Publication

SUGGESTED: Final = "suggested"


class Command(BaseCommand):
    help = (
        "Protects a year as its next version would be and prints the very JSON of its public page, "
        "with no time of publishing. Stores nothing; what may not be published is refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        # Not by argparse's choices: its refusal is a page of usage, not a sentence.
        parser.add_argument("year", metavar="YEAR", nargs="?", default="")
        parser.add_argument(
            "--steps", default=SUGGESTED, help="suggested, full (the finest of each table), or TABLE=N,…"
        )
        parser.add_argument(
            "--seconds", default="8", help="work for the search, about what a processor does in them (8)"
        )
        parser.add_argument(
            "--after",
            default="",
            help="public files of earlier versions, parted by commas, as if they were published",
        )
        parser.add_argument("--key", default="", help="of the choice, in hexadecimal; the year has its own")
        parser.add_argument("--lang", default="sv", help="sv or en")

    def handle(self, *args: Any, **options: Any) -> None:
        year = typed_year(options["year"])
        one_of("--lang", options["lang"], LANGUAGES)
        try:
            seconds = seconds_of(options["seconds"])
            with translation.override(options["lang"]):
                after = [read(path, year) for path in (one for one in options["after"].split(",") if one)]
                more: dict[str, Any] = {"seconds": seconds, "after": after, "key": _key(options["key"])}
                draft = _draft(of_the_register(timezone.now()), year, options["steps"], **more)
                self.stdout.write(printed(draft, options["lang"]).decode(), ending="")
        except (JobRefused, ReferenceMissing, TableError) as error:
            raise CommandError(str(error)) from None
        except (ArithmeticError, MemoryError):
            raise CommandError(
                f"The tables of {year} could not be protected: the solver found no answer."
            ) from None


def _key(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise CommandError("The key must be hexadecimal: an even number of 0-9 and a-f.") from None


def _draft(access: Access, year: int, steps: str, **more: Any) -> Publication:
    if steps == SUGGESTED:
        return drafted_as_suggested(access, year, **more)
    return drafted(access, year, FULL if steps == "full" else steps_of(steps), **more)
