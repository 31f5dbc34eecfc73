"""Which rows somebody may see (design part 4), as conditions that every queryset begins with.

`SCOPE` says by role how its rows are found, once for all of them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.roles import May, Role
from cases.choices import Consent

NOTHING = Q(pk__in=[])
READING: Final = _("Access that another region has granted is for reading.")
OF_ANOTHER: Final = _(
    "The case belongs to another region, and only that region changes it. "
    "You change your own region's persons in it."
)


def check_own(own: bool, why: object = READING) -> None:
    """Raises PermissionDenied for what is only granted, or of another region."""
    if not own:
        raise PermissionDenied(str(why))


class By(StrEnum):
    NOTHING = "none"
    ALL = "all"
    ONESELF = "those that oneself has opened or sent"
    REGION = "those of own regions"


@dataclass(frozen=True, slots=True)
class Scope:
    """Of each kind of rows, how they are found; persons and their parts are found as their cases are."""

    calls: By = By.NOTHING
    cases: By = By.NOTHING
    notifications: By = By.NOTHING


SCOPE: Final[dict[Role, Scope]] = {
    Role.OPERATOR: Scope(calls=By.ALL, cases=By.ONESELF),
    Role.COORDINATOR: Scope(calls=By.REGION, cases=By.REGION, notifications=By.REGION),
    Role.OFFICER: Scope(notifications=By.ONESELF),
}
IN_WORDS: Final = {role: asdict(SCOPE.get(role, Scope())) for role in Role}


def scope_of(access: Access) -> Scope:
    """That of the role; a role that is not in the table finds nothing."""
    return SCOPE.get(access.role, Scope())


def _found(by: By, own: Q, region: Q) -> Q:
    """The condition of rows that are found so."""
    return {By.NOTHING: NOTHING, By.ALL: Q(), By.ONESELF: own, By.REGION: region}[by]


def call_scope(access: Access, at: str = "") -> Q:
    """Without consent a call stays with the support line: no region sees that it was referred there."""
    own = Q(**{f"{at}taken_by": access.user})
    return _found(scope_of(access).calls, own, calls_of_regions(access, at))


def calls_of_regions(access: Access, at: str = "") -> Q:
    """Calls that were referred to own regions with consent."""
    return Q(**{f"{at}referred_region__in": access.regions}) & ~Q(**{f"{at}consent": Consent.MISSING})


def notification_scope(access: Access, at: str = "") -> Q:
    """An officer's own; a coordinator's those that are sent to own regions."""
    own, region = Q(**{f"{at}officer": access.user}), Q(**{f"{at}region__in": access.regions})
    return _found(scope_of(access).notifications, own, region)


def message_scope(access: Access) -> Q:
    """With the notification, call or transfer. A call may be referred to another region later: what was
    written to the first is not the second one's."""
    scope, here = scope_of(access), Q(region__in=access.regions)
    of_call = Q(call__isnull=False) & call_scope(access, "call__") & _found(scope.calls, Q(), here)
    of_notification = Q(notification__isnull=False) & notification_scope(access, "notification__")
    between = Q(transfer__from_region__in=access.regions) | Q(transfer__to_region__in=access.regions)
    return of_notification | of_call | between


def message_to_own_side(access: Access) -> Q:
    """What one finds by region comes to that region, all else to who has handed over."""
    scope = scope_of(access)
    of_notification = Q(notification__isnull=False) & _to_side(scope.notifications)
    of_call = Q(call__isnull=False) & _to_side(scope.calls)
    here = Q(transfer__to_region__in=access.regions) & _to_side(By.REGION)
    back = Q(transfer__from_region__in=access.regions) & _to_side(By.ONESELF)
    return message_scope(access) & (of_notification | of_call | here | back)


def _to_side(by: By) -> Q:
    return Q(from_side="giver" if by is By.REGION else "taker")


def mistake_scope(access: Access) -> Q:
    """What was registered by mistake is found as cases are, but by nobody's grant."""
    return _found(scope_of(access).cases, Q(by=access.user), Q(region__in=access.regions))


def case_scope(access: Access) -> Q:
    """Own ones; of who finds them by region, also those that another region has granted."""
    own = own_cases(access)
    return own | Q(pk__in=_granted_cases(access)) if scope_of(access).cases is By.REGION else own


def case_parts(access: Access) -> tuple[Q, ...]:
    """`case_scope` in parts, each of which an index answers in the order of a list; of both together none
    does."""
    if scope_of(access).cases is not By.REGION:
        return (case_scope(access),)
    return (
        Q(region__in=access.regions),
        Q(pk__in=_came(access).order_by().union(_granted_cases(access).order_by())),
    )


def own_cases(access: Access) -> Q:
    """Those that no grant is needed for: opened by oneself; or of own regions, or with a person of theirs.

    Those that came from elsewhere are read beforehand, from an index of their own."""
    region = Q(region__in=access.regions) | Q(pk__in=_came(access))
    return _found(scope_of(access).cases, Q(opened_by=access.user), region)


def changeable_cases(access: Access) -> Q:
    """Those whose note, registry number, accompanying children and state one changes: opened by oneself, or
    of own regions. Who has only a person of a case sees its number, day, channel and state."""
    return _found(scope_of(access).cases, Q(opened_by=access.user), Q(region__in=access.regions))


def whole_cases(access: Access) -> Q:
    """Those that may be read whole: one's own to change, and those whose note their region has granted."""
    if scope_of(access).cases is not By.REGION:
        return changeable_cases(access)
    granted = _grants(access).filter(note=True, region=OuterRef("region"), case=OuterRef("pk"))
    return changeable_cases(access) | Q(Exists(granted))


def _came(access: Access) -> QuerySet[Model, Any]:
    came = apps.get_model("cases", "Person").objects.filter(moved=True, responsible_region__in=access.regions)
    return came.values("case")


def person_scope(access: Access, at: str = "") -> Q:
    """The same for persons and, with `at` as "person__", for their parts. A grant shows the granting region
    only."""
    own = own_persons(access, at)
    if scope_of(access).cases is not By.REGION:
        return own
    granted = _grants(access).filter(
        persons=True, case=OuterRef(f"{at}case"), region=OuterRef(f"{at}responsible_region")
    )
    return own | Q(Exists(granted))


def own_persons(access: Access, at: str = "") -> Q:
    """Those that no grant is needed for: in cases opened by oneself, or of own regions."""
    own = Q(**{f"{at}case__opened_by": access.user})
    region = Q(**{f"{at}responsible_region__in": access.regions})
    return _found(scope_of(access).cases, own, region)


def totals_scope(access: Access) -> Q:
    """Whose persons somebody may read as totals: all, own region's, or nobody's."""
    if access.may(May.VIEW_TOTALS):
        return Q()
    if access.may(May.VIEW_REGION_TABLES):
        return Q(responsible_region__in=access.regions)
    return NOTHING


def granted_until(access: Access, case: OuterRef, region: OuterRef | None = None) -> Subquery:
    """When the last grant of a case ends, null without one; with `region`, that region's grant of its
    persons."""
    rows = _grants(access).filter(case=case)
    if region is not None:
        rows = rows.filter(region=region, persons=True)
    return Subquery(rows.order_by("-until").values("until")[:1])


def _grants(access: Access) -> QuerySet[Model]:
    """Those that count now. Whoever has no region any more has no use of them."""
    grants = apps.get_model("cases", "AccessGrant").objects
    if not access.regions:
        return grants.none()
    return grants.filter(asked_by=access.user, answer="accepted", until__gt=access.at)


def _granted_cases(access: Access) -> QuerySet[Model, Any]:
    return _grants(access).values("case")
