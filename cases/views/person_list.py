"""The list of persons, beside that of cases: the same filters, the same columns."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from audit.writer import record
from cases.concerns import offered_to, purpose_in_words, source_of
from cases.models import LastList
from cases.querysets import PersonQuerySet
from cases.views.case_filter import PersonList
from cases.views.case_page import PersonLine
from cases.views.columns import OF_PERSONS, Chosen
from cases.wording import STATE_TAGS

ROWS = (
    "case__responsible",
    "responsible_region",
    "first_county",
    "first_channel",
    "main__purpose",
    "main__sector",
)


@require_safe
def person_list(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.VIEW_CASE)
    listed = PersonList(request.GET, access)
    columns = Chosen(listed, LastList.PERSONS, OF_PERSONS, access)
    shown = listed.page(with_what_is_shown(cast(PersonQuerySet, listed.rows)))
    context = {
        "lines": lines_of(shown.rows, access, measures=columns.shows["measures"]),
        **listed.paged(shown),
        "columns": columns,
    }
    response = render(request, "cases/person_list.html", context)
    columns.remember()
    record(access, "person.list", rows=context["count"], search_kind=",".join(listed.chosen))
    return response


def with_what_is_shown(rows: PersonQuerySet) -> PersonQuerySet:
    facts = {"main_purpose": F("main__purpose"), "main_sector": F("main__sector")}
    return rows.with_main().with_demanded().annotate(**facts).select_related(*ROWS)


def lines_of(rows: list[Any], access: Access, *, measures: bool) -> list[PersonLine]:
    given = offered_to([row.pk for row in rows], access) if measures else {}
    return [_line(row, given.get(row.pk, ""), access) for row in rows]


def _line(row: Any, given: str, access: Access) -> Any:
    line: Any = PersonLine(row)
    line.for_reading = access.may(May.EDIT_CASE) and row.responsible_region_id not in access.regions
    main = row.main
    sector = str(main.sector) if main and main.sector else ""
    line.why = purpose_in_words(main.purpose_id, str(main.purpose), sector) if main else ""
    line.source = source_of(row.first_channel, from_call=row.case.opened_from_call)
    line.given, line.state_tag = given, STATE_TAGS[row.case.state]
    return line
