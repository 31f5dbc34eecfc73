"""The page of a call: whose it is to see, to correct and to follow up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import override

from agencies.models import Region
from audit.models import Event
from cases.actions.cases import open_case
from cases.models import Call, Case
from tests.actors import NOON, access
from tests.cases.call_forms import call_facts, logged
from tests.cases.pages import coordinator, operator, signed_in
from tests.makers import new_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def olle(clock):
    return operator()


@pytest.fixture
def call(olle):
    return logged(access(olle), topics=["person"], women=1, minutes=5, note="A flat", consent="given")


@pytest.fixture
def client(olle):
    client = signed_in(olle)
    client.cookies["django_language"] = "en"
    return client


def edited(call, **changes):
    facts = call_facts(caller_group="caller:police", received_at="2019-02-28 10:00", version="1", **changes)
    facts.pop("form_token")
    return facts


def edit_address(call):
    return reverse("calls:edit", args=[call.code])


def test_reading_a_call_is_in_the_audit_log(client, call):
    assert "A flat" in client.get(call.get_absolute_url()).content.decode()
    assert Event.objects.get(action="call.read").target_id == str(call.code)


@pytest.mark.parametrize(
    "part",
    [
        "",
        "edit/",
        pytest.param("history/", marks=pytest.mark.long),
        pytest.param("saved/", marks=pytest.mark.long),
    ],
)
def test_a_call_of_another_region_does_not_exist_for_a_coordinator(olle, part):
    call = logged(access(olle), referred_region_id="SY")
    response = signed_in(coordinator("V")).get(f"{call.get_absolute_url()}{part}")
    assert response.status_code in ({403, 404} if part == "saved/" else {404})
    assert str(call) not in response.content.decode()


def test_a_coordinator_reads_a_call_referred_to_the_own_region_and_corrects_nothing(olle):
    call = logged(access(olle), referred_region_id="V")
    client = signed_in(coordinator("V"))
    assert client.get(call.get_absolute_url()).status_code == 200
    assert client.get(edit_address(call)).status_code == 403
    assert client.post(edit_address(call), edited(call)).status_code == 403


def test_a_coordinator_takes_over_on_the_page_of_the_call_and_everybody_then_reads_who_has(client, olle):
    call = logged(access(olle), referred_region_id="V", consent="given")
    vera = signed_in(coordinator("V", "Vera"))
    vera.cookies["django_language"] = "en"
    asked = "Nobody in West has taken over the call."
    assert asked in vera.get(call.get_absolute_url()).content.decode()
    assert asked not in client.get(call.get_absolute_url()).content.decode()
    form = {"back": call.get_absolute_url()}
    response = vera.post(reverse("calls:take_over", args=[call.code]), form)
    assert response["Location"] == call.get_absolute_url()
    for reader in (vera, client):
        page = reader.get(call.get_absolute_url()).content.decode()
        assert "<dt>Taken over by</dt><dd>Vera</dd>" in page
        assert asked not in page


def test_the_one_who_took_the_call_corrects_it_and_the_history_tells_which_fields(client, call):
    response = client.post(
        edit_address(call), edited(call, women="2", topics=["topic:person", "topic:child"])
    )
    assert response.status_code == 302
    call.refresh_from_db()
    assert (call.women, call.version, call.topics.count()) == (2, 2, 2)
    event = Event.objects.get(action="call.edit")
    assert {"women", "topics"} <= set(event.fields)
    page = client.get(f"{call.get_absolute_url()}history/")
    (newest, oldest) = page.context["changes"]
    assert oldest.made
    assert {"Women", "Topics"} <= set(newest.fields)
    assert "A flat" not in page.content.decode()


def test_when_the_window_has_passed_the_page_says_so_and_a_correction_is_refused(olle, call, clock):
    clock.shift(timedelta(hours=24, seconds=1))
    client = signed_in(olle)
    client.cookies["django_language"] = "en"
    page = client.get(call.get_absolute_url()).content.decode()
    assert "The time for corrections ended 2019-03-02 13:00." in page
    assert "Correct the call" not in page
    assert client.post(edit_address(call), edited(call, women="9")).status_code == 403
    call.refresh_from_db()
    assert call.women == 1


def test_a_colleagues_call_is_not_corrected(call):
    assert signed_in(operator("Ottilia")).post(edit_address(call), edited(call)).status_code == 403


def test_a_correction_without_consent_must_not_keep_the_note(client, call):
    response = client.post(edit_address(call), edited(call, consent="missing", note="A flat"))
    assert "Consent is missing: of the call only statistical facts are saved." in response.content.decode()
    client.post(edit_address(call), edited(call, consent="missing", note=""))
    call.refresh_from_db()
    assert (call.consent, call.note) == ("missing", "")


def test_the_second_of_two_who_save_chooses_field_by_field_and_loses_nothing(client, call):
    client.post(edit_address(call), edited(call, women="2", note="A flat in a house"))
    response = client.post(edit_address(call), edited(call, women="3", note="A flat by the sea"))
    assert response.status_code == 409
    rows = {row.name: row for row in response.context["comparison"].rows}
    assert (rows["women"].mine, rows["women"].saved, rows["women"].chosen) == ("3", "2", "")
    assert "A flat by the sea" in response.content.decode()
    sent = dict(response.context["comparison"].sent) | {
        "version": "2",
        "differs": list(rows),
        "keep_women": "mine",
    }
    sent |= {f"keep_{name}": "saved" for name in rows if name != "women"}
    sent |= {name: edited(call)[name] for name in ("topics", "purposes", "outcomes")}
    assert client.post(edit_address(call), sent).status_code == 302
    call.refresh_from_db()
    assert (call.women, call.note, call.version) == (3, "A flat in a house", 3)


def test_lists_that_differ_are_chosen_between_by_the_reader(client, call):
    client.post(edit_address(call), edited(call, topics=["topic:advice"]))
    response = client.post(edit_address(call), edited(call, topics=["topic:child"]))
    row = next(row for row in response.context["comparison"].rows if row.name == "topics")
    assert row.chosen == ""


def test_a_follow_up_is_marked_as_done_once(client, call):
    Call.objects.filter(pk=call.pk).update(follow_up_due=date(2019, 3, 1))
    for _n in range(2):
        assert client.post(reverse("calls:follow_up_done", args=[call.code])).status_code == 302
    call.refresh_from_db()
    assert call.followed_up_at == NOON
    assert Event.objects.filter(action="call.follow_up").count() == 1


def test_a_follow_up_of_another_region_is_not_for_a_coordinator_to_mark(olle):
    call = logged(access(olle), referred_region_id="SY", follow_up_due=date(2019, 3, 1))
    address = reverse("calls:follow_up_done", args=[call.code])
    assert signed_in(coordinator("V", "Karin")).post(address).status_code == 404
    assert signed_in(coordinator("SY", "Sven")).post(address).status_code == 302


def test_a_case_is_opened_from_a_call_once(client, call):
    link = f"/cases/new/?call={call.code}"
    assert link in client.get(call.get_absolute_url()).content.decode()


def test_pages_cost_at_most_twelve_queries(client, call, olle, django_assert_max_num_queries):
    later = logged(access(olle), follow_up_of=call)
    for address in (later.get_absolute_url(), edit_address(call), f"{call.get_absolute_url()}history/"):
        searched = address == edit_address(call)  # one more: the counties that call most stand first
        with django_assert_max_num_queries(12 + searched):
            assert client.get(address).status_code == 200, address
    with django_assert_max_num_queries(12):
        client.get(f"{call.get_absolute_url()}?sort=received&county=14")


@pytest.mark.parametrize(("language", "time"), [("sv", "2019-02-28 10.00"), ("en", "2019-02-28 10:00")])
def test_every_page_says_the_time_of_a_call_as_its_language_does(client, olle, language, time):
    earlier = logged(access(olle))
    later = logged(access(olle), follow_up_of=earlier)
    client.cookies["django_language"] = language
    for address in ("", "saved/", "history/"):
        assert f">{time}<" in client.get(f"{earlier.get_absolute_url()}{address}").content.decode(), address
    assert f">{time}<" in client.get(later.get_absolute_url()).content.decode()
    with override(language):
        assert earlier.said.startswith(f"{time} · ")


def test_who_has_taken_a_call_over_lands_on_it_finds_it_on_my_page_and_gives_it_back(client, olle):
    call = logged(access(olle), referred_region_id="V", consent="given")
    vera, karin = (signed_in(coordinator("V", name)) for name in ("Vera", "Karin"))
    for one in (vera, karin):
        one.cookies["django_language"] = "en"
    address, give = call.get_absolute_url(), reverse("calls:give_back", args=[call.code])
    assert vera.post(reverse("calls:take_over", args=[call.code]))["Location"] == address
    mine = "Call taken over"
    assert mine in vera.get("/").content.decode()
    assert mine not in karin.get("/").content.decode()
    assert give in vera.get(address).content.decode()
    assert give not in karin.get(address).content.decode()
    refused = karin.post(give, follow=True).content.decode()
    assert "Vera was first and has taken it over. Nothing is changed." in refused
    assert "It waits for your region again." in vera.post(give, follow=True).content.decode()
    assert mine not in vera.get("/").content.decode()
    assert karin.post(reverse("calls:take_over", args=[call.code]))["Location"] == address
    call.refresh_from_db()
    assert call.taken_over_by.name == "Karin"
    acts = ("call.take_over", "call.give_back")
    events = Event.objects.filter(action__in=acts).order_by("sequence")
    assert [event.action for event in events][-3:] == ["call.take_over", "call.give_back", "call.take_over"]


def test_a_call_that_is_a_case_now_is_given_back_by_nobody(client, olle):
    call = logged(access(olle), referred_region_id="V", consent="given")
    vera = coordinator("V", "Vera")
    browser = signed_in(vera)
    browser.post(reverse("calls:take_over", args=[call.code]))
    call.refresh_from_db()
    case = Case(region=Region.objects.get(code="V"), opened_on=date(2019, 2, 28))
    open_case(case=case, persons=[new_person()], call=call, by=access(vera))
    browser.post(reverse("calls:give_back", args=[call.code]))
    call.refresh_from_db()
    assert call.taken_over_by == vera
    assert Event.objects.filter(action="call.give_back").count() == 0
