"""What programs leave beside a table is no part of it; what somebody wrote there is asked about, never left
out."""

from __future__ import annotations

import codecs
import json

import pytest

from exchange.limits import Refused
from tests.cases.spreadsheet import GOOD
from tests.importers import read_persons as read

HEADER = ";".join(GOOD)
LINE = ";".join(GOOD.values())
ROW = list(GOOD.values())


def exported(row: dict[str, str]) -> bytes:
    return json.dumps({"rows": [row], "end": {"rows": 1}}).encode()


def cells(text: str) -> list[list[str]]:
    return [list(row) for _line, row in read(text.encode()).rows]


def test_empty_columns_without_a_name_are_no_columns() -> None:
    assert cells(f"{HEADER};;\n{LINE};;\n") == [ROW]
    assert cells(f";{HEADER}\n;{LINE}\n") == [ROW]


def test_separators_beyond_the_header_are_no_cells() -> None:
    assert cells(f"{HEADER}\n{LINE};;;\n") == [ROW]


def test_a_value_beyond_the_header_stays_so_that_the_row_is_refused() -> None:
    assert cells(f"{HEADER}\n{LINE};stray\n") == [[*ROW, "stray"]]


def test_a_value_in_a_column_without_a_name_is_asked_about() -> None:
    with pytest.raises(Refused, match="Column 1 has no name in the header, but a value on line 2"):
        cells(f";{HEADER}\nstray;{LINE}\n")


def test_a_quoted_hint_of_the_delimiter_is_no_header_either() -> None:
    assert cells(f'"sep=;"\n{HEADER}\n{LINE}\n') == [ROW]


def test_the_mark_of_a_file_that_was_put_behind_another_is_no_text() -> None:
    assert cells(f"\ufeff{HEADER}\n\ufeff{LINE}\n") == [ROW]


def test_json_may_begin_with_a_mark_and_holds_no_control_characters() -> None:
    assert [list(row) for _line, row in read(codecs.BOM_UTF8 + exported(GOOD)).rows] == [ROW]
    for stray in ("\u0000", "\ud800"):
        with pytest.raises(Refused, match="Line 2 holds"):
            list(read(exported({**GOOD, "case": f"A{stray}"})).rows)
