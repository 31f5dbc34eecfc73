"""The pages on which differences between old spreadsheets, the register and published figures are explained,
and the report on them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext as _, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, lead_on, posted, refuse_where
from accounts.roles import May
from accounts.transactions import code_of, idempotent, number_of, token_of
from agencies.models import Region
from audit.writer import Target, record
from cases.extract import PdfMissing, as_pdf
from exchange.writer import TYPES
from exchange.xlsx_writer import Look, Properties, Styled, packed
from legacy_import import spreadsheets
from legacy_import.forms import ExplainForm, as_before, as_offered
from legacy_import.models import DifferenceKind, Explanation, Group, SheetFigure
from legacy_import.sheets.balance import Balance
from legacy_import.sheets.comparison import TOTAL, in_words
from summaries.release.justice import sheet
from summaries.year_words import demo_note

COUNTRY: Final = "sverige"  # in an address, where others have the code of their region
Line = list[Any]


class _Report:
    """The report on years of old spreadsheets that the head of the unit signs, as PDF and XLSX."""

    def __init__(self, found: spreadsheets.Reconciled, access: Access) -> None:
        self.found, self.access = found, access
        self.country = access.may(May.VIEW_TOTALS)  # whether what was published stands beside
        self.names = {region.code: str(region) for region in Region.objects.all()}
        self.names[TOTAL] = _("All of Sweden")
        self.title = _("Totals of imported years")
        self.signature = [_("Signature"), _("Name in print"), pgettext("of a signature", "Date")]
        made = _("Made {time} by {who}.").format(time=_minute(access.at), who=access.user.name)
        # A signature does not change what was published.
        stays = _("Published figures stay as they are until the year is published again by decision.")
        self.said = [one for one in (made, stays, demo_note()) if one]

    def balances(self) -> tuple[list[str], list[Line]]:
        """Columns and rows."""
        columns = [_("Year"), _("NMT region"), _("In the register"), _("Total of the sheets"), _("Published")]
        columns += [_("Explained"), _("Not explained")]
        shown = itemgetter(*range(len(columns))) if self.country else itemgetter(0, 1, 2, 3, 5, 6)
        rows = []
        for one in self.found.balances:
            published = _known(one.published) if one.of.region == TOTAL else "–"
            row = [one.of.year, self.names[one.of.region], one.register, _known(one.sheets), published]
            rows.append([*shown([*row, one.explained, one.unexplained])])
        return [*shown(columns)], rows

    def answers(self) -> tuple[list[str], list[Line]]:
        """Columns and rows. Of own regions rows are named by their place, of others how many there are."""
        columns = [
            *(_("Year"), _("NMT region"), pgettext("explanation", "Reason"), _("Group"), _("Persons")),
            *(_("Rows"), _("In words"), _("Answered by"), _("Time")),
        ]
        rows = []
        for one in self.found.answers:
            is_own = one.region_id in self.access.regions
            places = in_words(one.rows).replace("\n", "; ") if is_own else str(len(one.rows))
            row = [one.year, self.names[one.region_id or TOTAL], one.get_kind_display()]
            row += [one.get_group_display(), one.persons, places if one.rows else "", one.note, one.by.name]
            rows.append([*row, _minute(one.at)])
        return columns, rows

    def sheets(self) -> tuple[list[str], list[Line]]:
        """Columns and rows."""
        columns = [_("Year"), _("NMT region"), _("Sheet"), _("File"), _("Its rows"), _("Its own total")]
        rows = []
        for one in self.found.figures:
            row = [one.year, self.names[one.region_id], one.sheet, one.file, one.told, _known(one.said)]
            rows.append(row)
        return columns, rows

    def as_workbook(self) -> bytes:
        head: list[Line] = [[Styled(self.title, Look.BOLD)], *([text] for text in self.said)]
        signed: list[Line] = [[], *([f"{word}: ____________________"] for word in self.signature)]
        first = sheet(_("Totals"), head, *self.balances())
        pages = [
            replace(first, rows=[*first.rows, *signed]),
            sheet(_("Answers"), [[Styled(_("Answers"), Look.BOLD)]], *self.answers()),
            sheet(_("Sheets"), [[Styled(_("Imported sheets"), Look.BOLD)]], *self.sheets()),
        ]
        return b"".join(packed(pages, Properties(self.title, self.access.at)))

    def as_pdf(self) -> bytes:
        """Raises PdfMissing."""
        totals = _("Register, sheets and what was published") if self.country else _("Register and sheets")
        context = {
            "title": self.title,
            "said": self.said,
            "demo": settings.DEMO,
            "language": get_language(),
            "left": [(year, self.found.left(year)) for year in self.found.years],
            "tables": [
                (totals, *self.balances()),
                (_("Answers"), *self.answers()),
                (_("Imported sheets"), *self.sheets()),
            ],
            "signature": self.signature,
        }
        return as_pdf(render_to_string("legacy_import/differences_pdf.html", context))


def _known(value: int | None) -> int | str:
    return ".." if value is None else value


def _minute(at: datetime) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT")


@never_cache
@require_safe
def differences(request: AuthenticatedRequest) -> HttpResponse:
    """Every year that was taken over: what is counted where, and what is not explained yet."""
    access = request.access.require(*spreadsheets.SEES)
    found = spreadsheets.reconciled(access)
    record(access, "reconciliation.read", Target("reconciliation", "", ""), rows=len(found.years))
    regions = Region.objects.in_bulk()
    context = {
        "years": [_year(found, year, regions) for year in reversed(found.years)],
        "disposed": found.disposed,
        "country": access.may(May.VIEW_TOTALS),
        "title": _("Explain the differences"),
    }
    return render(request, "legacy_import/differences.html", context)


def _year(found: spreadsheets.Reconciled, year: int, regions: Mapping[str, Region]) -> dict[str, Any]:
    rows = [_line(one, regions.get(one.of.region)) for one in found.balances if one.of.year == year]
    return {"year": year, "left": found.left(year), "rows": rows}


def _line(balance: Balance, region: Region | None) -> dict[str, Any]:
    place = getattr(region, "code", COUNTRY)
    url = reverse("legacy_import:difference", args=[balance.of.year, place])
    return {"one": balance, "name": str(region or _("All of Sweden")), "url": url, "country": region is None}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def difference(request: AuthenticatedRequest, year: int, region: str) -> HttpResponse:
    """A year of a region, or of the country: figures, what may explain, answers, and a new one."""
    access = request.access
    of = _region(region, access)
    code = getattr(of, "code", TOTAL)
    may = spreadsheets.may_answer(code, access)
    barred = request.method == "POST" and not may
    refuse_where(barred, _("This difference is explained by those who know its rows."))
    found = spreadsheets.reconciled(access)
    balance = found.of(year, code)
    if balance is None:
        raise Http404
    before = _to_change(request, year, code)
    form = _explain_form(request, found, year, code, before)
    if form.is_valid() and _is_explained(request, form, year, of, before):
        return lead_on(request, _("The answer is recorded."), "legacy_import:difference", year, region)
    context = {"form": form, "before": before, **_shown(access, found, balance, of, may=may)}
    record(access, "reconciliation.read", Target("reconciliation", f"{year}", f"{year} {code}"))
    return render(request, "legacy_import/difference.html", context, status=422 if form.errors else 200)


def _explain_form(
    request: AuthenticatedRequest,
    found: spreadsheets.Reconciled,
    year: int,
    code: str,
    before: Explanation | None,
) -> ExplainForm:
    sheets = sorted({one.sheet for one in found.figures_of(year, code)})
    return ExplainForm(
        posted(request),
        sheets=None if code == TOTAL else sheets,
        initial=as_before(before) if before else _offered(request, found, year, code),
    )


def _is_explained(
    request: AuthenticatedRequest,
    form: ExplainForm,
    year: int,
    region: Region | None,
    before: Explanation | None,
) -> bool:
    """Record an answer. False where somebody has answered meanwhile, which the form then says."""
    try:
        _once(request, spreadsheets.explain, year=year, region=region, wanted=form.wanted, replaces=before)
    except spreadsheets.AnsweredMeanwhile as meanwhile:
        form.add_error(None, str(meanwhile))
        return False
    return True


def _once(request: AuthenticatedRequest, act: Callable[..., Explanation], **facts: Any) -> None:
    """Answer, or take back, as the list was shown. Raises AnsweredMeanwhile."""
    access = request.access
    answer = partial(act, seen=number_of(request.POST, "seen"), by=access, **facts)
    idempotent(token_of(request.POST), answer, Explanation.objects.visible_to(access), by=access)


@require_POST
def take_answer_back(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    rows = Explanation.objects.visible_to(request.access).select_related("region")
    answer = get_object_or_404(rows, code=code)
    try:
        _once(request, spreadsheets.take_back, answer=answer)
        messages.success(request, _("The answer is taken back. It stays among the former ones."))
    except spreadsheets.AnsweredMeanwhile as meanwhile:
        messages.error(request, str(meanwhile))
    return redirect("legacy_import:difference", answer.year, answer.region_id or COUNTRY)


def _region(place: str, access: Access) -> Region | None:
    """None for the country. 404 out of scope: whoever has regions is told nothing of others."""
    own = access.may(May.IMPORT_PERSONS) and place in access.regions
    if not own and not access.may(May.VIEW_TOTALS):
        raise Http404
    return None if place == COUNTRY else get_object_or_404(Region, code=place)


def _to_change(request: AuthenticatedRequest, year: int, code: str) -> Explanation | None:
    """The answer that another is to take the place of; one that holds no more is none."""
    key = code_of((posted(request) or request.GET).get("change"))
    if key is None:
        return None
    explanation: Explanation = get_object_or_404(spreadsheets.of_place(request.access, year, code), code=key)
    return explanation


def _offered(
    request: AuthenticatedRequest, found: spreadsheets.Reconciled, year: int, code: str
) -> dict[str, Any]:
    """What a sheet itself tells, which was chosen to be answered."""
    if not spreadsheets.may_answer(code, request.access):
        return {}
    figures = found.figures_of(year, code)
    offered = {
        (str(figure.code), reason.kind): as_offered(reason) for figure in figures for reason in figure.offered
    }
    return offered.get((request.GET.get("sheet", ""), request.GET.get("reason", "")), {})


def _figure(figure: SheetFigure, told: set[tuple[str, Any]]) -> dict[str, Any]:
    """`told`: kinds and rows of the answers that hold."""
    reasons = [
        {
            "kind": reason.kind,
            "words": DifferenceKind(reason.kind).label,
            "persons": reason.persons,
            "places": in_words(reason.rows),
            "answered": (reason.kind, tuple(sorted(reason.rows))) in told,
        }
        for reason in figure.offered
    ]
    return {"figure": figure, "reasons": reasons}


def _answer(row: Explanation) -> dict[str, Any]:
    return {"row": row, "places": in_words(row.rows), "token": uuid.uuid4()}


def _shown(
    access: Access, found: spreadsheets.Reconciled, balance: Balance, region: Region | None, *, may: bool
) -> dict[str, Any]:
    year, code = balance.of.year, balance.of.region
    every = spreadsheets.of_place(access, year, code)
    answers = list(every.select_related("by", "replaces", "replaced_by").order_by("number"))
    given = {(one.kind, tuple(sorted(one.rows))) for one in found.answers if one.place == (year, code)}
    row = _line(balance, region)
    title = f"{year}, {row['name']}"
    context = {
        "title": title,
        "row": row,
        "figures": [_figure(figure, given) for figure in found.figures_of(year, code)],
        "answers": [_answer(one) for one in answers if one in found.answers],
        "former": [_answer(one) for one in answers if one not in found.answers],
        "may": may,
        "own": code in access.regions,
        "seen": spreadsheets.last_number(year, code, access),
        "token": uuid.uuid4(),
        "breadcrumbs": [(_("Explain the differences"), reverse("legacy_import:differences")), (title, "")],
    }
    if region is None:
        context["regions"] = _year(found, year, Region.objects.in_bulk())["rows"][1:]
        groups = found.groups(year)
        context["groups"] = [{"name": Group(group.of.group).label, "balance": group} for group in groups]
    return context


@never_cache
@require_safe
def differences_pdf(request: AuthenticatedRequest) -> HttpResponse:
    """To be signed. Recorded as an export."""
    try:
        return _report(request, "pdf", _Report.as_pdf, "application/pdf")
    except PdfMissing:
        messages.error(request, _("PDF files cannot be made on this server. Print the page instead."))
        return redirect("legacy_import:differences")


@never_cache
@require_safe
def differences_xlsx(request: AuthenticatedRequest) -> HttpResponse:
    return _report(request, "xlsx", _Report.as_workbook, TYPES["xlsx"])


def _report(
    request: AuthenticatedRequest, form: str, make: Callable[[_Report], bytes], content_type: str
) -> HttpResponse:
    access = request.access.require(*spreadsheets.SEES)
    found = spreadsheets.reconciled(access)
    made = make(_Report(found, access))
    rows, digest = len(found.balances), hashlib.sha256(made).hexdigest()
    about = Target("reconciliation", "", "")
    record(access, "reconciliation.export", about, rows=rows, digest=digest, search_kind=form)
    name = f"totals-taken-over-{access.today.isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type=content_type, headers=headers)
