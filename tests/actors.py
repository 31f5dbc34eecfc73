"""People with roles, who act in the tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from agencies.models import Agency, Coordinator, Region

NOON = datetime(2019, 3, 1, 12, 0, tzinfo=UTC)  # when tests take place, unless they say otherwise
PASSWORD = "a-long-demo-password"


def user(
    name: str, role: Role, *, region: str = "", kind: str = "coordinator", agency: str = "", **facts: object
) -> User:
    """Sign-in `name@example.org`; a coordinator of `region` since 2015."""
    person = User.objects.create_user(
        f"{name.lower()}@example.org",
        PASSWORD,
        name=name,
        role=role,
        agency=Agency.objects.get(code=agency) if agency else None,
        **facts,
    )
    if region:
        last = None if kind == "coordinator" else date(2030, 12, 31)
        Coordinator.objects.create(
            region=Region.objects.get(code=region),
            kind=kind,
            user=person,
            name=name,
            valid_from=date(2015, 1, 1),
            valid_to=last,
        )
    return person


def access(person: User, at: datetime = NOON) -> Access:
    return Access.of(person, at=at)
