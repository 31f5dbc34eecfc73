"""The pages that everybody reads: the start, a year, one table, all years, quality, changes, files.

Of frozen versions alone, and of what was published before the register.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.writer import json_text
from exchange.years import YEARS
from knowledge.stored_texts import Remarks
from libs.suppression.tables import TOTAL, Cell, Dimension, Key, ProtectedTable, Status, Table
from summaries.chart_choice import count
from summaries.charts import Chart, ChartWords, small_multiples, yearly_bars
from summaries.counting import historical
from summaries.counting.historical import Published, published, told_once
from summaries.coverage import FEW_IN_ALL, HEADLINE
from summaries.release.frozen import Shown, ShownRow, protected_tables, shown, text_of
from summaries.release.models import Announcement, OpenFile, Publication, PublicationFile
from summaries.site import files, open_formats, response
from summaries.site.files import NAMES, TYPES
from summaries.site.remarks import general_in, of_last, remarks_of
from summaries.site.response import dated, page_of, public
from summaries.site.series import CORES, Core, Series, columns_of, series_of
from summaries.site.versions import (
    asked_for,
    error_since,
    headline,
    last_change,
    last_told,
    newest,
    newest_of_years,
    next_hour,
    rows_for_lists,
    said_since,
    versions_of,
    words_of,
)
from summaries.year_words import mark

# --- public charts ---
# The charts of all years: of shown cells, and of what was published before the register.


def yearly_chart(series: Series) -> Chart:
    """The totals of a series, told apart by where they come from."""
    years = tuple(str(row.year) for row in series.rows)
    cells = [
        Cell((str(row.year),), row.total.value, row.total.status)
        if row.known
        else Cell((str(row.year),), None, Status.MISSING)
        for row in series.rows
    ]
    table = Table("groups", series.title, (Dimension("year", years),), tuple(cells))
    labels = {"register": _("The NMT register"), "before": _("Published before the register")}
    before = {str(row.year) for row in series.rows if row.known and row.publication is None}
    words = _words(_("Presumed victims by year"), labels, series)
    return yearly_bars(table, words, before=before, breaks=series.broken, running=_running(series))


def groups_chart(series: Series) -> Chart:
    """A panel a group, each on its own scale: on one for all, girls and boys could not be read."""
    years = tuple(str(row.year) for row in series.rows)
    cells = [
        Cell((str(row.year), category), *_fate(row.cells, at))
        for row in series.rows
        for at, category in enumerate(series.core.categories)
    ]
    groups = tuple(
        one for one in series.core.categories if any(cell.value != 0 for cell in cells if cell.key[1] == one)
    )
    kept = tuple(cell for cell in cells if cell.key[1] in groups)
    table = Table("groups", series.title, (Dimension("year", years), Dimension("group", groups)), kept)
    labels = dict(zip(series.core.categories, series.columns, strict=False))
    words = _words(_("Presumed victims by year and group"), labels, series)
    return small_multiples(table, words, breaks=series.broken, running=_running(series), own_scale=True)


def _fate(cells: tuple[Cell, ...], at: int) -> tuple[int | None, Status]:
    return (cells[at].value, cells[at].status) if cells else (None, Status.MISSING)


def _running(series: Series) -> Collection[str]:
    return {str(row.year) for row in series.rows if row.so_far}


def _words(title: str, labels: Mapping[str, str], series: Series) -> ChartWords:
    running = next((row.so_far for row in series.rows if row.so_far), None)
    return ChartWords(
        title=f"{title} ({mark(running)})" if running else title,
        unit=_("Number of persons"),
        source=_("the NMT register"),
        labels=labels,
        hidden=_("hidden value"),
        missing=_("not available"),
        so_far=_("so far"),
        number=count,
    )


# --- public quality ---
# How good the figures of a version are, told by its own frozen tables: nothing that is not printed is
# counted here.

# Table → the categories that stand for what is not known.
UNKNOWN: Final = {
    "main_purpose": ("unknown",),
    "country_group": ("unknown", "not_asked", "unknown_citizens"),
    "ages": ("unknown", "not_asked", "unknown_age"),
    "offence": ("not_assessed", "not_asked", "no_offence_stated"),
    "sector": ("unknown", "not_asked"),
    "region": ("unknown", "not_asked"),
}


@dataclass(frozen=True)
class Share:
    """Of how many persons of a table something is not known. `called`: by the words of the table."""

    variable: str
    called: str
    cell: Cell
    base: Cell


def unknown_shares(tables: Sequence[Shown]) -> list[Share]:
    """A line for each category of a printed table that stands for what is not known."""
    return [
        share
        for one in tables
        for category in UNKNOWN.get(one.table.name, ())
        if (share := _share(one, category)) is not None
    ]


def _share(one: Shown, category: str) -> Share | None:
    first = one.table.dimensions[0]
    if category not in first.parts:
        return None
    rest = (TOTAL,) * (len(one.table.dimensions) - 1)
    base = one.table[(TOTAL, *rest)]
    return Share(one.first, one.label(first, category), one.table[(category, *rest)], base)


# --- calendar ---
# The calendar of coming releases, as the public pages show it.


@dataclass(frozen=True)
class Coming:
    """A year of which a version comes out `at` a day and hour, and whom to ask; `cancelled`: why it does not,
    in the reader's language."""

    year: int
    at: datetime
    contact: str
    cancelled: str = ""


