"""*Mitt konto*, and what a page may ask about its own session."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import AuthenticatedRequest
from accounts.sessions import state, touch
from accounts.transactions import own_transactions


@require_GET
def account(request: AuthenticatedRequest) -> HttpResponse:
    assignments = sorted(str(region) for region in request.access.names.values())
    return render(request, "account/account.html", {"assignments": assignments})


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
