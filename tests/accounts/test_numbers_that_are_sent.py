"""A number that a page was shown with, and that comes back as whatever somebody sends."""

from __future__ import annotations

import pytest

from accounts.transactions import number_of


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "1.0", " 7", "9" * 5000, "x"])
def test_what_is_no_number_of_ours_is_the_one_that_no_state_has(text: str) -> None:
    assert number_of({"version": text}, "version") == -1
    assert number_of({}, "version") == -1


def test_a_number_is_read() -> None:
    assert number_of({"version": "12"}, "version") == 12
