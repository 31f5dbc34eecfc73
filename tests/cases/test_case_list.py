"""The list of cases: what is in scope, by the filters that are allowed, at the same cost for any number of
rows."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from agencies.models import Region
from audit.models import Event
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.models import Case
from tests.actors import access
from tests.cases.pages import coordinator, operator, pages_of, signed_in
from tests.makers import new_case, new_person
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
LIST = "/cases/"


@pytest.fixture
def client(karin):
    client = signed_in(karin)
    client.cookies["django_language"] = "en"
    return client


def make_cases(by, number, person=None, **facts):
    first = date(2018, 1, 1)
    days = [first + timedelta(days=n % 50) for n in range(number)]
    return [new_case(*([person()] if person else []), by=access(by), opened=day, **facts) for day in days]


def numbers(response):
    return [case.number for case in response.context["cases"]]


def test_only_cases_in_scope_are_listed(client, karin):
    own = make_cases(karin, 2)
    make_cases(coordinator("SY", "Sven"), 2, region="SY")
    assert sorted(numbers(client.get(LIST))) == sorted(case.number for case in own)


def test_an_operator_sees_the_cases_that_the_operator_opened(karin):
    olle = operator()
    make_cases(karin, 2)
    own = make_cases(olle, 1)
    assert numbers(signed_in(olle).get(LIST)) == [own[0].number]


def test_the_filters_are_folded_where_one_is_set_and_open_where_one_is_wrong(client):
    folded, opened = '<details class="fold no-paper">', '<details class="fold no-paper" open>'
    assert folded in client.get(f"{LIST}?state=open").content.decode()
    assert opened in client.get(f"{LIST}?from=x").content.decode()


ORDERS = ("opened", "-opened", "number", "-number", "state", "-state", "region", "-region")
EACH_ONCE = ("opened", "-number", "state", "-region")


@pytest.mark.parametrize("orders", mostly_long([EACH_ONCE, ORDERS], usual=[EACH_ONCE]), ids=len)
def test_pages_by_key_show_every_case_once_in_every_order_forwards_and_back(
    client, karin, monkeypatch, orders
):
    pages_of(2, monkeypatch)
    made = make_cases(karin, 5)
    Case.objects.filter(pk__in=[case.pk for case in made[::3]]).update(state="closed")
    for sort in orders:
        seen, address = [], f"?sort={sort}"
        for _page in range(3):
            response = client.get(LIST + address)
            seen += numbers(response)
            address, back = response.context["next"], response.context["previous"]
        assert len(seen) == 5 == len(set(seen)), sort
        assert address == "", sort
        assert numbers(client.get(LIST + back)) == seen[2:4], sort


def test_cases_that_came_and_went_between_regions_stand_in_their_places(client, karin, monkeypatch):
    pages_of(3, monkeypatch)
    sven = coordinator("SY", "Sven")
    own, others = make_cases(karin, 6, new_person), make_cases(sven, 5, new_person, region="SY")
    came, went = others[::3], own[::4]
    hand_over(came, giver=sven, taker=karin, to="V")
    hand_over(went, giver=karin, taker=sven, to="SY")
    visible = [case for case in [*own, *came] if case not in went]
    for sort in ("number", "-region"):
        seen, address = [], f"?sort={sort}"
        while address:
            response = client.get(LIST + address)
            seen += numbers(response)
            address = response.context["next"]
        expected = sorted(visible, key=lambda case: in_order(case, sort), reverse=sort.startswith("-"))
        assert seen == [case.number for case in expected], sort


def hand_over(cases, *, giver, taker, to):
    """All persons of a case, so that it is the other region's: the list says so."""
    for case in cases:
        region = Region.objects.get(code=to)
        asked = ask_transfer(person=case.persons.get(), to_region=region, reason="Moved.", by=access(giver))
        answer_transfer(transfer=asked, accept=True, reason="", by=access(taker))
        case.refresh_from_db()


def in_order(case, sort):
    return (case.region_id, case.opened_on, case.pk) if "region" in sort else (case.number,)


def test_the_filters_are_those_that_are_allowed(client, karin):
    new_case(new_person(county="14"), by=access(karin), opened=date(2018, 2, 1))
    other = new_case(new_person(county="13"), by=access(karin), opened=date(2019, 2, 1))
    Case.objects.filter(pk=other.pk).update(state="closed", responsible=karin)
    for query in ("county=13", "year=2019", "state=closed", "responsible=me", "from=2019-01-01"):
        assert numbers(client.get(f"{LIST}?{query}")) == [other.number], query
    assert len(numbers(client.get(f"{LIST}?state=open"))) == 1
    assert len(numbers(client.get(f"{LIST}?sex=F&citizenship=RO&purpose=sexual&status=presumed"))) == 2


