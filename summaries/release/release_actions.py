"""A release and a withdrawal: announced, asked for by one person, answered by another.

A version is taken back before its hour by one person, after it by two.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access
from accounts.approvals import Fact, NotAsItWas, answer, ask, needs_two, use, withdraw
from accounts.models import Approval
from accounts.roles import May
from audit.writer import Target, record, target
from jobs.kinds import JobRefused, enqueue, needed, refuse
from jobs.models import Job
from knowledge.stored_texts import present
from summaries.release.actions import Moved, check_wish
from summaries.release.approvals import (
    ANSWERS,
    RELEASE,
    WITHDRAWAL,
    Wish,
    bound,
    hour_of,
    hour_stands,
    in_both,
    who_answers,
    why_waiting,
)
from summaries.release.models import Announcement, Publication
from summaries.release.movement import has_moved

State = Publication.State
CALLED_OFF: Final = "called off before its hour"
OURS: Final = (RELEASE, WITHDRAWAL)
# Reasons that are published with a version, by language.
REASONS: Final = (
    ("revised", "sv", gettext_lazy("Why it is revised, in Swedish")),
    ("revised", "en", gettext_lazy("Why it is revised, in English")),
    ("unconfirmed", "sv", gettext_lazy("Why it does not wait for all regions, in Swedish")),
    ("unconfirmed", "en", gettext_lazy("Why it does not wait for all regions, in English")),
)


@transaction.atomic
def withdraw_release(*, publication: Publication, approval: Approval, by: Access) -> None:
    """Withdraw a version as one person asked and another, `by`, has approved.

    The version stays, and stays in the ledger: what was read cannot be unread.
    """
    by.require(*ANSWERS)
    row, wished = Publication.objects.select_for_update().get(pk=publication.pk), approval.payload
    once = _("A published version is withdrawn once, with a reason.")
    refuse((row.version is None or row.withdrawn or not in_both(wished), once))
    approved = (WITHDRAWAL, str(row.code), Approval.Answer.GIVEN, by.user.pk)
    said = (approval.act, approval.target_id, approval.answer, approval.answered_by_id)
    moved = _("What was approved is not what would be withdrawn. Ask for it again.")
    refuse((said != approved, moved), kind=Moved)
    use(approval, at=by.at)
    row.state, row.withdrawn_at = State.WITHDRAWN, by.at
    row.withdrawn_reason, row.withdrawn_reason_en = wished["sv"], wished["en"]
    row.withdrawn_by, row.withdrawal_approved_by = approval.asked_by, approval.answered_by
    row.shown_again = wished["again"]
    row.save()
    record(by, "publication.withdraw", row, reason=wished["sv"])


@transaction.atomic
def call_off(*, publication: Publication, by: Access) -> None:
    """A version before its hour: nobody has seen it, so one person is enough. It stays in the ledger."""
    by.require(*ANSWERS)
    row = Publication.objects.select_for_update().get(pk=publication.pk)
    refuse((not row.waits_for_its_hour(by.at), _("The version is public: it can only be withdrawn.")))
    row.state, row.withdrawn_at, row.withdrawn_by = State.WITHDRAWN, by.at, by.user
    row.withdrawn_reason = CALLED_OFF
    row.save()
    record(by, "publication.call_off", row)


@transaction.atomic
def announce(*, year: int, at: datetime, contact: str, by: Access) -> Announcement:
    """The day and hour of the next release of a year, told to everybody from now on; a former hour ends."""
    by.require(May.PUBLISH)
    why = why_waiting(year)
    refuse((at <= by.at, _("A release is announced before its hour.")), (bool(why), why))
    Announcement.objects.select_for_update().filter(year=year, ended_at=None).update(ended_at=by.at)
    row = Announcement.objects.create(year=year, at=at, contact=contact, made_at=by.at, made_by=by.user)
    record(by, "publication.announce", Target("summary", str(year), f"{year} publication"))
    return row


@transaction.atomic
def cancel(*, year: int, reason: str, reason_en: str, by: Access) -> Announcement:
    """The announced hour is no more, and everybody reads why. Nothing comes out at it: a version that is
    frozen for it is called off first."""
    by.require(May.PUBLISH)
    why = why_waiting(year)
    refuse((bool(why), why))
    coming = Announcement.objects.select_for_update().coming(by.at).filter(year=year)
    row = needed(coming.first(), _("No hour is announced."))
    row.ended_at, row.cancelled_by = by.at, by.user
    row.cancelled_reason, row.cancelled_reason_en = reason, reason_en
    row.save()
    record(by, "publication.unannounce", Target("summary", str(year), f"{year} publication"), reason=reason)
    return row


def announced(year: int, now: datetime) -> Announcement | None:
    """The hour that is announced for the year and has not come."""
    return Announcement.objects.coming(now).filter(year=year).first()


@transaction.atomic
def ask_release(*, draft: Publication, digest: str, wished: Wish, note: str, by: Access) -> Approval:
    """Ask somebody else to let the draft come out as it is. Raises Moved, JobRefused."""
    by.require(May.PUBLISH)
    check_wish(draft, digest, wished)
    _own_former(RELEASE, draft, by)
    return _ask(RELEASE, draft, wished, note or _("Release of {year}").format(year=draft.year), by)


@transaction.atomic
def ask_withdrawal(
    *, publication: Publication, reason: str, reason_en: str, again: int | None, by: Access
) -> Approval:
    """Asks somebody else to take a version from the public pages. `again`: the version that is shown instead;
    none where nothing is. Raises JobRefused."""
    by.require(*ANSWERS)
    row = Publication.objects.get(pk=publication.pk)
    once = _("A published version is withdrawn once, with a reason.")
    refuse((row.version is None or row.withdrawn, once))
    _own_former(WITHDRAWAL, row, by)
    wished = {"year": row.year, "version": row.version, "sv": reason, "en": reason_en, "again": again}
    return _ask(WITHDRAWAL, row, wished, reason, by)


def _ask(act: str, row: Publication, wished: Wish, reason: str, by: Access) -> Approval:
    digest = bound(row, wished, present()) if act == RELEASE else ""
    try:
        with transaction.atomic():
            return ask(act, target(row), reason=reason, by=by, digest=digest, payload=wished)
    except IntegrityError:
        raise JobRefused(
            _("Somebody else has already asked for this. Their request must be answered or withdrawn first.")
        ) from None


def _own_former(act: str, row: Publication, by: Access) -> None:
    """A question of one's own that is asked anew ends; what it was about may have changed."""
    on = target(row)
    for former in Approval.objects.of(act, on.kind, on.ident).pending().filter(asked_by=by.user):
        withdraw(former, by=by)


