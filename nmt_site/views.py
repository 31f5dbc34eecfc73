"""Pages of no app: the texts in the footer, the two choices kept in a cookie, the error pages, and
the search at *Help*: in the guide, in what the words mean, and in the articles.

What is looked for is posted: words of a case stand in no address.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import check_for_language, gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from accounts.access import Access, AuthenticatedRequest
from accounts.models import User
from accounts.notices import page_language
from accounts.roles import May
from accounts.sessions import BACKGROUND
from accounts.views import ours
from cases.facts import OF_PERSON
from cases.models import Person
from home.guide import LISTS, GuidePlace, Hit, hits, of_guide, of_words, own_first
from jobs.retry import is_away, is_busy, is_full, took_too_long
from knowledge.models import Article, found
from knowledge.shipped import line_with
from nmt_site.context import THEMES
from nmt_site.faults import count_fault
from nmt_site.logs import method_of
from nmt_site.operations import rows, state

log = logging.getLogger(__name__)
# What opens something is typed anew: it is written into no page.
SECRET: Final = re.compile(r"passw|\bcode\b|otp|credential", re.IGNORECASE)
MAX_FIELDS: Final = 4000  # fields, as many as Django takes
YEAR: Final = 365 * 24 * 3600
GOOD: Final = timedelta(days=180)  # as long as security.txt may be kept
AGAIN: Final = {"": 30, "busy": 5, "slow": 60}  # seconds after which to ask a database again that is away
PHRASED: Final = {"offence", "status", "status_on", "status_reason"}
MAX_LENGTH: Final = 100
TERM: Final = re.compile(r"<dt>(?P<title>.*?)</dt>\s*<dd>(?P<text>.*?)</dd>", re.DOTALL)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "nmt_site/accessibility.html", {"contact": settings.ACCESSIBILITY_CONTACT})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Names every fact of a person that is stored, by itself or in a phrase of the page."""
    columns: Any = [Person._meta.get_field(fact.name) for fact in OF_PERSON if fact.name not in PHRASED]
    facts = ", ".join(str(column.verbose_name) for column in columns)
    context = {"contact": settings.DPO_CONTACT, "k": settings.SMALL_CELL_K, "facts": facts}
    return render(request, "nmt_site/privacy.html", context)


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    access: Access | None = getattr(request, "access", None)
    context: dict[str, Any] = {}
    if access:
        context = {"chapters": own_first(access, page_language()), "lists": LISTS.items()}
    return render(request, "nmt_site/help.html", context)


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom somebody outside tells of a fault, as RFC 9116 has it. Who keeps it asks again after months."""
    good = (timezone.now() + GOOD).strftime("%Y-%m-%dT00:00:00Z")
    contact = settings.SECURITY_CONTACT
    lines = [
        f"Contact: {contact if contact.startswith('https://') else f'mailto:{contact}'}",
        f"Expires: {good}",
        "Preferred-Languages: sv, en",
    ]
    if settings.SITE_ADDRESS:
        lines.append(f"Canonical: {settings.SITE_ADDRESS}{request.path}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def operations(request: AuthenticatedRequest) -> HttpResponse:
    """How the register fares as a machine: nothing of it is about a person."""
    request.access.require(May.ADMINISTER)
    watched_rows = rows(state())
    well = all(watched_row.well for watched_row in watched_rows)
    context = {"rows": watched_rows, "well": well, "title": _("Operations")}
    return render(request, "nmt_site/operations.html", context)


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponseRedirect:
    """Light, dark, or (anything else) as the system: then the cookie goes."""
    response = HttpResponseRedirect(ours(request.POST.get("next", "")))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            "theme", theme, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Kept in the cookie, and with whoever is signed in."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and check_for_language(language):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return django_set_language(request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _bare("400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The reason is shown only when the one who refused wrote a sentence for the reader."""
    reason = str(exception) if exception and exception.args else ""
    return render(request, "403.html", {"reason": reason}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def too_many_requests(
    request: HttpRequest, exception: Exception | None = None, *, minutes: int = 1
) -> HttpResponse:
    response = render(request, "429.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(60 * minutes)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor context. The number leads from the reader's screen to the line in the
    log."""
    error = sys.exc_info()[1]
    if is_away(error) and not is_full(error):
        return _unavailable(request, error)
    fault = secrets.token_hex(4).upper()
    count_fault()
    log.error(
        "Fault %s at %s %s",
        fault,
        method_of(request.method),
        getattr(request.resolver_match, "view_name", "unknown"),
    )
    return _bare("500.html", 500, fault=fault, full="full" if is_full(error) else "")


def _unavailable(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """What was sent stands on the page, to be sent again by a press of a button: no database can keep it."""
    why = "busy" if is_busy(error) else "slow" if took_too_long(error) else ""
    log.error("The database does not answer: %s", error)
    response = _bare("503.html", 503, why=why, **sent(request))
    response["Retry-After"] = str(AGAIN[why])
    add_never_cache_headers(response)
    return response


def sent(request: HttpRequest) -> dict[str, Any]:
    """Return `address` and `fields` of the form that came while the database was away, to be sent once more.

    Only whoever has sent it sees it, and nothing of it is kept. Empty where no form was sent, where the page
    sent it by itself, and where a file or a secret is in it.
    """
    by_itself = request.headers.get("HX-Request") or request.headers.get(BACKGROUND)
    if request.method != "POST" or by_itself:
        return {}
    try:
        values, files = dict(request.POST.lists()), request.FILES
    except (OSError, ValueError, BadRequest, SuspiciousOperation, MultiPartParserError):
        return {}  # not all of it has come, or it cannot be read
    if files or not values or any(SECRET.search(one) for one in values):
        return {}
    fields = [(name, value) for name, given in values.items() for value in given]
    return {"address": request.get_full_path(), "fields": fields[:MAX_FIELDS]}


def _bare(template: str, status: int, **values: object) -> HttpResponse:
    return HttpResponse(get_template(template).render(values), status=status)


@require_safe
def admin_moved(request: HttpRequest, to: str, rest: str) -> HttpResponse:
    """Redirect from an address of the admin that followed the former name of its app."""
    query = request.META["QUERY_STRING"]
    return redirect(f"/admin/{to}/{rest}{'?' if query else ''}{query}")


@require_http_methods(["GET", "HEAD", "POST"])
def find_in_help(request: AuthenticatedRequest) -> HttpResponse:
    words = " ".join(request.POST.get("q", "").split())[:MAX_LENGTH]
    access, language = request.access, page_language()
    groups = {
        _("In the guide"): hits(words, of_guide(language)),
        _("What words mean"): hits(words, [*of_words(), *_terms()]),
    }
    if access.may(May.READ_KNOWLEDGE):
        articles = found(words, list(Article.objects.valid_on(access.today)))
        groups[_("Articles")] = [
            Hit(one.title, "", one.get_absolute_url(), line_with(words, one.text)) for one in articles
        ]
    context = {
        "words": words,
        "groups": [(title, rows) for title, rows in groups.items() if rows],
        "number": sum(len(group) for group in groups.values()),
        "own": [chapter for chapter, own in own_first(access, language) if own],
        "breadcrumbs": [(_("Help"), reverse("help")), (_("Search the help"), "")],
    }
    return render(request, "nmt_site/help_found.html", context)


def _terms() -> Iterator[GuidePlace]:
    """The terms of the page *Help*, as it explains them."""
    there = f"{reverse('help')}#terms"
    for term in TERM.finditer(render_to_string("nmt_site/_terms.html")):
        text = " ".join(unescape(term["text"]).split())
        yield GuidePlace(unescape(term["title"]), _("Terms"), there, text)
