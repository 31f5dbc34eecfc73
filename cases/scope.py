"""Which rows somebody may see (design part 4), as conditions that the querysets' door puts first in every
chain."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery

from accounts.access import Access
from accounts.roles import May, Role

NOTHING = Q(pk__in=[])


def call_scope(access: Access) -> Q:
    if access.role is Role.OPERATOR:
        return Q()
    if access.role is Role.COORDINATOR:
        return Q(referred_region__in=access.regions)
    return NOTHING


def case_scope(access: Access) -> Q:
    """A coordinator's cases: with a person of own region, or opened there and still without persons, or
    granted."""
    if access.role is Role.OPERATOR:
        return Q(opened_by=access.user)
    if access.role is not Role.COORDINATOR:
        return NOTHING
    return own_cases(access) | Q(pk__in=_granted_cases(access))


def case_parts(access: Access) -> tuple[Q, ...]:
    """`case_scope` in parts, each of which an index answers in the order of a list; of both together none
    does."""
    if access.role is not Role.COORDINATOR:
        return (case_scope(access),)
    return (_opened_here(access), Q(pk__in=_came(access).order_by().union(_granted_cases(access).order_by())))


def own_cases(access: Access) -> Q:
    """A coordinator's cases that no grant is needed for: with a person of own region, or opened there and
    without any.

    Those that came from elsewhere are read beforehand, from an index of their own."""
    return _opened_here(access) | Q(pk__in=_came(access))


def _opened_here(access: Access) -> Q:
    """Of a case of own region that a page comes to, an index of the few who moved is asked, so that a list is
    as fast however many cases there are."""
    persons = apps.get_model("cases", "Person").objects
    # Between, not equal: PostgreSQL would read every person first, to have the answer ready for cases not
    # asked about.
    of_case = persons.filter(case__gte=OuterRef("pk"), case__lte=OuterRef("pk"))
    here = ~Q(Exists(of_case.filter(moved=True))) | Q(Exists(of_case.filter(moved=False)))
    return Q(region__in=access.regions) & here


def _came(access: Access) -> QuerySet[Model, Any]:
    came = apps.get_model("cases", "Person").objects.filter(moved=True, responsible_region__in=access.regions)
    return came.values("case")


def person_scope(access: Access, at: str = "") -> Q:
    """The same for persons and, with `at` as "person__", for their parts. A grant shows the granting region
    only."""
    if access.role is Role.OPERATOR:
        return Q(**{f"{at}case__opened_by": access.user})
    if access.role is not Role.COORDINATOR:
        return NOTHING
    granted = _grants(access).filter(case=OuterRef(f"{at}case"), region=OuterRef(f"{at}responsible_region"))
    own = Q(**{f"{at}responsible_region__in": access.regions})
    return own | Q(Exists(granted))


def totals_scope(access: Access) -> Q:
    """Whose persons somebody may read as totals: all, own region's, or nobody's."""
    if access.may(May.VIEW_TOTALS):
        return Q()
    if access.may(May.VIEW_REGION_TABLES):
        return Q(responsible_region__in=access.regions)
    return NOTHING


def granted_until(access: Access, case: Any, region: Any = None) -> Subquery:
    """When the last grant of a case ends, null without one; with `region`, that region's grant."""
    rows = _grants(access).filter(case=case)
    if region is not None:
        rows = rows.filter(region=region)
    return Subquery(rows.order_by("-until").values("until")[:1])


def _grants(access: Access) -> QuerySet[Model]:
    """Those that count now. Whoever has no region any more has no use of them."""
    grants = apps.get_model("cases", "AccessGrant").objects
    if not access.regions:
        return grants.none()
    return grants.filter(asked_by=access.user, answer="accepted", until__gt=access.at)


def _granted_cases(access: Access) -> QuerySet[Model, Any]:
    return _grants(access).values("case")
