"""`manage.py import_persons FILE --as EMAIL [--dry-run] [--json] [--lang sv|en] [--good-rows]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from accounts.access import Access
from accounts.models import User
from audit.writer import record
from cases.importing import telling
from cases.importing.applying import Choice, import_persons
from cases.importing.lookups import Lookups
from cases.importing.plan import Plan
from cases.importing.planning import plan as make_plan
from cases.importing.reading import read
from cases.models import ImportRun
from exchange.reading import check_size
from exchange.refusals import Refused


class Command(BaseCommand):
    stealth_options = ("with_code",)
    help = (
        "Imports a spreadsheet of persons in the name of a coordinator. All or nothing: where a row has "
        "an error, "
        "nothing is imported and the exit code is 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, XLSX or ODS")
        parser.add_argument(
            "--as", dest="email", required=True, metavar="EMAIL", help="the coordinator who imports"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
        parser.add_argument(
            "--good-rows", action="store_true", help="import the rows without errors, leave out the others"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--lang", choices=["sv", "en"], default="en", help="language of the messages")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["lang"]):
            try:
                result, run = self._run(options)
            except Refused as refused:
                raise CommandError(telling.refusal(refused)) from None
            except PermissionDenied as refused:
                record(access_of(options["email"]), "import.refused")
                raise CommandError(str(refused)) from None
            self._print(result, run, options)
            if result.errors and not options["good_rows"]:
                sys.exit(1)

    def _run(self, options: dict[str, Any]) -> tuple[Plan, ImportRun | None]:
        access = access_of(options["email"])
        data = content_of(options["file"])
        if options["dry_run"]:
            return make_plan(read(data), by=access, today=access.today), None
        return import_persons(
            data, by=access, today=access.today, choice=Choice(good_rows=options["good_rows"])
        )

    def _print(self, result: Plan, run: ImportRun | None, options: dict[str, Any]) -> None:
        """`with_code`, from `import_rows`: by which the import is undone."""
        said = telling.as_json(result, Lookups.load())
        code = str(run.code) if run and options.get("with_code") else ""
        if code:
            said["code"] = code
        if options["json"]:
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        self.stdout.write(telling.counts(result, dry_run=options["dry_run"], good_rows=options["good_rows"]))
        for kind in ("errors", "warnings"):
            for entry in said[kind]:
                self.stdout.write(telling.line(entry, warning=kind == "warnings"))
        if code:
            self.stdout.write(code)


def access_of(email: str) -> Access:
    """Raises CommandError."""
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
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
