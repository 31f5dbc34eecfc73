"""What `bench.under_load` looks for after a day on which all went wrong it finds, where it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench._load_clients import Answer, Log
from bench.under_load import PLANTED, Day
from tests.postgres import Cluster

pytestmark = pytest.mark.once


@pytest.fixture
def day(tmp_path: Path) -> Day:
    (tmp_path / "log").write_text("LOG:  checkpoint complete\n")
    made = Day(Cluster(tmp_path, {}), tmp_path, seconds=60)
    made.away = (10.0, 20.0)
    return made


def test_a_fact_in_a_log_is_found_however_it_is_written(day: Day, tmp_path: Path) -> None:
    assert len(PLANTED) == 40
    assert list(day.told()) == []
    (tmp_path / "node0.log").write_text(
        r"q=oxi.hemlig@privat.example gr\u00f6nm\u00e5lad Fj%C3%A4llstj%C3%A4rna"
    )
    found = " ".join(day.told())
    assert "oxi.hemlig" in found
    assert "grönmålad" in found
    assert "Ragnhild Fjällstjärna" in found


def test_what_is_lost_or_doubled_and_a_5xx_while_the_database_is_there_are_faults(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [Answer(9, 11, 0, "look", 503), Answer(1, 2, 0, "look", 500), Answer(21, 22, 1, "call", 502)]
    log = Log(answers, {"call": {"a", "b", "c"}}, {"case": ({"note kvzb", "note kvzc"}, "note kvzc")})
    (wrong, kinds) = day.answered(log, 60)
    assert wrong.startswith("2 answers of 5xx")
    assert kinds.startswith("not every kind")

    def counted(*_words: Any) -> str:
        return '{"marks": {"call": {"a": 1, "b": 2}}, "notes": {"case": "note kvzb"}}'

    monkeypatch.setattr(day, "python", counted)
    assert list(day.lost(log)) == ["call: 1 lost, 1 doubled", "edit: 1 lost"]
