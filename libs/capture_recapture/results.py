"""What comes out, when there is no figure, when it stays inside, and in which words.

Numbers are persons; intervals are at 95 %, and may lack a finite upper end. The limits are those of the
register's method note; each reason is a stable word with a sentence in both languages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from libs.capture_recapture.table import CaptureTable

Pair = tuple[str, str]
ONE_DIGIT = 1.25  # times that the methods may differ before one significant digit is all that is said
Seconds = tuple[tuple[str, float], ...]  # part of the work, seconds


class EstimateCancelled(Exception):
    """The caller asked for the work to stop."""


@dataclass(frozen=True)
class Interval:
    low: float
    high: float  # infinite when the data set no upper limit

    @property
    def ratio(self) -> float:
        """How many times larger the upper end is."""
        return self.high / self.low if self.low > 0 else math.inf

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class RefusalReason:
    """Why there is no figure, or why it stays inside: a stable word and the sentence for people."""

    code: str
    sv: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    observed: int
    lists: tuple[str, ...]
    overlap: int  # persons on two lists or more
    reasons: tuple[RefusalReason, ...]  # why it stays inside; empty when it may be published
    dropped: tuple[str, ...] = ()  # lists without persons
    seconds: Seconds = ()


class Refusal(Outcome):
    verdict: ClassVar = "refuse"


@dataclass(frozen=True)
class Consistency:
    """A list whose size is known, estimated from the others alone; None where that cannot be done."""

    name: str
    known: int
    estimate: float | None
    wald: Interval | None

    @property
    def agrees(self) -> bool | None:
        return None if self.wald is None else self.wald.holds(self.known)


@dataclass(frozen=True)
class ModelSearch:
    """Of every two-list model that can be estimated. `spread`: smallest and largest estimate over the models
    with BIC at most the best plus so much."""

    best: float  # the estimate of the model with the smallest BIC
    spread: Mapping[int, Interval]


@dataclass(frozen=True)
class Fit:
    """The stepwise model alone, without any rule on when a figure may be given."""

    estimate: float
    wald: Interval
    interactions: tuple[Pair, ...]
    log_dark: float  # of the expected persons on no list, and its standard error
    error: float
    main_effects: float  # the estimate of the model without any pair


@dataclass(frozen=True)
class Method:
    """One way to the number: known words for it are in `texts.METHODS`. The interval is two-sided and holds
    if what the method assumes holds; `floor` is its one-sided lower limit (`at_least`)."""

    code: str
    estimate: float
    interval: Interval
    floor: float


@dataclass(frozen=True)
class LowerBound:
    """The least of what the methods say at their lower limits, and never less than is known."""

    methods: tuple[Method, ...]
    observed: int

    @property
    def value(self) -> float:
        return max(float(self.observed), float(min(method.floor for method in self.methods)))

    @property
    def differ(self) -> float:
        """How many times larger the largest of the estimates is than the smallest."""
        values: list[float] = [method.estimate for method in self.methods]
        return max(values) / min(values)

    @property
    def printed(self) -> int:
        """Rounded down to two significant digits, to one where the methods differ by over a quarter."""
        return rounded_down(self.value, 1 if self.differ > ONE_DIGIT else 2)


@dataclass(frozen=True)
class LeftOut:
    name: str
    estimate: float | None
    interval: Interval | None


@dataclass(frozen=True, kw_only=True)
class Estimate(Outcome):
    """A figure, never shown without interval, model, spread and assumptions (`texts.ASSUMPTIONS`)."""

    estimate: float  # observed and unobserved persons
    wald: Interval  # conditional on the model, so too narrow
    bca: Interval | None  # repeats the choice of model; None without replicates
    percentile: Interval | None
    interactions: tuple[Pair, ...]  # in the order of the lists
    main_effects: float
    search: ModelSearch | None  # None for more than 5 lists
    chao: float  # lower bound
    consistency: tuple[Consistency, ...]
    infinite: float  # share of the replicates without a finite estimate
    lower: LowerBound  # what may go out
    left_out: tuple[LeftOut, ...]

    @property
    def at_least(self) -> int | None:
        """What may be said outside: at least about so many. None unless the verdict is publish."""
        return None if self.reasons else self.lower.printed

    @property
    def verdict(self) -> str:
        return "internal" if self.reasons else "publish"

    @property
    def interval(self) -> Interval:
        """The one to show: BCa, or Wald where no bootstrap was made."""
        return self.bca or self.wald

    @property
    def rounded(self) -> tuple[int, int, int] | None:
        """Estimate and interval to two digits, for reading inside; None unless the verdict is publish."""
        if self.reasons:
            return None
        return two_digits(self.estimate), two_digits(self.interval.low), two_digits(self.interval.high)


@dataclass(frozen=True)
class Variation:
    """The lists named left out (`without`) or taken as one (`merged`)."""

    kind: str
    names: tuple[str, ...]
    result: Estimate | Refusal


@dataclass(frozen=True)
class LinkRecall:
    """The estimate if only this share of the true links was found: about recall x estimate, as every missed
    link both counts a person twice and hides an overlap. Simulated: true 1,000 came out as 1,067, 1,095 and
    1,259 at 0.95, 0.9 and 0.8."""

    recall: float
    estimate: float
    interval: Interval


@dataclass(frozen=True)
class Sensitivity:
    lists: tuple[Variation, ...]
    recall: tuple[LinkRecall, ...]


def rounded_down(value: float, digits: int) -> int:
    """To so many significant digits, never up."""
    whole = math.floor(value)
    unit: int = 10 ** max(len(str(whole)) - digits, 0)
    return whole // unit * unit


def two_digits(value: float) -> int:
    """Rounded to two significant digits, halves upwards."""
    unit: int = 10 ** max(len(str(int(value))) - 2, 0)
    return math.floor(value / unit + 0.5) * unit


MIN_LISTS: Final = 3
MAX_LISTS: Final = 8
MIN_OVERLAP: Final = 10
SAFE_OVERLAP: Final = 20
MAX_RATIO: Final = 3
MAX_SPREAD: Final = 2
MAX_INFINITE: Final = 0.05
MAX_LEFT_OUT: Final = 1.75  # times that the figure may move when a list is left out

_NONE_SV, _NONE_EN = "Mörkertalet kan inte skattas: ", "The dark figure cannot be estimated: "
_INSIDE_SV, _INSIDE_EN = (
    "Skattningen är för osäker för att publiceras: ",
    "The estimate is too uncertain to be published: ",
)

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "too_few_lists": (
        _NONE_SV + "minst tre källor med uppgifter krävs (nu {lists}).",
        _NONE_EN + "at least three lists with persons are needed (now {lists}).",
    ),
    "too_many_lists": (
        _NONE_SV + "högst åtta källor kan användas (nu {lists}). Slå ihop några av dem.",
        _NONE_EN + "at most eight lists can be used (now {lists}). Merge some of them.",
    ),
    "list_holds_everyone": (
        _NONE_SV + "källan {name} omfattar alla personer, så de andra säger inget om vilka som saknas.",
        _NONE_EN + "the list {name} holds everybody, so the others say nothing of who is missing.",
    ),
    "identical_lists": (
        _NONE_SV + "källorna {name} och {other} omfattar samma personer. Uteslut den ena.",
        _NONE_EN + "the lists {name} and {other} hold the same persons. Leave one of them out.",
    ),
    "too_little_overlap": (
        _NONE_SV + "bara {overlap} personer finns i mer än en källa; minst 10 krävs.",
        _NONE_EN + "only {overlap} persons are on more than one list; at least 10 are needed.",
    ),
    "isolated_list": (
        "Källan {name} har ingen person gemensam med någon annan källa. Slå ihop den med en annan eller "
        "uteslut den.",
        "The list {name} shares no person with any other list. Merge it with another or leave it out.",
    ),
    "no_finite_estimate": (
        "Modellen saknar en ändlig skattning för dessa data.",
        "The model has no finite estimate for these data.",
    ),
    "no_persons": (
        "Tabellen innehåller inga personer, så det finns ingen modell att pröva.",
        "The table holds no persons, so there is no model to examine.",
    ),
    "too_many_lists_for_models": (
        "Alla modeller kan prövas för högst sex källor (nu {lists}).",
        "All models can be examined for at most six lists (now {lists}).",
    ),
    "little_overlap": (
        _INSIDE_SV + "bara {overlap} personer finns i mer än en källa.",
        _INSIDE_EN + "only {overlap} persons are on more than one list.",
    ),
    "wide_interval": (
        _INSIDE_SV + "intervallets övre gräns är mer än tre gånger den undre.",
        _INSIDE_EN + "the upper end of the interval is more than three times the lower.",
    ),
    "model_spread": (
        _INSIDE_SV
        + "modeller som beskriver uppgifterna nästan lika väl ger mer än dubbelt så höga tal som andra.",
        _INSIDE_EN
        + "models that describe the data nearly as well give figures more than twice as high as others.",
    ),
    "infinite_replicates": (
        _INSIDE_SV + "mer än 5 procent av omdragningarna saknar en ändlig skattning.",
        _INSIDE_EN + "more than 5 per cent of the resamples have no finite estimate.",
    ),
    "nothing_beyond": (
        _INSIDE_SV + "den undre gränsen, avrundad, är inte högre än vad som redan är känt.",
        _INSIDE_EN + "the lower bound, rounded, is no higher than what is known already.",
    ),
    "methods_apart": (
        _INSIDE_SV + "ett räknesätt ger mer än dubbelt så många som ett annat.",
        _INSIDE_EN + "one way of calculating gives more than twice as many as another.",
    ),
    "lists_apart": (
        _INSIDE_SV + "talet hänger på en enda källa, och blir ett helt annat om någon av dem utelämnas.",
        _INSIDE_EN + "the figure hangs on a single list, and is quite another where one of them is left out.",
    ),
    "list_missed": (
        _INSIDE_SV + "källan {name} har {known} personer, men de andra källorna säger {low} till {high}.",
        _INSIDE_EN + "the list {name} holds {known} persons, but the other lists say {low} to {high}.",
    ),
    "list_missed_upwards": (
        _INSIDE_SV + "källan {name} har {known} personer, men de andra källorna säger minst {low}.",
        _INSIDE_EN + "the list {name} holds {known} persons, but the other lists say at least {low}.",
    ),
}


def reason(code: str, **facts: object) -> RefusalReason:
    sv, en = SENTENCES[code]
    return RefusalReason(code, sv.format(**facts), en.format(**facts))


def refusals(table: CaptureTable) -> tuple[RefusalReason, ...]:
    """What the table alone rules out; its empty lists are gone already."""
    if len(table.lists) > MAX_LISTS:  # alone: a table of thousands of columns has millions of pairs
        return (reason("too_many_lists", lists=len(table.lists)),)
    return tuple(_refusals(table))


def _refusals(table: CaptureTable) -> Iterator[RefusalReason]:
    if len(table.lists) < MIN_LISTS:
        yield reason("too_few_lists", lists=len(table.lists))
    for name in table.lists:
        if table.size(name) == table.observed:
            yield reason("list_holds_everyone", name=name)
    for name, other in table.pairs():
        if table.size(name) == table.size(other) == table.shared(name, other):
            yield reason("identical_lists", name=name, other=other)
    if table.overlap < MIN_OVERLAP:
        yield reason("too_little_overlap", overlap=table.overlap)
    for name in table.lists:
        if not table.held_by(name).observed:
            yield reason("isolated_list", name=name)


def doubts(
    overlap: int, intervals: tuple[Interval | None, ...], search: ModelSearch | None, infinite: float
) -> tuple[RefusalReason, ...]:
    """Why an estimate stays inside. The interval counts as wide when the Wald or the BCa one is."""
    holds = {
        "little_overlap": overlap < SAFE_OVERLAP,
        "wide_interval": any(
            interval.ratio > MAX_RATIO for interval in (interval for interval in intervals if interval)
        ),
        "model_spread": search is not None and search.spread[6].ratio > MAX_SPREAD,
        "infinite_replicates": infinite > MAX_INFINITE,
    }
    return tuple(
        reason(code, overlap=overlap)
        for code in (hold for hold, kept in zip(holds, holds.values(), strict=False) if kept)
    )


def disagreements(
    lower: LowerBound, estimate: float, without: tuple[LeftOut, ...], checks: tuple[Consistency, ...]
) -> tuple[RefusalReason, ...]:
    """Why it stays inside although there are persons enough: the bound says nothing new, the methods or the
    lists tell different stories, or a list whose size is known is missed."""
    holds = {
        "nothing_beyond": lower.printed <= lower.observed,
        "methods_apart": lower.differ > MAX_SPREAD,
        "lists_apart": _lists_apart(estimate, without),
    }
    missed = [_missed(check, check.wald) for check in checks if check.wald and not check.agrees]
    return (*(reason(hold) for hold, kept in zip(holds, holds.values(), strict=False) if kept), *missed)


def _missed(check: Consistency, said: Interval) -> RefusalReason:
    """Return that the other lists say another size of a list, who may set no upper limit to it."""
    facts = {"name": check.name, "known": check.known, "low": round(said.low)}
    if math.isfinite(said.high):
        return reason("list_missed", **facts, high=round(said.high))
    return replace(reason("list_missed_upwards", **facts), code="list_missed")


def _lists_apart(estimate: float, without: tuple[LeftOut, ...]) -> bool:
    """Of four lists or more: by more than MAX_LEFT_OUT, smallest to largest. Of three the two that remain say
    little, so there only what chance does not explain: two intervals without a number in common."""
    intervals = [one.interval for one in without if one.interval]
    if len(intervals) < 2:
        return False
    if len(without) > MIN_LISTS:
        values = [estimate, *(one.estimate for one in without if one.estimate is not None)]
        return max(values) > MAX_LEFT_OUT * min(values)
    lows, highs = (interval.low for interval in intervals), (interval.high for interval in intervals)
    return bool(max(lows) > min(highs))
