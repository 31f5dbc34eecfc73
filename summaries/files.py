"""A year's tables as JSON, tidy CSV and plain text. For the inside, or of protected tables for the
outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from exchange import writer
from exchange.writer import csv_text
from libs.suppression.tables import TOTAL, Cell, ProtectedTable, Status, Table
from summaries.counting.historical import breaks, in_words
from summaries.counting.reference import Labels, titles, unit
from summaries.counting.summary import Summary
from summaries.open_formats import printed
from summaries.year_words import demo_note, in_data, left_out

INTERNAL, PROTECTED = "internal", "protected"
PLACE: Final = ("dimension1", "category1", "label1", "dimension2", "category2", "label2")
COLUMNS: Final = ("year", "table", *PLACE, "value", "status", "printed", "version", "source", "demo")


def to_json(summary: Summary, *, publication: str) -> dict[str, Any]:
    """The yearly summary JSON of the design's part 7, with what was published, breaks and caveats beside.

    `so_far` is there only of a year that is not over: the day to which it is counted.
    """
    inside: dict[str, Any] = {}
    if publication == INTERNAL and summary.volumes is not None:
        inside["volumes"] = {**summary.volumes._asdict(), "calls": summary.calls}
        inside["median_months_to_measure"] = {
            wait.measure: {
                "months": wait.months,
                "persons": wait.persons,
                "days_at_least": wait.least,
                "days_at_most": wait.most,
            }
            for wait in summary.waits
            if wait.persons
        }
    inside |= in_data(summary.so_far)
    return {
        "year": summary.year,
        "demo": settings.DEMO,
        "publication": publication,
        "source": str(summary.source),
        "tables": [_as_json(table, publication) for table in summary.tables],
        "published": summary.published.to_json(),
        "breaks": [
            {"between": [word.before, word.after], "what": word.what}
            for word in in_words(breaks(summary.year - 1, summary.year + 1), summary.remarks)
        ],
        "caveats": summary.caveats,
        **inside,
    }


def _as_json(table: Table, publication: str) -> dict[str, Any]:
    return table.to_json() | ({"left_out": table.left_out} if publication == PROTECTED else {})


def json_text(summary: Summary, *, publication: str) -> str:
    return writer.json_text(to_json(summary, publication=publication))


def internal_csv(summary: Summary, tables: Sequence[Table]) -> str:
    return _csv(summary, tables, INTERNAL)


def public_csv(summary: Summary, tables: Sequence[ProtectedTable]) -> str:
    return _csv(summary, tables, PROTECTED)


def _csv(summary: Summary, tables: Sequence[Table], version: str) -> str:
    """Tidy: a row a cell. `value` is empty where `status` is not shown; `printed` is then x or ..

    What is protected has one column more, how many persons the table leaves out; and a year that is not over
    one for the day to which it is counted. They are in the order of the public file.
    """
    header = (
        *COLUMNS,
        *(
            one
            for one, kept in zip(("left_out", "so_far"), (version == PROTECTED, summary.so_far), strict=False)
            if kept
        ),
    )
    rows = (_tidy(summary, table, cell, version) for table in tables for cell in table)
    return csv_text([header, *rows], ",", line_end="\n")


def _tidy(summary: Summary, table: Table, cell: Cell, version: str) -> tuple[Any, ...]:
    value = cell.value if cell.status is Status.SHOWN else ""
    marks = (value, cell.status, printed(cell), version, summary.source, int(settings.DEMO))
    further = (
        one
        for one, kept in zip(
            (table.left_out, summary.so_far), (version == PROTECTED, summary.so_far), strict=False
        )
        if kept
    )
    return (summary.year, table.name, *place(summary.labels, table, cell), *marks, *further)


def place(labels: Labels, table: Table, cell: Cell) -> list[str]:
    """PLACE: dimension, category and label, for two dimensions; empty where the table has one."""
    facts = [
        fact
        for dimension, category in zip(table.dimensions, cell.key, strict=True)
        for fact in (dimension.name, category, labels.category(dimension.name, category))
    ]
    return (facts + [""] * len(PLACE))[: len(PLACE)]


def plain_text(summary: Summary, *, publication: str, words: Sequence[str] = ()) -> str:
    """Return the year to be read as it stands: heading, `words`, tables, what was published, caveats."""
    heading = [_("Yearly summary {year}").format(year=summary.named), *(one for one in [demo_note()] if one)]
    notes = (_("Internal, not protected"), no_figures(summary.year))
    heading += (
        note for note, kept in zip(notes, (publication == INTERNAL, not summary.tables), strict=False) if kept
    )
    parts = ["\n".join(heading), *words, *(_text_table(summary.labels, table) for table in summary.tables)]
    published = "\n".join([_("Published figures"), *_published_lines(summary)])
    symbol = _("x = suppressed to protect confidentiality")
    parts += (
        one
        for one, kept in zip((published, symbol), (summary.published, publication == PROTECTED), strict=False)
        if kept
    )
    parts.append("\n".join([_("How to read the figures"), *(f"- {caveat}" for caveat in summary.caveats)]))
    return "\n\n".join(parts)


def no_figures(year: int) -> str:
    return _(
        "There are no figures for {year}: nothing is registered, and no published figures are known."
    ).format(year=year)


def _published_lines(summary: Summary) -> list[str]:
    return [
        f"- {labels_of_figure(summary.labels, figure.measure, figure.group)}: {figure.value} "
        f"({figure.get_status_display()}; {figure.source})"
        for figure in summary.published.figures
    ]


def labels_of_figure(labels: Labels, measure: str, group: str) -> str:
    """Return what a historical figure counts."""
    known = {
        "total": _("Persons in all"),
        "unknown_adults": _("Adults whose sex is unknown"),
        "unknown_children": _("Children whose sex is unknown"),
        "other_adults": _("Adults of other sex"),
        "children": _("Children"),
    }
    if measure == "accompanying_children":
        return _("Accompanying children, not counted as victims")
    if measure == "persons":
        return known.get(group) or labels.category("group", group)
    return labels.category({"purpose": "any_purpose"}.get(measure, measure), group)


def _text_table(labels: Labels, table: Table) -> str:
    """The title, then rows of the first dimension and columns of the second, aligned."""
    first, *others = table.dimensions
    columns = [(*other.parts, TOTAL) for other in others]
    names = [labels.category(others[0].name, column) for column in columns[0]] if others else [unit(table)]
    rows = [[labels.dimension(first.name), *names]]
    for category in (*first.parts, TOTAL):
        keys = product([category], *columns)
        rows.append([labels.category(first.name, category), *(str(printed(table[key])) for key in keys)])
    without = (title for title in [left_out(table.left_out, titles()["groups"])] if title)
    return "\n".join([table.title, *_aligned(rows), *without])


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    """The first column to the left, all others to the right."""
    first, *widths = [max(len(one) for one in column) for column in zip(*rows, strict=True)]
    for label, *cells in rows:
        yield "  ".join(
            [label.ljust(first), *(cell.rjust(width) for cell, width in zip(cells, widths, strict=False))]
        ).rstrip()
