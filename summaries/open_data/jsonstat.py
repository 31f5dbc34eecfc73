"""A table as a JSON-stat 2.0 dataset. Pure: what is returned is written by exchange.writing.

What is not shown is null among the values, and its `status` says why: x hidden, .. not available.
"""

from __future__ import annotations

from typing import Any, Final

from summaries.open_data.table import Axis, OpenTable
from summaries.tables import Status

LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
SYMBOLS: Final = {Status.HIDDEN: "x", Status.MISSING: ".."}


def dataset(one: OpenTable) -> dict[str, Any]:
    axes = [*one.axes, one.time]
    cells = list(one.cells())
    return {
        "version": "2.0",
        "class": "dataset",
        "label": one.title,
        "source": one.source,
        "updated": one.updated.partition(" ")[0],
        "note": list(one.notes),
        "link": {"license": [{"type": "text/html", "href": LICENCE}]},
        "id": [axis.name for axis in axes],
        "size": [len(axis.categories) for axis in axes],
        "role": {"time": ["year"]},
        "dimension": {axis.name: _dimension(axis) for axis in axes},
        "value": [cell.value for cell in cells],
        "status": {str(at): SYMBOLS[cell.status] for at, cell in enumerate(cells) if cell.status in SYMBOLS},
        "extension": {
            "table": one.name,
            "version": one.version,
            "state": one.state,
            "unit": one.unit,
            "symbols": dict(zip(SYMBOLS.values(), one.symbols, strict=True)),
            "left_out": one.table.left_out,
            "contact": one.contact,
            "demo": one.demo,
            **({"so_far": one.so_far} if one.so_far else {}),
        },
    }


def _dimension(axis: Axis) -> dict[str, Any]:
    labels = dict(zip(axis.codes, axis.labels, strict=True))
    return {"label": axis.label, "category": {"index": list(axis.codes), "label": labels}}
