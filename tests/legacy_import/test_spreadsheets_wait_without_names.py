"""What is kept of a file names nobody and is read as the file itself; corrected rows are known again."""

from __future__ import annotations

import pytest

from encryption.fields import as_bytes, of_bytes
from exchange.sheets import pages
from legacy_import.sheets.reader import Mark, Reading, known_again, read
from legacy_import.sheets.redaction import as_plain, leave, of_plain
from legacy_import.sheets.values import Answers
from tests.legacy_import.hands import Hand, counted_of, hands, vocabulary


@pytest.mark.parametrize("hand", hands(), ids=lambda hand: hand.name)
def test_a_file_without_its_names_is_read_as_the_file_itself(hand: Hand) -> None:
    data, rows = hand.file(2018, seed=1, persons=20)
    sheets, words, name = pages(data, "x"), vocabulary(), f"{hand.name} 2018.{hand.ending}"
    whole = read(sheets, words, Answers(), name)
    behind = leave(sheets, whole, words, Answers())
    kept = of_plain(of_bytes(as_bytes(as_plain(behind.pages))))
    again = read(kept, words, Answers(behind.answers), name)
    assert keys(again) == keys(whole)
    assert counted_of(again.persons) == counted_of(whole.persons)
    assert not [text for text in (*(row.name for row in rows if row.name), "väninna") if text in repr(kept)]


def keys(reading: Reading) -> tuple[list[str], set[str]]:
    return [person.key for person in reading.persons], {question.key for question in reading.questions}


def test_a_name_outside_a_table_and_a_number_in_a_cell_are_hidden() -> None:
    lines = ["Datum;Kön;Syfte;Land", "2018-01-02;kvinna 19850101-1234;sex;Polen"]
    lines += [
        "2018-02-02;flicka;sex;Polen",
        "2018-03-02;kvinna;sex;Polen",
        "",
        "Frågor till anna.prov@example.org",
    ]
    sheets = pages("\n".join(lines).encode(), "Skåne 2018")
    behind = leave(sheets, read(sheets, vocabulary(), Answers(), "x"), vocabulary(), Answers())
    assert behind.hidden == 2
    assert not [text for text in ("19850101", "anna.prov") if text in repr(behind.pages)]


def marks(*rows: tuple[str, str], numbered: bool = False) -> list[Mark]:
    return [Mark(key, numbered, tuple(says.split())) for key, says in rows]


BEFORE = marks(("a", "F PL sex 03"), ("b", "F RO sex 04"), ("c", "M NG arbete 05"))


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (marks(("a", "F PL sex 03"), ("x", "F HU sex 04"), ("c", "M NG arbete 05")), {"x": "b"}),
        (
            marks(("a", "F PL sex 03"), ("x", "M HU krig 09"), ("c", "M NG arbete 05")),
            {},
        ),  # says another thing
        (
            marks(("x", "F HU sex 03"), ("y", "F HU sex 04"), ("z", "M HU arbete 05")),
            {},
        ),  # another year's sheet
        (
            marks(("a", "F PL sex 03"), ("c", "M NG arbete 05"), ("x", "F HU sex 04")),
            {},
        ),  # it stands elsewhere
    ],
)
def test_a_corrected_row_is_known_by_its_neighbours(now: list[Mark], found: dict[str, str]) -> None:
    assert known_again(BEFORE, now) == found


def test_a_row_with_a_number_of_its_own_is_known_by_it_alone() -> None:
    now = marks(("a", "F PL sex 03"), ("x", "F HU sex 04"), ("c", "M NG arbete 05"), numbered=True)
    assert known_again(BEFORE, now) == {}
