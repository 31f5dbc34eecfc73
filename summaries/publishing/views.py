"""The pages of publishing that only show: all years, and one year's draft and versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import Access
from accounts.approvals import ACTS
from accounts.middleware import AuthenticatedRequest
from accounts.models import Approval
from accounts.roles import May
from audit.writer import Target, record
from cases.models import DisposedYear
from summaries.catalogue import PERSONS_PUBLISHED, PUBLISHED_BY_NAME
from summaries.classifying import LEFT_OUT
from summaries.counting.comparison import known_years
from summaries.publishing.after_models import WaitingCorrection
from summaries.publishing.approving import RELEASE
from summaries.publishing.attacking_again import found_open
from summaries.publishing.corrections import is_headline_alone, waiting
from summaries.publishing.effects import effect_of
from summaries.publishing.forms import ExemptionForm, StepsForm, step_names
from summaries.publishing.models import Exemption, Publication
from summaries.publishing.releasing import OURS, announced, page_of_question, still
from summaries.publishing.words import public_titles
from summaries.publishing.workbench import Bench, benches, pending, ribbon
from summaries.running import so_far
from summaries.wording import sentence

# --- waiting ---
# A correction that waits, in words for its makers: since when, when it was tried, and what can be done.


@dataclass(frozen=True)
class Waits:
    row: WaitingCorrection

    @classmethod
    def of(cls, year: int) -> Waits | None:
        row = waiting(year)
        return cls(row) if row else None

    @property
    def now(self) -> bool:
        """It can be published as it is by now."""
        return bool(self.row.ways.get("now"))

    @property
    def tried(self) -> bool:
        """Whether it is known what could be published instead."""
        return bool(self.row.ways)

    @property
    def coarser(self) -> list[tuple[str, str]]:
        """The tables that would have to be coarser, and how coarse."""
        titles = public_titles()
        steps: dict[str, int] = self.row.ways.get("coarser", {})
        return [(titles.get(name, name), _step(name, step)) for name, step in steps.items()]


def _step(name: str, step: int) -> str:
    """As the page of the draft calls it."""
    return (
        _("left out") if step == LEFT_OUT else step_names(len(PUBLISHED_BY_NAME[name].ladder))[step].lower()
    )


# --- views ---
READ = (May.PUBLISH, May.APPROVE_EXCEPTION)
SEALED = ("sealed", "content", "tables")


@never_cache
@require_safe
def publications(request: AuthenticatedRequest) -> HttpResponse:
    request.access.require(*READ)
    found: dict[int, list[Publication]] = {}
    for one in Publication.objects.defer(*SEALED).order_by("-year", "-version"):
        found.setdefault(one.year, []).append(one)
    years = sorted({*known_years(request.access), *found}, reverse=True)
    asked = Exemption.objects.asked().select_related("asked_by")
    titles = public_titles()
    waiting = [(titles.get(one.table, one.table), one) for one in asked]
    rows = [(year, of := found.get(year, []), any(one.version for one in of)) for year in years]
    context = {"years": rows, "waiting": waiting}
    return render(request, "summaries/publications.html", context)


@never_cache
@require_safe
def publication(request: AuthenticatedRequest, year: int) -> HttpResponse:
    with transaction.atomic():
        request.access.require(*READ)
        record(request.access, "publication.read", Target("summary", str(year), f"{year} publication"))
        context = page_of(request.access, year)
    return render(request, "summaries/publication.html", context)


def page_of(access: Access, year: int, **forms: Any) -> dict[str, Any]:
    """Return the context of the page of a year: its draft, its versions and what waits for an answer.

    `forms` are shown instead of empty ones: those that were posted with errors.
    """
    publications = list(Publication.objects.filter(year=year).order_by("-version"))
    draft = next((row for row in publications if row.version is None), None)
    versions = [row for row in publications if row.version is not None]
    newest = next((row for row in versions if not row.withdrawn), None)
    tables = benches(draft) if draft else []
    context = {
        "year": year,
        "disposed": DisposedYear.objects.filter(year=year).first(),
        "draft": draft,
        "not_over": not_over(access, year, draft),
        "versions": versions,
        "ribbon": ribbon(draft, newest),
        "preliminary": newest is not None and newest.state == Publication.State.PRELIMINARY,
        "hour": announced(year, access.at),
        "now": timezone.now(),
        "may_publish": access.may(May.PUBLISH),
        "may_approve": access.may(May.APPROVE_EXCEPTION),
        "me": access.user.pk,
        "breadcrumbs": [(_("Publishing"), reverse("summaries:publications")), (str(year), "")],
    }
    context |= _tables_context(draft, tables)
    context |= _exemptions_context(access, year, draft, tables)
    context |= _corrections_context(access, year, draft, versions, newest)
    context |= _questions_context(draft, versions)
    return context | forms


def _tables_context(draft: Publication | None, tables: list[Bench]) -> dict[str, Any]:
    breakdowns = {bench.shown.table.name for bench in tables} & PERSONS_PUBLISHED.keys() - {"groups"}
    headline_alone = draft is not None and is_headline_alone(draft.steps)
    steps = draft.steps if draft else {}
    return {
        "benches": tables,
        "told": sum(len(bench.told) for bench in tables),
        "headline_alone": headline_alone,
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
        waiting = [row for row in exemptions if row.waits and row.year]
        effects = [effect_of(access, draft, row, public.get(row.table, row.table)) for row in waiting]
    return {
        "exemptions": [(names.get(row.table, row.table), row) for row in exemptions],
        "effects": effects,
        "above": {effect.exemption.pk for effect in effects},
        "exemption_form": ExemptionForm(tables=exemptible(titles, exemptions)),
    }


def _corrections_context(
    access: Access,
    year: int,
    draft: Publication | None,
    versions: list[Publication],
    newest: Publication | None,
) -> dict[str, Any]:
    changed = pending(access, newest) if newest and not draft else None
    correction = Waits.of(year)
    open_versions = list(found_open(versions))
    headline_alone = draft is not None and is_headline_alone(draft.steps)
    failed = draft is not None and bool(draft.digest) and not draft.passed
    return {
        "pending": changed or 0,
        "settled": changed == 0,
        "correction": correction,
        "open_versions": open_versions,
        "alone_is_offered": bool(correction or open_versions or headline_alone or failed or changed),
    }


def _questions_context(draft: Publication | None, versions: list[Publication]) -> dict[str, Any]:
    questions = _questions(draft, versions)
    pending_ones = [row for row in questions if row.answer == "pending"]
    given = [row for row in questions if row.answer == "given"]
    return {
        "questions": [(row, ACTS[row.act].title, page_of_question(row)) for row in pending_ones],
        "unfinished": [(ACTS[row.act].title, page_of_question(row)) for row in given],
    }


def _questions(draft: Publication | None, versions: list[Publication]) -> list[Approval]:
    """What waits for a second person, and what was approved and is not frozen yet."""
    codes = [str(one.code) for one in [*versions, *([draft] if draft else [])]]
    rows = Approval.objects.filter(act__in=OURS, target_id__in=codes).select_related("asked_by")
    found = rows.filter(Q(answer="pending") | Q(answer="given", act=RELEASE, used_at=None))
    return [one for one in found if one.answer == "pending" or still(one, draft)]


def _exemptions(year: int) -> list[Exemption]:
    """Those of the year, and the standing one where somebody has to look at it."""
    found = Exemption.objects.filter(Q(year=year) | Q(year=None)).select_related("asked_by", "answered_by")
    return [one for one in found if one.year or one.former or one.asked_by_id]


def exemptible(titles: Mapping[str, str], asked: Iterable[Exemption] = ()) -> list[tuple[str, str]]:
    """The tables of the draft that somebody may ask to show in full: those of persons that are not exempt for
    good, and that nobody has asked about or decided on already."""
    not_these = {"groups", *(one.table for one in asked if one.waits or (one.approved and not one.former))}
    return [
        (name, title) for name, title in titles.items() if name in PERSONS_PUBLISHED and name not in not_these
    ]


def not_over(access: Access, year: int, draft: Publication | None) -> str:
    """That the year is not over, or was not when the draft was counted; else empty."""
    day = draft.so_far if draft and draft.made_at else so_far(year, access.today)
    return sentence(year, day) if day else ""
