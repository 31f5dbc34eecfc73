"""The pages that everybody reads: the start, a year, one table, all years, quality, changes, files.

Of frozen versions alone, and of what was published before the register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from itertools import groupby, zip_longest
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.writer import json_text
from exchange.years import YEARS
from knowledge.stored_texts import Remarks
from libs.suppression.tables import TOTAL, Cell, Dimension, Key, ProtectedTable, Table
from summaries.chart_choice import groups_over_years, totals_over_years, words_over_years
from summaries.charts import Chart
from summaries.counting import historical
from summaries.counting.historical import Published, published, told_once
from summaries.counting.reference import by_question
from summaries.coverage import FEW_IN_ALL, HEADLINE
from summaries.release.frozen import Shown, protected_tables, shown, text_of
from summaries.release.models import IS_WITHDRAWN, Announcement, OpenFile, Publication, PublicationFile
from summaries.site import open_formats, response
from summaries.site.files import KINDS
from summaries.site.response import dated, page_of, public
from summaries.site.series import CORES, Core, Series, columns_of, series_of
from summaries.site.versions import (
    asked_for,
    general_in,
    headline,
    last_change,
    newest,
    newest_of_years,
    of_last,
    remarks_of,
    rows_for_lists,
    versions_of,
    words_of,
)

# Table → the categories that stand for what is not known.
UNKNOWN: Final = {
    "main_purpose": ("unknown",),
    "country_group": ("unknown", "not_asked", "unknown_citizens"),
    "ages": ("unknown", "not_asked", "unknown_age"),
    "offence": ("not_assessed", "not_asked", "no_offence_stated"),
    "sector": ("unknown", "not_asked"),
    "region": ("unknown", "not_asked"),
}
NEWS: Final = 5
FILE_KINDS: Final = {file.name: kind for kind, file in KINDS.items()}  # what an address ends in → the kind
FigureChange = tuple[ProtectedTable, Key, int, int]
ContextOf = Callable[..., dict[str, Any]]  # of a version, the language, and what else stands in the address


def yearly_chart(series: Series) -> Chart:
    """The totals of a series, told apart by where they come from."""
    cells = tuple(replace(row.cells[-1], key=(str(row.year),)) for row in series.known)
    table = Table("groups", series.title, (series.years,), cells)
    before = {str(row.year) for row in series.rows if row.known and row.publication is None}
    return totals_over_years(table, before=before, breaks=series.broken, running=series.running)


def groups_chart(series: Series) -> Chart:
    """A panel a group, each on its own scale: on one for all, girls and boys could not be read."""
    cells = [
        replace(row.cells[at], key=(str(row.year), category))
        for row in series.known
        for at, category in enumerate(series.core.categories)
    ]
    groups = Dimension("group", tuple(series.core.categories))
    table = Table("groups", series.title, (series.years, groups), tuple(cells))
    labels = dict(zip(series.core.categories, series.columns, strict=False))
    words = words_over_years(_("Presumed victims by year and group"), labels, series.running)
    return groups_over_years(table, words, breaks=series.broken, running=series.running)


@dataclass(frozen=True)
class Share:
    """Of how many persons of a table something is not known. `called`: by the words of the table."""

    variable: str
    called: str
    cell: Cell
    base: Cell


def unknown_shares(tables: Sequence[Shown]) -> Iterator[Share]:
    """A line for each category of a printed table that stands for what is not known.

    Nothing that is not printed is counted.
    """
    for version in tables:
        first, *others = version.table.dimensions
        rest = (TOTAL,) * len(others)
        for category in UNKNOWN.get(version.table.name, ()):
            if category in first.parts:
                cell, base = version.table[(category, *rest)], version.table[(TOTAL, *rest)]
                yield Share(version.first, version.label(first, category), cell, base)


@dataclass(frozen=True)
class TablePart:
    one: Shown
    chart: dict[str, Any] | None

    @property
    def name(self) -> str:
        return self.one.table.name


def _of_version(template: str) -> Callable[[ContextOf], Callable[..., HttpResponseBase]]:
    """Make a page of a version of what it says beside what every page of a version says.

    One query for the versions of the year. The version is the one that is asked for, else the newest.
    """

    def page_of_version(context_of: ContextOf) -> Callable[..., HttpResponseBase]:
        @public
        @wraps(context_of)
        def page(
            request: HttpRequest, language: str, year: int, version: int | None = None, **place: Any
        ) -> HttpResponse:
            versions = versions_of(year)
            publication, latest = asked_for(versions, version), newest(versions)
            context = {
                "publication": publication,
                "older": [version for version in versions if version.pk != publication.pk],
                "newest": latest,
                "is_newest": publication.pk == latest.pk,
                "headline": headline(publication),
                "words": publication.content[language],
                **context_of(publication, language, **place),
            }
            answer = page_of(f"summaries/{template}.html", language, request, **context)
            return dated(answer, last_change(versions))

        return page

    return page_of_version


@public
def start(request: HttpRequest, language: str) -> HttpResponse:
    """Three queries: every version, what was published before the register, and the coming releases."""
    versions = list(rows_for_lists(language))
    years, texts = newest_of_years(versions), published(YEARS[0], YEARS[-1])
    releases = list(Announcement.objects.told(timezone.now()))
    standing = [year for year in years if not IS_WITHDRAWN(year)]
    remarks = general_in(versions, language)
    groups = _series(CORES[0], standing, texts, remarks).last()
    context = {
        "years": [(year, headline(year)) for year in years],
        **(_newest_context(standing[0]) if standing else {}),
        "series": groups,
        "chart": yearly_chart(groups) if len(groups.known) > 1 else None,
        "coming": releases,
        "not_official": remarks.say("not_official"),
        "news": sorted(versions, key=lambda one: one.published_at, reverse=True)[:NEWS],
    }
    return page_of("summaries/public_start.html", language, request, **context)


def _newest_context(newest: Publication) -> dict[str, Any]:
    """Return what the start page says of the newest year: the rows of the table of groups, the total first,
    as it shows them. What is hidden there is hidden here."""
    tables = protected_tables(newest.tables_named(HEADLINE))
    groups = (Shown(table, {"categories": words_of(newest)}, newest.so_far) for table in tables)
    figures = sorted((row for group in groups for row in group.rows), key=lambda row: not row.total)
    return {"newest": newest, "headline": headline(newest), "key_figures": figures}


@public
def series(request: HttpRequest, language: str) -> HttpResponse:
    """Two queries."""
    versions = list(rows_for_lists(language))
    years, texts = newest_of_years(versions), published(YEARS[0], YEARS[-1])
    standing = [year for year in years if not IS_WITHDRAWN(year)]
    remarks = general_in(versions, language)
    found = [_series(core, standing, texts if core.of_everybody else {}, remarks) for core in CORES]
    charts = {HEADLINE: groups_chart(found[0])} if len(found[0].known) > 1 else {}
    context = {
        "parts": [(one, charts.get(one.core.table)) for one in found if one.known],
        "caveats": historical.general(remarks, any_purpose=False),
    }
    return page_of("summaries/public_series.html", language, request, **context)


@_of_version("public_year")
def year_page(one: Publication, language: str) -> dict[str, Any]:
    """A query more: the files of the version."""
    files = [] if one.withdrawn else list(one.files.filter(language=language).defer("content"))
    by_kind = {file.kind: file for file in files}
    return {
        "questions": by_question({part.name: part for part in _parts(one, language, international=False)}),
        "paragraphs": text_of(one, language).split("\n\n"),
        "files": [(file.name, by_kind[kind]) for kind, file in KINDS.items() if kind in by_kind],
    }


@_of_version("public_table")
def table(one: Publication, language: str, name: str) -> dict[str, Any]:
    """One table with its chart. A version that is withdrawn says so of each of its tables."""
    parts = _parts(one, language)
    for before, part, after in zip([None, *parts[:-1]], parts, [*parts[1:], None], strict=True):
        if part.name == name:
            downloads = [] if one.withdrawn else open_formats.offered(name)
            return {"part": part, "downloads": downloads, "before": before, "after": after}
    raise Http404


@response.to_anybody
@public
def chart(
    request: HttpRequest, language: str, year: int, name: str, version: int | None = None
) -> HttpResponse:
    """The chart of a table as a picture: its colours are its own, so that it looks the same anywhere."""
    publication = asked_for(versions_of(year), version)
    charts = {part["table"]: part["svg"] for part in publication.content[language]["charts"]}
    if name not in charts or publication.withdrawn:
        raise Http404
    saved_as = response.saved_as(publication, f"{name}.svg", language)
    answer = response.answer_of(charts[name].encode(), "image/svg+xml", saved_as)
    return dated(answer, last_change([publication]))


@_of_version("public_international")
def international(one: Publication, language: str) -> dict[str, Any]:
    return {"parts": _parts(one, language, international=True)}


@_of_version("public_quality")
def quality(one: Publication, language: str) -> dict[str, Any]:
    """How good the figures of a version are, told by its own frozen tables."""
    words, remarks = one.content[language], remarks_of(one)
    tables = shown(one, language)
    return {
        "quality": words.get("quality"),
        "shares": [] if one.withdrawn else list(unknown_shares(tables)),
        "left_out": max((table.left_out for table in tables), default=0),
        "breaks": told_once(remarks),
        "remarks": remarks.all_in(language),
        "fewest": FEW_IN_ALL * one.k,
        "caveats": words["caveats"],
    }


def _series(
    core: Core, standing: Sequence[Publication], texts: Mapping[int, Published], remarks: Remarks
) -> Series:
    columns = columns_of(core, (words_of(one) for one in standing))
    return series_of(core, standing, texts, columns, remarks)


def _parts(one: Publication, language: str, *, international: bool | None = None) -> list[TablePart]:
    """Tables with their charts. The international ones have a page of their own: other readers, and a light
    first."""
    charts = {chart["table"]: chart for chart in one.content[language]["charts"]}
    return [
        TablePart(table, charts.get(table.table.name))
        for table in shown(one, language)
        if international is None or (table.table.name in open_formats.INTERNATIONAL) == international
    ]


@public
def about(request: HttpRequest, language: str) -> HttpResponse:
    """One query."""
    remarks = of_last()
    context = {
        "breaks": told_once(remarks),
        "caveats": historical.general(remarks, any_purpose=False),
        "not_official": remarks.say("not_official"),
        "k": settings.SMALL_CELL_K,
        "fewest": FEW_IN_ALL * settings.SMALL_CELL_K,
    }
    return page_of("summaries/public_about.html", language, request, **context)


@public
def status(request: HttpRequest, language: str, year: int) -> HttpResponse:
    """Of the versions of a year what its page says in words: no figure. Not frozen, the same in both
    languages. `corrections` is always empty: readers expect the key."""
    versions = versions_of(year)
    latest = newest(versions)
    found = {
        "year": year,
        "newest": None if latest.withdrawn else latest.version,
        "versions": [
            {
                "version": version.version,
                "state": version.state,
                "published": _day(version.published_at),
                "withdrawn": _day(version.withdrawn_at),
            }
            for version in versions
        ],
        "corrections": [],
    }
    return dated(HttpResponse(json_text(found), content_type=KINDS["json"].media), last_change(versions))


@response.to_anybody
@public
def file(
    request: HttpRequest, language: str, year: int, name: str, version: int | None = None
) -> HttpResponse:
    publication = asked_for(versions_of(year), version)
    if publication.withdrawn:
        raise Http404
    if name in response.DIGESTS:
        answer = response.answer_of_digests(publication)
    else:
        answer = response.answer(publication, _stored(publication, language, name), name)
    return dated(answer, last_change([publication]))


def _stored(one: Publication, language: str, name: str) -> PublicationFile | OpenFile:
    """Raises Http404 where the version has no such file."""
    if name in FILE_KINDS:
        return get_object_or_404(one.files, language=language, kind=FILE_KINDS[name])
    file = open_formats.file_of(one, name, language)
    if file is None:
        raise Http404
    return file


def _day(moment: datetime | None) -> str | None:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else None


def changed(before: Iterable[ProtectedTable], after: Iterable[ProtectedTable]) -> Iterator[FigureChange]:
    """Figures that both versions show and that differ: table and key in the later one, in its order, and the
    figure before and after.

    A figure that either hides, or that has another breakdown now, is none: what would be told of it is in no
    table that everybody reads.
    """
    former = {(table.name, table.levels): table for table in before}
    for table in after:
        then = former.get((table.name, table.levels), table)
        for cell in table:
            value, former_value = cell.value, then.by_key.get(cell.key, cell).value
            if value is not None and former_value is not None and value != former_value:
                yield table, cell.key, former_value, value


@dataclass(frozen=True)
class VersionStep:
    """A version beside the one before it whose figures are told. `before` is None of the first."""

    after: Publication
    before: Publication | None
    language: str

    @property
    def tables(self) -> list[tuple[str, list[tuple[str, int, int, int]]]]:
        """By title: what a figure is called, before and after, and by how much it changed."""
        if self.before is None:
            return []
        figure_changes = changed(protected_tables(self.before.tables), protected_tables(self.after.tables))
        words = self.after.content[self.language]
        return [
            (
                str(words["titles"].get(name, name)),
                [
                    (Shown(table, words).name_of(key), before, after, after - before)
                    for table, key, before, after in lines
                ],
            )
            for name, lines in groupby(figure_changes, key=lambda change: change[0].name)
        ]

    @property
    def text_differs(self) -> bool:
        before = self.before
        return before is not None and text_of(before, self.language) != text_of(self.after, self.language)


def steps_of(versions: Sequence[Publication], language: str) -> list[VersionStep]:
    """Return the versions whose figures are public, the newest first, each beside the one before it."""
    shown_versions = [version for version in versions if not IS_WITHDRAWN(version)]
    return [VersionStep(one, then, language) for one, then in zip_longest(shown_versions, shown_versions[1:])]


@public
def changes(request: HttpRequest, language: str, year: int) -> HttpResponse:
    """One query: the versions of the year."""
    versions = versions_of(year)
    context = {
        "year": year,
        "steps": steps_of(versions, language),
        "withdrawn": [version for version in versions if IS_WITHDRAWN(version)],
    }
    return dated(
        page_of("summaries/public_changes.html", language, request, **context), last_change(versions)
    )
