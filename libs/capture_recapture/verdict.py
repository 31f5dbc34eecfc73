"""When there is no figure, when it stays inside, and in which words. The limits are those of the register's
method note; each reason is a stable word with a sentence in both languages."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Final

from libs.capture_recapture.results import (
    Consistency,
    Interval,
    LeftOut,
    LowerBound,
    RefusalReason,
    Search,
)
from libs.capture_recapture.table import CaptureTable

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
    overlap: int, intervals: tuple[Interval | None, ...], search: Search | None, infinite: float
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
    told = [one for one in without if one.estimate is not None and one.interval is not None]
    if len(told) < 2:
        return False
    if len(without) > MIN_LISTS:
        values = [estimate, *(one.estimate for one in told if one.estimate is not None)]
        return max(values) > MAX_LEFT_OUT * min(values)
    ends = [one.interval for one in told if one.interval is not None]
    return max(end.low for end in ends) > min(end.high for end in ends)


def _missed(check: Consistency) -> RefusalReason:
    low, high = (check.wald.low, check.wald.high) if check.wald else (0.0, math.inf)
    return reason("list_missed", name=check.name, known=check.known, low=round(low), high=round(high))
