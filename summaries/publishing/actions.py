"""The verbs of publishing: protect, choose, exempt, edit, publish, withdraw. Each is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.roles import May
from audit.writer import Target, record
from jobs.kinds import JobRefused
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.loading import HEADLINE
from summaries.models import Estimate
from summaries.protection import audit
from summaries.publishing import attacking_again, corrections, files, frozen, gate, opened
from summaries.publishing.models import Exemption, Publication, PublicationFile
from summaries.publishing.protecting import (
    CALLS,
    PERSONS,
    SECONDS,
    UNFINISHED,
    Protected,
    decided_left,
    digest,
    exempted,
    package_of,
    protect_year,
    sealed_before,
)
from summaries.publishing.suggesting import alone, suggested
from summaries.tables import Table

State = Publication.State
KINDS: Final = (State.PRELIMINARY, State.FINAL, State.REVISED)


class Moved(JobRefused):
    """Somebody else has changed or published the draft meanwhile."""


def draft_of(year: int) -> Publication | None:
    return Publication.objects.drafts().filter(year=year).first()


def protect_draft(
    *,
    year: int,
    by: Access,
    steps: Mapping[str, int] | None = None,
    seconds: float = SECONDS,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Publication:
    """Counts and protects the year anew, with `steps` or those chosen; the text is written anew too. Long: it
    is run as a job."""
    by.require(May.PUBLISH)
    if steps is None:
        steps = draft.steps if (draft := draft_of(year)) else corrections.steps_of_the_last(year)
    steps = dict(steps)
    found = protect_year(by, year, steps, seconds=seconds, progress=progress, cancelled=cancelled)
    if not any(table.value("*") for table in found.flat):
        raise JobRefused(
            _("There are no persons registered for {year}: there is nothing to publish.").format(year=year)
        )
    return _keep(year, steps, found, by)


@transaction.atomic
def _keep(year: int, steps: dict[str, int], found: Protected, by: Access) -> Publication:
    draft, _created = Publication.objects.select_for_update().get_or_create(year=year, version=None)
    draft.k, draft.steps, draft.state = (
        found.packages[PERSONS].k,
        steps,
        State.TESTED if found.passed else State.PROTECTED,
    )
    draft.tables, draft.audit, draft.passed = [t.to_json() for t in found.flat], found.audit, found.passed
    draft.digest, draft.software = digest(found), settings.VERSION
    draft.made_at, draft.made_by = by.at, by.user
    draft.seal(found.sealed())
    new = frozen.generated_texts(draft, found.flat, frozen.before_tables(year))
    draft.texts = {
        language: _with_edit(text, draft.texts.get(language, {})) for language, text in new.items()
    }
    draft.save()
    waits = corrections.noted(draft, by)
    record(by, "publication.protect", _target(draft), digest=draft.digest, rows=len(found.flat))
    if waits:
        record(by, "correction.wait", _target(draft))
    return draft


def _with_edit(new: dict[str, str], old: Mapping[str, str]) -> dict[str, str]:
    """An edit holds while the figures say the same; else it is laid aside, since it may tell what is now
    hidden."""
    edited = old.get("edited", "")
    if new["generated"] == old.get("generated") or not edited:
        return {**new, "edited": edited}
    return {**new, "aside": edited}


def choose_step(*, year: int, table: str, step: int, by: Access) -> Publication:
    """A coarser or finer step for one table: the draft has to be protected anew."""
    return choose_steps(year=year, steps={table: step}, by=by)


def suggest_steps(
    *,
    year: int,
    by: Access,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Publication:
    """The finest steps of all tables that hide no key total and less than a third of each. Long: run it as a
    job."""
    by.require(May.PUBLISH)
    found = suggested(by, year, sealed_before(year), progress=progress, cancelled=cancelled)
    return choose_steps(year=year, steps=found.steps if found.safe else alone(found.steps), by=by)


@transaction.atomic
def choose_steps(*, year: int, steps: Mapping[str, int], by: Access) -> Publication:
    """Of some tables: the draft has to be protected anew."""
    by.require(May.PUBLISH)
    draft, _created = Publication.objects.select_for_update().get_or_create(year=year, version=None)
    draft.steps = {**draft.steps, **steps}
    _stale(draft)
    record(by, "publication.step", _target(draft), fields=sorted(steps))
    return draft


@transaction.atomic
def edit_text(*, draft: Publication, texts: Mapping[str, str], by: Access) -> Publication:
    """What was generated is kept beside."""
    by.require(May.PUBLISH)
    draft = _locked(draft)
    draft.texts = {
        language: {
            **text,
            "edited": "" if texts.get(language) == text["generated"] else texts.get(language, ""),
        }
        for language, text in draft.texts.items()
    }
    draft.save(update_fields=["texts"])
    record(by, "publication.text", _target(draft), fields=sorted(texts))
    return draft


@transaction.atomic
def ask_exemption(*, year: int, table: str, reason: str, by: Access) -> Exemption:
    by.require(May.PUBLISH)
    if table not in PERSONS_PUBLISHED:
        raise JobRefused(_("This table cannot be exempted."))
    row = Exemption.objects.create(year=year, table=table, reason=reason, asked_by=by.user, asked_at=by.at)
    record(by, "exemption.ask", Target("summaries.exemption", str(row.pk), str(row)), reason=reason)
    return row


@transaction.atomic
def ask_again(*, exemption: Exemption, by: Access) -> None:
    """One that was decided under an earlier rule: what it would show now is another thing."""
    by.require(May.PUBLISH)
    row = Exemption.objects.select_for_update().get(pk=exemption.pk)
    if not row.former:
        raise JobRefused(_("This exemption is not one to ask about again."))
    row.asked_by, row.asked_at, row.answered_by, row.answered_at = by.user, by.at, None, None
    row.approved, row.rule = False, Exemption.RULE
    if row.year is None:
        row.reason = HEADLINE
    row.save()
    record(by, "exemption.ask", Target("summaries.exemption", str(row.pk), str(row)), reason=row.reason)


@transaction.atomic
def answer_exemption(*, exemption: Exemption, approve: bool, by: Access) -> None:
    """By somebody else than who asked; the draft is then protected and tested anew with it known."""
    by.require(May.APPROVE_EXCEPTION)
    row = Exemption.objects.select_for_update().get(pk=exemption.pk)
    if not row.waits or row.asked_by_id == by.user.pk:
        raise JobRefused(_("An exemption is answered once, by somebody else than who asked for it."))
    row.answered_by, row.answered_at, row.approved = by.user, by.at, approve
    row.save()
    if approve:
        drafts = Publication.objects.drafts()
        for draft in drafts.filter(year=row.year) if row.year else drafts:
            _stale(draft)
    action = "exemption.approve" if approve else "exemption.refuse"
    record(by, action, Target("summaries.exemption", str(row.pk), str(row)), reason=row.reason)


def publish(
    *,
    draft: Publication,
    digest: str,
    state: str,
    by: Access,
    estimate: Estimate | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Publication:
    """Freezes the draft that was looked at (`digest`). The attack is run once more, against the ledger as it
    is now.

    Raises Moved where another draft is there, or another version came first; JobRefused where the attack
    finds anything, or where the `estimate` of the dark figure is of other years or too uncertain for the
    outside.
    """
    by.require(May.PUBLISH)
    if not Publication.objects.drafts().filter(pk=draft.pk).exists():
        raise _overtaken(draft)
    if state not in states_open(draft.year):
        raise JobRefused(_("A version is preliminary, then final, then revised."))
    if estimate and not Estimate.objects.for_publication(draft.year).filter(pk=estimate.pk).exists():
        raise JobRefused(_("This estimate of the dark figure may not be published."))
    _check(draft, digest)
    _attack(draft, cancelled)
    content = frozen.content(draft, estimate)
    draft.content, draft.state = content, state
    made = files.made(draft, next_version(draft.year), by.at, progress)
    try:
        return _freeze(draft, digest, state, content, made, by)
    except IntegrityError:
        raise _overtaken(draft) from None


@transaction.atomic
def _freeze(
    draft: Publication,
    digest: str,
    state: str,
    content: dict[str, Any],
    made: list[PublicationFile],
    by: Access,
) -> Publication:
    row = _locked(draft)
    _check(row, digest)
    row.texts = draft.texts if row.texts == draft.texts else row.texts
    if row.texts != draft.texts:
        raise Moved(_("The draft was changed meanwhile. Look at it again."))
    row.texts = {language: {**text, "aside": ""} for language, text in row.texts.items()}
    row.content, row.state, row.version = content, state, next_version(row.year)
    row.checksum = frozen.checksum(row)
    row.published_at, row.published_by, row.software = by.at, by.user, settings.VERSION
    row.save()
    for file in made:
        file.publication = row
    PublicationFile.objects.bulk_create(made)
    opened.keep(row)
    attacking_again.passed(row, by.at)
    corrections.ended(row.year, by.at)
    record(by, "publication.publish", _target(row), digest=row.checksum, rows=len(row.tables))
    return row


@transaction.atomic
def withdraw(*, publication: Publication, reason: str, by: Access) -> None:
    """The version stays, and stays in the ledger: what was read cannot be unread."""
    by.require(May.PUBLISH)
    row = Publication.objects.select_for_update().get(pk=publication.pk)
    if row.version is None or row.withdrawn or not reason.strip():
        raise JobRefused(_("A published version is withdrawn once, with a reason."))
    row.state, row.withdrawn_reason, row.withdrawn_at, row.withdrawn_by = (
        State.WITHDRAWN,
        reason,
        by.at,
        by.user,
    )
    row.shown_again = row.version - 1 or None
    row.save()
    record(by, "publication.withdraw", _target(row), reason=reason)


def states_open(year: int) -> tuple[str, ...]:
    """What the next version may be: what was final once is revised. Of a withdrawn one it is not told any
    more."""
    before = set(Publication.objects.published().filter(year=year).values_list("state", flat=True))
    if before & {State.FINAL, State.REVISED}:
        return (State.REVISED,)
    return KINDS if State.WITHDRAWN in before else (State.PRELIMINARY, State.FINAL)


def next_version(year: int) -> int:
    last = Publication.objects.published().filter(year=year).order_by("-version").first()
    return 1 if last is None else (last.version or 0) + 1


def _attack(draft: Publication, cancelled: Callable[[], bool] | None) -> None:
    """The independent audit, of exactly the tables that go out, with every earlier version known."""
    sealed = draft.unsealed()
    ledger = sealed_before(draft.year)
    for population in (PERSONS, CALLS):
        package = package_of(sealed, population, ledger)
        tables = [Table.from_json(table) for table in sealed["protected"][population]]
        found = gate.counted(package, audit(package, tables, cancelled=cancelled).intervals)
        if any(found):
            raise JobRefused(
                _(
                    "The attack test has not passed. {n} cells can be worked out or are too weakly protected."
                ).format(n=max(found))
            )


def _check(draft: Publication, seen: str) -> None:
    if draft.version is not None or draft.digest != seen or not seen:
        raise Moved(_("The draft was changed or published meanwhile. Look at it again."))
    if draft.audit.get("proof") == UNFINISHED:
        raise JobRefused(_("The search was not finished. Choose coarser categories for some tables."))
    if not draft.passed or draft.state != State.TESTED:
        raise JobRefused(_("The draft has not passed the attack test."))
    if draft.k < settings.SMALL_CELL_K:
        raise Moved(_("The threshold has changed. Protect the tables again."))
    printed = {table["name"] for table in draft.tables}
    if set(_exempt_in(draft)) != printed & set(exempted(draft.year)):
        raise Moved(_("The exemptions have changed. Protect the tables again."))
    left, decided = draft.unsealed().get("left"), decided_left(sealed_before(draft.year))
    if left is not None and decided is not None and frozenset(left) != decided:
        raise Moved(_("The draft was changed or published meanwhile. Look at it again."))


def _exempt_in(draft: Publication) -> list[str]:
    return [table["name"] for table in draft.tables if table.get("exempt")]


def _locked(draft: Publication) -> Publication:
    row = Publication.objects.select_for_update().filter(pk=draft.pk, version=None).first()
    if row is None:
        raise _overtaken(draft)
    return row


def _overtaken(draft: Publication) -> Moved:
    return Moved(_("Somebody else published {year} first.").format(year=draft.year))


def _stale(draft: Publication) -> None:
    draft.state, draft.passed, draft.digest = State.DRAFT, False, ""
    draft.save()


def _target(row: Publication) -> Target:
    return Target("summaries.publication", str(row.code), str(row))
