"""What belongs to a year: which tables its package holds, and which of their rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Q, QuerySet

from agencies.models import Agency, Code, CodeMapping, County, CountyRegion, Region
from cases.models import (
    Call,
    Case,
    DuplicateReview,
    Exploitation,
    Identification,
    Measure,
    Notification,
    Person,
    PersonIndicator,
    SuspectCount,
    Transfer,
    YearConfirmation,
)
from lifecycle.dictionary import ExportTable, tables
from summaries.models import HistoricalFigure, JusticeFigure, Population

WHOLE: tuple[type[Model], ...] = (
    Agency,
    Code,
    CodeMapping,
    County,
    CountyRegion,
    Region,
)  # by which the rows are read
Rows = dict[type[Model], QuerySet[Any]]


def tables_of(year: int) -> Iterator[tuple[ExportTable, QuerySet[Any]]]:
    """Each table with its rows of the year, in order of name; never a sealed text."""
    rows = rows_of_year(year)
    rows |= {model: model._base_manager.all() for model in WHOLE}
    for table in tables(texts=False):
        if table.model in rows:
            yield table, rows[table.model]


def rows_of_year(year: int) -> Rows:
    """A case, whole, is of the year in which it was opened and of each in which a person of it is counted:
    from the package of a year alone its figures can be counted again. What led to a case is with it."""
    counted = Person.objects.filter(first_year=year)
    cases = Case.objects.filter(Q(opened_on__year=year) | Q(pk__in=counted.values("case")))
    persons = Person.objects.filter(case__in=cases)
    calls = Call.objects.filter(Q(received_on__year=year) | Q(case__in=cases))
    told = Notification.objects.filter(Q(sent_at__year=year) | Q(case__in=cases))
    exploitations = Exploitation.objects.filter(person__in=persons)
    return {
        Case: cases,
        SuspectCount: SuspectCount.objects.filter(case__in=cases),
        Person: persons,
        Exploitation: exploitations,
        Call: calls,
        Notification: told,
        **{part: part._base_manager.filter(person__in=persons)
           for part in (Identification, Measure, PersonIndicator, Transfer)},
        **_lists(Exploitation, exploitations),
        **_lists(Call, calls),
        **_lists(Notification, told),
        DuplicateReview: DuplicateReview.objects.filter(Q(first__in=persons) | Q(second__in=persons)),
        YearConfirmation: YearConfirmation.objects.filter(year=year),
        **{model: model._base_manager.filter(year=year)
           for model in (HistoricalFigure, JusticeFigure, Population)},
    }  # fmt: skip


def _lists(model: type[Model], rows: QuerySet[Any]) -> Rows:
    """Which codes stand in the lists of such rows."""
    found: Rows = {}
    for field in model._meta.many_to_many:
        through: Any = field.remote_field.through
        found[through] = through._base_manager.filter(**{f"{field.m2m_field_name()}__in": rows})
    return found


def is_empty(year: int) -> bool:
    """Whether the register has nothing of the year but what was counted elsewhere."""
    others = {JusticeFigure, Population}
    return not any(rows.exists() for model, rows in rows_of_year(year).items() if model not in others)
