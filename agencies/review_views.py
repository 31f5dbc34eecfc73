"""The page on which accounts are looked through: one form of many rows, the stalest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Final
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.middleware import AuthenticatedRequest
from accounts.models import AccountReview, User
from accounts.once import once, token_of
from accounts.reviewing import accounts_at, due, review_accounts
from accounts.roles import May
from agencies.models import Coordinator

A_PAGE: Final = 25
FIELD: Final = "account-"  # begins the name of a row's answer; the key follows


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: AuthenticatedRequest) -> HttpResponse:
    """Each account with what one needs to answer whether it stays."""
    access = request.access
    access.require(May.REVIEW_ACCOUNTS)
    if request.method == "POST":
        _answer(request)
        return redirect(request.get_full_path())
    rows = accounts_at(access.at).select_related("agency")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    people = _with_regions(page.object_list, access.today)
    context = {
        "people": people,
        "page": page,
        "count": page.paginator.count,
        "due": due(access).count(),
        "token": uuid4(),
        "previous": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next": f"?page={page.next_page_number()}" if page.has_next() else "",
        "breadcrumbs": [(_("Review of accounts"), "")],
    }
    return render(request, "agencies/review.html", context)


def _answer(request: AuthenticatedRequest) -> None:
    """What the form says is done, or why it is not is told."""
    answers = _answers(request)
    if not answers:
        messages.warning(request, _("Nothing is answered yet. Choose for at least one account."))
        return
    work = partial(review_accounts, answers, by=request.access)
    own = AccountReview.objects.filter(by=request.access.user)
    try:
        once(token_of(request.POST), work, own, by=request.access)
    except PermissionDenied as fault:
        messages.error(request, str(fault))
        return
    said = ngettext("%(n)d account is reviewed.", "%(n)d accounts are reviewed.", len(answers))
    messages.success(request, said % {"n": len(answers)})


def _answers(request: HttpRequest) -> dict[User, str]:
    """Of the accounts that are there, what was chosen of each."""
    chosen = {
        int(key): str(value)
        for name, value in request.POST.items()
        if (key := name.removeprefix(FIELD)) != name and value in AccountReview.Answer.values
        if key.isascii() and key.isdecimal() and len(key) < 10
    }
    return {user: chosen[user.pk] for user in User.objects.filter(pk__in=chosen).order_by("pk")}


def _with_regions(people: Iterable[User], today: date) -> list[User]:
    """Each with the regions that are theirs today."""
    found = list(people)
    cards = Coordinator.objects.valid_on(today).filter(user__in=found).select_related("region")
    for user in found:
        user.regions_today = sorted({str(card.region) for card in cards if card.user_id == user.pk})  # type: ignore[attr-defined]
    return found
