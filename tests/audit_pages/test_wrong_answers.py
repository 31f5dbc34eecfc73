"""Answers that the trail is broken, which were wrong: each is explained once by an event; a true break never
is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.access import Access
from accounts.roles import Role
from audit.models import Event
from audit.verify import verify
from audit.writer import Target, record
from audit_pages import proof
from audit_pages.proof import verify_trail
from tests.actors import access, user
from tests.at_once import at_once
from tests.audit.trail import tamper, write
from tests.cases.pages import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/audit/"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def dora() -> Access:
    return access(user("Dora", Role.DPO))


def answered_wrongly(by: Access, *, after: timedelta = timedelta(seconds=5)) -> Event:
    """As the register once did: it walked two events, others wrote two, and it took these for an end cut
    off."""
    return answered_broken(by, write(4, at=NOON)[2].sequence, at=NOON + after)


def answered_broken(by: Access, place: int, *, at: datetime = NOON) -> Event:
    return record(
        by, "audit.verify", Target("audit.event", str(place)), rows=place, search_kind="broken", at=at
    )


def prove(by: Access) -> bool:
    return verify_trail(by, told=lambda *_steps: None)


def explanations() -> list[tuple[str, int | None]]:
    rows = Event.objects.filter(action="audit.explain").order_by("sequence")
    return [(event.target_id, event.rows) for event in rows]


def test_each_wrong_answer_is_explained_once_when_the_trail_is_whole(dora: Access) -> None:
    first, second = answered_wrongly(dora), answered_wrongly(dora)
    held = list(Event.objects.order_by("sequence").values())
    assert prove(dora)
    proven = second.sequence
    assert explanations() == [(str(first.sequence), proven), (str(second.sequence), proven)]
    event = Event.objects.filter(action="audit.explain")[0]
    assert (event.actor, event.digest) == (dora.actor, second.hash)
    assert (
        list(Event.objects.order_by("sequence").values())[: len(held)] == held
    )  # nothing is changed or removed
    assert prove(dora)
    assert len(explanations()) == 2
    answered_wrongly(dora)
    assert prove(dora)
    assert len(explanations()) == 3
    assert verify()


def test_nothing_is_explained_while_the_trail_is_broken(dora: Access) -> None:
    answered_wrongly(dora)
    tamper("UPDATE audit_event SET actor = 'x' WHERE sequence = 1")
    assert not prove(dora)
    assert explanations() == []


def test_a_break_that_was_mended_is_not_explained(dora: Access) -> None:
    """Found by the verifier of today, which says in what way: others who write make it answer nothing
    wrong."""
    write(3)
    tamper("UPDATE audit_event SET actor = 'x' WHERE sequence = 2")
    assert not prove(dora)
    tamper("UPDATE audit_event SET actor = 'user1@example.org' WHERE sequence = 2")
    assert prove(dora)
    assert explanations() == []
    assert Event.objects.get(sequence=4).search_kind == "broken,changed"


@pytest.mark.parametrize("after", [timedelta(hours=2), timedelta(days=400)])
def test_an_answer_about_an_event_that_was_there_long_before_is_not_explained(
    dora: Access, after: timedelta
) -> None:
    """The event was another then: somebody has put it back."""
    answered_wrongly(dora, after=after)
    assert prove(dora)
    assert explanations() == []


@pytest.mark.parametrize("place", [0, 2, 99])
def test_an_answer_that_names_no_event_before_itself_is_not_explained(dora: Access, place: int) -> None:
    write(1, at=NOON)
    answered_broken(dora, place)
    assert prove(dora)
    assert explanations() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_proofs_at_the_same_time_one_explains(dora: Access) -> None:
    answers = [answered_wrongly(dora) for _ in range(3)]
    at_once(lambda _who: prove(dora), 2)
    assert [answer for answer, _rows in explanations()] == [str(answer.sequence) for answer in answers]
    assert verify()


def test_an_answer_that_came_after_the_walk_is_left_to_the_next_proof(
    dora: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is proven is explained."""

    write(2)

    def proven(**options: Any) -> str:
        head = verify(**options)
        answered_wrongly(dora)
        return head

    with monkeypatch.context() as patch:
        patch.setattr(proof, "verify", proven)
        assert prove(dora)
    assert explanations() == []
    assert prove(dora)
    assert len(explanations()) == 1


