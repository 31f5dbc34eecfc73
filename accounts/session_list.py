"""Who is signed in, for the data protection officer: since when, in which browser, and from which address."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from accounts.transactions import when_shown
from audit.writer import record


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

    def reading() -> None:
        record(access, "user.sessions", rows=len(found))

    when_shown("sessions", reading)
    here = request.session.session_key
    context = {"sessions": found, "here": here, "breadcrumbs": [(_("Who is signed in"), "")]}
    return render(request, "account/sessions.html", context)


@require_POST
def end(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(open_sessions(request.access), pk=pk)
    name = session.user.name
    end_session(session, by=request.access)
    messages.success(request, _("The session of %(name)s has ended.") % {"name": name})
    return redirect("sessions")
