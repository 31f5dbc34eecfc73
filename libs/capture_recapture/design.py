"""The two-list log-linear models over t lists, as arrays, and whether a model can be fitted at all.

log mu_w = b_0 + sum_i b_i w_i + sum_{(i,j) in S} b_ij w_i w_j over the 2^t - 1 histories w that can be seen.
A model S is an integer: bit k stands for the k-th pair in the order (1,2), (1,3), …; its columns are 1, the
lists, the pairs.

A model has a code: 0 it can be fitted, 1 no maximum-likelihood estimate, 2 not identifiable, 3 both. Source:
Chan, Silverman & Vincent (2021), JASA 116:1297-1306. With X the remaining design and y the counts, a
model is identifiable when X has full column rank. Its (extended) estimate exists when some x > 0 has X'x =
X'y; equivalently when no direction v has Xv = 0 on the histories with persons and 0 <= Xv, not all 0, on the
others. That second form is used: it depends only on which histories have persons, it needs no program when
those alone give full rank or leave one direction, and the program that is left has few unknowns and an
optimum of either 0 or at least 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Design:
    """W = 2^t - 1 histories, P = t(t-1)/2 pairs, K = 1 + t + P columns."""

    lists: int
    pairs: tuple[tuple[int, int], ...]
    x: Floats  # (W, K) of 0 and 1, the model with every pair
    unions: Floats  # (W, U): the history has all lists of a set of up to four
    joint: (
        Ints  # (K, K): the set of lists in either of two columns, so that X'diag(m)X is (m @ unions)[joint]
    )
    holds: Floats  # (t, W): the history has the list
    contains: Floats  # (P, W): the history has both lists of the pair

    @property
    def width(self) -> int:
        return int(self.x.shape[1])


@dataclass(frozen=True, eq=False)
class Frame:
    """What remains of the design for each of B tables and models, after lists without persons and empty
    overlaps.

    An overlap that nobody is in has its parameter at minus infinity: its histories are fitted as 0 and leave
    the design, its column goes, and it still counts as one parameter.
    """

    rows: Bools  # (B, W)
    columns: Bools  # (B, K)
    parameters: Ints  # (B,), empty overlaps included


@lru_cache(maxsize=16)
def design(lists: int) -> Design:
    masks = np.arange(1, 2**lists)
    pairs = tuple(combinations(range(lists), 2))
    holds = (masks[None, :] >> np.arange(lists)[:, None] & 1).astype(float)
    contains = np.array([holds[i] * holds[j] for i, j in pairs]).reshape(len(pairs), len(masks))
    x = np.vstack([np.ones((1, len(masks))), holds, contains]).T.copy()
    sets = np.array([0, *(1 << i for i in range(lists)), *(1 << i | 1 << j for i, j in pairs)])
    unions, joint = np.unique(sets[:, None] | sets[None, :], return_inverse=True)
    has = (masks[:, None] & unions[None, :] == unions[None, :]).astype(float)
    return Design(lists, pairs, x, has, joint.reshape(len(sets), len(sets)), holds, contains)


def chosen(models: Ints, pairs: int) -> Bools:
    """(B, P): the pair is in the model."""
    return (models[:, None] >> np.arange(pairs)[None, :] & 1).astype(bool)


def frame(d: Design, counts: Floats, models: Ints) -> Frame:
    """Of counts (B, W) and models (B,)."""
    present = counts @ d.holds.T > 0
    inside = chosen(models, len(d.pairs))
    empty = inside & (counts @ d.contains.T == 0)
    gone = (~present).astype(float) @ d.holds + empty.astype(float) @ d.contains
    columns = np.hstack([np.ones((len(counts), 1), dtype=bool), present, inside & ~empty])
    return Frame(gone == 0, columns, columns.sum(axis=1) + empty.sum(axis=1))


ZERO = 1e-9


def rank(matrix: Floats) -> int:
    return int(np.linalg.matrix_rank(matrix, tol=ZERO)) if matrix.size else 0


def escape(seen: Floats, unseen: Floats) -> Floats | None:
    """Return a direction along which the likelihood rises for ever, or None."""
    _, singular, basis = np.linalg.svd(seen)
    free = basis[int((singular > ZERO).sum()) :].T
    moves = unseen @ free
    moves[np.abs(moves) < ZERO] = 0
    if not moves.any():
        return None
    if free.shape[1] > 1:
        best = _climb(moves)
        return None if best is None else free @ best
    if moves.min() < 0 < moves.max():
        return None
    return np.asarray(free[:, 0] * np.sign(moves.sum()), dtype=float)


def _climb(moves: Floats) -> Floats | None:
    """max sum(moves c) with 0 <= moves c <= 1."""
    limits = np.vstack([moves, -moves])
    bounds = np.concatenate([np.ones(len(moves)), np.zeros(len(moves))])
    result = linprog(-moves.sum(axis=0), A_ub=limits, b_ub=bounds, bounds=(None, None), method="highs")
    if result.status != 0:
        raise ArithmeticError(result.message)
    return np.asarray(result.x, dtype=float) if -result.fun > 0.5 else None


@dataclass
class Estimability:
    """Codes by (histories with persons, model), each worked out once: replicates share most of them."""

    design: Design
    known: dict[tuple[bytes, int], int] = field(default_factory=dict)

    def code(self, seen: bytes, model: int) -> int:
        """`seen` is one byte 0 or 1 for each history."""
        key = (seen, model)
        if key not in self.known:
            self.known[key] = self._code(seen, model)
        return self.known[key]

    def _code(self, seen: bytes, model: int) -> int:
        has = np.frombuffer(seen, dtype=np.uint8).astype(bool)
        left = frame(self.design, has[None, :].astype(float), np.array([model]))
        rows, columns = left.rows[0], left.columns[0]
        wide = int(columns.sum())
        with_persons = self.design.x[rows & has][:, columns]
        if rank(with_persons) == wide:
            return 0
        without = self.design.x[rows & ~has][:, columns]
        exists = escape(with_persons, without) is None
        identifiable = rank(self.design.x[rows][:, columns]) == wide
        return int(not exists) + 2 * int(not identifiable)


def seen_histories(counts: Floats) -> list[bytes]:
    """The key of each table of (B, W) counts."""
    return [row.tobytes() for row in (counts > 0).astype(np.uint8)]
