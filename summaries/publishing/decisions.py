"""The pages of publishing that change something: each is a verb, and leads back to the year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from exchange.years import year_of
from jobs.actions import enqueue
from jobs.kinds import JobRefused
from summaries.catalogue import CALLS_PUBLISHED
from summaries.classifying import LEFT_OUT, Entry
from summaries.protection import Figure
from summaries.publishing import actions
from summaries.publishing.actions import draft_of
from summaries.publishing.forms import ExemptionForm, StepsForm, TextForm, step_names
from summaries.publishing.frozen import only_one_edited, strange_numbers, text_of
from summaries.publishing.models import Exemption, Publication
from summaries.publishing.protecting import public_tables, sealed_before, threshold
from summaries.publishing.public_calls import call_tables
from summaries.publishing.public_tables import PublicTables, figures
from summaries.publishing.views import page_of
from summaries.publishing.words import public_titles
from summaries.running import so_far
from summaries.tables import Cell
from summaries.text.edited import differences

# --- previewing ---
# What each step of a table would print, and how much of it is too small to be shown: counted, nothing is
# protected.


@dataclass(frozen=True, slots=True)
class StepCost:
    """Of one step: how many figures that hold somebody it prints, and how many of these are `small`. These
    are hidden at least; others may have to protect them."""

    name: str
    figures: int
    small: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class TablePreview:
    title: str
    choices: tuple[StepCost, ...]
    left_out: bool


def previews(access: Access, year: int) -> list[TablePreview]:
    """Of every table that is published; none where nobody is registered. For the inside."""
    ledger, draft = sealed_before(year), draft_of(year)
    steps, titles, k = (draft.steps if draft else {}), public_titles(), threshold(ledger)
    public = public_tables(access, year, {}, ledger)
    if not public.facts.found.number:
        return []
    known = figures(public.of_all_steps.deep)
    found = [(entry, _of_persons(public, entry, known)) for entry in public.entries]
    found += [(entry, _of_calls(public, entry)) for entry in CALLS_PUBLISHED.values()]
    return [
        TablePreview(
            titles[entry.name],
            tuple(_choices(values, steps.get(entry.name, 0), k)),
            steps.get(entry.name) == LEFT_OUT,
        )
        for entry, values in found
    ]


def _choices(of_steps: Iterable[list[int]], at: int, k: int) -> Iterator[StepCost]:
    listed = list(of_steps)
    for step, (name, values) in enumerate(zip(step_names(len(listed)), listed, strict=True)):
        yield StepCost(name, len(values), sum(value < k for value in values), step == at)


def _of_persons(public: PublicTables, entry: Entry, known: Mapping[Figure, Cell]) -> Iterator[list[int]]:
    """By step, the figures that hold somebody; where they are exempt none is too small."""
    for step in range(len(entry.ladder)):
        one = replace(public, steps={**public.steps, entry.name: step})
        cells = (known.get(one.figure(entry, key)) for key in one.keys(entry))
        yield [cell.value for cell in cells if cell and cell.value]


def _of_calls(public: PublicTables, entry: Entry) -> Iterator[list[int]]:
    for step in range(len(entry.ladder)):
        tables = call_tables(public.facts.found, {entry.name: step})
        yield [cell.value for table in tables if table.name == entry.name for cell in table if cell.value]


# --- decisions ---
View = Callable[..., HttpResponse]


def told(view: View) -> View:
    """A refusal is a message on the page of the year, where the reader sees how things stand now."""

    @wraps(view)
    def page(request: AuthenticatedRequest, **place: Any) -> HttpResponse:
        try:
            return view(request, **place)
        except JobRefused as refusal:
            messages.error(request, str(refusal))
            return (
                redirect("summaries:publication", place["year"])
                if "year" in place
                else redirect("summaries:publications")
            )

    return page


@require_POST
def protect(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """As chosen, or as `instead` says: the headline alone, all tables again, or with the coarser categories
    that were found."""
    instead = {"instead": value} if (value := request.POST.get("instead", "")) else {}
    return redirect(enqueue("protect_year", by=request.access, year=year, **instead))


@require_POST
def correction(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """Looks now, and not by night, for what could be published of a correction that waits."""
    return redirect(enqueue("try_correction", by=request.access, year=year))


@require_POST
@told
def steps(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """Coarser or finer categories, and the tables protected anew with them."""
    request.access.require(May.PUBLISH)
    draft = get_object_or_404(Publication.objects.drafts(), year=year)
    form = StepsForm(request.POST, steps=draft.steps, titles={})
    if form.is_valid():
        for table, step in form.cleaned_data.items():
            if step is not None and step != draft.steps.get(table, 0):
                actions.choose_step(year=year, table=table, step=step, by=request.access)
    return redirect(enqueue("protect_year", by=request.access, year=year))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@told
def suggest(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """What each choice of categories costs before anything runs, and the search for the best."""
    request.access.require(May.PUBLISH)
    if request.method == "POST":
        return redirect(enqueue("suggest_year", by=request.access, year=year))
    tables = previews(request.access, year)
    if not tables:
        raise Http404
    context = {
        "year": year,
        "so_far": so_far(year, timezone.localdate()),
        "tables": tables,
        "breadcrumbs": crumbs(year, _("Suggest for all")),
    }
    return render(request, "summaries/publication_suggest.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@told
def text(request: AuthenticatedRequest, year: int) -> HttpResponse:
    request.access.require(May.PUBLISH)
    draft = get_object_or_404(Publication.objects.drafts(), year=year)
    initial = {language: text_of(draft, language) for language in ("sv", "en")}
    form = TextForm(request.POST or None, initial=initial)
    if form.is_valid():
        texts = {name: value.replace("\r\n", "\n").strip() for name, value in form.cleaned_data.items()}
        draft = actions.edit_text(draft=draft, texts=texts, by=request.access)
        messages.success(request, _("The text is saved."))
        if numbers := strange_numbers(draft):
            told = _(
                "These numbers stand in no table that is shown: {numbers}. Does the text tell what is hidden?"
            )
            messages.warning(request, told.format(numbers=", ".join(numbers)))
        if only_one_edited(draft):
            messages.warning(request, _("Only one language was edited. Does the other say the same?"))
        return redirect("summaries:publication", year)
    others = [
        (language, differences(one["generated"], one["edited"]))
        for language, one in draft.texts.items()
        if one["edited"]
    ]
    context = {"form": form, "draft": draft, "year": year, "others": others}
    context["breadcrumbs"] = crumbs(year, _("Text"))
    return render(request, "summaries/publication_text.html", context)


@require_POST
@told
def exemption(request: AuthenticatedRequest, year: int) -> HttpResponse:
    request.access.require(May.PUBLISH)
    context = page_of(request.access, year)
    form = ExemptionForm(request.POST, tables=context["exemption_form"].fields["table"].choices)
    if not form.is_valid():
        return render(request, "summaries/publication.html", {**context, "exemption_form": form}, status=422)
    try:
        asked = actions.ask_exemption(year=year, by=request.access, **form.cleaned_data)
        enqueue("try_exemption", by=request.access, year=year, exemption=asked.pk)
    except JobRefused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "summaries/publication.html", {**context, "exemption_form": form}, status=422)
    messages.success(request, _("The exemption has been asked for. A manager answers."))
    return redirect("summaries:publication", year)


@require_POST
def effect(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Works out what would follow of an exemption that waits, of the draft as it is now."""
    request.access.require(May.PUBLISH, May.APPROVE_EXCEPTION)
    row = get_object_or_404(Exemption.objects.asked().exclude(year=None), pk=number)
    return redirect(enqueue("try_exemption", by=request.access, year=row.year, exemption=row.pk))


