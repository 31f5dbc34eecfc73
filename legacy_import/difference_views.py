"""The pages on which differences between years taken over and what was known of them are explained."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext as _, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from accounts.transactions import code_of, number_of, once, token_of
from agencies.models import Region
from audit.writer import Target, record
from cases.extract import PdfMissing, as_pdf
from exchange.writer import TYPES
from exchange.xlsx_writer import Look, Page, Properties, Styled, packed
from legacy_import.forms import ExplainForm, as_before, as_offered
from legacy_import.models import DifferenceKind, Explanation, Group, SheetFigure
from legacy_import.sheets.balance import Balance
from legacy_import.sheets.comparison import TOTAL, in_words
from legacy_import.spreadsheets import (
    SEES,
    AnsweredMeanwhile,
    Reconciled,
    explain,
    last_number,
    may_answer,
    of_place,
    reconciled,
    take_back,
)
from summaries.release.justice import sheet
from summaries.year_words import demo_note

# --- report ---
# The report on years taken over that the head of the unit signs, as PDF and XLSX.

Line = list[Any]


def report_title() -> str:
    return _("Totals of years taken over")


def stays() -> str:
    """What a signature does not change."""
    return _("Published figures stay as they are until the year is released anew by decision.")


def signature() -> list[str]:
    return [_("Signature"), _("Name in print"), pgettext("of a signature", "Date")]


def balance_columns(*, country: bool) -> list[str]:
    """`country`: whether what was published stands beside."""
    return [
        _("Year"),
        _("NMT region"),
        _("In the register"),
        _("Total of the sheets"),
        *([_("Published")] if country else []),
        _("Explained"),
        _("Not explained"),
    ]


def balance_lines(found: Reconciled, names: dict[str, str], *, country: bool) -> Iterator[Line]:
    for one in found.balances:
        yield [
            one.of.year,
            names[one.of.region],
            one.register,
            _known(one.sheets),
            *([_published(one)] if country else []),
            one.explained,
            one.unexplained,
        ]


def _known(value: int | None) -> int | str:
    return ".." if value is None else value


def _published(one: Balance) -> int | str:
    return _known(one.published) if one.of.region == TOTAL else "–"


def answer_columns() -> list[str]:
    return [
        *(_("Year"), _("NMT region"), pgettext("explanation", "Reason"), _("Group"), _("Persons")),
        *(_("Rows"), _("In words"), _("Answered by"), _("Time")),
    ]


def answer_lines(found: Reconciled, names: dict[str, str], own: frozenset[str]) -> Iterator[Line]:
    """`own`: regions whose rows are told by their place; of others how many."""
    for one in found.answers:
        places = in_words(one.rows).replace("\n", "; ") if one.region_id in own else str(len(one.rows))
        yield [
            *(one.year, names[one.region_id or TOTAL], one.get_kind_display(), one.get_group_display()),
            *(one.persons, places if one.rows else "", one.note, one.by.name),
            date_format(localtime(one.at), "SHORT_DATETIME_FORMAT"),
        ]


def sheet_columns() -> list[str]:
    return [_("Year"), _("NMT region"), _("Sheet"), _("File"), _("Its rows"), _("Its own total")]


def sheet_lines(found: Reconciled, names: dict[str, str]) -> Iterator[Line]:
    for one in found.figures:
        says = [one.told, _known(one.said)]
        yield [one.year, names[one.region_id], one.sheet, one.file, *says]


def as_workbook(
    found: Reconciled, names: dict[str, str], own: frozenset[str], at: datetime, *, country: bool, who: str
) -> bytes:
    head: list[Line] = [[Styled(report_title(), Look.BOLD)], *([text] for text in _said(at, who))]
    totals = list(balance_lines(found, names, country=country))
    first = sheet(_("Totals"), head, balance_columns(country=country), totals)
    signed: list[Line] = [[], *([f"{word}: ____________________"] for word in signature())]
    lines = [*first.rows, *signed]
    pages = [
        Page(first.name, lines, first.widths, first.frozen, landscape=True, table=first.table),
        sheet(_("Answers"), [[Styled(_("Answers"), Look.BOLD)]], answer_columns(),
              list(answer_lines(found, names, own))),
        sheet(_("Sheets"), [[Styled(_("Sheets that came in"), Look.BOLD)]], sheet_columns(),
              list(sheet_lines(found, names))),
    ]  # fmt: skip
    return b"".join(packed(pages, Properties(report_title(), at)))


def _said(at: datetime, who: str) -> list[str]:
    made = _("Made {time} by {who}.").format(
        time=date_format(localtime(at), "SHORT_DATETIME_FORMAT"), who=who
    )
    return [text for text in (made, stays(), demo_note()) if text]


def as_report(
    found: Reconciled, names: dict[str, str], own: frozenset[str], at: datetime, *, country: bool, who: str
) -> bytes:
    """Raises PdfMissing."""
    context = {
        "title": report_title(),
        "said": _said(at, who),
        "demo": settings.DEMO,
        "language": get_language(),
        "left": [(year, found.left(year)) for year in found.years],
        "tables": [
            (
                _("Register, sheets and what was published") if country else _("Register and sheets"),
                balance_columns(country=country),
                list(balance_lines(found, names, country=country)),
            ),
            (_("Answers"), answer_columns(), list(answer_lines(found, names, own))),
            (_("Sheets that came in"), sheet_columns(), list(sheet_lines(found, names))),
        ],
        "signature": signature(),
    }
    return as_pdf(render_to_string("legacy_import/differences_pdf.html", context))


# --- differences ---
COUNTRY: Final = "sverige"  # in an address, where others have the code of their region


@never_cache
@require_safe
def differences(request: AuthenticatedRequest) -> HttpResponse:
    """Every year that was taken over: what is counted where, and what is not explained yet."""
    access = request.access
    access.require(*SEES)
    found = reconciled(access)
    record(access, "reconciliation.read", Target("reconciliation", "", ""), rows=len(found.years))
    regions = Region.objects.in_bulk()
    context = {
        "years": [_year(found, year, regions) for year in reversed(found.years)],
        "disposed": found.disposed,
        "country": access.may(May.VIEW_TOTALS),
        "title": _("Totals of years taken over"),
    }
    return render(request, "legacy_import/differences.html", context)


def _year(found: Reconciled, year: int, regions: Mapping[str, Region]) -> dict[str, Any]:
    rows = [line(one, regions.get(one.of.region)) for one in found.balances if one.of.year == year]
    return {"year": year, "left": found.left(year), "rows": rows}


def line(balance: Balance, region: Region | None) -> dict[str, Any]:
    """A row of the table."""
    place = COUNTRY if region is None else region.code
    url = reverse("legacy_import:difference", args=[balance.of.year, place])
    return {"one": balance, "name": str(region or _("All of Sweden")), "url": url, "country": region is None}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def difference(request: AuthenticatedRequest, year: int, region: str) -> HttpResponse:
    """A year of a region, or of the country: figures, what may explain, answers, and a new one."""
    access = request.access
    of = _region(region, access)
    code = of.code if of else TOTAL
    may = may_answer(code, access)
    if request.method == "POST" and not may:
        raise PermissionDenied(_("This difference is explained by those who know its rows."))
    found = reconciled(access)
    balance = found.of(year, code)
    if balance is None:
        raise Http404
    before = _to_change(request, year, code)
    form = _explain_form(request, found, year, code, before)
    if form.is_valid() and _is_explained(request, form, year, of, before):
        messages.success(request, _("The answer is recorded."))
        return redirect("legacy_import:difference", year, region)
    context = {"form": form, "before": before, **_shown(access, found, balance, of, may=may)}
    record(access, "reconciliation.read", Target("reconciliation", f"{year}", f"{year} {code}"))
    return render(request, "legacy_import/difference.html", context, status=422 if form.errors else 200)


def _explain_form(
    request: AuthenticatedRequest, found: Reconciled, year: int, code: str, before: Explanation | None
) -> ExplainForm:
    sheets = sorted({one.sheet for one in found.figures_of(year, code)})
    return ExplainForm(
        request.POST if request.method == "POST" else None,
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
    answer = partial(
        explain,
        year=year,
        region=region,
        wanted=form.wanted,
        seen=_seen(request),
        by=request.access,
        replaces=before,
    )
    rows = Explanation.objects.visible_to(request.access)
    try:
        once(token_of(request.POST), answer, rows, by=request.access)
    except AnsweredMeanwhile:
        form.add_error(None, _meanwhile())
        return False
    return True


@require_POST
def take_answer_back(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    rows = Explanation.objects.visible_to(access).select_related("region")
    answer = get_object_or_404(rows, code=code)
    place = answer.region_id or COUNTRY
    back = partial(take_back, answer=answer, seen=_seen(request), by=access)
    try:
        once(token_of(request.POST), back, Explanation.objects.visible_to(access), by=access)
    except AnsweredMeanwhile:
        messages.error(request, _meanwhile())
    else:
        messages.success(request, _("The answer is taken back. It stays among the former ones."))
    return redirect("legacy_import:difference", answer.year, place)


def _meanwhile() -> str:
    return _("Somebody has answered here meanwhile. Look at the answers as they are now, then send again.")


def _region(place: str, access: Access) -> Region | None:
    """None for the country. 404 out of scope: whoever has regions is told nothing of others."""
    own = access.may(May.IMPORT_PERSONS) and place in access.regions
    if not own and not access.may(May.VIEW_TOTALS):
        raise Http404
    return None if place == COUNTRY else get_object_or_404(Region, code=place)


def _seen(request: AuthenticatedRequest) -> int:
    """The last number of the list that was shown."""
    return number_of(request.POST, "seen")


def _to_change(request: AuthenticatedRequest, year: int, code: str) -> Explanation | None:
    """The answer that another is to take the place of; one that holds no more is none."""
    told = request.POST if request.method == "POST" else request.GET
    key = code_of(told.get("change"))
    if key is None:
        return None
    found: Explanation = get_object_or_404(of_place(request.access, year, code), code=key)
    return found


def _offered(request: AuthenticatedRequest, found: Reconciled, year: int, code: str) -> dict[str, Any]:
    """What a sheet itself tells, which was chosen to be answered."""
    for figure in found.figures_of(year, code) if may_answer(code, request.access) else ():
        if str(figure.code) == request.GET.get("sheet"):
            for reason in figure.offered:
                if reason.kind == request.GET.get("reason"):
                    return as_offered(reason)
    return {}


def _groups(found: Reconciled, year: int) -> list[dict[str, Any]]:
    return [{"name": Group(one.of.group).label, "balance": one} for one in found.groups(year)]


def _figure(figure: SheetFigure, told: set[tuple[str, Any]]) -> dict[str, Any]:
    """`told`: kinds and rows of the answers that hold."""
    reasons = [
        {
            "kind": one.kind,
            "words": DifferenceKind(one.kind).label,
            "persons": one.persons,
            "places": in_words(one.rows),
            "answered": (one.kind, tuple(sorted(one.rows))) in told,
        }
        for one in figure.offered
    ]
    return {"figure": figure, "reasons": reasons}


def _answer(row: Explanation) -> dict[str, Any]:
    return {"row": row, "places": in_words(row.rows), "token": uuid.uuid4()}


def _shown(
    access: Access, found: Reconciled, balance: Balance, region: Region | None, *, may: bool
) -> dict[str, Any]:
    year, code = balance.of.year, balance.of.region
    every = of_place(access, year, code)
    answers = list(every.select_related("by", "replaces", "replaced_by").order_by("number"))
    told = {(one.kind, tuple(sorted(one.rows))) for one in found.answers_of(year, code)}
    name = str(region or _("All of Sweden"))
    return {
        "title": f"{year}, {name}",
        "row": line(balance, region),
        "regions": _year(found, year, Region.objects.in_bulk())["rows"][1:] if region is None else [],
        "groups": _groups(found, year) if region is None else [],
        "figures": [_figure(one, told) for one in found.figures_of(year, code)],
        "answers": [_answer(one) for one in answers if one in found.answers],
        "former": [_answer(one) for one in answers if one not in found.answers],
        "may": may,
        "own": code in access.regions,
        "seen": last_number(year, code, access),
        "token": uuid.uuid4(),
        "breadcrumbs": [
            (_("Totals of years taken over"), reverse("legacy_import:differences")),
            (f"{year}, {name}", ""),
        ],
    }


# --- the report ------------------------------------------------------------------------------------------
@never_cache
@require_safe
def differences_pdf(request: AuthenticatedRequest) -> HttpResponse:
    """To be signed. Recorded as an export."""
    try:
        return _report(request, "pdf", as_report, "application/pdf")
    except PdfMissing:
        messages.error(request, _("PDF files cannot be made on this server. Print the page instead."))
        return redirect("legacy_import:differences")


@never_cache
@require_safe
def differences_xlsx(request: AuthenticatedRequest) -> HttpResponse:
    return _report(request, "xlsx", as_workbook, TYPES["xlsx"])


def _report(
    request: AuthenticatedRequest, form: str, make: Callable[..., bytes], content_type: str
) -> HttpResponse:
    access = request.access
    access.require(*SEES)
    found = reconciled(access)
    names = {region.code: str(region) for region in Region.objects.all()} | {TOTAL: _("All of Sweden")}
    made = make(
        found,
        names,
        access.regions,
        access.at,
        country=access.may(May.VIEW_TOTALS),
        who=access.user.name,
    )
    rows, digest = len(found.balances), hashlib.sha256(made).hexdigest()
    about = Target("reconciliation", "", "")
    record(access, "reconciliation.export", about, rows=rows, digest=digest, search_kind=form)
    name = f"totals-taken-over-{access.today.isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type=content_type, headers=headers)
