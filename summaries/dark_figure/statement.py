"""What may be printed outside of an estimate: two significant digits with interval, method, spread and
caveats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from summaries.dark_figure.results import two_digits
from summaries.dark_figure.texts import Text

RESULT: Final = Text(
    "Det verkliga antalet utsatta {years} uppskattas till omkring {n} personer. Ett 95 procents "
    "konfidensintervall "
    "ligger mellan {low} och {high}. Osäkerheten är större än så om antagandena nedan inte stämmer.",
    "The real number of victims in {years} is estimated at about {n} persons. A 95 per cent confidence "
    "interval lies "
    "between {low} and {high}. The uncertainty is greater than that if the assumptions below do not hold.",
)
METHOD: Final = Text(
    "Metoden är flerlisteskattning: av hur listorna {lists} överlappar räknas ut hur många som inte "
    "finns på någon. "
    "Modellen är loglinjär och väljs stegvis; {pairs}. Intervallet tar hänsyn till valet av modell.",
    "The method is multiple systems estimation: from how the lists {lists} overlap it is worked out how "
    "many are on "
    "none. The model is log-linear and chosen stepwise; {pairs}. The interval takes the choice of model "
    "into account.",
)
NO_PAIRS: Final = Text(
    "listorna tas som oberoende av varandra", "the lists are taken as independent of each other"
)
PAIRS: Final = Text("samband antas mellan {pairs}", "dependence is assumed between {pairs}")
SPREAD: Final = Text(
    "Andra modeller som beskriver uppgifterna nästan lika väl ger mellan {low} och {high}.",
    "Other models that describe the data nearly as well give between {low} and {high}.",
)
YEARS_APART: Final = Text(
    "Skattningar av olika år får inte jämföras utan sina intervall.",
    "Estimates of different years must not be compared without their intervals.",
)
AND: Final = Text("och", "and")


def statement(facts: Mapping[str, Any], years: str, lang: str, names: Mapping[str, str]) -> list[str]:
    """Sentences from a stored result (the JSON of `shape.to_json`) and what its lists are called.

    Raises ValueError where the verdict is not "publish": an uncertain figure has no words for the outside.
    """
    if facts["verdict"] != "publish" or not facts["rounded"] or not facts["bca"]:
        raise ValueError("Only an estimate that may be published is put into words for the outside.")
    n, low, high = (_number(value, lang) for value in facts["rounded"])
    told = [RESULT.in_language(lang).format(years=years, n=n, low=low, high=high), method(facts, lang, names)]
    if spread := (facts["spread"] or {}).get("6"):
        ends = [_number(two_digits(value), lang) for value in spread]
        told.append(SPREAD.in_language(lang).format(low=ends[0], high=ends[1]))
    return [*told, YEARS_APART.in_language(lang), *facts["caveats"][lang]]


def method(facts: Mapping[str, Any], lang: str, names: Mapping[str, str]) -> str:
    """How an estimate was made, and which model was chosen."""
    lists = _listed([names.get(name, name) for name in facts["lists"]], lang)
    return METHOD.in_language(lang).format(lists=lists, pairs=_pairs(facts["interactions"], lang, names))


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
