"""A table is read as it was meant, or refused with one sentence."""

from __future__ import annotations

import pytest

from libs.capture_recapture import CaptureTable, CaptureTableError

EXPECTED = CaptureTable(("A", "B"), ((1, 40), (2, 30), (3, 6)))

SAME = {
    "plain": "A,B,count\n1,0,40\n0,1,30\n1,1,6\n",
    "semicolons": "A;B;count\n1;0;40\n0;1;30\n1;1;6\n",
    "tabs": "A\tB\tcount\n1\t0\t40\n0\t1\t30\n1\t1\t6\n",
    "byte order mark": "\ufeffA,B,count\n1,0,40\n0,1,30\n1,1,6\n",
    "carriage returns": "A,B,count\r\n1,0,40\r\n0,1,30\r\n1,1,6\r\n",
    "blank lines": "\n\nA,B,count\n\n1,0,40\n , ,\n0,1,30\n\n1,1,6\n\n",
    "spaces": " A , B , count \n 1 , 0 , 40 \n0,1,30\n1,1,6\n",
    "quotes": '"A","B","count"\n"1","0","40"\n"0","1","30"\n1,1,"6"\n',
    "capitals": "A,B,Count\n1,0,40\n0,1,30\n1,1,6\n",
    "shouting": "A,B,COUNT\n1,0,40\n0,1,30\n1,1,6\n",
    "other order of rows": "A,B,count\n1,1,6\n1,0,40\n0,1,30\n",
    "a history in two rows": "A,B,count\n1,0,30\n0,1,30\n1,1,6\n1,0,10\n",
    "histories of nobody": "A,B,count\n1,0,40\n0,1,30\n1,1,6\n0,0,0\n",
    "whole numbers written otherwise": "A,B,count\n1,0,4e+01\n0,1,30.0\n1,1,006\n",
    "a delimiter at the end": "A,B,count,\n1,0,40,\n0,1,30,\n1,1,6,\n",
    "no newline at the end": "A,B,count\n1,0,40\n0,1,30\n1,1,6",
}

UNREADABLE = {
    "": "empty",
    "\n \n": "empty",
    "A,B\n1,0\n": "exactly one column named count",
    "A,B,number\n1,0,4\n": "exactly one column named count",
    "count,A,count\n1,0,4\n": "exactly one column named count",
    "count\n4\n": "no column for a list",
    "A,,count\n1,0,4\n": "no name",
    "A,A,count\n1,0,4\n": "same name",
    "A,B,count\n1,0\n": "Line 2 has 2 columns, and the header 3",
    "A,B,count\n1,0,4\n1,0,4,5\n": "Line 3 has 4 columns",
    "A,B,count\n1,0,\n": "Line 2 has 2 columns",
    "A,B,count\n1,,4\n": "something else than 0 or 1",
    "A,B,count\n1,2,4\n": "something else than 0 or 1",
    "A,B,count\n1,yes,4\n": "something else than 0 or 1",
    "A,B,count\n1,-1,4\n": "something else than 0 or 1",
    "A,B,count\n1,0,4.5\n": "not a whole number",
    "A,B,count\n1,0,1e-3\n": "not a whole number",
    "A,B,count\n1,0,-4\n": "negative",
    "A,B,count\n1,0,four\n": "not a number",
    "A,B,count\n1,0,NaN\n": "not a number",
    "A,B,count\n1,0,inf\n": "not a number",
    "A,B,count\n1,0,1_000\n": "not a number",
    'A;B;count\n1;0;"4,5"\n': "not a number",
    "A,B,count\n1,0,٤\n": "not a number",
    "A,B,count\n1,0,1e300\n": "more than 1,000,000,000,000",
    "A,B,count\n1,0,999999999999\n0,1,999999999999\n": "add up to more",
    "A,B,count\n1,0,4\n0,0,7\n": "Line 3 counts persons on no list",
    'A,B,count\n1,0,"4\n': "not a row of a CSV file",
    "A,B,count\n1,0,4\x00\n": "not",
    "{}": "exactly one column named count",
}


@pytest.mark.parametrize("how", SAME)
def test_a_table_is_the_same_however_it_is_written(how: str) -> None:
    assert CaptureTable.from_csv(SAME[how]) == EXPECTED


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_is_told_in_one_sentence(text: str) -> None:
    with pytest.raises(CaptureTableError) as caught:
        CaptureTable.from_csv(text)
    assert UNREADABLE[text] in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_header_without_rows_is_a_table_without_persons() -> None:
    assert CaptureTable.from_csv("A,B,C,count\n") == CaptureTable(("A", "B", "C"), ())


def test_names_keep_their_letters_and_their_commas() -> None:
    assert CaptureTable.from_csv('Länsstyrelse;"Polis, gräns";count\n1;0;4\n').lists == (
        "Länsstyrelse",
        "Polis, gräns",
    )
