"""Answers that the trail is broken which were wrong: the register once read the head last, and took what
others wrote meanwhile for an end that had been cut off. Each is explained by an event; nothing is changed or
removed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.models import Event

VERIFIED: Final = "audit.verify"
EXPLAINED: Final = "audit.explain"
BROKEN: Final = "broken"  # alone it is an answer of that time; since then it says in what way
LONGEST: Final = timedelta(hours=1)  # that a proof took; one of three million events took two minutes


@dataclass(frozen=True, slots=True)
class Note:
    """What stands beside an answer that the chain is whole; `event` is where it can be read in the trail."""

    words: str
    event: int

    @property
    def address(self) -> str:
        """The page of the trail that begins with the event."""
        return f"?after={self.event + 1}"


def notes() -> list[Note]:
    """Of earlier answers that the chain was broken: that they are explained, and the latest that is not."""
    explained = explained_by()
    found = [Note(_explained_words(len(explained)), max(explained.values()))] if explained else []
    unexplained = _broken_answers().exclude(sequence__in=explained).order_by("-sequence").first()
    return [*found, Note(_open_words(unexplained), unexplained.sequence)] if unexplained else found


def explained_by() -> dict[int, int]:
    """The event that explains, by the answer that it explains."""
    rows = Event.objects.filter(action=EXPLAINED).values_list("target_id", "sequence")
    return {int(answer): sequence for answer, sequence in rows}


def wrong_answers(proven: int) -> list[Event]:
    """Those to be explained, where the trail is proven whole up to the event `proven`.

    Only the verifier of that time gave such, and only where the event that it named was written while it ran.
    An older event that it named was another than it is now: what others wrote does not explain that."""
    given = _broken_answers().filter(search_kind=BROKEN, sequence__lte=proven).order_by("sequence")
    explained = explained_by()
    answers = [answer for answer in given if answer.sequence not in explained]
    named = Event.objects.in_bulk([answer.rows for answer in answers if answer.rows])
    return [answer for answer in answers if _written_meanwhile(named.get(answer.rows or 0), answer)]


def _written_meanwhile(named: Event | None, answer: Event) -> bool:
    return named is not None and named.sequence < answer.sequence and answer.at - named.at <= LONGEST


def _broken_answers() -> QuerySet[Event]:
    return Event.objects.filter(action=VERIFIED, search_kind__startswith=BROKEN)


def explanations(events: Iterable[Event]) -> dict[int, int]:
    """`explained_by`, where an answer that the trail is broken is among the events; no query where none
    is."""
    answers = [event for event in events if event.action == VERIFIED and event.search_kind.startswith(BROKEN)]
    return explained_by() if answers else {}


def _explained_words(number: int) -> str:
    return ngettext(
        "An earlier answer that the chain was broken was wrong: others wrote while it was proven. "
        "An event of its own explains it.",
        "{n} earlier answers that the chain was broken were wrong: others wrote while it was proven. "
        "An event of its own explains each.",
        number,
    ).format(n=number)


def _open_words(answer: Event) -> str:
    said = _(
        "An earlier answer was that the chain was broken at event {place}. Nothing explains it. Contact "
        "operations."
    )
    return said.format(place=answer.rows)
