"""The demonstration's people, one for each role, and the coordinators of the seven regions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from accounts.terms import accept_terms
from agencies.letting_in import ask_account
from agencies.models import Agency, Coordinator, Region

DOMAIN = "demo.example"
SIGN_INS = (
    # who, role, name, region, agency
    ("operator", Role.OPERATOR, "Exempel Operatör", "", "jamy"),
    ("coordinator.vast", Role.COORDINATOR, "Exempel Väst", "V", ""),
    ("coordinator.syd", Role.COORDINATOR, "Exempel Syd", "SY", ""),
    ("officer", Role.OFFICER, "Exempel Handläggare", "", "police"),
    ("analyst", Role.ANALYST, "Exempel Analytiker", "", "jamy"),
    ("manager", Role.MANAGER, "Exempel Chef", "", "jamy"),
    ("admin", Role.ADMINISTRATOR, "Exempel Administratör", "", "jamy"),
    ("admin2", Role.ADMINISTRATOR, "Exempel Reserv", "", "jamy"),
    ("dpo", Role.DPO, "Exempel Dataskyddsombud", "", "jamy"),
)
# What each of the demonstration's people has to do, by the part of the address before @.
DOES: Final[dict[str, str | Promise]] = {
    "operator": _("Answers the support line: logs calls, opens cases and hands them over."),
    "coordinator.vast": _("Region Väst: cases, persons, transfers and duplicates."),
    "coordinator.syd": _("Region Syd, and stands in for the coordinator of another region."),
    "officer": _("Works at an agency: notifies of presumed victims and reads the answer."),
    "analyst": _("Counts the year, protects the tables and prepares what is published."),
    "manager": _("Reads the figures, and approves as the second person."),
    "admin": _("Users, agencies, coordinators and code lists."),
    "admin2": _("The second administrator: answers what the first has asked for."),
    "dpo": _("Reads the audit trail, and answers persons who ask what is kept about them."),
}
LINE, AGENCY = "operator", "officer"  # who answers the line, and who notifies
EMPLOYERS = {
    "B": "Örebro",
    "M": "Västerås",
    "N": "Umeå",
    "ST": "Stockholm",
    "SY": "Malmö",
    "V": "Göteborg",
    "Ö": "Norrköping",
}
START = date(2015, 1, 1)


def make_people(password: str) -> dict[str, User]:
    """Users by the part before @. All share the demonstration's password."""
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    users: dict[str, User] = {}
    hashed = ""
    for who, role, name, _region, agency in SIGN_INS:
        user = User(email=f"{who}@{DOMAIN}", name=name, role=role, agency=agencies.get(agency))
        if not hashed:
            user.set_password(password)
            hashed = user.password
        user.password = hashed
        user.save()
        accept_terms(by=Access.of(user))
        users[who] = user
    _directory(users)
    return users


def ask_something(users: dict[str, User], at: datetime) -> None:
    """A question that waits for the manager: a new operator, whom one administrator has asked for."""
    new = User(email=f"operator2@{DOMAIN}", name="Exempel Nyanställd", role=Role.OPERATOR)
    new.agency = users["admin"].agency
    ask_account(user=new, reason="Börjar på stödtelefonen", site="", by=Access.of(users["admin"], at=at))


def _directory(users: dict[str, User]) -> None:
    own = {region: users[who] for who, _role, _name, region, _agency in SIGN_INS if region}
    for step, region in enumerate(Region.objects.order_by("code"), start=1):
        user = own.get(region.code) or _without_sign_in(region, step * 10)
        _card(
            region,
            user,
            user.name,
            step * 10,
            "coordinator",
            START,
            None,
        )
    absent = Region.objects.get(code="Ö")  # its deputy is the coordinator of Syd, for the last weeks of 2025
    first = date(2025, 11, 24)
    _card(
        absent,
        users["coordinator.syd"],
        users["coordinator.syd"].name,
        75,
        "deputy",
        first,
        first + timedelta(days=37),
    )


def _without_sign_in(region: Region, number: int) -> User:
    """The coordinator of a region into which the demonstration has no way: somebody is responsible there."""
    user = User(
        email=f"koordinator{number}@{DOMAIN}", name=f"Exempel {region.name_sv}", role=Role.COORDINATOR
    )
    user.set_unusable_password()
    user.save()
    return user


def _card(
    region: Region, user: User, name: str, number: int, kind: str, first: date, last: date | None
) -> None:
    Coordinator.objects.create(
        region=region,
        kind=kind,
        user=user,
        name=name,
        municipality=EMPLOYERS[region.code],
        phone=f"000-000 {number:02d} 01",
        email=f"koordinator{number}@{DOMAIN}",
        hours="Mån–fre 9–16",
        valid_from=first,
        valid_to=last,
    )
