"""The two-list log-linear models over t lists, as arrays.

log mu_w = b_0 + sum_i b_i w_i + sum_{(i,j) in S} b_ij w_i w_j over the 2^t - 1 histories w that can be seen.
A model S is an integer: bit k stands for the k-th pair in the order (1,2), (1,3), …; its columns are 1, the
lists, the pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import bool_, float64, int64
    from numpy.typing import NDArray

    Floats = NDArray[float64]
    Bools = NDArray[bool_]
    Ints = NDArray[int64]


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
    import numpy as np

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
    import numpy as np

    return (models[:, None] >> np.arange(pairs)[None, :] & 1).astype(bool)


def frame(d: Design, counts: Floats, models: Ints) -> Frame:
    """Of counts (B, W) and models (B,)."""
    import numpy as np

    present = counts @ d.holds.T > 0
    inside = chosen(models, len(d.pairs))
    empty = inside & (counts @ d.contains.T == 0)
    gone = (~present).astype(float) @ d.holds + empty.astype(float) @ d.contains
    columns = np.hstack([np.ones((len(counts), 1), dtype=bool), present, inside & ~empty])
    return Frame(gone == 0, columns, columns.sum(axis=1) + empty.sum(axis=1))
