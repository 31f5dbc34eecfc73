"""A rule of retention, and that rows are disposed of, is asked for by an administrator and answered by a
manager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access
from accounts.approvals import Fact, ask, needs_two, second_persons
from accounts.asked_rows import apply_asked, check_fits, difference, read_values
from accounts.asked_rows import facts_of as values_of
from accounts.models import Approval, User
from accounts.roles import May
from audit.writer import Target, record
from lifecycle.disposals import Disposal
from lifecycle.disposing.actions import ACT, RULE
from lifecycle.retention import Retention

RULE_ACT: Final = "rule.change"
RULE_KIND: Final = "lifecycle.retention"
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
    said = [
        (_("What"), row.get_kind_display()),
        (_("Rows"), number_format(row.rows)),
        (_("By year"), "; ".join(f"{year}: {n}" for year, n in sorted(row.by_year.items())) or "–"),
        (_("With all that hangs on them"), number_format(sum(row.by_table.values()))),
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
        said.append((_("Years that are read from a version afterwards"), years))
    return [*said, (_("The rows' checksum begins with"), row.digest[:12])]


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
        asked_at="lifecycle:disposals",
    )
