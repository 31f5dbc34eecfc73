"""What a protected publication is still asked about."""

from __future__ import annotations

import pytest

from libs.suppression import concentrated_rows, hidden_share
from libs.suppression.tables import Table
from tests.summaries.small_tables import cross, line, run, with_status


def test_the_hidden_share_counts_inner_cells_that_hold_somebody() -> None:
    table = run(cross("a", "b", {"r": (3, 20, 0), "s": (15, 25, 40)}, ("x", "y", "z"))).tables[0]
    hidden = [cell for cell in table if cell.status == "hidden" and "*" not in cell.key]
    assert hidden_share(table) == pytest.approx(len(hidden) / 5)
    assert len(hidden) >= 2


def test_an_empty_table_has_nothing_hidden() -> None:
    assert hidden_share(Table.from_json(line("a", {"x": 0, "y": 0}))) == 0


def test_a_row_almost_all_in_one_cell_is_named() -> None:
    values = {"r": (45, 5, 0), "s": (44, 6, 0), "t": (5, 0, 0), "u": (4, 0, 0)}
    table = Table.from_json(cross("a", "b", values, ("x", "y", "z")))
    found = {(row.row, row.cell): row.share for row in concentrated_rows(table)}
    assert found == {(("r", "*"), ("r", "x")): 0.9, (("t", "*"), ("t", "x")): 1.0}


def test_a_hidden_cell_names_no_row() -> None:
    table = with_status(cross("a", "b", {"r": (45, 5), "s": (20, 20)}, ("x", "y")), "hidden", ["r", "x"])
    assert not list(concentrated_rows(Table.from_json(table)))
