"""What `bench.under_load` looks for after a day on which all went wrong it finds, where it is there."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path
from typing import Any

import pytest

from bench._load_clients import Answer, Log, Worker
from bench.under_load import PLANTED, Day
from tests.postgres import Cluster


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


@pytest.mark.parametrize("kind", ["call", "case", "reminder", "edit"])
def test_a_redirect_acknowledges_a_write_only_where_it_leads_to_what_was_made(kind: str) -> None:
    """One to the sign-in page, to the terms or to another case has kept nothing."""
    mine, other = str(uuid.uuid4()), str(uuid.uuid4())
    right = {"call": f"/calls/{other}/saved/", "case": f"/cases/{other}/"}.get(kind, f"/cases/{mine}/")
    wrong = [
        "/", "/calls/", "/cases/", f"/accounts/login/?next={right}", "/account/terms/",
        f"{right}edit/", f"/calls/{other}/", f"/cases/{mine}/suspects/",
    ]  # fmt: skip
    if kind in ("edit", "reminder"):
        wrong.append(f"/cases/{other}/")
    log = Log()

    class Answered(Worker):
        def ask(self, method: str, path: str, kind: str, body: str = "") -> Answer:
            page = 'name="csrfmiddlewaretoken" value="t" name="version" value="1"'
            return Answer(0, 1, 0, kind, 302, page, led)

    who = {"number": "0", "case": mine, "cookie": "a=b"}
    facts: dict[str, Any] = {"call": {}, "case": {}, "edit": {}}
    worker = Answered(who, [1], log, threading.Event(), facts, PLANTED, 0)
    acts = {"call": worker.call, "case": worker.register, "reminder": worker.remind, "edit": worker.edit}
    for led in wrong:
        acts[kind]()
        assert not log.kept, led
        assert not any(last for _sent, last in log.edited.values()), led
    led = right
    acts[kind]()
    assert [*log.kept] == ([] if kind == "edit" else [kind])
    assert bool(log.edited.get(mine)) == (kind == "edit")


def test_who_is_sent_to_sign_in_is_a_fault(day: Day) -> None:
    log = Log([Answer(1, 2, 0, "look", 302, to="/accounts/login/?next=/cases/")])
    assert "1 were sent away" in next(iter(day.answered(log, 60)))
