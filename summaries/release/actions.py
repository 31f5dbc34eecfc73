"""The verbs of publishing: protect, choose, exempt, edit, publish. Each is recorded.

The analyst's text goes on from one protection of a year to the next, and from one version to the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.approvals import Newcomers, NotAsItWas, use
from accounts.models import Approval
from accounts.roles import May
from audit.writer import record
from jobs.kinds import JobRefused, refuse
from knowledge.stored_texts import Remarks, present
from libs.suppression.tables import ProtectedTable
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.counting.summary import confirmed_regions, number_of_regions
from summaries.models import Estimate
from summaries.release import corrections, frozen
from summaries.release.approvals import RELEASE, bound, hour_of, lacking
from summaries.release.models import Exemption, Publication, PublicationFile
from summaries.site import files, open_formats
from summaries.tables.protection import (
    PERSONS,
    SECONDS,
    UNFINISHED,
    AskStop,
    Progress,
    Protected,
    decided_left,
    digest,
    exempted,
    protect_year,
    values_before,
)
from summaries.tables.suggestion import suggested
from summaries.text.edited import asked_about, carried_over

State = Publication.State
KINDS: Final = (State.PRELIMINARY, State.FINAL, State.REVISED)
Texts = dict[str, dict[str, str]]


def texts_of(draft: Publication, tables: Sequence[ProtectedTable]) -> Texts:
    """By language what was generated, what was edited, and what of the edited text was laid aside.

    It begins with the draft's own, else with the last version's. Where every cell is shown as it was then,
    and so is the year before, the words stay: nothing new is told by them, and nobody looks for changes.
    """
    last = Publication.objects.defer("sealed", "content").newest(draft.year)
    before = frozen.before_tables(draft.year)
    generated: Texts = frozen.generated_texts(draft, tables, before)
    if last is not None and frozen.cells_of(last) == frozen.cells_of(draft):
        as_first = frozen.generated_texts(draft, tables, before, first=True)
        for language, text in as_first.items():
            if text["generated"] == last.texts.get(language, {}).get("generated"):
                generated[language] = text
    former = draft.texts or (last.texts if last else {})
    return {
        language: _text(draft, language, text["generated"], former.get(language, {}))
        for language, text in generated.items()
    }


def _text(draft: Publication, language: str, generated: str, former: Mapping[str, str]) -> dict[str, str]:
    then, edited = former.get("generated", ""), former.get("edited", "")
    if not edited or then == generated:
        return {"generated": generated, "edited": edited}
    shown = frozen.shown_numbers(draft)

    def fits(words: str) -> bool:
        return not list(asked_about(words, generated, shown, draft.k, language))

    begun, aside = carried_over(then, edited, generated, fits)
    stored = {"generated": generated, "edited": "" if begun == generated else begun}
    return {**stored, "aside": aside} if aside else stored


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
    progress: Progress = None,
    cancelled: AskStop = None,
) -> Publication:
    """Count and protect the year anew, with `steps` or those chosen; the text is written anew too.

    This takes long: it is run as a job.
    """
    by.require(May.PUBLISH)
    if steps is None:
        steps = draft.steps if (draft := draft_of(year)) else corrections.steps_of_the_last(year)
    protected = protect_year(by, year, steps, seconds=seconds, progress=progress, cancelled=cancelled)
    message = _("There are no persons registered for {year}: there is nothing to publish.").format(year=year)
    refuse((not any(table.value("*") for table in protected.flat), message))
    return _keep(year, dict(steps), protected, by)


@transaction.atomic
def _keep(year: int, steps: dict[str, int], found: Protected, by: Access) -> Publication:
    draft, _created = Publication.objects.select_for_update().get_or_create(year=year, version=None)
    draft.state = State.TESTED if found.passed else State.PROTECTED
    draft.k, draft.steps = found.packages[PERSONS].k, steps
    draft.tables, draft.audit, draft.passed = [one.to_json() for one in found.flat], found.audit, found.passed
    draft.digest, draft.software = digest(found), settings.VERSION
    draft.made_at, draft.made_by = by.at, by.user
    _touched(draft, by)
    draft.set_true_values(found.to_store())
    draft.texts = texts_of(draft, found.flat)
    draft.save()
    record(by, "publication.protect", draft, digest=draft.digest, rows=len(found.flat))
    return draft


def suggest_steps(
    *, year: int, by: Access, progress: Progress = None, cancelled: AskStop = None
) -> Publication:
    """Choose the finest steps of all tables that hide no key total and less than a third of each.

    This takes long: it is run as a job.
    """
    by.require(May.PUBLISH)
    trial = suggested(by, year, values_before(year), progress=progress, cancelled=cancelled)
    return choose_steps(year=year, steps=trial.steps, by=by)


@transaction.atomic
def choose_steps(*, year: int, steps: Mapping[str, int], by: Access) -> Publication:
    """Choose the steps of some tables. The draft has to be protected anew."""
    by.require(May.PUBLISH)
    draft, _created = Publication.objects.select_for_update().get_or_create(year=year, version=None)
    draft.steps = {**draft.steps, **steps}
    _touched(draft, by)
    _stale(draft)
    record(by, "publication.step", draft, fields=sorted(steps))
    return draft


@transaction.atomic
def edit_text(*, draft: Publication, texts: Mapping[str, str], by: Access) -> Publication:
    """Keep what people wrote beside what was generated."""
    by.require(May.PUBLISH)
    draft = _locked(draft)
    for language, text in draft.texts.items():
        edited = texts.get(language, "")
        text["edited"] = "" if edited == text["generated"] else edited
    _touched(draft, by)
    draft.save(update_fields=["texts", "hands"])
    record(by, "publication.text", draft, fields=sorted(texts))
    return draft


@transaction.atomic
def ask_exemption(*, year: int, table: str, reason: str, by: Access) -> Exemption:
    by.require(May.PUBLISH)
    refuse((table not in PERSONS_PUBLISHED, _("This table cannot be exempted.")))
    row = Exemption.objects.create(year=year, table=table, reason=reason, asked_by=by.user, asked_at=by.at)
    record(by, "exemption.ask", row, reason=reason)
    return row


@transaction.atomic
def answer_exemption(*, exemption: Exemption, approve: bool, by: Access) -> None:
    """By somebody else than who asked; the draft is then protected and tested anew with it known."""
    by.require(May.APPROVE_EXCEPTION)
    row = Exemption.objects.select_for_update().get(pk=exemption.pk)
    independent = Newcomers(by.at).independent([by.user], row.asked_by_id or by.user.pk)
    if row.year is None or not row.waits or not independent:
        raise JobRefused(_("An exemption is answered once, by somebody who has not asked for it."))
    row.answered_by, row.answered_at, row.approved = by.user, by.at, approve
    row.save()
    if approve:
        for draft in Publication.objects.drafts().filter(year=row.year):
            _stale(draft)
    record(by, ("exemption.approve" if approve else "exemption.refuse"), row, reason=row.reason)


def publish(
    *,
    draft: Publication,
    by: Access,
    approval: Approval,
    progress: Progress = None,
    cancelled: AskStop = None,
    report: bool = True,
) -> Publication:
    """Freeze the draft that was looked at, as a second person approved it.

    It is public from the hour that was announced, or at once. The attack is run once more, against the ledger
    as it is now. Without `report` no PDF is made.

    Raises Moved where another draft is there, another version came first, or anything but what was approved
    would come out; JobRefused where the attack finds anything, or where the estimate of the dark figure is of
    other years or too uncertain for the outside.
    """
    by.require(May.PUBLISH)
    estimate = check_wish(draft, draft.digest, approval.payload)
    remarks = present()  # read once: what was approved is what is frozen
    _check_approval(draft, approval, remarks)
    _attack(draft, cancelled)
    draft.content, draft.state = frozen.content(draft, estimate, remarks), approval.payload["state"]
    draft.release = {name: approval.payload[name] for name in ("unconfirmed", "revised", "seen_before")}
    draft.release["regions"] = [confirmed_regions(draft.year), number_of_regions()]
    at = max(by.at, hour_of(approval) or by.at)
    made = files.made(draft, next_version(draft.year), at, progress, report=report)
    try:
        return _freeze(draft, at, made, by, approval)
    except IntegrityError:
        raise _overtaken(draft) from None


def check_wish(draft: Publication, digest: str, wished: Mapping[str, Any]) -> Estimate | None:
    """Return the estimate that is asked for beside the draft, if any is.

    Raises Moved or JobRefused where the draft may not come out as it is asked for.
    """
    if not Publication.objects.drafts().filter(pk=draft.pk).exists():
        raise _overtaken(draft)
    chosen = wished["estimate"]
    estimate = Estimate.objects.for_publication(draft.year).filter(pk=chosen).first()
    out_of_order = wished["state"] not in states_open(draft.year)
    not_allowed = bool(chosen) and estimate is None
    refuse(
        (out_of_order, _("A version is preliminary, then final, then revised.")),
        (not_allowed, _("This estimate of the dark figure may not be published.")),
    )
    _check(draft, digest)
    why = lacking(draft, wished)
    refuse((bool(why), why))
    return estimate


def _check_approval(draft: Publication, approval: Approval, remarks: Remarks) -> None:
    """Raise Moved unless somebody with clean hands has said yes to exactly this, and it is not used."""
    said = (approval.act, approval.answer, approval.used_at) == (RELEASE, Approval.Answer.GIVEN, None)
    fits = (approval.target_id, approval.digest) == (str(draft.code), bound(draft, approval.payload, remarks))
    by_other = approval.answered_by_id not in {*draft.hands, approval.asked_by_id}
    moved = _("What was approved is not what would be published. Ask for the release again.")
    refuse((not (said and fits and by_other), moved), kind=Moved)


@transaction.atomic
def _freeze(
    draft: Publication, at: datetime, made: list[PublicationFile], by: Access, approval: Approval
) -> Publication:
    row = _locked(draft)
    _check(row, draft.digest)
    try:
        use(approval, at=by.at)
    except NotAsItWas as used:
        raise Moved(str(used)) from None
    refuse((row.texts != draft.texts, _("The draft was changed meanwhile. Look at it again.")), kind=Moved)
    row.texts = {language: {**text, "aside": ""} for language, text in row.texts.items()}
    row.content, row.state, row.release = draft.content, draft.state, draft.release
    row.version, row.published_at = next_version(row.year), at
    row.checksum, row.software = frozen.checksum(row), settings.VERSION
    row.published_by, row.approved_by = approval.asked_by, approval.answered_by
    row.save()
    for file in made:
        file.publication = row
    PublicationFile.objects.bulk_create(made)
    open_formats.keep(row)
    corrections.after_release(row, by.at)
    record(by, "publication.publish", row, digest=row.checksum, rows=len(row.tables))
    return row


def states_open(year: int) -> tuple[str, ...]:
    """What the next version may be: what was final once is revised. Of a withdrawn one it is not told any
    more."""
    before = set(Publication.objects.published().filter(year=year).values_list("state", flat=True))
    if before & {State.FINAL, State.REVISED}:
        return (State.REVISED,)
    return KINDS if State.WITHDRAWN in before else (State.PRELIMINARY, State.FINAL)


def next_version(year: int) -> int:
    last = Publication.objects.defer("sealed", "content").newest(year)
    return 1 if last is None else last.number + 1


def _attack(draft: Publication, cancelled: AskStop) -> None:
    """Run the attack once more, with every earlier version known."""
    n = max(corrections.attacked(draft, values_before(draft.year), cancelled))
    message = _("The attack test has not passed. {n} cells can be worked out or are too weakly protected.")
    refuse((n > 0, message.format(n=n)))


def _check(draft: Publication, seen: str) -> None:
    moved = _("The draft was changed or published meanwhile. Look at it again.")
    refuse(((draft.version, draft.digest) != (None, seen) or not seen, moved), kind=Moved)
    unfinished = draft.audit.get("proof") == UNFINISHED
    refuse(
        (unfinished, _("The search was not finished. Choose coarser categories for some tables.")),
        ((draft.passed, draft.state) != (True, State.TESTED), _("The draft has not passed the attack test.")),
    )
    exempt = exempted(draft.year)
    exempt_changed = any(table.get("exempt", False) != (table["name"] in exempt) for table in draft.tables)
    left, decided = draft.true_values().get("left"), decided_left(values_before(draft.year))
    left_changed = None not in (left, decided) and set(left or ()) != decided
    refuse(
        (draft.k < settings.SMALL_CELL_K, _("The threshold has changed. Protect the tables again.")),
        (exempt_changed, _("The exemptions have changed. Protect the tables again.")),
        (left_changed, moved),
        kind=Moved,
    )


def _locked(draft: Publication) -> Publication:
    row = Publication.objects.select_for_update().filter(pk=draft.pk, version=None).first()
    if row is None:
        raise _overtaken(draft)
    return row


def _overtaken(draft: Publication) -> Moved:
    return Moved(_("Somebody else published {year} first.").format(year=draft.year))


def _touched(draft: Publication, by: Access) -> None:
    draft.hands = sorted({*draft.hands, by.user.pk})


def _stale(draft: Publication) -> None:
    draft.state, draft.passed, draft.digest = State.DRAFT, False, ""
    draft.save()
