"""The files of a version, made once when it is frozen: CSV and JSON (docs/open-data.md), XLSX and an
accessible PDF. What other programs read is made by `opened`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from exchange import writing
from exchange.packing import Look, Page, Properties, Styled, packed
from exchange.writing import json_text
from summaries.catalogue import PUBLISHED
from summaries.charts import without_halo
from summaries.classifying import LEFT_OUT
from summaries.publishing import tidy
from summaries.publishing.frozen import LANGUAGES, Shown, printed, shown, text_of
from summaries.publishing.meaning import with_meaning
from summaries.publishing.models import Publication, PublicationFile
from summaries.tables import Status
from summaries.wording import named

TYPES: Final = {**writing.TYPES, "pdf": "application/pdf"}
Progress = Callable[[int, int], None]


def made(
    draft: Publication, version: int, at: datetime, progress: Progress | None = None
) -> list[PublicationFile]:
    """All files in both languages; `progress` may raise to stop, and then nothing has been kept."""
    found: list[PublicationFile] = []
    makers = {"csv": tidy.csv_bytes, "json": json_bytes, "xlsx": xlsx_bytes, "pdf": pdf_bytes}
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
        "facts": words.get("facts", {}),
        "never": words.get("never", []),
        "left_tables": left_tables(draft),
        "tables": [_table(table, words) for table in shown(draft, language)],
        "cells": list(tidy.rows(draft, version, language)),
    }
    return json_text(found).encode()


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
    """A page a table, after one with notes and sources."""
    title, *lines = _notes(draft, version, language)
    told = [[Styled(title, Look.BOLD)], *([Styled(line, Look.WRAPPED)] for line in lines)]
    notes = Page(_("Notes"), told, widths=[100], frozen=(0, 0))
    tables = [_page(number, one) for number, one in enumerate(shown(draft, language), start=1)]
    return b"".join(packed([notes, *tables], Properties(title, at)))


def _page(number: int, one: Shown) -> Page:
    return Page(
        f"{number} {one.first}",
        list(_rows(one)),
        widths=[44, *[16] * len(one.columns)],
        frozen=(3, 1),
        landscape=True,
    )


def _rows(one: Shown) -> Iterator[list[Any]]:
    demo = f" – {_('Demonstration. All data are invented.')}" if settings.DEMO else ""
    yield [Styled(f"{one.heading}{demo}", Look.BOLD)]
    yield [" ".join(filter(None, (one.note, one.decision, one.without)))]
    yield [Styled(one.first, Look.BOLD), *(Styled(label, Look.HEAD) for label in one.columns)]
    for row in one.rows:
        look = Look.TOTAL if row.total else Look.NUMBER
        label = Styled(row.label, Look.BOLD) if row.total else row.label
        yield [label, *(Styled(printed(cell), look) for cell in row.cells)]


def _notes(draft: Publication, version: int, language: str) -> list[str]:
    lines = [_title(draft), f"{draft.State(draft.state).label}, {_('version')} {version}"]
    if settings.DEMO:
        lines.append(_("Demonstration. All data are invented."))
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

    context = {
        "publication": draft,
        "version_number": version,
        "at": at,
        "language": language,
        "demo": settings.DEMO,
        "title": _title(draft),
        "words": draft.content[language],
        "tables": shown(draft, language),
        "paragraphs": text_of(draft, language).split("\n\n"),
        "k": draft.k,
        "state": draft.State(draft.state).label,
        "hidden": any_hidden(draft),
        "exempt": exempt_titles(draft, language),
        "charts": [
            chart | {"svg": without_halo(chart["svg"])} for chart in draft.content[language]["charts"]
        ],
    }
    page = HTML(string=render_to_string("summaries/report.html", context), url_fetcher=_nothing)
    return bytes(
        page.write_pdf(stylesheets=[CSS(string=_style(), url_fetcher=_nothing)], pdf_variant="pdf/ua-1")
    )


def exempt_titles(draft: Publication, language: str) -> list[str]:
    """Tables of which something is shown however small it is."""
    return [one.title for one in shown(draft, language) if one.table.exempt]


def any_hidden(draft: Publication) -> bool:
    return any(cell["status"] == Status.HIDDEN for table in draft.tables for cell in table["cells"])


@cache
def _style() -> str:
    return (settings.BASE_DIR / "static/nmt/report.css").read_text()


def _nothing(url: str, *_args: Any, **_options: Any) -> Any:
    raise ValueError("A report asks for nothing outside itself.")
