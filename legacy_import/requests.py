"""The approval under which a file of old spreadsheets is imported: asked for by one, answered by somebody
else who has one of its regions, or, where there is nobody, by the manager."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from accounts.access import Access
from accounts.approvals import Fact, ask, needs_two, second_persons, withdraw
from accounts.models import Approval, User
from accounts.roles import May
from agencies.models import Region
from agencies.stand_ins import Answerers
from legacy_import.control import PERSONS, rows_left
from legacy_import.models import TakeOver
from legacy_import.sentences import WHY, compared
from legacy_import.workbooks import ACT, controls, digest_of

LABEL: Final = 100  # characters of the name of a question
SHOWN: Final = 12  # characters of the digest of a file


class AskedAlready(Exception):
    """A colleague's question about the file waits for its answer."""


def waiting(row: TakeOver) -> Approval | None:
    on = row.target
    return Approval.objects.of(ACT, on.kind, on.ident).pending().first()


@transaction.atomic
def ask_second(*, row: TakeOver, reason: str, by: Access) -> Approval:
    """The question about the file as it stands; an earlier one of one's own is withdrawn. Nothing in it is of
    a person: how many rows there are, by year, and how many are left out. Raises AskedAlready."""
    before, digest = waiting(row), digest_of(row)
    if before is not None:
        if before.asked_by_id != by.user.pk:
            raise AskedAlready
        if before.digest != digest:
            withdraw(before, by=by)
    regions = sorted(row.regions.values_list("code", flat=True))
    seen, rows = row.seen, [one["rows"] for one in row.seen["sheets"]]
    left = sum((Counter[str](one) for one in (one["left"] for one in seen["sheets"])), Counter[str]())
    payload = {
        "region": regions[0],
        "regions": regions,
        "file": row.digest[:SHOWN],
        "sheets": sum(bool(row) for row in rows),
        "rows": sum(rows),
        "years": seen["years"],
        "left": dict(left),
        "coming": seen.get("coming", {}),
        "control": _control(row),
        "compared": [_without_places(one) for one in seen.get("compared", [])],
    }
    on = replace(row.target, label=_label(row, payload))
    return ask(ACT, on, reason=reason, by=by, digest=digest, payload=payload)


def _control(row: TakeOver) -> dict[str, int]:
    """Return what who kept the book has counted, in numbers: no sheet is named."""
    found = controls(row)
    known = [one for one in found if one.is_known]
    changed = [one for one in known if one.first is not None and one.first != one.said[PERSONS]]
    return {
        "said": sum(one.said[PERSONS] for one in known),
        "read": sum(one.read.get(PERSONS, 0) for one in known),
        "unknown": len(found) - len(known),
        "changed": len(changed),
        "left": rows_left(row.said.answers),
    }


def _control_in_words(payload: Mapping[str, Any]) -> str:
    control = payload.get("control")
    if control is None:
        return "–"
    said = [_("%(said)d counted, %(read)d read") % control]
    if control["unknown"]:
        said.append(_("sheets that nobody could count: %(unknown)d") % control)
    if control["changed"]:
        said.append(_("counts that were changed after the file was read: %(changed)d") % control)
    if control["left"]:
        said.append(_("rows left out by hand: %(left)d") % control)
    return "; ".join(said)


def _without_places(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of the comparison without the sheets and lines that explain it: a sheet's name may be a
    person's."""
    return {**one, "reasons": [{**reason, "rows": []} for reason in one["reasons"]]}


def _label(row: TakeOver, payload: Mapping[str, Any]) -> str:
    """Return what the question is called: "Väst: 2019 (23 rows), 2026-11-29 12:32"."""
    names = ", ".join(str(one) for one in Region.objects.filter(code__in=payload["regions"]))
    years = [year for year, (comes, _of) in payload["coming"].items() if comes]
    span = "–".join(dict.fromkeys(years[:1] + years[-1:]))
    return f"{names}: {span} ({_rows(payload)}), {row}"[:LABEL]


def _rows(payload: Mapping[str, Any]) -> str:
    return ngettext("%(n)d row", "%(n)d rows", payload["rows"]) % {"n": payload["rows"]}


def who(asked: Approval) -> Sequence[User]:
    """Exactly those who may answer."""
    today = Answerers(timezone.localdate())
    own = [one for code in asked.payload["regions"] for one in today.regions.get(code, [])]
    groups = (dict.fromkeys(one) for one in (own, today.having[May.LET_IN]))
    found = (second_persons(asked, group, today.newcomers) for group in groups)
    return next((one for one in found if one), [])


def facts(asked: Approval) -> list[Fact]:
    payload = asked.payload
    years = [_of_year(payload, year, n) for year, n in payload["years"].items()]
    left = [f"{WHY.get(why, why)}: {n}" for why, n in payload["left"].items()]
    sheets = ngettext("%(n)d sheet", "%(n)d sheets", payload["sheets"]) % {"n": payload["sheets"]}
    return [
        (_("What is imported"), f"{_rows(payload)}, {sheets}"),
        (_("Regions"), ", ".join(str(one) for one in Region.objects.filter(code__in=payload["regions"]))),
        (_("Persons who count, by year"), "; ".join(years) or "–"),
        (_("Rows left out"), "; ".join(left) or "–"),
        (_("Count by who kept the book"), _control_in_words(payload)),
        (_("The file's checksum begins with"), payload["file"]),
    ]


def _of_year(told: Mapping[str, Any], year: str, counted: int) -> str:
    come, of = told.get("coming", {}).get(year, (counted, counted))
    if come == of:
        return f"{year}: {counted}"
    return _("%(year)s: %(n)d (%(come)d of %(of)d persons are imported)") % {
        "year": year, "n": counted, "come": come, "of": of,
    }  # fmt: skip


def details(asked: Approval) -> str:
    """Return the comparison with sums and publications, as it was when the question was asked."""
    table = compared(asked.payload)
    return render_to_string("legacy_import/_take_over_table.html", {"compared": table}) if table else ""


def register() -> None:
    needs_two(
        ACT,
        title=gettext_lazy("Import old spreadsheets"),
        asks=(May.IMPORT_PERSONS,),
        answers=(May.COORDINATE, May.LET_IN),
        who=who,
        facts=facts,
        details=details,
    )