def test_an_explanation_that_cannot_be_recorded_leaves_no_answer_either(
    dora: Access, monkeypatch: pytest.MonkeyPatch
) -> None:

    answered_wrongly(dora)
    before = Event.objects.count()

    def fails(*given: Any, **options: Any) -> Event:
        if given[1] == "audit.verify":
            raise OSError("the disk is full")
        return record(*given, **options)

    monkeypatch.setattr(proof, "record", fails)
    with pytest.raises(OSError, match="full"), transaction.atomic():
        prove(dora)
    assert Event.objects.count() == before


class TestPage:
    def page(self, by: Access, language: str, address: str = PAGE) -> str:
        client: Client = signed_in(by.user)
        client.cookies["django_language"] = language
        return client.get(address).content.decode()

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            (
                "en",
                (
                    "An earlier answer that the chain was broken was wrong: others wrote while it was proven.",  # noqa: E501
                    "Show event 6",
                    "This answer was wrong: event 6 explains it.",
                    "The audit trail itself: wrong answer explained",
                    "others wrote while the chain was proven",
                    "event 5, which answered that the chain was broken at event 3",
                ),
            ),
            (
                "sv",
                (
                    "Ett tidigare svar att kedjan var bruten var fel: andra skrev medan den prövades.",
                    "Visa händelse 6",
                    "Svaret var fel: händelse 6 förklarar det.",
                    "Själva loggen: förklarade ett felaktigt svar",
                    "andra skrev medan kedjan prövades",
                    "händelse 5, som svarade att kedjan var bruten vid händelse 3",
                ),
            ),
        ],
    )
    def test_it_tells_in_both_languages_what_was_wrong_and_where(
        self, dora: Access, language: str, said: tuple[str, ...]
    ) -> None:
        answered_wrongly(dora)
        prove(dora)
        page = self.page(dora, language)
        assert [words for words in said if words not in page] == []
        assert "notice-danger" not in page

    def test_the_link_leads_to_the_explanation(self, dora: Access) -> None:
        answered_wrongly(dora)
        prove(dora)
        assert 'href="?after=7"' in self.page(dora, "en")
        page = self.page(dora, "en", f"{PAGE}?after=7")
        assert page.index("wrong answer explained") < page.index("This answer was wrong")

    def test_several_are_counted(self, dora: Access) -> None:
        answered_wrongly(dora)
        answered_wrongly(dora)
        prove(dora)
        assert "2 earlier answers that the chain was broken were wrong" in self.page(dora, "en")
        assert "2 tidigare svar att kedjan var bruten var fel" in self.page(dora, "sv")

    def test_a_mended_break_stays_to_be_asked_about(self, dora: Access) -> None:
        answered_wrongly(dora, after=timedelta(days=400))
        prove(dora)
        page = self.page(dora, "en")
        assert "The chain is whole" in page
        assert "An earlier answer was that the chain was broken at event 3. Nothing explains it." in page
        assert "This answer was wrong" not in page

    def test_a_broken_chain_says_only_that(self, dora: Access) -> None:
        answered_wrongly(dora)
        prove(dora)
        tamper("UPDATE audit_event SET actor = 'x' WHERE sequence = 1")
        prove(dora)
        page = self.page(dora, "en")
        assert "The chain is broken at event 1." in page
        assert "an event was changed" in page
        assert "An earlier answer" not in page

    def test_it_costs_the_same_however_many_there_are(self, dora: Access) -> None:
        counts = []
        for number in (1, 5):
            for _ in range(number):
                answered_wrongly(dora)
            prove(dora)
            with CaptureQueriesContext(connection) as queries:
                self.page(dora, "en")
            counts.append(len(queries))
        assert counts[0] == counts[1]
