"""A region's year: ready so far, closed by decision once it is over, taken back with a reason; and who is
told of what is registered afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access
from accounts.approvals import AlreadyAnswered
from accounts.models import Notice, User
from accounts.notices import notice, tell
from accounts.roles import May
from agencies.models import Coordinator, Region
from audit.writer import Target, record
from cases.choices import COUNTED, YearStep
from cases.models import DisposedYear, Person, TakenOverYear, YearConfirmation
from cases.scope import check_own
from libs.groups import grouped

_COUNT: Final = re.compile(r"(?<=: [+−])(\d+)")  # how many, in a notice
LATE: Final = notice("late_registration", gettext_lazy("Registered after the year was closed"))
GONE: Final = notice("gone_of_closed_year", gettext_lazy("Taken out after the year was closed"))


def step_for(year: int, by: Access) -> YearStep:
    """What may be said of a year today: it is closed when it is over, and not before."""
    return YearStep.CLOSED if by.today.year > year else YearStep.READY


@transaction.atomic
def confirm_year(*, region: Region, year: int, by: Access) -> YearConfirmation:
    """Closes a year that is over, says of one that goes on that it is ready so far. Saying it again changes
    nothing and is not recorded again."""
    _check(region, by)
    step = step_for(year, by)
    row, created = YearConfirmation.objects.standing().get_or_create(
        region=region, year=year, step=step, defaults={"by": by.user, "at": by.at}
    )
    if created:
        record(by, "year.confirm" if step == YearStep.CLOSED else "year.ready", _target(row))
    return row


@transaction.atomic
def reopen_year(*, confirmation: YearConfirmation, reason: str, by: Access) -> None:
    """Takes back what was said; it stays on record with who, when and why. Raises AlreadyAnswered when
    somebody else has taken it back."""
    _check(confirmation.region, by)
    if gone := DisposedYear.objects.filter(year=confirmation.year).first():
        raise PermissionDenied(gone.said)
    row = YearConfirmation.objects.select_for_update(of=("self",)).get(pk=confirmation.pk)
    if row.taken_back_at is not None:
        raise AlreadyAnswered(row)
    row.taken_back_by, row.taken_back_at, row.reason = by.user, by.at, reason
    row.save()
    record(by, "year.reopen", _target(row))


@transaction.atomic
def decide_imported_year(*, year: int, must_be_complete: bool, by: Access) -> None:
    """Whether what those lack who were imported from old spreadsheets counts as incomplete. Deciding the same
    again changes nothing and is not recorded again."""
    by.require(May.DECIDE_IMPORTED_YEARS)
    row = TakenOverYear.objects.select_for_update(of=("self",)).filter(year=year).first()
    if row is not None and row.must_be_complete == must_be_complete:
        return
    facts = {"must_be_complete": must_be_complete, "by": by.user, "at": by.at}
    TakenOverYear.objects.update_or_create(year=year, defaults=facts)
    on = Target("cases.takenoveryear", str(year), str(year))
    record(by, "year.demand" if must_be_complete else "year.excuse", on)


def note_late(persons: Iterable[Person], *, by: Access) -> None:
    """Tell the region's coordinators and the analysts that a closed year has got somebody more. The number of
    a case of another region is left out. One query where no year is closed."""
    for closed, late in _late(persons):
        if closed.taken_back_at is not None:
            continue
        cards = Coordinator.objects.valid_on(by.today).filter(region=closed.region)
        colleagues = User.objects.working(May.CONFIRM_YEAR).filter(pk__in=cards.values("user"))
        cases = {person.case.number for person in late}
        own = {person.responsible_region_id for person in late} == {closed.region_id}
        many = f"{_begins(closed)}{len(late)}"
        label = f"{many} ({cases.pop()})" if own and len(cases) == 1 else many
        link = reverse("cases:year", args=[closed.year, closed.region_id])
        tell(colleagues, LATE, label=label, link=link, at=by.at)
        tell(User.objects.working(May.PUBLISH), LATE, label=many, at=by.at)


def untell_late(persons: Iterable[Person]) -> None:
    """Take back the notices of persons who are not registered any more, the latest first."""
    for closed, late in _late(persons):
        _untell(LATE, _begins(closed), len(late))


def note_gone(persons: Iterable[Person], *, by: Access) -> None:
    """Tell the analysts that a closed year has lost somebody: the figures that they have made are of more."""
    for closed, gone in _stood_when_closed(persons):
        label = f"{_begins(closed, '−')}{len(gone)}"
        tell(User.objects.working(May.PUBLISH), GONE, label=label, at=by.at)


def untell_gone(persons: Iterable[Person]) -> None:
    """Take back the notices of persons who are registered again, the latest first."""
    for closed, gone in _stood_when_closed(persons):
        _untell(GONE, _begins(closed, "−"), len(gone))


def _untell(kind: str, begins: str, persons: int) -> None:
    notices = Notice.objects.filter(kind=kind, label__startswith=begins).order_by("-at", "-pk")
    rest_of = dict.fromkeys(notices.values_list("user", flat=True), persons)
    for row in notices:
        first, many, last = _COUNT.split(row.label, maxsplit=1)
        left = max(int(many) - rest_of[row.user_id], 0)
        rest_of[row.user_id] -= int(many) - left
        if left:
            row.label = f"{first}{left}{last}"
            row.save(update_fields=["label"])
        else:
            row.delete()


def _late(persons: Iterable[Person]) -> Iterator[tuple[YearConfirmation, list[Person]]]:
    """The persons who are counted and were registered while their year was closed, by what closed it."""
    for closed, of_year in _by_closing(persons):
        if late := [person for person in of_year if closed.stood_at(person.created_at)]:
            yield closed, late


def _stood_when_closed(persons: Iterable[Person]) -> Iterator[tuple[YearConfirmation, list[Person]]]:
    """The persons who are counted and were registered when their year was closed, which it is still."""
    for closed, of_year in _by_closing(persons):
        early = [person for person in of_year if person.created_at < closed.at]
        if early and closed.taken_back_at is None:
            yield closed, early


def _by_closing(persons: Iterable[Person]) -> Iterator[tuple[YearConfirmation, list[Person]]]:
    counted = [person for person in persons if person.status in COUNTED]
    by_year = grouped(counted, attrgetter("first_region_id", "first_year"))
    for closed in _closings_of(counted):
        yield closed, by_year[closed.region_id, closed.year]


def _begins(closed: YearConfirmation, sign: str = "+") -> str:
    return f"{closed.region.name_sv} {closed.year}: {sign}"


def closed_of(persons: Iterable[Person]) -> list[YearConfirmation]:
    """The closed years of regions in which these persons are counted. One query, none for nobody."""
    return [closed for closed in _closings_of(persons) if closed.taken_back_at is None]


def _closings_of(persons: Iterable[Person]) -> list[YearConfirmation]:
    """Those, and the closings that were taken back."""
    pairs = {(person.first_region_id, person.first_year) for person in persons}
    if not pairs:
        return []
    either = Q(*(Q(region=region, year=year) for region, year in sorted(pairs)), _connector=Q.OR)
    rows = YearConfirmation.objects.filter(either, step=YearStep.CLOSED)
    return list(rows.select_related("region").order_by("year", "region"))


def _check(region: Region, by: Access) -> None:
    by.require(May.CONFIRM_YEAR)
    check_own(region.code in by.regions, _("Only the region's own coordinator may close its year."))


def _target(row: YearConfirmation) -> Target:
    return Target("agencies.region", row.region_id, f"{row.region.name_sv} {row.year}")
