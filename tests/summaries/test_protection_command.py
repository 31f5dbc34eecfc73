"""`manage.py protect`: a package in, protected tables out, and one sentence where that cannot be."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.summaries.small_tables import line, package, with_status


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(data: bytes, **options: Any) -> Any:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))
        out = io.StringIO()
        call_command("protect", stdout=out, **options)
        return json.loads(out.getvalue())

    return run


def test_the_result_is_the_package_with_statuses_and_its_audit(command: Any) -> None:
    input_ = package(line("a", {"x": 3, "y": 30, "z": 12}))
    result = command(json.dumps(input_).encode(), seconds="5")
    assert set(result) == {"k", "population", "tables", "audit"}
    assert (result["k"], result["population"]) == (5, "2018")
    hidden = with_status(input_["tables"][0], "hidden", ["x"], ["z"])
    expected = [
        {**cell, "value": None if cell["status"] == "hidden" else cell["value"]} for cell in hidden["cells"]
    ]
    assert result["tables"][0]["cells"] == expected
    audit = result["audit"]
    assert (audit["recovered"], audit["under_protected"], audit["primary"], audit["hidden"]) == (0, 0, 1, 2)
    assert audit["method"] == "exact"
    assert audit["seconds"] >= 0


def test_five_is_the_threshold_where_none_is_given(command: Any) -> None:
    input_ = package(line("a", {"x": 4, "y": 30, "z": 12}))
    del input_["k"]
    assert command(json.dumps(input_).encode())["audit"]["primary"] == 1


def test_half_a_character_in_a_name_comes_back_as_it_came(command: Any) -> None:
    table = {**line("a", {"x": 3, "y": 30}), "title": "\ud800"}
    assert command(json.dumps(package(table)).encode())["tables"][0]["title"] == "\ud800"


@pytest.mark.django_db
def test_the_database_is_not_touched(command: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        command(json.dumps(package(line("a", {"x": 3, "y": 30}))).encode())


GOOD = package(line("a", {"x": 3, "y": 30}))
TABLE = GOOD["tables"][0]


def broken(**changes: Any) -> Any:
    return {**GOOD, "tables": [{**TABLE, **changes}]}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"k": ' + b"9" * 5000 + b"}",
        b"[]",
        b"null",
        *(
            json.dumps(value).encode()
            for value in (
                {},
                {**GOOD, "k": 1},
                {**GOOD, "k": "five"},
                {**GOOD, "k": None},
                {**GOOD, "population": None},
                {**GOOD, "tables": {}},
                {**GOOD, "tables": [1]},
                {**GOOD, "tables": [TABLE, TABLE]},
                {**GOOD, "ledger": 5},
                {**GOOD, "ledger": [5]},
                {**GOOD, "ledger": [{"population": "2018", "version": 1}]},
                {**GOOD, "ledger": [{"population": "2018", "version": [], "tables": []}]},
                broken(name=None),
                broken(additive="no"),
                broken(exempt=1),
                broken(rules=[]),
                broken(rules={"named_from": "five"}),
                broken(rules={"named_from": [5]}),
                broken(rules={"named_from": float("inf")}),
                broken(rules={"named_from": 5, "always": 1}),
                broken(rules={"named_from": 5, "always": [["x"]]}),
                broken(dimensions=None),
                broken(dimensions=[{"name": "a", "categories": [1]}]),
                broken(dimensions=TABLE["dimensions"] * 2),
                broken(cells={}),
                broken(cells=[{"key": "x"}]),
                broken(cells=[{"key": [["x"]], "value": 1}]),
                broken(cells=[{"key": ["q"], "value": 1}]),
                broken(cells=[{"key": ["x"], "value": -1}]),
                broken(cells=[{"key": ["x"], "value": 1.5}]),
                broken(cells=[{"key": ["x"], "value": 10**30}]),
                broken(cells=[{"key": ["x"], "value": 5, "status": "secret"}]),
                broken(cells=[{"key": ["x"], "value": 5, "status": ["shown"]}]),
                broken(cells=[{"key": ["x"], "value": None, "status": "shown"}]),
                broken(
                    cells=[
                        {"key": ["x"], "value": 5},
                        {"key": ["y"], "value": 5},
                        {"key": ["*"], "value": 11},
                    ]
                ),
            )
        ),
    ],
)
def test_what_cannot_be_read_is_one_sentence(command: Any, data: bytes) -> None:
    with pytest.raises(CommandError) as error:
        command(data)
    text = str(error.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 300


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "soon", ""])
def test_seconds_that_are_no_time_are_refused(command: Any, seconds: str) -> None:
    with pytest.raises(CommandError, match="seconds must be"):
        command(json.dumps(GOOD).encode(), seconds=seconds)


def test_a_package_too_large_to_solve_is_refused(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.suppression.package.MOST_CELLS", 100)
    huge = line("a", {str(number): 7 for number in range(101)})
    with pytest.raises(CommandError, match="more than 100 cells"):
        command(json.dumps(package(huge)).encode())


def test_an_input_too_large_to_read_is_refused(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("summaries.management.commands.protect.LARGEST_INPUT", 1_000_000)
    with pytest.raises(CommandError, match="larger than 1 megabytes"):
        command(b" " * 1_000_001)
