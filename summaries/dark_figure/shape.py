"""The result as plain values for JSON: no infinity and no NaN; a null end of an interval means no finite
limit."""

from __future__ import annotations

import math
from typing import Any

from summaries.dark_figure.results import (
    Consistency,
    Estimate,
    Interval,
    LeftOut,
    LowerBound,
    Refusal,
    RefusalReason,
)
from summaries.dark_figure.texts import ASSUMPTIONS, CRITICS, HETEROGENEITY, NO_SPREAD, Text

LANGUAGES = ("sv", "en")


def to_json(result: Estimate | Refusal) -> dict[str, Any]:
    """Keys in a fixed order; of a refusal every figure that would need a model is null."""
    figures = _figures(result) if isinstance(result, Estimate) else dict.fromkeys(_FIGURES)
    return {
        "observed": result.observed,
        "lists": list(result.lists),
        "overlap": result.overlap,
        **figures,
        "verdict": result.verdict,
        "reasons": list(dict.fromkeys(r.code for r in result.reasons)),
        "sentences": _sentences(result.reasons),
        "caveats": {lang: [text.in_language(lang) for text in caveats(result)] for lang in LANGUAGES},
        "dropped": list(result.dropped),
        "seconds": {part: round(value, 3) for part, value in result.seconds},
    }


_FIGURES = (
    "estimate",
    "wald",
    "bca",
    "percentile",
    "interactions",
    "main_effects",
    "bic_best",
    "spread",
    "chao",
    "consistency",
    "rounded",
    "infinite_replicates",
    "at_least",
    "lower_bound",
    "methods",
    "methods_differ",
    "leave_one_out",
)


def _figures(result: Estimate) -> dict[str, Any]:
    search = result.search
    values = (
        result.estimate,
        interval(result.wald),
        interval(result.bca),
        interval(result.percentile),
        [list(pair) for pair in result.interactions],
        finite(result.main_effects),
        finite(search.best) if search else None,
        {str(s.within): interval(s.interval) for s in search.spread} if search else None,
        result.chao,
        [_consistency(c) for c in result.consistency],
        list(result.rounded) if result.rounded else None,
        result.infinite if result.bca else None,
        result.at_least,
        *_lower(result.lower),
        [_left_out(one) for one in result.left_out],
    )
    return dict(zip(_FIGURES, values, strict=True))


def _lower(found: LowerBound | None) -> tuple[float | None, list[dict[str, Any]] | None, float | None]:
    if found is None:
        return None, None, None
    methods = [
        {
            "method": method.code,
            "estimate": method.estimate,
            "interval": interval(method.interval),
            "floor": method.floor,
        }
        for method in found.methods
    ]
    return found.value, methods, found.differ


def _left_out(one: LeftOut) -> dict[str, Any]:
    return {"list": one.name, "estimate": finite(one.estimate), "interval": interval(one.interval)}


def interval(value: Interval | None) -> list[float | None] | None:
    return None if value is None else [finite(value.low), finite(value.high)]


def finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _consistency(check: Consistency) -> dict[str, Any]:
    return {
        "list": check.name,
        "known": check.known,
        "estimate": finite(check.estimate),
        "wald": interval(check.wald),
        "agrees": check.agrees,
    }


def _sentences(reasons: tuple[RefusalReason, ...]) -> dict[str, list[str]]:
    return {"sv": [r.sv for r in reasons], "en": [r.en for r in reasons]}


def caveats(result: Estimate | Refusal) -> tuple[Text, ...]:
    """What must be said beside a figure; nothing beside a refusal."""
    if isinstance(result, Refusal):
        return ()
    unknown = () if result.search else (NO_SPREAD,)
    return (HETEROGENEITY, CRITICS, *unknown, *(a.risk for a in ASSUMPTIONS))
