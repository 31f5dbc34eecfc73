"""No cell of an export begins a formula, and every cell comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from exchange.xlsx_writer import defuse, restore

pieces = st.sampled_from(
    [*"=+-@;'\t\n\r a1", "＝", "＋", "－", "＠", "\u200b", "\ufeff", "\u3164", "\u00ad", "\u3000"]
)
texts = st.lists(pieces, max_size=8).map("".join)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1",
      "\u200b=1", "\ufeff=1", "\u00ad=1", "\u2060+1", "\u3164=1",
     "＝1+1", "－1", "＋1", "＠x", "\u3000＝1", "x;=1;y", "x\n=1", "x\t=1", "''=1", "\U000e0020=1"],
)  # fmt: skip
def test_a_formula_becomes_text(text: str) -> None:
    shown = defuse(text)
    assert shown != text
    for part in shown.replace("\r", ";").replace("\n", ";").replace("\t", ";").split(";"):
        assert part.strip("\u200b\ufeff\u00ad\u2060\u3164\u3000\U000e0020 ")[:1] not in set("=+-@＝－＋＠")


@pytest.mark.parametrize(
    "text", ["", "Göteborg", "it's", "2018-05-02", "0-6", "a = b", "18+", "V-2018-0012", "'quoted'"]
)
def test_what_is_no_formula_stays(text: str) -> None:
    assert defuse(text) == text


@given(texts)
def test_every_text_comes_back(text: str) -> None:
    assert restore(defuse(text)) == text
