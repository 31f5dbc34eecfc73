"""Tables for the tests of the dark figure: published ones when at hand, simulated and hand-made ones always."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from summaries.dark_figure import CaptureTable

PUBLISHED = Path(__file__).resolve().parents[2].parent / "shared/data/mse"


def published(name: str) -> CaptureTable:
    """A published table, which is not part of the repository: without it the test is skipped."""
    path = PUBLISHED / f"{name}.csv"
    if not path.is_file():
        pytest.skip("the published tables are not at hand")
    return CaptureTable.from_csv(path.read_text())


def table(text: str) -> CaptureTable:
    """`"A B C | 100 40 | 110 6"`: the lists, then a history and its persons between bars."""
    header, *rows = (part.split() for part in text.split("|"))
    counts = [(sum(1 << i for i, mark in enumerate(marks) if mark == "1"), int(n)) for marks, n in rows]
    return CaptureTable.from_counts(header, counts)


def simulated(
    total: int, chances: tuple[float, ...], seed: int, *, pair: tuple[int, int, float] | None = None
) -> CaptureTable:
    """Persons found by each list by chance; with `pair` (i, j, odds) being on i multiplies the odds of being on j."""
    random = np.random.default_rng(seed)
    on = random.random((total, len(chances))) < np.array(chances)
    if pair:
        i, j, odds = pair
        raised = odds * chances[j] / (1 - chances[j] + odds * chances[j])
        on[:, j] = random.random(total) < np.where(on[:, i], raised, chances[j])
    masks = on @ (1 << np.arange(len(chances)))
    return CaptureTable.from_counts("ABCDEFGH"[: len(chances)], [(int(mask), 1) for mask in masks])


def random_table(seed: int, lists: int, density: float) -> CaptureTable:
    """Any counts on a share of the histories, and somebody on each list."""
    random = np.random.default_rng(seed)
    width = 2**lists - 1
    counts = random.integers(1, 30, width) * (random.random(width) < density)
    counts[[2**i - 1 for i in range(lists)]] += 1
    return CaptureTable.from_counts("ABCDEFGH"[:lists], [(i + 1, int(n)) for i, n in enumerate(counts)])


def plain_design(counts: np.ndarray, lists: int, model: int) -> tuple[np.ndarray, np.ndarray]:
    """Design and counts of one model, written as the method note says it and sharing nothing with the module."""
    histories = np.array([[mask >> i & 1 for i in range(lists)] for mask in range(1, 2**lists)])
    columns, keep = [np.ones(len(histories)), *histories.T], np.ones(len(histories), dtype=bool)
    for k, (i, j) in enumerate(combinations(range(lists), 2)):
        both = histories[:, i] * histories[:, j]
        if not model >> k & 1:
            continue
        if counts @ both:
            columns.append(both)
        else:
            keep &= both == 0
    return np.array(columns).T[keep].astype(float), counts[keep]
