"""Ask to read one case of another region, and answer: the holder of a secret decides (OSL 8:1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.acting import beyond
from accounts.approvals import AlreadyAnswered
from accounts.roles import May
from agencies.models import Region
from audit.writer import Target, record
from cases.actions.questions import CASES_A_DAY, asked_today, one_more
from cases.choices import RequestAnswer
from cases.models import AccessGrant, Case, Person

MOST_HOURS: Final = 24


class NothingToAsk(Exception):
    """Who asks reads what they ask for already."""


@transaction.atomic
@beyond("asking")
def ask_access(
    *, number: str, region: Region, reason: str, by: Access, persons: bool = True, note: bool = True
) -> AccessGrant:
    """Ask every other region that is responsible for somebody in the case for its persons, and that of the
    case for its note. `region` is the one that the number names: it is written down where there is no such
    case, so that the answer is the same. Raises TooManyQuestions; NothingToAsk of a case that one sees."""
    by.require(May.GRANT)
    asked = asked_today(AccessGrant.objects.all(), by=by)
    one_more(asked.values("case_number").distinct().count(), CASES_A_DAY)
    case = Case.objects.filter(number=number).first()
    regions = _holders(number, case.region_id if case else region.pk, by, persons=persons, note=note)
    seen = Case.objects.visible_to(by).filter(number=number).exists()
    if not regions and seen:
        raise NothingToAsk
    rows = [
        AccessGrant(
            case=case,
            case_number=number,
            region_id=code,
            asked_by=by.user,
            asked_at=by.at,
            persons=persons,
            note=note,
            reason=reason,
        )
        for code in sorted(regions) or [region.pk]
    ]
    AccessGrant.objects.bulk_create(rows)
    record(by, "access.ask", Target("cases.case", str(case.code) if case else "", number))
    return rows[0]


def _holders(number: str, region: str, by: Access, *, persons: bool, note: bool) -> set[str]:
    """The regions that have any of it and have not granted it already. A case without persons is asked for
    where it is. By its number: where there is no such case, the cost is the same."""
    of_case = Person.objects.filter(case__number=number).order_by()
    of_persons = set(of_case.values_list("responsible_region", flat=True))
    holders = of_persons if persons else set()
    if note or not of_persons:
        holders = holders | {region}
    granted = AccessGrant.objects.filter(
        case_number=number, asked_by=by.user, answer=RequestAnswer.ACCEPTED, until__gt=by.at
    )
    for grant in granted:
        if (grant.persons or not persons) and (grant.note or not note):
            holders = holders - {grant.region_id}
    return holders - by.regions


@transaction.atomic
@beyond("asking")
def answer_access(*, grant: AccessGrant, hours: int, reason: str, by: Access) -> AccessGrant:
    """Grant for `hours`, at most 24, or decline with 0. Raises AlreadyAnswered when another answer came
    first."""
    by.require(May.GRANT)
    locked = AccessGrant.objects.select_for_update().get(pk=grant.pk)
    if locked.region_id not in by.regions or locked.asked_by_id == by.user.pk or locked.case is None:
        raise PermissionDenied(_("The other region answers. Nobody grants access to themselves."))
    if locked.answer != RequestAnswer.PENDING:
        raise AlreadyAnswered(locked)
    if hours > MOST_HOURS or hours < 0:
        raise ValueError(f"Access is granted for at most {MOST_HOURS} hours.")
    locked.answer = RequestAnswer.ACCEPTED if hours else RequestAnswer.DECLINED
    locked.until = by.at + timedelta(hours=hours) if hours else None
    locked.answered_by, locked.answered_at, locked.answer_reason = by.user, by.at, reason
    locked.save()
    record(by, "access.grant" if hours else "access.decline", locked.case)
    return locked


@transaction.atomic
@beyond("asking")
def end_access(*, grant: AccessGrant, by: Access) -> AccessGrant:
    """The region that has granted access ends it now. Does nothing where it has ended already."""
    by.require(May.GRANT)
    locked = AccessGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if locked.region_id not in by.regions or locked.case is None:
        raise PermissionDenied(_("Only the region that has granted access may end it."))
    if locked.until and locked.until > by.at:
        locked.until = by.at
        locked.save()
        record(by, "access.end", locked.case)
    return locked


@transaction.atomic
@beyond("asking")
def withdraw_access(*, grant: AccessGrant, by: Access) -> None:
    """Who has asked takes the question back, from every region that it went to. Raises AlreadyAnswered when
    one of them has said yes, or none is left to answer: told alike whether or not there is such a case."""
    by.require(May.GRANT)
    if grant.asked_by_id != by.user.pk:
        raise PermissionDenied(_("Only who has asked may take it back."))
    asked = AccessGrant.objects.filter(
        asked_by=by.user, case_number=grant.case_number, asked_at=grant.asked_at
    )
    rows = list(asked.select_for_update().order_by("pk"))
    answers = {row.answer: row for row in rows}
    given = answers.get(RequestAnswer.ACCEPTED)
    waiting = [row for row in rows if row.answer == RequestAnswer.PENDING]
    if given or not waiting:
        raise AlreadyAnswered(given or grant)
    for row in waiting:
        row.answer, row.answered_at = RequestAnswer.WITHDRAWN, by.at
        row.save()
    record(by, "access.withdraw", Target("cases.accessgrant", str(grant.code), grant.case_number))
