"""The page on which somebody asks for a table of their own, and the same table as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import AuthenticatedRequest
from audit.writer import Target, record
from exchange.downloads import attached
from exchange.writer import BOM, csv_text
from exchange.xlsx_writer import Look, Page, Styled, packed
from libs.suppression.tables import TOTAL, Table
from summaries.chart_choice import chart_of
from summaries.counting import comparison
from summaries.counting.own_table import own_table
from summaries.counting.reference import Labels, Reference
from summaries.own_table_forms import OwnTableForm, in_words, name_of, title_of
from summaries.periods import Period
from summaries.views import READ, crumbs, scope_of

ASKED_FIRST: Final = {"rows": "main_purpose", "period": "year"}  # where nothing is asked for
WIDTH: Final = 40  # characters of the first column of a workbook


@dataclass(frozen=True)
class Answer:
    """The table of a period, and of the same days a year before."""

    table: Table
    before: Table
    period: Period
    labels: Labels

    @property
    def rows(self) -> list[list[Any]]:
        """Return the table as it stands on the page: a line a row, the year before in the last column."""
        grid = comparison.grid_of(self.table, self.before, self.labels)
        first = self.table.dimensions[0].name
        now, then = in_words(self.period), in_words(self.period.year_before)
        columns = [*self.columns, then] if len(self.columns) > 1 else [now, then]
        lines: list[list[Any]] = [[name_of(first, self.labels), *columns]]
        for row in grid.rows:
            numbers = [cell.value for cell in row.cells]
            lines.append([row.label, *numbers, row.before.value if row.before else ""])
        return lines

    @property
    def columns(self) -> list[str]:
        if len(self.table.dimensions) == 1:
            return [in_words(self.period)]
        second = self.table.dimensions[1]
        return [self.labels.category(second.name, one) for one in (*second.categories, TOTAL)]


@require_safe
def own(request: AuthenticatedRequest) -> HttpResponse:
    """The form, and below it the table that it asks for."""
    request.access.require(*READ)
    labels = Labels(Reference.load())
    form = OwnTableForm(request.access, labels, request.GET if "rows" in request.GET else None)
    answer = _answer(request, form, labels, "summary.read") if form.is_valid() else None
    context: dict[str, Any] = {
        "form": form,
        "answer": answer,
        "scope": scope_of(request.access),
        "breadcrumbs": crumbs(_("Ask the figures")),
        "query": request.GET.urlencode(),
    }
    if answer:
        title = f"{answer.table.title}, {in_words(answer.period)}"
        grid = comparison.grid_of(answer.table, answer.before, labels)
        context |= {
            "grid": grid,
            "period": in_words(answer.period),
            "before": in_words(answer.period.year_before),
            "first": name_of(answer.table.dimensions[0].name, labels),
            "chart": chart_of(answer.table, labels, title=title, source=_("the NMT register")),
        }
    status = 422 if form.errors else 200
    return render(request, "summaries/own_table.html", context, status=status)


@transaction.atomic
def _answer(request: AuthenticatedRequest, form: OwnTableForm, labels: Labels, action: str) -> Answer:
    asked, period = form.asked, form.chosen
    title = title_of(asked, labels)
    table = own_table(request.access, asked, period, title, labels.reference)
    before = own_table(request.access, asked, period.year_before, title, labels.reference)
    answer = Answer(table, before, period, labels)
    about = " × ".join(asked.levels)
    record(request.access, action, Target("summary", "own", f"{in_words(period)} {about}"))
    return answer


def _asked(request: AuthenticatedRequest) -> Answer | HttpResponse:
    """Return the table, or the page with the form's errors."""
    request.access.require(*READ)
    labels = Labels(Reference.load())
    form = OwnTableForm(request.access, labels, request.GET if "rows" in request.GET else ASKED_FIRST)
    if not form.is_valid():
        return own(request)
    return _answer(request, form, labels, "summary.export")


@require_safe
def own_csv(request: AuthenticatedRequest) -> HttpResponse:
    found = _asked(request)
    if isinstance(found, HttpResponse):
        return found
    text = csv_text([[found.table.title], [_internal()], *found.rows], ",")
    return attached((BOM + text).encode(), "own-internal.csv", "csv")


@require_safe
def own_xlsx(request: AuthenticatedRequest) -> HttpResponse:
    found = _asked(request)
    if isinstance(found, HttpResponse):
        return found
    head, *lines = found.rows
    rows: list[list[Any]] = [
        [Styled(found.table.title, Look.BOLD)],
        [_internal()],
        [Styled(one, Look.HEAD) for one in head],
        *lines,
    ]
    page = Page(_("Table"), rows, widths=(WIDTH,), frozen=(3, 1))
    return attached(b"".join(packed([page])), "own-internal.xlsx", "xlsx")


def _internal() -> str:
    return _("Internal, not protected: it must not be handed on.")
