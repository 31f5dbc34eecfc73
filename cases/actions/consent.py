"""What consent to referral allows, at every act: a case from a call, its persons, their references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied

from accounts.access import Access
from cases.actions.saving import save_version
from cases.choices import Consent
from cases.models import Call, Case
from cases.rules import consent
from cases.rules.faults import Fault
from cases.wording import say


def ground_of(call: Call) -> str | None:
    """Why a case may be opened from the call; None where consent is missing and no case is opened."""
    return consent.ground(call.consent, call.children, settings.CASE_WITHOUT_CONSENT)


def check_facts(without: str, facts: Mapping[str, object]) -> None:
    """Raises PermissionDenied where a case without consent would hold more than it may."""
    _refuse(consent.of_case(without, facts))


def check_children(without: str, children: Iterable[str]) -> None:
    """Raises PermissionDenied where somebody is no child, in a case that is there for a child's sake."""
    for child in children:
        _refuse(consent.of_person(without, child))


def given_afterwards(call: Call, by: Access) -> Case | None:
    """The case that was opened from the call and is now as any other, since whoever logged the call has
    corrected the answer."""
    if call.consent == Consent.MISSING or not call.without_consent or call.case_id is None:
        return None
    call.without_consent = ""
    case = Case.objects.changeable_by(by).filter(pk=call.case_id).exclude(without_consent="").first()
    if case is not None:
        case.without_consent = ""
        save_version(case, by=by)
    return case


def _refuse(faults: Iterable[Fault]) -> None:
    for fault in faults:
        raise PermissionDenied(say(fault))