def coming(now: datetime) -> list[Coming]:
    """Every release that is announced and whose hour has not come, and those that are cancelled, the next
    first. One query."""
    rows = Announcement.objects.told(now)
    return [Coming(row.year, row.at, row.contact, row.cancelled_because) for row in rows]


# --- public pages ---
NEWS: Final = 5


@dataclass(frozen=True)
class TablePart:
    """A table of a version with its chart, if it has one."""

    one: Shown
    chart: dict[str, Any] | None

    @property
    def name(self) -> str:
        return self.one.table.name


@public
def start(request: HttpRequest, language: str) -> HttpResponse:
    """Three queries: every version, what was published before the register, and the coming releases."""
    versions = list(rows_for_lists(language))
    years, texts = newest_of_years(versions), published(YEARS[0], YEARS[-1])
    releases = coming(timezone.now())
    standing = [one for one in years if not one.withdrawn]
    remarks = general_in(versions, language)
    groups = _series(CORES[0], standing, texts, remarks).last()
    context = {
        "years": [(one, headline(one)) for one in years],
        "newest": standing[0] if standing else None,
        "headline": headline(standing[0]) if standing else None,
        "key_figures": _key_figures(standing[0], {"categories": words_of(standing[0])}) if standing else [],
        "series": groups,
        "chart": yearly_chart(groups) if len(groups.known) > 1 else None,
        "coming": releases,
        "not_official": remarks.say("not_official"),
        "news": sorted(versions, key=lambda one: one.published_at, reverse=True)[:NEWS],
    }
    page = page_of("summaries/public_start.html", language, request, **context)
    return dated(page, None, next((one.at for one in releases if not one.cancelled), None))


@public
def series(request: HttpRequest, language: str) -> HttpResponse:
    """Two queries."""
    versions = list(rows_for_lists(language))
    years, texts = newest_of_years(versions), published(YEARS[0], YEARS[-1])
    standing = [one for one in years if not one.withdrawn]
    remarks = general_in(versions, language)
    found = [_series(core, standing, texts if core.of_everybody else {}, remarks) for core in CORES]
    charts = {HEADLINE: groups_chart(found[0])} if len(found[0].known) > 1 else {}
    context = {
        "parts": [(one, charts.get(one.core.table)) for one in found if one.known],
        "caveats": historical.general(remarks, any_purpose=False),
        "running": [(row.year, row.so_far) for row in found[0].rows if row.so_far],
    }
    page = page_of("summaries/public_series.html", language, request, **context)
    return dated(page, None, next_hour(versions))


@public
def year_page(request: HttpRequest, language: str, year: int, version: int | None = None) -> HttpResponse:
    """Two queries: the versions of the year, and the files of the one that is asked for."""
    versions = versions_of(year)
    one = asked_for(versions, version)
    files = list(one.files.filter(language=language).defer("content")) if not one.withdrawn else []
    by_kind = {file.kind: file for file in files}
    context = {
        **_about(one, versions),
        "older": [other for other in versions if other.pk != one.pk],
        "parts": _parts(one, language, international=False),
        "paragraphs": text_of(one, language).split("\n\n"),
        "words": one.content[language],
        "key_figures": _key_figures(one, one.content[language]),
        "files": [(name, by_kind[kind]) for kind, name in NAMES.items() if kind in by_kind],
    }
    return _answer("summaries/public_year.html", language, request, versions, context)


