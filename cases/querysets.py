"""The words in which rows are asked for. Every chain starts with row access: `visible_to` or `totals_for`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Any, Final, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, FilteredRelation, OuterRef, Q, Subquery

from accounts.access import Access
from accounts.roles import May
from cases import scope
from cases.choices import COUNTED, OPEN_STATES, Consent, Decision, NotificationState, RequestAnswer, YearStep

NOT_CLOSED: Final = [state for state in NotificationState if state != NotificationState.CLOSED]
PARTS: Final = ("identification", "exploitation", "measure", "personindicator")  # of a person


def demanded() -> Q:
    """Persons who must be complete before their year is closed: those imported from old spreadsheets only in
    the years of which that was decided."""
    years = apps.get_model("cases", "TakenOverYear").objects.filter(must_be_complete=True)
    return Q(taken_over=False) | Q(first_year__in=years.values("year"))


# By model, the condition of the rows that somebody may see.
SEEN: Final[dict[str, Callable[[Access], Q]]] = {
    "call": scope.call_scope,
    "case": scope.case_scope,
    "person": scope.person_scope,
    **dict.fromkeys(PARTS, partial(scope.person_scope, at="person__")),
    "notification": scope.notification_scope,
    "message": scope.message_scope,
    "misregistration": scope.mistake_scope,
}
# By model, the condition of those that somebody may change too: a grant is for reading.
OWN: Final[dict[str, Callable[[Access], Q]]] = {
    "case": scope.own_cases,
    "person": scope.own_persons,
    **dict.fromkeys(PARTS, partial(scope.own_persons, at="person__")),
}


class ScopedQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        return self.filter(SEEN[str(self.model._meta.model_name)](access))

    def for_extract(self, access: Access) -> Self:
        """Rows of one case that `Case.objects.for_extract` has opened."""
        return self if access.may(May.EXTRACT_ANY_CASE) else self.visible_to(access)


class OwnedQuerySet(ScopedQuerySet):
    """Rows of one of the models of `OWN`: cases, persons and the parts of persons."""

    def in_own_region(self, access: Access) -> Self:
        """Those that one may change; of cases also those with a person whom one may change."""
        return self.filter(OWN[str(self.model._meta.model_name)](access))

    def for_extract(self, access: Access) -> Self:
        """Of one case, by its number, never a list: own rows, or any for the data protection officer."""
        if access.may(May.EXTRACT_ANY_CASE):
            return self
        return self.in_own_region(access) if access.may(May.EXTRACT_CASE) else self.none()


class CallQuerySet(ScopedQuerySet):
    def totals_for(self, access: Access) -> Self:
        """Calls as totals: all for those who read totals, else those of own regions. The region "" stands for
        those that no region sees."""
        if access.may(May.VIEW_TOTALS):
            return self
        of_none = Q(referred_region__isnull=True) | Q(consent=Consent.MISSING)
        return self.filter(of_none if "" in access.regions else scope.calls_of_regions(access))

    def received_in(self, year: int) -> Self:
        return self.filter(received_on__gte=date(year, 1, 1), received_on__lte=date(year, 12, 31))

    def taken_in_hand(self) -> Self:
        """Taken over by somebody, and neither followed up nor a case."""
        return self.filter(taken_over_by__isnull=False, followed_up_at__isnull=True, case__isnull=True)

    def to_take_over(self) -> Self:
        """Referred to a region with consent, and nobody there has said that they see to it."""
        nobody = self.filter(taken_over_at__isnull=True, followed_up_at__isnull=True, case__isnull=True)
        return nobody.filter(referred_region__isnull=False).exclude(consent=Consent.MISSING)


class CaseQuerySet(OwnedQuerySet):
    def visible_parts(self, access: Access) -> list[Self]:
        """The same rows as `visible_to`, in parts that may overlap."""
        return [self.filter(case_part) for case_part in scope.case_parts(access)]

    def totals_for(self, access: Access) -> Self:
        if access.may(May.VIEW_TOTALS):
            return self
        return self.changeable_by(access) if access.may(May.VIEW_REGION_TABLES) else self.none()

    def opened_in(self, year: int) -> Self:
        return self.filter(opened_on__gte=date(year, 1, 1), opened_on__lte=date(year, 12, 31))

    def changeable_by(self, access: Access) -> Self:
        """Those that one may change and add persons to."""
        return self.filter(scope.changeable_cases(access))

    def whole_for(self, access: Access) -> Self:
        """Those whose note, registry number and accompanying children one may read."""
        return self.filter(scope.whole_cases(access))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def with_own(self, access: Access) -> Self:
        """`own`: whether it is one's own, or has an own person; `changeable` and `whole`: whether the case
        itself may be changed, and read whole. A grant is for reading, until `granted_until`."""
        scopes = {"own": scope.own_cases, "changeable": scope.changeable_cases, "whole": scope.whole_cases}
        found = {name: ExpressionWrapper(of(access), models.BooleanField()) for name, of in scopes.items()}
        return self.annotate(**found, granted_until=scope.granted_until(access, OuterRef("pk")))


class PersonQuerySet(OwnedQuerySet):
    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        objs = list(objs)
        self._fetch_cases(objs)
        for obj in objs:
            obj.note_region()
        return super().bulk_create(objs, *args, **options)

    def _fetch_cases(self, persons: list[Any]) -> None:
        """In one query. Not by `prefetch_related_objects`: its condition is too deep for SQLite from 1 000
        cases on."""
        link = self.model._meta.get_field("case")
        lacking = [person for person in persons if not link.is_cached(person)]
        cases = link.related_model._base_manager.in_bulk({one.case_id for one in lacking})
        for one in lacking:
            one.case = cases[one.case_id]

    def update(self, **values: Any) -> int:
        """`moved` follows the region, whichever way it is written."""
        if region := values.get("responsible_region", values.get("responsible_region_id")):
            case = apps.get_model("cases", "Case").objects.filter(pk=OuterRef("case"))
            values["moved"] = Exists(case.exclude(region=region))
        return super().update(**values)

    def totals_for(self, access: Access) -> Self:
        """Persons as totals only: never list, read or export these rows."""
        return self.filter(scope.totals_scope(access))

    def left_own_region(self, access: Access) -> Self:
        """Those first identified in own regions that another one handles now: for counts alone."""
        here = self.filter(first_region__in=access.regions)
        return here.exclude(responsible_region__in=access.regions)

    def with_grant(self, access: Access) -> Self:
        """`granted_until`: how long a person of another region may be read."""
        return self.annotate(
            granted_until=scope.granted_until(access, OuterRef("case"), OuterRef("responsible_region"))
        )

    def with_main(self) -> Self:
        """`main`: the exploitation that is the main one, at most one a person."""
        return self.annotate(main=FilteredRelation("exploitations", condition=Q(exploitations__is_main=True)))

    def counted(self) -> Self:
        """Counting rule 1: a presumed, declined or identified victim, once however many records."""
        return self.filter(same_as__isnull=True, status__in=COUNTED)

    def with_demanded(self) -> Self:
        """`demanded`: whether what they lack counts as incomplete."""
        return self.annotate(demanded=demanded())

    def incomplete(self) -> Self:
        """Lacks something that the year is closed with: age class, citizenship or offence, or whether a
        child."""
        lacking = Q(age_class__isnull=True) | Q(citizenship__isnull=True) | Q(offence__isnull=True)
        return self.filter(demanded(), lacking | Q(child="unknown"))

    def identified_in(self, first: int, last: int | None = None) -> Self:
        """Counting rule 2: by the year of the earliest identification over all records of the person."""
        return self.filter(first_year__gte=first, first_year__lte=last if last is not None else first)


class PartQuerySet(OwnedQuerySet):
    """Identifications, exploitations and measures: visible, and changed, with their person."""


class TransferQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """Both regions see a transfer between them."""
        return self.filter(Q(from_region__in=access.regions) | Q(to_region__in=access.regions))

    def waiting_for(self, access: Access) -> Self:
        return self.filter(to_region__in=access.regions, answer=RequestAnswer.PENDING)


class GrantQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """The asker sees what was asked; the region sees what it is asked for."""
        if not access.may(May.GRANT):
            return self.none()
        return self.filter(Q(asked_by=access.user) | Q(region__in=access.regions, case__isnull=False))

    def asked_by_oneself(self, access: Access) -> Self:
        """Return the user's own requests, one row each: the one granted for longest, if any was.

        A request goes to every region that is responsible for somebody in the case. Showing how many they are
        would tell something of the case.
        """
        own = self.filter(asked_by=access.user)
        same_request = own.filter(case_number=OuterRef("case_number"), asked_at=OuterRef("asked_at"))
        longest_first = same_request.order_by(F("until").desc(nulls_last=True), "answer", "pk")
        return own.filter(pk=Subquery(longest_first.values("pk")[:1]))

    def waiting_for(self, access: Access) -> Self:
        pending = RequestAnswer.PENDING
        waiting = self.filter(region__in=access.regions, answer=pending, case__isnull=False)
        return waiting.exclude(asked_by=access.user)


class DuplicateReviewQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """Reviews whose two records are both in scope. Across regions see the question, never the other
        record."""
        regions = access.regions
        return self.filter(first__responsible_region__in=regions, second__responsible_region__in=regions)

    def of_taken_over(self) -> Self:
        """At least one of the two came from a spreadsheet: these have a queue of their own."""
        return self.filter(Q(first__taken_over=True) | Q(second__taken_over=True))

    def of_registered(self) -> Self:
        return self.filter(first__taken_over=False, second__taken_over=False)

    def _between_regions(self, access: Access, *, own: str, other: str) -> Self:
        """Return open pairs of which the `own` record is an own region's now, and the `other` is not."""
        persons = apps.get_model("cases", "Person").objects.filter(responsible_region__in=access.regions)
        return self.filter(
            Exists(persons.filter(pk=OuterRef(own))),
            ~Exists(persons.filter(pk=OuterRef(other))),
            decision=Decision.OPEN,
        )

    def waiting_for(self, access: Access) -> Self:
        """Return pairs whose older record is an own region's now, which another region has asked about.

        Of the newer record, the asker's, nothing may be shown.
        """
        return self._between_regions(access, own="first", other="second").filter(asked_at__isnull=False)

    def judged_across(self, access: Access) -> Self:
        """Judged pairs of which one person is of own regions now, and the other is not. Either region may
        change the judgement; of the other record nothing but its number may be shown."""
        first = Q(first__responsible_region__in=access.regions)
        second = Q(second__responsible_region__in=access.regions)
        return self.filter((first & ~second) | (second & ~first)).exclude(decision=Decision.OPEN)

    def judged_for(self, access: Access) -> Self:
        """Earlier judgements that may be changed: of two records in scope, and of two regions."""
        ours = self.visible_to(access).filter(decision__in=[Decision.SAME, Decision.DIFFERENT])
        return self.filter(Q(pk__in=self.judged_across(access).values("pk")) | Q(pk__in=ours.values("pk")))

    def about(self, person: models.Model) -> Self:
        """Of a person in scope. The other record of a pair may be out of scope: show nothing of it."""
        return self.filter(Q(first=person) | Q(second=person))

    def hints_for(self, access: Access) -> Self:
        """Return open pairs of two regions whose newer record belongs to the user's region.

        Only the newer record may be shown: the user has no access to the other. Pairs that the other region
        has been asked about are left out.
        """
        return self._between_regions(access, own="second", other="first").filter(asked_at__isnull=True)

    def of_own_record(self, access: Access) -> Self:
        """Across regions: those found when an own record was registered. Of the other nothing may be
        shown."""
        own = self.filter(second__responsible_region__in=access.regions)
        return own.exclude(first__responsible_region__in=access.regions)


class NotificationQuerySet(ScopedQuerySet):
    def waiting_for(self, access: Access) -> Self:
        """Those that the region has not closed."""
        return self.filter(region__in=access.regions, state__in=NOT_CLOSED)


class MisregistrationQuerySet(ScopedQuerySet):
    def standing(self) -> Self:
        """What nobody has put back."""
        return self.filter(put_back_at__isnull=True)


class YearQuerySet(models.QuerySet[Any]):
    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        objs = list(objs)
        for obj in objs:
            obj.note_day()
        return super().bulk_create(objs, *args, **options)

    def standing(self) -> Self:
        """Those that nobody has taken back."""
        return self.filter(taken_back_at__isnull=True)

    def closed(self, year: int) -> Self:
        """The decisions that a region's year is complete: what counts. Ready so far is none."""
        return self.standing().filter(year=year, step=YearStep.CLOSED)


class MessageQuerySet(ScopedQuerySet):
    def waiting_for(self, access: Access) -> Self:
        """Those to an own side that nobody of it has read."""
        return self.filter(scope.message_to_own_side(access), read_at__isnull=True)
