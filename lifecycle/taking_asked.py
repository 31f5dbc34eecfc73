"""That a file of spreadsheets is taken in is asked for by one and answered by another: somebody else who has
one of its regions, or, where there is nobody, the manager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import Access
from accounts.approvals import Fact, ask, needs_two, second_persons, withdraw
from accounts.models import Approval, User
from accounts.roles import May
from agencies.answering import Answerers
from agencies.models import Region
from lifecycle.models import TakeOver
from lifecycle.taking import ACT, digest_of
from lifecycle.taking_words import WHY

SHOWN: Final = 12  # characters of the digest of a file


class AskedAlready(Exception):
    """A colleague's question about the file waits for its answer."""


def waiting(row: TakeOver) -> Approval | None:
    on = row.target
    return Approval.objects.of(ACT, on.kind, on.ident).pending().first()


@transaction.atomic
def ask_second(*, row: TakeOver, reason: str, by: Access) -> Approval:
    """The question about the file as it stands; an earlier one of one's own is withdrawn. Nothing in it is of
    a person: how many rows there are, by year, and how many are left out. Raises AskedAlready."""
    before, digest = waiting(row), digest_of(row)
    if before is not None and before.asked_by_id != by.user.pk:
        raise AskedAlready
    if before is not None and before.digest != digest:
        withdraw(before, by=by)
    regions = sorted(row.regions.values_list("code", flat=True))
    seen = row.seen
    left: dict[str, int] = {}
    for sheet in seen["sheets"]:
        for why, n in sheet["left"].items():
            left[why] = left.get(why, 0) + n
    payload = {
        "region": regions[0],
        "regions": regions,
        "file": row.digest[:SHOWN],
        "sheets": sum(bool(sheet["rows"]) for sheet in seen["sheets"]),
        "rows": sum(sheet["rows"] for sheet in seen["sheets"]),
        "years": seen["years"],
        "left": left,
    }
    return ask(ACT, row.target, reason=reason, by=by, digest=digest, payload=payload)


def who(asked: Approval) -> Sequence[User]:
    """Exactly those who may answer."""
    today = Answerers(timezone.localdate())
    own = [user for code in asked.payload["regions"] for user in today.regions.get(code, [])]
    for group in (own, today.managers):
        if found := second_persons(asked, dict.fromkeys(group), today.newcomers):
            return found
    return []


def facts(asked: Approval) -> list[Fact]:
    told = asked.payload
    years = [f"{year}: {n}" for year, n in told["years"].items()]
    left = [f"{WHY.get(why, why)}: {n}" for why, n in told["left"].items()]
    rows = ngettext("%(n)d row", "%(n)d rows", told["rows"]) % {"n": told["rows"]}
    sheets = ngettext("%(n)d sheet", "%(n)d sheets", told["sheets"]) % {"n": told["sheets"]}
    return [
        (_("What is taken in"), f"{rows}, {sheets}"),
        (_("Regions"), ", ".join(map(str, Region.objects.filter(code__in=told["regions"])))),
        (_("Persons who count, by year"), "; ".join(years) or "–"),
        (_("Rows left out"), "; ".join(left) or "–"),
        (_("The file's checksum begins with"), told["file"]),
    ]


def register() -> None:
    needs_two(
        ACT,
        title=gettext_lazy("Take spreadsheets over"),
        asks=(May.IMPORT_PERSONS,),
        answers=(May.COORDINATE, May.LET_IN),
        who=who,
        facts=facts,
    )
