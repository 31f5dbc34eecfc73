"""Look each night for the same person registered twice, among everybody: `manage.py find_duplicates`.

What is found is what comparing every pair of candidates by today's shares would find. Compared again are only
those who are new, or have changed, or may have come near because the register's shares have: see
`cases.duplicates.blocking`. A search that is stopped goes on where it was: a person is noted as compared
after their pairs have been stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from audit.writer import Actor
from cases.actions.duplicates import HINTS_A_DAY, note
from cases.duplicates.blocking import SPAN, BlockedRecord, Blocking, CandidatePair, FarBlocking, rules
from cases.duplicates.records import records
from cases.duplicates.scoring import Record, Shares, drift, shares_of
from cases.models import ComparedPerson, DuplicateReview, Identification, LikenessSearch, Person, WaitingHint
from exchange.bulk import chunks

PAGE = 1_000  # persons read at a time
BATCH_SIZE = 500  # pairs and references
NEVER_COMPARED = ComparedPerson(digest="", reach=None)
NOT_ANY_MORE = -1.0  # a reach that every drift is beyond


@dataclass(frozen=True, slots=True)
class SearchCounts:
    """`fresh`: persons compared with everybody. `compared`: pairs that had to be compared in full. `noted`:
    pairs that are new to judge."""

    persons: int
    fresh: int
    compared: int
    noted: int


def search(*, by: Actor, at: datetime, everybody: bool = False) -> SearchCounts:
    """Notes the pairs worth judging. Pairs judged before are left alone, nothing is merged."""
    if everybody or not LikenessSearch.objects.filter(rules=rules()).exists():
        _forget_all()
    _forget_who_is_gone()
    census = _Census()
    running = _Running(census.shares, _weigh(census), by=by, at=at)
    running.by_references()
    days = {*census.fresh_days, *running.days_within_reach()}
    if days:
        running.over_years()
    running.by_days(days)
    return running.finished(census.persons)


@transaction.atomic
def _forget_all() -> None:
    for model in (ComparedPerson, WaitingHint, LikenessSearch):
        model._default_manager.all().delete()
    LikenessSearch.objects.create(pk=1, rules=rules(), shares={})


def _forget_who_is_gone() -> None:
    """Whoever is no record of their own any more."""
    for model, column in ((ComparedPerson, "person"), (WaitingHint, "first"), (WaitingHint, "second")):
        there = _everybody().filter(pk=OuterRef(column))
        model._default_manager.filter(~Exists(there)).delete()


@transaction.atomic
def _weigh(census: _Census) -> float:
    """The drift with these shares. By other shares the pairs that wait have another similarity: they are
    sought anew."""
    last = LikenessSearch.objects.get(pk=1)
    before = Shares(last.shares or census.shares.counts)
    if before.counts != census.shares.counts:
        again = ComparedPerson.objects.filter(person__in=WaitingHint.objects.values("second"))
        again.update(reach=NOT_ANY_MORE)
        WaitingHint.objects.all().delete()
    last.drift += drift(before, census.shares, purposes=census.purposes)
    last.shares = census.shares.counts
    last.save()
    return last.drift


def _everybody() -> QuerySet[Person]:
    return Person.objects.filter(same_as__isnull=True)


def _pages(persons: QuerySet[Person]) -> Iterator[dict[int, BlockedRecord]]:
    """By their days. Page after page, for a database cursor would be lost behind a pooler."""
    rest, order = persons, ("first_identified_on", "pk")
    while page := list(rest.order_by(*order).values_list(*order, "responsible_region")[:PAGE]):
        found = records(Person.objects.filter(pk__in=[pk for _day, pk, _region in page]))
        # Whoever was changed in between is seen to be by the next search.
        yield {
            pk: BlockedRecord(found[pk], region)
            for day, pk, region in page
            if pk in found and found[pk].identified_on == day
        }
        day, pk, _region = page[-1]
        later = Q(first_identified_on__gt=day) | Q(first_identified_on=day, pk__gt=pk)
        rest = persons.filter(later, first_identified_on__gte=day)


class _Census:
    def __init__(self) -> None:
        self.persons = 0
        self.purposes = 0  # the most of one person
        self.fresh_days: set[date] = set()
        self.shares = shares_of(self._read())

    def _read(self) -> Iterator[Record]:
        for page in _pages(_everybody()):
            self._note_changed(page)
            self.persons += len(page)
            for entry in page.values():
                self.purposes = max(self.purposes, len(entry.record.purposes))
                yield entry.record

    def _note_changed(self, page: dict[int, BlockedRecord]) -> None:
        known = dict(ComparedPerson.objects.filter(pk__in=page).values_list("person", "digest"))
        changed = {pk: entry.record for pk, entry in page.items() if known.get(pk) != entry.digest}
        self.fresh_days.update(one for one in (one.identified_on for one in changed.values()) if one)
        WaitingHint.objects.filter(Q(first__in=changed) | Q(second__in=changed)).delete()


class _Running:
    def __init__(self, shares: Shares, drifted: float, *, by: Actor, at: datetime) -> None:
        self._drift, self._by, self._at = drifted, by, at
        self._blocking, self._far = Blocking(shares), FarBlocking(shares)
        self._taken_over: set[int] = set()
        self._pairs: list[CandidatePair] = []
        self._passed: list[BlockedRecord] = []
        self._owed: dict[str, float] = {}  # margins of those who are fresh and share a reference
        self._fresh = self._noted = 0

    def days_within_reach(self) -> Iterable[date]:
        near = ComparedPerson.objects.filter(person=OuterRef("pk"), reach__lt=self._drift)
        within_reach = _everybody().filter(Exists(near)).order_by()
        return within_reach.values_list("first_identified_on", flat=True).distinct()

    def by_references(self) -> None:
        for references in chunks(_shared_references(), BATCH_SIZE):
            for reference, entries in self._of(references).items():
                self._take(self._blocking.of_one_reference(reference, entries))
                self._owed |= {entry.record.key: entry.margin for entry in entries if entry.fresh}

    def over_years(self) -> None:
        """Compare those imported from old spreadsheets with everybody, however many years lie between them.
        Before they are noted as compared."""
        for page in _pages(_everybody().filter(taken_over=True)):
            self._prepare(page)
            self._far.keep(page.values())
            self._taken_over |= set(page)
        if not self._taken_over:
            return
        for page in _pages(_everybody()):
            self._prepare(page)
            for pk, entry in page.items():
                self._take(self._far.pass_by(entry, kept=pk in self._taken_over))

    def by_days(self, days: Collection[date]) -> None:
        """Only the months around those who are fresh are read."""
        for first, last in _spans(days):
            for page in _pages(_everybody().filter(first_identified_on__range=(first, last))):
                self._prepare(page)
                for entry in page.values():
                    # Whoever has changed in the meantime is left to the next search: not all their months are
                    # read.
                    if not entry.fresh or entry.record.identified_on in days:
                        self._pass(self._blocking.passed(entry.record.identified_on))
                        self._take(self._blocking.meet(entry))
        self._pass(self._blocking.passed())
        self._store()

    def _of(self, references: Collection[str]) -> dict[str, list[BlockedRecord]]:
        """Who has one of these references, under that of the agency, by their days."""
        having = Identification.objects.filter(person=OuterRef("pk"), reference_index__in=references)
        found: dict[str, list[BlockedRecord]] = defaultdict(list)
        for page in _pages(_everybody().filter(Exists(having))):
            self._prepare(page)
            for entry in page.values():
                for reference in entry.record.references:
                    found[reference].append(entry)
        return found

    def _prepare(self, page: dict[int, BlockedRecord]) -> None:
        """What is known of them from earlier searches."""
        known = ComparedPerson.objects.in_bulk(list(page))
        for pk, entry in page.items():
            row = known.get(pk, NEVER_COMPARED)
            reach = inf if row.reach is None else row.reach
            entry.fresh = row.digest != entry.digest or reach < self._drift
            entry.margin = self._owed.get(entry.record.key, inf) if entry.fresh else reach - self._drift

    def _take(self, pairs: Iterable[CandidatePair]) -> None:
        for some in chunks(pairs, BATCH_SIZE):
            self._pairs += some
            if len(self._pairs) >= BATCH_SIZE:
                self._store()

    def _pass(self, entries: Iterable[BlockedRecord]) -> None:
        for entry in entries:
            self._fresh += entry.fresh
            if entry.fresh or entry.lowered:
                self._passed.append(entry)
            if len(self._passed) >= BATCH_SIZE:
                self._store()

    @transaction.atomic
    def _store(self) -> None:
        """The pairs, and then that these persons have been compared."""
        within: dict[tuple[int, int], float] = {}
        hints: list[WaitingHint] = []
        for pair in self._pairs:
            older, newer = sorted((pair.one, pair.other), key=lambda entry: int(entry.record.key))
            first, second = int(older.record.key), int(newer.record.key)
            if pair.across:
                hints.append(
                    WaitingHint(first=first, second=second, region=newer.region, similarity=pair.score)
                )
            else:
                within[first, second] = pair.score
        self._noted += note(within, by=self._by, at=self._at)
        WaitingHint.objects.bulk_create(hints, ignore_conflicts=True)
        compared = []
        for entry in self._passed:
            reach = None if entry.margin == inf else self._drift + entry.margin
            compared.append(ComparedPerson(person=int(entry.record.key), digest=entry.digest, reach=reach))
        ComparedPerson.objects.bulk_create(
            compared, update_conflicts=True, unique_fields=["person"], update_fields=["digest", "reach"]
        )
        self._pairs, self._passed = [], []

    @transaction.atomic
    def finished(self, persons: int) -> SearchCounts:
        """Give the hints that may be given now, the most alike of each region first. Return the counts."""
        _leave_known()
        best: dict[tuple[int, int], float] = {}
        for region in WaitingHint.objects.order_by().values_list("region", flat=True).distinct():
            waiting = WaitingHint.objects.filter(region=region).order_by("-similarity", "first", "second")
            best |= {(hint.first, hint.second): hint.similarity for hint in waiting[:HINTS_A_DAY]}
        noted = self._noted + note(best, by=self._by, at=self._at)
        _leave_known()
        return SearchCounts(persons, self._fresh, self._blocking.compared + self._far.compared, noted)


def _spans(days: Collection[date]) -> list[tuple[date, date]]:
    """From the first to the last day on which somebody may meet one of these days' persons."""
    around, spans = timedelta(SPAN), list[tuple[date, date]]()
    for day in sorted(days):
        begins = day - around
        if spans and begins <= spans[-1][1]:
            begins, _last = spans.pop()
        spans.append((begins, day + around))
    return spans


def _shared_references() -> Iterable[str]:
    """Of two agencies, too: they are distinguished when their persons have been read."""
    given = Identification.objects.exclude(reference_index="").filter(person__same_as__isnull=True).order_by()
    several = given.values("reference_index").annotate(n=Count("person", distinct=True)).filter(n__gt=1)
    return several.order_by("reference_index").values_list("reference_index", flat=True)


def _leave_known() -> None:
    """Pairs that have been shown, or judged, wait no longer."""
    known = DuplicateReview.objects.filter(first=OuterRef("first"), second=OuterRef("second"))
    WaitingHint.objects.filter(Exists(known)).delete()
