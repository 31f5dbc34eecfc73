"""`manage.py import_rows RESOURCE FILE --as EMAIL [--dry-run] [--good-rows] [--json] [--lang sv|en]`, also
`--template` and `--undo CODE` in place of FILE."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access import Access, acting_as
from accounts.models import User, open_accounts
from audit.writer import Target, record
from exchange import runs
from exchange.downloads import header_line
from exchange.importer import Importer
from exchange.journal import Obstacle
from exchange.limits import Refused
from exchange.lists import importer_names, importer_of
from exchange.models import ImportRun
from exchange.reader import check_size
from exchange.runs import Done, ImportChoice, import_file
from nmt_site.management import need

NAMED = 5  # rows that a refusal to undo names


class Command(BaseCommand):
    stealth_options = ("without_code",)
    help = (
        "Imports a file of a list (CSV, XLSX or ODS) in the name of somebody who may. "
        "All or nothing: where a row has an error, nothing is imported and the exit code is 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("resource", choices=importer_names(), help="which list")
        parser.add_argument("file", type=Path, nargs="?", help="CSV, XLSX or ODS")
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="who imports")
        parser.add_argument(
            "--template", action="store_true", help="print the header of the list's file and stop"
        )
        parser.add_argument("--undo", metavar="CODE", help="take back the import that printed this code")
        how_to_import(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        importer = importer_of(options["resource"])
        with translation.override(options["lang"]):
            if options["template"]:
                self.stdout.write(header_line(importer.template()))
                return
            need(options["email"], "Say who imports: --as EMAIL.")
            need(options["undo"] or options["file"], "Name the file.")
            by = access_of(options["email"])
            with importing_as(by, importer):
                if options["undo"]:
                    _undo(importer, by, options["undo"])
                    self.stdout.write("undone")
                else:
                    self._import(importer, by, options)

    def _import(self, importer: Importer, by: Access, options: dict[str, Any]) -> None:
        choice = ImportChoice(good_rows=options["good_rows"], trial=options["dry_run"])
        try:
            done = import_file(content_of(options["file"]), importer, by=by, choice=choice)
        except Refused as refused:
            raise CommandError(refused.in_words(_)) from None
        self._print(importer, done, options)
        if done.plan.errors and not options["good_rows"]:
            sys.exit(1)

    def _print(self, importer: Importer, done: Done, options: dict[str, Any]) -> None:
        """The code, by which the import is undone, is not printed by `import_persons`."""
        code = str(done.run.code) if done.run and not options.get("without_code") else ""
        plan = done.plan.as_json()
        errors, warnings = _entries(done, plan["failed"]), _entries(done, plan["warnings"])
        if options["json"]:
            summary = plan["counts"] | {"errors": errors}
            summary |= {"warnings": warnings} if importer.warns else {}
            summary |= {"code": code} if code else {}
            self.stdout.write(json.dumps(summary, ensure_ascii=False))
            return
        warned = [f"{_('Warning:')} {_line(entry)}" for entry in warnings]
        lines = [_sentence(done, options), *(_line(error) for error in errors), *warned, code]
        self.stdout.write("\n".join(line for line in lines if line))


def how_to_import(parser: CommandParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
    parser.add_argument(
        "--good-rows", action="store_true", help="import the rows without errors, leave out the others"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--lang", choices=["sv", "en"], default="en", help="language of the messages")


@contextmanager
def importing_as(by: Access, importer: Importer) -> Iterator[None]:
    """Act for whoever imports. Raises CommandError where they may not, which is recorded."""
    with acting_as(by):
        try:
            yield
        except PermissionDenied as refused:
            record(by, "import.refused", Target(label=str(importer.title)))
            raise CommandError(str(refused)) from None


def access_of(email: str) -> Access:
    """Raises CommandError."""
    user = User.objects.filter(open_accounts(), email__iexact=email.strip()).first()
    if user is None:
        raise CommandError(f"There is no active user with the e-mail address {' '.join(email.split())}.")
    return Access.of(user, at=timezone.now())


def content_of(path: Path) -> bytes:
    """Raises CommandError, or Refused before a file that is too large is read."""
    try:
        check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _undo(importer: Importer, by: Access, code: str) -> None:
    importer.require(by)
    try:
        runs.undo(ImportRun.objects.visible_to(by).get(importer=importer.name, code=code), by=by)
    except (ImportRun.DoesNotExist, ValidationError):
        raise CommandError(f"There is no import {code} of yours.") from None
    except runs.CannotUndo as cannot:
        raise _touched(cannot.obstacles) from None


def _touched(obstacles: list[Obstacle]) -> CommandError:
    rows = [f"{row.label} ({row.reason.rstrip('.')})" for row in obstacles]
    more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    return CommandError(f"The import was not undone: {', '.join(rows[:NAMED])}{more}.")


def _entries(done: Done, kept: list[Any]) -> list[dict[str, Any]]:
    names = ("row", "column", "value", "message")
    return [dict(zip(names, (one[0], *done.words.problem(one)), strict=True)) for one in kept]


def _sentence(done: Done, options: dict[str, Any]) -> str:
    counted = _("new {new}, changed {changed}, unchanged {unchanged}, failed {failed}")
    text = counted.format(**done.plan.counts()) + "."
    if options["dry_run"]:
        return f"{text} {_('Nothing was imported: this was a trial.')}"
    if done.plan.errors and not options["good_rows"]:
        return f"{text} {_('Nothing was imported: correct the rows below first.')}"
    return text


def _line(entry: dict[str, Any]) -> str:
    where = _("Row {row}, {column}: {message}") if entry["column"] else _("Row {row}: {message}")
    return where.format(**entry)
