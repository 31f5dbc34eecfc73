"""Which lists a person counts as being on, when one organisation was sent to the person by another.

A list says something of who is on none only if it finds persons by itself. Who is found by the police
because the support line passed the case on is on both lists for one reason, and the lists look as if
together they held nearly everybody. So an identification that follows a referral to its organisation is
left out, unless it is the first: somebody did find the person then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Found:
    """One identification: its day, its organisation, and the list that the organisation is on."""

    on: date
    agency: str
    list: str


@dataclass(frozen=True)
class Sent:
    """The person's case was passed on to an organisation that day."""

    on: date
    to: str


def by_themselves(found: Iterable[Found], sent: Iterable[Sent]) -> list[Found]:
    """Those that followed no referral, and the first of all; earliest first.

    Of the same day, one that followed a referral comes after one that did not.
    """
    sent = list(sent)
    ordered = sorted(((one.on, _followed(one, sent), one) for one in found), key=lambda row: row[:2])
    return [one for place, (_on, followed, one) in enumerate(ordered) if not followed or place == 0]


def _followed(one: Found, sent: list[Sent]) -> bool:
    return any(referral.to == one.agency and referral.on <= one.on for referral in sent)
