"""When there is no figure, when it stays inside, and what is said."""

from __future__ import annotations

import json
import math

import pytest

from libs.capture_recapture import CaptureTable, Estimate, Refusal
from libs.capture_recapture.estimation import estimate, fit_stepwise
from libs.capture_recapture.report import text_report, to_json
from libs.capture_recapture.results import (
    SENTENCES,
    Consistency,
    Interval,
    LeftOut,
    LowerBound,
    Method,
    ModelSearch,
    disagreements,
    doubts,
    two_digits,
)
from tests.summaries.dark_figure_tables import random_table, simulated, table
from tests.weights import mostly_long

REFUSED = {
    "A B | 10 60 | 01 40 | 11 20": ["too_few_lists"],
    "A B C | 100 60 | 010 40 | 110 20": ["too_few_lists"],
    "A B C | 100 60 | 010 40 | 001 40 | 110 6 | 011 3": ["too_little_overlap"],
    "A B C | 100 60 | 010 40 | 001 40": ["too_little_overlap"] + ["isolated_list"] * 3,
    "A B C D | 1000 60 | 0100 40 | 0010 40 | 0001 9 | 1100 20 | 0110 9": ["isolated_list"],
    "A B C | 100 60 | 110 40 | 101 40 | 111 20": ["list_holds_everyone"],
    "A B C | 001 60 | 110 40 | 111 20": ["identical_lists"],
    "A B C D | 1000 60 | 0100 40 | 1100 20 | 0011 15": ["identical_lists"],
    "A B C": ["too_few_lists", "too_little_overlap"],
    "A B C D | 1100 30 | 0011 30 | 1000 9 | 0010 5 | 0100 5 | 0001 3": [],
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_table_is_refused_for_its_reasons_or_not_at_all(text: str) -> None:
    result = estimate(table(text), replicates=0)
    assert isinstance(result, Refusal) == bool(REFUSED[text])
    if isinstance(result, Refusal):
        assert [reason.code for reason in result.reasons if reason.code != "list_holds_everyone"] == [
            code for code in REFUSED[text] if code != "list_holds_everyone"
        ]
        assert to_json(result)["estimate"] is None
        assert to_json(result)["verdict"] == "refuse"


def test_a_model_without_a_finite_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    apart = table("A B C | 100 60 | 010 40 | 001 40")
    assert fit_stepwise(apart) is None
    monkeypatch.setattr("libs.capture_recapture.estimation.refusals", lambda _table: ())
    result = estimate(apart, replicates=0)
    assert isinstance(result, Refusal)
    assert [reason.code for reason in result.reasons] == ["no_finite_estimate"]


@pytest.mark.parametrize("lists", [9, 12, 40])
def test_nine_lists_and_more_are_refused(lists: int) -> None:
    names = [f"L{i}" for i in range(lists)]
    counts = [(1 << i, 30) for i in range(lists)] + [(3 << i, 9) for i in range(lists - 1)]
    result = estimate(CaptureTable.from_counts(names, counts))
    assert [reason.code for reason in result.reasons] == ["too_many_lists"]


def test_of_eight_lists_no_model_is_searched_and_the_caveats_say_so() -> None:
    result = estimate(simulated(3000, (0.1,) * 8, 1), replicates=10)
    assert isinstance(result, Estimate)
    assert result.search is None
    facts = to_json(result)
    assert (facts["bic_best"], facts["spread"]) == (None, None)
    assert "more than five lists" in " ".join(facts["caveats"]["en"]).lower()


def test_eleven_overlaps_stay_inside_and_fifty_may_be_published() -> None:
    few = estimate(table("A B C | 100 60 | 010 40 | 001 40 | 110 5 | 011 5 | 101 5"), replicates=0)
    assert (few.verdict, few.reasons[0].code) == ("internal", "little_overlap")
    many = estimate(simulated(1500, (0.3, 0.25, 0.2, 0.2), 2), replicates=100)
    assert isinstance(many, Estimate)
    assert (many.verdict, many.reasons) == ("publish", ())
    assert many.rounded == (
        two_digits(many.estimate),
        two_digits(many.interval.low),
        two_digits(many.interval.high),
    )


def searched(low: float, high: float) -> ModelSearch:
    return ModelSearch(low, dict.fromkeys((2, 6, 10), Interval(low, high)))


@pytest.mark.parametrize(
    ("overlap", "interval", "spread", "codes"),
    [
        (20, (100, 300), (100, 200), []),
        (19, (100, 300), (100, 200), ["little_overlap"]),
        (20, (100, 301), (100, 200), ["wide_interval"]),
        (20, (100, math.inf), (100, 200), ["wide_interval"]),
        (20, (100, 300), (100, 201), ["model_spread"]),
        (12, (100, 900), (100, 900), ["little_overlap", "wide_interval", "model_spread"]),
    ],
)
def test_each_limit_holds_to_the_last_number(
    overlap: int, interval: tuple[float, float], spread: tuple[float, float], codes: list[str]
) -> None:
    reasons = doubts(overlap, (Interval(*interval), None), searched(*spread), 0.0)
    assert [reason.code for reason in reasons] == codes


def bound(*estimates: float, floor: float = 460) -> LowerBound:
    return LowerBound(tuple(Method("pairs", n, Interval(n / 2, n * 2), floor) for n in estimates), 262)


def without(*estimates: float | None) -> tuple[LeftOut, ...]:
    return tuple(LeftOut("A", n, n and Interval(n * 0.8, n * 1.25)) for n in estimates)


MISSED, HELD = (Consistency("PF", known, 255, Interval(105, 779)) for known in (90, 123))


@pytest.mark.parametrize(
    ("lower", "left", "checks", "codes"),
    [
        (bound(600, 650), without(500, 600, 700, 870), (HELD,), []),
        (bound(600, 650, floor=269), (), (), ["nothing_beyond"]),
        (bound(500, 1000), (), (), []),
        (bound(500, 1001), (), (), ["methods_apart"]),
        (bound(600), without(401, 600, 700, 791), (), ["lists_apart"]),  # as the demonstration's 2018 was
        (bound(600), without(340, None, None, None), (), []),
        (bound(600), without(400, 620, 500), (), []),
        (bound(600), without(400, 630, 500), (), ["lists_apart"]),
        (bound(600), (), (HELD, MISSED), ["list_missed"]),
    ],
)
def test_what_the_methods_and_the_lists_say_is_part_of_the_verdict(
    lower: LowerBound, left: tuple[LeftOut, ...], checks: tuple[Consistency, ...], codes: list[str]
) -> None:
    assert [reason.code for reason in disagreements(lower, 600, left, checks)] == codes


def test_a_list_may_be_missed_by_others_that_set_no_upper_limit() -> None:
    """Their interval was written as whole persons, which infinitely many are not."""
    missed = Consistency("PF", 90, 255, Interval(104.6, math.inf))
    (said,) = disagreements(bound(600), 600, (), (missed,))
    assert said.code == "list_missed"
    assert said.en.endswith("the list PF holds 90 persons, but the other lists say at least 105.")


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    for sv, en in SENTENCES.values():
        assert sv != en
        assert sv.endswith(".")
        assert en.endswith(".")
    refused = estimate(table("A B C | 100 60 | 010 40 | 001 40 | 110 6 | 011 3"))
    assert refused.reasons[0].sv == (
        "Mörkertalet kan inte skattas: bara 9 personer finns i mer än en källa; minst 10 krävs."
    )


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0, 0),
        (7.4, 7),
        (9.6, 10),
        (10, 10),
        (99.4, 99),
        (99.6, 100),
        (104, 100),
        (105, 110),
        (11312.99, 11000),
        (996, 1000),
        (12_500_000, 13_000_000),
        (1e15, 10**15),
    ],
)
def test_what_is_published_has_two_significant_digits(value: float, rounded: int) -> None:
    assert two_digits(value) == rounded


# Of two to six lists, and each density.
@pytest.mark.parametrize("seed", mostly_long(range(25), usual=range(5)))
def test_no_table_brings_out_a_warning_an_infinity_or_nothing(seed: int) -> None:
    given = random_table(seed, 2 + seed % 5, (0.1, 0.3, 0.6, 1.0)[seed % 4])
    result = estimate(given, replicates=15)
    data = json.loads(json.dumps(to_json(result), allow_nan=False))
    assert data["verdict"] in ("publish", "internal", "refuse")
    assert (data["estimate"] is None) == (data["verdict"] == "refuse")
    assert data["reasons"] or data["verdict"] == "publish"
    for lang in ("sv", "en"):
        report = text_report(result, lang)
        assert not {"nan", "inf", "None"} & set(report.split())
        assert all(reason.code not in report for reason in result.reasons)


def test_a_figure_never_stands_without_its_interval_model_spread_and_caveats() -> None:
    result = estimate(simulated(1500, (0.3, 0.25, 0.2, 0.2), 2), replicates=50)
    report = text_report(result, "en")
    for words in (
        "95 %, given the model",
        "BCa",
        "Dependence in the model",
        "Models within BIC + 6",
        "disputed",
    ):
        assert words in report
