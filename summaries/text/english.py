"""The sentences in English, written apart from the Swedish ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from summaries.text.facts import Facts, Majority, Named

PURPOSES: Final = {
    "sexual": "sexual purposes",
    "labour": "labour exploitation",
    "begging": "begging",
    "crime": "criminal purposes",
    "marriage": "forced marriage",
    "organs": "the removal of organs",
    "military": "military service",
    "other": "other purposes",
    "unknown": "unknown purposes",
}
GROUPS: Final = {
    "women": ("woman", "women"),
    "men": ("man", "men"),
    "girls": ("girl", "girls"),
    "boys": ("boy", "boys"),
    "other": ("of another sex", "of another sex"),
    "unknown": ("whose sex or age is not known", "whose sex or age is not known"),
}
UNKNOWN_TOTAL: Final = "No overall number of persons is given for {year}."
CAVEATS: Final = (
    "The figures are not comprehensive. They show the persons who came to the network's knowledge, and the dark figure "
    "is believed to be large. That more persons are identified does not mean that more are exposed.",
    "One person may have been exploited for several purposes. The figures should not be added to the statistics of "
    "other agencies, since the same person may be in more than one of them.",
)


def number(value: int) -> str:
    return f"{value:,}"


def listed(words: Sequence[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def headline(facts: Facts) -> str:
    if facts.total is None:
        return UNKNOWN_TOTAL.format(year=facts.year)
    persons = "1 person who is" if facts.total == 1 else f"{number(facts.total)} persons who are"
    return (
        f"In {facts.year} the network learned of {persons} presumed to be victims of trafficking in human beings or "
        f"similar exploitation.{_groups(facts)}"
    )


def change(facts: Facts) -> str:
    sentences = []
    if facts.change is not None:
        sentences.append(f"That is {_than(facts.change)} in {facts.year - 1}.")
    if facts.children is not None and facts.children_change is not None:
        verb, what = ("was", "child") if facts.children == 1 else ("were", "children")
        sentences.append(
            f"There {verb} {number(facts.children)} {what}, {_than(facts.children_change)} in the year before."
        )
    if sentences and facts.broken:
        sentences.append("The series is broken between the two years, so they should be compared with care.")
    return " ".join(sentences)


def adults(facts: Facts) -> str:
    who = "the adults" if facts.only_the_four_groups else "the women and men"
    return _purposes(facts, facts.adults_most, who, ("women", "men"))


def children(facts: Facts) -> str:
    who = "the children" if facts.only_the_four_groups else "the girls and boys"
    return _purposes(facts, facts.children_most, who, ("girls", "boys"))


def citizenship(countries: Sequence[str]) -> str:
    if len(countries) == 1:
        return f"The most common citizenship was that of {countries[0]}."
    return f"The most common citizenships were those of {listed(countries)}."


def support(facts: Facts) -> str:
    given = []
    if facts.sheltered:
        given.append(f"{number(facts.sheltered)} were given protected housing")
    if facts.returned:
        given.append(f"{number(facts.returned)} were helped to return")
    return f"Of the persons, {listed(given)}." if given else ""


def network(agencies: Sequence[str]) -> str:
    return f"The members of the network are: {listed(agencies)}."


def with_number(name: str, value: int | None) -> str:
    return name if value is None else f"{name} ({number(value)})"


def _groups(facts: Facts) -> str:
    found = [f"{number(n)} {GROUPS[group][n != 1]}" for group, n in facts.groups.items() if n]
    return f" They were {listed(found)}." if found else ""


def _than(change: int) -> str:
    if change == 0:
        return "as many as"
    return f"{number(abs(change))} {'more' if change > 0 else 'fewer'} than"


def _purposes(facts: Facts, most: Majority | None, who: str, groups: Sequence[str]) -> str:
    sentences = []
    if most:
        sentences.append(f"Most of {who} were exploited mainly for {PURPOSES[most.purpose]}.")
        if most.only:
            sentences.append(f"All of these were {GROUPS[most.only][1]}.")
    sentences += [sentence for group in groups if (sentence := _group(facts, group))]
    return " ".join(sentences)


def _group(facts: Facts, group: str) -> str:
    name = GROUPS[group][1]
    if within := facts.within.get(group):
        purposes = listed([PURPOSES[purpose] for purpose in within], "or")
        return f"Among the {name} the main purpose was always {purposes}."
    if leading := facts.leading.get(group):
        named = listed([_named(one) for one in leading.purposes])
        if leading.main:
            return f"By main purpose, {named} came first among the {name}."
        return f"Counting every purpose, {named} came first among the {name}."
    return ""


def _named(one: Named) -> str:
    return with_number(PURPOSES[one.category], one.number)
