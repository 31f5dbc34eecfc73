"""*Mitt konto*, what a page may ask about its own session, and who is signed in: for the data protection
officer, since when, in which browser, and from which address.
"""

from __future__ import annotations

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, lead_on
from accounts.eid.service import bound
from accounts.entry import accept_terms, has_accepted
from accounts.invitations import CLOSED, is_closed, open_account as open_by, tries_left
from accounts.models import User
from accounts.roles import May
from accounts.sessions import state, touch
from accounts.transactions import assign, own_transactions
from audit.writer import record


class AddKeyForm(AddWebAuthnForm):
    """The package leaves the name of the key to be called by its field."""

    name = forms.CharField(label=gettext_lazy("Name of the key"), required=False)


def ours(address: str) -> str:
    """The address, if it is a path of the register; else the first page."""
    is_path = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_path else settings.LOGIN_REDIRECT_URL


@transaction.atomic
def choose_emails(*, daily: bool, at_once: bool, by: Access) -> None:
    """E-mails at once are of what comes from now on: what waited before is in none."""
    by.require(May.BE_REMINDED)
    user = User.objects.select_for_update().get(pk=by.user.pk)
    since = (user.at_once_from or by.at) if at_once else None
    if changed := assign(user, {"daily_letter": daily, "at_once_from": since}):
        user.save(update_fields=changed)
        record(by, "user.letters", user, fields=changed)


@require_GET
def account(request: AuthenticatedRequest) -> HttpResponse:
    assignments = sorted(str(name) for name in request.access.names.values())
    eid = bound(user=request.user) if settings.OIDC_ISSUER else None
    context = {"assignments": assignments, "terms": request.user.terms_accepted.first(), "eid": eid}
    return render(request, "account/account.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: AuthenticatedRequest) -> HttpResponse:
    """What everybody promises who works here; read again at any time. Only the version that was shown is
    accepted: where a new one has come meanwhile, that is shown."""
    version = settings.TERMS_VERSION or 1
    if request.method == "POST" and request.POST.get("version") == str(version):
        accept_terms(by=request.access)
        return redirect(ours(request.GET.get("next", "")))
    context = {"text": f"account/terms_{version}.html", "terms_version": version}
    return render(request, "account/terms.html", context | {"accepted": has_accepted(request)})


@require_POST
def letters(request: AuthenticatedRequest) -> HttpResponse:
    choose_emails(daily="daily" in request.POST, at_once="at_once" in request.POST, by=request.access)
    return lead_on(request, _("Your choice of e-mail notices is saved."), "account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: AuthenticatedRequest) -> HttpResponse:
    """Where somebody new gives the code that a colleague has told them by telephone."""
    wrong = ""
    if request.method == "POST" and not open_by(request.POST.get("code", ""), by=request.access):
        wrong = _("That is not the code. Ask the colleague who approved your account.")
    if not is_closed(request.user):
        request.session[CLOSED] = False
        if request.method == "POST":
            messages.success(request, _("Your account is open. Set up a second factor: an app or a key."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "account/open.html", {"wrong": wrong, "left": tries_left(request.user)})


@own_transactions
@login_not_required
@never_cache
@require_GET
def session(request: HttpRequest) -> JsonResponse:
    """Whose session this is and how long it lasts. Asking does not make it longer."""
    return JsonResponse(state(request))


@own_transactions
@login_not_required
@never_cache
@require_POST
def renew(request: HttpRequest) -> JsonResponse:
    """Somebody pressed "Stay signed in"."""
    if request.user.is_authenticated:
        touch(request, now=True)
    return JsonResponse(state(request))


def open_sessions(access: Access) -> QuerySet[UserSession]:
    """Those that have not ended by themselves, the newest first. Raises PermissionDenied."""
    access.require(May.WATCH_SESSIONS)
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(session_key__in=alive).select_related("user")
    return rows.order_by("-created_at", "-pk")


@transaction.atomic
def end_session(session: UserSession, *, by: Access) -> None:
    by.require(May.WATCH_SESSIONS)
    user = session.user
    session.end()
    record(by, "user.session_ended", user)


@require_safe
def sessions(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    found = list(open_sessions(access))
    record(access, "user.sessions", rows=len(found))
    here = request.session.session_key
    context = {"sessions": found, "here": here, "breadcrumbs": [(_("Who is signed in"), "")]}
    return render(request, "account/sessions.html", context)


@require_POST
def end(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(open_sessions(request.access), pk=pk)
    name = session.user.name
    end_session(session, by=request.access)
    return lead_on(request, _("The session of %(name)s has ended.") % {"name": name}, "sessions")
