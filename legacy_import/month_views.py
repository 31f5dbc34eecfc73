"""The pages on which a region's register and its spreadsheet are held against each other, month by month."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from accounts.transactions import once, token_of
from agencies.models import Region
from audit.writer import Target, record
from cases.importing.stored import joined
from cases.models import Identification, Person
from cases.pages import steps_from
from cases.rules.persons import group_of
from cases.rules.texts import folded
from cases.rules.values import bare
from exchange import sandboxed_sheets
from exchange.limits import Refused
from exchange.reader import check_size
from legacy_import.forms import MonthForm
from legacy_import.models import MonthlyComparison, SpreadsheetMapping, as_text
from legacy_import.sheets.comparison import region_of
from legacy_import.sheets.filing import reference_of
from legacy_import.sheets.reader import SheetPerson as Told, read
from legacy_import.sheets.side_by_side import (
    ALL,
    IN_A_ROW,
    NOT_TOLD,
    ComparedCount,
    DifferingPerson,
    Month,
    One,
    agreed_in_a_row,
    both_ways,
)
from legacy_import.sheets.values import Answers
from legacy_import.spreadsheets import SEES, vocabulary
from summaries.counting.reference import Labels, Reference

# --- months ---
# A region's running year in the register beside the spreadsheet of the month.

_NO_COUNTRY: Final = {"", "ZZ"}
_NO_PURPOSE: Final = {"", "unknown"}


class QuestionsOpen(Exception):
    """The spreadsheet holds what has to be asked about first."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


@dataclass(frozen=True)
class MonthSheet:
    """The persons of a spreadsheet that are compared. `others`: how many are of other regions or years."""

    persons: list[One]
    others: int
    digest: str


@dataclass(frozen=True)
class Agreed:
    """How far a region has come. `newest`: its last comparison."""

    region: Region
    newest: MonthlyComparison
    in_a_row: int

    @property
    def done(self) -> bool:
        return self.in_a_row >= IN_A_ROW


def sheet_side(data: bytes, name: str, answers: Answers, region: str, year: int) -> MonthSheet:
    """Stores nothing. Raises Refused, QuestionsOpen."""
    words = vocabulary()
    found = read(sandboxed_sheets.read(data, name.rpartition(".")[0]), words, answers, name)
    if found.questions:
        raise QuestionsOpen(len(found.questions))
    counted = [person for person in found.persons if person.counted]
    mine = [one for one in counted if (region_of(one, words.regions), one.year) == (region, year)]
    digest = hashlib.sha256(data).hexdigest()
    return MonthSheet([_told(one) for one in mine], len(counted) - len(mine), digest)


def _told(person: Told) -> One:
    """Keys in the order of `_stored`: the cell of a case may hold any of three numbers."""
    first = min(person.seen, key=lambda one: one.get("on", "9"))
    case, on = folded(person.case), first.get("on", "")
    lines = ", ".join(map(str, person.lines))
    place = f"{person.sheet} {lines}" + (f" ({person.nth})" if person.alike > 1 else "")
    facts = {
        "group": person.group,
        "main_purpose": _purpose(person.facts.get("main_purpose", "")),
        "citizenship": _country(person.facts.get("citizenship", "")),
        "county": first.get("county", ""),
        "organisation": first.get("agency", ""),
        "month": on[5:7],
    }
    return One(
        place, on, (folded(joined(*reference_of(person))), folded(person.ref), case, case, case), facts
    )


def register_side(access: Access, region: str, year: int) -> list[One]:
    """The persons of an own region who count in the year. Two queries."""
    rows = Person.objects.visible_to(access).counted().identified_in(year).filter(first_region=region)
    found = rows.with_main().annotate(main_key=F("main__purpose")).select_related("case", "first_agency")
    people = list(found.order_by("number"))
    references = _references(access, people)
    return [_stored(one, references.get(one.pk, "")) for one in people]


