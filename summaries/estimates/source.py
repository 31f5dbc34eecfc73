"""The capture-history table of the register: which groups of organisations identified each counted person, by
lists that organisations are grouped into as methods of estimation name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Access, bypass_policies
from agencies.models import Agency, CodeMapping
from cases.models import Call, DisposedYear, Identification, Notification, Person
from jobs.kinds import JobRefused
from libs.capture_recapture import CaptureTable
from libs.capture_recapture.table import Sent, Sighting, by_themselves
from libs.groups import grouped

LISTS = (
    ("PF", _("Police forces")),
    ("GO", _("Government organisations")),
    ("LA", _("Local authorities")),
    ("NG", _("Non-governmental organisations")),
    ("GP", _("General public")),
    ("A", _("Own list A")),
    ("B", _("Own list B")),
    ("C", _("Own list C")),
)
NAMES = dict(LISTS)


def list_names() -> dict[str, str]:
    """By key, in the active language."""
    return {key: str(name) for key, name in LISTS}


# The advice of a call that sends a case on, and the kind of organisation it is sent to.
ADVICE: Final = {
    "outcome:referral_coordinator": "agency_kind:coordinator",
    "outcome:referral_police": "agency_kind:police",
    "outcome:referral_social": "agency_kind:social",
    "outcome:referral_ngo": "agency_kind:ngo",
}
COORDINATOR: Final = "agency_kind:coordinator"


def sent_on(kinds: Mapping[str, str]) -> dict[int, list[Sent]]:
    """Who was sent on to which organisation, as far as the register knows, by case. Three queries.

    `kinds` has the kind of each agency by its code. A call sends its case to the agency or the region it
    names, to the coordinator where a case was opened from it, and to the kinds of organisation that its
    advice names; a notification sends to the coordinator.
    """
    found: dict[int, list[Sent]] = defaultdict(list)
    of_kind = grouped(kinds, kinds.__getitem__)

    def add(case: int, day: date, agencies: Iterable[str]) -> None:
        found[case] += (Sent(day, agency) for agency in agencies)

    calls = Call.objects.filter(case__isnull=False).order_by()
    to_agency = calls.filter(referred_agency__isnull=False)
    for case, day, agency in to_agency.values_list("case_id", "received_on", "referred_agency__code"):
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
    notifications = Notification.objects.filter(case__isnull=False).order_by()
    for case, moment in notifications.values_list("case_id", "sent_at"):
        add(case, timezone.localdate(moment), of_kind[COORDINATOR])
    return found


@dataclass(frozen=True)
class Known:
    table: CaptureTable
    first_found: int  # of those in the table, identified for the first time in these years
    counted: int  # persons of the years' summaries: identified for the first time in them, on a list or not
    referred: int  # identifications left out, as they followed a referral

    @property
    def earlier(self) -> int:
        """Persons in the table who belong to an earlier year in the summaries."""
        return self.table.observed - self.first_found

    @property
    def on_no_list(self) -> int:
        """Persons of the summaries whom no organisation on a list identified in these years."""
        return self.counted - self.first_found


def default_grouping(kinds: Mapping[str, str] | None = None) -> dict[str, str]:
    """List by code of agency: local authorities LA, organisations NG, police PF, government GO, general
    public GP.

    A kind of agency without a mapping is a list of its own: leaving its persons out would be a silent loss.
    """
    mapped = CodeMapping.objects.filter(target="mse").order_by("release").values_list("code", "value")
    of_kind = dict(mapped)  # the latest release wins
    agencies = _kinds() if kinds is None else kinds
    return {code: of_kind.get(kind) or kind.partition(":")[2] for code, kind in agencies.items()}


def _kinds() -> dict[str, str]:
    return dict(Agency.objects.values_list("code", "kind_id"))


@bypass_policies("totals")
def known_persons(
    first_year: int,
    last_year: int,
    *,
    grouping: Mapping[str, str] | None = None,
    access: Access | None = None,
    also_same: Mapping[int, int] | None = None,
    again: bool = False,
) -> Known:
    """Counted persons by the lists they are on: an identification by an agency of the list dated in those
    years that did not follow a referral.

    `grouping` names the list of each agency by its code; an agency it leaves out is on no list. `access`
    narrows to the totals somebody may read; None is the register itself, for commands. `also_same` is what
    if: further records, each to the one that would stay. `again`: of those alone who were identified more
    than once, or have several records; nobody else is on two lists. Nine queries however many persons. The
    table holds cells of single persons: it is never published. Raises JobRefused of a year whose rows are
    gone.
    """
    if disposed := DisposedYear.objects.of(first_year, last_year).first():
        raise JobRefused(disposed.said)
    also_same = also_same or {}
    same_as = dict(Person.objects.filter(same_as__isnull=False).values_list("pk", "same_as_id"))
    same_as |= also_same
    kinds = _kinds()
    lists = default_grouping(kinds) if grouping is None else grouping
    sent = sent_on(kinds)
    found: dict[int, list[Sighting]] = defaultdict(list)
    referrals: dict[int, list[Sent]] = defaultdict(list)
    several = {*same_as, *same_as.values()} if again else None
    identified = list(_identified(first_year, last_year, lists, several))
    remaining = {person: _remaining(person, same_as) for person, *_facts in identified}
    inside = _counted_persons(access, first_year__range=(first_year, last_year))
    counted = inside | _counted_persons(access, pk__in={*remaining.values()} - inside)
    for person, case, day, agency in identified:
        stays = remaining[person]
        if stays in counted:
            found[stays].append(Sighting(day, agency, lists[agency]))
            referrals[stays] += sent.get(case, ())
    left = {person: by_themselves(every, referrals[person]) for person, every in found.items()}
    table = CaptureTable.from_persons((person, _lists(every)) for person, every in left.items())
    gone = sum(len(one) for one in found.values()) - sum(len(one) for one in left.values())
    return Known(table, len(inside & left.keys()), len(inside - also_same.keys()), gone)


def _counted_persons(access: Access | None, **which: Any) -> set[int]:
    persons = Person.objects.totals_for(access) if access else Person.objects.all()
    return set(persons.counted().filter(**which).order_by().values_list("pk", flat=True))


def _identified(
    first_year: int, last_year: int, lists: Iterable[str], several: Iterable[int] | None
) -> Iterator[tuple[int, int, date, str]]:
    """Person, case, day and agency of each identification in these years by an agency that is on a list; of
    those alone who have more than one, or are among `several`, unless that is None."""
    days = (date(first_year, 1, 1), date(last_year, 12, 31))
    rows = Identification.objects.filter(identified_on__range=days, agency__code__in=lists).order_by("pk")
    if several is not None:
        often = rows.order_by().values("person").annotate(n=Count("pk")).filter(n__gt=1)
        rows = rows.filter(Q(person__in=often.values("person")) | Q(person__in=several))
    return rows.values_list("person_id", "person__case_id", "identified_on", "agency__code").iterator()


def _lists(sightings: Iterable[Sighting]) -> list[str]:
    return [sighting.list for sighting in sightings]


def _remaining(person: int, same_as: Mapping[int, int]) -> int:
    """The record that stays, through however many confirmations."""
    while person in same_as:
        person = same_as[person]
    return person
