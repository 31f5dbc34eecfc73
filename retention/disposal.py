"""Disposal is proposed by an administrator, approved by a manager, and carried out by the worker: exactly
what was approved, or nothing. A rule of retention is asked for and approved in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from operator import attrgetter
from typing import Any, Final

from django.db import transaction
from django.db.models import Model
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access, bypass_policies
from accounts.approvals import (
    Fact,
    apply_asked,
    ask,
    check_fits,
    difference,
    facts_of as values_of,
    given,
    needs_two,
    read_values,
    second_persons,
    use,
    withdraw,
)
from accounts.invitations import watchers
from accounts.models import Approval, User
from accounts.notices import notice, tell
from accounts.roles import May
from audit.writer import Target, record
from cases.models import Call, Case, DisposedYear, Notification, Person
from encryption.fields import as_bytes, of_bytes
from exchange.bulk import chunks
from exchange.journal import DISPOSED, Trace
from exchange.lists import importer_of
from exchange.models import ImportRun
from legacy_import.models import TakenSheet
from retention.delete_plan import BATCH_SIZE, MODELS, Ready, RelatedRows, ready
from retention.models import Disposal, Retention, RetentionKind

# What an import keeps to be undone by: it holds former values of rows, and so goes when they go.
EMPTY: Final[dict[str, Any]] = {"made": {}, "changed": {}, "gone": {}, "left": {}, DISPOSED: True}
OWNERS: Final[tuple[tuple[str, type[Model]], ...]] = (("person_id", Person), ("case_id", Case))
Keys = Mapping[type[Model], set[Any]]


def empty_journals(keys: Keys, by: Access) -> int:
    """Of imports whose journals name any of these rows; returns how many. None of them can be undone."""
    emptied = 0
    for run in ImportRun.objects.order_by("pk").iterator(chunk_size=20):
        trace = Trace(EMPTY | of_bytes(run.journal), importer_of(run.importer).models, by)
        if any(model._meta.pk.to_python(key) in keys.get(model, ()) for model, key in _named(trace)):
            _empty(run)
            emptied += 1
    return emptied


def _empty(run: ImportRun) -> None:
    run.journal = as_bytes(EMPTY)
    run.save(update_fields=["journal"])
    for sheet in TakenSheet.objects.filter(run=run):
        sheet.rows, sheet.told = as_bytes([]), b""
        sheet.save(update_fields=["rows", "told"])


def _named(trace: Trace) -> Iterator[tuple[type[Model], Any]]:
    """Each row that the journal has a key of: made, changed, and what the rows that went hung on."""
    for name, model in trace.models.items():
        yield from product([model], (*trace.made(name), *trace.changed(name)))
        for whole in trace.gone(name):
            yield from ((owner, whole["values"].get(column)) for column, owner in OWNERS)


ACT: Final = "disposal.carry_out"
DONE: Final = notice(ACT, gettext_lazy("Rows of the register have been disposed of"))
RULE: Final = ("trigger", "years", "decision", "decided_on", "ground", "archive_first")


TERMS: Final = attrgetter(*RULE)


class DisposalRefused(Exception):
    """One sentence: why nothing is proposed, or carried out."""


def rule_of(kind: RetentionKind) -> Retention | None:
    """The rule by which rows of the kind may be due; None where there is none, or it keeps them for good."""
    return Retention.objects.filter(kind=kind, years__isnull=False).first() if kind in MODELS else None


@transaction.atomic
@bypass_policies("due")
def propose(*, kind: RetentionKind, reason: str, by: Access) -> Disposal:
    """What is due today by the rule of the kind, with the question to a second person. Raises
    PermissionDenied, DisposalRefused."""
    by.require(May.CARRY_OUT_DISPOSAL)
    rule = rule_of(kind)
    found = ready(rule, by.today, by.at) if rule else Ready(kind)
    if rule is None or not found.rows:
        raise DisposalRefused(" ".join((_("Nothing of this kind can be disposed of today."), *found.held)))
    _end_former(kind, by)
    related = RelatedRows.on(found.tops)
    row = Disposal.objects.create(
        kind=kind,
        on=by.today,
        **dict(zip(RULE, TERMS(rule), strict=True)),
        rows=found.rows,
        by_table=related.counts,
        by_year={str(year): n for year, n in found.years.items()},
        closing={str(year): version for year, version in found.closing.items()},
        digest=related.digest,
        proposed_by=by.user,
        proposed_at=by.at,
    )
    ask(ACT, row.target, reason=reason, by=by, digest=row.digest, payload={"disposal": str(row.code)})
    return row


def _end_former(kind: RetentionKind, by: Access) -> None:
    """A question that waits is taken back where it is one's own; a colleague's stands in the way."""
    for former in Disposal.objects.filter(kind=kind, carried_out_at=None):
        asked = question(former)
        if asked is not None and asked.answer == Approval.Answer.PENDING:
            if asked.asked_by_id != by.user.pk:
                raise DisposalRefused(_("A colleague's proposal of this kind waits for its answer."))
            withdraw(asked, by=by)


def question(row: Disposal) -> Approval | None:
    """The question about a proposal, with its answer."""
    return Approval.objects.of(ACT, row.target.kind, row.target.ident).select_related("answered_by").first()


def approved(row: Disposal) -> Approval | None:
    """The answer by which it may be carried out, while nothing has been."""
    asked = given(ACT, row.target, digest=row.digest)
    return asked if asked and asked.used_at is None and row.carried_out_at is None else None


@transaction.atomic
@bypass_policies("disposal")
def carry_out(*, disposal: Disposal, by: Access) -> Disposal:
    """All of it or nothing, once. Raises PermissionDenied, DisposalRefused where it was not approved, or any
    row is another now."""
    by.require(May.CARRY_OUT_DISPOSAL)
    row = Disposal.objects.select_for_update(of=("self",)).get(pk=disposal.pk)
    if row.carried_out_at is not None:
        return row
    asked = approved(row)
    if asked is None or asked.answered_by_id in {row.proposed_by_id, by.user.pk}:
        raise DisposalRefused(_("Nobody else has approved it."))
    related, found = _as_approved(row, by)
    journals = empty_journals(related.keys, by)
    related.delete()
    for year, version in found.closing.items():
        DisposedYear.objects.get_or_create(year=year, defaults={"version": version, "on": by.today})
    row.by_table |= {"exchange_importrun": journals} if journals else {}
    row.approved_by, row.approved_at = asked.answered_by, asked.answered_at
    row.carried_out_by, row.carried_out_at = by.user, by.at
    row.save()
    use(asked, at=by.at)
    tell(watchers(), DONE, label=str(row), link=row.get_absolute_url(), at=by.at)
    rows = sum(related.counts.values())
    record(by, "disposal.carry_out", row.target, rows=rows, digest=row.digest, reason=row.decision)
    return row


def _as_approved(row: Disposal, by: Access) -> tuple[RelatedRows, Ready]:
    """What is due now of what was due then, locked. Raises DisposalRefused where it is not the same."""
    rule = rule_of(RetentionKind(row.kind))
    if rule is None or TERMS(rule) != TERMS(row):
        raise DisposalRefused(_("The rule of retention has changed. Propose it again."))
    _lock(ready(rule, row.on, by.at))
    found = ready(rule, row.on, by.at)  # again: somebody may have been tied to one until they were locked
    related = RelatedRows.on(found.tops)
    if related.digest != row.digest:
        raise DisposalRefused(_("The rows that are due are not those that were approved. Propose it again."))
    return related, found


def _lock(found: Ready) -> None:
    """Whoever changes one of them at this moment waits, and then finds it gone."""
    for model, column, top in (
        *((Case, "pk", Case), (Person, "case", Case)),
        *((Call, "pk", Call), (Notification, "pk", Notification)),
    ):
        for some in chunks(found.tops.get(top, []), BATCH_SIZE):
            rows = model._base_manager.select_for_update(of=("self",)).filter(**{f"{column}__in": some})
            list(rows.values_list("pk", flat=True))


RULE_ACT: Final = "rule.change"
RULE_KIND: Final = "retention.retention"
RULE_FIELDS: Final = ("kind", *RULE)


def who(asked: Approval) -> Sequence[User]:
    """Those who approve disposal, but never who has asked."""
    return second_persons(asked, User.objects.able(May.APPROVE_DISPOSAL))


def ask_rule(*, rule: Retention, reason: str, by: Access) -> Approval:
    """Ask for a rule of retention, new or changed. Nothing of it holds before a manager says yes."""
    stored = Retention.objects.filter(kind=rule.kind).first()
    on = Target(RULE_KIND, rule.kind, str(rule))
    return ask(RULE_ACT, on, reason=reason, by=by, payload=difference(stored, rule, RULE_FIELDS))


def write_rule(asked: Approval, by: Access) -> str:
    """Raises NotAsItWas where the rule has been changed since it was asked."""
    stored = Retention.objects.select_for_update(of=("self",)).filter(kind=asked.target_id).first()
    if asked.payload["before"]:
        rule = stored or Retention(kind=asked.target_id)
        fields = apply_asked(rule, asked)
    else:
        rule, fields = Retention(**read_values(Retention, asked.payload["fields"])), []
        check_fits(rule)
    rule._history_user = by.user  # type: ignore[attr-defined]
    rule.save()
    record(by, "retention.change" if stored else "retention.add", rule, fields=fields)
    return ""


def facts(asked: Approval) -> list[Fact]:
    row = Disposal.objects.filter(code=asked.payload["disposal"]).first()
    return facts_of(row) if row else []


def facts_of(row: Disposal) -> list[Fact]:
    """What stands of a proposal, in words and numbers: never which rows."""
    rows = [
        (_("What"), row.get_kind_display()),
        (_("Rows"), number_format(row.rows)),
        (_("By year"), "; ".join(f"{year}: {n}" for year, n in sorted(row.by_year.items())) or "–"),
        (_("With all related rows"), number_format(sum(row.by_table.values()))),
        (_("Decision"), f"{row.decision}, {date_format(row.decided_on, 'SHORT_DATE_FORMAT')}"),
        (_("Legal ground"), row.ground),
        (
            _("Kept"),
            _("{years} years from when {day}").format(years=row.years, day=row.get_trigger_display()),
        ),
        (_("Due on"), date_format(row.on, "SHORT_DATE_FORMAT")),
    ]
    if row.closing:
        before = _("published before the register")
        years = "; ".join(f"{year}: {version or before}" for year, version in sorted(row.closing.items()))
        rows.append((_("Years that are read from a version afterwards"), years))
    return [*rows, (_("The rows' checksum begins with"), row.digest[:12])]


def register() -> None:
    needs_two(
        RULE_ACT,
        title=gettext_lazy("Rule of retention"),
        asks=(May.CARRY_OUT_DISPOSAL,),
        answers=(May.APPROVE_DISPOSAL,),
        who=who,
        facts=values_of(Retention),
        carry_out=write_rule,
    )
    needs_two(
        ACT,
        title=gettext_lazy("Dispose of rows"),
        asks=(May.CARRY_OUT_DISPOSAL,),
        answers=(May.APPROVE_DISPOSAL,),
        who=who,
        facts=facts,
        asked_at="retention:disposals",
    )
