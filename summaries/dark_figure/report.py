"""The result as plain text in Swedish or English, for the command line."""

from __future__ import annotations

import math
from collections.abc import Iterator

from summaries.dark_figure.results import Estimate, Interval, Refusal
from summaries.dark_figure.shape import caveats
from summaries.dark_figure.texts import METHODS

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
        self.swedish = lang == "sv"

    def __call__(self, key: str, *places: object, **facts: object) -> str:
        return WORDS[key][0 if self.swedish else 1].format(*places, **facts)

    def number(self, value: float) -> str:
        """Whole persons, thousands parted by a no-break space or a comma."""
        text = f"{value:,.0f}" if math.isfinite(value) else self("no_limit")
        return text.replace(",", "\u00a0") if self.swedish else text

    def interval(self, value: Interval) -> str:
        return f"{self.number(value.low)} {self('to')} {self.number(value.high)}"


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
        for spread in result.search.spread:
            yield say("spread", limit=spread.within), say.interval(spread.interval)
    yield say("chao"), say.number(result.chao)
    if result.lower:
        for method in result.lower.methods:
            told = f"{say.number(method.estimate)} ({say.interval(method.interval)})"
            yield say("method", title=METHODS[method.code].title.in_language(say.lang)), told
        yield say("lower_bound"), say.number(result.lower.value)
    for one in result.left_out:
        told = say("unknown")
        if one.estimate is not None and one.interval is not None:
            told = f"{say.number(one.estimate)} ({say.interval(one.interval)})"
        yield say("left_out", name=one.name), told
    for check in result.consistency:
        found = say("unknown")
        if check.estimate is not None and check.wald is not None:
            found = f"{say.number(check.estimate)} ({say.interval(check.wald)})"
        yield say("consistency", name=check.name, known=say.number(check.known)), found


def _ending(result: Estimate | Refusal, say: _Words, lang: str) -> Iterator[str]:
    least = result.at_least if isinstance(result, Estimate) else None
    yield say(result.verdict, say.number(least or 0))
    for reason in result.reasons:
        yield "- " + (reason.sv if lang == "sv" else reason.en)
    for caveat in caveats(result):
        yield "* " + caveat.in_language(lang)
