"""The files of a version, made once when it is frozen: CSV and JSON (docs/open-data.md), XLSX and an
accessible PDF. What other programs read is made by `opened`.

A version's tables as tidy rows, a row a cell: CSV of all of them, or of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _, override

from exchange import writer
from exchange.writer import BOM, csv_text, json_text
from summaries.catalogue import PUBLISHED
from summaries.charts import without_halo
from summaries.classifications import LEFT_OUT
from summaries.coverage import HEADLINE
from summaries.files import PLACE
from summaries.release.frozen import LANGUAGES, Shown, printed, shown, text_of
from summaries.release.models import Publication, PublicationFile
from summaries.site.workbook import how_to_cite, workbook
from summaries.tables.labels import with_meaning
from summaries.year_words import demo_note, named

COLUMNS: Final = ("year", "version", "table", *PLACE, "value", "status", "printed", "demo", "left_out")
Row = dict[str, Any]


def csv_bytes(draft: Publication, version: int, at: datetime, language: str) -> bytes:
    return _csv(draft, tidy_rows(draft, version, language), ",", "\n")


def semicolon_bytes(one: Publication, language: str) -> bytes:
    """As spreadsheet programs in Sweden open it."""
    return _csv(one, tidy_rows(one, one.version or 0, language), ";", "\r\n")


def table_bytes(of: Publication, one: Shown) -> bytes:
    return _csv(of, rows_of(one, of, of.version or 0), ",", "\n")


def _csv(draft: Publication, found: Iterable[Row], delimiter: str, line_end: str) -> bytes:
    columns = (*COLUMNS, *so_far(draft))
    cells = ([row[name] for name in columns] for row in found)
    return (BOM + csv_text([columns, *cells], delimiter, line_end=line_end)).encode()


def tidy_rows(draft: Publication, version: int, language: str) -> Iterator[Row]:
    """Table, dimensions, value, status of each cell."""
    for one in shown(draft, language):
        yield from rows_of(one, draft, version)


def rows_of(one: Shown, draft: Publication, version: int) -> Iterator[Row]:
    for cell in one.table:
        row: Row = dict.fromkeys(COLUMNS, "")
        row |= {
            "year": draft.year,
            "version": version,
            "table": one.table.name,
            "demo": int(settings.DEMO),
            "left_out": one.left_out,
        }
        for at, (dimension, category) in enumerate(zip(one.table.dimensions, cell.key, strict=True), start=1):
            label = one.label(dimension, category)
            row |= {f"dimension{at}": dimension.name, f"category{at}": category, f"label{at}": label}
        row |= {"value": cell.value, "status": str(cell.status), "printed": printed(cell)}
        yield row | so_far(draft)


def so_far(draft: Publication) -> dict[str, str]:
    """The day to which a year is counted that was not over; of other years the files have no such column."""
    return {"so_far": draft.so_far.isoformat()} if draft.so_far else {}


TYPES: Final = {**writer.TYPES, "pdf": "application/pdf"}
# Kind → what its address ends in, in the order in which they are offered.
NAMES: Final = {"xlsx": "tables.xlsx", "csv": "tables.csv", "pdf": "report.pdf", "json": "tables.json"}
Progress = Callable[[int, int], None]


def made(
    draft: Publication,
    version: int,
    at: datetime,
    progress: Progress | None = None,
    *,
    report: bool = True,
) -> list[PublicationFile]:
    """All files in both languages, with the `report` as PDF; `progress` may raise to stop, and then nothing
    has been kept."""
    found: list[PublicationFile] = []
    makers = {"csv": csv_bytes, "json": json_bytes, "xlsx": xlsx_bytes}
    makers |= {"pdf": pdf_bytes} if report else {}
    for language in LANGUAGES:
        for kind, make in makers.items():
            if progress:
                progress(len(found), len(LANGUAGES) * len(makers))
            with override(language):
                content = make(draft, version, at, language)
            size, digest = len(content), sha256(content).hexdigest()
            found.append(
                PublicationFile(language=language, kind=kind, content=content, size=size, sha256=digest)
            )
    return found


def json_bytes(draft: Publication, version: int, at: datetime | None, language: str) -> bytes:
    """`at` is None where nothing is published."""
    words = draft.content[language]
    found = {
        "year": draft.year,
        "version": version,
        "state": draft.state,
        "published": f"{at:%Y-%m-%d}" if at else None,
        "language": language,
        "demo": settings.DEMO,
        **so_far(draft),
        "k": draft.k,
        "symbols": {"hidden": "x", "missing": ".."},
        "caveats": words["caveats"],
        "rates": words["rates"],
        "sdg_series": words["sdg_series"],
        "dark_figure": words["dark_figure"],
        "justice": words.get("justice", []),
        "release": _release(draft, language),
        "facts": words.get("facts", {}),
        "never": words.get("never", []),
        "left_tables": left_tables(draft),
        "tables": [_table(table, words) for table in shown(draft, language)],
        "cells": list(tidy_rows(draft, version, language)),
    }
    return json_text(found).encode()


def _release(draft: Publication, language: str) -> dict[str, Any]:
    """How it came out: regions that had confirmed and of how many, the reasons, who saw it before."""
    told = draft.release
    return {
        "regions": told.get("regions", []),
        "unconfirmed": told.get("unconfirmed", {}).get(language, ""),
        "revised": told.get("revised", {}).get(language, ""),
        "seen_before": told.get("seen_before", []),
    }


def _table(one: Shown, words: dict[str, Any]) -> dict[str, Any]:
    """With what its categories are made of, where the version was frozen with that."""
    told = {**one.table.to_json(), "title": one.heading, "left_out": one.left_out}
    meaning = words.get("meaning", {}).get(one.table.name)
    return with_meaning(told, meaning) if meaning else told


def left_tables(draft: Publication) -> dict[str, str]:
    """The public tables that the version does not print, each with the reason."""
    printed = {table["name"] for table in draft.tables}
    too_much = _("At each of its steps too much would have to be hidden, or something could be worked out.")
    alone = _("The headline stands alone.")
    return {
        entry.name: too_much if draft.steps.get(entry.name) == LEFT_OUT else alone
        for entry in PUBLISHED
        if entry.name not in printed
    }


def xlsx_bytes(draft: Publication, version: int, at: datetime, language: str) -> bytes:
    """Contents, notes, a page a table, and the figures of the international goal."""
    title, *lines = _notes(draft, version, language)
    return workbook(draft, version, at, language, title, [title, *lines])


def _notes(draft: Publication, version: int, language: str) -> list[str]:
    lines = [_title(draft), f"{draft.State(draft.state).label}, {_('version')} {version}"]
    lines += filter(None, [demo_note()])
    hidden = [_("x = suppressed to protect confidentiality"), _(".. = not available")]
    words = draft.content[language]
    exempt = [f"{one.title}: {one.decision}" for one in shown(draft, language) if one.decision]
    left_out = list(dict.fromkeys(one.without for one in shown(draft, language) if one.without))
    dark = ["", _("Dark figure"), *words["dark_figure"], ""] if words["dark_figure"] else []
    return [
        *lines,
        "",
        *text_of(draft, language).split("\n\n"),
        "",
        *hidden,
        *exempt,
        *left_out,
        *words["caveats"],
        *dark,
        _("Source: {source}.").format(source=_("the NMT register")),
    ]


def _title(draft: Publication) -> str:
    title = _("Presumed victims of trafficking in human beings {year}").format(year=draft.year)
    return named(title, draft.so_far)


def pdf_bytes(draft: Publication, version: int, at: datetime, language: str) -> bytes:
    from weasyprint import CSS, HTML

    tables = shown(draft, language)
    charts = {chart["table"]: chart for chart in draft.content[language]["charts"]}
    context = {
        "publication": draft,
        "version_number": version,
        "at": at,
        "language": language,
        "demo": settings.DEMO,
        "title": _title(draft),
        "words": draft.content[language],
        "headline": _headline(tables),
        "parts": [(one, _drawn(charts.get(one.table.name))) for one in tables],
        "paragraphs": text_of(draft, language).split("\n\n"),
        "k": draft.k,
        "state": draft.State(draft.state).label,
        "exempt": exempt_titles(draft, language),
        "cite": how_to_cite(_title(draft), version),
        "contact": settings.STATISTICS_CONTACT,
        "source": _("the NMT register"),
    }
    page = HTML(string=render_to_string("summaries/report.html", context), url_fetcher=_nothing)
    return bytes(
        page.write_pdf(stylesheets=[CSS(string=_style(), url_fetcher=_nothing)], pdf_variant="pdf/ua-1")
    )


def _headline(tables: list[Shown]) -> dict[str, Any] | None:
    """What the cover says first, as the table of groups prints it."""
    groups = next((one for one in tables if one.table.name == HEADLINE), None)
    if groups is None:
        return None
    *rows, total = groups.rows
    return {
        "total": printed(total.cells[0]),
        "groups": [(row.label, printed(row.cells[0])) for row in rows],
    }


def _drawn(chart: dict[str, Any] | None) -> dict[str, Any] | None:
    return chart and chart | {"svg": without_halo(chart["svg"])}


def exempt_titles(draft: Publication, language: str) -> list[str]:
    """Tables of which something is shown however small it is."""
    return [one.title for one in shown(draft, language) if one.table.exempt]


@cache
def _style() -> str:
    return (settings.BASE_DIR / "static/nmt/report.css").read_text()


def _nothing(url: str, *_args: Any, **_options: Any) -> Any:
    raise ValueError("A report asks for nothing outside itself.")
