"""An agency notifies the region of a county without identity, and follows its state; the region answers."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import User
from agencies.models import Agency, County, Region
from audit.models import Event
from cases.models import Case, Notification
from tests.actors import NOON, access, user
from tests.cases.pages import case_facts, coordinator, errors_of, operator, person_facts, signed_in
from tests.weights import mostly_long

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
NOTIFY, LIST = "/cases/notify/", "/cases/notifications/"


@pytest.fixture
def nora():
    return user("Nora", "officer", agency="police")


@pytest.fixture
def client(nora):
    client = signed_in(nora)
    client.cookies["django_language"] = "en"
    return client


def facts(**changes):
    token = str(uuid.uuid4())
    return {
        "county": "14",
        "urgency": "days",
        "women": "2",
        "purposes": ["purpose:labour"],
        "form_token": token,
        **changes,
    }


def sent_by(client, **changes):
    client.post(NOTIFY, facts(**changes))
    return Notification.objects.latest("sent_at", "pk")


def test_it_goes_to_the_region_of_the_county_and_the_officer_gets_a_random_number(client, nora):
    page = client.post(NOTIFY, facts(note="A building site"), follow=True).content.decode()
    row = Notification.objects.get()
    assert (row.region_id, row.county_id, row.women, row.officer) == ("V", "14", 2, nora)
    assert row.agency == Agency.objects.get(code="police")
    assert [code.key for code in row.purposes.all()] == ["purpose:labour"]
    assert f"Your notification has number {row.receipt}." in strip_tags(page)
    other = sent_by(client, form_token=str(uuid.uuid4()))
    assert other.receipt != row.receipt
    assert not set("01IO") & set(row.receipt.replace("-", ""))


def test_the_same_form_sent_twice_is_one_notification(client):
    sent = facts()
    client.post(NOTIFY, sent)
    client.post(NOTIFY, sent)
    assert Notification.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "changes", "message"),
    [
        ("county", {"county": ""}, "Enter county"),
        ("women", {"women": "0"}, "Enter how many persons"),
        pytest.param("women", {"women": "-1"}, "0", marks=pytest.mark.long),
        ("note", {"note": "Hans nummer är 070-174 06 05"}, "phone number"),
        ("note", {"note": "ordinary words " * 200_000}, "At most 1000 fit"),
        ("purposes", {"purposes": ["purpose:invented"]}, "purpose:invented"),
        pytest.param("phone", {"phone": "800101-1234"}, "Write a telephone number", marks=pytest.mark.long),
        ("phone", {"phone": "ring Anna"}, "Write a telephone number"),
    ],
)
def test_bad_input_gets_its_message_and_keeps_what_was_typed(client, field, changes, message):
    response = client.post(NOTIFY, facts(note="A building site") | changes)
    assert message in " ".join(errors_of(response)[field])
    assert changes.get("note", "A building site").strip() in response.content.decode()
    assert not Notification.objects.exists()


def test_an_officer_sees_the_state_of_own_notifications_and_nothing_more(client):
    row = sent_by(client, note="A building site")
    other = signed_in(user("Nils", "officer", agency="police"))
    assert row.receipt not in other.get(LIST).content.decode()
    page = client.get(LIST).content.decode()
    assert row.receipt in page
    assert "Received" in page
    assert "A building site" not in page
    assert client.get(row.get_absolute_url()).status_code == 403
    assert other.get(row.get_absolute_url()).status_code == 404


def test_the_coordinators_of_the_region_read_it_and_no_others(client):
    row = sent_by(client, note="A building site")
    karin, sven = signed_in(coordinator("V", "Karin")), signed_in(coordinator("SY", "Sven"))
    assert "A building site" in karin.get(row.get_absolute_url()).content.decode()
    assert row.receipt in karin.get(LIST).content.decode()
    assert row.receipt in karin.get("/").content.decode()
    assert sven.get(row.get_absolute_url()).status_code == 404
    assert row.receipt not in sven.get(LIST).content.decode() + sven.get("/").content.decode()
    assert sven.post(f"{row.get_absolute_url()}state/", {"state": "closed"}).status_code == 404
    assert Event.objects.filter(action="notification.read").count() == 1


@pytest.mark.parametrize(
    "role",
    mostly_long(["operator", "analyst", "manager", "administrator", "dpo"], usual=["operator", "dpo"]),
)
def test_other_roles_neither_notify_nor_read(client, role):
    row = sent_by(client)
    other = signed_in(user("Olga", role))
    assert (other.get(NOTIFY).status_code, other.post(NOTIFY, facts()).status_code) == (403, 403)
    assert other.get(row.get_absolute_url()).status_code == 404
    assert other.get(LIST).status_code == 403
    assert not Notification.objects.visible_to(access(operator("Ottilia"))).exists()


def test_the_state_moves_and_the_officer_sees_it(client):
    row = sent_by(client)
    karin = signed_in(coordinator("V", "Karin"))
    for state in ("contacted", "contacted", "closed"):
        facts = {"state": state, "how": "phone" if state == "contacted" else ""}
        assert karin.post(f"{row.get_absolute_url()}state/", facts).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.version) == ("closed", 3)
    assert "Closed" in client.get(LIST).content.decode()
    assert client.post(f"{row.get_absolute_url()}state/", {"state": "contacted"}).status_code == 403
    assert karin.post(f"{row.get_absolute_url()}state/", {"state": "received"}).status_code == 403


def test_the_coordinator_has_somebody_to_ring_back(client):
    row = sent_by(client, phone="08-000 00 17")
    page = signed_in(coordinator("V", "Karin")).get(row.get_absolute_url()).content.decode()
    assert "Nora" in page
    assert "08-000 00 17" in page
    assert f'href="mailto:nora@example.org?subject=Anm%C3%A4lan%20{row.receipt}"' in page
    again = client.get(NOTIFY).content.decode()
    assert 'value="08-000 00 17"' in again  # the next one begins with it


def test_the_account_of_an_officer_who_has_left_leads_to_the_agency(client, nora):
    row = sent_by(client)
    Agency.objects.filter(pk=nora.agency_id).update(contact="Jourhavande, 000-000 00 18")
    User.objects.filter(pk=nora.pk).update(is_active=False)
    page = signed_in(coordinator("V", "Karin")).get(row.get_absolute_url()).content.decode()
    assert "Jourhavande, 000-000 00 18" in page


def test_that_the_officer_is_contacted_is_said_with_how_and_she_sees_it(client):
    row = sent_by(client)
    karin = signed_in(coordinator("V", "Karin"))
    for how in ("", "by pigeon"):
        karin.post(f"{row.get_absolute_url()}state/", {"state": "contacted", "how": how})
        row.refresh_from_db()
        assert (row.state, row.contacted_by) == ("received", None)
    karin.post(f"{row.get_absolute_url()}state/", {"state": "contacted", "how": "email"})
    row.refresh_from_db()
    assert (row.state, row.contacted_by.name, row.contacted_how) == ("contacted", "Karin", "email")
    assert "Contacted" in client.get(LIST).content.decode()


def test_two_who_take_it_over_are_told_of_each_other(client):
    row = sent_by(client)
    karin, kurt = signed_in(coordinator("V", "Karin")), signed_in(coordinator("V", "Kurt"))
    take = f"{row.get_absolute_url()}take/"
    for _twice in range(2):
        assert karin.post(take, follow=True).status_code == 200
    text = kurt.post(take, follow=True, headers={"accept-language": "en"}).content.decode()
    row.refresh_from_db()
    assert (row.state, row.taken_by.name, row.version) == ("taken", "Karin", 2)
    assert row in Notification.objects.waiting_for(access(User.objects.get(name="Karin")))
    assert "Karin" in strip_tags(text)
    assert client.post(take).status_code == 403
    assert Event.objects.filter(action="notification.move").count() == 1


def test_a_case_is_opened_from_it_once_with_what_it_says_and_does_not_count_as_a_call(client):
    row = sent_by(client, women="1", girls="1")
    karin = signed_in(coordinator("V", "Karin"))
    address = f"/cases/new/?notification={row.code}"
    draft = karin.get(address).context["draft"]
    assert (draft.number["number"].value(), draft.template["county"].value()) == (2, "14")
    assert draft.template["agency"].value() == Agency.objects.get(code="police").pk
    karin.post(
        address, case_facts(opened_on="2019-03-01") | person_facts(identified_on="2019-03-01", number="2")
    )
    case = Case.objects.get()
    row.refresh_from_db()
    assert (row.case, row.state, case.opened_from_call) == (case, "taken", False)
    assert (row.taken_by.name, row.contacted_at) == ("Karin", None)  # a case opened has reached nobody
    assert karin.get(address).status_code == 404
    assert case.number in karin.get(row.get_absolute_url()).content.decode()
    assert case.number not in client.get(LIST).content.decode()


def test_no_case_is_opened_from_another_regions_notification(client):
    row = sent_by(client)
    assert signed_in(coordinator("SY", "Sven")).get(f"/cases/new/?notification={row.code}").status_code == 404
    assert signed_in(coordinator("SY", "Sara")).get("/cases/new/?notification=nonsense").status_code == 404


@pytest.mark.parametrize(
    ("fault", "changes"),
    [
        ("cases_notification_of_somebody", {"women": 0}),
        ("cases_notification_urgency_known", {"women": 1, "urgency": "soon"}),
        ("cases_notification_state_known", {"women": 1, "state": "lost"}),
        ("cases_notification_taken_by_somebody", {"women": 1, "taken_at": NOON}),
        ("cases_notification_contacted_somehow", {"women": 1, "contacted_how": "phone"}),
    ],
)
def test_the_database_guards_its_facts(nora, fault, changes):
    row = Notification(
        officer=nora, county=County.objects.get(code="14"), region=Region.objects.get(code="V"), **changes
    )
    with pytest.raises(IntegrityError, match=fault), transaction.atomic():
        row.save()


def test_sending_is_in_the_audit_log_without_facts(client):
    row = sent_by(client, note="A building site")
    event = Event.objects.get(action="notification.send")
    assert event.target_label == row.receipt
    assert "building" not in str(event.__dict__)


def test_pages_cost_at_most_twelve_queries(client, django_assert_max_num_queries):
    rows = [sent_by(client) for _n in range(3)]
    karin = signed_in(coordinator("V", "Karin"))
    for person, address in (
        (client, NOTIFY),
        (client, LIST),
        (karin, LIST),
        (karin, rows[0].get_absolute_url()),
    ):
        with django_assert_max_num_queries(12):
            assert person.get(address).status_code == 200
    assert reverse("cases:notify") == NOTIFY
