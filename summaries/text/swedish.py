"""The sentences in Swedish."""

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
    "other_purposes": "andra ändamål",
}
LISTED: Final = {  # where the sentence says already that they are purposes
    **PURPOSES,
    "sexual": "sexuell exploatering",
    "crime": "kriminella handlingar",
    **dict.fromkeys(("other", "other_purposes"), "andra"),
}
ONE: Final = {"women": "en kvinna", "men": "en man", "girls": "en flicka", "boys": "en pojke"}
MANY: Final = {"women": "kvinnor", "men": "män", "girls": "flickor", "boys": "pojkar", "children": "barn"}
THE: Final = {
    "women": "kvinnorna",
    "men": "männen",
    "girls": "flickorna",
    "boys": "pojkarna",
    "children": "barnen",
}
ALL: Final = {1: "Personen", 2: "Båda"}
OF: Final = {
    "other": "av annat kön",
    "unknown": "utan uppgift om kön eller ålder",
    "other_unknown": "av annat kön eller utan uppgift om kön eller ålder",
}
UNKNOWN_TOTAL: Final = "För {year} redovisas inget sammanlagt antal personer."
UNKNOWN_SO_FAR: Final = "Hittills under året, till och med {day}, redovisas inget sammanlagt antal personer."
FEW_IN_ALL: Final = "Om så få personer redovisas inget mer."
NOT_OVER: Final = "Året är inte slut, så siffrorna jämförs inte med något annat år."
MONTHS: Final = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
VICTIMS: Final = "som förmodas vara offer för människohandel eller liknande utnyttjande"
CAVEATS: Final = (
    "Siffrorna är inte heltäckande. De visar de personer som nätverket har fått kännedom om, och "
    "mörkertalet bedöms "
    "vara stort. Fler identifierade personer betyder inte att fler är utsatta.",
    "Samma person kan ha utnyttjats för flera ändamål. Uppgifterna ska inte läggas ihop med andra "
    "myndigheters "
    "statistik, eftersom samma person kan finnas i flera av dem.",
)


def number(value: int) -> str:
    return f"{value:,}".replace(",", NO_BREAK)


def listed(words: Sequence[str], last: str = "och") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def headline(facts: Proved) -> str:
    if facts.total is None:
        shown = [_counted(group, n) for group, n in facts.groups.items() if n]
        return _unknown_total(facts) + (f" Redovisade är {listed(shown)}." if shown else "")
    if facts.total == 0:
        return f"{_learned(facts, 'inte ')}kännedom om någon person {VICTIMS}."
    persons = "en person" if facts.total == 1 else f"{number(facts.total)} personer"
    return f"{_learned(facts)}kännedom om {persons} {VICTIMS}.{_groups(facts)}"


def change(facts: Proved) -> str:
    sentences = []
    if facts.total is not None and facts.before is not None:
        sentences.append(_total_then(facts.total, facts.before, facts.year - 1))
    if facts.children is not None and not facts.all_are_children:
        sentences.append(_children(facts.children, facts.year - 1, facts.groups))
    if facts.broken and facts.compares:
        sentences.append(
            "Mellan de två åren är tidsserien bruten, så jämförelsen ska göras med försiktighet."
        )
    if facts.so_far:
        sentences.append(NOT_OVER)
    if facts.alone:
        sentences.append(FEW_IN_ALL)
    return " ".join(filter(None, sentences))


def left_out(facts: Proved) -> str:
    """Before what is told of the others."""
    if facts.left_out == 1:
        return (
            "I det som följer ingår inte en person: den gruppen är så liten att den bara räknas i siffrorna "
            "ovan."
        )
    return (
        f"I det som följer ingår inte {number(facts.left_out)} personer: deras grupper är så små att de bara "
        "räknas i siffrorna ovan."
    )


def adults(facts: Proved) -> str:
    who = ("vuxna", "de vuxna") if facts.only_the_four_groups else ("kvinnor och män", "kvinnorna och männen")
    return _purposes(facts, facts.adults_most, who, ADULTS)