@public
def table(
    request: HttpRequest, language: str, year: int, name: str, version: int | None = None
) -> HttpResponse:
    """One table with its chart. A version that is withdrawn says so of each of its tables."""
    versions = versions_of(year)
    one = asked_for(versions, version)
    parts = _parts(one, language)
    at = next((at for at, part in enumerate(parts) if part.name == name), None)
    if at is None:
        raise Http404
    context = {
        **_about(one, versions),
        "part": parts[at],
        "downloads": [] if one.withdrawn else open_formats.offered(name),
        "words": one.content[language],
        "before": parts[at - 1] if at else None,
        "after": parts[at + 1] if at + 1 < len(parts) else None,
    }
    return _answer("summaries/public_table.html", language, request, versions, context)


@response.to_anybody
@public
def chart(
    request: HttpRequest, language: str, year: int, name: str, version: int | None = None
) -> HttpResponse:
    """The chart of a table as a picture: its colours are its own, so that it looks the same anywhere."""
    one = asked_for(versions_of(year), version)
    found = next((part for part in one.content[language]["charts"] if part["table"] == name), None)
    if found is None or one.withdrawn:
        raise Http404
    saved_as = response.saved_as(one, f"{name}.svg", language)
    return dated(
        response.answer_of(found["svg"].encode(), "image/svg+xml", saved_as),
        last_change([one]),
        next_hour([one]),
    )


@public
def international(request: HttpRequest, language: str, year: int, version: int | None = None) -> HttpResponse:
    versions = versions_of(year)
    one = asked_for(versions, version)
    context = {
        **_about(one, versions),
        "words": one.content[language],
        "parts": _parts(one, language, international=True),
    }
    return _answer("summaries/public_international.html", language, request, versions, context)


@public
def quality(request: HttpRequest, language: str, year: int, version: int | None = None) -> HttpResponse:
    versions = versions_of(year)
    one = asked_for(versions, version)
    words, remarks = one.content[language], remarks_of(one)
    tables = shown(one, language)
    context = {
        **_about(one, versions),
        "words": words,
        "quality": words.get("quality"),
        "shares": [] if one.withdrawn else unknown_shares(tables),
        "left_out": max((table.left_out for table in tables), default=0),
        "breaks": told_once(remarks),
        "remarks": remarks.all_in(language),
        "fewest": FEW_IN_ALL * one.k,
        "caveats": words["caveats"],
    }
    return _answer("summaries/public_quality.html", language, request, versions, context)


def _series(
    core: Core, standing: Sequence[Publication], texts: Mapping[int, Published], remarks: Remarks
) -> Series:
    columns = columns_of(core, [words_of(one) for one in standing])
    return series_of(core, standing, texts, columns, remarks)


def _about(one: Publication, versions: list[Publication]) -> dict[str, Any]:
    """What every page of a version says of it."""
    latest = newest(versions)
    return {
        "publication": one,
        "newest": latest,
        "is_newest": one.pk == latest.pk,
        "error_since": error_since(one) if one.pk == latest.pk else None,
        "headline": headline(one),
    }


def _answer(
    template: str, language: str, request: HttpRequest, versions: list[Publication], context: dict[str, Any]
) -> HttpResponse:
    page = page_of(template, language, request, **context)
    return dated(page, said_since(versions), next_hour(versions))


def _parts(one: Publication, language: str, *, international: bool | None = None) -> list[TablePart]:
    """Tables with their charts. The international ones have a page of their own: other readers, and a light
    first."""
    charts = {chart["table"]: chart for chart in one.content[language]["charts"]}
    return [
        TablePart(table, charts.get(table.table.name))
        for table in shown(one, language)
        if international is None or (table.table.name in open_formats.INTERNATIONAL) == international
    ]


