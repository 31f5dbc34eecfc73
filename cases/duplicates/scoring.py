"""How alike two records of persons are, from what is stored: no names, no birth dates. Pure.

Weights after Fellegi and Sunter (A theory for record linkage, J. Am. Stat. Assoc. 64, 1969): for each fact
log2(m / u), where m is how often it agrees when two records are of one person and u how often when they are
of two. What is not known says nothing. A person decides; nothing is merged.

m is believed, not measured: no Swedish register tells which of its records are one person. u is counted in
the register itself. The two limits were chosen on one invented register; `make bench` tells how they do on
others, among them such as are made by other rules (`bench/second_records.py`). How many are found there
stands in `cases/duplicates/evaluation.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import log2, prod
from typing import Final

from cases.rules.values import AGES


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared. "" , None and empty sets are not known; codes with or without prefix, but alike in
    both.

    `references` are the keyed indexes of agencies' own references, made so that equal means the same
    reference of the same agency. `case` is the case the record belongs to: its persons are known to be
    different, but for few who have one reference (see `are_different`). `registered_at` is the moment: those
    of one form have one moment."""

    key: str
    case: str = ""
    identified_on: date | None = None
    county: str = ""
    sex: str = ""
    child: str = ""
    age_class: str = ""
    citizenships: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    registered_at: str = ""


@dataclass(frozen=True, slots=True)
class Similarity:
    """`score` is a sum of log2 weights (0: no evidence either way); the fields named are those that were
    known."""

    score: float
    agreeing: tuple[str, ...]
    differing: tuple[str, ...]


# From here a pair is worth a person's time within scope: every second question is right, or more are.
WITHIN_SCOPE: Final = 10.3
# Between regions a question may itself tell that somebody is a victim: asked only where little else can be
# meant.
ACROSS_REGIONS: Final = 13.0
HIGH: Final = ACROSS_REGIONS

# m is how often a second agency is believed to write the same; where two who are not one agree by chance, u
# is how common their value is (see Shares). The rest is what is left of both.
# An agency seldom gives two persons one reference, but a case may hold several.
REFERENCE: Final = log2(0.60 / 0.0004)
SAME_SEX: Final = 0.99
OTHER_SEX: Final = log2(0.01 / 0.48)  # a mistake of typing
SAME_CHILD: Final = log2(0.97 / 0.68)  # most are adults
OTHER_CHILD: Final = log2(0.03 / 0.32)  # about 18 the judgement wavers
SAME_AGE: Final = 0.80
NEXT_AGE: Final = 0.17  # judged by eye: half of it for the class above, half for the one below
OTHER_AGE: Final = log2(0.03 / 0.41)
SAME_CITIZENSHIP: Final = 0.94
OTHER_CITIZENSHIP: Final = log2(0.06 / 0.90)
SAME_COUNTY: Final = 0.72
OTHER_COUNTY: Final = log2(0.28 / 0.84)  # people are moved
SAME_PURPOSES: Final = 0.75
SOME_PURPOSES: Final = log2(0.15 / 0.12)
OTHER_PURPOSES: Final = log2(0.10 / 0.55)
# A second agency mostly meets the person within weeks or months: (days apart at most, weight). Two who are
# different are met any day of the four years or so in which a register holds most that it is asked about.
DAYS: Final = (
    (7, log2(0.30 / 0.010)),
    (31, log2(0.25 / 0.035)),
    (92, log2(0.22 / 0.090)),
    (183, log2(0.12 / 0.115)),
    (366, log2(0.07 / 0.20)),
)
LONGER: Final = log2(0.04 / 0.53)

UNKNOWN: Final = frozenset({"", "U", "unknown", "ZZ"})
FEW_OF_A_CASE: Final = 3  # who have one reference: more have that of the whole case
WINDOW: Final = 128  # days: half of what two windows that overlap by half surely join

USUAL: Final = {"citizenship": 0.10, "county": 0.16, "age_class": 0.24, "sex": 0.50, "purposes": 0.33}
# records that the usual share weighs as much as: a young register says little of what is rare
BELIEVED: Final = 100
RAREST: Final = 0.01  # what has hardly been seen is not taken to prove anything


@dataclass(frozen=True, slots=True)
class Shares:
    """How common each value is in the register: agreeing on a rare one says more.

    `counts` holds records by fact and value; purposes stand under "purposes" and under each sex ("purposes
    F"): what women are exposed to differs from what men are, so that sex is not reckoned twice."""

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def of(self, fact: str, value: str) -> float:
        """Between RAREST and 1; the usual share where nothing has been counted."""
        seen = self.counts.get(fact, {})
        usual = USUAL[fact.split()[0]]
        return max((seen.get(value, 0) + BELIEVED * usual) / (sum(seen.values()) + BELIEVED), RAREST)


NO_SHARES: Final = Shares()


def drift(before: Shares, now: Shares, *, purposes: int) -> float:
    """Return an upper bound of how much the score of any pair has risen since `before` was counted.

    A value that has become rarer weighs more. A record has one value of each fact, but up to `purposes`
    purposes, and each of them counts.
    """
    single_facts, one_purpose = 0.0, 0.0
    for fact in before.counts.keys() | now.counts.keys():
        values = {"", *before.counts.get(fact, ()), *now.counts.get(fact, ())}
        largest_rise = max(log2(before.of(fact, value) / now.of(fact, value)) for value in values)
        if fact.startswith("purposes"):
            one_purpose = max(one_purpose, largest_rise)
        else:
            single_facts += max(largest_rise, 0.0)
    return single_facts + purposes * one_purpose


Part = Callable[[Record, Record, Shares], float | None]