def children(facts: Proved) -> str:
    who = (
        ("barn", "barnen") if facts.only_the_four_groups else ("flickor och pojkar", "flickorna och pojkarna")
    )
    return _purposes(facts, facts.children_most, who, (*CHILDREN, "children"))


def citizenship(countries: Sequence[str]) -> str:
    if len(countries) == 1:
        return f"Det vanligaste medborgarskapslandet var {countries[0]}."
    return f"De vanligaste medborgarskapsländerna var {listed(countries)}."


def support(facts: Proved) -> str:
    names = {"shelter": "skyddat boende", "return": "hjälp att återvända"}
    given = [f"{_few(n)} {names[kind]}" for kind, n in facts.helped.items() if n]
    unsaid = [names[kind] for kind, n in facts.helped.items() if n is None]
    sentences = [f"Av personerna fick {listed(given)}."] if given else []
    if unsaid:
        sentences.append(f"Stödet omfattade {'också' if given else 'bland annat'} {listed(unsaid)}.")
    return " ".join(sentences)


def network(agencies: Sequence[str], year: int, so_far: date | None = None) -> str:
    last = "samt" if " och " in agencies[-1] else "och"
    when = f"Den {_day(so_far)}" if so_far else f"Vid slutet av {year}"
    return f"{when} ingick i nätverket {listed(agencies, last)}."


def with_number(name: str, value: int | None) -> str:
    return name if value is None else f"{name} ({number(value)})"


def _learned(facts: Proved, negated: str = "") -> str:
    if facts.so_far is None:
        return f"År {facts.year} fick nätverket {negated}"
    return f"Hittills under året, till och med {_day(facts.so_far)}, har nätverket {negated}fått "


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
        return f" {ALL.get(facts.total, 'Alla')} var {_kind(group, facts.total)}."
    return f" Av dem var {listed([_counted(group, n) for group, n in found.items()])}." if found else ""


def _counted(group: str, n: int) -> str:
    if group in OF:
        return f"{_few(n)} {OF[group]}"
    return ONE[group] if n == 1 else f"{number(n)} {MANY[group]}"


def _few(n: int) -> str:
    return "en" if n == 1 else number(n)


def _kind(group: str, n: int) -> str:
    return OF[group] if group in OF else (ONE if n == 1 else MANY)[group]


def _total_then(total: int, before: int, year: int) -> str:
    if total == 0:
        return f"År {year} var antalet {number(before)}." if before else f"Det fick det inte heller {year}."
    if before == 0:
        return f"År {year} var antalet 0."
    then = f" ({number(before)})" if total != before else ""
    return f"Det är {_than(total - before, 'en fler', 'en färre')} {year}{then}."


def _children(children: Children, before: int, groups: Mapping[str, int]) -> str:
    if children.number == 0 or (children.before is None and not _more_than_said(children, groups)):
        return ""
    change = ""
    if children.before == 0:
        change = f", mot inga {before}"
    elif children.before is not None:
        words = ("ett fler", "ett färre") if children.everybody else ("en fler", "en färre")
        change = f", {_than(children.number - children.before, *words)} {before}"
    if not children.everybody:
        which = change.replace(", ", ", vilket är ", 1) if children.before else change
        return f"Flickorna och pojkarna var tillsammans {number(children.number)}{which}."
    return f"Av alla personer var {'ett' if children.number == 1 else number(children.number)} barn{change}."


def _more_than_said(children: Children, groups: Mapping[str, int]) -> bool:
    """Not where it is the sum of what was just said, or a part of it."""
    return children.everybody and bool(groups.get("girls")) and bool(groups.get("boys"))


def _than(change: int, one_more: str, one_fewer: str) -> str:
    if change == 0:
        return "lika många som"
    if abs(change) == 1:
        return f"{one_more if change > 0 else one_fewer} än"
    return f"{number(abs(change))} {'fler' if change > 0 else 'färre'} än"


def _purposes(facts: Proved, most: Majority | None, who: tuple[str, str], columns: Sequence[str]) -> str:
    who = (MANY[most.alone], THE[most.alone]) if most and most.alone else who
    sentences = [_majority(most, who)] if most else []
    for column in columns:
        if found := facts.purposes.get(column):
            told = most.purpose if most and column in (most.only, most.alone) else ""
            sentences.append(_further(found, column, told) if told and found.main else _group(found, column))
    return " ".join(filter(None, sentences))


