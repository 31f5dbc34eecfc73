"""The files of a version, made once when it is frozen: CSV and JSON (docs/open-data.md), XLSX and an
accessible PDF. What other programs read is made by `opened`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from exchange import writing
from exchange.writing import json_text
from summaries.catalogue import PUBLISHED
from summaries.charts import without_halo
from summaries.classifying import LEFT_OUT
from summaries.publishing import tidy
from summaries.publishing.frozen import LANGUAGES, Shown, printed, shown, text_of
from summaries.publishing.meaning import with_meaning
from summaries.publishing.models import Publication, PublicationFile
from summaries.publishing.workbook import how_to_cite, workbook
from summaries.telling import HEADLINE
from summaries.wording import demo_note, named

TYPES: Final = {**writing.TYPES, "pdf": "application/pdf"}
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
    makers = {"csv": tidy.csv_bytes, "json": json_bytes, "xlsx": xlsx_bytes}
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
        **tidy.so_far(draft),
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
        "cells": list(tidy.rows(draft, version, language)),
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
