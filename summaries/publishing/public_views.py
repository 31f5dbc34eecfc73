"""What is told to everybody beside the pages of public_pages: about the statistics, the state of a year, and
its files."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from exchange.writing import json_text
from summaries import caveats
from summaries.counting.historical import told_once
from summaries.publishing import files, opened, served
from summaries.publishing.files import TYPES
from summaries.publishing.models import OpenFile, Publication, PublicationFile
from summaries.publishing.public_door import (
    asked_for,
    error_since,
    last_change,
    last_told,
    newest,
    next_hour,
    said_since,
    versions_of,
)
from summaries.publishing.public_frame import dated, page_of, public
from summaries.publishing.remarks import of_last
from summaries.telling import FEW_IN_ALL

NAMES: Final = {name: kind for kind, name in files.NAMES.items()}  # what an address ends in → the kind


@public
def about(request: HttpRequest, language: str) -> HttpResponse:
    """One query; two where nothing is published."""
    last = last_told()
    remarks = of_last(last)
    context = {
        "breaks": told_once(remarks),
        "caveats": caveats.general(remarks, any_purpose=False),
        "not_official": remarks.say("not_official"),
        "k": settings.SMALL_CELL_K,
    }
    context["fewest"] = FEW_IN_ALL * settings.SMALL_CELL_K
    page = page_of("summaries/public_about.html", language, request, **context)
    return dated(page, None, next_hour(last))


@public
def status(request: HttpRequest, language: str, year: int) -> HttpResponse:
    """Of the versions of a year, and of errors that are known while their correction waits, what the page of
    the year says in words: no figure. Not frozen, the same in both languages."""
    versions = versions_of(year)
    latest, since = newest(versions), error_since(versions[0])
    found = {
        "year": year,
        "newest": None if latest.withdrawn else latest.version,
        "versions": [
            {
                "version": one.version,
                "state": one.state,
                "published": _day(one.published_at),
                "withdrawn": _day(one.withdrawn_at),
            }
            for one in versions
        ],
        "corrections": [{"known_since": _day(since)}] if since else [],
    }
    answer = HttpResponse(json_text(found), content_type=TYPES["json"])
    return dated(answer, said_since(versions), next_hour(versions))


@served.to_anybody
@public
def file(
    request: HttpRequest, language: str, year: int, name: str, version: int | None = None
) -> HttpResponse:
    one = asked_for(versions_of(year), version)
    if one.withdrawn:
        raise Http404
    if name in served.DIGESTS:
        return dated(served.answer_of_digests(one), last_change([one]), next_hour([one]))
    kept = _kept(one, language, name)
    if kept is None:
        raise Http404
    return dated(served.answer(one, kept, name), last_change([one]), next_hour([one]))


def _kept(one: Publication, language: str, name: str) -> PublicationFile | OpenFile | None:
    if name in NAMES:
        return PublicationFile.objects.filter(publication=one, language=language, kind=NAMES[name]).first()
    return opened.file_of(one, name, language)


def _day(moment: datetime | None) -> str | None:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else None
