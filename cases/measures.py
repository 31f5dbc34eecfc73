"""The kinds of measure that a rule knows by name: what the manual wants for whom, and what counts down.

All other kinds are rows of the code list alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHILD_REPORT: Final = "measure:child_report"
REFLECTION: Final = "measure:reflection"
GUARDIAN: Final = "measure:guardian"
PERMIT: Final = "measure:permit"
THAT_END: Final = (REFLECTION, PERMIT)
# Those that the manual wants early: in the lists it is asked who lacks one.
MISSED: Final = ("measure:shelter", REFLECTION, CHILD_REPORT, GUARDIAN)
# In no list it is asked who was offered one of these: it would select by somebody's health.
OF_HEALTH: Final = frozenset(
    {"measure:health", "measure:psych", "measure:referral_health", "measure:nsp_rehab"}
)


@dataclass(frozen=True)
class Someone:
    """What the manual's steps depend on, of one counted person."""

    name: str
    child: bool
    residence: str = ""
    citizenship: str = ""
    kinds: frozenset[str] = field(default_factory=frozenset)
    address: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A measure of the manual's `step` that should have been offered to those whom it `concerns`."""

    step: int
    kind: str
    name: Promise
    concerns: Callable[[Someone], bool]


WANTED: Final = {
    wanted.kind: wanted
    for wanted in (
        Wanted(1, CHILD_REPORT, _("Report of concern for a child"), lambda one: one.child),
        Wanted(3, REFLECTION, _("Reflection period"), lambda one: one.residence == "residence:irregular"),
        Wanted(
            3,
            GUARDIAN,
            _("Guardian or special representative"),
            lambda one: one.residence == "residence:unaccompanied",
        ),
    )
}
