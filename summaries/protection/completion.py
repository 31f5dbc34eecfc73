"""Values that nobody told: a figure sent as hidden, without its value, gets one that fits all the others."""

from __future__ import annotations

from collections.abc import Sequence

from summaries.tables import TableError

Row = tuple[
    tuple[tuple[int, int], ...], bool
]  # ((variable, sign), ...) and whether it is = 0 rather than >= 0


def completed(values: Sequence[int | None], rows: Sequence[Row], k: int) -> list[int]:
    """The smallest whole numbers from 1 that keep every relation. Raises TableError where there are none."""
    unknown = [number for number, value in enumerate(values) if value is None]
    known = [value for value in values if value is not None]
    if not unknown:
        return known
    filled = iter(_smallest(unknown, values, rows, largest=sum(known) + k))
    return [next(filled) if value is None else value for value in values]


def _smallest(
    unknown: Sequence[int], values: Sequence[int | None], rows: Sequence[Row], largest: int
) -> list[int]:
    import numpy as np
    from scipy.sparse import lil_matrix

    from summaries.protection.whole import WholeProgramme, cheapest

    column = {number: place for place, number in enumerate(unknown)}
    touched = [row for row in rows if any(number in column for number, _ in row[0])]
    matrix, right = lil_matrix((len(touched), len(unknown))), np.zeros(len(touched))
    for place, (terms, _) in enumerate(touched):
        for number, sign in terms:
            if number in column:
                matrix[place, column[number]] = sign
            else:
                right[place] -= sign * (values[number] or 0)
    ones = np.ones(len(unknown))
    above = np.where([equal for _, equal in touched], right, np.inf)
    found = cheapest(WholeProgramme(ones, matrix, right, above, ones, ones * largest)).point
    if found is None:
        raise TableError("The sums around the hidden cells that have no value contradict one another.")
    return [round(value) for value in found]
