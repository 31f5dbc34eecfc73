"""Published years for the demonstration, by the same actions as the pages: the newest that is out and the
three before it, with a revision, a withdrawal, and a version that waits for the second person."""

from __future__ import annotations

from contextlib import redirect_stdout
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import StringIO
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.access import Access
from accounts.approvals import answer
from accounts.models import User
from accounts.roles import May
from jobs.kinds import Run, enqueue, job
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.release.actions import edit_text, protect_draft, publish
from summaries.release.approvals import wish
from summaries.release.corrections import headline_steps
from summaries.release.models import Announcement, Publication
from summaries.release.release_actions import announce, answer_question, ask_release, ask_withdrawal

State = Publication.State
# The steps that are suggested for the tables of persons, in the order of the catalogue, for each year of the
# invented register: to find them takes half a minute.
SUGGESTED: Final = {
    2022: (0, 3, 0, 0, 1, 2, 2, 1, 0, 2, 1, -1, 1, 2, -1, 0),
    2023: (0, 4, 2, 1, 1, 2, 2, 1, 1, 2, -1, -1, 1, 1, 1, 0),
    2024: (0, 3, 2, 1, 1, 2, 1, 1, 1, 2, 1, -1, 1, 2, -1, 0),
    2025: (0, 3, 2, 1, 1, 2, 2, 1, 1, 2, 1, -1, 0, 1, 1, 0),
}
SECONDS: Final = 2.0  # then the heuristic: nobody waits for a demonstration
REASONS: Final = {
    "sv": "Texten säger nu varför siffrorna inte kan jämföras med polisens.",
    "en": "The text now says why the figures cannot be compared with those of the police.",
}
ADDED: Final = {
    "sv": "Siffrorna kan inte jämföras med polisens statistik, som räknar brott och inte personer.",
    "en": "The figures cannot be compared with police statistics, which count offences and not persons.",
}


def publish_years(analyst: User, manager: User, today: date) -> None:
    """Four years as preliminary, each compared with the one before. The worker does the rest, which nobody
    waits for."""
    newest = _next_release(today).year - 2
    for year in range(newest - 3, newest + 1):
        _version(analyst, manager, year, State.PRELIMINARY, _on(year + 1, 5, 14), report=year == newest)
    enqueue("demonstrate_years", by=Access.of(analyst), newest=newest, second=manager.pk)


@job("demonstrate_years", title=gettext_lazy("Publishing the years of the demonstration"), may=May.PUBLISH)
def publish_more(run: Run) -> dict[str, Any]:
    """The three years before the newest, final a year later. A revision of the first was withdrawn, the
    second is revised, and a revision of the last waits for the manager.

    A report is made of the version that the page of a year shows."""
    manager = User.objects.get(pk=run.params["second"])
    version = partial(_version, run.access.user, manager)
    first, second, last = (run.params["newest"] - n for n in (3, 2, 1))
    for year in (first, second, last):
        version(year, State.FINAL, _on(year + 2, 5, 14), report=year != second)
    version(second, State.REVISED, _on(second + 2, 9, 3), report=True, revised=REASONS)
    wrong = version(first, State.REVISED, _on(first + 2, 9, 3), revised=REASONS)
    _withdraw(wrong, run.access.user, manager)
    _ask_for_revision(last, run.access.user)
    return {"url": reverse("summaries:publications")}


def can_print() -> bool:
    """Whether this machine makes PDF files: `make run` needs Python alone, and does without the report."""
    with redirect_stdout(StringIO()):  # it says at length what is missing
        try:
            import weasyprint  # noqa: F401
        except (ImportError, OSError):
            return False
    return True


def _version(
    analyst: User, manager: User, year: int, state: str, at: datetime, *, report: bool = False, **told: Any
) -> Publication:
    draft = _drafted(year, Access.of(analyst, at=at), edited=bool(told))
    return release(draft, state, analyst, manager, at, report=report and can_print(), **told)


def _drafted(year: int, by: Access, *, edited: bool) -> Publication:
    """All tables; the headline alone where the register is another one and they do not pass."""
    steps = dict(zip(PERSONS_PUBLISHED, SUGGESTED.get(year, SUGGESTED[max(SUGGESTED)]), strict=True))
    draft = protect_draft(year=year, by=by, steps=steps, seconds=SECONDS)
    if not draft.passed:
        draft = protect_draft(year=year, by=by, steps=headline_steps(), seconds=SECONDS)
    texts = {language: f"{text['generated']}\n\n{ADDED[language]}" for language, text in draft.texts.items()}
    return edit_text(draft=draft, texts=texts, by=by) if edited else draft


def _withdraw(wrong: Publication, analyst: User, manager: User) -> None:
    at = _on(wrong.year + 2, 9, 4)
    reason, reason_en = "Fel version lades ut.", "The wrong version was published."
    by, again = Access.of(analyst, at=at), wrong.number - 1
    asked = ask_withdrawal(publication=wrong, reason=reason, reason_en=reason_en, again=again, by=by)
    answer_question(asked, give=True, by=Access.of(manager, at=at))


def _ask_for_revision(year: int, analyst: User) -> None:
    """Since yesterday."""
    by = Access.of(analyst, at=timezone.now() - timedelta(days=1))
    draft, note = _drafted(year, by, edited=True), "Påhittat: bara texten är ändrad."
    wished = wish(draft, State.REVISED, revised=REASONS)
    ask_release(draft=draft, digest=draft.digest, wished=wished, note=note, by=by)


def _on(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 7, tzinfo=UTC)


def announce_next(analyst: User, today: date) -> Announcement:
    at = _next_release(today)
    return announce(year=at.year - 1, at=at, contact=settings.STATISTICS_CONTACT, by=Access.of(analyst))


def _next_release(today: date) -> datetime:
    """Return the next hour at which a year comes out, in May at nine in the morning."""
    year = today.year if today < date(today.year, 5, 15) else today.year + 1
    return timezone.make_aware(datetime(year, 5, 15, 9))


def release(
    draft: Publication, state: str, analyst: User, manager: User, at: datetime, *, report: bool, **told: Any
) -> Publication:
    """The draft as a version: asked for by one, approved by the other, public at once."""
    by, wished = Access.of(analyst, at=at), wish(draft, state, **told)
    asked = ask_release(draft=draft, digest=draft.digest, wished=wished, note="", by=by)
    given = answer(asked, give=True, by=Access.of(manager, at=at))
    return publish(draft=draft, approval=given, by=by, report=report)
