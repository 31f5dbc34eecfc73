"""A published year for the demonstration, by the same actions as the pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from django.utils import timezone

from accounts.access import Access
from accounts.approvals import answer
from accounts.models import User
from summaries.publishing.actions import choose_step, protect_draft, publish
from summaries.publishing.approving import wish
from summaries.publishing.models import Publication
from summaries.publishing.release_models import Announcement
from summaries.publishing.releasing import announce, ask_release

WHEN: Final = datetime(2019, 5, 9, 9, tzinfo=UTC)
STEPS: Final = {
    "country_group": 1,
    "citizenship": 1,
    "organisation": 1,
    "offence": 1,
    "sector": 2,
    "ages": 1,
    "measures": 1,
    "sdg": 1,
    "eu_form": 1,
    "eu_organisation": 1,
    "eu_age_sex": 2,
    "eu_citizenship": 1,
}
SECONDS: Final = 2.0  # then the heuristic: nobody waits for a demonstration


def publish_2018(analyst: User, manager: User) -> Publication:
    by = Access.of(analyst, at=WHEN)
    for table, step in STEPS.items():
        choose_step(year=2018, table=table, step=step, by=by)
    draft = protect_draft(year=2018, by=by, seconds=SECONDS)
    return release(draft, Publication.State.FINAL, analyst, manager)


def announce_next(analyst: User, today: date) -> Announcement:
    """The release of the newest year that is over, in May at nine in the morning."""
    year = today.year - 1 if today < date(today.year, 5, 15) else today.year
    at = timezone.make_aware(datetime(year + 1, 5, 15, 9))
    contact = "Statistik (påhittad), statistik@demo.example"
    return announce(year=year, at=at, contact=contact, by=Access.of(analyst))


def release(draft: Publication, state: str, analyst: User, manager: User, at: datetime = WHEN) -> Publication:
    """The draft as a version: asked for by one, approved by the other, public at once."""
    by, wished = Access.of(analyst, at=at), wish(draft, state)
    asked = ask_release(draft=draft, digest=draft.digest, wished=wished, note="", by=by)
    given = answer(asked, give=True, by=Access.of(manager, at=at))
    return publish(draft=draft, digest=draft.digest, state=state, approval=given, by=by)
