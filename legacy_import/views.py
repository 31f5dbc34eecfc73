"""The pages of a file of old spreadsheets: what was found, what is asked, how it compares, what became of
it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import AuthenticatedRequest, lead_on, posted
from accounts.roles import May
from accounts.transactions import before_it_begins, idempotent, number_of, token_of
from audit.writer import record
from exchange import sandboxed_sheets
from exchange.limits import Refused
from exchange.reader import check_size
from exchange.runs import CannotUndo
from jobs.kinds import enqueue
from legacy_import import requests, workbooks
from legacy_import.control import LEFT
from legacy_import.forms import (
    COUNTED_AS,
    ColumnForm,
    ControlForm,
    QuestionsForm,
    ReasonForm,
    SpreadsheetForm,
)
from legacy_import.models import TakenSheet, TakeOver
from legacy_import.sentences import KINDS, ImportedSheetShown, ListWords, SheetShown, compared
from legacy_import.sheets.comparison import spans
from legacy_import.sheets.tables import heading_key
from legacy_import.sheets.values import Answers

PER_PAGE = 25
STEPS = {
    "take_over_control": gettext_lazy("Your own count"),
    "take_over": gettext_lazy("What was found"),
    "take_over_questions": gettext_lazy("Questions"),
    "take_over_compared": gettext_lazy("Comparison"),
    "take_over_result": gettext_lazy("The import"),
}


def _read(request: AuthenticatedRequest) -> None:
    """Before the request has its transaction: while a file is read, nobody waits for it."""
    file = request.FILES.get("file")
    if file is None or not request.access.may(May.IMPORT_PERSONS):
        return
    try:
        check_size(file.size or 0)
        data = file.read()
        name = file.name or ""
        pages = sandboxed_sheets.read(data, name.rpartition(".")[0], most=workbooks.MOST_ROWS)
        found: object = _brought(request, workbooks.Brought(name, hashlib.sha256(data).hexdigest(), pages))
    except Refused as refused:
        found = refused
    request.brought = found  # type: ignore[attr-defined]


def _brought(request: AuthenticatedRequest, brought: workbooks.Brought) -> workbooks.Brought:
    """Without what identifies."""
    form = SpreadsheetForm(request.access, request.POST, request.FILES)
    if not form.is_valid():
        return brought
    mapping = form.cleaned_data["mapping"]
    return brought.left(getattr(mapping, "said", Answers()))


@before_it_begins(_read)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_overs(request: AuthenticatedRequest) -> HttpResponse:
    """A file is chosen; below, those of one's regions."""
    access = request.access.require(May.IMPORT_PERSONS)
    mapping = request.GET.get("mapping", "")
    form = SpreadsheetForm(access, posted(request), request.FILES or None, mapping=mapping)
    if form.is_valid():
        brought = getattr(request, "brought", None)
        if isinstance(brought, Refused):
            form.add_error("file", brought.in_words(_))
        elif isinstance(brought, workbooks.Brought):
            return _go_on(request, "take_over", _bring(request, brought, form))
    rows = TakeOver.objects.visible_to(access).defer("pages", "told").select_related("mapping", "by")
    context = {"form": form, "rows": rows[:PER_PAGE], "title": _("Import old spreadsheets")}
    return render(request, "legacy_import/take_overs.html", context)


def _bring(request: AuthenticatedRequest, brought: workbooks.Brought, form: SpreadsheetForm) -> TakeOver:
    unnamed = f"{brought.name[:40]} {localtime(request.access.at):%Y-%m-%d %H.%M.%S}"
    mapping = form.cleaned_data["mapping"] or form.cleaned_data["new_mapping"] or unnamed
    rows = TakeOver.objects.visible_to(request.access)
    bring = partial(workbooks.bring, brought=brought, mapping=mapping, by=request.access)
    return idempotent(token_of(request.POST), bring, rows, by=request.access)


def _row(request: AuthenticatedRequest, code: UUID) -> TakeOver:
    request.access.require(May.IMPORT_PERSONS)
    rows = TakeOver.objects.visible_to(request.access).select_related("mapping", "by")
    workbook: TakeOver = get_object_or_404(rows, code=code)
    return workbook


def _page(request: AuthenticatedRequest, row: TakeOver, step: str, **more: Any) -> HttpResponse:
    """One of the four steps of a file; who has seen it is in the audit log."""
    waits = {"take_over_questions": len(workbooks.open_questions(row))}
    context = {
        "row": row,
        "steps": [(title, _at(name, row), name == step, waits.get(name, 0)) for name, title in STEPS.items()],
        "title": STEPS[step],
        "breadcrumbs": [
            (_("Import old spreadsheets"), reverse("legacy_import:take_overs")),
            (str(row), ""),
        ],
        "seen": row.seen,
        **more,
    }
    answer = render(request, f"legacy_import/{step}.html", context)
    record(request.access, "takeover.read", row.target)
    return answer


