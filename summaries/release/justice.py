"""Figures of police, prosecutors and courts beside those of a year: as they were brought in, with source.

They are totals that other authorities have published, and count other things: never added to the victims,
and no part of what is protected. A version is frozen with those of its day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _, pgettext

from exchange.xlsx_writer import Look, Page, Styled, TableOfPage
from summaries.models import JusticeFigure, Population


def sheet(name: str, head: list[list[Any]], columns: Sequence[str], rows: list[list[Any]]) -> Page:
    """A page of a workbook that lists lines under a head; to programs a table, where it has a line."""
    called = f"T_{''.join(one for one in name if one.isalnum())}"
    table = TableOfPage(called, columns, len(head) + 1, len(rows)) if rows else None
    header = [Styled(column, Look.BOLD) for column in columns]
    widths = [44, 36, 28, 12, 40]
    return Page(name, [*head, header, *rows], widths, (len(head) + 1, 0), landscape=True, table=table)


Row = dict[str, Any]
# Parts of a breakdown that have words; another stands as it was written.
CALLED: Final = {
    "sex:F": Population.Sex.FEMALE.label,
    "sex:M": Population.Sex.MALE.label,
    "child:yes": "0–17",
    "child:no": "18+",
}


def of_year(year: int) -> list[list[Any]]:
    """Return each figure by its values, in one order: what an approval is bound to. One query."""
    rows = JusticeFigure.objects.filter(year=year).order_by("kind", "offence", "breakdown")
    return [[*row] for row in rows.values_list("kind", "offence", "breakdown", "value", "source", "note")]


def in_words(year: int) -> list[Row]:
    """The same in the active language. One query."""
    rows = JusticeFigure.objects.filter(year=year).select_related("offence")
    return [
        {
            "kind": row.get_kind_display(),
            "offence": str(row.offence or ""),
            "breakdown": ", ".join(str(CALLED.get(pair, pair)) for pair in row.breakdown.split("|")),
            "value": row.value,
            "source": ". ".join(one for one in (row.source, row.note) if one),
        }
        for row in rows.order_by("kind", "offence", "breakdown")
    ]


def page(rows: Sequence[Row], year: int) -> Page:
    """Return the page of a workbook, in the active language."""
    about = _(
        "Totals from other authorities, imported as they are. They count other things than the register "
        "does, and are never added to it."
    )
    head: list[list[Any]] = [[Styled(f"{_('Police, prosecutors and courts')}, {year}", Look.BOLD)], [about]]
    columns = [
        _("What is counted"),
        _("Offence"),
        _("Breakdown"),
        pgettext("how many", "Number"),
        _("Source"),
    ]
    lines = [
        [row["kind"], row["offence"], row["breakdown"], Styled(row["value"], Look.NUMBER), row["source"]]
        for row in rows
    ]
    return sheet(_("Justice"), head, columns, lines)
