"""Who may read what of the audit log: all of it, the sign-ins, or what was done to cases of one's own
region."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.expressions import Combinable

from accounts.access import Access
from accounts.apps import SIGN_INS
from accounts.roles import May
from audit.models import Event, EventQuerySet

READS: Final = (May.VIEW_AUDIT_LOG, May.VIEW_SIGN_INS, May.VIEW_OWN_AUDIT_LOG)


@dataclass(frozen=True, slots=True)
class Numbered:
    """What has a number that begins with its region: a whole, such as a case, and its parts, whose numbers go
    on.

    `own` is, for somebody and a kind of target, the number that an event is about where it is an own one,
    else null. `came` are the numbers of those who were handed over to own regions, and of their wholes.
    """

    whole: str
    part: str
    own: Callable[[Access, str], Combinable]
    came: Callable[[Access], Iterable[str]]

    @property
    def kinds(self) -> tuple[str, str]:
        return self.whole, self.part


_numbered: Final[list[Numbered]] = []  # one, handed in by the app whose rows have numbers


def numbers_come_from(numbered: Numbered) -> None:
    _numbered[:] = [numbered]


def numbered() -> Numbered:
    return _numbered[0]


def audit_log_for(access: Access) -> EventQuerySet:
    """All events, sign-ins, or those of cases of one's own region; nothing for other roles."""
    if access.may(May.VIEW_AUDIT_LOG):
        return Event.objects.all()
    if access.may(May.VIEW_SIGN_INS):
        return Event.objects.filter(action__in=SIGN_INS)
    if not access.may(May.VIEW_OWN_AUDIT_LOG):
        return Event.objects.none()
    own = Case(*(When(target_kind=kind, then=numbered().own(access, kind)) for kind in numbered().kinds))
    return Event.objects.alias(own_number=own).filter(own_number__isnull=False)


def audit_log_parts(access: Access) -> list[QuerySet[Event]]:
    """The same events in parts that may overlap, each from the latest on as an index finds them, however few
    they are. A number begins with the region where the case was opened; those that came from elsewhere are
    listed."""
    events = audit_log_for(access)
    if access.may(May.VIEW_AUDIT_LOG, May.VIEW_SIGN_INS) or not access.may(May.VIEW_OWN_AUDIT_LOG):
        return [events]
    return [
        *(events.beginning(f"{region}-") for region in sorted(access.regions)),
        _of_those_who_came(access),
    ]


def _of_those_who_came(access: Access) -> QuerySet[Event]:
    """Of persons who were handed over to own regions, and of their cases: own ones as they stand.

    By the index of labels, wherever in the audit log they lie: neither the kind, which most events have, nor
    the order is asked for in a way that another index answers."""
    numbers = sorted(set(numbered().came(access)))
    label = Case(When(target_kind__in=numbered().kinds, then="target_label"))
    events = Event.objects.alias(number=label).filter(number__isnull=False, target_label__in=numbers)
    return events.order_by((F("sequence") + 0).desc())


def with_parts(number: str) -> Q:
    """Events of a whole and its parts. Between two labels, which an index answers on every database and in
    every order of letters; what stands there beside them is left out one by one."""
    between = Q(target_label__gte=number, target_label__lt=f"{number}-Q")
    return between & (Q(target_label=number) | Q(target_label__startswith=f"{number}-P"))
