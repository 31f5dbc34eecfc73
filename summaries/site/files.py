"""The files of a version, made once when it is frozen: CSV and JSON (docs/open-data.md), XLSX and an
accessible PDF. What other programs read is made by `open_formats`.

CSV has a version's tables as tidy rows, a row a cell: all of them, or one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from itertools import product
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _, override

from accounts.notices import organisation
from exchange import writer
from exchange.writer import BOM, csv_text, json_text
from exchange.xlsx_writer import Look, Page, Properties, Styled, TableOfPage, name_of, packed
from summaries.catalogue import PUBLISHED
from summaries.charts import without_halo
from summaries.classifications import LEFT_OUT
from summaries.counting.reference import by_question
from summaries.files import PLACE
from summaries.open_formats import LICENCE, each_once, printed
from summaries.release import justice
from summaries.release.frozen import LANGUAGES, Shown, shown, text_of
from summaries.release.models import Publication, PublicationFile
from summaries.site.versions import headline
from summaries.tables.labels import with_meaning
from summaries.tables.protection import Progress
from summaries.year_words import demo_note, in_data, named

COLUMNS: Final = ("year", "version", "table", *PLACE, "value", "status", "printed", "demo", "left_out")
Row = dict[str, Any]
Line = list[Any]


def csv_bytes(draft: Publication, version: int, at: datetime, language: str) -> bytes:
    return _csv(draft, tidy_rows(draft, version, language), ",", "\n")


def semicolon_bytes(one: Publication, language: str) -> bytes:
    """As spreadsheet programs in Sweden open it."""
    return _csv(one, tidy_rows(one, one.number, language), ";", "\r\n")


def table_bytes(of: Publication, one: Shown) -> bytes:
    return _csv(of, rows_of(one, of, of.number), ",", "\n")


def _csv(draft: Publication, found: Iterable[Row], delimiter: str, line_end: str) -> bytes:
    columns = (*COLUMNS, *in_data(draft.so_far))
    cells = (list(row.values()) for row in found)
    return (BOM + csv_text([columns, *cells], delimiter, line_end=line_end)).encode()


def tidy_rows(draft: Publication, version: int, language: str) -> Iterator[Row]:
    """Table, dimensions, value, status of each cell."""
    for one in shown(draft, language):
        yield from rows_of(one, draft, version)


def rows_of(one: Shown, draft: Publication, version: int) -> Iterator[Row]:
    of_table = {
        **dict.fromkeys(COLUMNS, ""),
        "year": draft.year,
        "version": one.table.version or version,
        "table": one.table.name,
        "demo": int(settings.DEMO),
        "left_out": one.left_out,
        **in_data(draft.so_far),
    }
    for cell in one.table:
        row = {**of_table, "value": cell.value, "status": str(cell.status), "printed": printed(cell)}
        for at, (dimension, category) in enumerate(zip(one.table.dimensions, cell.key, strict=True), start=1):
            label = one.label(dimension, category)
            row |= {f"dimension{at}": dimension.name, f"category{at}": category, f"label{at}": label}
        yield row


def made(
    draft: Publication, version: int, at: datetime, progress: Progress = None, *, report: bool = True
) -> list[PublicationFile]:
    """Make all files in both languages, with the `report` as PDF.

    `progress` may raise to stop, and then nothing has been kept.
    """
    files: list[PublicationFile] = []
    kinds = [kind for kind in KINDS if report or kind != "pdf"]
    for language, kind in product(LANGUAGES, kinds):
        if progress:
            progress(len(files), len(LANGUAGES) * len(kinds))
        with override(language):
            content = KINDS[kind].make(draft, version, at, language)
        size, digest = len(content), sha256(content).hexdigest()
        files.append(PublicationFile(language=language, kind=kind, content=content, size=size, sha256=digest))
    return files


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
        **in_data(draft.so_far),
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
        "tables": [_as_json(table, words) for table in shown(draft, language)],
        "cells": list(tidy_rows(draft, version, language)),
    }
    return json_text(found).encode()


def _release(draft: Publication, language: str) -> dict[str, Any]:
    """How it came out: regions that had confirmed and of how many, the reasons, who saw it before."""
    facts = draft.release
    return {
        "regions": facts.get("regions", []),
        "unconfirmed": facts.get("unconfirmed", {}).get(language, ""),
        "revised": facts.get("revised", {}).get(language, ""),
        "seen_before": facts.get("seen_before", []),
    }


def _as_json(one: Shown, words: dict[str, Any]) -> dict[str, Any]:
    """Return a table with what its categories are made of, where the version was frozen with that."""
    facts = {**one.table.to_json(), "title": one.heading, "left_out": one.left_out}
    meaning = words.get("meaning", {}).get(one.table.name)
    return with_meaning(facts, meaning) if meaning else facts


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


def _notes(draft: Publication, version: int, language: str) -> list[str]:
    """The title first, then what the figures are, the text, and how to read them."""
    words, tables = draft.content[language], shown(draft, language)
    dark = ["", _("Dark figure"), *words["dark_figure"], ""] if words["dark_figure"] else []
    return [
        _title(draft),
        f"{draft.State(draft.state).label}, {_('version')} {version}",
        *(one for one in [demo_note()] if one),
        "",
        *text_of(draft, language).split("\n\n"),
        "",
        _("x = suppressed to protect confidentiality"),
        _(".. = not available"),
        *(f"{table.title}: {table.decision}" for table in tables if table.decision),
        *dict.fromkeys(table for table in (table.without for table in tables) if table),
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
        "headline": headline(draft),
        "ten_years": _drawn(draft.content[language].get("ten_years")),
        "questions": by_question({t.table.name: (t, _drawn(charts.get(t.table.name))) for t in tables}),
        "paragraphs": text_of(draft, language).split("\n\n"),
        "k": draft.k,
        "state": draft.State(draft.state).label,
        "exempt": [table.title for table in tables if table.table.exempt],
        "cite": how_to_cite(draft, version),
        "contact": settings.STATISTICS_CONTACT,
        "source": _("the NMT register"),
    }
    page = HTML(string=render_to_string("summaries/report.html", context), url_fetcher=_nothing)
    return bytes(
        page.write_pdf(stylesheets=[CSS(string=_style(), url_fetcher=_nothing)], pdf_variant="pdf/ua-1")
    )


def _drawn(chart: dict[str, Any] | None) -> dict[str, Any] | None:
    return chart and chart | {"svg": without_halo(chart["svg"])}


@cache
def _style() -> str:
    return (settings.BASE_DIR / "static/nmt/report.css").read_text()


def _nothing(url: str, *_args: Any, **_options: Any) -> Any:
    raise ValueError("A report asks for nothing outside itself.")


def xlsx_bytes(draft: Publication, version: int, at: datetime, language: str) -> bytes:
    """A page a table that says its unit, source and symbols and that spreadsheet programs take for a table.

    Beside them stand the contents, the year in words, and the figures of the international goal. In the
    active language, which is `language`.
    """
    tables = [_page(number, one, draft) for number, one in enumerate(shown(draft, language), start=1)]
    goal = [over_year for over_year in (_rates(draft, language), _over_years(draft, language)) if over_year]
    beside = draft.content[language].get("justice")
    goal += [justice.page(beside, draft.year)] if beside else []
    title, *others = _notes(draft, version, language)
    lines = [[Styled(title, Look.BOLD)], *([Styled(line, Look.WRAPPED)] for line in others)]
    text = Page(_("Notes"), lines, widths=[100], frozen=(0, 0))
    pages = [text, *tables, *goal]
    return b"".join(packed([_contents(draft, version, at, title, pages), *pages], Properties(title, at)))


def _contents(draft: Publication, version: int, at: datetime, title: str, pages: Sequence[Page]) -> Page:
    """List each of the other pages, with its title and a link to it."""
    lines: list[Line] = [
        [Styled(title, Look.BOLD)],
        [f"{draft.State(draft.state).label}, {_('version')} {version}, {at:%Y-%m-%d}"],
        *([note] for note in (one for one in [demo_note()] if one)),
        [_("Source: {source}.").format(source=_("the NMT register"))],
        [_("Contact: {address}").format(address=settings.STATISTICS_CONTACT)],
        [_("Licence: CC0 1.0, {address}").format(address=LICENCE)],
        [how_to_cite(draft, version)],
        [],
        [Styled(_("Contents"), Look.BOLD)],
    ]
    links = {len(lines) + number: page.name for number, page in enumerate(pages, start=1)}
    listed = [[name_of(page.name), _first(page)] for page in pages]
    return Page(_("Contents"), [*lines, *listed], widths=[32, 90], frozen=(0, 0), links=links)


def how_to_cite(draft: Publication, version: int) -> str:
    """With the version's own address, which never changes, where the site has one."""
    message = _("Cite as: {organisation}, {title}, version {version}.").format(
        organisation=organisation(), title=_title(draft), version=version
    )
    address = f"{settings.SITE_ADDRESS}{reverse('public:version', args=[draft.year, version])}"
    return f"{message} {address}" if settings.SITE_ADDRESS else message


