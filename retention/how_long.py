"""How long a case is kept, in a sentence that stands on its page: collected by `cases.views.case`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.choices import CLOSED_STATES
from cases.models import Case
from retention.ages import years_after
from retention.due import last_change
from retention.models import Kind, Retention, Trigger


def of_case(case: Case) -> str:
    """One query for the rule, and one for the day where it has come to that. What else has to be so may make
    it later, never sooner."""
    rule = Retention.objects.filter(kind=Kind.CASE).first()
    if rule is None:
        return _("Nobody has decided how long the case is kept: it is not disposed of.")
    if rule.years is None:
        return _("Kept for good, by {decision}.").format(decision=rule.decision)
    if rule.trigger == Trigger.CLOSED and case.state not in CLOSED_STATES:
        return ngettext(
            "May be disposed of {n} year after closing at the earliest, with its whole year, by {decision}.",
            "May be disposed of {n} years after closing at the earliest, with its whole year, by {decision}.",
            rule.years,
        ).format(n=rule.years, decision=rule.decision)
    changed = Case.objects.annotate(last=last_change()).values_list("last", flat=True).get(pk=case.pk)
    day = years_after(timezone.localdate(changed), rule.years)
    return _("May be disposed of on {day} at the earliest, with its whole year, by {decision}.").format(
        day=date_format(day, "SHORT_DATE_FORMAT"), decision=rule.decision
    )


OF_CASE: Final[dict[str, Callable[[Case], str]]] = {"disposal": of_case}
