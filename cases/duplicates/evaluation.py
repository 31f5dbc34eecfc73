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


# Persons of many countries are told apart more easily than persons of few.
TRIALS: Final = (Trial("many", 0.68, 0.41, 0.01), Trial("few", 0.59, 0.33, 0.00))


@dataclass(frozen=True, slots=True)
class Undetected:
    """If the search finds `recall` of all who are registered twice: so many are not found yet, the total is
    so much too high, and what is estimated from persons met by several organisations is `too_large` as a
    share of what it should be (None where nobody was met by several)."""

    recall: float
    pairs: float
    total: int
    too_large: float | None

    @property
    def not_found(self) -> int:
        return round(self.pairs)

    @property
    def of_ten(self) -> int:
        return round(10 * self.recall)

    @property
    def should_be(self) -> int:
        return self.total - self.not_found

    @property
    def too_large_percent(self) -> int | None:
        return None if self.too_large is None else round(100 * self.too_large)


def undetected(
    *, confirmed: int, waiting: int, precision: float, recall: float, total: int, met_by_several: int
) -> Undetected:
    """Of a year with `confirmed` double registrations, and so many suggestions that wait to be judged.

    What is found, confirmed or right among those that wait, is `recall` of all there are. A person registered
    twice is counted twice, and two organisations that met the same person look as if they had met two: an
    estimate that goes as one over those met by several is too large by undetected / known."""
    every = (confirmed + waiting * precision) / recall
    pairs = min(every - confirmed, total / 2)
    return Undetected(recall, pairs, total, pairs / met_by_several if met_by_several else None)


def range_of(*, confirmed: int, waiting: int, total: int, met_by_several: int) -> tuple[Undetected, ...]:
    """By each of the trials, the one that finds most first."""
    return tuple(
        undetected(
            confirmed=confirmed,
            waiting=waiting,
            precision=trial.precision,
            recall=trial.recall,
            total=total,
            met_by_several=met_by_several,
        )
        for trial in sorted(TRIALS, key=lambda trial: -trial.recall)
    )
