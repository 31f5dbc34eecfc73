"""One passage through the days finds what comparing every two records finds, and remembers what was near."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from bench.similarity import blocks, register, worth_asking
from cases.duplicates import blocking, scoring
from cases.duplicates.blocking import SPAN, BlockedRecord, Blocking, Weights
from cases.duplicates.scoring import (  # fmt: skip
    AGES,
    NO_SHARES,
    PARTS,
    Record,
    Shares,
    compare,
    drift,
    limit_of,
    shares_of,
)
from tests.cases.alike import may_be_one
from tests.weights import examples

FIRST = date(2018, 1, 1)
MANY = settings(max_examples=examples(30, 400), deadline=None)
codes = st.frozensets(st.sampled_from(["RO", "MN", "ZZ"]), max_size=2)
entries = st.builds(
    BlockedRecord,
    st.builds(
        Record,
        key=st.uuids().map(str),
        case=st.sampled_from(["", "A", "B"]),
        identified_on=st.integers(0, 400).map(lambda days: FIRST + timedelta(days)),
        county=st.sampled_from(["", "14", "21"]),
        sex=st.sampled_from(["F", "M", "U"]),
        child=st.sampled_from(["yes", "no", "unknown"]),
        age_class=st.sampled_from(["", "unknown", *AGES[4:7]]),
        citizenships=codes,
        purposes=st.frozensets(st.sampled_from(["sexual", "begging", "unknown"]), max_size=2),
        references=st.frozensets(st.sampled_from(["r1", "r2"]), max_size=2),
    ),
    region=st.sampled_from(["V", "SY"]),
    fresh=st.sampled_from([True, True, False]),
)
registers = st.lists(entries, max_size=14)
counted = st.builds(
    Shares,
    st.fixed_dictionaries(
        {
            "citizenship": st.dictionaries(st.sampled_from(["RO", "MN"]), st.integers(0, 2_000)),
            "county": st.dictionaries(st.sampled_from(["14", "21"]), st.integers(0, 2_000)),
            "age_class": st.dictionaries(st.sampled_from(AGES[4:7]), st.integers(0, 2_000)),
            "sex": st.dictionaries(st.sampled_from(["F", "M"]), st.integers(0, 2_000)),
            "purposes": st.dictionaries(st.sampled_from(["sexual", "begging"]), st.integers(0, 2_000)),
            "purposes F": st.dictionaries(st.sampled_from(["sexual", "begging"]), st.integers(0, 2_000)),
        }
    ),
)


def blocked(register: list[BlockedRecord], shares: Shares) -> tuple[dict[frozenset[str], float], Blocking]:
    """Return the score of each pair that is found."""
    passage, found = Blocking(shares), []
    in_order = sorted(register, key=lambda entry: entry.record.identified_on or FIRST)
    having = defaultdict(list)
    for entry in in_order:
        for reference in entry.record.references:
            having[reference].append(entry)
    for reference in sorted(having):
        found += passage.of_one_reference(reference, having[reference])
    for entry in in_order:
        list(passage.passed(entry.record.identified_on))
        found += passage.meet(entry)
    scores = {frozenset({pair.one.record.key, pair.other.record.key}): pair.score for pair in found}
    assert len(found) == len(scores)  # each once
    return scores, passage


def candidates(register: list[BlockedRecord]) -> list[tuple[BlockedRecord, BlockedRecord]]:
    """Every two that share a block, may be one person, and have not been compared before."""
    everybody = [entry.record for entry in register]
    return [
        (entry, other)
        for entry, other in combinations(register, 2)
        if blocks(entry.record) & blocks(other.record)
        and may_be_one(entry.record, other.record, everybody)
        and (entry.fresh or other.fresh)
    ]


@MANY
@given(registers, counted)
def test_what_is_found_is_what_comparing_every_pair_finds(
    register: list[BlockedRecord], shares: Shares
) -> None:
    expected = {}
    for entry, other in candidates(register):
        similarity = compare(entry.record, other.record, shares)
        if worth_asking(similarity, across_regions=entry.region != other.region):
            expected[frozenset({entry.record.key, other.record.key})] = similarity.score
    assert blocked(register, shares)[0] == expected


@MANY
@given(registers, counted)
def test_one_of_each_pair_that_is_not_found_remembers_how_near_it_was(
    register: list[BlockedRecord], shares: Shares
) -> None:
    found, _passage = blocked(register, shares)
    for entry, other in candidates(register):
        if frozenset({entry.record.key, other.record.key}) not in found:
            short = limit_of(entry.region, other.region) - compare(entry.record, other.record, shares).score
            assert min(entry.margin, other.margin) <= short


@MANY
@given(registers, counted, counted)
def test_no_score_rises_by_more_than_the_shares_have_drifted(
    register: list[BlockedRecord], before: Shares, now: Shares
) -> None:
    most = max((len(entry.record.purposes) for entry in register), default=0)
    risen = drift(before, now, purposes=most)
    for one, other in combinations(register, 2):
        scores = [compare(one.record, other.record, shares).score for shares in (before, now)]
        assert scores[1] - scores[0] <= risen + 0.011  # both are rounded
    assert drift(before, before, purposes=most) == 0


@given(entries, entries, counted)
def test_what_is_weighed_beside_the_day_is_the_rest_of_the_comparison(
    one: BlockedRecord, other: BlockedRecord, shares: Shares
) -> None:
    """By the words that the weights are kept under: a part that looked at more of a record would be seen
    here."""
    weights = Weights(shares)
    words = [weights.words(entry.record) for entry in (one, other)]
    kept = [row[word] for row, word in zip(weights.rows(words[0]), words[1], strict=True)]
    names = [name for name in PARTS if name not in {"reference", "identified_on"}]
    assert kept == [PARTS[name](one.record, other.record, shares) or 0.0 for name in names]


def test_a_word_stands_for_all_that_its_part_looks_at() -> None:
    """Records that have the word of another in each fact weigh the same, whatever else they hold."""
    rng = random.Random(3)
    records = register(300, 3)[0]
    shares, weights = shares_of(records), Weights(shares_of(records))
    for _pair in range(3_000):
        record, other = rng.sample(records, 2)
        words = weights.words(record), weights.words(other)
        kept = sum(row[word] for row, word in zip(weights.rows(words[0]), words[1], strict=True))
        beside = [
            part(record, other, shares) or 0.0
            for name, part in PARTS.items()
            if name not in {"reference", "identified_on"}
        ]
        assert kept == pytest.approx(sum(beside))


def test_on_an_invented_register_few_pairs_are_compared_and_none_is_lost() -> None:
    records = register(250, 42)[0]
    rng, shares = random.Random(1), shares_of(records)
    known = [BlockedRecord(record, rng.choice("VS")) for record in records]
    worth = {
        frozenset({entry.record.key, other.record.key}): found.score
        for entry, other in candidates(known)
        if worth_asking(
            found := compare(entry.record, other.record, shares), across_regions=entry.region != other.region
        )
    }
    found, passage = blocked(known, shares)
    assert found == worth
    assert passage.compared < 1.2 * len(found)


def test_memory_holds_the_records_of_some_months_and_no_pairs() -> None:
    """As many years again hold no more records at one time."""

    def most_held(years: int) -> int:
        passage, most = Blocking(NO_SHARES), 0
        for day in range(0, 365 * years, 2):
            entry = BlockedRecord(
                Record(str(day), identified_on=FIRST + timedelta(day), citizenships=frozenset({"RO"})), "V"
            )
            list(passage.passed(entry.record.identified_on))
            passage.meet(entry)
            most = max(most, len(passage._line))
        return most

    assert most_held(2) == most_held(4) == SPAN // 2 + 1


def test_who_has_been_passed_is_forgotten_altogether() -> None:
    passage = Blocking(NO_SHARES)
    entry = BlockedRecord(Record("a", identified_on=FIRST, citizenships=frozenset({"RO"})), "V")
    passage.meet(entry)
    assert list(passage.passed(FIRST + timedelta(SPAN))) == []
    assert list(passage.passed(FIRST + timedelta(SPAN + 1))) == [entry]
    assert not passage._line
    assert not passage._groups
    assert not any(passage._by_kind.values())


def test_any_fact_that_is_compared_makes_another_digest() -> None:
    entry = BlockedRecord(
        Record("a", "A", FIRST, "14", "F", "no", "25-34", frozenset({"RO"}), frozenset({"begging"})), "V"
    )
    values = {
        "case": "B", "identified_on": FIRST + timedelta(1), "county": "21", "sex": "M", "child": "unknown",
        "age_class": "35-49", "citizenships": frozenset({"RO", "MN"}), "purposes": frozenset(),
        "references": frozenset({"r"}), "registered_at": "2018-03-01 09:00",
    }  # fmt: skip
    assert {"key", *values} == set(Record.__dataclass_fields__)
    others = [replace(entry.record, **{name: value}) for name, value in values.items()]
    digests = {BlockedRecord(record, "V").digest for record in others} | {
        BlockedRecord(entry.record, "SY").digest,
        entry.digest,
    }
    assert len(digests) == len(others) + 2
    assert BlockedRecord(replace(entry.record), "V", fresh=False).digest == entry.digest


# The code by which records are compared, by the version of the rules that it says.
WRITTEN = {4: "e87530d1402b7ea69d79d0b9fe764f7e575c32b55539393a4bbb368cb015f92e"}


def test_the_version_of_the_rules_is_that_of_the_code_that_compares() -> None:
    """Other code may compare otherwise, and then everybody must be compared anew: at the first night after it
    has been installed, however it is installed."""
    files = (Path(str(module.__file__)) for module in (scoring, blocking))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    assert {blocking.VERSION: digest} == WRITTEN, (
        "raise VERSION of cases/duplicates/blocking.py if two records may be weighed otherwise now; "
        "then write this digest"
    )


def test_the_rules_are_known_where_no_source_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = blocking.rules()
    monkeypatch.setattr("linecache.getlines", lambda *_: [])
    monkeypatch.setattr("inspect.findsource", lambda _object: ([], 0))
    assert blocking.rules() == before


@pytest.mark.parametrize(
    "name", ["REFERENCE", "HIGH", "ACROSS_REGIONS", "DAYS", "USUAL", "UNKNOWN", "WINDOW"]
)
def test_another_weight_is_another_rule(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = blocking.rules()
    assert blocking.rules() == before
    value = getattr(scoring, name)
    other = {float: 1.5, int: 3, tuple: ((1, 2.0),), dict: {"sex": 0.4}, frozenset: frozenset({"x"})}[
        type(value)
    ]
    monkeypatch.setattr(scoring, name, other)
    assert blocking.rules() != before


def test_another_version_is_another_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    before = blocking.rules()
    monkeypatch.setattr(blocking, "VERSION", blocking.VERSION + 1)
    assert blocking.rules() != before