def _at(step: str, row: TakeOver) -> str:
    return reverse(f"legacy_import:{step}", args=[row.code])


def _go(step: str, row: TakeOver) -> HttpResponse:
    return redirect(_at(step, row))


def _later(request: AuthenticatedRequest, kind: str, row: TakeOver, **more: str) -> HttpResponse:
    return redirect(enqueue(f"spreadsheets.{kind}", by=request.access, takeover=str(row.code), **more))


def _go_on(request: AuthenticatedRequest, step: str, row: TakeOver) -> HttpResponse:
    """To a page of the file; where it is to be read first and is long, to the run that does."""
    return _later(request, "look", row) if row.waits else _go(step, row)


def _version(request: AuthenticatedRequest) -> int:
    return number_of(request.POST, "version")


def _done(request: AuthenticatedRequest, act: Callable[..., Any], row: TakeOver, **facts: Any) -> Any:
    """What `act` made; None where it was not done, which the person is told."""
    try:
        return act(row=row, by=request.access, **facts)
    except workbooks.NotDone as refused:
        messages.warning(request, str(refused))
        return None


def _answer(
    request: AuthenticatedRequest, row: TakeOver, step: str, answers: Mapping[str, str]
) -> HttpResponse:
    version = _version(request)
    answered = _done(request, workbooks.answer, row, answers=answers, version=version)
    return _go_on(request, step, answered) if answered and not row.waits else _go(step, row)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_over_control(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    """How many persons who kept the book has counted, asked before anything that was read is shown."""
    row = _row(request, code)
    sheets = workbooks.sheets_to_count(row) if row.pages else []
    form = ControlForm(sheets, row.counted, posted(request))
    if form.is_valid() and row.pages:
        facts = {"counted": form.counted, "version": _version(request)}
        _done(request, workbooks.count_by_hand, row, **facts)
        return _go("take_over", row)
    return _page(request, row, "take_over_control", form=form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    """The tables and columns, and what is left behind in the file: confirmed here, and not shown again."""
    row = _row(request, code)
    if row.pages and not row.control:
        return _go("take_over_control", row)
    if "look" in request.POST:
        return _go_on(request, "take_over", row)
    if "confirm" in request.POST:
        _done(request, workbooks.confirm, row, version=_version(request))
        return _go("take_over_questions", row)
    words = ListWords()
    form = ColumnForm(_columns(row), words, posted(request))
    if form.is_valid():
        return _change(request, row, form)
    behind = row.seen.get("behind", {})
    lost = [(one["heading"], words.column(f"drop:{one['why']}"), one["sheet"], one["cells"])
            for one in behind.get("columns", [])]  # fmt: skip
    more = {"tables": _tables(row, words), "lost": lost, "hidden": behind.get("hidden", 0), "form": form}
    return _page(request, row, "take_over", **more)


def _columns(row: TakeOver) -> dict[str, str]:
    tables = row.seen.get("tables", [])
    columns = (one for table in tables if table["kind"] == "persons" for one in table["columns"])
    headings = [column["heading"] for column in columns]
    return dict(zip((heading_key(heading) for heading in headings), headings, strict=True))


def _change(request: AuthenticatedRequest, row: TakeOver, form: ColumnForm) -> HttpResponse:
    """Of a column that was left behind nothing is here: the file has to come once more."""
    key, meaning = f"column|{form.cleaned_data['column']}", form.cleaned_data["meaning"]
    was_left = row.said.answers.get(key, "").startswith("drop:")
    answered = _answer(request, row, "take_over", {key: meaning})
    if not was_left or meaning.startswith("drop:"):
        return answered
    messages.info(
        request,
        _("The values of that column were left in the file. Choose the file once more: they are read now."),
    )
    return redirect(f"{reverse('legacy_import:take_overs')}?mapping={row.mapping.code}")


def _tables(row: TakeOver, words: ListWords) -> list[dict[str, Any]]:
    """Tables whose columns were taken alike stand together, with their sheets."""
    alike: dict[Any, list[Any]] = defaultdict(list)
    for table in row.seen.get("tables", []):
        columns = [(one["heading"], words.column(one["is"]), one["sure"]) for one in table["columns"]]
        alike[table["kind"], tuple(columns)].append(table)
    return [
        {
            "kind": kind,
            "kind_words": str(KINDS.get(kind, kind)),
            "sheets": [(one["sheet"], one["rows"], one["heading"], spans(one["others"])) for one in tables],
            "columns": [(heading, said, round(100 * sure), sure < 0.85) for heading, said, sure in columns],
        }
        for (kind, columns), tables in alike.items()
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_over_questions(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    """What most cells wait for first, several at once; and ten rows as they are read now."""
    row = _row(request, code)
    if row.pages and not row.control:
        return _go("take_over_control", row)
    if row.pages and not row.confirmed_at:
        messages.info(request, _("First see what is left behind in the file."))
        return _go("take_over", row)
    words, asked = ListWords(), workbooks.open_questions(row)
    sent = posted(request)
    outdated = sent is not None and _version(request) != row.version
    form = QuestionsForm(asked, words, None if outdated else sent)
    if outdated or form.is_valid():
        has_births = "drop:identity" in row.said.answers.values()
        if has_births and any(key.startswith("default|on") for key in form.answers):
            text = _(
                "Choose the file once more: the year is known now, so years of birth show who was a child."
            )
            messages.info(request, text)
        return _answer(request, row, "take_over_questions", form.answers)
    first = [words.person(one) for one in row.seen.get("first", [])]
    more = {"form": form, "asked": len(asked), "first": first, "cells": row.seen.get("cells", {})}
    return _page(request, row, "take_over_questions", **more)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_over_compared(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    """Rows beside what the sheets and publications say, and what each sheet would do.

    Rows of a sheet that its keeper has counted otherwise are left out here."""
    row = _row(request, code)
    if row.pages and not row.control:
        return _go("take_over_control", row)
    differing = workbooks.rows_that_differ(row) if row.pages else {}
    if request.method == "POST":
        shown_rows = [one for rows in differing.values() for one in rows]
        chosen = set(request.POST.getlist("leave"))
        answers = {one.key: LEFT if one.key in chosen else "" for one in shown_rows}
        return _answer(request, row, "take_over_compared", answers)
    sheets = [SheetShown(one) for one in row.seen.get("sheets", [])]
    more = {"sheets": sheets, "compared": compared(row.seen), "controls": workbooks.controls(row)}
    return _page(request, row, "take_over_compared", differing=differing, counted_as=COUNTED_AS, **more)


@never_cache
@require_safe
def take_over_result(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    """A second person's answer, and the sheets that were taken in."""
    return _result(request, _row(request, code), ReasonForm())


def _result(request: AuthenticatedRequest, row: TakeOver, form: ReasonForm) -> HttpResponse:
    taken = [ImportedSheetShown(sheet, request.access) for sheet in workbooks.sheets_of(row)]
    standing = [one for one in taken if not one.undone_at]
    there = {one.name for one in standing}
    more = {
        "form": form,
        "ready": workbooks.ready(row),
        "controls": workbooks.controls(row),
        "differs": any(one.differs for one in workbooks.controls(row)),
        "waiting": requests.waiting(row),
        "as_it_stands": workbooks.digest_of(row),
        "approval": workbooks.approval(row) if row.pages else None,
        "waits": workbooks.not_taken(row, there),
        "taken": taken,
        "mine": [one for one in standing if one.mine],
        "all_go": not any(one.obstacles for one in taken),
    }
    return _page(request, row, "take_over_result", **more)


@require_POST
def ask_take_over(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    row = _row(request, code)
    form = ReasonForm(request.POST)
    if not workbooks.ready(row) or _version(request) != row.version:
        messages.warning(request, _("The file is not as you saw it: look again before you ask."))
    elif not form.is_valid():
        return _result(request, row, form)
    else:
        try:
            requests.ask_second(row=row, reason=form.cleaned_data["reason"], by=request.access)
            messages.success(request, _("A second person is asked. Nothing is imported before the answer."))
        except requests.AskedAlready:
            messages.info(request, _("A colleague's request about the file waits for an answer."))
    return _go("take_over_result", row)


@require_POST
def take_in_sheets(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    row = _row(request, code)
    if not workbooks.few(row):
        return _later(request, "take", row)
    if _done(request, workbooks.take, row):
        messages.success(request, _("The sheets are imported."))
    return _go("take_over_result", row)


@require_POST
def undo_take_over(request: AuthenticatedRequest, code: UUID, sheet: UUID | None = None) -> HttpResponse:
    """The whole file, or one sheet."""
    row = _row(request, code)
    rows = TakenSheet.objects.visible_to(request.access).filter(of=row)
    one = get_object_or_404(rows, code=sheet) if sheet else None
    if not workbooks.few(row):
        return _later(request, "undo", row, **({"sheet": str(sheet)} if sheet else {}))
    try:
        if workbooks.undo(row=row, by=request.access, sheet=one):
            messages.success(request, _("The import is undone. Everything is as it was before."))
    except CannotUndo as refused:
        messages.error(request, str(refused))
    return _go("take_over_result", row)


@require_POST
def discard_take_over(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    row = _row(request, code)
    workbooks.discard(row=row, by=request.access)
    words = _("Nothing of the sheets is stored any longer. What was imported stays.")
    return lead_on(request, words, "legacy_import:take_overs")
