"""The sentences in Swedish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from summaries.text.facts import Facts, Majority, Named

NO_BREAK: Final = "\u00a0"
PURPOSES: Final = {
    "sexual": "sexuella ändamål",
    "labour": "arbetskraftsexploatering",
    "begging": "tiggeri",
    "crime": "kriminella ändamål",
    "marriage": "tvångsäktenskap",
    "organs": "avlägsnande av organ",
    "military": "krigstjänst",
    "other": "andra ändamål",
    "unknown": "okända ändamål",
}
GROUPS: Final = {
    "women": "kvinnor",
    "men": "män",
    "girls": "flickor",
    "boys": "pojkar",
    "other": "av annat kön",
    "unknown": "utan uppgift om kön eller ålder",
}
THE: Final = {"women": "kvinnorna", "men": "männen", "girls": "flickorna", "boys": "pojkarna"}
UNKNOWN_TOTAL: Final = "För {year} redovisas inget sammanlagt antal personer."
CAVEATS: Final = (
    "Siffrorna är inte heltäckande. De visar de personer som nätverket har fått kännedom om, och mörkertalet bedöms "
    "vara stort. Fler identifierade personer betyder inte att fler är utsatta.",
    "Samma person kan ha utnyttjats för flera ändamål. Uppgifterna ska inte läggas ihop med andra myndigheters "
    "statistik, eftersom samma person kan finnas i flera av dem.",
)


def number(value: int) -> str:
    return f"{value:,}".replace(",", NO_BREAK)


def listed(words: Sequence[str], last: str = "och") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def headline(facts: Facts) -> str:
    if facts.total is None:
        return UNKNOWN_TOTAL.format(year=facts.year)
    persons = "1 person" if facts.total == 1 else f"{number(facts.total)} personer"
    return (
        f"År {facts.year} fick nätverket kännedom om {persons} som förmodas vara offer för människohandel eller "
        f"liknande utnyttjande.{_groups(facts)}"
    )


def change(facts: Facts) -> str:
    sentences = []
    if facts.change is not None:
        sentences.append(f"Det är {_than(facts.change)} {facts.year - 1}.")
    if facts.children is not None and facts.children_change is not None:
        sentences.append(f"Barnen var {number(facts.children)}, {_than(facts.children_change)} året före.")
    if sentences and facts.broken:
        sentences.append("Mellan de två åren är tidsserien bruten, så jämförelsen ska göras med försiktighet.")
    return " ".join(sentences)


def adults(facts: Facts) -> str:
    who = "de vuxna" if facts.only_the_four_groups else "kvinnorna och männen"
    return _purposes(facts, facts.adults_most, who, ("women", "men"))


def children(facts: Facts) -> str:
    who = "barnen" if facts.only_the_four_groups else "flickorna och pojkarna"
    return _purposes(facts, facts.children_most, who, ("girls", "boys"))


def citizenship(countries: Sequence[str]) -> str:
    if len(countries) == 1:
        return f"Det vanligaste medborgarskapet var {countries[0]}."
    return f"De vanligaste medborgarskapen var {listed(countries)}."


def support(facts: Facts) -> str:
    given = []
    if facts.sheltered:
        given.append(f"{number(facts.sheltered)} av personerna fick skyddat boende")
    if facts.returned:
        given.append(f"{number(facts.returned)} {'' if given else 'av personerna '}fick hjälp att återvända")
    return f"{listed(given)}." if given else ""


def network(agencies: Sequence[str]) -> str:
    return f"I nätverket ingår {listed(agencies)}."


def with_number(name: str, value: int | None) -> str:
    return name if value is None else f"{name} ({number(value)})"


def _groups(facts: Facts) -> str:
    found = [f"{number(n)} {GROUPS[group]}" for group, n in facts.groups.items() if n]
    return f" Av dem var {listed(found)}." if found else ""


def _than(change: int) -> str:
    if change == 0:
        return "lika många som"
    return f"{number(abs(change))} {'fler' if change > 0 else 'färre'} än"


def _purposes(facts: Facts, most: Majority | None, who: str, groups: Sequence[str]) -> str:
    sentences = []
    if most:
        sentences.append(f"De flesta av {who} utnyttjades främst för {PURPOSES[most.purpose]}.")
        if most.only:
            sentences.append(f"Alla dessa var {GROUPS[most.only]}.")
    sentences += [sentence for group in groups if (sentence := _group(facts, group))]
    return " ".join(sentences)


def _group(facts: Facts, group: str) -> str:
    if within := facts.within.get(group):
        purposes = listed([PURPOSES[purpose] for purpose in within], "eller")
        return f"Bland {THE[group]} var det huvudsakliga ändamålet alltid {purposes}."
    if leading := facts.leading.get(group):
        named = listed([_named(one) for one in leading.purposes])
        if leading.main:
            return f"Räknat efter huvudsakligt ändamål var {named} vanligast bland {THE[group]}."
        return f"Räknat efter alla ändamål var {named} vanligast bland {THE[group]}."
    return ""


def _named(one: Named) -> str:
    return with_number(PURPOSES[one.category], one.number)