def _majority(most: Majority, who: tuple[str, str]) -> str:
    whom = f"Alla {who[0]}" if most.all else f"De flesta av {who[1]}"
    share = (
        f", {number(most.number)} av {number(most.of)}," if most.number and most.of and not most.all else ""
    )
    only = f", och alla dessa var {MANY[most.only]}" if most.only else ""
    return f"{whom}{share} utnyttjades främst för {PURPOSES[most.purpose]}{only}."


def _further(found: Purposes, column: str, told: str) -> str:
    """After the sentence on `told`: what else there was."""
    return _others(found, column, [one for one in (*found.first, *found.also) if one.category != told])


def _group(found: Purposes, column: str) -> str:
    if found.complete and len(found.first) + len(found.also) == 1:
        return (
            f"Alla {MANY[column]} utnyttjades främst för {PURPOSES[(*found.first, *found.also)[0].category]}."
        )
    if not found.first:
        return _without_order(found, column)
    return " ".join(filter(None, (_leading(found, column), _others(found, column, found.also))))


def _without_order(found: Purposes, column: str) -> str:
    known, others = numbered(found.also)
    if known and found.main:
        first = _shares(THE[column], known)
    else:
        start = THE[column].capitalize() if found.complete else f"En del av {THE[column]}"
        first = _exploited(found, start, THE[column], known or others)
    return " ".join(filter(None, (first, _besides(found, others if known else ()))))


def _leading(found: Purposes, column: str) -> str:
    who = THE[column].capitalize() if found.main else THE[column]
    start = f"{who} utnyttjades" if found.main else f"Räknat efter alla ändamål utnyttjades {who}"
    if found.tied:
        names = listed([PURPOSES[one.category] for one in found.first], "eller")
        return f"{start} oftast för {names} ({number(found.first[0].number or 0)} vardera)."
    (first, *then), following = ranked(found.first)
    followed = f", därefter för {listed([_named(one) for one in then])}" if then else ""
    after = f" Därefter kom {listed([_named(one) for one in following])}." if following else ""
    return f"{start} oftast för {_named(first)}{followed}.{after}"


def _others(found: Purposes, column: str, also: Sequence[Named]) -> str:
    known, others = numbered(also)
    if not also:
        return ""
    if known and found.main:
        first = _shares(f"övriga {MANY[column]}", known)
    else:
        start = f"{'Övriga' if found.complete else 'Andra'} {MANY[column]}"
        first = _exploited(found, start, f"övriga {MANY[column]}", known or others)
    return " ".join(filter(None, (first, _besides(found, others if known else ()))))


def _besides(found: Purposes, others: Sequence[Named]) -> str:
    """Those without a number, after a sentence of numbers."""
    if not others:
        return ""
    if found.complete:
        return _exploited(found, "Resten", "de övriga", others)
    return f"Bland ändamålen fanns även {_purposes_alone(others)}."


def _shares(who: str, named: Sequence[Named]) -> str:
    """Of main purposes with numbers: nobody is in two."""
    (first, n), *others = ((PURPOSES[one.category], one.number or 0) for one in named)
    parts = [f"{number(n)} främst för {first}", *(f"{number(n)} för {purpose}" for purpose, n in others)]
    return f"Av {who} utnyttjades {listed(parts)}."


def _exploited(found: Purposes, start: str, who: str, named: Sequence[Named]) -> str:
    """Nobody is taken to be in all of them."""
    if len(named) < LONG or named[0].number is not None:
        mainly, either = "främst " if found.main else "", listed([_named(one) for one in named], "eller")
        return f"{start} utnyttjades {mainly}för {either}."
    purposes = "de huvudsakliga ändamålen" if found.main else "ändamålen"
    others = "" if found.complete else "bland annat "
    return f"Bland {who} var {purposes} {others}{_purposes_alone(named)}."


def _purposes_alone(named: Sequence[Named]) -> str:
    return listed([LISTED[one.category] for one in named])


def _named(one: Named) -> str:
    return with_number(PURPOSES[one.category], one.number)
