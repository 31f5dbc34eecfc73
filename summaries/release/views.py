"""The pages of publishing: all years, one year's draft and versions, and what changes a draft.

What changes something is a verb, and leads back to the page of the year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, lead_on, posted
from accounts.approvals import ACTS
from accounts.models import Approval
from accounts.roles import May
from audit.writer import Target, record
from cases.models import DisposedYear
from exchange.years import year_of
from jobs.kinds import JobRefused, enqueue
from libs.suppression import Figure
from libs.suppression.tables import NOBODY, Cell
from summaries.catalogue import CALLS_PUBLISHED, PERSONS_PUBLISHED
from summaries.classifications import LEFT_OUT, Entry
from summaries.counting.build import table_of
from summaries.counting.comparison import known_years
from summaries.coverage import so_far
from summaries.release import actions
from summaries.release.actions import draft_of
from summaries.release.approvals import RELEASE
from summaries.release.corrections import found_open, is_headline_alone
from summaries.release.forms import ExemptionForm, StepsForm, TextForm, step_names
from summaries.release.frozen import edited_apart, strange_numbers, text_of
from summaries.release.models import IS_FROZEN, IS_WITHDRAWN, Exemption, Publication, by_year
from summaries.release.movement import movement, pending
from summaries.release.release_actions import OURS, announced, page_of_question, still
from summaries.release.workbench import Bench, benches, effect_of, key_totals_hidden, loss_of, ribbon
from summaries.tables.labels import public_titles
from summaries.tables.protection import public_tables, threshold, values_before
from summaries.tables.public_tables import PublicTables, figures
from summaries.text.edited import differences
from summaries.year_words import sentence

READ = (May.PUBLISH, May.APPROVE_EXCEPTION)
LARGE_COLUMNS = ("sealed", "content", "tables")
View = Callable[..., HttpResponse]


def refusals_as_messages(view: View) -> View:
    """Say a refusal in a message on the page of the year, where the reader sees how things stand now."""

    @wraps(view)
    def page(request: AuthenticatedRequest, **place: Any) -> HttpResponse:
        try:
            return view(request, **place)
        except JobRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(_page(place.get("year", "")))

    return page


def form_page(view: View) -> View:
    """Make a view a page with a form, which no cache keeps, and on which a refusal is told."""
    return never_cache(require_http_methods(["GET", "HEAD", "POST"])(refusals_as_messages(view)))


def with_form(request: AuthenticatedRequest, name: str, form: Form | None, **context: Any) -> HttpResponse:
    """Answer with a page and its form; with status 422 where the form was posted with errors."""
    status = 422 if form is not None and form.errors else 200
    return render(request, f"summaries/{name}.html", {**context, "form": form}, status=status)


@never_cache
@require_safe
def publications(request: AuthenticatedRequest) -> HttpResponse:
    request.access.require(*READ)
    found = by_year(Publication.objects.defer(*LARGE_COLUMNS).order_by("-year", "-version"))
    years = sorted({*known_years(request.access), *found}, reverse=True)
    asked = Exemption.objects.asked().select_related("asked_by")
    titles = public_titles()
    waiting = [(titles.get(one.table, one.table), one) for one in asked]
    rows = [(year, of := found.get(year, []), any(one.version for one in of)) for year in years]
    return render(request, "summaries/publications.html", {"years": rows, "waiting": waiting})


@never_cache
@require_safe
def publication(request: AuthenticatedRequest, year: int) -> HttpResponse:
    with transaction.atomic():
        request.access.require(*READ)
        record(request.access, "publication.read", Target("summary", str(year), f"{year} publication"))
        context = page_of(request.access, year)
    return render(request, "summaries/publication.html", context)


def page_of(access: Access, year: int) -> dict[str, Any]:
    """Return the context of the page of a year: its draft, its versions and what waits for an answer."""
    last = Publication.objects.standing().filter(year__lt=year).order_by("-year", "-version").values("pk")[:1]
    wanted = Publication.objects.filter(Q(year=year) | Q(pk__in=last))
    found = list(wanted.order_by("-version"))
    publications = [one for one in found if one.year == year]
    before = [loss_of(one) for one in found if one.year != year]
    draft = next((publication for publication in publications if not IS_FROZEN(publication)), None)
    versions = [publication for publication in publications if IS_FROZEN(publication)]
    newest = next((version for version in versions if not IS_WITHDRAWN(version)), None)
    tables, steps = (benches(draft), draft.steps) if draft else ([], {})
    headline_alone = is_headline_alone(steps)
    context = {
        "year": year,
        "disposed": DisposedYear.objects.filter(year=year).first(),
        "draft": draft,
        "not_over": not_over(access, year, draft),
        "versions": versions,
        "ribbon": ribbon(draft, newest),
        "preliminary": newest is not None and newest.state == Publication.State.PRELIMINARY,
        "losses": [loss_of(draft), *before] if draft and draft.digest else [],
        "hour": announced(year, access.at),
        "now": timezone.now(),
        "may_publish": access.may(May.PUBLISH),
        "may_approve": access.may(May.APPROVE_EXCEPTION),
        "me": access.user.pk,
        "headline_alone": headline_alone,
        "breadcrumbs": [(_("Publishing"), reverse("summaries:publications")), (str(year), "")],
    }
    context |= _tables_context(tables, steps, headline_alone=headline_alone)
    context |= _exemptions_context(access, year, draft, tables)
    context |= _corrections_context(access, draft, versions, newest, headline_alone=headline_alone)
    return context | _questions_context(draft, versions)


def _tables_context(tables: list[Bench], steps: dict[str, int], *, headline_alone: bool) -> dict[str, Any]:
    breakdowns = {bench.shown.table.name for bench in tables} & PERSONS_PUBLISHED.keys() - {"groups"}
    return {
        "benches": tables,
        "key_totals": key_totals_hidden(tables),
        "derivable": sum(len(bench.derivable) for bench in tables),
        "bare_headline": bool(tables) and not breakdowns and not headline_alone,
        "steps_form": StepsForm(steps=steps, titles=public_titles()) if tables else None,
    }


def _exemptions_context(
    access: Access, year: int, draft: Publication | None, tables: list[Bench]
) -> dict[str, Any]:
    titles = {bench.shown.table.name: bench.shown.title for bench in tables}
    public, exemptions = public_titles(), _exemptions(year)
    names = public | titles
    effects = []
    if draft and draft.digest:
        effects = [
            effect_of(access, draft, row, public.get(row.table, row.table)) for row in exemptions if row.waits
        ]
    return {
        "exemptions": [(names.get(row.table, row.table), row) for row in exemptions],
        "effects": effects,
        "above": {effect.exemption.pk for effect in effects},
        "exemption_form": ExemptionForm(tables=exemptible(titles, exemptions)),
    }


def _corrections_context(
    access: Access,
    draft: Publication | None,
    versions: list[Publication],
    newest: Publication | None,
    *,
    headline_alone: bool,
) -> dict[str, Any]:
    changed = pending(access, newest) if newest and not draft else None
    open_versions = list(found_open().filter(publication__in=versions))
    failed = draft is not None and (bool(draft.digest), draft.passed) == (True, False)
    return {
        "pending": changed,
        "movement": movement(access, draft) if draft else None,
        "settled": changed == 0,
        "open_versions": open_versions,
        "alone_is_offered": bool(open_versions or headline_alone or failed or changed),
    }


def _questions_context(draft: Publication | None, versions: list[Publication]) -> dict[str, Any]:
    """Return what waits for a second person or was approved, and whether a release is among it."""
    rows = _questions(draft, versions)
    return {
        "questions": [(row, ACTS[row.act].title, page_of_question(row)) for row in rows],
        "release_asked": RELEASE in {row.act for row in rows},
    }


def _questions(draft: Publication | None, versions: list[Publication]) -> list[Approval]:
    """Return what waits for a second person, and what was approved and is not frozen yet."""
    codes = [str(one.code) for one in (one for one in [*versions, draft] if one)]
    rows = Approval.objects.filter(act__in=OURS, target_id__in=codes).select_related("asked_by")
    approvals = rows.filter(Q(answer="pending") | Q(answer="given", act=RELEASE, used_at=None))
    return [approval for approval in approvals if approval.answer == "pending" or still(approval, draft)]


def _exemptions(year: int) -> list[Exemption]:
    return list(Exemption.objects.filter(year=year).select_related("asked_by", "answered_by"))


def exemptible(titles: Mapping[str, str], asked: Iterable[Exemption]) -> list[tuple[str, str]]:
    """The tables of the draft that somebody may ask to show in full: those of persons that are not exempt for
    good, and that nobody has asked about or decided on already."""
    decided = {one.table for one in asked if one.waits or one.approved}
    names = PERSONS_PUBLISHED.keys() - {"groups"} - decided
    return [(name, title) for name, title in titles.items() if name in names]


def not_over(access: Access, year: int, draft: Publication | None) -> str:
    """Return that the year is not over, or was not when the draft was counted; else empty."""
    return sentence(year, draft.so_far if draft and draft.made_at else so_far(year, access.today))


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
    """Return what each step of every public table would print, and how much of it is too small to be shown.

    It is counted, and nothing is protected: for the inside. Empty where nobody is registered.
    """
    ledger, draft = values_before(year), draft_of(year)
    steps, titles, k = (draft.steps if draft else {}), public_titles(), threshold(ledger)
    public = public_tables(access, year, {}, ledger)
    if not public.facts.found.number:
        return []
    known = figures(public.of_all_steps.deep)
    values = {entry: _of_persons(public, entry, known) for entry in public.entries}
    values |= {entry: _of_calls(public, entry) for entry in CALLS_PUBLISHED.values()}
    found = []
    for entry, of_steps in values.items():
        at, names = steps.get(entry.name, 0), step_names(len(entry.ladder))
        choices = tuple(
            StepCost(names[step], len(printed), sum(value < k for value in printed), step == at)
            for step, printed in enumerate(of_steps)
        )
        found.append(TablePreview(titles[entry.name], choices, at == LEFT_OUT))
    return found


def _of_persons(public: PublicTables, entry: Entry, known: Mapping[Figure, Cell]) -> Iterator[list[int]]:
    """Give by step the figures that hold somebody; where they are exempt none is too small."""
    for step in range(len(entry.ladder)):
        tables = replace(public, steps={**public.steps, entry.name: step})
        numbers = (known.get(tables.figure(entry, key), NOBODY).number for key in tables.keys(entry))
        yield [number for number in numbers if number]


def _of_calls(public: PublicTables, entry: Entry) -> Iterator[list[int]]:
    for step in entry.ladder:
        yield [one for one in (cell.number for cell in table_of(public.facts.found, entry, step)) if one]


@require_POST
def protect(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """As chosen, or as `instead` says: the headline alone, or all tables again."""
    instead = request.POST.get("instead", "")
    return redirect(enqueue("protect_year", by=request.access, year=year, instead=instead))


@require_POST
@refusals_as_messages
def steps(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """Coarser or finer categories, and the tables protected anew with them."""
    request.access.require(May.PUBLISH)
    draft = get_object_or_404(Publication.objects.drafts(), year=year)
    form = StepsForm(request.POST, steps=draft.steps, titles={})
    if form.is_valid():
        for table, step in form.cleaned_data.items():
            if step not in {None, draft.steps.get(table, 0)}:
                actions.choose_steps(year=year, steps={table: step}, by=request.access)
    return redirect(enqueue("protect_year", by=request.access, year=year))


@form_page
def suggest(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """Show what each choice of categories costs, before anything runs; begin the search for the best."""
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
        "breadcrumbs": crumbs(year, _("Suggest categories")),
    }
    return render(request, "summaries/publication_suggest.html", context)


@form_page
def text(request: AuthenticatedRequest, year: int) -> HttpResponse:
    request.access.require(May.PUBLISH)
    draft = get_object_or_404(Publication.objects.drafts(), year=year)
    initial = {language: text_of(draft, language) for language in ("sv", "en")}
    form = TextForm(posted(request), initial=initial)
    if form.is_valid():
        texts = {name: value.replace("\r\n", "\n").strip() for name, value in form.cleaned_data.items()}
        draft = actions.edit_text(draft=draft, texts=texts, by=request.access)
        messages.success(request, _("The text is saved."))
        if numbers := strange_numbers(draft):
            message = _(
                "No table that is shown has these numbers: {numbers}. Remove them, or say why they may be "
                "published when you ask for the release."
            )
            messages.warning(request, message.format(numbers=", ".join(numbers)))
        if edited_apart(draft):
            messages.warning(
                request, _("The text was edited differently in the two languages. Do both say the same?")
            )
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
@refusals_as_messages
def exemption(request: AuthenticatedRequest, year: int) -> HttpResponse:
    request.access.require(May.PUBLISH)
    context = page_of(request.access, year)
    form = ExemptionForm(request.POST, tables=context["exemption_form"].fields["table"].choices)
    if form.is_valid():
        try:
            asked = actions.ask_exemption(year=year, by=request.access, **form.cleaned_data)
            enqueue("try_exemption", by=request.access, year=year, exemption=asked.pk)
        except JobRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The exemption has been asked for. A manager answers."))
            return redirect("summaries:publication", year)
    return render(request, "summaries/publication.html", {**context, "exemption_form": form}, status=422)


@require_POST
def effect(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Works out what would follow of an exemption that waits, of the draft as it is now."""
    request.access.require(May.PUBLISH, May.APPROVE_EXCEPTION)
    row = get_object_or_404(Exemption.objects.asked().exclude(year=None), pk=number)
    return redirect(enqueue("try_exemption", by=request.access, year=row.year, exemption=row.pk))


@require_POST
@refusals_as_messages
def answer(request: AuthenticatedRequest, number: int) -> HttpResponse:
    request.access.require(May.APPROVE_EXCEPTION)
    row = get_object_or_404(Exemption.objects.exclude(year=None), pk=number)
    approve = request.POST.get("answer") == "approve"
    actions.answer_exemption(exemption=row, approve=approve, by=request.access)
    approved = _("The exemption is approved. An analyst now protects and tests the tables with it.")
    message = approved if approve else _("The exemption is refused. The draft stays as it is.")
    return lead_on(request, message, "summaries:publication", row.year)


def _page(year: int | str) -> str:
    """Return the page of the year, or of all years where none was looked at."""
    try:
        return reverse("summaries:publication", args=[year_of(str(year))])
    except ValueError:
        return reverse("summaries:publications")


def crumbs(year: int, here: str) -> list[tuple[str, str]]:
    start, of_year = reverse("summaries:publications"), reverse("summaries:publication", args=[year])
    return [(_("Publishing"), start), (str(year), of_year), (here, "")]
