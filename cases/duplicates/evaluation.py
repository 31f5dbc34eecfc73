"""How many of those who are registered twice are found, and what follows for a total. Pure.

Nobody knows it of the register itself: a pair that is not found is seen by nobody, and what people have
judged tells only how often a suggestion was right. So it is measured where the truth is known, on invented
registers in which one person in four is registered twice (`bench/second_records.py`: made by other rules than
those that the search was set by), and a test holds that these figures are what is measured there. Real second
records may be written better or worse than theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Trial:
    """`precision`: of the pairs that are asked about, how many are one person. `recall`: of all who are
    registered twice, how many are asked about. `across`: the same of those registered in two regions."""

    name: str
    precision: float
    recall: float
    across: float


# Persons of many countries are distinguished more easily than persons of few.
TRIALS: Final = (Trial("many", 0.68, 0.41, 0.01), Trial("few", 0.59, 0.33, 0.00))


@dataclass(frozen=True, slots=True)
class Undetected:
    """If the search finds `recall`, `of_ten` in words, of all who are registered twice: so many are not found
    yet, the total `should_be` lower by as many, and what is estimated from persons met by several
    organisations is `too_large` as a share of what it should be (None where nobody was met by several)."""

    recall: float
    of_ten: int
    not_found: int
    should_be: int
    too_large: float | None

    @property
    def too_large_percent(self) -> int | None:
        return None if self.too_large is None else round(100 * self.too_large)


def undetected(trial: Trial, *, confirmed: int, waiting: int, total: int, met_by_several: int) -> Undetected:
    """Of a year with `confirmed` double registrations, and so many suggestions that wait to be judged.

    What is found, confirmed or right among those that wait, is `recall` of all there are. A person registered
    twice is counted twice, and two organisations that met the same person look as if they had met two: an
    estimate that goes as one over those met by several is too large by undetected / known."""
    every = (confirmed + waiting * trial.precision) / trial.recall
    pairs = min(every - confirmed, total / 2)
    too_large = pairs / met_by_several if met_by_several else None
    return Undetected(trial.recall, round(10 * trial.recall), round(pairs), total - round(pairs), too_large)


def range_of(*, confirmed: int, waiting: int, total: int, met_by_several: int) -> tuple[Undetected, ...]:
    """By each of the trials, the one that finds most first."""
    return tuple(
        undetected(trial, confirmed=confirmed, waiting=waiting, total=total, met_by_several=met_by_several)
        for trial in sorted(TRIALS, key=lambda trial: -trial.recall)
    )
