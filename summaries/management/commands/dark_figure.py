"""manage.py dark_figure: the estimate of how many victims no list knows of, or why there is none."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit.writer import System, Target, record
from exchange.years import YEARS
from jobs.kinds import JobRefused
from libs.capture_recapture import CaptureTable, CaptureTableError, Refusal
from libs.capture_recapture.report import text_report, to_json
from summaries.coverage import so_far
from summaries.estimates.source import known_persons
from summaries.year_words import in_data

# The matrices are small: threads that wait for each other cost several times the work. Read when numpy is
# first loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

MAX_BYTES = 20_000_000
MAX_REPLICATES = 100_000
TYPED = (  # one year, or two
    (r"([0-9]{4})", "The year must be as 2018"),
    (r"([0-9]{4})\s*[-–]\s*([0-9]{4})", "--years must be two years such as 2017-2019"),
)
DEMO = {"sv": "DEMONSTRATION: påhittade uppgifter.", "en": "DEMONSTRATION: invented data."}
NOT_OVER = {
    "sv": "Året är inte slut. Siffrorna gäller hittills, till och med {day}.",
    "en": "The year is not over. The figures are those so far, up to {day}.",
}


class Command(BaseCommand):
    help = "Estimates the number of victims that no list knows of, from the register or from a table."
    requires_system_checks = []  # a table needs no database, and a broken template must not stop it

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", nargs="?", help="the year of the identifications, from the register")
        parser.add_argument("--years", metavar="A-B", help="the first and last year, from the register")
        parser.add_argument(
            "--table", metavar="FILE.csv", help="columns of 0/1, last column count; - reads stdin"
        )
        parser.add_argument("--json", action="store_true", help="JSON instead of text")
        parser.add_argument("--replicates", default="1000", help="bootstrap replicates; 0 leaves them out")
        parser.add_argument("--seed", default="1", help="of the random numbers")
        parser.add_argument(
            "--estimability", action="store_true", help="the code of every two-list model, as JSON"
        )
        parser.add_argument("--lang", choices=["sv", "en"], default="sv", help="of the text")

    def handle(self, *args: Any, **options: Any) -> None:
        from libs.capture_recapture.estimation import estimate  # numpy, once the number of threads is set

        replicates = _number("--replicates", str(options["replicates"]), MAX_REPLICATES)
        seed = _number("--seed", str(options["seed"]), 2**63)
        table = _table(options)
        if options["estimability"]:
            self.stdout.write(_dumps(_models(table)))
            return
        result = estimate(table, replicates=replicates, seed=seed, clock=time.perf_counter)
        demo = settings.DEMO and options["table"] is None
        running = _so_far(options)
        if options["json"]:
            self.stdout.write(_dumps({"demo": demo} | to_json(result) | in_data(running)))
            return
        if demo:
            self.stdout.write(DEMO[options["lang"]] + "\n")
        if running:
            self.stdout.write(NOT_OVER[options["lang"]].format(day=running) + "\n")
        self.stdout.write(text_report(result, options["lang"]))


def _models(table: CaptureTable) -> dict[str, Any]:
    from libs.capture_recapture.estimation import estimability

    codes = estimability(table)
    if isinstance(codes, Refusal):
        refused = to_json(codes)
        return {"models": None} | {key: refused[key] for key in ("lists", "verdict", "reasons", "sentences")}
    models = [{"bits": bits, "code": code} for bits, code in codes]
    return {"lists": list(table.without_empty().lists), "models": models}


def _dumps(value: object) -> str:
    return json.dumps(value, allow_nan=False)


def _number(name: str, text: str, largest: int) -> int:
    if not re.fullmatch(r"[0-9]{1,19}", text, re.ASCII) or int(text) > largest:
        raise CommandError(f"{name} must be a whole number from 0 to {largest}.")
    return int(text)


def _table(options: dict[str, Any]) -> CaptureTable:
    given = [options[name] for name in ("year", "years", "table")]
    if given.count(None) != 2:
        raise CommandError("Give one of a year, --years A-B and --table FILE.csv.")
    if options["table"] is None:
        return _register(*_years(options["year"] or options["years"], several=options["year"] is None))
    try:
        return CaptureTable.from_csv(_read(options["table"]))
    except CaptureTableError as error:
        raise CommandError(str(error)) from None


def _so_far(options: dict[str, Any]) -> date | None:
    """The day to which the register is counted, where the last year is not over. A table tells no years."""
    if options["table"] is not None:
        return None
    _first, last = _years(options["year"] or options["years"], several=options["year"] is None)
    return so_far(last, timezone.localdate())


def _register(first: int, last: int) -> CaptureTable:
    """Audited, as the figures of a refusal or an estimate are not protected against disclosure."""
    years = str(first) if first == last else f"{first}-{last}"
    try:
        with transaction.atomic():
            table = known_persons(first, last).table
            record(System(), "dark_figure.estimate", Target("dark_figure", years, years), rows=table.observed)
    except JobRefused as gone:
        raise CommandError(str(gone)) from None
    except DatabaseError:
        raise CommandError("The register cannot be read: its database is missing or not migrated.") from None
    return table


def _years(text: str, *, several: bool) -> tuple[int, int]:
    pattern, what = TYPED[several]
    found = re.fullmatch(pattern, text.strip(), re.ASCII)
    years = [int(group) for group in found.groups()] if found else []
    if not years or years[0] > years[-1] or not set(years) <= set(YEARS):
        raise CommandError(f"{what}, from {YEARS[0]} to {YEARS[-1]}.")
    return years[0], years[-1]


def _read(name: str) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else the code page spreadsheets in Sweden write."""
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if name == "-" else _bytes(Path(name))
    except (OSError, ValueError):
        raise CommandError("The file of --table cannot be read.") from None
    if len(data) > MAX_BYTES:
        raise CommandError("The file of --table is larger than 20 MB.")
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CommandError("The file of --table is not text.")


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
