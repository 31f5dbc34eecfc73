"""Several cases are changed at once, after a page that says what will happen to each."""

from __future__ import annotations

import pytest

from audit.models import Event
from cases.models import Case
from tests.actors import access
from tests.cases.pages import coordinator, errors_of, operator, signed_in
from tests.makers import new_case

pytestmark = pytest.mark.django_db
ADDRESS = "/cases/several/"


@pytest.fixture
def client(karin):
    client = signed_in(karin)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def cases(karin):
    made = [new_case(by=access(karin)) for _n in range(3)]
    Case.objects.filter(pk=made[2].pk).update(state="closed", close_reason="close_reason:moved")
    return made


def chosen(cases, **more):
    return {"case": [str(case.code) for case in cases]} | more


CLOSE = {"action": "close", "close_reason": "close_reason:support_ended"}


def test_the_preview_says_what_will_happen_and_changes_nothing(client, cases):
    response = client.post(ADDRESS, chosen(cases, **CLOSE, go="show"))
    assert [bool(effect) for _case, effect in response.context["lines"]] == [True, True, False]
    assert "Closing: Support ended" in response.content.decode()
    assert Case.objects.filter(state="closed").count() == 1


def test_closing_changes_the_open_ones_in_one_event(client, cases):
    client.post(ADDRESS, chosen(cases, **CLOSE, go="do"))
    reasons = Case.objects.order_by("number").values_list("close_reason", flat=True)
    assert list(reasons) == ["close_reason:support_ended", "close_reason:support_ended", "close_reason:moved"]
    event = Event.objects.get(action="case.close")
    assert (event.rows, len(event.digest)) == (2, 64)


def test_where_nothing_would_change_there_is_nothing_to_confirm(client, cases):
    page = client.post(ADDRESS, chosen(cases[2:], **CLOSE, go="show")).content.decode()
    assert "It is so already: there is nothing to change." in page
    assert 'value="do"' not in page


def test_a_reason_is_asked_for(client, cases):
    assert "close_reason" in errors_of(client.post(ADDRESS, chosen(cases, action="close", go="do")))
    assert Case.objects.filter(state="closed").count() == 1


def test_responsible_is_somebody_of_the_region_or_nobody(client, karin, cases):
    sven = coordinator("SY", "Sven")
    refused = client.post(ADDRESS, chosen(cases, action="assign", responsible=sven.pk, go="do"))
    assert "responsible" in errors_of(refused)
    client.post(ADDRESS, chosen(cases, action="assign", responsible=karin.pk, go="do"))
    assert Case.objects.filter(responsible=karin).count() == 3
    left = client.post(ADDRESS, chosen(cases, action="assign", responsible="", go="do"))
    assert "Choose who is responsible, or nobody." in left.content.decode()
    assert Case.objects.filter(responsible=karin).count() == 3
    client.post(ADDRESS, chosen(cases[:1], action="assign", responsible="nobody", go="do"))
    assert Case.objects.filter(responsible=None).count() == 1


def test_cases_out_of_scope_are_left_out(client, cases):
    other = new_case(by=access(coordinator("SY", "Sven")), region="SY")
    client.post(ADDRESS, chosen([other, cases[0]], **CLOSE, go="do"))
    other.refresh_from_db()
    assert other.state == "active"


def test_nothing_chosen_is_told_and_an_operator_is_refused(client, cases):
    answer = client.post(ADDRESS, {}, follow=True)
    assert "Choose at least one case in the list first." in answer.content.decode()
    assert signed_in(operator()).post(ADDRESS, chosen(cases)).status_code == 403
