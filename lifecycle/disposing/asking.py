"""That rows are disposed of is asked for by an administrator and answered by a manager."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.approvals import Fact, needs_two, second_persons
from accounts.models import Approval, User
from accounts.roles import May
from lifecycle.disposals import Disposal
from lifecycle.disposing.actions import ACT


def who(asked: Approval) -> Sequence[User]:
    """Those who approve disposal, but never who has asked."""
    return second_persons(asked, User.objects.able(May.APPROVE_DISPOSAL))


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
        years = "; ".join(f"{year}: {version}" for year, version in sorted(row.closing.items()))
        said.append((_("Years that are read from a version afterwards"), years))
    return [*said, (_("The rows' checksum begins with"), row.digest[:12])]


def register() -> None:
    needs_two(
        ACT,
        title=gettext_lazy("Dispose of rows"),
        asks=(May.CARRY_OUT_DISPOSAL,),
        answers=(May.APPROVE_DISPOSAL,),
        who=who,
        facts=facts,
        asked_at="lifecycle:disposals",
    )
