"""How often words stand together and how numbers lie, without a cell of few. Pure."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, log
from typing import Final

FEWEST: Final = 10  # rows that a cell is made of at least
CASES: Final = (
    3  # events that they are from, none of which is more than half: forty of one event are one event
)
ROUND: Final = 5  # to which cells are rounded, so that what is left out is not their difference
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`counts` by word; `rest`: rows with words that few have, which are not named."""

    counts: Mapping[str, int]
    rest: int = 0


@dataclass(frozen=True, slots=True)
class Crossing:
    """`columns` by the words of the facts it hangs together with, as many of these from the first as enough
    rows have; that of () is of everybody."""

    columns: Mapping[Words, Column] = field(default_factory=dict)

    def draw(self, beside: Words, among: Words, rng: random.Random) -> str:
        """One of `among`. What is rare comes from everybody's column, and at last from anywhere in the list:
        the shape does not know who it was."""
        left = among
        for size in range(len(beside), -1, -1):
            column = self.columns.get(beside[:size])
            if column is None:
                continue
            named = [word for word in column.counts if word in left]
            weights = [column.counts[word] for word in named]
            others = [word for word in left if word not in column.counts]
            rest = column.rest if others else 0
            if not sum(weights) + rest:
                continue
            chosen = rng.choices([*named, None], [*weights, rest])[0]
            if chosen is not None:
                return chosen
            left = tuple(others)
        return rng.choice(left)


@dataclass(frozen=True, slots=True)
class Spread:
    """Whole numbers from 0 in classes that begin at `starts`; the last has no end, and `tail` as its mean."""

    starts: tuple[int, ...]
    counts: tuple[int, ...]
    tail: int

    def draw(self, rng: random.Random) -> int:
        place = rng.choices(range(len(self.starts)), self.counts)[0]
        first = self.starts[place]
        if place + 1 < len(self.starts):
            return rng.randrange(first, self.starts[place + 1])
        beyond = self.tail - first
        return first + (
            min(floor(log(1 - rng.random()) / log(beyond / (1 + beyond))), 12 * beyond) if beyond else 0
        )


def crossing(rows: Iterable[tuple[Words, str, int]], *, fewest: int = FEWEST) -> Crossing:
    """Of rows of (words beside, word, case)."""
    cells: dict[Words, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for beside, word, case in rows:
        for size in range(len(beside) + 1):
            cells[beside[:size]][word].append(case)
    found = {beside: _column(words, fewest) for beside, words in cells.items()}
    return Crossing({beside: column for beside, column in sorted(found.items()) if column is not None})


def _column(words: Mapping[str, Sequence[int]], fewest: int) -> Column | None:
    kept = {word: len(cases) for word, cases in words.items() if _enough(cases, fewest)}
    rest = [case for word, cases in words.items() if word not in kept for case in cases]
    if not kept:
        return None
    counts = {word: rounded(kept[word]) for word in sorted(kept)}
    return Column(counts, rounded(len(rest)) if _enough(rest, fewest) else 0)


def _enough(cases: Sequence[int], fewest: int) -> bool:
    if len(cases) < fewest:
        return False
    events = Counter(cases)
    return fewest == 1 or (len(events) >= CASES and 2 * max(events.values()) <= len(cases))


def rounded(number: int) -> int:
    return ROUND * floor(number / ROUND + 0.5)


def spread(numbers: Iterable[int], starts: Sequence[int], *, fewest: int = FEWEST) -> Spread | None:
    """None where there are too few to tell. A class of few is one with the class below it, the lowest with
    the one above."""
    numbers = sorted(max(number, 0) for number in numbers)
    if len(numbers) < fewest:
        return None
    classes: list[tuple[int, list[int]]] = [(start, []) for start in starts]
    for number in numbers:
        classes[bisect_right(starts, number) - 1][1].append(number)
    place = len(classes) - 1
    while len(classes) > 1:
        if len(classes[place][1]) < fewest:
            into = max(place - 1, 0)
            both = [*classes[into][1], *classes[into + 1][1]]
            classes[into : into + 2] = [(classes[into][0], both)]
        if place == 0:
            break
        place -= 1
    counts = tuple(rounded(len(inside)) for _start, inside in classes)
    first, last = classes[-1]
    return Spread(
        tuple(start for start, _inside in classes), counts, max(round(sum(last) / len(last)), first)
    )
