"""What programs fetch of all years: figures in one file, the catalogue of data portals, the feed of versions,
the map for search engines. Everything through `versions`, at this moment.

The tidy table of all years has of each the version that is shown now, else what was published before the
register. Both have the same columns, so that nothing has to be put together by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import product
from operator import attrgetter
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, override

from accounts.notices import address_for
from exchange.writer import BOM, TYPES, csv_text, json_text
from libs.groups import grouped
from libs.suppression.tables import Cell, Table
from summaries.counting.historical import Published, breaks, in_words, published
from summaries.counting.reference import Reference
from summaries.files import PLACE, place
from summaries.models import HistoricalFigure
from summaries.open_formats import LICENCE, printed
from summaries.release.frozen import LANGUAGES
from summaries.release.models import Publication, PublicationFile, by_year, shown_by_year
from summaries.site import open_formats
from summaries.site.files import KINDS, MEDIA, tidy_rows
from summaries.site.response import SUFFIX, dated, public, to_anybody
from summaries.site.versions import general, headline, last_change, rows as rows_of_door
from summaries.tables.labels import PublicLabels
from summaries.year_words import demo_note

FIRST: Final = 1990  # nothing was published of years before
COLUMNS: Final = (
    *("year", "version", "state", "source", "table", *PLACE),
    *("value", "status", "printed", "left_out", "so_far", "break_before", "demo"),
)
Row = dict[str, Any]


class FeedYear(NamedTuple):
    """`break_before`: what changed since the year before it that has figures."""

    year: int
    told: Publication | Published
    break_before: str


def public_now() -> list[Publication]:
    """Every version that everybody may know."""
    return list(rows_of_door().order_by("year", "version"))


def years(versions: Sequence[Publication]) -> list[FeedYear]:
    """Return the years with figures, the oldest first. One query."""
    by_year: dict[int, Publication | Published] = {
        year: of for year, of in published(FIRST, timezone.localdate().year).items() if of.published_tables
    }
    by_year |= {publication.year: publication for publication in shown_by_year(versions)}
    found: list[FeedYear] = []
    remarks = general(versions)
    for year, of in sorted(by_year.items()):
        since = in_words(breaks(found[-1].year, year), remarks) if found else ()
        found.append(FeedYear(year, of, "; ".join(dict.fromkeys(one.what for one in since))))
    return found


def csv_bytes(of: Sequence[FeedYear], language: str, delimiter: str, line_end: str) -> bytes:
    found = (list(row.values()) for row in rows(of, language))
    return (BOM + csv_text([COLUMNS, *found], delimiter, line_end=line_end)).encode()


def json_bytes(of: Sequence[FeedYear], language: str) -> bytes:
    return json_text(
        {
            "title": _("Presumed victims of trafficking, all years"),
            "language": language,
            "demo": settings.DEMO,
            "licence": LICENCE,
            "contact": settings.STATISTICS_CONTACT,
            "symbols": {"hidden": "x", "missing": ".."},
            "columns": list(COLUMNS),
            "years": [{"year": one.year, **_facts(one), "break_before": one.break_before} for one in of],
            "cells": list(rows(of, language)),
        }
    ).encode()


def rows(of: Sequence[FeedYear], language: str) -> Iterator[Row]:
    labels = PublicLabels(Reference.load()) if any(isinstance(one.told, Published) for one in of) else None
    for one in of:
        beside: Row = {"break_before": one.break_before, "demo": int(settings.DEMO), **_facts(one)}
        for row in _rows_of(one.told, labels, language):
            whole = {"year": one.year, "so_far": "", **row, **beside}
            yield {name: whole[name] for name in COLUMNS}


def _rows_of(told: Publication | Published, labels: PublicLabels | None, language: str) -> Iterator[Row]:
    if isinstance(told, Publication):
        yield from tidy_rows(told, told.number, language)
    elif labels:
        for table in told.published_tables:
            yield from (_placed(labels, table, one) for one in table)


def _facts(of: FeedYear) -> Row:
    """Which version it is, and whose figures. `source` is `register`, or where they were published."""
    if isinstance(of.told, Publication):
        return {"state": of.told.state, "source": "register"}  # its rows say which version they are from
    states = dict.fromkeys(figure.status for figure in of.told.figures)
    states.pop(HistoricalFigure.Status.UNVERIFIED, None)
    return {"version": "", "state": str(next(iter(states), "")), "source": "; ".join(of.told.sources)}


def _placed(labels: PublicLabels, table: Table, cell: Cell) -> Row:
    return dict(zip(PLACE, place(labels, table, cell), strict=True)) | {
        "table": table.name,
        "value": cell.value,
        "status": str(cell.status),
        "printed": printed(cell),
        "left_out": 0,
    }


CSV: Final = MEDIA["csv"]
XML: Final = "application/xml; charset=utf-8"
RDF: Final = "application/rdf+xml; charset=utf-8"
ATOM: Final = "application/atom+xml; charset=utf-8"
ALL: Final = {"alla-ar.csv": CSV, "alla-ar-semikolon.csv": CSV, "alla-ar.json": TYPES["json"]}
NOTHING_YET: Final = datetime(2018, 1, 1, tzinfo=UTC)  # what a feed without versions says of its last change


@to_anybody
@public
def all_years_csv(request: HttpRequest, language: str, mark: str = "") -> HttpResponse:
    """Send all years as CSV; with the `mark` of semicolons as spreadsheet programs in Sweden open it."""
    versions = public_now()
    delimiter, line_end = (";", "\r\n") if mark else (",", "\n")
    content = csv_bytes(years(versions), language, delimiter, line_end)
    response = HttpResponse(content, content_type=TYPES["csv"])
    response["Content-Disposition"] = f'attachment; filename="nmt-alla-ar{mark}-{language}.csv"'
    return dated(response, last_change(versions))


@to_anybody
@public
def all_years_json(request: HttpRequest, language: str) -> HttpResponse:
    versions = public_now()
    response = HttpResponse(json_bytes(years(versions), language), content_type=TYPES["json"])
    return dated(response, last_change(versions))


@to_anybody
@public
def catalogue(request: HttpRequest, language: str) -> HttpResponse:
    """DCAT-AP-SE 3, in both languages at once: a dataset of all years and one of each. Two queries."""
    versions, site = public_now(), address_for(request)
    shown = shown_by_year(versions)
    stored = PublicationFile.objects.filter(publication__in=shown).defer("content").order_by("pk")
    files = grouped(stored, attrgetter("publication_id"))
    context = {
        "home": site + reverse("public:start"),
        "contact": settings.STATISTICS_CONTACT,
        "texts": [(code, _texts(code)) for code in LANGUAGES],
        "all": [(f"{site}{reverse('public:start')}{name}", media) for name, media in ALL.items()],
        "years": [(one, _dataset(site, one, files[one.pk])) for one in reversed(shown)],
        "changed": last_change(versions),
        "span": (shown[0].year, shown[-1].year) if shown else None,
        "issued": min(
            (version for version in (version.published_at for version in versions) if version), default=None
        ),
    }
    return _xml("summaries/open_data/dcat.rdf", RDF, versions, **context)


def _texts(language: str) -> dict[str, str]:
    with override(language):
        about = _(
            "Persons whom the national network has identified as presumed victims of trafficking in human "
            "beings in Sweden, by year. Figures that could identify somebody are suppressed."
        )
        return {
            "catalogue": _("Statistics on trafficking in human beings"),
            "title": _("Presumed victims of trafficking, all years"),
            "of_year": _("Presumed victims of trafficking in human beings"),
            "about": " ".join(one for one in (demo_note(), about) if one),
            "keyword": _("trafficking in human beings"),
        }


def _dataset(site: str, one: Publication, files: list[PublicationFile]) -> dict[str, Any]:
    """Return where its page is, and those of its `files`, at addresses that are for good."""
    version = site + reverse("public:version", args=[one.year, one.version])
    every = product(open_formats.names(one), LANGUAGES)
    return {
        "page": site + reverse("public:year", args=[one.year]),
        "open_files": [
            (f"{version}{name}?lang={language}", open_formats.KINDS[open_formats.asked(name)[1]].media)
            for name, language in every
        ],
        "files": [
            (f"{version}{KINDS[file.kind].name}?lang={file.language}", file, MEDIA[file.kind])
            for file in files
        ],
    }


@to_anybody
@public
def feed(request: HttpRequest, language: str) -> HttpResponse:
    """Send the versions, the last change first: what each is and how many, never more."""
    versions, site = public_now(), address_for(request)
    entries: list[dict[str, Any]] = [
        {
            "one": version,
            "url": site + reverse("public:version", args=[version.year, version.version]),
            "updated": version.withdrawn_at or version.published_at,
            "headline": None if version.withdrawn else headline(version),
            "reason": version.withdrawn_because,
        }
        for version in versions
    ]
    context = {
        "home": site + reverse("public:start"),
        "self": site + request.path,
        "language": language,
        "suffix": SUFFIX[language],
        "demo": settings.DEMO,
        "contact": settings.STATISTICS_CONTACT,
        "changed": last_change(versions) or NOTHING_YET,
        "entries": sorted(entries, key=lambda entry: entry["updated"], reverse=True),
    }
    return _xml("summaries/open_data/atom.xml", ATOM, versions, **context)


@public
def sitemap(request: HttpRequest, language: str) -> HttpResponse:
    versions, site = public_now(), address_for(request)
    pages = [(site + path, changed) for path, changed in _pages(versions)]
    return _xml("summaries/open_data/sitemap.xml", XML, versions, pages=pages)


def _pages(versions: list[Publication]) -> Iterator[tuple[str, Any]]:
    """Give each page that is for people, and when it last changed."""
    last = last_change(versions)
    for name in ("start", "series", "about"):
        yield reverse(f"public:{name}"), last
    for year, of in sorted(by_year(versions).items(), reverse=True):
        for name in ("year", "international", "quality", "changes"):
            yield reverse(f"public:{name}", args=[year]), last_change(of)
    for publication in shown_by_year(versions):
        for table in publication.tables:
            yield reverse("public:table", args=[publication.year, table["name"]]), publication.published_at


@public
def robots(request: HttpRequest, language: str) -> HttpResponse:
    """The statistics are for everybody; nothing else is anything to a search engine."""
    lines = ["User-agent: *", "Allow: /statistik/", "Allow: /static/", "Disallow: /", ""]
    text = "\n".join([*lines, f"Sitemap: {address_for(request)}{reverse('sitemap')}", ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _xml(template: str, kind: str, versions: list[Publication], **context: Any) -> HttpResponse:
    return dated(HttpResponse(render_to_string(template, context), content_type=kind), last_change(versions))
