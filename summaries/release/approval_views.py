"""The pages of a release and of a withdrawal: what is looked at, what is asked, and the answer of another."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, lead_on, posted
from accounts.approvals import ACTS, AlreadyAnswered, NotAsItWas, withdraw
from accounts.models import Approval
from accounts.roles import May
from audit.writer import Target, record
from jobs.kinds import JobRefused
from knowledge.stored_texts import present
from libs.suppression.tables import TOTAL, ProtectedTable
from summaries.counting.summary import Quality, called, confirmed_regions, number_of_regions, quality
from summaries.coverage import HEADLINE
from summaries.release import actions, justice, release_actions
from summaries.release.approvals import ANSWERS, RELEASE, Wish, who_answers, wish
from summaries.release.forms import AnnounceForm, CancelForm, FreezeForm, QuestionForm, WithdrawForm
from summaries.release.frozen import before_tables, edited_apart, protected_tables, strange_numbers, text_of
from summaries.release.models import IS_WITHDRAWN, Exemption, Publication, shown_of
from summaries.release.movement import movement
from summaries.release.views import crumbs, form_page, not_over, refusals_as_messages, with_form
from summaries.release.workbench import benches, keepers_of
from summaries.site.versions import changes, of_last
from summaries.tables.labels import public_titles
from summaries.year_words import sentence


@dataclass(frozen=True)
class Point:
    """One line. `fine`: whether it is as it should be; None where it is only to be known."""

    what: str
    said: str
    fine: bool | None = None
    more: str = ""


def checklist(access: Access, draft: Publication) -> list[Point]:
    """Return what whoever releases a year looks at before: how complete, how certain and how safe it is."""
    found = quality(access, draft.year)
    open_pairs = found.open_duplicates
    late = ngettext("{n} person", "{n} persons", found.late).format(n=number_format(found.late))
    return [
        *_movement(access, draft),
        _regions(found),
        Point(
            _("Possible duplicates that nobody has decided on"), number_format(open_pairs), open_pairs == 0
        ),
        Point(_("Registered after the year should have been complete"), late),
        _unknown(found),
        _since_the_year_before(draft),
        Point(_("Attack test"), _("passed") if draft.passed else _("not passed"), draft.passed),
        _text(draft),
        *_exemptions(draft.year),
    ]


def _movement(access: Access, draft: Publication) -> Iterator[Point]:
    found = movement(access, draft)
    if found is not None:
        yield Point(_("The tables and the register"), found.said, not found.figures)


def _regions(found: Quality) -> Point:
    missing = [region.name for region in found.regions if region.confirmed_on is None]
    message = _("{n} of {of}").format(n=found.number_confirmed, of=len(found.regions))
    return Point(_("Regions that have closed the year"), message, not missing, ", ".join(missing))


def _unknown(found: Quality) -> Point:
    shares = ((one.variable, round(100 * one.missing / max(1, one.persons))) for one in found.shares)
    text = ", ".join(f"{name} {share} %" for name, share in shares if share)
    return Point(_("Unknown or not stated"), text or _("nothing"))


def _since_the_year_before(draft: Publication) -> Point:
    what = _("Difference from the year before")
    if draft.so_far:
        return Point(what, sentence(draft.year, draft.so_far))
    now, before = _total(protected_tables(draft.tables)), _total(before_tables(draft.year))
    if now is None or before is None:
        return Point(what, _("no figure to compare with"))
    message = _("{difference} from {before}").format(
        difference=f"{now - before:+d}", before=number_format(before)
    )
    percent = _("{n} percent").format(n=f"{100 * (now - before) / before:+.0f}") if before else ""
    return Point(what, message, more=percent)


def _total(tables: Sequence[ProtectedTable]) -> int | None:
    groups = called(tables, HEADLINE)
    return groups.value(TOTAL) if groups else None


def _text(draft: Publication) -> Point:
    if edited_apart(draft):
        return Point(
            _("Text"), _("edited differently in the two languages: do both say the same?"), fine=False
        )
    edited = any(text.get("edited") for text in draft.texts.values())
    return Point(_("Text"), _("edited in both languages") if edited else _("as it was generated"))


def _exemptions(year: int) -> Iterator[Point]:
    titles, rows = public_titles(), Exemption.objects.filter(year=year)
    waiting = [titles.get(row.table, row.table) for row in rows if row.waits]
    shown = [titles.get(one.table, one.table) for one in Exemption.objects.in_force(year) if one.year]
    yield Point(
        _("Exemptions that wait for an answer"), number_format(len(waiting)), not waiting, ", ".join(waiting)
    )
    yield Point(_("Tables shown in full by a decision"), number_format(len(shown)), None, ", ".join(shown))


@form_page
def freeze(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """Show what has to be looked at before a release, and ask a second person."""
    access = request.access.require(May.PUBLISH)
    draft = get_object_or_404(Publication.objects.drafts(), year=year)
    states, version = actions.states_open(year), actions.next_version(year)
    hour = release_actions.announced(year, access.at)
    whole = confirmed_regions(year) == number_of_regions()
    initial = {"digest": draft.digest, "state": states[-1 if version > 1 and whole else 0]}
    at = hour.at if hour else None
    form = FreezeForm(
        posted(request), year=year, states=states, hour=at, left_out=_not_asked(draft), initial=initial
    )
    if form.is_valid():
        facts = form.cleaned_data
        wished = _wished(draft, facts, at if facts["when"] == "hour" else None)
        try:
            asked = release_actions.ask_release(
                draft=draft, digest=facts["digest"], wished=wished, note=facts["note"], by=access
            )
        except actions.Moved:
            raise
        except JobRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            message = _("The release is asked for. A colleague who has not prepared it answers.")
            return lead_on(request, message, "summaries:publication_question", asked.code)
    record(access, "summary.read", Target("summary", str(year), f"{year} quality"))
    context = {"version_number": version, "hour": hour, **_seen(request, draft)}
    breadcrumbs = crumbs(year, _("Ask for the release"))
    return with_form(request, "publication_freeze", form, **context, breadcrumbs=breadcrumbs)


def _not_asked(draft: Publication) -> list[str]:
    """Return the fields of the form of a release that this one needs not."""
    whole = confirmed_regions(draft.year) == number_of_regions()
    needless = {"numbers": not strange_numbers(draft), "alike": not edited_apart(draft)}
    needless |= {"unconfirmed_sv": whole, "unconfirmed_en": whole}
    return [one for one, kept in zip(needless, needless.values(), strict=False) if kept]


def _wished(draft: Publication, facts: dict[str, Any], at: datetime | None) -> Wish:
    seen = (line for line in (line.strip() for line in facts["seen_before"].splitlines()) if line)
    return wish(
        draft,
        facts["state"],
        estimate=getattr(facts["estimate"], "pk", None),
        at=at,
        unconfirmed={"sv": facts.get("unconfirmed_sv", ""), "en": facts.get("unconfirmed_en", "")},
        revised={"sv": facts.get("revised_sv", ""), "en": facts.get("revised_en", "")},
        seen_before=[*seen],
        numbers=facts.get("numbers", ""),
        alike=facts.get("alike", False),
    )


def _seen(request: AuthenticatedRequest, draft: Publication) -> dict[str, Any]:
    """Return what both persons look at."""
    return {
        "draft": draft,
        "year": draft.year,
        "points": checklist(request.access, draft),
        "strange": strange_numbers(draft),
        "justice": justice.in_words(draft.year),
        "new_remarks": changes(present(), of_last()),
        "not_over": not_over(request.access, draft.year, draft),
    }


@form_page
def question(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """Show what is asked for, with all that has to be seen before the answer, and take the answer."""
    request.access.require(*ANSWERS)
    ours = Approval.objects.filter(act__in=release_actions.OURS).select_related("asked_by", "answered_by")
    asked = get_object_or_404(ours, code=code)
    row = get_object_or_404(Publication, code=asked.target_id)
    is_release = (asked.act, row.version) == (RELEASE, None)
    pending, who = asked.answer == Approval.Answer.PENDING, who_answers(asked)
    form = None
    if pending and request.access.user in who:
        form = QuestionForm(posted(request), **_to_tick(request.access, row) if is_release else {})
        if form.is_valid():
            return _answered(request, asked, form)
    elif request.method == "POST":
        raise PermissionDenied(_("This request is for somebody else to answer."))
    title = ACTS[asked.act].title
    context = {
        "asked": asked, "title": title, "facts": ACTS[asked.act].facts(asked), "who": who,
        "pending": pending, "mine": asked.asked_by_id == request.access.user.pk,
        "row": row, "year": row.year, "release": is_release, "breadcrumbs": crumbs(row.year, str(title)),
        **(_release_context(request, asked, row) if is_release else {}),
    }  # fmt: skip
    return with_form(request, "publication_question", form, **context)


def _to_tick(access: Access, draft: Publication) -> dict[str, Any]:
    """Return what a yes has to say that it has seen: numbers of the text that no table shows, and how the
    register has moved since the tables were made."""
    found = movement(access, draft)
    moved = found.said if found is not None and found.figures else ""
    return {"strange": strange_numbers(draft), "moved": moved}


def _release_context(request: AuthenticatedRequest, asked: Approval, draft: Publication) -> dict[str, Any]:
    """What is to be released; whether it has changed since it was asked for, or is approved and not done."""
    record(request.access, "summary.read", Target("summary", str(draft.year), f"{draft.year} quality"))
    return {
        **_seen(request, draft),
        "moved": not release_actions.still(asked, draft),
        "stopped": (asked.answer, asked.used_at) == (Approval.Answer.GIVEN, None),
        "texts": [(language, text_of(draft, language)) for language in ("sv", "en")],
        "shown": [bench.shown for bench in benches(draft)],
    }


def _answered(request: AuthenticatedRequest, asked: Approval, form: QuestionForm) -> HttpResponse:
    """The first answer holds; whoever comes second is told what it was."""
    give, reason = form.cleaned_data["answer"] == "yes", form.cleaned_data["reason"]
    try:
        job = release_actions.answer_question(
            asked, give=give, by=request.access, reason=reason,
            marked=form.cleaned_data.get("numbers", False), moved=form.cleaned_data.get("moved", False),
        )  # fmt: skip
    except AlreadyAnswered as first:
        messages.warning(request, first.in_words())
    except NotAsItWas as fault:
        messages.error(request, str(fault))
    else:
        done = _("Approved. The version is being made.") if job else _("Your answer is saved.")
        return lead_on(request, done, "summaries:publication", asked.payload["year"])
    return redirect("summaries:publication_question", asked.code)


@require_POST
@refusals_as_messages
def take_back(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """The question by who asked it; or what was approved and did not come to its end is begun again."""
    request.access.require(*ANSWERS)
    asked = get_object_or_404(Approval, code=code, act__in=release_actions.OURS)
    if request.POST.get("again") and (asked.answer, asked.act) == (Approval.Answer.GIVEN, RELEASE):
        request.access.require(May.PUBLISH)
        return redirect(release_actions.begin(asked))
    try:
        withdraw(asked, by=request.access)
        messages.success(request, _("The request is withdrawn."))
    except AlreadyAnswered:
        messages.warning(request, _("Somebody has answered already."))
    return redirect("summaries:publication", asked.payload["year"])


@form_page
def announce(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """The day and hour of the next release, from now on on the public page."""
    request.access.require(May.PUBLISH)
    former = release_actions.announced(year, request.access.at)
    initial = {"contact": former.contact, "at": former.at} if former else None
    form = AnnounceForm(posted(request), initial=initial)
    if form.is_valid():
        release_actions.announce(year=year, by=request.access, **form.cleaned_data)
        words = _("The hour is announced: everybody can read it.")
        return lead_on(request, words, "summaries:publication", year)
    context = {"year": year, "former": former, "breadcrumbs": crumbs(year, _("Announce"))}
    return with_form(request, "publication_announce", form, **context)


@form_page
def cancel(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """The announced release does not come: everybody reads why, where the hour stood."""
    request.access.require(May.PUBLISH)
    hour = release_actions.announced(year, request.access.at)
    if hour is None:
        raise Http404
    form = CancelForm(posted(request))
    if form.is_valid():
        release_actions.cancel(year=year, by=request.access, **form.cleaned_data)
        words = _("The release is cancelled: everybody can read why.")
        return lead_on(request, words, "summaries:publication", year)
    context = {"year": year, "hour": hour, "breadcrumbs": crumbs(year, _("Cancel the release"))}
    return with_form(request, "publication_cancel", form, **context)


@never_cache
@require_safe
def recall(request: AuthenticatedRequest, year: int) -> HttpResponse:
    """Show what to do where a public figure is wrong: the page, what was fetched, whom to tell."""
    request.access.require(*ANSWERS)
    rows = list(Publication.objects.public(request.access.at).filter(year=year).order_by("-version"))
    shown = shown_of(rows)
    context = {
        "year": year,
        "shown": shown,
        "versions": rows,
        "keepers": keepers_of(shown) if shown else [],
        "breadcrumbs": crumbs(year, _("A wrong figure is public")),
    }
    return render(request, "summaries/publication_recall.html", context)


@require_POST
@refusals_as_messages
def call_off(request: AuthenticatedRequest, year: int, version: int) -> HttpResponse:
    request.access.require(*ANSWERS)
    row = get_object_or_404(Publication.objects.standing(), year=year, version=version)
    release_actions.call_off(publication=row, by=request.access)
    messages.success(request, _("The release is called off. Nobody outside has seen anything of it."))
    if release_actions.announced(year, request.access.at) is None:
        return redirect("summaries:publication", year)
    messages.warning(
        request, _("Everybody can still read that a release is announced. It is cancelled with a reason.")
    )
    may_cancel = request.access.may(May.PUBLISH)
    return redirect("summaries:publication_cancel" if may_cancel else "summaries:publication", year)


@form_page
def withdraw_version(request: AuthenticatedRequest, year: int, version: int) -> HttpResponse:
    """Ask a second person to take a version from the public pages."""
    access = request.access.require(*ANSWERS)
    row = get_object_or_404(Publication.objects.standing(), year=year, version=version)
    shown, again = _shown_instead(access, row)
    form = WithdrawForm(posted(request), again=again)
    if form.is_valid():
        wished = {"again": None, **form.cleaned_data}
        asked = release_actions.ask_withdrawal(publication=row, by=access, **wished)
        messages.success(request, _("The withdrawal is asked for. It is done when a colleague approves it."))
        return redirect("summaries:publication_question", asked.code)
    context = {
        "publication": row,
        "year": year,
        "stands": shown.version if shown is not None and again is None else None,
        "alone": again == [],
        "keepers": keepers_of(row),
        "breadcrumbs": crumbs(year, _("Withdraw")),
    }
    return with_form(request, "publication_withdraw", form, **context)


def _shown_instead(access: Access, row: Publication) -> tuple[Publication | None, list[int] | None]:
    """Return the version that the page of the year shows, and those that it may show again without `row`.

    None for these where the page shows another version than `row`: it goes on to do so.
    """
    versions = list(Publication.objects.public(access.at).filter(year=row.year).order_by("-version"))
    shown = shown_of(versions)
    if shown is None or shown.pk != row.pk:
        return shown, None
    return shown, [
        one.number
        for one in (version for version in versions if not IS_WITHDRAWN(version))
        if one.number < row.number
    ]
