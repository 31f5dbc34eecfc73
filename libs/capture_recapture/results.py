"""What comes out. Numbers are persons; intervals are at 95 %, and may lack a finite upper end.

When there is no figure, when it stays inside, and in which words. The limits are those of the register's
method note; each reason is a stable word with a sentence in both languages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from libs.capture_recapture.table import CaptureTable

Pair = tuple[str, str]
ONE_DIGIT = 1.25  # times that the methods may differ before one significant digit is all that is said
Seconds = tuple[tuple[str, float], ...]  # part of the work, seconds


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


@dataclass(frozen=True)
class Refusal:
    """No figure, and why: the first reason is the one to show."""

    observed: int
    lists: tuple[str, ...]
    overlap: int  # persons on two lists or more
    reasons: tuple[RefusalReason, ...]
    dropped: tuple[str, ...] = ()  # lists without persons
    seconds: Seconds = ()

    @property
    def verdict(self) -> str:
        return "refuse"


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
class Spread:
    """Smallest and largest estimate over the models with BIC at most the best plus `within`."""

    within: int
    interval: Interval
    models: int


@dataclass(frozen=True)
class ModelSearch:
    """Of every two-list model that can be estimated."""

    best: float  # the estimate of the model with the smallest BIC
    interactions: tuple[Pair, ...]  # of that model
    models: int  # how many could be estimated
    spread: tuple[Spread, ...]

    def within(self, limit: int) -> Interval:
        return next(s.interval for s in self.spread if s.within == limit)


@dataclass(frozen=True)
class Fit:
    """The stepwise model alone, without any rule on when a figure may be given."""

    estimate: float
    wald: Interval
    interactions: tuple[Pair, ...]
    log_dark: float  # of the expected persons on no list, and its standard error
    error: float


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
        return max(float(self.observed), min(method.floor for method in self.methods))

    @property
    def differ(self) -> float:
        """How many times larger the largest of the estimates is than the smallest."""
        values = [method.estimate for method in self.methods]
        return max(values) / min(values)

    @property
    def printed(self) -> int:
        """Rounded down: to one significant digit where the methods differ by more than a quarter, else to
        two."""
        return rounded_down(self.value, 1 if self.differ > ONE_DIGIT else 2)

    @property
    def says_more(self) -> bool:
        return self.printed > self.observed


@dataclass(frozen=True)
class LeftOut:
    """The stepwise estimate without one list; None where the others give none."""

    name: str
    estimate: float | None
    interval: Interval | None


@dataclass(frozen=True)
class Estimate:
    """A figure that is never shown without its interval, model, spread and assumptions
    (`texts.ASSUMPTIONS`)."""

    observed: int
    lists: tuple[str, ...]
    overlap: int  # persons on two lists or more
    estimate: float  # observed and unobserved persons
    wald: Interval  # conditional on the model, so too narrow
    bca: Interval | None  # repeats the choice of model; None without replicates
    percentile: Interval | None
    interactions: tuple[Pair, ...]  # in the order of the lists
    main_effects: float
    search: ModelSearch | None  # None for more than 5 lists
    chao: float  # lower bound
    consistency: tuple[Consistency, ...]
    reasons: tuple[RefusalReason, ...]  # why it stays inside; empty when it may be published
    replicates: int
    seed: int
    infinite: float  # share of the replicates without a finite estimate
    dropped: tuple[str, ...] = ()  # lists without persons
    seconds: Seconds = ()
    lower: LowerBound | None = None  # what may go out; None only where a test makes an estimate by hand
    left_out: tuple[LeftOut, ...] = ()

    @property
    def at_least(self) -> int | None:
        """What may be said outside: at least about so many. None unless the verdict is publish."""
        return self.lower.printed if self.lower and not self.reasons else None

    @property
    def verdict(self) -> str:
        return "internal" if self.reasons else "publish"

    @property
    def interval(self) -> Interval:
        """The one to show: BCa, or Wald where no bootstrap was made."""
        return self.bca or self.wald

    @property
    def rounded(self) -> tuple[int, int, int] | None:
        """Estimate and interval to two significant digits, for reading inside; None unless the verdict is
        publish."""
        if self.reasons:
            return None
        return two_digits(self.estimate), two_digits(self.interval.low), two_digits(self.interval.high)


def rounded_down(value: float, digits: int) -> int:
    """To so many significant digits, never up."""
    whole = math.floor(value)
    unit: int = 10 ** max(len(str(whole)) - digits, 0)
    return whole // unit * unit


def two_digits(value: float) -> int:
    """Rounded to two significant digits, halves upwards."""
    if value < 10:
        return math.floor(value + 0.5)
    unit: int = 10 ** (len(str(int(value))) - 2)
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
        (
            "Källan {name} har ingen person gemensam med någon annan källa. Slå ihop den med en annan eller "
            "uteslut den."
        ),
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
}


def reason(code: str, **facts: object) -> RefusalReason:
    sv, en = SENTENCES[code]
    return RefusalReason(code, sv.format(**facts), en.format(**facts))


def refusals(table: CaptureTable) -> tuple[RefusalReason, ...]:
    """What the table alone rules out; its empty lists are gone already."""
    lists, found = len(table.lists), []
    if lists > MAX_LISTS:  # alone: a table of thousands of columns has millions of pairs
        return (reason("too_many_lists", lists=lists),)
    if lists < MIN_LISTS:
        found.append(reason("too_few_lists", lists=lists))
    found += [reason("list_holds_everyone", name=n) for n in table.lists if table.size(n) == table.observed]
    found += [
        reason("identical_lists", name=a, other=b)
        for a, b in combinations(table.lists, 2)
        if _same(table, a, b)
    ]
    if table.overlap < MIN_OVERLAP:
        found.append(reason("too_little_overlap", overlap=table.overlap))
    found += [reason("isolated_list", name=n) for n in table.lists if _isolated(table, n)]
    return tuple(found)


def _same(table: CaptureTable, one: str, other: str) -> bool:
    return table.size(one) == table.size(other) == table.shared(one, other)


def _isolated(table: CaptureTable, name: str) -> bool:
    return not any(table.shared(name, other) for other in table.lists if other != name)


def doubts(
    overlap: int, intervals: tuple[Interval | None, ...], search: ModelSearch | None, infinite: float
) -> tuple[RefusalReason, ...]:
    """Why an estimate stays inside. The interval counts as wide when the Wald or the BCa one is."""
    found = []
    if overlap < SAFE_OVERLAP:
        found.append(reason("little_overlap", overlap=overlap))
    if any(interval is not None and interval.ratio > MAX_RATIO for interval in intervals):
        found.append(reason("wide_interval"))
    if search is not None and search.within(6).ratio > MAX_SPREAD:
        found.append(reason("model_spread"))
    if infinite > MAX_INFINITE:
        found.append(reason("infinite_replicates"))
    return tuple(found)


def disagreements(
    lower: LowerBound, estimate: float, without: tuple[LeftOut, ...], checks: tuple[Consistency, ...]
) -> tuple[RefusalReason, ...]:
    """Why it stays inside although there are persons enough: the bound says nothing new, the methods or the
    lists tell different stories, or a list whose size is known is missed."""
    found = []
    if not lower.says_more:
        found.append(reason("nothing_beyond"))
    if lower.differ > MAX_SPREAD:
        found.append(reason("methods_apart"))
    if _apart(estimate, without):
        found.append(reason("lists_apart"))
    found += [_missed(check) for check in checks if check.agrees is False]
    return tuple(found)


def _apart(estimate: float, without: tuple[LeftOut, ...]) -> bool:
    """Of four lists or more: by more than MAX_LEFT_OUT, smallest to largest. Of three the two that remain say
    little, so there only what chance does not explain: two intervals without a number in common."""
    told = [
        (one.estimate, one.interval)
        for one in without
        if one.estimate is not None and one.interval is not None
    ]
    if len(told) < 2:
        return False
    if len(without) > MIN_LISTS:
        values = [estimate, *(value for value, _interval in told)]
        return max(values) > MAX_LEFT_OUT * min(values)
    return max(interval.low for _value, interval in told) > min(interval.high for _value, interval in told)


def _missed(check: Consistency) -> RefusalReason:
    low, high = (check.wald.low, check.wald.high) if check.wald else (0.0, math.inf)
    return reason("list_missed", name=check.name, known=check.known, low=round(low), high=round(high))