def _references(access: Access, people: Iterable[Person]) -> dict[int, str]:
    """The first that is told, of each person."""
    rows = Identification.objects.visible_to(access).filter(person__in=[one.pk for one in people])
    told: dict[int, str] = defaultdict(str)
    for row in rows.order_by("identified_on", "pk"):
        told[row.person_id] = told[row.person_id] or row.reference
    return told


def _stored(person: Any, reference: str) -> One:
    case, on = person.case, person.first_identified_on.isoformat()
    facts = {
        "group": group_of(person.sex, person.child),
        "main_purpose": _purpose(person.main_key or ""),
        "citizenship": _country(str(person.citizenship or "")),
        "county": person.first_county_id,
        "organisation": person.first_agency.code,
        "month": on[5:7],
    }
    cases = (folded(case.number), folded(case.registry_number), folded(case.reference))
    return One(person.number, on, (folded(reference), folded(person.number), *cases), facts)


def _purpose(key: str) -> str:
    return "" if bare(key) in _NO_PURPOSE else bare(key)


def _country(code: str) -> str:
    return "" if code in _NO_COUNTRY else code


@transaction.atomic
def compare_month(*, region: Region, sheet: MonthSheet, by: Access) -> MonthlyComparison:
    """Of the running year so far, by who takes over in the region. Raises PermissionDenied."""
    by.require(May.IMPORT_PERSONS)
    if region.code not in by.regions:
        raise PermissionDenied(_("Only those of the region compare its rows."))
    stored = register_side(by, region.code, by.today.year)
    found = both_ways(stored, sheet.persons)
    row = MonthlyComparison.objects.create(
        region=region,
        year=by.today.year,
        month=by.today.month,
        by=by.user,
        at=by.at,
        digest=sheet.digest,
        register=len(stored),
        sheet=len(sheet.persons),
        differing=len(found.rows),
        agrees=found.agrees,
        found=as_text(found.as_json()),
    )
    record(by, "comparison.make", row, rows=len(found.rows), digest=sheet.digest)
    return row


def agreed(access: Access) -> list[Agreed]:
    """By region: how many months in a row agree, back from the newest. One query."""
    rows = MonthlyComparison.objects.totals_for(access).defer("found").select_related("region")
    by_region: dict[Region, list[MonthlyComparison]] = defaultdict(list)
    for row in rows.order_by("region__name_sv", "at", "pk"):
        by_region[row.region].append(row)
    return [
        Agreed(region, some[-1], agreed_in_a_row(_last_of_each(some))) for region, some in by_region.items()
    ]


def _last_of_each(rows: Iterable[MonthlyComparison]) -> Mapping[Month, bool]:
    """Rows in the order of their time."""
    return {Month(row.year, row.month): row.agrees for row in rows}