def _first(page: Page) -> str:
    """Return what a table is about: the words of its first cell."""
    first = next(iter(page.rows))[0]
    return str(first.cell if isinstance(first, Styled) else first) if page.widths[1:] else ""


def _page(number: int, one: Shown, draft: Publication) -> Page:
    head = _head(one.heading, one.unit, draft, (one.stands, one.note, one.decision, one.without))
    columns = each_once(enumerate([one.first, *one.columns], start=1))
    *parts, last = one.rows
    rows = [[row.label, *(Styled(printed(cell), Look.NUMBER) for cell in row.cells)] for row in parts]
    total = [Styled(last.label, Look.BOLD), *(Styled(printed(cell), Look.TOTAL) for cell in last.cells)]
    return _table(f"{number} {one.title}", f"T_{one.table.name}", head, columns, rows, total)


def _table(
    name: str, called: str, head: list[Line], columns: Sequence[str], rows: list[Line], *totals: Line
) -> Page:
    header = [Styled(columns[0], Look.BOLD), *(Styled(column, Look.HEAD) for column in columns[1:])]
    table = TableOfPage(called, columns, len(head) + 1, len(rows)) if rows else None
    return Page(
        name,
        [*head, header, *rows, *totals],
        widths=[44, *[16] * (len(columns) - 1)],
        frozen=(len(head) + 1, 1),
        landscape=True,
        table=table,
    )


