"""A chart names its bars as its table does."""

from __future__ import annotations

import pytest
from django.utils import translation

from cases.rules.persons import GROUPS
from libs.suppression.tables import Cell, Dimension, Status, Table
from summaries.chart_choice import chart_of
from summaries.counting.reference import Labels, Reference

pytestmark = pytest.mark.django_db


def test_an_unknown_purpose_is_not_called_an_unknown_group() -> None:
    """Both dimensions have an "unknown", and only the first of them is drawn."""
    rows = ("sexual", "unknown")
    cells = [Cell((row, group), 3, Status.SHOWN) for row in rows for group in (*GROUPS, "*")]
    dimensions = (Dimension("purpose_combination", rows), Dimension("group", GROUPS))
    table = Table("purpose_combination", "", dimensions, tuple(cells))
    with translation.override("en"):
        chart = chart_of(table, Labels(Reference.load()), title="By purposes", source="The register")
    assert chart is not None
    assert ">Unknown purpose<" in chart.svg
    assert ">Unknown<" not in chart.svg
