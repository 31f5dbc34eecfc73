"""What must stand beside every figure: the assumptions, how this register may break them, caveats and
references.

What may be printed outside of an estimate: a lower bound, rounded down, with method and caveats. No
interval: one that ends upwards promises what no method can keep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from libs.capture_recapture.results import ONE_DIGIT


@dataclass(frozen=True)
class Text:
    sv: str
    en: str

    def in_language(self, lang: str) -> str:
        return self.sv if lang == "sv" else self.en


@dataclass(frozen=True)
class Assumption:
    code: str
    title: Text
    meaning: Text
    risk: Text  # how this register may break it, and which way the figure then errs


ASSUMPTIONS: Final = (
    Assumption(
        "closed",
        Text("En sluten grupp och period", "One closed group and period"),
        Text(
            "Alla källor gäller samma grupp av utsatta under samma tid; ingen tillkommer eller försvinner.",
            "All lists concern the same group of victims during the same time; nobody comes or leaves.",
        ),
        Text(
            "Den som lämnat landet kan inte mötas av fler aktörer. Långa perioder ger därför för höga tal.",
            "A person who has left the country cannot be met by more organisations. Long periods thus give "
            "too high figures.",
        ),
    ),
    Assumption(
        "definition",
        Text("Samma definition i alla källor", "The same definition in all lists"),
        Text(
            "Alla aktörer menar detsamma med förmodat offer för människohandel.",
            "All organisations mean the same by a presumed victim of trafficking.",
        ),
        Text(
            "En vidare definition hos en aktör ger personer som ingen annan kan ha, och ett för högt tal.",
            "A wider definition in one organisation gives persons no other can have, and too high a figure.",
        ),
    ),
    Assumption(
        "linking",
        Text("Rätt sammanlänkade personer", "Persons rightly linked"),
        Text(
            "En person som flera aktörer mött är en och samma i registret.",
            "A person whom several organisations have met is one and the same in the register.",
        ),
        Text(
            "Registret har inga namn, så dubbletter kan finnas kvar. Missade länkar höjer skattningen: "
            "hittas 90 procent av dem blir den ungefär en tiondel för hög.",
            "The register has no names, so duplicates may remain. Missed links raise the estimate: if 90 per "
            "cent of them are found it comes out about a tenth too high.",
        ),
    ),
    Assumption(
        "reachable",
        Text("Ingen är omöjlig att finna för en källa", "Nobody is impossible for a list"),
        Text(
            "Varje utsatt person har någon chans att mötas av varje aktör.",
            "Every victim has some chance of being met by every organisation.",
        ),
        Text(
            "En aktör som bara möter barn och en som bara möter vuxna kan inte överlappa; det ger ett för "
            "högt tal.",
            "An organisation that meets only children and one that meets only adults cannot overlap; "
            "that gives too high a figure.",
        ),
    ),
    Assumption(
        "dependence",
        Text("Bara parvisa samband mellan källor", "Only pairwise dependence between lists"),
        Text(
            "Att finnas i en källa påverkar chansen att finnas i en annan bara så som modellens par säger.",
            "Being on one list changes the chance of being on another only as the pairs of the model say.",
        ),
        Text(
            "Aktörer hänvisar till varandra (polis, regionkoordinator, socialtjänst); det registret vet om "
            "räknas bort, resten ger ett för lågt tal. Aktörer som sällan möter samma personer ger ett för "
            "högt.",
            "Organisations refer to each other (police, coordinator, social services); what the register "
            "knows of is left out, the rest gives too low a figure. Organisations that seldom meet the same "
            "persons give too high a one.",
        ),
    ),
    Assumption(
        "alike",
        Text("Alla är lika lätta att finna", "All are equally easy to find"),
        Text(
            "Inom en källa har alla utsatta samma chans att bli upptäckta.",
            "Within a list all victims have the same chance of being found.",
        ),
        Text(
            "Är vissa mycket svårare att finna än andra blir talet för lågt och intervallet missvisande "
            "smalt: i en simulering med två slags personer skattades 597 av 1 000, och intervallet nådde "
            "nästan aldrig det sanna talet.",
            "If some are much harder to find than others the figure is too low and the interval misleadingly "
            "narrow: in a simulation with two kinds of people 597 of 1,000 were estimated, and the interval "
            "almost never reached the truth.",
        ),
    ),
)


@dataclass(frozen=True)
class Way:
    title: Text
    assumes: Text


METHODS: Final = {
    "pairs": Way(
        Text("Överlapp par för par (efter Chao)", "Overlaps pair by pair (after Chao)"),
        Text(
            "Personer på en enda källa ställs mot dem på just två. Förutsätter att källorna är oberoende för "
            "var och en; är personer olika lätta att finna blir talet för lågt.",
            "Persons on one list alone are set against those on just two. Assumes that the lists are "
            "independent for each person; where persons differ the figure is too low.",
        ),
    ),
    "loglinear": Way(
        Text("Loglinjär modell, vald stegvis", "Log-linear model, chosen stepwise"),
        Text(
            "Förutsätter att alla är lika lätta att finna, och att bara de par som modellen valt hänger "
            "ihop.",
            "Assumes that all are equally easy to find, and that only the pairs in the model depend on each "
            "other.",
        ),
    ),
    "decomposable": Way(
        Text("Många modeller, vägda mot varandra", "Many models, weighed against each other"),
        Text(
            "Alla sätt som källor kan hänga ihop på vägs efter hur väl de beskriver uppgifterna. Förutsätter "
            "att alla är lika lätta att finna.",
            "All ways that lists can depend on each other are weighed by how well they describe the data. "
            "Assumes that all are equally easy to find.",
        ),
    ),
    "latent": Way(
        Text("Flera slag av personer", "Several kinds of persons"),
        Text(
            "Räknar med att det finns några slag av personer, som är olika lätta att finna. Förutsätter att "
            "källorna är oberoende inom varje slag.",
            "Assumes that there are a few kinds of persons who are not equally easy to find, and that the "
            "lists are independent within each kind.",
        ),
    ),
}

HETEROGENEITY: Final = Text(
    "Utsatta är olika lätta att finna. Skattningen är därför sannolikt för låg, och osäkerheten större än "
    "intervallet visar.",
    "Victims are not equally easy to find. The estimate is therefore likely too low, and the uncertainty "
    "larger than the interval shows.",
)

CRITICS: Final = Text(
    "Metoden är omstridd: Whitehead m.fl. (2021) anser att den inte är lämplig för människohandel.",
    "The method is disputed: Whitehead et al. (2021) hold that it is unsuitable for human trafficking.",
)

NO_SPREAD: Final = Text(
    "Med fler än fem källor prövas inte alla modeller, så hur mycket talet beror på modellvalet är inte "
    "känt.",
    "With more than five lists not all models are tried, so how far the figure depends on the model "
    "is unknown.",
)

REFERENCES: Final = (
    "Chao, A. (1987). Estimating the population size for capture-recapture data with unequal catchability. "
    "Biometrics 43.",
    "Madigan, D. & York, J. C. (1997). Bayesian methods for estimation of the size of a closed population. "
    "Biometrika 84.",
    "Manrique-Vallier, D. (2016). Bayesian population size estimation using Dirichlet process mixtures. "
    "Biometrics 72.",
    "Silverman, B. W. (2014). Modern slavery: an application of multiple systems estimation. Home Office.",
    "Bales, K., Hesketh, O. & Silverman, B. (2015). Modern slavery in the UK: how many victims? Significance "
    "12(3).",
    "Silverman, B. W. (2020). Multiple-systems analysis for the quantification of modern slavery. JRSS A.",
    "Chan, L., Silverman, B. W. & Vincent, K. (2021). Multiple systems estimation for sparse capture data. "
    "JASA 116.",
    "Silverman, B. W., Chan, L. & Vincent, K. (2023). Bootstrapping multiple systems estimates to account "
    "for model selection. Statistics and Computing.",
    "Binette, O. & Steorts, R. C. (2021). On the reliability of multiple systems estimation. arXiv "
    "2112.01594.",
    "Whitehead, J., Jackson, J., Balch, A. & Francis, B. (2021). On the unreliability of multiple systems "
    "estimation for estimating the number of potential victims of modern slavery in the UK.",
)


RESULT: Final = Text(
    "Det verkliga antalet utsatta {years} är minst omkring {n} personer. Hur många fler de är går inte att "
    "säga av uppgifterna.",
    "The real number of victims in {years} is at least about {n} persons. How many more there are cannot be "
    "said from the data.",
)
METHOD: Final = Text(
    "Metoden är flerlisteskattning: av hur många personer som finns på flera av listorna {lists} räknas ut "
    "hur många som inte finns på någon. Det är gjort på {ways} sätt, och det som sägs är det lägsta av dem, "
    "sedan också slumpen har dragits ifrån.",
    "The method is multiple systems estimation: from how many persons are on several of the lists {lists}, "
    "it is calculated how many are on none. This was done in {ways} ways, and the figure is the lowest of "
    "them, after a deduction for chance.",
)
COARSE: Final = Text(
    "De olika sätten att räkna ger svar som skiljer sig med mer än en fjärdedel. Därför är talet avrundat "
    "grovt, och nedåt.",
    "The ways of calculating give answers that differ by more than a quarter. The figure is therefore "
    "rounded coarsely, and downwards.",
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
# What is said of the stepwise model, inside.
STEPWISE: Final = Text(
    "Den loglinjära modellen är vald stegvis; {pairs}.", "The log-linear model is chosen stepwise; {pairs}."
)
NO_PAIRS: Final = Text(
    "listorna tas som oberoende av varandra", "the lists are taken as independent of each other"
)
PAIRS: Final = Text("samband antas mellan {pairs}", "dependence is assumed between {pairs}")
AND: Final = Text("och", "and")
WAYS: Final = {2: Text("två", "two"), 3: Text("tre", "three"), 4: Text("fyra", "four")}


def statement(facts: Mapping[str, Any], years: str, lang: str, names: Mapping[str, str]) -> list[str]:
    """Sentences from a stored result (the JSON of `shape.to_json`) and what its lists are called.

    Raises ValueError where the verdict is not "publish", or the result is of the time before there was a
    lower bound: an uncertain figure has no words for the outside.
    """
    if facts["verdict"] != "publish" or not facts.get("at_least") or not facts["bca"]:
        raise ValueError("Only an estimate that may be published is put into words for the outside.")
    n = number(facts["at_least"], lang)
    rounding = COARSE if facts["methods_differ"] > ONE_DIGIT else ROUNDED
    risks = [assumption.risk.in_language(lang) for assumption in ASSUMPTIONS if assumption.code in TOO_HIGH]
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
    ways = WAYS[len(facts["methods"])].in_language(lang)
    return METHOD.in_language(lang).format(lists=lists, ways=ways)


def _pairs(pairs: Sequence[Sequence[str]], lang: str, names: Mapping[str, str]) -> str:
    if not pairs:
        return NO_PAIRS.in_language(lang)
    named = ["–".join(names.get(name, name) for name in pair) for pair in pairs]
    return PAIRS.in_language(lang).format(pairs=_listed(named, lang))


def _listed(words: Sequence[str], lang: str) -> str:
    *first, last = words
    return f"{', '.join(first)} {AND.in_language(lang)} {last}" if first else last


def number(value: float, lang: str) -> str:
    text = f"{value:,.0f}"
    return text.replace(",", "\u00a0") if lang == "sv" else text
