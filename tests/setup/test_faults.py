"""The list of faults that `python -m tests.faults` plants can be planted: it is run by hand, seldom, and the
code goes on."""

from __future__ import annotations

import ast
from collections import Counter

from tests.faults import ROOT, apps, before, faults

SOURCES = {fault.file: (ROOT / fault.file).read_text(encoding="utf-8") for fault in faults()}


def test_the_text_of_each_fault_stands_in_its_file_exactly_once() -> None:
    times = {fault.name: SOURCES[fault.file].count(fault.was) for fault in faults()}

    assert {name: number for name, number in times.items() if number != 1} == {}


def test_a_planted_fault_is_python_and_not_what_stood_there() -> None:
    planted = {one: one.planted(SOURCES[one.file]) for one in faults()}

    assert [one.name for one, source in planted.items() if source == SOURCES[one.file]] == []
    for fault, source in planted.items():
        if fault.file.endswith(".py"):
            ast.parse(source, fault.name)


def test_there_are_at_least_fifty_and_two_in_each_app() -> None:
    by_app = Counter(fault.app for fault in faults())

    assert by_app.total() >= 50
    assert [app for app in apps() if by_app[app] < 2] == []


def test_eight_or_more_are_for_postgresql_alone() -> None:
    assert len([fault for fault in faults() if fault.on == "postgresql"]) >= 8


def test_no_two_faults_have_one_name() -> None:
    names = [fault.name for fault in faults()]

    assert sorted(set(names)) == sorted(names)


def test_every_fault_that_was_looked_for_was_found() -> None:
    found = before()

    assert [name for name, test in found.items() if not test] == []
    assert found.keys() <= {fault.name for fault in faults()}
