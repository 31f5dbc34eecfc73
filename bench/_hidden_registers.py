"""Registers whose true number is known, in the ways that real ones go wrong; and ranks for calibration."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from libs.capture_recapture import CaptureTable, averaging

if TYPE_CHECKING:
    from numpy.random import Generator

    from libs.capture_recapture.design import Bools, Floats

KINDS: Final = {
    "independent": "lists independent",
    "two_kinds": "30 % four times as easy to find",
    "unequal": "chances logit-normal, sd 1.2",
    "referral": "45 % of list 1 passed on to list 2",
    "unreachable": "30 % out of every list's reach",
    "avoiding": "list 2 finds a quarter as many of list 1",
}
SIZES: Final = ((3, 300), (4, 300), (3, 800), (4, 800))  # lists, persons
LOW, HIGH = 0.06, 0.18  # the chance of a list
FIRST, LAST = 100, 600  # persons of a register drawn for calibration


def register(kind: str, lists: int, persons: int, seed: int) -> CaptureTable:
    """Each list finds 6 to 18 per cent, and then what the kind says."""
    random = np.random.default_rng([seed, lists, persons, list(KINDS).index(kind)])
    chances = random.uniform(LOW, HIGH, lists)
    on = random.random((persons, lists)) < _chances(kind, chances, persons, random)
    if kind == "referral":
        on[:, 1] |= on[:, 0] & (random.random(persons) < 0.45)
    if kind == "avoiding":
        on[:, 1] = random.random(persons) < np.where(on[:, 0], chances[1] / 4, chances[1])
    return _table(on)


def _chances(kind: str, chances: Floats, persons: int, random: Generator) -> Floats:
    """(persons, lists)"""
    each = np.tile(chances, (persons, 1))
    if kind == "two_kinds":
        easy = random.random(persons) < 0.3
        return np.where(easy[:, None], 4 * each, each) / 1.9  # on the whole as many as the others
    if kind == "unequal":
        return 1 / (1 + np.exp(-np.log(each / (1 - each)) - 1.2 * random.standard_normal(persons)[:, None]))
    if kind == "unreachable":
        return each * (random.random(persons) >= 0.3)[:, None]
    return each


def _table(on: Bools) -> CaptureTable:
    masks = on @ (1 << np.arange(on.shape[1]))
    names = "ABCDEFGH"[: on.shape[1]]
    return CaptureTable.from_counts(names, [(int(mask), 1) for mask in masks])


def ranks_of_graphs(number: int, lists: int = 3, seed: int = 1) -> Iterator[float]:
    """Where the true number lies in the posterior, from 0 to 1, of registers drawn from the prior itself: the
    shares are spread evenly if the posterior is right."""
    random = np.random.default_rng(seed)
    graphs = averaging.graphs(lists)
    while number:
        persons = _persons(random)
        on = _from_graph(graphs[random.integers(len(graphs))], lists, persons, random)
        table = _table(on)
        if not all(table.size(name) for name in table.lists):
            continue
        number -= 1
        missing = np.arange(max(FIRST - table.observed, 0), LAST - table.observed + 1, dtype=float)
        posterior = averaging.posterior(table, missing=missing)
        place = int(persons - table.observed - missing[0])
        yield float(posterior.share[:place].sum() + random.random() * posterior.share[place])


def _persons(random: Generator) -> int:
    """From 1/N between FIRST and LAST."""
    numbers = np.arange(FIRST, LAST + 1)
    return int(random.choice(numbers, p=(1 / numbers) / (1 / numbers).sum()))


def _from_graph(graph: tuple[int, ...], lists: int, persons: int, random: Generator) -> Bools:
    """Persons on lists that depend on each other as the graph says, with shares from the hyper-Dirichlet
    prior: each list given those that it is joined to among the lists taken away after it."""
    pairs = {pair for k, pair in enumerate(combinations(range(lists), 2)) if k in graph}
    joined = {v: {a + b - v for a, b in pairs if v in (a, b)} for v in range(lists)}
    order, left = [], set(range(lists))
    while left:
        leaf = next(v for v in sorted(left) if _complete(joined[v] & left, joined))
        left.remove(leaf)
        order.append((leaf, sorted(joined[leaf] & left)))
    on = np.zeros((persons, lists), dtype=bool)
    for leaf, given in reversed(order):
        prior = 1 / 2 ** (len(given) + 1)
        chance = random.beta(prior, prior, 2 ** len(given))
        held = on[:, given] @ (1 << np.arange(len(given))) if given else np.zeros(persons, dtype=int)
        on[:, leaf] = random.random(persons) < chance[held.astype(int)]
    return on


def _complete(members: set[int], joined: dict[int, set[int]]) -> bool:
    return all(b in joined[a] for a, b in combinations(sorted(members), 2))


def ranks_of_kinds(number: int, lists: int = 3, seed: int = 1, draws: int = 150) -> Iterator[float]:
    """The same for the latent classes: the share of the draws below the true number."""
    random = np.random.default_rng(seed)
    while number:
        persons = _persons(random)
        shares, chances = _kinds(lists, random)
        kind = random.choice(len(shares), p=shares, size=persons)
        table = _table(random.random((persons, lists)) < chances[kind])
        if not table.observed:
            continue
        number -= 1
        options = averaging.Options(chains=10, warming=150, draws=draws, seed=int(random.integers(2**31)))
        drawn = averaging.draws(table, options).ravel()
        drawn = drawn[(drawn >= FIRST) & (drawn <= LAST)]
        yield float((drawn < persons).mean() + random.random() * (drawn == persons).mean())


def _kinds(lists: int, random: Generator) -> tuple[Floats, Floats]:
    """Shares of the kinds and each list's chance of them, from the prior."""
    concentration = max(random.gamma(averaging.SHAPE, 1 / averaging.SHAPE), 1e-9)
    stick = np.append(random.beta(1, concentration, averaging.CLASSES - 1), 1.0)
    shares = stick * np.append(1.0, np.cumprod(1 - stick[:-1]))
    return shares / shares.sum(), random.random((averaging.CLASSES, lists))


def histogram(ranks: Iterator[float], bars: int = 10) -> tuple[list[int], float]:
    """How many ranks lie in each tenth, and the chi-square of that against as many in each."""
    counts = np.bincount([min(int(rank * bars), bars - 1) for rank in ranks], minlength=bars)
    even = counts.sum() / bars
    return [int(n) for n in counts], float(((counts - even) ** 2 / even).sum())
