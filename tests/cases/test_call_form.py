"""Logging a call: what is typed is stored once, and bad input gets its message and loses nothing."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest

from agencies.models import Code
from audit.models import Event
from cases.forms.call import OFFERED, NewCallForm
from cases.models import Call
from tests.actors import access
from tests.cases.call_forms import call_facts, logged
from tests.cases.pages import coordinator, errors_of, of_one_field_in_three, operator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
NEW = "/calls/new/"


@pytest.fixture
def olle():
    return operator()


@pytest.fixture
def client(olle):
    client = signed_in(olle)
    client.cookies["django_language"] = "en"
    return client


def test_what_is_typed_is_stored_and_the_saved_page_leads_to_the_next_call(client, olle):
    response = client.post(
        NEW, call_facts(note="A worry about a flat", follow_up_due="2019-03-15"), follow=True
    )
    call = Call.objects.get()
    assert response.redirect_chain == [(f"/calls/{call.code}/saved/", 302)]
    assert (call.received_at, call.received_on) == (datetime(2019, 3, 1, 9, 38, tzinfo=UTC), date(2019, 3, 1))
    assert (call.caller_group_id, call.caller_county_id, call.urgency) == ("caller:social", "14", "days")
    assert (call.women, call.persons_concerned, call.minutes, call.taken_by) == (1, 1, 12, olle)
    assert [code.key for code in call.topics.all()] == ["topic:person"]
    assert (call.topics_answer, call.note, call.follow_up_due) == (
        "given",
        "A worry about a flat",
        date(2019, 3, 15),
    )
    page = response.content.decode()
    assert "The call is saved." in page
    assert f'href="{NEW}" autofocus' in page


def test_a_call_referred_to_a_coordinator_goes_to_the_region_of_its_county(client):
    client.post(NEW, call_facts())
    assert Call.objects.get().referred_region_id == "V"


def test_save_and_open_a_case_goes_on_to_the_case(client):
    response = client.post(NEW, call_facts(go="case"))
    assert response["Location"] == f"/cases/new/?call={Call.objects.get().code}"


def test_the_same_form_sent_twice_makes_one_call(client):
    sent = call_facts()
    assert client.post(NEW, sent)["Location"] == client.post(NEW, sent)["Location"]
    assert Call.objects.count() == 1


def test_somebody_elses_token_shows_nobody_elses_call(client):
    token = uuid.uuid4()
    theirs = signed_in(operator("Ottilia")).post(NEW, call_facts(form_token=str(token)))
    mine = client.post(NEW, call_facts(form_token=str(token)))
    assert mine["Location"] != theirs["Location"]
    assert {call.taken_by.name for call in Call.objects.all()} == {"Ottilia", "Olle"}


def test_half_past_midnight_on_new_years_day_belongs_to_the_new_year(client):
    client.post(NEW, call_facts(received_at="2019-01-01 00.30"))
    call = Call.objects.get()
    assert call.received_at == datetime(2018, 12, 31, 23, 30, tzinfo=UTC)
    assert list(Call.objects.received_in(2019)) == [call]
    assert not Call.objects.received_in(2018).exists()


@pytest.mark.parametrize(
    ("typed", "county"),
    [
        ("gö", "14"),
        pytest.param("14", "14", marks=pytest.mark.long),
        pytest.param("jämt", "23", marks=pytest.mark.long),
        pytest.param("or", "18", marks=pytest.mark.long),
        pytest.param("Skane", "12", marks=pytest.mark.long),
        ("Unknown", None),
        pytest.param("okänt", None, marks=pytest.mark.long),
        ("", None),
    ],
)
def test_a_county_is_understood_by_a_few_letters(client, typed, county):
    client.post(NEW, call_facts(caller_county=typed, outcomes=["outcome:advice"]))
    assert Call.objects.get().caller_county_id == county


@pytest.mark.parametrize(
    ("field", "changes", "message"),
    of_one_field_in_three([
        ("received_at", {"received_at": "2019-02-30 10:00"}, "is not a time"),
        ("received_at", {"received_at": "yesterday"}, "is not a time"),
        ("received_at", {"received_at": "0001-01-01 00:00"}, "is not a time"),
        ("received_at", {"received_at": "T" * 50_000}, "is not a time"),  # for ever, were it read
        ("received_at", {"received_at": "2019-03-01 23:59"}, "is in the future"),
        ("received_at", {"received_at": "2018-03-25 02:30"}, "does not exist in the calendar"),
        ("received_at", {"received_at": ""}, "Enter received"),
        ("caller_group", {"caller_group": ""}, "Enter the caller's profession"),
        ("caller_group", {"caller_group": "caller:invented"}, "caller:invented"),
        ("caller_county", {"caller_county": "Atlantis"}, "is no county"),
        ("caller_county", {"caller_county": "vä"}, "Write more of it"),
        ("women", {"women": "-1"}, "0"),
        ("women", {"women": "many"}, "number"),
        ("consent", {"consent": ""}, "Answer whether there is consent"),
        ("note", {"note": "Ring 070-174 06 05"}, "phone number"),
        ("note", {"note": "Hon heter Anna, 19811218-9876"}, "personal identity number"),
        ("referred_region", {"caller_county": "unknown"}, "Enter the region"),
        ("follow_up_due", {"outcomes": ["outcome:feedback"]}, "Enter the day of the follow-up"),
        ("follow_up_due", {"follow_up_due": "2019-02-01"}, "is too early"),
        ("follow_up_of", {"follow_up_of": str(uuid.uuid4())}, "valid choice"),
        ("minutes", {"minutes": "1000"}, "999"),
    ]),
)  # fmt: skip
def test_bad_input_gets_its_message_beside_the_field_and_keeps_what_was_typed(
    client, field, changes, message
):
    response = client.post(NEW, call_facts(note="ordinary words") | changes)
    assert response.status_code == 200
    assert message in " ".join(errors_of(response)[field])
    page = response.content.decode()
    assert "error-summary" in page
    assert changes.get("note", "ordinary words") in page
    assert not Call.objects.exists()


def test_a_note_of_three_megabytes_is_refused_and_shown_again(client):
    note = "ordinary words " * 200_000
    response = client.post(NEW, call_facts(note=note))
    assert "At most 1000 fit." in " ".join(errors_of(response)["note"])
    page = response.content.decode()
    assert note.strip() in page
    assert len(page) < len(note) + 60_000
    assert not Call.objects.exists()


def test_without_consent_a_note_is_refused_and_statistical_facts_are_saved(client):
    response = client.post(NEW, call_facts(consent="missing", note="She lives in the red house"))
    assert errors_of(response)["note"] == [
        "Consent is missing: of the call only statistical facts are saved."
    ]
    assert not Call.objects.exists()
    client.post(NEW, call_facts(consent="missing"))
    call = Call.objects.get()
    assert (call.note, call.women, call.consent) == ("", 1, "missing")


def test_a_new_call_is_shown_without_an_answer_to_consent(client):
    assert not client.get(NEW).context["form"]["consent"].value()


def test_a_call_about_a_suspected_case_is_not_saved_before_consent_is_answered(client):
    facts = call_facts()
    del facts["consent"]  # as a browser sends it when nothing is chosen
    form = client.post(NEW, facts).context["form"]
    assert form.errors["consent"] == [
        "The call is about a suspected case. Answer whether there is consent to referral."
    ]
    assert Call.objects.count() == 0
    client.post(NEW, facts | {"consent": "not_relevant"})
    assert Call.objects.get().consent == "not_relevant"


def test_of_other_topics_consent_without_an_answer_is_not_relevant(client):
    client.post(NEW, call_facts(topics=["topic:advice"], consent=""))
    assert Call.objects.get().consent == "not_relevant"


def test_a_wrong_number_about_a_suspected_case_asks_for_consent_too(client):
    client.post(NEW, call_facts(consent="", go="wrong"))
    assert Call.objects.count() == 0


def test_purposes_are_shown_when_the_call_is_about_a_person_or_a_child(client):
    def opened(**changes):
        facts = call_facts(caller_group="", purposes=[], **changes)
        return client.post(NEW, facts).context["form"].purposes_open

    assert opened(topics=["topic:person"])
    assert opened(topics=["topic:child"])
    assert opened(topics=["topic:advice"], girls="1")
    assert not opened(topics=["topic:advice"])


def test_looking_for_an_earlier_call_keeps_what_was_typed_and_saves_nothing(client, olle):
    mine = logged(access(olle))
    logged(access(operator("Ottilia")))
    response = client.post(
        NEW,
        call_facts(
            note="half a sentence", go="look", earlier_on="2019-02-28", earlier_county="gö", earlier_mine="on"
        ),
    )
    page = response.content.decode()
    assert "half a sentence" in page
    assert [code for code, _label in response.context["form"].fields["follow_up_of"].choices] == [
        "",
        str(mine.code),
    ]
    assert "error-summary" not in page
    assert "Exempel" not in page  # no directory is loaded: the card says that nobody is listed
    assert "No coordinator is listed for the county." in page
    assert Call.objects.count() == 2


def test_a_follow_up_marks_the_earlier_call_as_followed_up(client, olle):
    first = logged(access(olle), follow_up_due=date(2019, 3, 1))
    client.post(NEW, call_facts(follow_up_of=str(first.code)))
    first.refresh_from_db()
    assert Call.objects.exclude(pk=first.pk).get().follow_up_of == first
    assert first.followed_up_at is not None


def test_earlier_calls_are_found_by_day_county_and_who_took_them(client, olle):
    mine = logged(access(olle))
    others = logged(access(operator("Ottilia")), caller_county_id="12")
    found = lambda query: client.get(f"/calls/earlier/?{query}").context["calls"]  # noqa: E731
    assert found("earlier_mine=on") == [mine]
    assert set(found("")) == {mine, others}
    assert found("earlier_county=Skåne län") == [others]
    assert found("earlier_on=2019-02-27") == []
    event = Event.objects.filter(action="call.find").order_by("sequence").last()
    assert event.rows == 0
    assert "2019-02-27" not in str(event.__dict__)


def test_logging_is_in_the_audit_log_without_facts(client):
    client.post(NEW, call_facts(note="A worry about a flat"))
    event = Event.objects.get(action="call.log")
    assert event.target_id == str(Call.objects.get().code)
    assert "worry" not in str(event.__dict__)


def test_a_coordinator_logs_no_calls():
    assert signed_in(coordinator()).post(NEW, call_facts()).status_code == 403


def test_the_page_costs_at_most_twelve_queries(client, olle, django_assert_max_num_queries):
    logged(access(olle))
    with django_assert_max_num_queries(12):
        client.get(NEW)


def test_a_note_that_may_hold_a_name_is_asked_about_once_and_can_be_saved(client):
    facts = call_facts(note="Hon heter Anna", consent="given")
    page = client.post("/calls/new/", facts)
    assert "The text may contain a name." in page.content.decode()
    assert not Call.objects.exists()
    shown = page.context["form"].names_shown
    client.post("/calls/new/", {**facts, "names_shown": shown, "no_name": "1"})
    assert Call.objects.get().note == "Hon heter Anna"


# --- what is asked about, and what need not be said -------------------------------------------------------
def test_a_call_about_a_person_that_says_nothing_of_whom_is_asked_about_and_never_refused(client):
    facts = call_facts(women="0", purposes=[], outcomes=[])
    page = client.post(NEW, facts)
    assert page.context["form"].warnings == [
        "The call is about a person, and how many it concerns is 0.",
        "The call is about a person, and no purpose is chosen.",
        "The call is about a person, and no outcome is chosen.",
    ]
    html = page.content.decode()
    assert html.index("Is this right?") < html.index("data-call")  # above the form, and sent with it
    assert 'name="save_anyway"' in html
    assert not Call.objects.exists()
    client.post(NEW, {**facts, "save_anyway": page.context["form"].shown})
    assert Call.objects.get().persons_concerned == 0


def test_of_advice_nothing_is_asked(client):
    client.post(NEW, call_facts(topics=["topic:advice"], women="0", purposes=[], outcomes=[]))
    assert Call.objects.count() == 1


def test_a_wrong_number_is_one_button(client):
    sent = {"received_at": "2019-03-01 10:38", "urgency": "general", "medium": "phone", "go": "wrong"}
    client.post(NEW, sent | {"form_token": str(uuid.uuid4())})
    call = Call.objects.get()
    assert (call.caller_group_id, call.consent, call.persons_concerned) == (
        "caller:unknown",
        "not_relevant",
        0,
    )
    assert [code.key for code in call.topics.all()] == ["topic:not_relevant"]
    assert [code.key for code in call.outcomes.all()] == ["outcome:none"]
    client.post(NEW, call_facts(go="wrong", outcomes=[]))  # what was answered stays
    assert Call.objects.latest("pk").caller_group_id == "caller:social"


def test_somebody_who_only_called_before_is_linked_and_the_promise_still_waits(client, olle):
    first = logged(access(olle), follow_up_due=date(2019, 3, 1))
    client.post(NEW, call_facts(follow_up_of=str(first.code), called_before="on"))
    first.refresh_from_db()
    assert Call.objects.exclude(pk=first.pk).get().follow_up_of == first
    assert first.followed_up_at is None


def test_the_clock_comes_back_with_the_form_when_an_answer_is_missing(client):
    clock = {"clock_began": "2019-03-01T09:00:00", "clock_stopped": "", "clock_off": "1"}
    page = client.post(NEW, call_facts(consent="", **clock)).context["form"]
    assert {name: page[name].value() for name in clock} == clock
    assert not page["clock_began"].errors


def test_a_new_call_reads_the_codes_of_its_own_lists_and_offers_them_all(client):
    """The page is only shown: no other codes are read for it than those that its fields choose from."""
    kinds = {getattr(field, "kind", "") for field in NewCallForm.base_fields.values()}
    offered = Code.objects.filter(list__in=kinds)
    assert {*Code.objects.filter(OFFERED)} == {*offered}
    page = client.get(NEW).content.decode()
    assert [code for code in offered if f'value="{code.key}"' not in page] == []
