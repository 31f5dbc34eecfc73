"""One press for each role of the demonstration, beside the form of the sign-in page.

There is nothing here but in a demonstration, for the machine itself: an address that knows no password must
not exist where there is a register.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from accounts.allauth_seams import sign_in
from accounts.models import User
from accounts.roles import Role
from cases.demo.people import DOES, DOMAIN, SIGN_INS
from nmt_site.near import is_near


@dataclass(frozen=True, slots=True)
class WayIn:
    """`who` is in the address, `label` on the button; `does`: what such a person has to do."""

    who: str
    label: str
    does: str


def ways_in(request: HttpRequest) -> list[WayIn]:
    """One for each sign-in of the demonstration; none where this is none, or asked for from elsewhere."""
    if not _is_shown(request):
        return []
    alike = Counter(role for _who, role, *_rest in SIGN_INS)
    return [
        WayIn(who, _label(role, name, alike[role]), str(DOES[who])) for who, role, name, *_rest in SIGN_INS
    ]


def _label(role: Role, name: str, alike: int) -> str:
    """The role; where several have it, whose it is too."""
    whose = name.split()[-1]
    return str(role.label) if alike == 1 or whose == role.label else f"{role.label}, {whose}"


def _is_shown(request: HttpRequest) -> bool:
    return settings.DEMO and is_near(request)


@login_not_required
@never_cache
@csrf_exempt
def sign_in_as(request: HttpRequest, who: str) -> HttpResponseBase:
    """As one of the demonstration's people and nobody else. Where there is none the address is unknown,
    however it is asked; only behind that are method and form looked at."""
    if not _is_shown(request) or who not in DOES:
        raise Http404
    return _sign_in(request, who)


@csrf_protect
@require_POST
def _sign_in(request: HttpRequest, who: str) -> HttpResponse:
    return sign_in(request, get_object_or_404(User, email=f"{who}@{DOMAIN}", is_active=True))
