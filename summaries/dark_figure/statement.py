"""What may be printed outside of an estimate: a lower bound, rounded down, with method and caveats. No
interval: one that ends upwards promises what no method can keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from summaries.dark_figure.results import ONE_DIGIT
from summaries.dark_figure.texts import ASSUMPTIONS, CRITICS, Text

RESULT: Final = Text(
    "Det verkliga antalet utsatta {years} är minst omkring {n} personer. Hur många fler de är går inte att "
    "säga av uppgifterna.",
    "The real number of victims in {years} is at least about {n} persons. How many more there are cannot be "
    "said from the data.",
)
METHOD: Final = Text(
    "Metoden är flerlisteskattning: av hur många personer som finns på flera av listorna {lists} räknas "
    "ut hur "
    "många som inte finns på någon. Det är gjort på {ways} sätt, och det som sägs är det lägsta av dem, "
    "sedan "
    "också slumpen har dragits ifrån.",
    "The method is multiple systems estimation: from how many persons are on several of the lists "
    "{lists} it is "
    "worked out how many are on none. It was done in {ways} ways, and what is said is the lowest of "
    "them, after "
    "chance has been taken off too.",
)
COARSE: Final = Text(
    "De olika sätten att räkna ger svar som skiljer sig med mer än en fjärdedel. Därför är talet avrundat "
    "grovt, och nedåt.",
    "The ways of calculating give answers that differ by more than a quarter. The figure is therefore "
    "rounded "
    "coarsely, and downwards.",
)
ROUNDED: Final = Text("Talet är avrundat nedåt.", "The figure is rounded downwards.")
MORE: Final = Text(
    "Utsatta är olika lätta att finna. De är därför sannolikt fler än så, kanske många fler.",
    "Victims are not equally easy to find. There are therefore probably more than that, perhaps many more.",
)
YEARS_APART: Final = Text(
    "Tal för olika år får inte jämföras: de säger inte om utsatta har blivit fler eller färre.",
    "Figures of different years must not be compared: they do not say whether victims have become more "
    "or fewer.",
)
LESS: Final = Text("Detta kan ändå göra talet för högt:", "This can still make the figure too high:")
TOO_HIGH: Final = (
    "closed",
    "definition",
    "linking",
    "reachable",
)  # assumptions whose breach raises the figure
AVOIDING: Final = Text(
    "Organisationer som sällan möter samma personer.", "Organisations that seldom meet the same persons."
)
# How the stepwise model is told inside.
STEPWISE: Final = Text(
    "Den loglinjära modellen är vald stegvis; {pairs}.", "The log-linear model is chosen stepwise; {pairs}."
)
NO_PAIRS: Final = Text(
    "listorna tas som oberoende av varandra", "the lists are taken as independent of each other"
)
PAIRS: Final = Text("samband antas mellan {pairs}", "dependence is assumed between {pairs}")
AND: Final = Text("och", "and")
WAYS: Final = {
    2: Text("två", "two"),
    3: Text("tre", "three"),
    4: Text("fyra", "four"),
}


def statement(facts: Mapping[str, Any], years: str, lang: str, names: Mapping[str, str]) -> list[str]:
    """Sentences from a stored result (the JSON of `shape.to_json`) and what its lists are called.

    Raises ValueError where the verdict is not "publish", or the result is of the time before there was a
    lower bound: an uncertain figure has no words for the outside.
    """
    if facts["verdict"] != "publish" or not facts.get("at_least") or not facts["bca"]:
        raise ValueError("Only an estimate that may be published is put into words for the outside.")
    n = _number(facts["at_least"], lang)
    rounding = COARSE if facts["methods_differ"] > ONE_DIGIT else ROUNDED
    risks = [one.risk.in_language(lang) for one in ASSUMPTIONS if one.code in TOO_HIGH]
    return [
        RESULT.in_language(lang).format(years=years, n=n),
        MORE.in_language(lang),
        _ways(facts, lang, names),
        rounding.in_language(lang),
        YEARS_APART.in_language(lang),
        " ".join([LESS.in_language(lang), AVOIDING.in_language(lang), *risks]),
        CRITICS.in_language(lang),
    ]


def method(facts: Mapping[str, Any], lang: str, names: Mapping[str, str]) -> str:
    """How an estimate was made, and which model was chosen: for reading inside."""
    stepwise = STEPWISE.in_language(lang).format(pairs=_pairs(facts["interactions"], lang, names))
    return f"{_ways(facts, lang, names)} {stepwise}" if facts.get("methods") else stepwise


def _ways(facts: Mapping[str, Any], lang: str, names: Mapping[str, str]) -> str:
    lists = _listed([names.get(name, name) for name in facts["lists"]], lang)
    number = len(facts["methods"])
    ways = WAYS[number].in_language(lang)
    return METHOD.in_language(lang).format(lists=lists, ways=ways)


def _pairs(pairs: Sequence[Sequence[str]], lang: str, names: Mapping[str, str]) -> str:
    if not pairs:
        return NO_PAIRS.in_language(lang)
    named = ["–".join(names.get(name, name) for name in pair) for pair in pairs]
    return PAIRS.in_language(lang).format(pairs=_listed(named, lang))


def _listed(words: Sequence[str], lang: str) -> str:
    *first, last = words
    return f"{', '.join(first)} {AND.in_language(lang)} {last}" if first else last


def _number(value: float, lang: str) -> str:
    text = f"{value:,.0f}"
    return text.replace(",", "\u00a0") if lang == "sv" else text
