"""The public pages: without sign-in, cookies or the register's rows, from frozen versions only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import override
from django.views.decorators.http import require_safe

from exchange.writing import json_text
from summaries import caveats
from summaries.catalogue import PUBLISHED
from summaries.counting.historical import BREAKS
from summaries.publishing.after_models import WaitingCorrection
from summaries.publishing.files import TYPES
from summaries.publishing.frozen import Row, Shown, shown, text_of
from summaries.publishing.models import Publication, PublicationFile, shown_of
from summaries.publishing.visitors import frame
from summaries.telling import FEW_IN_ALL

P = ParamSpec("P")
INTERNATIONAL: Final = {entry.name for entry in PUBLISHED if entry.international}
MINUTES: Final = 5
NAMES: Final = {"tables.csv": "csv", "tables.json": "json", "tables.xlsx": "xlsx", "report.pdf": "pdf"}
SEALED: Final = ("sealed", "steps", "audit")
BLANKS: Final = re.compile(r"\s*\n\s*")  # indentation: nothing on these pages is typed
View = Callable[Concatenate[HttpRequest, str, P], HttpResponse]


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
        with override(language):
            response = view(request, language, *args, **kwargs)
        response["Content-Language"] = language
        return _cacheable(request, response)

    return page


@public
def start(request: HttpRequest, language: str) -> HttpResponse:
    """One query: every year, by its newest version."""
    versions: dict[int, list[Publication]] = {}
    for one in _rows().order_by("-year", "-version"):
        versions.setdefault(one.year, []).append(one)
    years = [(one, _headline(one)) for one in map(_newest, versions.values())]
    return _page("summaries/public_start.html", language, request, years=years)


@public
def about(request: HttpRequest, language: str) -> HttpResponse:
    context = {"breaks": BREAKS, "caveats": caveats.general(), "k": settings.SMALL_CELL_K}
    context["fewest"] = FEW_IN_ALL * settings.SMALL_CELL_K
    return _page("summaries/public_about.html", language, request, **context)


@public
def year_page(request: HttpRequest, language: str, year: int) -> HttpResponse:
    """Three queries: the versions of the year, known errors, and the files of the newest."""
    versions = _versions(year)
    return _version(request, language, _newest(versions), versions)


@public
def version_page(request: HttpRequest, language: str, year: int, version: int) -> HttpResponse:
    versions = _versions(year)
    return _version(request, language, _numbered(versions, version), versions)


@public
def international(request: HttpRequest, language: str, year: int) -> HttpResponse:
    versions = _versions(year)
    return _international(request, language, _newest(versions), versions)


@public
def version_international(request: HttpRequest, language: str, year: int, version: int) -> HttpResponse:
    versions = _versions(year)
    return _international(request, language, _numbered(versions, version), versions)


@public
def status(request: HttpRequest, language: str, year: int) -> HttpResponse:
    """Of the versions of a year, and of errors that are known while their correction waits, what the page of
    the year says in words: no figure. Not frozen, the same in both languages."""
    versions, known = _versions(year), _known_errors(year)
    newest = _newest(versions)
    found = {
        "year": year,
        "newest": None if newest.withdrawn else newest.version,
        "versions": [
            {
                "version": one.version,
                "state": one.state,
                "published": _day(one.published_at),
                "withdrawn": _day(one.withdrawn_at),
            }
            for one in versions
        ],
        "corrections": [{"known_since": _day(row.since)} for row in known if not row.ended_at],
    }
    response = HttpResponse(json_text(found), content_type=TYPES["json"])
    response["Last-Modified"] = http_date(_last_moment(versions, known))
    return response


@public
def newest_file(request: HttpRequest, language: str, year: int, name: str) -> HttpResponse:
    return _file(_newest(_versions(year)), language, name)


@public
def version_file(request: HttpRequest, language: str, year: int, version: int, name: str) -> HttpResponse:
    return _file(_numbered(_versions(year), version), language, name)


def _version(
    request: HttpRequest, language: str, one: Publication, versions: list[Publication]
) -> HttpResponse:
    known = _known_errors(one.year)
    files = list(one.files.filter(language=language).defer("content")) if not one.withdrawn else []
    context = {
        "publication": one,
        "newest": _newest(versions),
        "error_since": _error_since(known) if one.pk == _newest(versions).pk else None,
        "older": [other for other in versions if other.pk != one.pk],
        "parts": _parts(one, language, international=False),
        "paragraphs": text_of(one, language).split("\n\n"),
        "words": one.content[language],
        "headline": _headline(one),
        "key_figures": _key_figures(one, language),
        "files": [(NAME_OF[file.kind], file) for file in files],
    }
    response = _page("summaries/public_year.html", language, request, **context)
    response["Last-Modified"] = http_date(_last_moment(versions, known))
    return response


def _international(
    request: HttpRequest, language: str, one: Publication, versions: list[Publication]
) -> HttpResponse:
    context = {
        "publication": one,
        "newest": _newest(versions),
        "words": one.content[language],
        "parts": _parts(one, language, international=True),
    }
    response = _page("summaries/public_international.html", language, request, **context)
    response["Last-Modified"] = http_date(max(_moments(versions)))
    return response


def _parts(one: Publication, language: str, *, international: bool) -> list[tuple[Shown, Any]]:
    """Tables with their charts. The international ones have a page of their own: other readers, and a light
    first."""
    charts = {chart["table"]: chart for chart in one.content[language]["charts"]}
    tables = [table for table in shown(one, language) if (table.table.name in INTERNATIONAL) == international]
    return [(table, charts.get(table.table.name)) for table in tables]


def _file(one: Publication, language: str, name: str) -> HttpResponse:
    if name not in NAMES or one.withdrawn:
        raise Http404
    file = PublicationFile.objects.filter(publication=one, language=language, kind=NAMES[name]).first()
    if file is None:
        raise Http404
    stem, _dot, ending = name.rpartition(".")
    response = HttpResponse(bytes(file.content), content_type=TYPES[file.kind])
    saved_as = f"nmt-{one.year}-v{one.version}-{stem}-{language}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{saved_as}"'
    response["Last-Modified"] = http_date(max(_moments([one])))
    return response


NAME_OF: Final = {kind: name for name, kind in NAMES.items()}


def _rows() -> Any:
    """What is public now, without what is sealed: that is never even read for a public page."""
    return Publication.objects.public(timezone.now()).defer(*SEALED)


def _versions(year: int) -> list[Publication]:
    found = list(_rows().filter(year=year).order_by("-version"))
    if not found:
        raise Http404
    return found


def _numbered(versions: list[Publication], version: int) -> Publication:
    found = next((one for one in versions if one.version == version), None)
    if found is None:
        raise Http404
    return found


def _newest(versions: list[Publication]) -> Publication:
    """The one that is shown; a year of which nothing is shown says so on its last."""
    return shown_of(versions) or versions[0]


def _headline(one: Publication) -> int | None:
    groups: dict[str, Any] = next((table for table in one.tables if table["name"] == "groups"), {"cells": []})
    return next((cell["value"] for cell in groups["cells"] if cell["key"] == ["*"]), None)


def _key_figures(one: Publication, language: str) -> list[Row]:
    """The rows of the table of groups, as it shows them: what is hidden there is hidden here."""
    groups = (table for table in shown(one, language) if table.table.name == "groups")
    return [row for table in groups for row in table.rows if not row.total]


def _known_errors(year: int) -> list[WaitingCorrection]:
    """Since when errors were known of the year whose correction had to wait, and until when: no figure."""
    rows, now = list(WaitingCorrection.objects.filter(year=year).only("since", "ended_at")), timezone.now()
    for row in rows:
        if row.ended_at and row.ended_at > now:
            row.ended_at = None  # the version that ends it waits for its hour
    return rows


def _error_since(known: list[WaitingCorrection]) -> datetime | None:
    return next((row.since for row in known if not row.ended_at), None)


def _day(moment: datetime | None) -> str | None:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else None


def _last_moment(versions: list[Publication], known: list[WaitingCorrection]) -> float:
    noted = [moment.timestamp() for row in known for moment in (row.since, row.ended_at) if moment]
    return max([*_moments(versions), *noted])


def _moments(versions: list[Publication]) -> list[float]:
    moments = [moment for one in versions for moment in (one.published_at, one.withdrawn_at) if moment]
    return [moment.timestamp() for moment in moments]


def _page(template: str, language: str, request: HttpRequest, **context: Any) -> HttpResponse:
    page = render_to_string(template, {**frame(request.path, language), **context})
    return HttpResponse(BLANKS.sub("\n", page))


def _cacheable(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    response["Cache-Control"] = f"public, max-age={60 * MINUTES}"
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.same_for_all = True  # type: ignore[attr-defined]  # read by visitors.SameForAll
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    if answer is not None:
        answer.same_for_all = True  # type: ignore[attr-defined]
    return answer or response
