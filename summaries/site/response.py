"""How a page for everybody answers: in the language of its address, the same for all, kept by caches.

A page is made once and kept as bytes in each process, with the stamp of what it was made of: every request
asks for the stamp of this moment, by one query, and a page with another stamp is made anew.

How a file of a version is answered: to programs of any other host too, with what it can be checked by.
"""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import wraps
from hashlib import sha256
from typing import Any, Concatenate, Final, NamedTuple, ParamSpec

import brotli
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_safe

from summaries.open_formats import LICENCE
from summaries.release.frozen import LANGUAGES
from summaries.release.models import OpenFile, Publication, PublicationFile
from summaries.site import open_formats
from summaries.site.files import KINDS
from summaries.site.versions import Stamp, fresh_until, stamp_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, str, P], HttpResponse]
FileView = Callable[P, HttpResponseBase]
BLANKS: Final = re.compile(r"\s*\n\s*")  # indentation: nothing on these pages is typed
PUBLIC_MENU: Final = (
    (gettext_lazy("Statistics"), "public:start"),
    (gettext_lazy("All years"), "public:series"),
    (gettext_lazy("About the statistics"), "public:about"),
)
MOST: Final = 1_000  # pages that a process keeps, of about ten kilobytes each
PACKED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "br": lambda page: brotli.compress(page, quality=9),
    "gzip": lambda page: gzip.compress(page, mtime=0),
    "": bytes,
}
SUFFIX: Final = {"sv": "", "en": "?lang=en"}  # of an address
DIGESTS: Final = frozenset({"sha256.txt", "SHA256SUMS"})
HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Link, Repr-Digest",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Link": f'<{LICENCE}>; rel="license"',
}


def frame(path: str, language: str) -> dict[str, Any]:
    """The names of the base template, filled without a request: no user, no cookie, no token."""
    suffix = SUFFIX[language]
    swedish = {"code": "sv", "name": "Svenska", "url": path}
    english = {"code": "en", "name": "English", "url": f"{path}?lang=en"}
    return {
        "demo": settings.DEMO,
        "version": settings.VERSION,
        "public_home": reverse("public:start") + suffix,
        "public_nav": [
            {"label": label, "url": reverse(name) + suffix, "current": reverse(name) == path, "exact": True}
            for label, name in PUBLIC_MENU
        ],
        "other_language": {"sv": english, "en": swedish}[language],
        "suffix": suffix,
        "path": path,
        "site_address": settings.SITE_ADDRESS,
        "statistics_contact": settings.STATISTICS_CONTACT,
    }


class KeptPage(NamedTuple):
    stamp: Stamp
    content: bytes
    headers: dict[str, str]
    varies: str  # by what packs it


_kept: dict[tuple[str, str, str], KeptPage] = {}  # by path, language and packing
forget_pages: Final = _kept.clear


def public(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """In the language of the address, the same for everybody; 404 without a word where the pages are switched
    off."""

    @login_not_required
    @require_safe
    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not settings.PUBLIC_PAGES:
            raise Http404
        language = "en" if request.GET.get("lang") == "en" else "sv"
        place = (request.path, language, _packing(request))
        now = timezone.now()
        stamp = stamp_of(now)
        kept = _kept.get(place)
        if kept is None or kept.stamp != stamp:
            with override(language):
                response = view(request, language, *args, **kwargs)
            response["Content-Language"] = language
            kept = _keep(place, stamp, response)
        return _cacheable(request, kept, now)

    return page


def _packing(request: HttpRequest) -> str:
    """Return the first that the browser accepts. One that it names with q=0 it refuses."""
    accepted = {""}
    for part in request.headers.get("Accept-Encoding", "").split(","):
        name, _semicolon, weight = part.replace(" ", "").partition(";")
        if not re.fullmatch(r"q=0(\.0*)?", weight):
            accepted.add(name.lower())
    return next(packing for packing in PACKED if packing in accepted)


def _keep(place: tuple[str, str, str], stamp: Stamp, response: HttpResponse) -> KeptPage:
    """Return what is answered, packed. A page for people is kept; a file is large and seldom asked for.

    A page has no secret that its length could tell. Files stay as they are: their digests are of their bytes.
    """
    content, headers = response.content, dict(response.items())
    is_page = headers["Content-Type"].startswith("text/html")
    packing = place[2] if is_page else ""
    if packing:
        content = PACKED[packing](content)
        headers["Content-Encoding"] = packing
    headers["Cache-Control"] = "public, must-revalidate"
    headers["ETag"] = f'"{sha256(content).hexdigest()[:32]}"'
    made = KeptPage(stamp, content, headers, "Accept-Encoding" if is_page else "")
    if is_page:
        if len(_kept) >= MOST:
            forget_pages()
        _kept[place] = made
    return made


def page_of(template: str, language: str, request: HttpRequest, **context: Any) -> HttpResponse:
    page = render_to_string(template, {**frame(request.path, language), **context})
    return HttpResponse(BLANKS.sub("\n", page))


def dated(response: HttpResponse, changed: datetime | None) -> HttpResponse:
    """With the moment when what it says last changed, where there is one."""
    if changed:
        response["Last-Modified"] = http_date(changed.timestamp())
    return response


def _cacheable(request: HttpRequest, kept: KeptPage, now: datetime) -> HttpResponseBase:
    """Say until when caches may keep it, not for how long: what a cache passes on to another ages on."""
    response = HttpResponse(kept.content, headers=kept.headers)
    response["Expires"] = http_date(fresh_until(kept.stamp, now).timestamp())
    answer: Any = get_conditional_response(request, etag=response["ETag"], response=response)
    answer.same_for_all, answer.varies = True, kept.varies  # see nmt_site.middleware
    return answer


def to_anybody(view: FileView[P]) -> FileView[P]:
    """Scripts on pages of other hosts may read it, also where they are told that it has not changed: it has
    no cookie and is the same for all. Stands outside `public`."""

    @wraps(view)
    def data(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(*args, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return data


def answer(one: Publication, file: PublicationFile | OpenFile, name: str) -> HttpResponse:
    kinds = open_formats.KINDS if isinstance(file, OpenFile) else KINDS
    return answer_of(bytes(file.content), kinds[file.kind].media, saved_as(one, name, file.language))


def answer_of(content: bytes, kind: str, name: str) -> HttpResponse:
    """Send bytes to be saved under that name. `Repr-Digest` is their SHA-256, as RFC 9530 has it."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Repr-Digest"] = f"sha-256=:{b64encode(sha256(content).digest()).decode()}:"
    return response


def saved_as(one: Publication, name: str, language: str) -> str:
    stem, _dot, ending = name.partition(".")
    return f"nmt-{one.year}-v{one.version}-{stem}-{language}.{ending}"


def answer_of_digests(one: Publication) -> HttpResponse:
    """A line a file, by the name under which it is saved: `sha256sum -c SHA256SUMS` checks those that are
    there."""
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(_digests(one)))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _digests(one: Publication) -> Iterator[tuple[str, str]]:
    for kind, language, digest, pk in one.files.values_list("kind", "language", "sha256", "pk"):
        known = digest or sha256(PublicationFile.objects.get(pk=pk).content).hexdigest()
        yield saved_as(one, KINDS[kind].name, language), known
    for language in LANGUAGES:
        for chart in one.content[language]["charts"]:
            yield saved_as(one, f"{chart['table']}.svg", language), sha256(chart["svg"].encode()).hexdigest()
        for name, digest in open_formats.digests(one, language).items():
            yield saved_as(one, name, language), digest
