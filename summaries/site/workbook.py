"""The workbook of a version: what is in it, the year in words, the figures of the international goal, and a
page a table that says its unit, source and symbols and that spreadsheet programs take for a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.notices import organisation
from exchange.xlsx_writer import (
    Look,
    Page,
    Properties,
    Styled,
    TableOfPage,
    name_of,
    packed,
)
from summaries.counting.reference import unit
from summaries.open_formats import LICENCE
from summaries.release import justice
from summaries.release.frozen import Shown, printed, shown
from summaries.release.models import Publication
from summaries.year_words import demo_note

Line = list[Any]


def workbook(
    draft: Publication, version: int, at: datetime, language: str, title: str, notes: Sequence[str]
) -> bytes:
    """In the active language, which is `language`."""
    tables = [_page(number, one, draft) for number, one in enumerate(shown(draft, language), start=1)]
    goal = [page for page in (_rates(draft, language), _over_years(draft, language)) if page]
    beside = draft.content[language].get("justice")
    goal += [justice.page(beside, draft.year)] if beside else []
    first, *others = notes
    lines = [[Styled(first, Look.BOLD)], *([Styled(line, Look.WRAPPED)] for line in others)]
    text = Page(_("Notes"), lines, widths=[100], frozen=(0, 0))
    pages = [text, *tables, *goal]
    return b"".join(packed([_contents(draft, version, at, title, pages), *pages], Properties(title, at)))


def _contents(draft: Publication, version: int, at: datetime, title: str, pages: Sequence[Page]) -> Page:
    """Each of the other pages, with its title and a link to it."""
    state = draft.State(draft.state).label
    lines: list[Line] = [
        [Styled(title, Look.BOLD)],
        [f"{state}, {_('version')} {version}, {at:%Y-%m-%d}"],
        *([note] for note in [demo_note()] if note),
        [_("Source: {source}.").format(source=_("the NMT register"))],
        [_("Contact: {address}").format(address=settings.STATISTICS_CONTACT)],
        [_("Licence: CC0 1.0, {address}").format(address=LICENCE)],
        [how_to_cite(title, version)],
        [],
        [Styled(_("Contents"), Look.BOLD)],
    ]
    links = {len(lines) + number: page.name for number, page in enumerate(pages, start=1)}
    listed = [[name_of(page.name), _first(page)] for page in pages]
    return Page(_("Contents"), [*lines, *listed], widths=[32, 90], frozen=(0, 0), links=links)


def how_to_cite(title: str, version: int) -> str:
    return _("Cite as: {organisation}, {title}, version {version}.").format(
        organisation=organisation(), title=title, version=version
    )


def _first(page: Page) -> str:
    """What a table is about: the words of its first cell."""
    first = next(iter(page.rows))[0]
    return str(first.cell if isinstance(first, Styled) else first) if page.widths[1:] else ""


def _page(number: int, one: Shown, draft: Publication) -> Page:
    head = list(_head(one.heading, unit(one.table), draft, (one.note, one.decision, one.without)))
    columns = _each_once([one.first, *one.columns])
    rows: list[Line] = [
        [row.label, *(Styled(printed(cell), Look.NUMBER) for cell in row.cells)]
        for row in one.rows
        if not row.total
    ]
    totals: list[Line] = [
        [Styled(row.label, Look.BOLD), *(Styled(printed(cell), Look.TOTAL) for cell in row.cells)]
        for row in one.rows
        if row.total
    ]
    return _table(f"{number} {one.title}", f"T_{one.table.name}", head, columns, rows, totals)


def _table(
    name: str, called: str, head: list[Line], columns: list[str], rows: list[Line], totals: list[Line]
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


def _head(heading: str, counted: str, draft: Publication, notes: Sequence[str]) -> Iterator[Line]:
    """Above every table: what it is of, in what, whose, and what its symbols mean."""
    yield [Styled(f"{heading}, {draft.year}", Look.BOLD)]
    source = _("Source: {source}.").format(source=_("the NMT register"))
    yield [" ".join(filter(None, (f"{counted}.", source, demo_note())))]
    yield [f"{_('x = suppressed to protect confidentiality')}. {_('.. = not available')}."]
    yield from ([note] for note in notes if note)


def _each_once(columns: Sequence[str]) -> list[str]:
    """The words of a table's head: programs refer to columns by them."""
    found: dict[str, None] = {}
    for number, column in enumerate(columns, start=1):
        found[f"{column} ({number})" if column in found else column] = None
    return list(found)


def _rates(draft: Publication, language: str) -> Page | None:
    found = draft.content[language]["rates"]
    if not found:
        return None
    columns = [
        _("Series"),
        _("Number of persons"),
        _("Per 100 000"),
        _("Girls and boys per 100 000 children"),
    ]
    rows: list[Line] = [
        [
            row["label"],
            Styled(row["value"], Look.NUMBER),
            Styled(_known(row["rate"]), Look.RATE),
            Styled(_known(row["children_rate"]), Look.RATE),
        ]
        for row in found
    ]
    counted = f"{_('Number of persons')}, {_('Per 100 000').lower()}"
    head = list(_head(_("Detected victims per 100 000 residents"), counted, draft, (found[0]["source"],)))
    return _table(_("SDG 16.2.2 rates"), "T_sdg_rates", head, columns, rows, [])


def _over_years(draft: Publication, language: str) -> Page | None:
    series = draft.content[language]["sdg_series"]
    if not series["rows"]:
        return None
    rate = _("Per 100 000")
    words = [word for column in series["columns"] for word in (column, f"{column}, {rate.lower()}")]
    columns = [_("Year"), *words]
    rows: list[Line] = [
        [
            row["year"],
            *(
                cell
                for one in row["cells"]
                for cell in (
                    Styled(_known(one["value"]), Look.NUMBER),
                    Styled(_known(one["rate"]), Look.RATE),
                )
            ),
        ]
        for row in series["rows"]
    ]
    notes = [*series.get("breaks", []), series["source"]]
    heading = _("Detected victims by year, sex and age")
    head = list(_head(heading, _("Number of persons"), draft, notes))
    return _table(_("SDG 16.2.2 by year"), "T_sdg_years", head, columns, rows, [])


def _known(value: float | None) -> float | str:
    return ".." if value is None else value
