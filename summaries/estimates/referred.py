"""Who was sent on to which organisation, as far as the register knows: by calls and by notifications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from django.db.models import Q
from django.utils import timezone

from cases.models import Call, Notification
from summaries.dark_figure.referrals import Sent

# The advice of a call that sends a case on, and the kind of organisation it is sent to.
ADVICE: Final = {
    "outcome:referral_coordinator": "agency_kind:coordinator",
    "outcome:referral_police": "agency_kind:police",
    "outcome:referral_social": "agency_kind:social",
    "outcome:referral_ngo": "agency_kind:ngo",
}
COORDINATOR: Final = "agency_kind:coordinator"


def sent_on(kinds: Mapping[str, str]) -> dict[int, list[Sent]]:
    """By case. `kinds` has the kind of each agency by its code. Three queries.

    A call sends its case to the agency or the region it names, to the coordinator where a case was opened
    from it, and to the kinds of organisation that its advice names; a notification sends to the
    coordinator.
    """
    found: dict[int, list[Sent]] = defaultdict(list)
    of_kind = defaultdict(list)
    for code, kind in kinds.items():
        of_kind[kind].append(code)

    def add(case: int, day: date, agencies: Iterable[str]) -> None:
        found[case] += [Sent(day, code) for code in agencies]

    calls = Call.objects.filter(case__isnull=False).order_by()
    for case, day, agency in calls.filter(referred_agency__isnull=False).values_list(
        "case_id", "received_on", "referred_agency__code"
    ):
        add(case, day, [agency])
    to_region = Q(referred_region__isnull=False) | Q(case__opened_from_call=True)
    rows = calls.filter(to_region | Q(outcomes__in=list(ADVICE))).values_list(
        "case_id", "received_on", "referred_region_id", "case__opened_from_call", "outcomes__pk"
    )
    for case, day, region, opened, advice in rows:
        if region or opened:
            add(case, day, of_kind[COORDINATOR])
        if advice in ADVICE:
            add(case, day, of_kind[ADVICE[advice]])
    for case, moment in (
        Notification.objects.filter(case__isnull=False).order_by().values_list("case_id", "sent_at")
    ):
        add(case, timezone.localdate(moment), of_kind[COORDINATOR])
    return found
