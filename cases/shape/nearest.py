"""Whether drawn rows lie nearer to the rows that were fitted than to others that were not. Pure.

Half of the cases are fitted, the other half is held out. What is drawn from how often alone is a near copy of
rows of either half as often; rows that were copied, or remembered in cells of few, are one of their own half
more often. Of each case one person is compared, for persons of one event are alike.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from cases.shape.cells import FEWEST
from cases.shape.drawing import Lists, draw
from cases.shape.fitting import fit
from cases.shape.rows import CaseRow, PersonRow, Rows

COMPARED: Final = (
    "sex",
    "child",
    "age_class",
    "main_purpose",
    "further_purpose",
    "citizenship",
    "county",
    "agency",
    "sector",
    "offence",
    "status",
    "year",
    "month",
)
MOST: Final = 1_000  # rows of each half, and as many are drawn
SPLITS: Final = 4
NEAR_COPY: Final = 1  # facts in which a near copy differs at the most
BEYOND_CHANCE: Final = 3.0  # standard deviations: by chance one time in 700


@dataclass(frozen=True, slots=True)
class Nearness:
    """Of `drawn` rows, how many are the near copy of a row that was fitted, and of one that was held out."""

    drawn: int
    of_fitted: int
    of_held: int

    @property
    def nothing_survives(self) -> bool:
        """No more copies of what was fitted than chance explains, where either is as likely."""
        both = self.of_fitted + self.of_held
        return self.of_fitted - self.of_held <= BEYOND_CHANCE * sqrt(both)


def proof(rows: Rows, lists: Lists, *, seed: int, fewest: int = FEWEST, splits: int = SPLITS) -> Nearness:
    """Fits half of the cases, draws, and compares with both halves; the sums over several halvings."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    cases = [case for case in rows.cases if case.persons]
    found = []
    for step in range(splits):
        rng.shuffle(cases)
        half = len(cases) // 2
        fitted, held = cases[:half], cases[half : 2 * half]
        shape = fit(Rows(tuple(fitted)), fewest=fewest)
        persons = sum(len(case.persons) for case in fitted)
        drawn = draw(shape, lists, seed=seed + step, persons=persons).cases[:MOST]
        found.append(nearness(*(firsts(some[:MOST]) for some in (drawn, fitted, held))))
    return Nearness(*(sum(n) for n in zip(*((f.drawn, f.of_fitted, f.of_held) for f in found), strict=True)))


def firsts(cases: Sequence[CaseRow]) -> list[PersonRow]:
    return [case.persons[0] for case in cases]


def nearness(drawn: Sequence[PersonRow], fitted: Sequence[PersonRow], held: Sequence[PersonRow]) -> Nearness:
    told: dict[tuple[int, str], int] = {}
    own, theirs, others = (_numbers(rows, told) for rows in (drawn, fitted, held))
    return Nearness(len(drawn), _near_copies(own, theirs), _near_copies(own, others))


Numbers = np.ndarray[tuple[int, int], np.dtype[np.int32]]


def _numbers(rows: Sequence[PersonRow], told: dict[tuple[int, str], int]) -> Numbers:
    found = [
        [told.setdefault((place, row.word(fact)), len(told)) for place, fact in enumerate(COMPARED)]
        for row in rows
    ]
    return np.array(found, dtype=np.int32).reshape(len(rows), len(COMPARED))


def _near_copies(rows: Numbers, others: Numbers) -> int:
    """How many of the rows differ from the most alike of the others in no more facts than near copies do."""
    differing = ((others != row).sum(axis=1).min(initial=len(COMPARED)) for row in rows)
    return sum(int(facts) <= NEAR_COPY for facts in differing)
