"""The sentences in English, written apart from the Swedish ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from summaries.text.proved import (
    ADULTS,
    CHILDREN,
    LONG,
    Children,
    Majority,
    Named,
    Proved,
    Purposes,
    numbered,
    ranked,
)

PURPOSES: Final = {
    "sexual": "sexual purposes",
    "labour": "labour",
    "begging": "begging",
    "crime": "criminal purposes",
    "marriage": "forced marriage",
    "organs": "the removal of organs",
    "military": "military service",
    "other": "other purposes",
    "other_purposes": "other purposes",
}
LISTED: Final = {  # where the sentence says already that they are purposes
    **PURPOSES,
    "sexual": "sexual exploitation",
    "crime": "crime",
    **dict.fromkeys(("other", "other_purposes"), "others"),
}
ONE: Final = {"women": "a woman", "men": "a man", "girls": "a girl", "boys": "a boy"}
ALL: Final = {1: "The person was", 2: "Both were"}
SINGULAR: Final = {"women": "woman", "men": "man", "girls": "girl", "boys": "boy"}
OF: Final = {
    "other": "of another sex",
    "unknown": "of unknown sex or age",
    "other_unknown": "of another sex or of unknown sex or age",
}
UNKNOWN_TOTAL: Final = "No overall number of persons is given for {year}."
UNKNOWN_SO_FAR: Final = "No overall number of persons is given for the year so far, up to {day}."
FEW_IN_ALL: Final = "Of so few persons nothing more is told."
NOT_OVER: Final = "The year is not over, so the figures are compared with no other year."
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
CAVEATS: Final = (
    "The figures are not comprehensive. They show the persons who came to the network's knowledge, and "
    "the true number is believed to be much higher. That more persons are identified does not mean that more "
    "are victims.",
    "One person may have been exploited for several purposes. The figures should not be added to the "
    "statistics of "
    "other agencies, since the same person may be in more than one of them.",
)


def number(value: int) -> str:
    return f"{value:,}"


def listed(words: Sequence[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def headline(facts: Proved) -> str:
    if facts.total is None:
        shown = [_counted(group, n) for group, n in facts.groups.items() if n]
        return _unknown_total(facts) + (f" The figures show {listed(shown)}." if shown else "")
    many = {0: "no", 1: "one"}.get(facts.total, number(facts.total))
    victims = "presumed victim" if facts.total == 1 else "presumed victims"
    return (
        f"{_identified(facts)} {many} {victims} of trafficking in human beings or similar exploitation."
        f"{_groups(facts) if facts.total else ''}"
    )


def change(facts: Proved) -> str:
    sentences = []
    if facts.total is not None and facts.before is not None:
        sentences.append(_total_then(facts.total, facts.before, facts.year - 1))
    if facts.children is not None and not facts.all_are_children:
        sentences.append(_children(facts.children, facts.year - 1, facts.groups))
    if facts.broken and facts.compares:
        sentences.append("The series is broken between the two years, so they should be compared with care.")
    if facts.so_far:
        sentences.append(NOT_OVER)
    if facts.alone:
        sentences.append(FEW_IN_ALL)
    return " ".join(filter(None, sentences))


def left_out(facts: Proved) -> str:
    """Before what is told of the others."""
    if facts.left_out == 1:
        return (
            "What follows does not count one person, of a group of so few that only the figures above count "
            "them."
        )
    return (
        f"What follows does not count {number(facts.left_out)} persons, of groups of so few that only the "
        "figures above count them."
    )


def adults(facts: Proved) -> str:
    who = "adults" if facts.only_the_four_groups else "women and men"
    return _purposes(facts, facts.adults_most, who, ADULTS)


def children(facts: Proved) -> str:
    who = "children" if facts.only_the_four_groups else "girls and boys"
    return _purposes(facts, facts.children_most, who, (*CHILDREN, "children"))


def citizenship(countries: Sequence[str]) -> str:
    if len(countries) == 1:
        return f"The most common citizenship was that of {countries[0]}."
    return f"The most common citizenships were those of {listed(countries)}."


def support(facts: Proved) -> str:
    kinds = {
        "shelter": ("given protected housing", "protected housing"),
        "return": ("helped to return", "help to return"),
    }
    given = [
        f"{_few(n)} {'was' if n == 1 else 'were'} {kinds[kind][0]}" for kind, n in facts.helped.items() if n
    ]
    unsaid = [kinds[kind][1] for kind, n in facts.helped.items() if n is None]
    sentences = [f"Of the persons, {listed(given)}."] if given else []
    if unsaid:
        sentences.append(f"The support {'also ' if given else ''}included {listed(unsaid)}.")
    return " ".join(sentences)


def network(agencies: Sequence[str], year: int, so_far: date | None = None) -> str:
    when = f"On {_day(so_far)}" if so_far else f"At the end of {year}"
    return f"{when} the members of the network were: {listed(agencies)}."


def with_number(name: str, value: int | None) -> str:
    return name if value is None else f"{name} ({number(value)})"


def _identified(facts: Proved) -> str:
    if facts.so_far is None:
        return f"In {facts.year} the network identified"
    return f"So far in the year, up to {_day(facts.so_far)}, the network has identified"


def _unknown_total(facts: Proved) -> str:
    if facts.so_far is None:
        return UNKNOWN_TOTAL.format(year=facts.year)
    return UNKNOWN_SO_FAR.format(day=_day(facts.so_far))


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _groups(facts: Proved) -> str:
    found = {group: n for group, n in facts.groups.items() if n}
    if len(found) == 1 and sum(found.values()) == facts.total:
        (group,) = found
        return f" {ALL.get(facts.total, 'All were')} {_kind(group, facts.total)}."
    if not found:
        return ""
    (group, n), *others = found.items()
    first = f"{_few(n)} {'was' if n == 1 else 'were'} {_kind(group, n)}"
    return f" Of them, {listed([first, *(_further_of(group, n) for group, n in others)])}."


def _further_of(group: str, n: int) -> str:
    return f"one {ONE[group]}" if n == 1 and group in ONE else _counted(group, n)


def _counted(group: str, n: int) -> str:
    if group in OF:
        return f"{_few(n)} {OF[group]}"
    return f"{_few(n)} {SINGULAR[group] if n == 1 else group}"


def _few(n: int) -> str:
    return "one" if n == 1 else number(n)


def _kind(group: str, n: int) -> str:
    return OF[group] if group in OF else ONE[group] if n == 1 else group


def _total_then(total: int, before: int, year: int) -> str:
    were = "there was one" if before == 1 else f"there were {number(before) if before else 'none'}"
    if total == 0 == before:
        return f"Nor did it in {year}."
    if total == 0 or before == 0:
        return f"In {year} {were}."
    then = f" ({number(before)})" if total != before else ""
    return f"That is {_than(total - before)} in {year}{then}."


def _children(children: Children, before: int, groups: Mapping[str, int]) -> str:
    if children.number == 0 or (children.before is None and not _more_than_said(children, groups)):
        return ""
    change = ""
    if children.before == 0:
        change = f", against none in {before}"
    elif children.before is not None:
        change = f", {_than(children.number - children.before)} in {before}"
    if not children.everybody:
        which = change.replace(", ", ", which is ", 1) if children.before else change
        return f"Girls and boys together were {number(children.number)}{which}."
    were = "one was a child" if children.number == 1 else f"{number(children.number)} were children"
    return f"Of all the persons, {were}{change}."


def _more_than_said(children: Children, groups: Mapping[str, int]) -> bool:
    """Not where it is the sum of what was just said, or a part of it."""
    return children.everybody and bool(groups.get("girls")) and bool(groups.get("boys"))


def _than(change: int) -> str:
    if change == 0:
        return "as many as"
    many = "one" if abs(change) == 1 else number(abs(change))
    return f"{many} {'more' if change > 0 else 'fewer'} than"


def _purposes(facts: Proved, most: Majority | None, who: str, columns: Sequence[str]) -> str:
    sentences = [_majority(most, most.alone or who)] if most else []
    for column in columns:
        if found := facts.purposes.get(column):
            told = most.purpose if most and column in (most.only, most.alone) else ""
            sentences.append(_further(found, column, told) if told and found.main else _group(found, column))
    return " ".join(filter(None, sentences))


def _majority(most: Majority, who: str) -> str:
    whom = f"All {who}" if most.all else f"Most of the {who}"
    share = (
        f", {number(most.number)} of {number(most.of)}," if most.number and most.of and not most.all else ""
    )
    only = f", and all of these were {most.only}" if most.only else ""
    return f"{whom}{share} were exploited mainly for {PURPOSES[most.purpose]}{only}."


def _further(found: Purposes, column: str, told: str) -> str:
    """After the sentence on `told`: what else there was."""
    return _others(found, column, [one for one in (*found.first, *found.also) if one.category != told])


def _group(found: Purposes, column: str) -> str:
    if found.complete and len(found.first) + len(found.also) == 1:
        return f"All {column} were exploited mainly for {PURPOSES[(*found.first, *found.also)[0].category]}."
    if not found.first:
        return _without_order(found, column)
    return " ".join(filter(None, (_leading(found, column), _others(found, column, found.also))))


def _without_order(found: Purposes, column: str) -> str:
    known, others = numbered(found.also)
    if known and found.main:
        first = _shares(f"the {column}", known)
    else:
        start = f"The {column}" if found.complete else f"Some of the {column}"
        first = _exploited(found, start, f"the {column}", known or others)
    return " ".join(filter(None, (first, _besides(found, others if known else ()))))


def _leading(found: Purposes, column: str) -> str:
    start = column.capitalize() if found.main else f"Counting every purpose, {column}"
    if found.tied:
        names = listed([PURPOSES[one.category] for one in found.first], "or")
        each = number(found.first[0].number or 0)
        return f"{start} were most often exploited for {names} ({each} each)."
    (first, *then), following = ranked(found.first)
    followed = f", then for {listed([_named(one) for one in then])}" if then else ""
    after = f" Next came {listed([_named(one) for one in following])}." if following else ""
    return f"{start} were most often exploited for {_named(first)}{followed}.{after}"


def _others(found: Purposes, column: str, also: Sequence[Named]) -> str:
    known, others = numbered(also)
    if not also:
        return ""
    if known and found.main:
        first = _shares(f"the other {column}", known)
    else:
        start = f"The other {column}" if found.complete else f"Other {column}"
        first = _exploited(found, start, f"the other {column}", known or others)
    return " ".join(filter(None, (first, _besides(found, others if known else ()))))


def _besides(found: Purposes, others: Sequence[Named]) -> str:
    """Those without a number, after a sentence of numbers."""
    if not others:
        return ""
    if found.complete:
        return _exploited(found, "The rest", "the rest", others)
    return f"The purposes also included {_purposes_alone(others)}."


def _shares(who: str, named: Sequence[Named]) -> str:
    """Of main purposes with numbers: nobody is in two."""
    (first, n), *others = ((PURPOSES[one.category], one.number or 0) for one in named)
    start = f"{number(n)} {'was' if n == 1 else 'were'} exploited mainly for {first}"
    return f"Of {who}, {listed([start, *(f'{number(n)} for {purpose}' for purpose, n in others)])}."


def _exploited(found: Purposes, start: str, who: str, named: Sequence[Named]) -> str:
    """Nobody is taken to be in all of them."""
    if len(named) < LONG or named[0].number is not None:
        mainly, either = "mainly " if found.main else "", listed([_named(one) for one in named], "or")
        return f"{start} were exploited {mainly}for {either}."
    purposes = "main purposes" if found.main else "purposes"
    verb = "were" if found.complete else "included"
    return f"Among {who}, the {purposes} {verb} {_purposes_alone(named)}."


def _purposes_alone(named: Sequence[Named]) -> str:
    return listed([LISTED[one.category] for one in named])


def _named(one: Named) -> str:
    return with_number(PURPOSES[one.category], one.number)