@require_POST
@told
def answer(request: AuthenticatedRequest, number: int) -> HttpResponse:
    again = request.POST.get("answer") == "again"
    request.access.require(May.PUBLISH if again else May.APPROVE_EXCEPTION)
    row = get_object_or_404(
        Exemption.objects.exclude(year=None, asked_by=None, rule=Exemption.RULE), pk=number
    )
    back = redirect(_page(row.year or request.POST.get("year", "")))
    if again:
        actions.ask_again(exemption=row, by=request.access)
        messages.success(request, _("The exemption has been asked for. A manager answers."))
        return back
    approve = request.POST.get("answer") == "approve"
    actions.answer_exemption(exemption=row, approve=approve, by=request.access)
    approved = _("The exemption is approved. An analyst now protects and tests the tables with it.")
    messages.success(
        request, approved if approve else _("The exemption is refused. The draft stays as it is.")
    )
    return back


def _page(year: int | str) -> str:
    """Of the year where one was looked at, since a standing exemption is of none."""
    try:
        return reverse("summaries:publication", args=[year_of(str(year))])
    except ValueError:
        return reverse("summaries:publications")


def crumbs(year: int, here: str) -> list[tuple[str, str]]:
    start, of_year = reverse("summaries:publications"), reverse("summaries:publication", args=[year])
    return [(_("Publishing"), start), (str(year), of_year), (here, "")]
