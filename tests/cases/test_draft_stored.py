"""A draft is its owner's only, encrypted, without what may not be written, and gone when saved or a day
old."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from accounts.sessions import SEEN
from audit.models import Event
from cases.drafts import KINDS
from cases.models import Call, Draft
from jobs.worker import work
from tests.actors import NOON, user
from tests.cases.call_forms import call_facts
from tests.cases.pages import operator, signed_in
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
NEW, OFFER = "/calls/new/", "/drafts/call/"
TOKEN = "5f0c7a8e-9d1b-4c46-8a4e-3b1f5f2f9f10"
BACKGROUND = {"HTTP_X_BACKGROUND": "1"}


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(clock):
    client = signed_in(operator())
    client.cookies["django_language"] = "en"
    return client


def keep(client, **changes):
    return client.post(f"{OFFER}{TOKEN}/", call_facts(form_token=TOKEN) | changes, **BACKGROUND)


def test_what_is_written_is_kept_and_offered_to_its_owner_with_the_time(client):
    assert keep(client, note="half a sentence").json() == {"refused": [], "text": "Draft saved 13:00"}
    offered = client.get(OFFER, **BACKGROUND).json()
    assert (offered["subject"], offered["time"]) == (TOKEN, "13:00")
    assert offered["fields"]["note"] == ["half a sentence"]
    assert offered["fields"]["topics"] == ["topic:person"]
    assert offered["fields"]["caller_county"] == ["Västra Götalands län"]
    assert "csrfmiddlewaretoken" not in offered["fields"]


def test_nobody_else_is_offered_it_and_nobody_else_discards_it(client):
    keep(client)
    other = signed_in(operator("Ottilia"))
    assert other.get(OFFER).json() == {}
    other.post(f"{OFFER}{TOKEN}/discard/")
    assert Draft.objects.count() == 1


def test_the_database_holds_it_encrypted(client):
    keep(client, note="half a sentence")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM cases_draft")
        ((stored,),) = cursor.fetchall()
    assert "half" not in stored
    assert "caller" not in stored


def test_it_stands_neither_in_the_audit_log_nor_in_any_history(client):
    before = Event.objects.count()
    keep(client, note="half a sentence")
    client.get(OFFER)
    assert Event.objects.count() == before
    assert not hasattr(Draft, "history")


def test_what_the_scanner_finds_is_left_out_and_all_else_is_kept(client):
    answer = keep(client, note="Ring 070-174 06 05", caller_county="anna@example.org").json()
    assert set(answer["refused"]) == {"note", "caller_county"}
    assert "without what may not be kept" in answer["text"]
    fields = client.get(OFFER).json()["fields"]
    assert "note" not in fields
    assert fields["women"] == ["1"]


def test_a_birth_date_in_the_note_is_left_out_and_the_day_of_the_call_is_not(client):
    assert keep(client, note="född 1981-12-18").json()["refused"] == ["note"]
    assert client.get(OFFER).json()["fields"]["received_at"] == ["2019-03-01 10:38"]


def test_without_consent_no_note_is_kept(client):
    assert keep(client, consent="missing", note="half a sentence").json()["refused"] == ["note"]
    assert client.get(OFFER).json()["fields"]["consent"] == ["missing"]


def test_two_forms_at_once_have_a_draft_each(client):
    keep(client, note="one")
    client.post(f"{OFFER}{uuid.uuid4()}/", call_facts(note="two"))
    assert Draft.objects.count() == 2


def test_saving_the_call_ends_its_draft_and_a_late_keeping_does_not_bring_it_back(client):
    keep(client)
    client.post(NEW, call_facts(form_token=TOKEN))
    assert Call.objects.count() == 1
    assert not Draft.objects.exists()
    keep(client)
    assert not Draft.objects.exists()


def test_discarding_ends_it(client):
    keep(client)
    client.post(f"{OFFER}{TOKEN}/discard/")
    assert client.get(OFFER).json() == {}
    assert not Draft.objects.exists()


def test_after_a_day_it_is_neither_offered_nor_there(clock):
    olle = operator()
    keep(signed_in(olle))
    clock.shift(timedelta(hours=24))
    assert signed_in(olle).get(OFFER).json() == {}
    assert not Draft.objects.exists()


def test_the_worker_deletes_it_when_nobody_comes_by(client, clock):
    keep(client)
    clock.shift(timedelta(hours=24))
    work(once=True)
    assert not Draft.objects.exists()


def test_a_command_deletes_the_old_ones_and_says_how_many(client, clock):
    keep(client)
    out = StringIO()
    call_command("purge_drafts", stdout=out)
    clock.shift(timedelta(hours=24))
    call_command("purge_drafts", stdout=out)
    assert out.getvalue() == "0\n1\n"
    assert not Draft.objects.exists()


def test_keeping_a_draft_does_not_keep_the_session_alive(client, clock):
    client.get(NEW)
    seen = client.session[SEEN]
    clock.shift(timedelta(minutes=10))
    keep(client)
    client.get(OFFER, **BACKGROUND)
    assert client.session[SEEN] == seen
    client.get(NEW)
    assert client.session[SEEN] > seen


def test_a_draft_that_is_too_long_is_refused_and_the_former_stays(client):
    keep(client, note="half a sentence")
    many = {f"field{n}": "ordinary words " * 60 for n in range(400)}
    assert client.post(f"{OFFER}{TOKEN}/", many).status_code == 413
    assert client.get(OFFER).json()["fields"]["note"] == ["half a sentence"]


def test_a_lost_key_loses_the_draft_and_nothing_else(client, settings):
    keep(client, note="half a sentence")
    settings.NOTES_KEYS = ["MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="]
    assert client.get(OFFER).json()["fields"] == {}


@pytest.mark.parametrize("kind", mostly_long(sorted(KINDS), usual=sorted(KINDS)[:2]))
def test_only_those_who_may_fill_in_the_form_keep_drafts_of_it(clock, kind):
    client = signed_in(user("Nora", "analyst"))
    assert client.get(f"/drafts/{kind}/").status_code == 403
    assert client.post(f"/drafts/{kind}/{TOKEN}/", {"note": "x"}).status_code == 403
    assert client.post(f"/drafts/{kind}/{TOKEN}/discard/").status_code == 403


def test_a_kind_of_form_that_does_not_exist_is_not_found(client):
    assert client.get("/drafts/poem/").status_code == 404


def test_my_page_reminds_of_an_unsaved_call(client):
    keep(client)
    page = client.get("/").content.decode()
    assert "Unsaved call" in page
    assert "2019-03-01 13:00" in page