# --- month views ---
A_PAGE: Final = 50
CALLED: Final = {
    ALL: gettext_lazy("All persons"),
    "group": gettext_lazy("Group"),
    "main_purpose": gettext_lazy("Main purpose"),
    "citizenship": gettext_lazy("Citizenship"),
    "county": gettext_lazy("County"),
    "organisation": gettext_lazy("Organisation"),
    "month": gettext_lazy("Month"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def months(request: AuthenticatedRequest) -> HttpResponse:
    """How far each region has come; and where somebody of a region compares this month."""
    access = request.access
    access.require(*SEES)
    may = access.may(May.IMPORT_PERSONS) and bool(access.regions)
    if request.method == "POST":
        access.require(May.IMPORT_PERSONS)
    form = _month_form(request, may=may)
    if form.is_valid() and (made := _made(request, form)):
        return redirect("legacy_import:month", made.code)
    found = agreed(access)
    record(access, "comparison.read", Target("comparison", "", ""), rows=len(found))
    context = {
        "form": form if may else None,
        "token": uuid.uuid4(),
        "agreed": found,
        "wanted": IN_A_ROW,
        "mine": MonthlyComparison.objects.visible_to(access).defer("found").select_related("region")[:A_PAGE],
        "title": _("Register and spreadsheet side by side"),
        "breadcrumbs": [(_("Totals of years taken over"), reverse("legacy_import:differences")),
                        (_("Month by month"), "")],
    }  # fmt: skip
    return render(request, "legacy_import/months.html", context, status=422 if form.errors else 200)


def _month_form(request: AuthenticatedRequest, *, may: bool) -> MonthForm:
    posted = request.method == "POST"
    mappings = SpreadsheetMapping.objects.visible_to(request.access).order_by("name") if may else []
    return MonthForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        regions=[(code, str(region)) for code, region in sorted(request.access.names.items())],
        mappings=[(str(one.code), one.name) for one in mappings],
    )


def _made(request: AuthenticatedRequest, form: MonthForm) -> MonthlyComparison | None:
    """None where the file is refused, which the form then says."""
    access, facts = request.access, form.cleaned_data
    region: Region = access.names[facts["region"]]  # type: ignore[assignment]
    try:
        sheet = _read(request, facts["file"], facts["mapping"], region.code)
    except Refused as refused:
        form.add_error("file", refused.told(_))
        return None
    except QuestionsOpen as waiting:
        said = _("%(n)d questions about this spreadsheet are open. Take it over once, or choose its mapping.")
        form.add_error("file", said % {"n": waiting.count})
        return None
    compare = partial(compare_month, region=region, sheet=sheet, by=access)
    made = once(token_of(request.POST), compare, MonthlyComparison.objects.visible_to(access), by=access)
    if sheet.others:
        said = _("%(n)d persons of the spreadsheet are of another region or year, and were left out.")
        messages.info(request, said % {"n": sheet.others})
    return made


def _read(request: AuthenticatedRequest, file: Any, mapping: str, region: str) -> MonthSheet:
    """Raises Refused, QuestionsOpen."""
    access = request.access
    check_size(file.size)
    kept = SpreadsheetMapping.objects.visible_to(access).filter(code=mapping).first() if mapping else None
    answers = kept.said if kept else Answers()
    return sheet_side(file.read(), file.name, answers, region, access.today.year)


@never_cache
@require_safe
def month(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """What a comparison has found: which counts differ, and by which rows."""
    access = request.access
    row = get_object_or_404(
        MonthlyComparison.objects.visible_to(access).select_related("region", "by"), code=code
    )
    found, labels = row.compared, Labels(Reference.load())
    page = Paginator(found.rows, A_PAGE).get_page(request.GET.get("page"))
    here = {one.register for one in page.object_list}
    known = {one.number: one for one in Person.objects.visible_to(access).filter(number__in=here - {""})}
    record(access, "comparison.read", row, rows=len(found.rows))
    context = {
        "row": row,
        "cells": [_cell(one, labels) for one in found.cells if not one.equal],
        "equal": sum(one.equal for one in found.cells),
        "rows": [_line(one, known) for one in page.object_list],
        "left_out": [CALLED[name] for name in found.left_out],
        "title": _("%(month)s %(year)d, %(region)s")
        % {"month": labels.category("month", f"{row.month:02}"), "year": row.year, "region": row.region},
        "breadcrumbs": [(_("Register and spreadsheet side by side"), reverse("legacy_import:months")),
                        (f"{row.year}-{row.month:02}", "")],
        **steps_from(page),
    }  # fmt: skip
    return render(request, "legacy_import/month.html", context)


def _cell(cell: ComparedCount, labels: Labels) -> dict[str, Any]:
    if cell.table == ALL:
        name = ""
    elif cell.category == NOT_TOLD:
        name = _("Not stated")
    else:
        name = labels.category(cell.table, cell.category)
    return {"table": CALLED[cell.table], "name": name, "one": cell, "by": len(cell.rows)}


def _line(row: DifferingPerson, known: dict[str, Person]) -> dict[str, Any]:
    differ = [str(CALLED[name]) for name in row.differ]
    return {"row": row, "person": known.get(row.register), "differ": ", ".join(differ)}