@transaction.atomic
def answer_question(
    asked: Approval, *, give: bool, by: Access, reason: str = "", marked: bool = False, moved: bool = False
) -> Job | None:
    """The answer; at a yes a release is begun, for whoever asked, and a withdrawal is done. `marked`: that
    the numbers of the text which no table shows were looked at. `moved`: that the tables are to be released
    although the register has moved since they were made.

    Raises what `approvals.answer` raises, NotAsItWas too where what was asked about has changed since."""
    row = Publication.objects.select_for_update().filter(code=asked.target_id).first()
    if give and Approval.objects.pending().filter(pk=asked.pk).exists():
        _as_it_was(asked, row)
        unchecked = bool(asked.payload.get("numbers")) and not marked
        message = _("The text has numbers that no table shows, and they have not been checked.")
        refuse((unchecked, message), kind=NotAsItWas)
        unseen = not moved and asked.act == RELEASE and row is not None and has_moved(by, row)
        message = _("The register has moved since the tables were made. Look at how, and answer again.")
        refuse((unseen, message), kind=NotAsItWas)
    given = answer(asked, give=give, by=by, reason=reason)
    if not give or row is None:
        return None
    if asked.act == WITHDRAWAL:
        try:
            withdraw_release(publication=row, approval=given, by=by)
        except JobRefused as refusal:
            raise NotAsItWas(str(refusal)) from None
        return None
    return begin(given)


def begin(given: Approval) -> Job:
    """Begin the run that freezes what was approved, in the name of who asked."""
    by, year = Access.of(given.asked_by), given.payload["year"]
    return enqueue("publish_year", by=by, year=year, approval=str(given.code))


def _as_it_was(asked: Approval, row: Publication | None) -> None:
    if asked.act == WITHDRAWAL:
        withdrawn = _("The version is withdrawn already.")
        return refuse((row is None or row.withdrawn, withdrawn), kind=NotAsItWas)
    changed = _("The draft was changed since it was asked about. It has to be asked about again.")
    moved = _("The announced hour was moved or cancelled meanwhile. Ask for the release again.")
    stands = hour_stands(asked.payload["year"], asked.payload["at"])
    return refuse((not still(asked, row), changed), (not stands, moved), kind=NotAsItWas)


def still(asked: Approval, draft: Publication | None) -> bool:
    """Whether the draft, and what is said beside it, are what was asked about."""
    if draft is None or draft.version is not None:
        return False
    return asked.digest == bound(draft, asked.payload, present())


def facts(asked: Approval) -> list[Fact]:
    """Return what is asked for, in words."""
    wished = asked.payload
    if asked.act == WITHDRAWAL:
        again = wished["again"]
        shown = _("version {n}").format(n=again) if again else _("Nothing is shown")
        return [
            (_("Version"), str(wished["version"])),
            (_("Shown instead"), shown),
            (_("Reason in Swedish"), wished["sv"]),
            (_("Reason in English"), wished["en"]),
        ]
    at = hour_of(asked)
    hour = date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else _("At once")
    reasons = [(str(label), wished[kind].get(of, "")) for kind, of, label in REASONS if wished[kind]]
    state = str(Publication.State(wished["state"]).label)
    found = [(_("Published as"), state), (_("Public"), hour), *reasons]
    of_text = (
        (_("Why the text has numbers that no table shows"), wished.get("numbers", "")),
        (_("Text"), _("changed differently in the two languages; compared, and they say the same")),
    )
    found += (
        one for one, kept in zip(of_text, (wished.get("numbers"), wished.get("alike")), strict=False) if kept
    )
    return [*found, (_("Who sees it before"), ", ".join(wished["seen_before"]) or _("Nobody"))]


def page_of_question(asked: Approval) -> str:
    return reverse("summaries:publication_question", args=[asked.code])


def register() -> None:
    """Say what two persons are needed for."""
    more: dict[str, Any] = {"who": who_answers, "facts": facts, "page": page_of_question, "answers": ANSWERS}
    needs_two(RELEASE, title=gettext_lazy("Release a version"), asks=(May.PUBLISH,), **more)
    needs_two(WITHDRAWAL, title=gettext_lazy("Withdraw a version"), asks=ANSWERS, **more)
