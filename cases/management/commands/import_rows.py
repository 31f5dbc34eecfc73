"""`manage.py import_rows RESOURCE FILE --as EMAIL [--dry-run] [--good-rows] [--json] [--lang sv|en]`, also
`--template` and `--undo CODE` in place of FILE."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from accounts.access import Access
from accounts.roles import May
from audit.writer import Target, record
from cases.importing import telling
from cases.importing import undoing as of_persons
from cases.importing.columns import columns_of
from cases.management.commands.import_persons import access_of, content_of
from cases.models import ImportRun
from exchange import undoing
from exchange.files import header_line
from exchange.importing import Choice, Done, import_list
from exchange.models import ListRun
from exchange.refusals import Refused
from exchange.resource import RESOURCES, RegisterResource
from exchange.telling import refusal

PERSONS = "persons"
NO_IMPORT = "There is no import {} of yours."
NAMED = 5  # rows that a refusal to undo names
ASIDE = ("dry_run", "good_rows", "json", "lang")


class Command(BaseCommand):
    help = (
        "Imports a file of a list (CSV, XLSX or ODS) in the name of somebody who may. "
        "All or nothing: where a row has an error, nothing is imported and the exit code is 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("resource", choices=[PERSONS, *sorted(RESOURCES)], help="which list")
        parser.add_argument("file", type=Path, nargs="?", help="CSV, XLSX or ODS")
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="who imports")
        parser.add_argument(
            "--template", action="store_true", help="print the header of the list's file and stop"
        )
        parser.add_argument("--undo", metavar="CODE", help="take back the import that printed this code")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
        parser.add_argument(
            "--good-rows", action="store_true", help="import the rows without errors, leave out the others"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--lang", choices=["sv", "en"], default="en", help="language of the messages")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["lang"]):
            self._check(options)
            if options["resource"] == PERSONS and options["template"]:
                self.stdout.write(header_line(columns_of(swedish=options["lang"] == "sv")))
            elif options["resource"] == PERSONS and options["undo"]:
                self._undo_persons(access_of(options["email"]), options["undo"])
            elif options["resource"] == PERSONS:
                more = {
                    "email": options["email"],
                    "with_code": True,
                    **{name: options[name] for name in ASIDE},
                }
                call_command("import_persons", options["file"], stdout=self.stdout, **more)
            elif options["template"]:
                self.stdout.write(header_line(RESOURCES[options["resource"]]().template()))
            else:
                self._import(RESOURCES[options["resource"]](access=access_of(options["email"])), options)

    def _check(self, options: dict[str, Any]) -> None:
        alone = options["template"] or options["undo"]
        if not (options["template"] or options["email"]):
            raise CommandError("Say who imports: --as EMAIL.")
        if not (alone or options["file"]):
            raise CommandError("Name the file.")

    def _import(self, resource: RegisterResource, options: dict[str, Any]) -> None:
        try:
            if options["undo"]:
                self._undo(resource, options["undo"])
                return
            choice = Choice(good_rows=options["good_rows"], trial=options["dry_run"])
            done = import_list(content_of(options["file"]), resource, choice=choice)
        except Refused as refused:
            raise CommandError(refusal(refused)) from None
        except PermissionDenied as refused:
            _refuse(resource.by, refused, Target(label=resource.get_display_name()))
        self._print(done, options)
        if done.plan.errors and not options["good_rows"]:
            sys.exit(1)

    def _undo(self, resource: RegisterResource, code: str) -> None:
        try:
            run = ListRun.objects.visible_to(resource.by).get(resource=resource.name, code=code)
            undoing.undo(run, resource)
        except (ListRun.DoesNotExist, ValidationError):
            raise CommandError(NO_IMPORT.format(code)) from None
        except undoing.CannotUndo:
            raise _touched(
                (row.label, row.reason) for row in undoing.Undoing(run, resource).obstacles
            ) from None
        self.stdout.write("undone")

    def _undo_persons(self, access: Access, code: str) -> None:
        try:
            access.require(May.IMPORT_PERSONS)
            of_persons.undo(ImportRun.objects.visible_to(access).get(code=code), by=access)
        except PermissionDenied as refused:
            _refuse(access, refused)
        except (ImportRun.DoesNotExist, ValidationError):
            raise CommandError(NO_IMPORT.format(code)) from None
        except of_persons.CannotUndo as cannot:
            raise _touched((row.number, row.reason) for row in cannot.obstacles) from None
        self.stdout.write("undone")

    def _print(self, done: Done, options: dict[str, Any]) -> None:
        errors = [
            {"row": said.row, "column": said.column, "value": said.value, "message": said.message}
            for said in done.plan.errors
        ]
        code = str(done.run.code) if done.run else ""
        if options["json"]:
            said = {**done.plan.counts(), "errors": errors, **({"code": code} if code else {})}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        self.stdout.write(
            telling.sentence(
                done.plan.counts(),
                dry_run=options["dry_run"],
                nothing=bool(errors) and not options["good_rows"],
            )
        )
        for entry in errors:
            self.stdout.write(telling.line(entry, warning=False))
        if code:
            self.stdout.write(code)


def _refuse(by: Access, refused: PermissionDenied, on: Target | None = None) -> NoReturn:
    """What the role may not do: on record, and one sentence."""
    record(by, "import.refused", on)
    raise CommandError(str(refused)) from None


def _touched(rows: Iterable[tuple[str, str]]) -> CommandError:
    told = [f"{row} ({reason.rstrip('.')})" for row, reason in rows]
    more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
    return CommandError(f"The import was not undone: {', '.join(told[:NAMED])}{more}.")
