"""Pages of the network: the coordinator directory and what people keep of themselves in it, questions that
one asks and another answers, and the review of accounts."""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Access, AuthenticatedRequest, lead_on, posted
from accounts.approvals import ACTS, LETS_IN, AlreadyAnswered, NotAsItWas, answer, withdraw
from accounts.invitations import accounts_at, due, is_closed, may_be_invited, new_code, review_accounts
from accounts.models import AccountReview, Approval, User
from accounts.notices import DAYS
from accounts.roles import May
from accounts.transactions import assign, idempotent, token_of
from agencies.account_approvals import appoint_deputy, deputies_to_stop, may_appoint, stop_deputy
from agencies.directory import directory as duties, duty_in
from agencies.forms import ApprovalAnswerForm, CardForm, DeputyForm, OwnAgencyForm
from agencies.models import Agency, Coordinator, County, Region
from agencies.stand_ins import Answerers, seen, waiting_for
from exchange.bulk import save_row


@require_GET
def directory(request: AuthenticatedRequest) -> HttpResponse:
    """All regions, or the one of a county or region that was chosen."""
    access = request.access.require(May.VIEW_DIRECTORY)
    county, region = request.GET.get("county", ""), request.GET.get("region", "")
    context = {
        "duties": [
            duty
            for duty in duties(access.today)
            if region in {"", duty.region.code} and county in {"", *duty.county_codes}
        ],
        "county": county,
        "region": region,
        "counties": County.objects.order_by("name_sv"),
        "regions": Region.objects.all(),
        "agencies": Agency.objects.members_on(access.today),
        "own_card": access.may(May.EDIT_OWN_CONTACT),
        "appoints": bool(may_appoint(access)),
        "stops": deputies_to_stop(access).select_related("region").order_by("region", "valid_from"),
        "own_agency": access.may(May.EDIT_OWN_AGENCY),
    }
    return render(request, "agencies/directory.html", context)


@require_GET
def duty(request: AuthenticatedRequest) -> HttpResponse:
    """The card that the call page fills in when a county is chosen."""
    request.access.require(May.VIEW_DIRECTORY)
    county = request.GET.get("caller_county", "")
    context = {"duty": duty_in(county, request.access.today), "county": county}
    return render(request, "agencies/_duty.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def own_card(request: AuthenticatedRequest) -> HttpResponse:
    """How oneself is reached as a coordinator, on every card of today and of days to come."""
    access = request.access.require(May.EDIT_OWN_CONTACT)
    cards = list(Coordinator.objects.own(access.user, access.today))
    form = CardForm(posted(request), initial=model_to_dict(cards[0])) if cards else None
    if form is not None and form.is_valid():
        _save_cards(cards, form.cleaned_data, access)
        return lead_on(request, _("The contact card is saved."), "agencies:directory")
    context = {"form": form, "cards": cards, "breadcrumbs": _crumbs(_("My contact card"))}
    return render(request, "agencies/own_card.html", context)


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("Coordinators"), reverse("agencies:directory")), (title, "")]


@transaction.atomic
def _save_cards(cards: list[Coordinator], facts: dict[str, str], access: Access) -> None:
    for card in cards:
        if changed := assign(card, facts):
            save_row(row=card, by=access, right=May.EDIT_OWN_CONTACT, fields=changed)


@require_http_methods(["GET", "HEAD", "POST"])
def own_agency(request: AuthenticatedRequest) -> HttpResponse:
    """Whom other agencies turn to at one's own, and since when it takes part."""
    access = request.access.require(May.EDIT_OWN_AGENCY)
    agency = access.user.agency
    form = OwnAgencyForm(posted(request), instance=agency)
    if agency and form.is_valid():
        save_row(row=form.instance, by=access, right=May.EDIT_OWN_AGENCY, fields=form.changed_data)
        return lead_on(request, _("The facts about your agency are saved."), "agencies:directory")
    context = {"form": form, "agency": agency, "breadcrumbs": _crumbs(_("My agency's contact"))}
    return render(request, "agencies/own_agency.html", context)


INVITES: Final = {"account.new", "account.code"}
WITH_CODE: Final = {*INVITES, "account.factor"}
READ: Final = (May.COORDINATE, May.LET_IN, May.ADMINISTER, May.PUBLISH, May.VIEW_AUDIT_LOG)


