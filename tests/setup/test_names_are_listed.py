"""The names that the scanner knows are listed where the register is installed, of what has been pinned."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.checks import run_checks
from faker.providers.person.sv_SE import Provider

from cases.scanner import name_words
from cases.scanner.name_words import LISTED, ORDINARY, plain
from scripts import names


def test_the_list_has_the_names_of_a_locale_and_ours_but_no_ordinary_word(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    names.list_names(file)
    made_of, first, last = (line.split() for line in file.read_text("utf-8").splitlines())
    assert len(made_of) == 1
    women = {plain(name) for name in Provider.first_names_female if "-" not in name and len(name) > 2}
    assert women - ORDINARY <= set(first)
    assert "andersson" in last
    assert {"osayuwa", "bo"} <= set(first)  # one of ours; and one of two letters
    assert not ORDINARY & {*first, *last} - names.SHORT


def test_the_list_is_made_again_only_where_it_was_made_of_something_else(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    names.list_names(file)
    made = file.stat().st_mtime_ns
    names.list_names(file)
    assert file.stat().st_mtime_ns == made
    whole = file.read_text("utf-8")
    file.write_text(f"0{whole[1:]}", "utf-8")
    names.list_names(file)
    assert file.read_text("utf-8").partition("\n")[0] == whole.partition("\n")[0]


def test_a_register_without_the_list_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert LISTED.exists()
    assert "nmt_site.E003" not in found()
    monkeypatch.setattr(name_words, "LISTED", tmp_path / "names.txt")
    assert "nmt_site.E003" in found()


def found() -> set[str | None]:
    return {check.id for check in run_checks(tags=["security"], include_deployment_checks=True)}
