"""Two sides of a handover write to each other about a notification, a referred call or a transfer: each side
reads and answers, nobody else learns that there is anything."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import override

from accounts.models import User
from accounts.roles import Role
from agencies.models import Code, Region
from audit.models import Event
from cases.actions.calls import edit_call, link_case, log_call, notify, write
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.extract import Extract
from cases.messages import MAX_MESSAGES, PAGES, column_of
from cases.models import Call, Case, Message, Notification, SentLate, Transfer
from home.my_page import boxes_for
from tests.actors import NOON, PASSWORD, access, user
from tests.at_once import at_once
from tests.cases.pages import coordinator, operator, signed_in
from tests.makers import new_case, new_person
from tests.weights import every_value_once, mostly_long

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
QUESTION, ANSWER = "Which day may we ring?", "On Thursday after lunch."


@dataclass
class Handover:
    """`giver` hands over to `taker`; `stranger` is of a region that has nothing to do with it."""

    subject: Any
    giver: User
    taker: User
    outsider: User

    @property
    def url(self) -> str:
        return reverse(PAGES[column_of(self.subject)], args=[self.subject.code])


def notified(vera: User) -> Handover:
    nora = user("Nora", Role.OFFICER, agency="police")
    row = notify(notification=Notification(county_id="14", women=1), purposes=[], by=access(nora))
    return Handover(row, nora, vera, coordinator("SY", "Sven"))


def referred(vera: User) -> Handover:
    olle = operator("Olle")
    call = Call(received_at=NOON, caller_group=Code.objects.of("caller")[0], referred_region_id="V", women=1)
    return Handover(log_call(call=call, lists={}, by=access(olle)), olle, vera, coordinator("SY", "Sven"))


def handed_over(vera: User) -> Handover:
    mette = coordinator("M", "Mette")
    person = new_case(new_person(county="23"), by=access(mette), region="M").persons.get()
    west = Region.objects.get(code="V")
    row = ask_transfer(person=person, to_region=west, reason="Has moved west", by=access(mette))
    return Handover(row, mette, vera, coordinator("SY", "Sven"))


HANDOVERS = {"notification": notified, "call": referred, "transfer": handed_over}


@pytest.fixture
def vera() -> User:
    return coordinator("V", "Vera")


# What is the same for all of them.
OF_ONE_KIND = pytest.mark.parametrize("handover", mostly_long(HANDOVERS, usual=["call"]), indirect=True)


@pytest.fixture(params=HANDOVERS)
def handover(request: Any, vera: User) -> Handover:
    return HANDOVERS[request.param](vera)


def browser(who: User) -> Client:
    client = signed_in(who)
    client.cookies["django_language"] = "en"
    return client


def facts(handover: Handover, text: str = QUESTION, **changes: str) -> dict[str, str]:
    last = Message.objects.order_by("pk").last()
    return {"text": text, "seen": str(last.code) if last else "", "form_token": str(uuid.uuid4()), **changes}


def sent(who: User, handover: Handover, text: str = QUESTION, **changes: str) -> Any:
    return browser(who).post(handover.url, facts(handover, text, **changes), follow=True)


def waits(who: User) -> int:
    return Message.objects.waiting_for(access(who)).count()


def page(who: User, handover: Handover) -> str:
    return strip_tags(browser(who).get(handover.url).content.decode())


def box_of(who: User) -> tuple[int, list[str]]:
    with override("en"):
        box = next(box for box in boxes_for(access(who)) if box.title == "Messages to you")
    return box.count, [row.url for row in box.rows]


@pytest.mark.parametrize(
    ("handover", "asking"), every_value_once(HANDOVERS, ["giver", "taker"]), indirect=["handover"]
)
def test_each_side_asks_reads_and_answers_and_sees_that_the_other_has_read(
    handover: Handover, asking: str
) -> None:
    sides = {"giver": handover.giver, "taker": handover.taker}
    asks = sides.pop(asking)
    [answers] = sides.values()
    text = sent(asks, handover).content.decode()
    assert "The message is sent." in text
    assert "Not read yet" in strip_tags(text)
    assert (waits(asks), waits(handover.outsider)) == (0, 0)
    assert QUESTION in page(answers, handover)
    assert box_of(answers) == (1, [handover.url])  # a page that is open is not read
    assert ANSWER in sent(answers, handover, ANSWER).content.decode()
    assert (waits(answers), waits(asks)) == (0, 1)
    assert "Not read yet" not in page(asks, handover)
    row = Message.objects.get(from_side=asking)
    assert (row.text, row.read_by, row.read_at) == (QUESTION, answers, NOON)


@OF_ONE_KIND
def test_one_that_needs_no_answer_is_marked_as_read_once_and_by_the_other_side_alone(
    handover: Handover,
) -> None:
    sent(handover.giver, handover)
    mark = reverse("cases:read_message", args=[Message.objects.get().code])
    assert browser(handover.giver).post(mark).status_code == 403
    assert browser(handover.outsider).post(mark).status_code == 404
    for _twice in range(2):
        assert browser(handover.taker).post(mark).status_code == 302
    assert Message.objects.get().read_by == handover.taker
    assert Event.objects.filter(action="message.read").count() == 1
    assert waits(handover.taker) == 0


@OF_ONE_KIND
def test_a_colleague_reads_and_answers_for_the_side_when_somebody_is_absent(handover: Handover) -> None:
    sent(handover.giver, handover)
    kurt = coordinator("V", "Kurt")
    assert waits(kurt) == 1
    assert ANSWER in sent(kurt, handover, ANSWER).content.decode()
    assert waits(handover.taker) == 0


def outsiders(handover: Handover) -> list[User]:
    """Of other regions, agencies and roles."""
    kind = column_of(handover.subject)
    others = [handover.outsider, user("Mia", Role.OFFICER, agency="police")]
    if kind == "transfer":
        others += [user(f"Un{role}", role) for role in (Role.ANALYST, Role.MANAGER, Role.DPO)]
    return others if kind == "call" else [*others, operator("Olga")]


def test_nobody_else_learns_that_there_is_anything(handover: Handover) -> None:
    boxes = boxes_for(access(handover.outsider))
    sent(handover.giver, handover)
    for who in outsiders(handover):
        client = browser(who)
        assert client.get(handover.url).status_code == 404
        assert client.post(handover.url, facts(handover)).status_code == 404
        assert not Message.objects.visible_to(access(who)).exists()
        assert waits(who) == 0
    assert boxes_for(access(handover.outsider)) == boxes
    assert Message.objects.count() == 1


@OF_ONE_KIND
def test_what_identifies_somebody_is_refused_and_what_was_typed_stays(handover: Handover) -> None:
    shown_text = "Ring 070-174 06 05 om det"
    answer = browser(handover.giver).post(handover.url, facts(handover, shown_text))
    assert "a phone number" in answer.content.decode()
    assert shown_text in answer.content.decode()
    for text in ("", "   ", "long " * 101):
        assert browser(handover.giver).post(handover.url, facts(handover, text)).status_code == 200
    assert not Message.objects.exists()
    asked = browser(handover.giver).post(handover.url, facts(handover, "Kvinnan heter Hitta På."))
    assert 'name="no_name"' in asked.content.decode()
    assert not Message.objects.exists()


def test_what_was_written_is_text_on_the_page_and_no_tag(vera: User) -> None:
    handover = referred(vera)
    sent(handover.giver, handover, "<b>Ring</b> me")
    assert "&lt;b&gt;Ring&lt;/b&gt; me" in browser(vera).get(handover.url).content.decode()


def test_a_form_sent_twice_is_one_message(handover: Handover) -> None:
    fields, client = facts(handover), browser(handover.giver)
    assert [client.post(handover.url, fields).status_code for _twice in range(2)] == [302, 302]
    assert Message.objects.count() == 1


@OF_ONE_KIND
def test_who_writes_while_somebody_has_written_reads_that_first_and_loses_nothing(
    handover: Handover,
) -> None:
    old = facts(handover, "Is it the same man?")
    sent(handover.giver, handover)
    again = browser(handover.taker).post(handover.url, old)
    text = again.content.decode()
    assert again.status_code == 200
    assert QUESTION in text
    assert "Is it the same man?" in text
    assert "Somebody has written since" in strip_tags(text)
    assert Message.objects.count() == 1
    old["seen"] = again.context["message_form"]["seen"].value()
    assert browser(handover.taker).post(handover.url, old).status_code == 302
    assert Message.objects.count() == 2


def test_a_message_sent_when_the_session_has_ended_is_kept_for_its_sender(handover: Handover) -> None:
    client, fields = Client(), facts(handover)
    client.post("/accounts/login/", {"login": handover.giver.email, "password": PASSWORD})
    with time_machine.travel(NOON + timedelta(hours=13), tick=False):
        client.post(handover.url, fields)
    assert not Message.objects.exists()
    assert SentLate.objects.get().owner == handover.giver


@OF_ONE_KIND
def test_the_text_is_encrypted_and_in_no_event_and_no_email(handover: Handover) -> None:
    sent(handover.giver, handover)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM cases_message")
        assert QUESTION not in str(cursor.fetchall())
    events = Event.objects.filter(action="message.send")
    assert events.count() == 1
    assert QUESTION not in str([event.__dict__ for event in Event.objects.all()])
    assert QUESTION not in str(boxes_for(access(handover.taker)))


@OF_ONE_KIND
def test_no_more_than_fifty_are_written_and_the_page_costs_the_same(
    handover: Handover, django_assert_max_num_queries: Any
) -> None:
    shown = ""
    for _n in range(MAX_MESSAGES):
        by = access(handover.giver)
        shown = str(write(subject=handover.subject, text=QUESTION, seen=shown, by=by).code)
    with pytest.raises(PermissionDenied):
        write(subject=handover.subject, text=QUESTION, seen=shown, by=access(handover.giver))
    client = browser(handover.taker)
    client.get(handover.url)
    with django_assert_max_num_queries(14):
        assert "Ring instead" in client.get(handover.url).content.decode()


def test_the_page_of_what_it_is_about_shows_them_to_who_opens_it(handover: Handover) -> None:
    sent(handover.giver, handover)
    name = {"notification": "cases:notification", "call": "calls:detail", "transfer": "cases:transfer"}
    address = reverse(name[column_of(handover.subject)], args=[handover.subject.code])
    assert QUESTION in browser(handover.taker).get(address).content.decode()


@pytest.mark.parametrize("handover", mostly_long(HANDOVERS, usual=["transfer"]), indirect=True)
def test_they_are_in_the_extract_of_the_case(handover: Handover, vera: User) -> None:
    sent(handover.giver, handover)
    case = case_of(handover.subject, vera)
    assert QUESTION in extracted(case, vera)
    told = extracted(case, user("Dag", Role.DPO))
    assert QUESTION not in told
    assert str(len(QUESTION)) in str(told)


def case_of(subject: Any, vera: User) -> Case:
    """The case that becomes of what was handed over."""
    if isinstance(subject, Transfer):
        answer_transfer(transfer=subject, accept=True, reason="", by=access(vera))
        return subject.person.case
    case = new_case(new_person(), by=access(vera))
    if isinstance(subject, Notification):
        link_case(notification=subject, case=case, by=access(vera))
    else:
        Call.objects.filter(pk=subject.pk).update(case=case)
    return case


def extracted(case: Case, who: User) -> list[Any]:
    return [value for section in Extract(case, access(who)).sections for _label, value in section.facts]


def test_without_consent_nothing_is_written_about_a_call_and_what_was_is_emptied(vera: User) -> None:
    handover = referred(vera)
    sent(handover.giver, handover)
    call = Call.objects.get()
    call.consent, call.note = "missing", ""
    edit_call(call=call, lists={}, fields=["consent"], by=access(handover.giver))
    assert Message.objects.get().text == ""
    assert "Consent is missing" in strip_tags(sent(handover.giver, handover).content.decode())
    assert sent(handover.taker, handover).status_code == 404
    assert Message.objects.count() == 1


def test_a_call_referred_to_another_region_takes_no_message_with_it(vera: User) -> None:
    handover = referred(vera)
    sent(handover.giver, handover)
    Call.objects.update(referred_region="SY")
    assert QUESTION not in page(handover.outsider, handover)
    assert browser(vera).get(handover.url).status_code == 404
    assert (waits(vera), waits(handover.outsider)) == (0, 0)
    assert "The message is sent." in sent(handover.outsider, handover, ANSWER, seen="").content.decode()


def test_an_officer_reads_state_and_answers_and_not_the_notification(vera: User) -> None:
    handover = notified(vera)
    row = handover.subject
    row.note = "A building site"
    row.save()
    sent(vera, handover, ANSWER)
    text = page(handover.giver, handover)
    assert ANSWER in text
    assert "Region West" in text
    assert "A building site" not in text
    assert "New message" in browser(handover.giver).get("/cases/notifications/").content.decode()


def test_the_database_guards_its_facts(vera: User) -> None:
    handover = notified(vera)
    sent(handover.giver, handover)
    faults: dict[str, dict[str, Any]] = {
        "about_one_thing": {"notification": None},
        "read_by_somebody": {"read_at": NOON},
        "from_side_known": {"from_side": "nobody"},
    }
    for fault, changes in faults.items():
        with pytest.raises(IntegrityError, match=fault), transaction.atomic():
            Message.objects.update(**changes)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["notification"])
def test_two_of_a_side_who_answer_at_the_same_moment_are_told_of_each_other(kind: str, vera: User) -> None:
    handover = HANDOVERS[kind](vera)
    sent(handover.giver, handover)
    kurt = coordinator("V", "Kurt")
    said = [(who, facts(handover, ANSWER)) for who in (vera, kurt)]
    answers: list[int] = []
    at_once(lambda n: answers.append(browser(said[n][0]).post(handover.url, said[n][1]).status_code))
    assert sorted(answers) == [200, 302]
    assert Message.objects.count() == 2