@require_GET
def approvals(request: AuthenticatedRequest) -> HttpResponse:
    """What waits for my answer, what I have asked and answered lately; all of it for who watches."""
    access = request.access.require(*READ)
    since = access.at - timedelta(days=DAYS)
    mine = Q(asked_by=access.user) | Q(answered_by=access.user)
    rows = Approval.objects.filter(act__in=ACTS).select_related("asked_by", "answered_by")
    recent = rows.filter(Q(answer="pending") | Q(asked_at__gt=since))
    context = {
        "waiting": _with_titles(waiting_for(access)),
        "recent": _with_titles(recent if access.may(May.VIEW_AUDIT_LOG) else recent.filter(mine)),
        "offers": [act for act in ACTS.values() if act.asked_at and access.may(*act.asks)],
        # Whether all that this administrator asks would wait for ever.
        "alone": access.may(May.ADMINISTER)
        and not Answerers(access.today).of(Approval(asked_by=access.user)),
        "breadcrumbs": [(_("To approve"), "")],
    }
    return render(request, "agencies/approvals.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def approval(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """One question. The page of its answer shows the code of an account once: the code is not stored."""
    asked, access = _asked(request, code), request.access
    act = ACTS[asked.act]
    if (own := act.page(asked)) and access.may(*act.answers):
        return redirect(own)
    waits = asked.answer == Approval.Answer.PENDING
    who = list(Answerers(access.today).who_answers(asked)) if waits else []
    at_once = act.carry_out is not None
    form = ApprovalAnswerForm(posted(request), at_once=at_once) if access.user in who else None
    if request.method == "POST":
        access.require(*act.answers)
        if form is not None and form.is_valid():
            asked = _answered(request, asked, form)
            if not asked.code_to_read_out:
                return redirect("agencies:approval", asked.code)
            form, waits = None, False
    context = _context(asked) | {
        "details": act.details(asked), "form": form, "at_once": at_once, "waits": waits, "who": who,
        "mine": asked.asked_by_id == access.user.pk,
        "may_have_code": _may_have_code(asked, access.user), "invited": _invited(asked, access),
    }  # fmt: skip
    return render(request, "agencies/approval.html", context)


def _context(asked: Approval) -> dict[str, Any]:
    act = ACTS[asked.act]
    crumbs = [(_("To approve"), reverse("agencies:approvals")), (asked.target_label, "")]
    return {"asked": asked, "title": act.title, "facts": act.facts(asked), "breadcrumbs": crumbs}


@require_POST
def withdraw_question(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    asked = _asked(request, code)
    try:
        withdraw(asked, by=request.access)
        messages.success(request, _("The request is withdrawn."))
    except AlreadyAnswered:
        messages.warning(request, _("Somebody has answered already."))
    return redirect("agencies:approvals")


@never_cache
@require_POST
def code_again(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """Another code, where the first was not caught or was tried too often."""
    asked = _asked(request, code)
    user = get_object_or_404(_users_of(asked))
    asked.code_to_read_out = new_code(user=user, asked=asked, by=request.access)
    return render(request, "agencies/approval.html", _context(asked))


@require_http_methods(["GET", "HEAD", "POST"])
def deputy(request: AuthenticatedRequest) -> HttpResponse:
    """A coordinator's own deputy for some days: nobody else is asked, and the region is told."""
    access = request.access.require(May.COORDINATE)
    form = DeputyForm(posted(request), access=access, regions=may_appoint(access))
    if form.is_valid():
        try:
            card = appoint_deputy(card=form.card(), by=access)
            message = _("%(name)s stands in from %(first)s to %(last)s.")
            facts = {"name": card.name, "first": card.valid_from, "last": card.valid_to}
            return lead_on(request, message % facts, "agencies:directory")
        except ValidationError as error:
            form.add_error(None, error)
    context = {"form": form, "breadcrumbs": _crumbs(_("Appoint a deputy"))}
    return render(request, "agencies/deputy.html", context)


@require_POST
def stop(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """End a deputy's days at once."""
    request.access.require(May.COORDINATE, May.ADMINISTER)
    card = get_object_or_404(deputies_to_stop(request.access), pk=pk)
    stop_deputy(card=card, by=request.access)
    message = _(
        "%(name)s no longer stands in. What was taken over in these days goes to the region's coordinator."
    )
    return lead_on(request, message % {"name": card.name}, "agencies:directory")


def _asked(request: AuthenticatedRequest, code: uuid.UUID) -> Approval:
    """What somebody may not read is not there."""
    rows = Approval.objects.filter(act__in=ACTS).select_related("asked_by", "answered_by")
    row = get_object_or_404(rows, code=code)
    if not seen(row, request.access):
        raise Http404
    return row


def _answered(request: AuthenticatedRequest, asked: Approval, form: ApprovalAnswerForm) -> Approval:
    """The first answer holds; whoever comes second is told what it was."""
    facts = form.cleaned_data
    try:
        asked = answer(asked, give=facts["answer"] == "yes", by=request.access, reason=facts["reason"])
        messages.success(request, _("Your answer is saved."))
    except AlreadyAnswered as first:
        messages.warning(request, first.in_words())
    except NotAsItWas as fault:
        messages.error(request, str(fault))
    return asked


def _with_titles(rows: object) -> list[tuple[object, Approval]]:
    return [(ACTS[row.act].title, row) for row in rows]  # type: ignore[attr-defined]


def _users_of(asked: Approval) -> QuerySet[User]:
    """The one that the question is about, if the account is there."""
    return User.objects.filter(pk=asked.payload.get("user") or asked.payload.get(LETS_IN))


def _may_have_code(asked: Approval, reader: User) -> bool:
    given = (asked.answer, asked.answered_by_id) == (Approval.Answer.GIVEN, reader.pk)
    if not given or asked.code_to_read_out or asked.act not in WITH_CODE:
        return False
    return any(is_closed(user, made_by=reader) for user in _users_of(asked))


def _invited(asked: Approval, access: Access) -> User | None:
    """Whom the asker may send the invitation again, or is shown its link where there is no mail server."""
    if asked.act not in INVITES or asked.asked_by_id != access.user.pk or not access.may(May.ADMINISTER):
        return None
    return next((one for one in _users_of(asked) if may_be_invited(one)), None)


A_PAGE: Final = 25
FIELD: Final = re.compile("account-([0-9]{1,9})")  # the name of a row's answer, with the key


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: AuthenticatedRequest) -> HttpResponse:
    """Each account with what one needs to answer whether it stays."""
    access = request.access.require(May.REVIEW_ACCOUNTS)
    if request.method == "POST":
        _answer(request)
        return redirect(request.get_full_path())
    rows = accounts_at(access.at).select_related("agency")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "people": _with_regions(page.object_list, access.today),
        "due": due(access).count(),
        "token": uuid4(),
        "previous": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next": f"?page={page.next_page_number()}" if page.has_next() else "",
        "breadcrumbs": [(_("Review of accounts"), "")],
    }
    return render(request, "agencies/review.html", context)


