"""A golden file that is no longer true is told with what has changed; none but two tell where in the code it
is."""

from __future__ import annotations

import re
from typing import Final

import pytest

from scripts.golden import changed
from tests.ours import APPS
from tests.outside.golden import MAX_LENGTH, SHOWN, difference
from tests.outside.kinds import KINDS, NAMES_APPS

# Not these: they are what some events of the audit log are about.
APP: Final = re.compile(rf"\b(?:{'|'.join(set(APPS) - {'audit', 'retention'})})[.:][a-z_]+")


def test_what_is_outside_does_not_tell_in_which_app_it_is() -> None:
    """So that nothing here changes when something moves to another app."""
    texts = {kind.name: APP.findall(kind.stored().decode()) for kind in KINDS if kind.name not in NAMES_APPS}
    assert {name: found for name, found in texts.items() if found} == {}


def test_what_names_an_app_would_be_found() -> None:
    said = "cases.case  cases.models.Person  summaries:year  <class 'accounts.models.User'>  /cases/ agencies: code"  # noqa: E501
    assert APP.findall(said) == ["cases.case", "cases.models", "summaries:year", "accounts.models"]


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (b"one\ntwo\n", b"one\ntwo\nthree\n", ["+three"]),
        (b"one\ntwo\n", b"one\n", ["-two"]),
        (b"one\ntwo\n", b"one\nthree\n", ["-two", "+three"]),
        (b"", b"one\n", ["+one"]),
    ],
)
def test_a_difference_shows_what_is_gone_and_what_is_new(before: bytes, now: bytes, said: list[str]) -> None:
    first, *lines = difference("columns-in.txt", before, now).splitlines()
    assert "tests/golden/columns-in.txt" in first
    assert "make golden" in first
    assert lines == said


def test_a_long_difference_is_shortened() -> None:
    lines = "".join(f"{number} {'x' * 999}\n" for number in range(SHOWN + 9)).encode()
    parts = difference("sha256.txt", b"", lines).splitlines()
    assert parts[-1] == "… and 9 lines more"
    assert len(parts) == SHOWN + 2
    assert max(map(len, parts[1:])) <= MAX_LENGTH


def test_bytes_that_read_the_same_are_a_difference_too() -> None:
    assert "the bytes differ" in difference("public.csv", b"one\r\n", b"one\n")
    assert difference("public.csv", b"one\r\n", b"one\r\n") == ""


def test_renewing_names_the_files_that_have_changed() -> None:
    before = {"a.txt": b"1", "b.txt": b"1", "c.txt": b"1"}
    assert changed(before, {"a.txt": b"1", "b.txt": b"2", "d.txt": b"1"}).endswith(": b.txt, c.txt, d.txt.")
    assert "as it is" in changed(before, before)
