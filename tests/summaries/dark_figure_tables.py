"""Tables for the tests of the dark figure: published, simulated and made by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from libs.capture_recapture import CaptureTable

# Counts as published, each with where; the letters are the sources' own.
PUBLISHED = {
    # United Kingdom 2013, police and crime agency as one: Bales, Hesketh & Silverman, Significance 12(3),
    # 2015.
    "UKdat_5": (
        "LA NG PFNCA GO GP | 10000 54 | 01000 463 | 00100 995 | 00010 695 | 00001 316 | 11000 15 | 10100 "
        "19 | 10010 3 | 01100 62 | 01010 19 | 01001 1 | 00110 76 | 00101 11 | 00011 8 | 11100 1 | 11010 1"
        " | 01110 4 | 11110 1"
    ),
    # The same with the general public left out, as in Chan, Silverman & Vincent, JASA 116(535), 2021.
    "UKdat_4": (
        "LA NG PFNCA GO | 1000 54 | 0100 464 | 0010 1006 | 0001 703 | 1100 15 | 1010 19 | 1001 3 | 0110 "
        "62 | 0101 19 | 0011 76 | 1110 1 | 1101 1 | 0111 4 | 1111 1"
    ),
    # New Orleans 2016, the lists B, E, F and G as one: Bales, Murphy & Silverman, J. Human Trafficking 6(4),
    # 2020.
    "NewOrl_5": (
        "A BEFG C D H | 10000 25 | 01000 24 | 00100 70 | 00010 33 | 00001 21 | 11000 1 | 10100 1 | 10010 "
        "2 | 01100 2 | 01010 2 | 01001 1 | 00110 1 | 11100 1 | 11010 1"
    ),
    # Killings in Kosovo 1999: Ball, Betts, Scheuren, Dudukovich & Asher, AAAS and ABA/CEELI, 2002.
    "Kosovo": (
        "EXH ABA OSCE HRW | 1000 1131 | 0100 845 | 0010 936 | 0001 306 | 1100 177 | 1010 228 | 1001 106 |"
        " 0110 217 | 0101 31 | 0011 123 | 1110 181 | 1101 18 | 1011 42 | 0111 32 | 1111 27"
    ),
    # Made up, two lists that never meet: the example of that paper and of its R package SparseMSE.
    "Artificial_3": ("A B C | 100 40 | 010 30 | 001 20 | 110 6"),
}


def published(name: str) -> CaptureTable:
    return table(PUBLISHED[name])


def table(text: str) -> CaptureTable:
    """`"A B C | 100 40 | 110 6"`: the lists, then a history and its persons between bars."""
    header, *rows = (part.split() for part in text.split("|"))
    counts = [(sum(1 << i for i, mark in enumerate(marks) if mark == "1"), int(n)) for marks, n in rows]
    return CaptureTable.from_counts(header, counts)


def simulated(
    total: int, chances: tuple[float, ...], seed: int, *, pair: tuple[int, int, float] | None = None
) -> CaptureTable:
    """Persons found by each list by chance; with `pair` (i, j, odds) being on i multiplies the odds of being
    on j."""
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
    """Design and counts of one model, written as the method note says it and sharing nothing with the
    module."""
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
