"""What comes out. Numbers are persons; intervals are at 95 %, and may lack a finite upper end."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
class Search:
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
    search: Search | None  # None for more than 5 lists
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
