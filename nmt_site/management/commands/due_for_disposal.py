"""`manage.py due_for_disposal [--on DAY] [--json]`: how many rows of each kind are due, and since when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from exchange.writer import json_text
from retention.due import Due, due_on


class Command(BaseCommand):
    help = (
        "Says what is due for disposal, by kind: counts and the day since, never which rows. Nothing is due "
        "without a rule of retention, which is a decision with a name. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="DAY", help="what is due on that day, YYYY-MM-DD; else today")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        day = _day(options["on"]) if options["on"] else timezone.localdate()
        kinds = due_on(day)
        if options["json"]:
            self.stdout.write(json_text({"on": day.isoformat(), "kinds": [_plain(kind) for kind in kinds]}))
        else:
            self.stdout.write("\n".join(_line(kind) for kind in kinds))


def _day(text: str) -> date:
    try:
        if len(text) != len("2026-01-01"):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is no day: write it YYYY-MM-DD, such as 2026-01-31.") from None


def _plain(one: Due) -> dict[str, Any]:
    """Return it as JSON has it; what no rule says is null."""
    return {
        "kind": one.kind,
        "due": one.rows,
        "since": one.since.isoformat() if one.since else None,
        "kept": one.kept or None,
        "from": getattr(one.rule, "trigger", None),
        **{name: getattr(one.rule, name, None) for name in ("years", "decision", "ground", "archive_first")},
        "to_archive": list(one.to_archive),
    }


def _line(one: Due) -> str:
    why = "deleted automatically"
    if one.rule is not None:
        if one.rule.years is None:
            return f"{one.kind}: kept for good ({one.rule.decision})"
        why = f"{one.rule.years} years: {one.rule.decision}"
    elif not one.kept:
        return f"{one.kind}: nothing is due, for nothing is decided"
    since = f" since {one.since}" if one.since else ""
    first = (
        f"; to be archived first: {', '.join(str(each) for each in one.to_archive)}" if one.to_archive else ""
    )
    return f"{one.kind}: {one.rows} due{since} ({why}){first}"
