"""The terms and the reminder of secrecy: accepted once a version, before anything else is reached."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import pytest
from django.conf import settings as ours
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.entry import accept_terms
from accounts.models import TermsAccepted, User
from accounts.roles import Role
from audit.models import Event
from cases.actions.calls import log_call
from cases.drafts import keep_sent_late
from cases.models import Call, SentLate, SuspectCount
from tests.actors import NOON, access, user
from tests.cases.pages import case_facts, person_facts
from tests.makers import new_case

pytestmark = pytest.mark.django_db
ACCEPTS: Final = {"version": "1"}  # as the page sends it
# A text that somebody has accepted stays as it is: one that is changed is a version more, and a line more.
TEXTS = {1: "cbc4594cbbfd3532fa8a9e3e62cdaf2cdfa3e8bc882aecd6fbeb34e45e9be10d"}


@pytest.fixture
def anna(client: Client, settings: Any) -> User:
    """A coordinator who has signed in and accepted nothing yet."""
    settings.TERMS_VERSION = 1
    anna = user("Anna", Role.COORDINATOR, region="V", language="en")
    client.force_login(anna)
    return anna


def test_nothing_is_reached_before_the_terms_are_accepted(client: Client, anna: User) -> None:
    for page in ("/", "/summaries/", "/account/", "/admin/", "/audit/", "/jobs/"):
        assert client.get(page).headers["Location"].startswith("/account/terms/?"), page
    assert client.post("/account/letters/", {"daily": "on"}).headers["Location"].startswith("/account/terms/")
    assert "I have read this and accept it" in client.get("/account/terms/").content.decode()
    for open_to_all in ("/help/", "/privacy/", "/accounts/password/change/"):
        assert "/account/terms/" not in client.get(open_to_all).headers.get("Location", ""), open_to_all


def test_they_are_accepted_once_and_it_is_on_record(client: Client, anna: User) -> None:
    asked = client.get("/calls/?x=1").headers["Location"]
    assert client.post(asked, ACCEPTS).headers["Location"] == "/calls/?x=1"
    for no_page_of_ours in ("https://elsewhere.example/", "//elsewhere.example/", "account", "nothing"):
        there = client.post(f"/account/terms/?next={no_page_of_ours}", ACCEPTS).headers["Location"]
        assert there == "/", no_page_of_ours
    assert client.get("/calls/").status_code == 200
    again = Client()
    again.force_login(anna)
    assert again.get("/calls/").status_code == 200

    assert Event.objects.filter(action="user.terms", actor=anna.email, target_label="1").count() == 1
    assert "version 1, accepted" in " ".join(client.get("/account/").content.decode().split())
    assert "You have accepted this version." in client.get("/account/terms/").content.decode()


def test_a_new_version_is_asked_for_and_what_was_being_sent_is_still_done(
    client: Client, anna: User, settings: Any
) -> None:
    client.post("/account/terms/", ACCEPTS)
    client.get("/account/")
    settings.TERMS_VERSION = 2
    client.post("/account/letters/", {})
    anna.refresh_from_db()
    assert not anna.daily_letter
    assert client.get("/account/").headers["Location"].startswith("/account/terms/")


def test_what_is_accepted_is_the_version_that_was_read(client: Client, anna: User) -> None:
    """A new one may have come while the page was open."""
    for read in ({}, {"version": "0"}, {"version": "2"}):
        assert "I have read this and accept it" in client.post("/account/terms/", read).content.decode()
    assert not TermsAccepted.objects.filter(user=anna).exists()


def test_they_come_after_the_second_factor(client: Client, anna: User, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    assert client.get("/").headers["Location"] == "/accounts/2fa/"
    assert client.get("/account/terms/").headers["Location"] == "/accounts/2fa/"


def test_a_version_is_accepted_once_by_the_database_too(anna: User) -> None:
    accept_terms(by=access(anna))
    with pytest.raises(IntegrityError), transaction.atomic():
        TermsAccepted.objects.create(user=anna, version=1, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        TermsAccepted.objects.create(user=anna, version=0, at=NOON)


def test_the_text_of_each_version_stays_as_it_was() -> None:
    chosen = (ours.BASE_DIR / "nmt_site/settings.py").read_text(encoding="utf-8")
    assert f"\nTERMS_VERSION = {max(TEXTS)}\n" in chosen
    assert {file.stem for file in (ours.BASE_DIR / "templates/account").glob("terms_*.html")} == {
        f"terms_{version}" for version in TEXTS
    }
    for version, digest in TEXTS.items():
        texts = []
        for language in ("sv", "en"):
            with override(language):
                texts.append(" ".join(render_to_string(f"account/terms_{version}.html").split()))
        assert hashlib.sha256("\n".join(texts).encode()).hexdigest() == digest, texts


def test_what_is_sent_before_they_are_accepted_is_kept_and_not_done(client: Client, anna: User) -> None:
    """A page was open while somebody signed in anew in another tab, and the terms had changed. Sent again
    before they are accepted it is still kept; done, it is kept no more."""
    case = new_case(by=access(anna))
    address = f"/cases/{case.code}/suspects/"
    asked = client.post(address, {"partner": "2", "go": "save"}).headers["Location"]
    assert not SuspectCount.objects.exists()
    late = SentLate.objects.get()
    again = {"partner": "2", "sent_late": str(late.code)}
    client.post(address, again)
    assert SentLate.objects.exists()
    there = client.post(asked, ACCEPTS).headers["Location"]
    assert there == f"/cases/late/{late.code}/"
    assert 'name="partner" value="2"' in client.get(there).content.decode()
    assert client.post(address, again).status_code == 302
    assert SuspectCount.objects.get().number == 2
    assert not SentLate.objects.filter(pk=late.pk).exists()


def test_a_form_that_led_on_without_doing_anything_is_still_kept(client: Client) -> None:
    olle = user("Olle", Role.OPERATOR)
    client.force_login(olle)
    client.post("/account/terms/", ACCEPTS)
    call = log_call(
        call=Call(
            received_at=NOON, caller_group_id="caller:social", consent="missing", referred_region_id="V"
        ),
        lists={},
        by=access(olle),
    )
    facts = person_facts() | case_facts()
    kept = keep_sent_late(f"/cases/new/?call={call.code}", {"note": ["x"]}, by=access(olle, timezone.now()))
    assert kept
    sent = client.post(f"/cases/new/?call={call.code}", {**facts, "sent_late": str(kept.code)})
    assert sent.headers["Location"] == call.get_absolute_url()  # consent is missing: no case
    assert SentLate.objects.filter(pk=kept.pk).exists()