def compare(one: Record, other: Record, shares: Shares = NO_SHARES) -> Similarity:
    """Symmetric. A fact that says nothing of either, because it is not known, is neither agreeing nor
    differing."""
    score = 0.0
    agreeing: list[str] = []
    differing: list[str] = []
    for name, part in PARTS.items():
        weight = part(one, other, shares)
        if weight is not None:
            score += weight
            (agreeing if weight > 0 else differing).append(name)
    return Similarity(round(score, 2), tuple(agreeing), tuple(differing))


def limit_of(region: str, other: str) -> float:
    """Return the score from which two records of these regions are worth asking about."""
    return WITHIN_SCOPE if region == other else ACROSS_REGIONS


def shares_of(records: Iterable[Record]) -> Shares:
    """Shares as counted, for `compare`."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        counts["citizenship"].update(record.citizenships - UNKNOWN)
        for fact, value in (("county", record.county), ("age_class", record.age_class), ("sex", record.sex)):
            counts[fact].update({value} - UNKNOWN)
        for fact in ("purposes", f"purposes {record.sex}"):
            counts[fact].update(_stated(record.purposes))
    return Shares(counts)


# One weight for each fact, None when it is not known of both.
def _reference(one: Record, other: Record, shares: Shares) -> float | None:
    """Other references say nothing: two agencies have two, and one agency may open a second file."""
    return REFERENCE if one.references & other.references else None


def _of_one_value(fact: str, same: float, different: float) -> Part:
    """Of a fact of one value: `same` is m where both have it, `different` the weight where they do not."""

    def part(one: Record, other: Record, shares: Shares) -> float | None:
        mine, theirs = getattr(one, fact), getattr(other, fact)
        if {mine, theirs} & UNKNOWN:
            return None
        return _alike(same, shares.of(fact, mine)) if mine == theirs else different

    return part


def _date(one: Record, other: Record, shares: Shares) -> float | None:
    if one.identified_on is None or other.identified_on is None:
        return None
    return day_weight(abs((one.identified_on - other.identified_on).days))


def day_weight(apart: int) -> float:
    """Return the weight of so many days between two records."""
    return next((weight for days, weight in DAYS if apart <= days), LONGER)


def _age(one: Record, other: Record, shares: Shares) -> float | None:
    """The class where both have one, else whether they are children."""
    if one.age_class in AGES and other.age_class in AGES:
        common = [shares.of("age_class", record.age_class) for record in (one, other)]
        steps = abs(AGES.index(one.age_class) - AGES.index(other.age_class))
        if steps == 0:
            return _alike(SAME_AGE, common[0])
        return log2(NEXT_AGE / sum(common)) if steps == 1 else OTHER_AGE
    if {one.child, other.child} & UNKNOWN:
        return None
    return SAME_CHILD if one.child == other.child else OTHER_CHILD


def _citizenship(one: Record, other: Record, shares: Shares) -> float | None:
    mine, theirs = one.citizenships - UNKNOWN, other.citizenships - UNKNOWN
    if not (mine and theirs):
        return None
    shared = mine & theirs
    if not shared:
        return OTHER_CITIZENSHIP
    return _alike(SAME_CITIZENSHIP, min(shares.of("citizenship", code) for code in shared))


def _purposes(one: Record, other: Record, shares: Shares) -> float | None:
    """The same several purposes by chance are as rare as all of them together."""
    mine, theirs = _stated(one.purposes), _stated(other.purposes)
    if not (mine and theirs):
        return None
    if mine != theirs:
        return SOME_PURPOSES if mine & theirs else OTHER_PURPOSES
    fact = f"purposes {one.sex}" if one.sex == other.sex else "purposes"
    return _alike(SAME_PURPOSES, max(prod(shares.of(fact, purpose) for purpose in mine), RAREST))


def _alike(m: float, u: float) -> float:
    """Agreeing is never evidence against, however common the value is."""
    return max(log2(m / u), 0.05)


def _stated(purposes: Iterable[str]) -> set[str]:
    return set(purposes) - {"unknown", "purpose:unknown"}


PARTS: Final[dict[str, Part]] = {
    "reference": _reference,
    "identified_on": _date,
    "county": _of_one_value("county", SAME_COUNTY, OTHER_COUNTY),
    "sex": _of_one_value("sex", SAME_SEX, OTHER_SEX),
    "age_class": _age,
    "citizenship": _citizenship,
    "purposes": _purposes,
}


def windows(day: date) -> tuple[str, str]:
    """The two times that a day lies in, which overlap by half: days 128 apart share one of them."""
    days = day.toordinal()
    return f"a{days // (2 * WINDOW)}", f"b{(days + WINDOW) // (2 * WINDOW)}"


def kinds(record: Record) -> frozenset[str]:
    """What two records near in time must share one of: a citizenship, or county, sex and child together."""
    keys = {f"cit|{code}" for code in record.citizenships - UNKNOWN}
    if not {record.county, record.sex} & UNKNOWN:
        keys.add(f"place|{record.county}|{record.sex}|{record.child}")
    return frozenset(keys)


def are_different(one: Record, other: Record, sharing: Callable[[str, str], int]) -> bool:
    """Whether two records are of two persons, since somebody registered them in one case.

    Few of a case who have one reference may be one person, registered twice; many have that of the whole
    case, and those of one form were told to be several. `sharing`: how many of a case have a reference."""
    if not one.case or one.case != other.case:
        return False
    if one.registered_at and one.registered_at == other.registered_at:
        return True
    shared = min(one.references & other.references, default="")
    return not shared or sharing(one.case, shared) > FEW_OF_A_CASE


def sharing_of(records: Iterable[Record]) -> Callable[[str, str], int]:
    """How many of these have a reference, by case and reference."""
    counts = Counter((record.case, reference) for record in records for reference in record.references)
    return lambda case, reference: counts[case, reference]
