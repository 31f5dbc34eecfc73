"""Which pairs of a register are worth asking about, found in one passage through its days. Pure.

Records come in the order of their days and are forgotten when nobody can meet them any more: memory holds
some months of the register, and no pairs. Records that are alike in all but day, case and reference stand in
one group. What two groups weigh beside the day is reckoned once, and where that and the day's weight stay
below the limit, no pair of them is compared. What is found is what comparing every candidate would find.

Of what is not worth asking about is noted how far off it was. So it can be left alone later, unless one of
the two has changed, or the register's shares may have brought them near (see `scoring.drift`).
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from math import inf
from typing import Final, NamedTuple

from cases.duplicates import scoring
from cases.duplicates.scoring import (
    ACROSS_REGIONS,
    DAYS,
    PARTS,
    WINDOW,
    WITHIN_SCOPE,
    Part,
    Record,
    Shares,
    are_different,
    compare,
    day_weight,
    kinds,
    limit_of,
    sharing_of,
    windows,
)

# Of the rules that stand as code here and in `scoring`: one more where two records are weighed otherwise.
VERSION: Final = 4
SPAN: Final = 2 * WINDOW - 1  # days: nobody meets from further apart
ROUNDED: Final = 0.02  # more than rounding can lift a score, before and after
FAR: Final = day_weight(WINDOW + 1)  # what days weigh beyond those, at the most
NEAREST: Final = max(weight for _days, weight in DAYS)
MOST_KEPT: Final = 300  # values of one fact whose weights are kept
# What is weighed beside day and reference, and all of a record that the weight comes from, as one word.
BLOCKING_FACTS: Final[dict[str, Callable[[Record], str]]] = {
    "county": lambda record: record.county,
    "sex": lambda record: record.sex,
    "age_class": lambda record: f"{record.age_class}|{record.child}",
    "citizenship": lambda record: "|".join(sorted(record.citizenships)),
    "purposes": lambda record: "|".join((record.sex, *sorted(record.purposes))),
}


@dataclass(slots=True, eq=False)
class BlockedRecord:
    """A record on its way through. `fresh`: it is to be compared with everybody; two that are not have been.
    `margin`: by how much scores may rise before a pair that this entry answers for is worth asking about."""

    record: Record
    region: str
    fresh: bool = True
    margin: float = inf
    lowered: bool = False

    @property
    def digest(self) -> str:
        """Other when anything that is compared is other."""
        record = self.record
        sets = (sorted(one) for one in (record.citizenships, record.purposes, record.references))
        facts = (record.case, record.identified_on, record.county, record.sex, record.child, record.age_class)
        stated = [str(fact) for fact in (*facts, record.registered_at)]
        return hashlib.sha256(repr((self.region, *stated, *sets)).encode()).hexdigest()

    def answer_for(self, short: float) -> None:
        margin = max(short - ROUNDED, 0.0)
        if margin < self.margin:
            self.margin, self.lowered = margin, True


class CandidatePair(NamedTuple):
    """`one` came before `other`."""

    one: BlockedRecord
    other: BlockedRecord
    score: float

    @property
    def across(self) -> bool:
        return self.one.region != self.other.region


@dataclass(slots=True, eq=False)
class _Group:
    like: Record
    region: str
    fresh: bool
    words: tuple[str, ...]
    members: deque[BlockedRecord] = field(default_factory=deque)


class _Row(dict[str, float]):
    def __init__(self, part: Part, record: Record, examples: Mapping[str, Record], shares: Shares) -> None:
        super().__init__()
        self._part, self._record, self._examples, self._shares = part, record, examples, shares

    def __missing__(self, word: str) -> float:
        weight = self._part(self._record, self._examples[word], self._shares)
        self[word] = weight or 0.0
        return self[word]


class Weights:
    """What records weigh together beside day and reference, reckoned once for each two values of a fact."""

    def __init__(self, shares: Shares) -> None:
        self._shares = shares
        self._examples: list[dict[str, Record]] = [{} for _fact in BLOCKING_FACTS]
        self._rows: list[dict[str, _Row]] = [{} for _fact in BLOCKING_FACTS]

    def words(self, record: Record) -> tuple[str, ...]:
        words = tuple(word(record) for word in BLOCKING_FACTS.values())
        for examples, word in zip(self._examples, words, strict=True):
            examples.setdefault(word, record)
        return words

    def rows(self, words: tuple[str, ...]) -> list[_Row]:
        """One for each fact: with the word of another record each gives its weight."""
        found = []
        facts_of_group = zip(BLOCKING_FACTS, words, self._rows, self._examples, strict=True)
        for name, word, rows, examples in facts_of_group:
            if word not in rows:
                if len(rows) >= MOST_KEPT:
                    rows.clear()
                rows[word] = _Row(PARTS[name], examples[word], examples, self._shares)
            found.append(rows[word])
        return found


class Blocking:
    """`compared` counts the pairs that had to be compared in full."""

    def __init__(self, shares: Shares) -> None:
        self.compared = 0
        self._shares, self._weights = shares, Weights(shares)
        self._groups: dict[tuple[object, ...], _Group] = {}
        self._by_kind: dict[tuple[str, bool], dict[_Group, None]] = {}
        self._line: deque[tuple[BlockedRecord, _Group]] = deque()

    def meet(self, entry: BlockedRecord) -> list[CandidatePair]:
        """The pairs worth asking about of this entry and those before; it is on no earlier day than they."""
        group = self._group_of(entry)
        found: list[CandidatePair] = []
        for other, short in self._nearby_groups(entry, group):
            found += self._pairs(entry, other, short)
        group.members.append(entry)
        self._line.append((entry, group))
        return found

    def passed(self, day: date | None = None) -> Iterator[BlockedRecord]:
        """Those whom nobody of this day or later can meet; all that are left, without a day."""
        while self._line and (day is None or (day - _day(self._line[0][0])).days > SPAN):
            entry, group = self._line.popleft()
            group.members.popleft()
            if not group.members:
                self._forget(group)
            yield entry

    def _group_of(self, entry: BlockedRecord) -> _Group:
        words = self._weights.words(entry.record)
        key = (*words, entry.region, entry.fresh)
        if key not in self._groups:
            group = self._groups[key] = _Group(entry.record, entry.region, entry.fresh, words)
            for kind in kinds(entry.record):
                self._by_kind.setdefault((kind, entry.fresh), {})[group] = None
        return self._groups[key]

    def _forget(self, group: _Group) -> None:
        del self._groups[(*group.words, group.region, group.fresh)]
        for kind in kinds(group.like):
            del self._by_kind[kind, group.fresh][group]

    def _nearby_groups(self, entry: BlockedRecord, group: _Group) -> Iterator[tuple[_Group, float]]:
        """Groups with something in common, and what they lack of the limit before the day is weighed: those
        that reach it on the same day, or come nearer than all before. The innermost loop of the search."""
        county, sex, age, citizenship, purposes = self._weights.rows(group.words)
        for other in self._others(group):
            limit = WITHIN_SCOPE if other.region == group.region else ACROSS_REGIONS
            of_county, of_sex, of_age, of_citizenship, of_purposes = other.words
            short = limit - county[of_county] - sex[of_sex] - age[of_age]
            short -= citizenship[of_citizenship] + purposes[of_purposes]
            if short - NEAREST - ROUNDED < max(entry.margin, ROUNDED):
                yield other, short

    def _others(self, group: _Group) -> Iterable[_Group]:
        """Each once. Who is not fresh has met all others who are not."""
        states = (True, False) if group.fresh else (True,)
        met: dict[_Group, None] = {}
        for kind in kinds(group.like):
            for state in states:
                met |= self._by_kind.get((kind, state), {})
        return met

    def _pairs(self, entry: BlockedRecord, other: _Group, lacking: float) -> Iterator[CandidatePair]:
        """From the latest day back: from the first day whose weight does not suffice, none suffices."""
        for before in reversed(other.members):
            apart = (_day(entry) - _day(before)).days
            short = lacking - day_weight(apart)
            if short > ROUNDED:
                entry.answer_for(short)
                return
            if _near_in_time(before, entry, apart) and not _found_otherwise(before, entry):
                yield from self._compared(before, entry, answers=entry)

    def of_one_reference(self, reference: str, entries: Sequence[BlockedRecord]) -> Iterator[CandidatePair]:
        """The pairs worth asking about of those that share this reference, however far apart in time: on the
        way through the days they are left out. A pair that shares several is found under the first of
        them."""
        sharing = sharing_of(entry.record for entry in entries)
        for before, entry in combinations(entries, 2):
            shared = before.record.references & entry.record.references
            fresh = before.fresh or entry.fresh
            first = reference == min(shared, default="")
            if fresh and first and not are_different(before.record, entry.record, sharing):
                yield from self._compared(before, entry, answers=entry if entry.fresh else before)

    def _compared(
        self, before: BlockedRecord, entry: BlockedRecord, *, answers: BlockedRecord
    ) -> Iterator[CandidatePair]:
        self.compared += 1
        found = compare(before.record, entry.record, self._shares)
        limit = limit_of(before.region, entry.region)
        if found.score >= limit:
            yield CandidatePair(before, entry, found.score)
        else:
            answers.answer_for(limit - found.score)


class FarBlocking(Blocking):
    """Pairs that the passage through the days leaves out, because too much time lies between them: of those
    who are kept, with everybody who passes by. For who is imported from an old spreadsheet of many years."""

    def __init__(self, shares: Shares) -> None:
        super().__init__(shares)
        self._reached: dict[tuple[object, ...], list[tuple[_Group, float]]] = {}

    def keep(self, entries: Iterable[BlockedRecord]) -> None:
        for entry in entries:
            self._group_of(entry).members.append(entry)

    def pass_by(self, entry: BlockedRecord, *, kept: bool) -> Iterator[CandidatePair]:
        """After all have been kept. A pair of two who are kept is found once: when the younger record
        passes."""
        passing = BlockedRecord(entry.record, entry.region, entry.fresh, margin=0.0)
        for group, short in self._within_reach(passing):
            for member in group.members:
                if not (kept and int(member.record.key) >= int(entry.record.key)):
                    yield from self._far(member, passing, short)

    def _within_reach(self, entry: BlockedRecord) -> list[tuple[_Group, float]]:
        words = self._weights.words(entry.record)
        key = (*words, entry.region, entry.fresh)
        if key not in self._reached:
            group = _Group(entry.record, entry.region, entry.fresh, words)
            near = self._nearby_groups(entry, group)
            self._reached[key] = [(other, short) for other, short in near if short - FAR <= ROUNDED]
        return self._reached[key]

    def _far(self, member: BlockedRecord, entry: BlockedRecord, lacking: float) -> Iterator[CandidatePair]:
        apart = abs((_day(entry) - _day(member)).days)
        if lacking - day_weight(apart) > ROUNDED or _near_in_time(member, entry, apart):
            return
        if not _found_otherwise(member, entry):
            before, after = (member, entry) if _day(member) <= _day(entry) else (entry, member)
            yield from self._compared(before, after, answers=entry)


def _near_in_time(before: BlockedRecord, entry: BlockedRecord, apart: int) -> bool:
    return apart <= WINDOW or bool(set(windows(_day(before))) & set(windows(_day(entry))))


def _found_otherwise(before: BlockedRecord, entry: BlockedRecord) -> bool:
    """Return whether two have a case or a reference in common: days are not what brings them together."""
    if before.record.case and before.record.case == entry.record.case:
        return True
    return bool(before.record.references & entry.record.references)


def _day(entry: BlockedRecord) -> date:
    if entry.record.identified_on is None:
        raise ValueError("a record without a day meets nobody but those of its references")
    return entry.record.identified_on


def rules() -> str:
    """A digest of how records are compared: where it is other, everybody is compared anew."""
    lines = []
    for name, value in sorted(vars(scoring).items()):
        if name.isupper() and name != "PARTS":
            lines.append(f"{name}={sorted(value) if isinstance(value, frozenset) else value}")
    return hashlib.sha256("\n".join([*lines, f"VERSION={VERSION}"]).encode()).hexdigest()