def _key_figures(one: Publication, words: Mapping[str, Any]) -> list[ShownRow]:
    """The rows of the table of groups, the total first, as it shows them: what is hidden there is hidden
    here."""
    tables = protected_tables(table for table in one.tables if table["name"] == HEADLINE)
    rows = [row for table in tables for row in Shown(table, dict(words), one.so_far).rows]
    return sorted(rows, key=lambda row: not row.total)


FILE_KINDS: Final = {name: kind for kind, name in files.NAMES.items()}  # what an address ends in → the kind


@public
def about(request: HttpRequest, language: str) -> HttpResponse:
    """One query; two where nothing is published."""
    last = last_told()
    remarks = of_last(last)
    context = {
        "breaks": told_once(remarks),
        "caveats": historical.general(remarks, any_purpose=False),
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


@response.to_anybody
@public
def file(
    request: HttpRequest, language: str, year: int, name: str, version: int | None = None
) -> HttpResponse:
    one = asked_for(versions_of(year), version)
    if one.withdrawn:
        raise Http404
    if name in response.DIGESTS:
        return dated(response.answer_of_digests(one), last_change([one]), next_hour([one]))
    kept = _kept(one, language, name)
    if kept is None:
        raise Http404
    return dated(response.answer(one, kept, name), last_change([one]), next_hour([one]))


def _kept(one: Publication, language: str, name: str) -> PublicationFile | OpenFile | None:
    if name in FILE_KINDS:
        return PublicationFile.objects.filter(
            publication=one, language=language, kind=FILE_KINDS[name]
        ).first()
    return open_formats.file_of(one, name, language)


def _day(moment: datetime | None) -> str | None:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else None


# --- changes ---
# What differs between two versions of a year, of figures that both show. Pure.


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure, before and after. `key` is of the later table."""

    table: ProtectedTable
    key: Key
    before: int
    after: int


def changed(before: Iterable[ProtectedTable], after: Iterable[ProtectedTable]) -> Iterator[FigureChange]:
    """In the order of the later version. A figure that either hides, or that has another breakdown now, is
    none: what would be told of it is in no table that everybody reads."""
    former = {table.name: table for table in before}
    for table in after:
        then = former.get(table.name)
        if then is None or _names(then) != _names(table):
            continue
        for cell in table:
            value, former_value = _shown_value(cell), _shown_value(then.by_key.get(cell.key))
            if value is not None and former_value is not None and value != former_value:
                yield FigureChange(table, cell.key, former_value, value)


def _shown_value(cell: Cell | None) -> int | None:
    return cell.value if cell is not None and cell.status is Status.SHOWN else None


def _names(table: ProtectedTable) -> list[str]:
    return [dimension.name for dimension in table.dimensions]


# --- public changes ---
@dataclass(frozen=True)
class VersionStep:
    """A version beside the one before it whose figures are told. `before` is None of the first."""

    after: Publication
    before: Publication | None
    language: str

    @property
    def tables(self) -> list[tuple[str, list[tuple[str, int, int]]]]:
        """By title: what a figure is called, before and after."""
        if self.before is None:
            return []
        found = changed(protected_tables(self.before.tables), protected_tables(self.after.tables))
        words = self.after.content[self.language]
        return [
            (
                str(words["titles"].get(name, name)),
                [(Shown(one.table, words).name_of(one.key), one.before, one.after) for one in lines],
            )
            for name, lines in groupby(found, key=lambda one: one.table.name)
        ]

    @property
    def text_differs(self) -> bool:
        then = text_of(self.before, self.language) if self.before else ""
        return bool(self.before) and then != text_of(self.after, self.language)


def steps_of(versions: Sequence[Publication], language: str) -> list[VersionStep]:
    """Of those whose figures are told, the newest first."""
    told = [one for one in versions if not one.withdrawn]
    before: list[Publication | None] = [*told[1:], None]
    return [VersionStep(one, then, language) for one, then in zip(told, before, strict=False)]


@public
def changes(request: HttpRequest, language: str, year: int) -> HttpResponse:
    """One query: the versions of the year."""
    versions = versions_of(year)
    context = {
        "year": year,
        "steps": steps_of(versions, language),
        "withdrawn": [one for one in versions if one.withdrawn],
    }
    page = page_of("summaries/public_changes.html", language, request, **context)
    return dated(page, last_change(versions), next_hour(versions))
