"""Problems and refusals in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from cases.importing.columns import Header
from cases.importing.facts import PROBLEMS, Problem
from cases.importing.lookups import Lookups
from cases.importing.plan import Plan
from cases.rules import values
from cases.rules.messages import KINDS, MESSAGES
from exchange.telling import refusal

__all__ = ["as_json", "counts", "line", "problem", "refusal"]


def problem(said: Problem, lookups: Lookups) -> str:
    """What is wrong and what is allowed."""
    params = dict(said.params)
    if said.code in {"empty", "listed", "listed_guess"}:
        params["allowed"] = lookups.allowed(said.column)
    if "guess" in params:
        params["guess"] = _guess(str(params["guess_kind"]), str(params["guess"]), lookups)
    if said.code == "identity":
        params["kind"] = _(KINDS[str(params["kind"])])
    return _(PROBLEMS.get(said.code) or MESSAGES[said.code]).format(**params)


def _guess(kind: str, stored: str, lookups: Lookups) -> str:
    if kind in {"agency", "county"}:
        return lookups.label(kind, str(lookups.agency_ids[stored]) if kind == "agency" else stored)
    return lookups.label("country", stored) if kind == "country" else values.bare(stored)


def as_json(plan: Plan, lookups: Lookups) -> dict[str, Any]:
    """The result as the command prints it (design part 7)."""
    return {
        **plan.counts(),
        "errors": [_entry(said, plan.header, lookups) for said in plan.errors],
        "warnings": [_entry(said, plan.header, lookups) for said in plan.warnings],
    }


def _entry(said: Problem, header: Header, lookups: Lookups) -> dict[str, Any]:
    column = header.named.get(said.column, said.column)
    return {"row": said.row, "column": column, "value": said.value, "message": problem(said, lookups)}


def counts(plan: Plan, *, dry_run: bool, good_rows: bool) -> str:
    """One sentence on what happened."""
    return sentence(plan.counts(), dry_run=dry_run, nothing=bool(plan.errors) and not good_rows)


def sentence(counted: Mapping[str, int], *, dry_run: bool, nothing: bool) -> str:
    """`nothing`: there are errors, and so nothing was imported."""
    said = _("new {new}, changed {changed}, unchanged {unchanged}, failed {failed}").format(**counted)
    if dry_run:
        return said + ". " + _("Nothing was imported: this was a trial.")
    if nothing:
        return said + ". " + _("Nothing was imported: correct the rows below first.")
    return said + "."


def line(entry: dict[str, Any], *, warning: bool) -> str:
    """One problem on one line."""
    where = _("Row {row}, {column}: {message}") if entry["column"] else _("Row {row}: {message}")
    return (_("Warning:") + " " if warning else "") + where.format(**entry)
