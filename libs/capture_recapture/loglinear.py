"""The code of every two-list model over a table at once.

What one test says of many models is used: histories with persons never leave the design, so a model whose
pairs they identify alone has code 0 whatever empty overlaps it holds; leaving out a pair keeps a model
identifiable; and a direction in which one likelihood rises for ever does so in every model that has its pairs
and histories.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from libs.capture_recapture.design import ZERO, Design, chosen, escape

if TYPE_CHECKING:
    from libs.capture_recapture.design import Bools, Floats, Ints

CHUNK = 2048


@dataclass(frozen=True, eq=False)
class _Table:
    """Every list has persons. `empty` are the pairs that nobody is in."""

    design: Design
    seen: Bools  # (W,)
    empty: Bools  # (P,)

    def columns(self, models: Ints) -> Bools:
        """(B, K)"""
        import numpy as np

        base = np.ones((len(models), 1 + self.design.lists), dtype=bool)
        return np.hstack([base, chosen(models, len(self.empty)) & ~self.empty])

    def rows(self, models: Ints) -> Bools:
        """(B, W)"""
        import numpy as np

        gone = (chosen(models, len(self.empty)) & self.empty).astype(float) @ self.design.contains
        return np.asarray(gone == 0)

    def full_rank(self, models: Ints, *, only_seen: bool) -> Bools:
        """(B,): the columns are independent, over the histories with persons or over all that remain."""
        import numpy as np

        result = np.zeros(len(models), dtype=bool)
        for start in range(0, len(models), CHUNK):
            part = models[start : start + CHUNK]
            columns = self.columns(part)
            rows = np.broadcast_to(self.seen, (len(part), len(self.seen))) if only_seen else self.rows(part)
            gram = (rows.astype(float) @ self.design.unions)[:, self.design.joint]
            gram *= columns[:, :, None] & columns[:, None, :]
            corner = np.arange(self.design.width)
            gram[:, corner, corner] += ~columns
            result[start : start + CHUNK] = np.linalg.eigvalsh(gram)[:, 0] > ZERO
        return result


def every_code(d: Design, counts: Floats) -> Ints:
    """(2^P,): the code of every model, of W counts with no empty list."""
    import numpy as np

    table = _Table(d, counts > 0, d.contains @ counts == 0)
    models = np.arange(2 ** len(d.pairs))
    plain = models & ~_bits(table.empty)
    firm = _closed(table, np.unique(plain), only_seen=True)
    open_models = models[~np.isin(plain, firm)]
    codes = np.zeros(len(models), dtype=np.int64)
    if len(open_models):
        identified = _closed(table, open_models, only_seen=False)
        codes[open_models] += np.where(np.isin(open_models, identified), 0, 2)
        codes[open_models] += _without_maximum(table, open_models)
    return codes


def _bits(pairs: Bools) -> int:
    return sum(1 << k for k, inside in enumerate(pairs) if inside)


def _closed(table: _Table, models: Ints, *, only_seen: bool) -> Ints:
    """Those of the models that have full rank. All have it if the largest has; else level by level upwards,
    as a model fails with any of the smaller ones it contains."""
    import numpy as np

    largest = models[np.argmax(np.bitwise_count(models))]
    if (models & ~largest == 0).all() and table.full_rank(np.array([largest]), only_seen=only_seen)[0]:
        return models
    failed = np.zeros(2 ** len(table.empty), dtype=bool)
    level = np.bitwise_count(models)
    for size in range(int(level.max()) + 1):
        here = models[level == size]
        doomed = np.zeros(len(here), dtype=bool)
        for k in range(len(table.empty)):
            doomed |= (here >> k & 1).astype(bool) & failed[here & ~(1 << k)]
        failed[here[doomed]] = True
        left = here[~doomed]
        failed[left] = ~table.full_rank(left, only_seen=only_seen)
    return models[~failed[models]]


def _without_maximum(table: _Table, models: Ints) -> Ints:
    """(B,): 1 where the likelihood has no maximum."""
    import numpy as np

    bits = _bits(table.empty)
    unknown = np.ones(len(models), dtype=bool)
    answer = np.zeros(len(models), dtype=np.int64)
    rows = table.rows(models)
    order = np.argsort(-np.bitwise_count(models & ~bits).astype(int), kind="stable")
    for b in order:
        if not unknown[b]:
            continue
        model = models[b]
        way = _escape(table, model, rows[b])
        if way is None:
            unknown &= ~((models & bits == model & bits) & (models & ~model == 0))
            continue
        climbs, falls, pairs = way
        doomed = (models & pairs == pairs) & ~(rows & falls).any(axis=1) & (rows & climbs).any(axis=1)
        answer[doomed] = 1
        unknown &= ~doomed
    return answer


def _escape(table: _Table, model: int, rows: Bools) -> tuple[Bools, Bools, int] | None:
    """A direction of ascent: the histories it raises and lowers in the whole design, and the pairs it
    uses."""
    import numpy as np

    columns = table.columns(np.array([model]))[0]
    x = table.design.x
    found = escape(x[rows & table.seen][:, columns], x[rows & ~table.seen][:, columns])
    if found is None:
        return None
    direction = np.zeros(table.design.width)
    direction[columns] = found
    direction /= np.abs(direction).max()
    direction[np.abs(direction) < ZERO] = 0
    moves = x @ direction
    return moves > ZERO, moves < -ZERO, _bits(direction[1 + table.design.lists :] != 0)