def test_the_filter_on_completeness_and_the_names_of_what_is_missing_agree(client, karin):
    whole = {"age_class": "25-34", "citizenship": "RO", "offence": "trafficking", "channel": "police"}
    complete = new_case(new_person(**whole), by=access(karin))
    for name in whole:
        new_case(new_person(**{key: value for key, value in whole.items() if key != name}), by=access(karin))
    new_case(new_person(**whole, main="unknown"), by=access(karin))
    new_case(new_person(**whole, main="labour"), by=access(karin))
    left_out = new_case(new_person(status="not_victim"), by=access(karin))
    lacking = set(numbers(client.get(f"{LIST}?complete=no")))
    assert lacking == set(Case.objects.values_list("number", flat=True)) - {complete.number, left_out.number}
    assert set(numbers(client.get(f"{LIST}?complete=yes"))) == {complete.number, left_out.number}
    lacks = Case.objects.filter(persons__offence=None).earliest("pk")
    for case in (complete, left_out, lacks):
        assert bool(client.get(case.get_absolute_url()).context["page"].missing) == (case.number in lacking)


def test_a_chip_takes_its_filter_away_and_keeps_the_others(client, karin):
    make_cases(karin, 1)
    response = client.get(f"{LIST}?county=14&state=active&sort=number")
    chips = {chip.name: chip for chip in response.context["listed"].chips}
    assert set(chips) == {"County", "State"}
    assert chips["County"].address == "?state=active&sort=number"
    assert "Remove filter County: Västra Götaland" in response.content.decode()


def test_no_address_ends_in_a_bare_question_mark_where_nothing_filters(client, karin):
    (case,) = make_cases(karin, 1)
    page = client.get(LIST).content.decode()
    assert f'href="{case.get_absolute_url()}"' in page
    assert '?"' not in page
    filtered = client.get(f"{LIST}?state=active").content.decode()
    assert f'href="{case.get_absolute_url()}?state=active"' in filtered


@pytest.mark.parametrize("address", [LIST, "/cases/persons/"])
def test_the_only_chip_leads_to_the_whole_list(client, address):
    for query in ("", "&sort=number"):
        page = client.get(f"{address}?state=active{query}").content.decode()
        (way,) = re.findall(r'class="chip" href="([^"]*)"', page)
        assert way == (f"{address}?sort=number" if query else address)


def test_a_filter_that_cannot_be_read_is_told_of(client, karin):
    make_cases(karin, 1)
    response = client.get(f"{LIST}?from=yesterday&state=active")
    assert "yesterday is not a date" in response.content.decode()
    assert len(numbers(response)) == 1


def test_the_count_is_announced_exactly_up_to_its_limit(client, karin, monkeypatch):
    make_cases(karin, 3)
    filtered = f"{LIST}?state=active"
    assert "3 cases<" in client.get(LIST).content.decode()
    assert "3 cases match the filter" in client.get(filtered).content.decode()
    monkeypatch.setattr("cases.views.list_page.COUNT_TO", 2)
    assert "More than 2 cases<" in client.get(LIST).content.decode()
    assert "More than 2 cases match the filter" in client.get(filtered).content.decode()


def test_next_and_previous_stay_inside_the_filtered_list(client, karin):
    make_cases(karin, 5)
    Case.objects.filter(number="V-2018-0003").update(state="closed")
    case = Case.objects.get(number="V-2018-0002")
    page = client.get(f"{case.get_absolute_url()}?state=active&sort=number").context["case"]
    assert (page.before, page.after) == (
        Case.objects.get(number="V-2018-0001").code,
        Case.objects.get(number="V-2018-0004").code,
    )


def test_nothing_yet_and_nothing_matches_are_two_texts(client, karin):
    assert "No cases are registered yet." in client.get(LIST).content.decode()
    make_cases(karin, 1)
    assert "No cases match the filter." in client.get(f"{LIST}?state=closed").content.decode()


def test_the_list_costs_the_same_whatever_the_number_of_rows(client, karin, django_assert_max_num_queries):
    made = make_cases(karin, 12)
    query = f"?state=active&county=14&complete=no&sort=state&after={made[0].code}"
    with django_assert_max_num_queries(12):
        response = client.get(LIST + query)
    assert response.status_code == 200


def test_reading_the_list_is_in_the_audit_log_with_kinds_and_count_but_no_words(client, karin):
    make_cases(karin, 2)
    client.get(f"{LIST}?county=14&year=2018")
    event = Event.objects.filter(action="case.list").get()
    assert (event.search_kind, event.rows) == ("year,county", 2)


def test_an_exact_number_or_reference_goes_straight_to_the_case(client, karin):
    case = new_case(new_person(reference="K-2018 17"), by=access(karin))
    for text in ("v-2018-0001", " K-2018  17 "):
        assert client.post("/cases/find/", {"find": text})["Location"] == case.get_absolute_url()
    events = Event.objects.filter(action="case.find").order_by("sequence")
    assert [event.search_kind for event in events] == ["number", "reference"]
    assert "K-2018" not in "".join(str(event.__dict__) for event in events)


def test_a_number_out_of_scope_is_as_unknown_as_one_that_does_not_exist(client):
    other = make_cases(coordinator("SY", "Sven"), 1, region="SY")[0]
    for text in (other.number, "V-1999-0001"):
        answer = client.post("/cases/find/", {"find": text}, follow=True)
        assert "No case of yours has exactly that number or reference." in answer.content.decode()
