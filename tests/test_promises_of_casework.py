"""What pages and guides promise of casework, and what documents promise, is so: see `test_promises`."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from accounts.access import Access
from accounts.roles import Role
from cases.actions.cases import open_case
from cases.actions.duplicates import ask_other_region, decide
from cases.choices import Decision
from cases.models import Call, Case, DuplicateReview, Notification
from tests.actors import NOON, access, user
from tests.cases.call_forms import call_facts
from tests.cases.test_notification_sent import facts as notification
from tests.makers import new_case, new_person
from tests.test_promises import ROOT, both, document, read, signed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V"))


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


class TestNotification:
    """The region sees who notified, and where to ring or write: the officer is promised to hear from it."""

    PROMISE: Final = {"sv": "hör av sig", "en": "gets back to you"}

    @both
    def test_the_officer_is_promised_what_the_region_can_keep(self, vera: Access, language: str) -> None:
        nora = user("Nora", Role.OFFICER, agency="police", language=language)
        client = signed_in(nora)
        page = read(client, "/cases/notify/", language)
        told = notification(phone="08-000 00 17")
        sent = words(client.post("/cases/notify/", told, follow=True).content.decode())
        row = Notification.objects.get()
        seen = signed_in(vera).get(row.get_absolute_url()).content.decode()
        assert [one for one in (nora.name, nora.email, "08-000 00 17") if one not in seen] == []
        assert self.PROMISE[language] in page
        assert self.PROMISE[language] in sent


class TestExtract:
    FORMER: Final = re.compile(
        r"Everything that the register|Allt som registret|allt som är lagrat|all that is stored"
    )

    @both
    def test_it_does_not_say_that_it_is_everything(self, vera: Access, language: str) -> None:
        signed_in(user("Nora", Role.OFFICER, agency="police")).post("/cases/notify/", notification())
        case = new_case(by=vera)
        Notification.objects.update(case=case)
        page = read(signed_in(vera), f"/cases/{case.code}/extract/", language)
        assert Notification.objects.get().receipt in page
        assert {"sv": "anmälan som det öppnades från", "en": "notification that it was opened from"}[
            language
        ] in page
        assert not self.FORMER.search(page)

    @pytest.mark.parametrize("name", ["docs/anvandarguide.md", "docs/glossary.md"])
    def test_neither_do_the_guides(self, name: str) -> None:
        assert not self.FORMER.search(document(name))


class TestJudgements:
    CHANGED: Final = re.compile(r"Every judgement can be changed|Varje bedömning kan ändras")
    BY_BOTH: Final = "kan båda regionerna ändra den"

    @both
    def test_an_answer_to_another_region_can_be_changed_by_either_region_and_is_said_to(
        self, vera: Access, language: str
    ) -> None:
        sune = access(user("Sune", Role.COORDINATOR, region="SY"))
        first = new_case(new_person(), by=vera).persons.get()
        second = new_case(new_person(), by=sune, region="SY").persons.get()
        review = DuplicateReview.objects.create(first=first, second=second, similarity=20, found_at=NOON)
        decide(ask_other_region(review, by=sune), decision=Decision.SAME, reason="r", by=vera)
        address = f"/cases/duplicates/{review.code}/"
        for who, decision in ((vera, Decision.DIFFERENT), (sune, Decision.SAME)):
            signed_in(who).post(address, {"decision": decision, "reason": "Mistaken."})
            review.refresh_from_db()
            assert review.decision == decision
        assert self.CHANGED.search(read(signed_in(vera), "/cases/duplicates/", language))
        assert self.CHANGED.search(document("docs/anvandarguide.md"))
        assert self.BY_BOTH in document("docs/anvandarguide.md")

    def test_one_of_two_own_records_is_changed_on_the_page_of_the_person(self, vera: Access) -> None:
        case = new_case(new_person(), new_person(), by=vera)
        first, second = case.persons.order_by("pk")
        review = DuplicateReview.objects.create(first=first, second=second, similarity=20, found_at=NOON)
        decide(review, decision=Decision.DIFFERENT, reason="r", by=vera)
        client = signed_in(vera)
        assert f"/cases/duplicates/{review.code}/" in client.get(first.get_absolute_url()).content.decode()
        assert client.get(f"/cases/duplicates/{review.code}/").status_code == 200


class TestConsent:
    def test_what_the_texts_say_is_what_happens(self, vera: Access) -> None:
        """`tests/cases/test_consent_decides.py` walks it."""
        olle = access(user("Olle", Role.OPERATOR))
        client = signed_in(olle)
        client.post("/calls/new/", call_facts(consent="missing"))
        case = Case(region_id="V", opened_on=NOON.date())
        with pytest.raises(PermissionDenied):
            open_case(case=case, persons=[new_person()], by=olle, call=Call.objects.get())
        page = read(client, "/calls/new/", "en")
        assert "of the call only statistical facts are saved" in page
        assert "no case is opened but for a child" in document("docs/glossary.md")
        assert "bara statistiska uppgifter om samtalet" in document("docs/anvandarguide.md")
        assert "öppnas inget ärende" in document("docs/anvandarguide.md")


class TestSecurityPage:
    def test_it_says_what_whoever_writes_to_the_database_can_do(self) -> None:
        page = document("docs/security.md")
        assert "not bound to its row" not in page
        assert "A whole row that is given to another region opens there" in page


class TestDocuments:
    def test_nothing_is_said_to_be_never_lost(self) -> None:
        assert "Inget du har skrivit försvinner" not in document("docs/anvandarguide.md")

    def test_the_lines_of_the_charts_are_about_as_many_as_is_said(self) -> None:
        lines = sum(len(file.read_text().splitlines()) for file in (ROOT / "summaries/charts").glob("*.py"))
        assert 900 < lines < 1_100
        assert "some thousand lines of our own" in document("docs/dependencies.md")

    @pytest.mark.parametrize("template", ["403_csrf.html", "500.html", "503.html"])
    def test_an_error_page_does_not_say_that_all_that_was_written_is_there(self, template: str) -> None:
        """tests/nmt_site/test_going_back.py shows in a browser that numbers are gone."""
        assert "still there, but other answers may be gone" in document(f"templates/{template}")
