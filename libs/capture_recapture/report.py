"""The result as plain values for JSON, and as text in Swedish or English for the command line.

JSON has no infinity and no NaN; a null end of an interval means no finite limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any, Final

from libs.capture_recapture.results import Consistency, Estimate, Interval, LeftOut, Method, Refusal
from libs.capture_recapture.texts import ASSUMPTIONS, CRITICS, HETEROGENEITY, METHODS, NO_SPREAD, Text, number

LANGUAGES = ("sv", "en")


def to_json(result: Estimate | Refusal) -> dict[str, Any]:
    """Keys in a fixed order; of a refusal every figure that would need a model is null."""
    return {
        "observed": result.observed,
        "lists": list(result.lists),
        "overlap": result.overlap,
        **{name: of(result) if isinstance(result, Estimate) else None for name, of in _FIGURES.items()},
        "verdict": result.verdict,
        "reasons": list(dict.fromkeys(reason.code for reason in result.reasons)),
        "sentences": {lang: list(map(attrgetter(lang), result.reasons)) for lang in LANGUAGES},
        "caveats": {lang: [text.in_language(lang) for text in caveats(result)] for lang in LANGUAGES},
        "dropped": list(result.dropped),
        "seconds": {part: round(value, 3) for part, value in result.seconds},
    }


def interval(value: Interval | None) -> list[float | None] | None:
    return None if value is None else [finite(value.low), finite(value.high)]


def finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _spread(result: Estimate) -> dict[str, Any] | None:
    if result.search is None:
        return None
    return {str(limit): interval(of) for limit, of in result.search.spread.items()}


def _consistency(check: Consistency) -> dict[str, Any]:
    return {
        "list": check.name,
        "known": check.known,
        "estimate": finite(check.estimate),
        "wald": interval(check.wald),
        "agrees": check.agrees,
    }


def _method(one: Method) -> dict[str, Any]:
    return {
        "method": one.code,
        "estimate": one.estimate,
        "interval": interval(one.interval),
        "floor": one.floor,
    }


def _left_out(one: LeftOut) -> dict[str, Any]:
    return {"list": one.name, "estimate": finite(one.estimate), "interval": interval(one.interval)}


_FIGURES: Final[Mapping[str, Callable[[Estimate], Any]]] = {
    "estimate": lambda estimate: estimate.estimate,
    "wald": lambda estimate: interval(estimate.wald),
    "bca": lambda estimate: interval(estimate.bca),
    "percentile": lambda estimate: interval(estimate.percentile),
    "interactions": lambda estimate: [list(interaction) for interaction in estimate.interactions],
    "main_effects": lambda estimate: finite(estimate.main_effects),
    "bic_best": lambda estimate: finite(estimate.search.best) if estimate.search else None,
    "spread": _spread,
    "chao": lambda estimate: estimate.chao,
    "consistency": lambda estimate: [_consistency(one) for one in estimate.consistency],
    "rounded": lambda estimate: estimate.rounded and list(estimate.rounded),
    "infinite_replicates": lambda estimate: estimate.infinite if estimate.bca else None,
    "at_least": lambda estimate: estimate.at_least,
    "lower_bound": lambda estimate: estimate.lower.value,
    "methods": lambda estimate: [_method(method) for method in estimate.lower.methods],
    "methods_differ": lambda estimate: estimate.lower.differ,
    "leave_one_out": lambda estimate: [_left_out(one) for one in estimate.left_out],
}


def caveats(result: Estimate | Refusal) -> tuple[Text, ...]:
    """What must be said beside a figure; nothing beside a refusal."""
    if isinstance(result, Refusal):
        return ()
    unknown = () if result.search else (NO_SPREAD,)
    return (HETEROGENEITY, CRITICS, *unknown, *(one.risk for one in ASSUMPTIONS))


WORDS: dict[str, tuple[str, str]] = {
    "observed": ("Kända personer", "Known persons"),
    "lists": ("Källor", "Lists"),
    "dropped": ("Utan personer, utelämnade", "Without persons, left out"),
    "overlap": ("I mer än en källa", "On more than one list"),
    "estimate": ("Skattat antal, kända och okända", "Estimated number, known and unknown"),
    "wald": ("95 %, givet modellen", "95 %, given the model"),
    "bca": ("95 %, med modellvalet (BCa)", "95 %, with the choice of model (BCa)"),
    "percentile": ("95 %, med modellvalet (percentil)", "95 %, with the choice of model (percentile)"),
    "interactions": ("Samband i modellen", "Dependence in the model"),
    "none": ("inga", "none"),
    "main_effects": ("Utan samband", "Without dependence"),
    "bic_best": ("Bästa modellen enligt BIC", "Best model by BIC"),
    "spread": ("Modeller inom BIC + {limit}", "Models within BIC + {limit}"),
    "chao": ("Undre gräns (Chao)", "Lower bound (Chao)"),
    "consistency": ("Kontroll: {name}, i verkligheten {known}", "Check: {name}, in fact {known}"),
    "unknown": ("kan inte skattas", "cannot be estimated"),
    "to": ("till", "to"),
    "no_limit": ("ingen övre gräns", "no upper limit"),
    "method": ("{title}, 95 % om dess antaganden stämmer", "{title}, 95 % if what it assumes holds"),
    "lower_bound": ("Undre gräns, det lägsta av dessa", "Lower bound, the least of these"),
    "left_out": ("Utan källan {name}", "Without the list {name}"),
    "publish": ("Kan publiceras: minst omkring {0}", "May be published: at least about {0}"),
    "internal": ("Endast för internt bruk", "For internal use only"),
    "refuse": ("Ingen skattning", "No estimate"),
}


class _Words:
    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, key: str, *places: object, **facts: object) -> str:
        return WORDS[key][LANGUAGES.index(self.lang)].format(*places, **facts)

    def number(self, value: float) -> str:
        """Whole persons, thousands parted by a no-break space or a comma."""
        return number(value, self.lang) if math.isfinite(value) else self("no_limit")

    def interval(self, value: Interval) -> str:
        return f"{self.number(value.low)} {self('to')} {self.number(value.high)}"

    def with_interval(self, estimate: float | None, interval: Interval | None) -> str:
        if estimate is None or interval is None:
            return self("unknown")
        return f"{self.number(estimate)} ({self.interval(interval)})"


def text_report(result: Estimate | Refusal, lang: str = "sv") -> str:
    """One fact a line; verdict, reasons and caveats last."""
    say = _Words(lang)
    lines = [
        (say("observed"), say.number(result.observed)),
        (say("lists"), ", ".join(result.lists) or say("none")),
        (say("overlap"), say.number(result.overlap)),
    ]
    if result.dropped:
        lines.append((say("dropped"), ", ".join(result.dropped)))
    if isinstance(result, Estimate):
        lines += _figures(result, say)
    width = max(len(label) for label, _ in lines) + 2
    body = [f"{label + ':':<{width}}{value}" for label, value in lines]
    return "\n".join([*body, "", *_ending(result, say, lang)])


def _figures(result: Estimate, say: _Words) -> Iterator[tuple[str, str]]:
    yield say("estimate"), say.number(result.estimate)
    yield say("wald"), say.interval(result.wald)
    if result.bca and result.percentile:
        yield say("bca"), say.interval(result.bca)
        yield say("percentile"), say.interval(result.percentile)
    yield say("interactions"), ", ".join(f"{a}–{b}" for a, b in result.interactions) or say("none")
    yield say("main_effects"), say.number(result.main_effects)
    if result.search:
        yield say("bic_best"), say.number(result.search.best)
        for limit, spread in result.search.spread.items():
            yield say("spread", limit=limit), say.interval(spread)
    yield say("chao"), say.number(result.chao)
    for method in result.lower.methods:
        title = METHODS[method.code].title.in_language(say.lang)
        yield say("method", title=title), say.with_interval(method.estimate, method.interval)
    yield say("lower_bound"), say.number(result.lower.value)
    for left_out in result.left_out:
        yield say("left_out", name=left_out.name), say.with_interval(left_out.estimate, left_out.interval)
    for check in result.consistency:
        label = say("consistency", name=check.name, known=say.number(check.known))
        yield label, say.with_interval(check.estimate, check.wald)


def _ending(result: Estimate | Refusal, say: _Words, lang: str) -> Iterator[str]:
    least = result.at_least if isinstance(result, Estimate) else None
    yield say(result.verdict, say.number(least or 0))
    for reason in result.reasons:
        yield "- " + {"sv": reason.sv, "en": reason.en}[lang]
    for caveat in caveats(result):
        yield "* " + caveat.in_language(lang)
