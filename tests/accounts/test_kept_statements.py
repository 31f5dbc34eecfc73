"""A statement is compiled once and filled: for the one who asks, at the moment, about the row of the page.

In every test on PostgreSQL each such statement is also compared with one that is built anew
(`tests/proven_statements.py`); here it is seen that the comparison can fail.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db.models import QuerySet
from django.utils import translation

from accounts.access import Access, rows_for
from accounts.models import User
from accounts.roles import Role
from accounts.statements import filled_rows
from agencies.models import Code
from cases.models import Case
from tests.actors import NOON, access, user
from tests.cases.pages import coordinator, signed_in
from tests.database_roles import only_postgresql
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def own_cases(access: Access, codes: Sequence[Any]) -> QuerySet[Case]:
    return Case.objects.visible_to(access).filter(code__in=codes)


def older(access: Access, _about: object, hours: int) -> QuerySet[Case]:
    return Case.objects.filter(created_at__lt=access.at - timedelta(hours=hours))


def codes_by_label(_about: object) -> QuerySet[Any, Any]:
    return Code.objects.filter(pk="purpose:labour").values_list(f"label_{translation.get_language()}")


def test_two_coordinators_in_turn_see_their_own_cases_by_the_same_statement() -> None:
    west, south = coordinator("V", "Vera"), coordinator("SY", "Sune")
    of_west, of_south = (
        new_case(new_person(), by=access(who), region=region) for who, region in ((west, "V"), (south, "SY"))
    )
    codes = [of_west.code, of_south.code]
    for _again in range(2):
        assert rows_for(own_cases, access(west), about=codes) == [of_west]
        assert rows_for(own_cases, access(south), about=codes) == [of_south]
    assert rows_for(own_cases, access(west), about=codes[1:]) == []


def test_a_coordinator_who_loses_the_region_sees_nothing_by_the_statement_of_before() -> None:
    vera = coordinator("V", "Vera")
    case = new_case(new_person(), by=access(vera))
    assert rows_for(own_cases, access(vera), about=[case.code]) == [case]
    vera.assignments.update(valid_to=NOON.date() - DAY)
    assert rows_for(own_cases, access(vera), about=[case.code]) == []


def test_each_question_is_asked_at_its_own_moment() -> None:
    vera = coordinator("V", "Vera")
    case = new_case(new_person(), by=access(vera))
    Case.objects.filter(pk=case.pk).update(created_at=NOON)

    def waiting(at: datetime) -> list[Case]:
        return rows_for(older, access(vera, at), 2)

    assert [waiting(NOON + timedelta(hours=hours)) for hours in (1, 3, 1)] == [[], [case], []]
    assert waiting(NOON + DAY) == [case], "of another day"


def test_each_language_has_its_own_statement() -> None:
    found = []
    for language in ("sv", "en", "sv"):
        with translation.override(language):
            found.append(filled_rows(codes_by_label))
    assert found[0] == found[2] != found[1]


def test_pages_of_two_people_in_turn_name_nobody_elses_case() -> None:
    west, south = coordinator("V", "Vera"), coordinator("SY", "Sune")
    of_west = new_case(new_person(), by=access(west))
    of_south = new_case(new_person(), by=access(south), region="SY")
    for who, own, other in ((west, of_west, of_south), (south, of_south, of_west)) * 2:
        client = signed_in(who)
        for page in ("/", "/cases/", own.get_absolute_url()):
            text = client.get(page).content.decode()
            assert other.number not in text, page
        assert client.get(other.get_absolute_url()).status_code == 404


@only_postgresql
def test_no_request_is_kept_with_a_statement_a_drawing_or_a_count() -> None:
    """It holds the key of a session, and what was sent."""
    for who, pages in (
        (
            coordinator("V", "Vera"),
            ("/", "/cases/", "/cases/new/", "/cases/persons/", "/calls/", "/waiting/"),
        ),
        (user("Olle", Role.OPERATOR), ("/", "/calls/new/", "/calls/", "/cases/new/")),
        (user("Anna", Role.ANALYST), ("/", "/summaries/2018/", "/summaries/comparison/")),
    ):
        client = signed_in(who)
        assert {client.get(page).status_code for page in pages * 2} <= {200, 404}
    del client
    gc.collect()
    assert [one for one in gc.get_objects() if type(one) is WSGIRequest] == []


@only_postgresql
def test_what_depends_on_something_unsaid_does_not_pass() -> None:
    people = [user("Olle", Role.OPERATOR).pk, user("Rut", Role.ANALYST).pk]

    def of_one(_about: object) -> QuerySet[User]:
        return User.objects.filter(pk=people[0])

    filled_rows(of_one)
    people.reverse()
    with pytest.raises(AssertionError, match="not what is built anew"):
        filled_rows(of_one)
