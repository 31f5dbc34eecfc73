"""What every page is given: the frame around its content, and the menu of whoever reads it.

In a demonstration the sign-in page has one button for each of its people. Only the machine itself is shown
them: an address that asks for no password must not exist where there is a register.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy as _, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from accounts.access import Access
from accounts.allauth_seams import sign_in
from accounts.models import User
from accounts.roles import May, Role
from accounts.sessions import mark
from cases.demo.people import DOES, DOMAIN, SIGN_INS
from nmt_site.middleware import is_local
from summaries.site.response import PUBLIC_MENU


class MenuEntry(NamedTuple):
    label: str | Promise
    name: str  # of the address
    args: tuple[str, ...] = ()
    asked: str = ""  # what the list is opened on


class Item(NamedTuple):
    """What the header shows. `exact` tells the page itself from a page below it."""

    label: str
    url: str
    current: bool
    exact: bool


CALLS = MenuEntry(_("Calls"), "calls:list")
# Each page with the rights of which any one leads to it. The calls stand first for who logs them, the cases
# for who only reads them.
MENU: Final[tuple[tuple[MenuEntry, tuple[May, ...]], ...]] = (
    (MenuEntry(_("My page"), "home:my_page"), (May.VIEW_PUBLISHED,)),
    (CALLS, (May.LOG_CALL,)),
    (MenuEntry(_("Cases"), "cases:list", asked="?state=open"), (May.VIEW_CASE,)),
    (CALLS, (May.VIEW_CALL,)),
    (MenuEntry(_("Notify"), "cases:notify"), (May.NOTIFY,)),
    (MenuEntry(_("My notifications"), "cases:notifications"), (May.NOTIFY,)),
    (MenuEntry(_("Users"), "admin:accounts_user_changelist"), (May.ADMINISTER,)),
    (MenuEntry(_("Agencies"), "admin:agencies_agency_changelist"), (May.ADMINISTER,)),
    (MenuEntry(_("Coordinators"), "agencies:directory"), (May.VIEW_DIRECTORY,)),
    (MenuEntry(_("Knowledge"), "knowledge:index"), (May.VIEW_CALL, May.NOTIFY)),
    (MenuEntry(_("To approve"), "agencies:approvals"), (May.LET_IN, May.VIEW_AUDIT_LOG)),
    (MenuEntry(_("Codes"), "admin:agencies_code_changelist"), (May.ADMINISTER,)),
    (MenuEntry(_("Statistics"), "summaries:start"), (May.VIEW_CALL, May.NOTIFY, May.VIEW_TOTALS)),
    (MenuEntry(_("Publishing"), "summaries:publications"), (May.PUBLISH, May.APPROVE_EXCEPTION)),
    (MenuEntry(_("Dark figure"), "summaries:dark_figure"), (May.ESTIMATE,)),
    (MenuEntry(_("Spreadsheets"), "legacy_import:differences"), (May.VIEW_TOTALS,)),
    (
        MenuEntry(pgettext_lazy("statistics", "External data"), "admin:app_list", ("summaries",)),
        (May.EDIT_FIGURES,),
    ),
    # Who reads of own cases alone comes to it from the history of a case.
    (MenuEntry(_("Audit log"), "audit_pages:audit"), (May.VIEW_AUDIT_LOG, May.VIEW_SIGN_INS)),
    (MenuEntry(_("Who is signed in"), "sessions"), (May.WATCH_SESSIONS,)),
)
PUBLIC_ENTRIES: Final = [MenuEntry(label, name) for label, name in PUBLIC_MENU]


def entries_for(access: Access) -> tuple[MenuEntry, ...]:
    """The pages in somebody's menu, each once, where it stands first."""
    return tuple(dict.fromkeys(entry for entry, rights in MENU if access.may(*rights)))


def items_for(access: Access | None, path: str = "") -> list[Item]:
    """The menu of `access`, with the page at `path` marked; empty when nobody is signed in."""
    return _placed(entries_for(access), path) if access else []


def public_items(path: str = "") -> list[Item]:
    return [item._replace(url=in_language(item.url)) for item in _placed(PUBLIC_ENTRIES, path)]


def in_language(url: str) -> str:
    """A public page keeps no cookie: its address says which language its reader has chosen."""
    return f"{url}?lang=en" if get_language() == "en" else url


def _placed(entries: Iterable[MenuEntry], path: str) -> list[Item]:
    """Mark the page at `path`, or else the nearest above it: not the start page, which is above all."""
    urls = {entry: reverse(entry.name, args=entry.args) for entry in entries}
    above = {url for url in urls.values() if path.startswith(url)} - {"/"}
    here = max(above, key=len, default=path)
    return [
        Item(str(entry.label), url + entry.asked, url == here, url == path) for entry, url in urls.items()
    ]


class WayIn(NamedTuple):
    """`who` is in the address, `label` on the button; `does`: what such a person has to do."""

    who: str
    label: str
    does: str


def ways_in(request: HttpRequest) -> list[WayIn]:
    """One for each sign-in of the demonstration; none where this is none, or asked for from elsewhere."""
    if not _is_shown(request):
        return []
    people = Counter(one[1] for one in SIGN_INS)
    return [
        WayIn(who, _label(role, name, alone=people[role] == 1), str(DOES[who]))
        for who, role, name, *_rest in SIGN_INS
    ]


def _label(role: Role, name: str, *, alone: bool) -> str:
    """The role; where several have it, whose it is too."""
    surname = name.split()[-1]
    return str(role.label) if alone or surname == role.label else f"{role.label}, {surname}"


def _is_shown(request: HttpRequest) -> bool:
    return settings.DEMO and is_local(request)


@login_not_required
@never_cache
@csrf_exempt
def sign_in_as(request: HttpRequest, who: str) -> HttpResponseBase:
    """As one of the demonstration's people and nobody else.

    Where there is no demonstration the address is unknown, however it is asked; method and form are looked at
    only after that.
    """
    if not _is_shown(request) or who not in DOES:
        raise Http404
    return _sign_in(request, who)


@csrf_protect
@require_POST
def _sign_in(request: HttpRequest, who: str) -> HttpResponse:
    return sign_in(request, get_object_or_404(User, email=f"{who}@{DOMAIN}", is_active=True))


THEMES: Final = ("light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """No query. `request.access` is absent or None where nobody is signed in."""
    access: Access | None = getattr(request, "access", None)
    theme = request.COOKIES.get("theme", "")
    return {
        "demo": settings.DEMO,
        "training": settings.TRAINING,
        "training_address": settings.TRAINING_ADDRESS,
        "eid_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "sends_email": bool(settings.EMAIL_HOST),
        "version": settings.VERSION,
        "theme": theme if theme in THEMES else "",
        "nav": items_for(access, request.path),
        "public_nav": lambda: public_items(request.path),  # of pages without a menu of their own
        "public_home": in_language(reverse("public:start")) if settings.PUBLIC_PAGES else "",
        "idle_minutes": settings.IDLE_MINUTES,
        "idle_warning_minutes": settings.IDLE_WARNING_MINUTES,
        **(_of_reader(access) if access else {"ways_in": ways_in(request)}),
    }


def _of_reader(access: Access) -> dict[str, Any]:
    """What the frame says to somebody signed in. `deputy`: in whose stead, and until when."""
    return {
        "signed_in_as": str(access.role.label),
        "deputy": [{"region": str(access.names[code]), "until": until} for code, until in access.deputy],
        "search_url": reverse("cases:find") if access.may(May.VIEW_CASE) else "",
        "session_mark": mark(access.user),
    }
