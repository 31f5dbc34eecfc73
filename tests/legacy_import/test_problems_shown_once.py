"""A problem is said once, by the column's own name, with all lines that have it."""

from __future__ import annotations

import pytest
from django.utils import translation

from legacy_import.sentences import SheetShown

FAULT = [2, "sector", "", "sector_missing", {}]


@pytest.mark.django_db
def test_one_line_for_all_rows_with_the_same_problem() -> None:
    texts = {"plan": {"warnings": [[9, FAULT]] * 8 + [[10, FAULT], [14, FAULT]]}}
    with translation.override("sv"):
        shown = SheetShown(texts).warnings
    assert [(line, column) for line, column, _value, _said in shown] == [("9-10, 14", "Bransch")]
