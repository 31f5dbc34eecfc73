"""The report on years taken over that the head of the unit signs, as PDF and XLSX."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from cases.extract_pdf import as_pdf
from exchange.packing import Look, Page, Properties, Styled, packed
from lifecycle.reconciliation import Reconciled
from lifecycle.takeover.balance import Balance
from lifecycle.takeover.places import in_words
from lifecycle.takeover.reconciling import TOTAL
from summaries.publishing.sheets import sheet
from summaries.wording import demo_note

Line = list[Any]


def report_title() -> str:
    return _("Totals of years taken over")


def stays() -> str:
    """What a signature does not change."""
    return _("Published figures stay as they are until the year is released anew by decision.")


def signature() -> list[str]:
    return [_("Signature"), _("Name in print"), pgettext("of a signature", "Date")]


def balance_columns(*, country: bool) -> list[str]:
    """`country`: whether what was published stands beside."""
    return [
        _("Year"),
        _("NMT region"),
        _("In the register"),
        _("Total of the sheets"),
        *([_("Published")] if country else []),
        _("Explained"),
        _("Not explained"),
    ]


def balance_lines(found: Reconciled, names: dict[str, str], *, country: bool) -> Iterator[Line]:
    for one in found.balances:
        yield [
            one.of.year,
            names[one.of.region],
            one.register,
            _known(one.sheets),
            *([_published(one)] if country else []),
            one.explained,
            one.unexplained,
        ]


def _known(value: int | None) -> int | str:
    return ".." if value is None else value


def _published(one: Balance) -> int | str:
    return _known(one.published) if one.of.region == TOTAL else "–"


def answer_columns() -> list[str]:
    return [
        *(_("Year"), _("NMT region"), pgettext("explanation", "Reason"), _("Group"), _("Persons")),
        *(_("Rows"), _("In words"), _("Answered by"), _("Time")),
    ]


def answer_lines(found: Reconciled, names: dict[str, str], own: frozenset[str]) -> Iterator[Line]:
    """`own`: regions whose rows are told by their place; of others how many."""
    for one in found.answers:
        places = in_words(one.rows).replace("\n", "; ") if one.region_id in own else str(len(one.rows))
        yield [
            *(one.year, names[one.region_id or TOTAL], one.get_kind_display(), one.get_group_display()),
            *(one.persons, places if one.rows else "", one.note, one.by.name),
            date_format(localtime(one.at), "SHORT_DATETIME_FORMAT"),
        ]


def sheet_columns() -> list[str]:
    return [_("Year"), _("NMT region"), _("Sheet"), _("File"), _("Its rows"), _("Its own total")]


def sheet_lines(found: Reconciled, names: dict[str, str]) -> Iterator[Line]:
    for one in found.figures:
        says = [one.told, _known(one.said)]
        yield [one.year, names[one.region_id], one.sheet, one.file, *says]


def as_workbook(
    found: Reconciled, names: dict[str, str], own: frozenset[str], at: datetime, *, country: bool, who: str
) -> bytes:
    head: list[Line] = [[Styled(report_title(), Look.BOLD)], *([text] for text in _said(at, who))]
    totals = list(balance_lines(found, names, country=country))
    first = sheet(_("Totals"), head, balance_columns(country=country), totals)
    signed: list[Line] = [[], *([f"{word}: ____________________"] for word in signature())]
    lines = [*first.rows, *signed]
    pages = [
        Page(first.name, lines, first.widths, first.frozen, landscape=True, table=first.table),
        sheet(_("Answers"), [[Styled(_("Answers"), Look.BOLD)]], answer_columns(),
              list(answer_lines(found, names, own))),
        sheet(_("Sheets"), [[Styled(_("Sheets that came in"), Look.BOLD)]], sheet_columns(),
              list(sheet_lines(found, names))),
    ]  # fmt: skip
    return b"".join(packed(pages, Properties(report_title(), at)))


def _said(at: datetime, who: str) -> list[str]:
    made = _("Made {time} by {who}.").format(
        time=date_format(localtime(at), "SHORT_DATETIME_FORMAT"), who=who
    )
    return [text for text in (made, stays(), demo_note()) if text]


def as_report(
    found: Reconciled, names: dict[str, str], own: frozenset[str], at: datetime, *, country: bool, who: str
) -> bytes:
    """Raises PdfMissing."""
    context = {
        "title": report_title(),
        "said": _said(at, who),
        "demo": settings.DEMO,
        "language": get_language(),
        "left": [(year, found.left(year)) for year in found.years],
        "tables": [
            (
                _("Register, sheets and what was published") if country else _("Register and sheets"),
                balance_columns(country=country),
                list(balance_lines(found, names, country=country)),
            ),
            (_("Answers"), answer_columns(), list(answer_lines(found, names, own))),
            (_("Sheets that came in"), sheet_columns(), list(sheet_lines(found, names))),
        ],
        "signature": signature(),
    }
    return as_pdf(render_to_string("lifecycle/differences_pdf.html", context))
