"""How the register has moved since the tables of a version or a draft were made. For the inside: never told
outside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from accounts.access import Access
from cases.models import DisposedYear
from libs.suppression.tables import TOGETHER, TOTAL, Table
from summaries.classifications import SECTIONS
from summaries.coverage import HEADLINE, Alone, Coverage
from summaries.release.frozen import protected_tables
from summaries.release.models import Publication
from summaries.tables.gate import IS_EXEMPT
from summaries.tables.protection import PERSONS, public_tables, unprinted_of
from summaries.tables.public_tables import PUBLISHED, figures


@dataclass(frozen=True)
class Movement:
    """`figures`: how many of the tables' figures the register has otherwise now. `then` and `now`: persons of
    the headline; None where the tables do not show it."""

    made_at: datetime
    figures: int
    then: int | None
    now: int

    @property
    def said(self) -> str:
        """What has happened, in sentences."""
        at = date_format(timezone.localtime(self.made_at), "SHORT_DATETIME_FORMAT")
        if not self.figures:
            return _("The tables were made {at}. No figure differs from the register.").format(at=at)
        message = _(
            "The tables were made {at} and count {then} persons. The register counts {now} now. "
            "Figures that differ: {figures}."
        )
        then = "–" if self.then is None else number_format(self.then)
        figures_now = number_format(self.figures)
        return message.format(at=at, then=then, now=number_format(self.now), figures=figures_now)


def movement(access: Access, draft: Publication) -> Movement | None:
    """Return how the register has moved since the tables of a draft were made; None where there are none, or
    where other categories have been chosen since."""
    if not draft.sealed or draft.made_at is None:
        return None
    differing, now = _held_against(access, draft)
    return Movement(draft.made_at, differing, _printed_total(draft), now)


def has_moved(access: Access, draft: Publication) -> bool:
    found = movement(access, draft)
    return found is not None and found.figures > 0


def pending(access: Access, newest: Publication) -> int:
    """Return how many figures of a version the register has otherwise now; 0 where its year is disposed of:
    nothing is left to hold it against."""
    if DisposedYear.objects.filter(year=newest.year).exists():
        return 0
    differing, _now = _held_against(access, newest)
    return differing


def _held_against(access: Access, row: Publication) -> tuple[int, int]:
    """Return how many figures differ, and how many persons the register counts now."""
    true_values: dict[str, Any] = row.true_values()
    public = public_tables(access, row.year, row.steps, [true_values])
    fuller = replace(public, coverage=replace(public.coverage, alone=Alone.NOTHING_LESS), entries=PUBLISHED)
    stored = [Table.from_json(table) for table in true_values["packages"][PERSONS]["tables"]]
    before = figures(stored)
    now = dict.fromkeys(before, 0) | {figure: cell.value for figure, cell in figures(fuller.deep).items()}
    printed = before.keys() - unprinted_of(true_values, PERSONS)
    others = sum(before[figure].value != now[figure] for figure in printed)
    return others + _of_those_left(fuller.coverage, row), sum(fuller.coverage.groups.values())


def _of_those_left(coverage: Coverage, row: Publication) -> int:
    """Return how many figures of the headline differ that stand in no package."""
    tables = [table for table in protected_tables(row.tables_named(HEADLINE)) if IS_EXEMPT(table)]
    now = {**coverage.groups, TOGETHER: coverage.number(TOGETHER)}
    return sum(
        cell.value not in {None, now.get(cell.key[0], 0)}
        for table in tables
        for cell in table
        if SECTIONS.get(cell.key[0], cell.key[0]) in coverage.left
    )


def _printed_total(row: Publication) -> int | None:
    tables = protected_tables(row.tables_named(HEADLINE))
    return tables[0].value(TOTAL) if tables else None
