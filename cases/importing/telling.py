"""Problems of a row in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.importing.facts import PROBLEMS, RowProblem
from cases.importing.lookups import Lookups
from cases.rules import values
from cases.rules.messages import KINDS, MESSAGES


def problem(said: RowProblem, lookups: Lookups) -> str:
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