def _head(heading: str, counted: str, draft: Publication, notes: Iterable[str]) -> list[Line]:
    """Above every table: what it is of, in what, whose, and what its symbols mean."""
    source = _("Source: {source}.").format(source=_("the NMT register"))
    return [
        [Styled(f"{heading}, {draft.year}", Look.BOLD)],
        [" ".join(one for one in (f"{counted}.", source, demo_note()) if one)],
        [f"{_('x = suppressed to protect confidentiality')}. {_('.. = not available')}."],
        *([note] for note in (note for note in notes if note)),
    ]


def _rates(draft: Publication, language: str) -> Page | None:
    found = draft.content[language]["rates"]
    if not found:
        return None
    counted, rate = _("Number of persons"), _("Per 100 000")
    columns = [_("Series"), counted, rate, _("Girls and boys per 100 000 children")]
    rows = [[row["label"], *_number_and_rate(row), _rate(row["children_rate"])] for row in found]
    heading = _("Detected victims per 100 000 residents")
    head = _head(heading, f"{counted}, {rate.lower()}", draft, (found[0]["source"],))
    return _table(_("SDG 16.2.2 rates"), "T_sdg_rates", head, columns, rows)


def _over_years(draft: Publication, language: str) -> Page | None:
    series = draft.content[language]["sdg_series"]
    if not series["rows"]:
        return None
    rate = _("Per 100 000").lower()
    words = [word for column in series["columns"] for word in (column, f"{column}, {rate}")]
    rows = [
        [row["year"], *(each for one in row["cells"] for each in _number_and_rate(one))]
        for row in series["rows"]
    ]
    notes = [*series.get("breaks", []), series["source"]]
    head = _head(_("Detected victims by year, sex and age"), _("Number of persons"), draft, notes)
    return _table(_("SDG 16.2.2 by year"), "T_sdg_years", head, [_("Year"), *words], rows)


def _number_and_rate(of: Mapping[str, Any]) -> tuple[Styled, Styled]:
    return Styled(_known(of["value"]), Look.NUMBER), _rate(of["rate"])


def _rate(value: float | None) -> Styled:
    return Styled(_known(value), Look.RATE)


def _known(value: float | None) -> float | str:
    return ".." if value is None else value


class FileKind(NamedTuple):
    """A file of a version: its name at the version's address, its media type, and what makes it."""

    name: str
    media: str
    make: Callable[[Publication, int, datetime, str], bytes]


KINDS: Final = {  # in the order in which pages offer them
    "xlsx": FileKind("tables.xlsx", writer.TYPES["xlsx"], xlsx_bytes),
    "csv": FileKind("tables.csv", writer.TYPES["csv"], csv_bytes),
    "pdf": FileKind("report.pdf", "application/pdf", pdf_bytes),
    "json": FileKind("tables.json", writer.TYPES["json"], json_bytes),
}
# As catalogues and archives name them: without the encoding, which is no part of a type.
MEDIA: Final = {kind: file.media.partition(";")[0] for kind, file in KINDS.items()}
