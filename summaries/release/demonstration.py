"""Published years for the demonstration, by the same actions as the pages: one with its tables, others of
which the headline is told, with a revision and a withdrawal, and one that waits for the second person."""

from __future__ import annotations

from contextlib import redirect_stdout
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from io import StringIO
from typing import Any, Final

from django.utils import timezone

from accounts.access import Access
from accounts.approvals import answer
from accounts.models import User
from summaries.release.actions import choose_steps, edit_text, protect_draft, publish
from summaries.release.approvals import wish
from summaries.release.corrections import headline_steps
from summaries.release.models import Announcement, Publication
from summaries.release.release_actions import (
    announce,
    answer_question,
    ask_release,
    ask_withdrawal,
)

State = Publication.State
WHEN: Final = datetime(2019, 5, 9, 9, tzinfo=UTC)
STEPS: Final = {
    **dict.fromkeys(("country_group", "citizenship", "organisation", "offence", "ages", "measures"), 1),
    **dict.fromkeys(("sdg", "eu_form", "eu_organisation", "eu_citizenship"), 1),
    **dict.fromkeys(("sector", "eu_age_sex"), 2),
}
SECONDS: Final = 2.0  # then the heuristic: nobody waits for a demonstration


def publish_2018(analyst: User, manager: User) -> Publication:
    by = Access.of(analyst, at=WHEN)
    for table, step in STEPS.items():
        choose_steps(year=2018, steps={table: step}, by=by)
    draft = protect_draft(year=2018, by=by, seconds=SECONDS)
    return release(draft, Publication.State.FINAL, analyst, manager, report=can_print())


def publish_more(analyst: User, manager: User, today: date) -> None:
    """2019 preliminary, final and revised; 2020 withdrawn and out again; 2023; 2024 waits for the manager. Of
    each the headline alone; the report of the newest only: nobody waits for a demonstration."""
    reasons = {"sv": "Påhittat: texten är rättad.", "en": "Invented: the text is corrected."}
    headline_of = partial(_headline, analyst, manager)
    headline_of(2019, State.PRELIMINARY, _on(2020, 3, 20))
    headline_of(2019, State.FINAL, _on(2020, 5, 14))
    headline_of(2019, State.REVISED, _on(2020, 9, 3), revised=reasons)
    wrong = headline_of(2020, State.FINAL, _on(2021, 5, 12))
    told = {"reason": "Påhittat: fel version lades ut.", "reason_en": "Invented: the wrong version came out."}
    asked = ask_withdrawal(publication=wrong, **told, again=None, by=Access.of(analyst, at=_on(2021, 5, 13)))
    answer_question(asked, give=True, by=Access.of(manager, at=_on(2021, 5, 13)))
    headline_of(2020, State.FINAL, _on(2021, 5, 20))
    headline_of(2023, State.FINAL, _on(2024, 5, 16), report=can_print())
    at = timezone.make_aware(datetime.combine(today - timedelta(days=1), time(15)))
    by = Access.of(analyst, at=at)
    draft = _drafted(2024, "", by)
    note = "Påhittat: alla regioner har stängt året."
    ask_release(draft=draft, digest=draft.digest, wished=wish(draft, State.FINAL), note=note, by=by)


def can_print() -> bool:
    """Whether this machine makes PDF files: `make run` needs Python alone, and does without the report."""
    with redirect_stdout(StringIO()):  # it says at length what is missing
        try:
            import weasyprint  # noqa: F401
        except (ImportError, OSError):
            return False
    return True


def _headline(
    analyst: User,
    manager: User,
    year: int,
    state: str,
    at: datetime,
    *,
    report: bool = False,
    **told: Any,
) -> Publication:
    draft = _drafted(year, "Påhittad text." if told else "", Access.of(analyst, at=at))
    return release(draft, state, analyst, manager, at, report=report, **told)


def _drafted(year: int, text: str, by: Access) -> Publication:
    """Protected, with another text where there is one."""
    draft = protect_draft(year=year, by=by, steps=headline_steps(), seconds=SECONDS)
    return edit_text(draft=draft, texts={"sv": text, "en": text}, by=by) if text else draft


def _on(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 7, tzinfo=UTC)


def announce_next(analyst: User, today: date) -> Announcement:
    """The release of the newest year that is over, in May at nine in the morning."""
    year = today.year - 1 if today < date(today.year, 5, 15) else today.year
    at = timezone.make_aware(datetime(year + 1, 5, 15, 9))
    contact = "Statistik (påhittad), statistik@demo.example"
    return announce(year=year, at=at, contact=contact, by=Access.of(analyst))


def release(
    draft: Publication,
    state: str,
    analyst: User,
    manager: User,
    at: datetime = WHEN,
    *,
    report: bool = True,
    **told: Any,
) -> Publication:
    """The draft as a version: asked for by one, approved by the other, public at once."""
    by, wished = Access.of(analyst, at=at), wish(draft, state, **told)
    asked = ask_release(draft=draft, digest=draft.digest, wished=wished, note="", by=by)
    given = answer(asked, give=True, by=Access.of(manager, at=at))
    return publish(draft=draft, approval=given, by=by, report=report)
