"""`manage.py take_over FILE --look [--json] [--mapping M.json]`, or `--as EMAIL [--dry-run] [--sheet NAME]`
in place of `--look`: the spreadsheets of the years before."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.importing.importer import PERSONS
from exchange.limits import Refused
from exchange.runs import ImportChoice
from legacy_import.sheets.filing import NotFiled
from legacy_import.sheets.values import Answers, of_json
from legacy_import.spreadsheets import Looked, NothingToImport, RowsToImport, as_json, look, take_in
from nmt_site.management import need
from nmt_site.management.commands.import_rows import access_of, content_of, importing_as


class Command(BaseCommand):
    help = (
        "Reads a spreadsheet as people have kept it (XLSX, ODS or CSV): its tables, what each column and "
        "value is taken for and how surely, what has to be asked, and its numbers beside its own sums and "
        "what was published. Answers are kept in a file, by which the next one is read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="XLSX, ODS or CSV")
        parser.add_argument("--look", action="store_true", help="read and compare; touches no row")
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="the coordinator who takes it in")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
        parser.add_argument("--sheet", default="", help="take in one sheet, which can be taken back alone")
        parser.add_argument("--mapping", type=Path, help='answers: {"answers": {"KEY": "ANSWER"}}')
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        is_one = options["look"] != bool(options["email"])
        need(is_one, "Say either --look, or by whom it is taken in: --as EMAIL.")
        try:
            data = content_of(options["file"])
            looked = look(data, options["file"].name, _answers(options["mapping"]))
            if options["email"]:
                self._take(looked, options)
                return
        except Refused as refused:
            raise CommandError(refused.in_words(str)) from None
        summary = as_json(looked)
        text = json.dumps(summary, ensure_ascii=False) if options["json"] else "\n".join(_lines(summary))
        self.stdout.write(text)

    def _take(self, looked: Looked, options: dict[str, Any]) -> None:
        asked = len(looked.reading.questions)
        need(not asked, f"{asked} questions are open: see --look, and answer them in --mapping.")
        by = access_of(options["email"])
        sheet, trial, file = options["sheet"], options["dry_run"], options["file"].name
        try:
            with importing_as(by, PERSONS):
                taken = take_in(looked, ImportChoice(trial=trial, name=file), by=by, sheet=sheet)
        except NothingToImport as nothing:
            nobody = {"new": 0, "changed": 0, "unchanged": 0, "failed": 0}
            self.stdout.write(json.dumps(nobody | {"left": _reasons(nothing.left), "errors": []}))
            return
        errors = list(_errors(taken))
        summary = taken.done.plan.counts() | {"left": _reasons(taken.left), "errors": errors}
        if taken.done.run is not None:
            summary["code"] = str(taken.done.run.code)
        self.stdout.write(json.dumps(summary, ensure_ascii=False))
        if errors:
            sys.exit(1)


def _reasons(left: list[NotFiled]) -> dict[str, int]:
    """Return how many rows are left out for each reason."""
    return dict(Counter(filed.why for filed in left))


def _errors(taken: RowsToImport) -> Iterator[dict[str, Any]]:
    """By where they stand in the spreadsheet, without what stands there."""
    for error in taken.done.plan.errors:
        place = taken.place(error.row)
        yield {"sheet": place.sheet, "row": place.line, "column": error.column, "code": error.code}


def _answers(path: Path | None) -> Answers:
    if path is None:
        return Answers()
    try:
        return of_json(json.loads(content_of(path)))
    except ValueError as fault:
        raise CommandError(f"{path}: {fault}") from None


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for table in told["tables"]:
        yield f"{table['sheet']}: {table['kind']}, {table['rows']} rows"
        for one in table["columns"] if table["kind"] == "persons" else ():
            yield f"  {one['heading']}: {one['is']} ({one['sure']})"
    cells, persons = told["cells"], told["persons"]
    yield f"cells: {cells['all']}, of which {cells['asked']} wait for an answer"
    yield f"persons: {persons['counted']} counted, {persons['others']} others"
    for question in told["questions"]:
        proposals = " | ".join(question["proposals"]) or "-"
        yield f"question: {question['key']} ({question['cells']} cells): {proposals}"
    yield from map(_compared, told["compared"])


def _compared(one: dict[str, Any]) -> str:
    of = " ".join(str(one[name]) for name in ("year", "region", "group") if one[name] != "*")
    sheets, published = (".." if one[n] is None else one[n] for n in ("sheets", "published"))
    reasons = ", ".join(f"{reason['kind']} {reason['persons']}" for reason in one["reasons"])
    explained = f" ({reasons})" if reasons else ""
    return f"{of}: rows {one['rows']}, sheets {sheets}, published {published}{explained}"
