"""What one person may see and do at one moment. Made once a request, from dated rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MAY, May, Role
from audit.writer import Actor


@dataclass(frozen=True, slots=True)
class Assignment:
    """A region that is somebody's on a day. `until` is the last day of who stands in for its coordinator."""

    code: str
    region: Model
    stands_in: bool
    until: date | None


Assigned = Callable[[User, date], Iterable[Assignment]]
Ends = Callable[[User, Actor], None]
# One pair, handed in by the app that knows who coordinates what.
_regions: list[tuple[Assigned, Ends]] = []


def regions_come_from(assigned: Assigned, ends: Ends) -> None:
    """The app of the regions says whose they are, and ends what somebody has for some days only. At most one
    query a call."""
    _regions[:] = [(assigned, ends)]


def end_deputies(user: User, by: Actor) -> None:
    """Ends every region that `user` has in somebody's stead: of who gets another role, or is closed out."""
    _assigned, ends = _regions[0]
    ends(user, by)


@dataclass(frozen=True)
class Access:
    """`regions` are codes of the regions whose rows are this person's today, as coordinator or as deputy.
    Whoever does not coordinate has none, whatever dated rows are left."""

    user: User
    role: Role
    at: datetime
    regions: frozenset[str] = field(default_factory=frozenset)
    deputy: tuple[tuple[str, date | None], ...] = ()  # (region code, last day) where standing in
    names: Mapping[str, Model] = field(default_factory=dict, hash=False, compare=False)  # of `regions`

    @classmethod
    def of(cls, user: User, *, at: datetime | None = None) -> Access:
        """At most one query: only who coordinates has dated scope."""
        at = at or timezone.now()
        role = user.role_now
        if May.COORDINATE not in MAY[role]:
            return cls(user, role, at)
        assigned, _ends = _regions[0]
        rows = list(assigned(user, timezone.localdate(at)))
        deputy = tuple((row.code, row.until) for row in rows if row.stands_in)
        names = {row.code: row.region for row in rows}
        return cls(user, role, at, frozenset(names), deputy, names)

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    @property
    def actor(self) -> str:
        return self.user.email

    @property
    def role_name(self) -> str:
        return str(self.role.value)

    def may(self, *wanted: May) -> bool:
        """Whether the role has any of `wanted`."""
        return self.user.works and bool(MAY[self.role] & set(wanted))

    def require(self, *wanted: May) -> Access:
        """Return itself. Raises PermissionDenied (403) unless the role has any of `wanted`."""
        if not self.may(*wanted):
            raise PermissionDenied(
                _("Your role may not do this. Contact the administrator if you need it for your work.")
            )
        return self