def _answer(request: AuthenticatedRequest) -> None:
    """What the form says is done, or why it is not is told."""
    answers, access = _answers(request), request.access
    if not answers:
        messages.warning(request, _("Nothing is answered yet. Choose for at least one account."))
        return
    try:
        work = partial(review_accounts, answers, by=access)
        idempotent(token_of(request.POST), work, AccountReview.objects.filter(by=access.user), by=access)
        message = ngettext("%(n)d account is reviewed.", "%(n)d accounts are reviewed.", len(answers))
        messages.success(request, message % {"n": len(answers)})
    except PermissionDenied as fault:
        messages.error(request, str(fault))


def _answers(request: HttpRequest) -> dict[User, str]:
    """Of the accounts that are there, what was chosen of each."""
    said = ((FIELD.fullmatch(name), str(value)) for name, value in request.POST.items())
    chosen = {int(found[1]): value for found, value in said if found and value in AccountReview.Answer.values}
    return {user: chosen[user.pk] for user in User.objects.filter(pk__in=chosen).order_by("pk")}


def _with_regions(people: Iterable[User], today: date) -> list[User]:
    """Each with the regions that are theirs today."""
    users, regions = list(people), defaultdict(set)
    for card in Coordinator.objects.valid_on(today).filter(user__in=users).select_related("region"):
        regions[card.user_id].add(str(card.region))
    for user in users:
        user.regions_today = sorted(regions[user.pk])  # type: ignore[attr-defined]
    return users
