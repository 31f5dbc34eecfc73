"""Which sentences are said of what is proved, and in what order. A language has the words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain, repeat
from typing import Final

from libs.suppression.tables import TOTAL
from summaries.text.proved import (
    ADULTS,
    CHILDREN,
    Children,
    Majority,
    Named,
    Proved,
    Purposes,
    numbered,
    ranked,
)

EVERYBODY: Final = TOTAL
GIRLS_AND_BOYS: Final = "girls_boys"  # where somebody else may be a child too
WOMEN_AND_MEN: Final = "women_men"


class Sentences:
    """The sentences of a year. A language overrides what its grammar says otherwise.

    `phrases`: by key, with the places that are filled in. `many` and `the`: a group of persons, as "women"
    and "the women"; `one`: one of them, as "a woman"; `counted`: with the number, as "one woman". `of`: what
    stands after a number of a group that has no word of its own. `helped`: of one person, and of several.
    """

    phrases: Mapping[str, str]
    purposes: Mapping[str, str]
    many: Mapping[str, str]
    the: Mapping[str, str]
    one: Mapping[str, str]
    counted: Mapping[str, str]
    of: Mapping[str, str]
    helped: Mapping[str, tuple[str, str]]
    caveats: Sequence[str]

    def paragraphs(
        self, facts: Proved, countries: Mapping[str, str], network: Sequence[str] | None
    ) -> tuple[str, ...]:
        details = (
            self._adults(facts),
            self._children(facts),
            self._citizenship(facts.countries, countries),
            self._support(facts.helped),
        )
        found = (
            f"{self._headline(facts)} {self._change(facts)}",
            self._left_out(facts.left_out) if facts.left_out and any(details) else "",
            *details,
            *(() if network is None else (self.network(network, facts.year, facts.so_far), *self.caveats)),
        )
        return tuple(one.strip() for one in found if one)

    def network(self, agencies: Sequence[str], year: int, so_far: date | None = None) -> str:
        if len(agencies) < 2:
            return ""  # the lead alone is no network
        when = self._say("on", day=self._day(so_far)) if so_far else self._say("at_the_end", year=year)
        return self._say("members", when=when, agencies=self._listed(agencies))

    def _say(self, key: str, **facts: object) -> str:
        return self.phrases[key].format(**facts)

    def _number(self, value: int) -> str:
        return f"{value:,}".replace(",", self.phrases["thousands"])

    def _few(self, n: int) -> str:
        return self.phrases["one"] if n == 1 else self._number(n)

    def _listed(self, words: Sequence[str], last: str = "and") -> str:
        """The last one may have the same conjunction in it."""
        twice = f" {self.phrases[last]} " in words[-1]
        if len(words) == 1 or (twice and last == "or"):
            return ", ".join(words)
        return f"{', '.join(words[:-1])} {self.phrases['and_last' if twice else last]} {words[-1]}"

    def _day(self, day: date) -> str:
        return f"{day.day} {self.phrases['months'].split()[day.month - 1]} {day.year}"

    def _with_number(self, name: str, value: int | None) -> str:
        return name if value is None else f"{name} ({self._number(value)})"

    def _named(self, named: Iterable[Named], last: str = "and") -> str:
        return self._listed([self._with_number(self.purposes[name], n) for name, n in named], last)

    def _headline(self, facts: Proved) -> str:
        if facts.total is not None:
            return self._identified(facts, facts.total) + self._groups(facts)
        shown = [self._counted(key, value) for key, value in facts.groups_of_somebody.items()]
        figures = self._say("figures_show", groups=self._listed(shown)) if shown else ""
        if facts.so_far is None:
            return self._say("no_total", year=facts.year) + figures
        return self._say("no_total_so_far", day=self._day(facts.so_far)) + figures

    def _identified(self, facts: Proved, total: int) -> str:
        raise NotImplementedError

    def _groups(self, facts: Proved) -> str:
        found = facts.groups_of_somebody
        if len(found) == 1 and sum(found.values()) == facts.total:
            (group,) = found
            everybody = {1: "the_person", 2: "both"}.get(facts.total, "everybody")
            return self._say(everybody, group=self._kind(group, facts.total))
        none = [group for group in CHILDREN if facts.groups.get(group) == 0 and not facts.broken]
        return self._of_them(found) + self.phrases.get("no_" + "_".join(none), "") if found else ""

    def _of_them(self, groups: Mapping[str, int]) -> str:
        return self._say(
            "of_them", groups=self._listed([self._counted(key, value) for key, value in groups.items()])
        )

    def _counted(self, group: str, n: int) -> str:
        number = f"{self._few(n)} {self._kind(group, n)}"
        return self.counted.get(group, number) if n == 1 else number

    def _kind(self, group: str, n: int) -> str:
        return {**(self.one if n == 1 else self.many), **self.of}[group]

    def _change(self, facts: Proved) -> str:
        sentences = []
        if facts.total is not None and facts.before is not None:
            sentences.append(self._total_then(facts.total, facts.before, facts.year - 1))
        if not facts.all_are_children:
            sentences.append(self._number_of_children(facts.children, facts))
        holds = (facts.broken and facts.compares, facts.so_far, facts.alone)
        sentences += (
            self._say(one)
            for one, kept in zip(("broken", "not_over", "few_in_all"), holds, strict=False)
            if kept
        )
        return " ".join(sentence for sentence in sentences if sentence)

    def _total_then(self, total: int, before: int, year: int) -> str:
        if total == 0 == before:
            return self._say("nor_then", year=year)
        if 0 in (total, before):
            return self._number_then(before, year)
        then = f" ({self._number(before)})" if total != before else ""
        return self._say("that_is", than=self._than(total - before), year=year, then=then)

    def _number_then(self, before: int, year: int) -> str:
        return self._say("number_then", n=self._number(before), year=year)

    def _than(self, change: int, one: str = "one") -> str:
        if change == 0:
            return self.phrases["as_many"]
        many = self.phrases[one] if abs(change) == 1 else self._number(abs(change))
        return self._say("more" if change > 0 else "fewer", n=many)

    def _number_of_children(self, children: Children, facts: Proved) -> str:
        """Return nothing where the groups have said it just before."""
        both = all(facts.groups.get(one) for one in CHILDREN)
        change = self._change_of_children(children, facts)
        if not children.number or (both, children.everybody, bool(change)).count(True) < 2:
            return ""
        if not children.everybody:
            return self._say("girls_and_boys", n=self._number(children.number), change=change)
        key = {1: "one_of_all", facts.total: "all_children"}.get(children.number, "of_all")
        return self._say(key, n=self._number(children.number), change=change)

    def _change_of_children(self, children: Children, facts: Proved) -> str:
        """Return nothing where none were counted before a break: they may not have been asked about."""
        before, year = children.before, facts.year - 1
        if before is None or (before == 0 and facts.broken):
            return ""
        if before == 0:
            return self._say("against_none", year=year)
        key, one = ("of_all", "one_child") if children.everybody else ("girls_and_boys", "one")
        return self._say(f"{key}_than", than=self._than(children.number - before, one), year=year)

    def _left_out(self, persons: int) -> str:
        """Said before the details of all others."""
        return self._say("one_left_out" if persons == 1 else "left_out", n=self._number(persons))

    def _adults(self, facts: Proved) -> str:
        who = "adults" if facts.only_the_four_groups else WOMEN_AND_MEN
        return self._exploitation(facts, facts.adults_most, who, (EVERYBODY, *ADULTS))

    def _children(self, facts: Proved) -> str:
        who = "children" if facts.only_the_four_groups else GIRLS_AND_BOYS
        return self._exploitation(facts, facts.children_most, who, (*CHILDREN, "children"))

    def _citizenship(self, named: Sequence[Named], countries: Mapping[str, str]) -> str:
        if not named:
            return ""
        names = [self._with_number(countries.get(code, code), n) for code, n in named]
        return self._say("country" if len(names) == 1 else "countries", names=self._listed(names))

    def _support(self, helped: Mapping[str, int | None]) -> str:
        given = [f"{self._few(n)} {self.helped[kind][n != 1]}" for kind, n in helped.items() if n]
        unsaid = [self._say(kind) for kind, n in helped.items() if n is None]
        sentences = [self._say("helped", given=self._listed(given))] if given else []
        if unsaid:
            sentences.append(self._say("helped_also" if given else "help", kinds=self._listed(unsaid)))
        return " ".join(sentences)

    def _exploitation(self, facts: Proved, most: Majority | None, who: str, columns: Sequence[str]) -> str:
        sentences, told = [], dict[str, str]()  # column → the purpose that its majority has
        if most:
            sentences.append(self._majority(most, most.alone or who))
            told = dict.fromkeys((most.only, most.alone), most.purpose)
        for column in columns:
            if found := facts.purposes.get(column):
                further = found.main and column in told
                sentences.append(
                    self._further(found, column, told[column]) if further else self._group(found, column)
                )
        return " ".join(sentence for sentence in sentences if sentence)

    def _majority(self, most: Majority, who: str) -> str:
        whom = self._say("all" if most.all else "most", many=self.many[who], the=self.the[who])
        share = ""
        if most.number and most.of and not most.all:
            share = self._say("share", n=self._number(most.number), of=self._number(most.of))
        only = self._say("only", many=self.many[most.only]) if most.only else ""
        return f"{whom}{share} {self.phrases['exploited_mainly']} {self.purposes[most.purpose]}{only}."

    def _further(self, purposes: Purposes, column: str, told: str) -> str:
        """After the sentence on the purpose `told`: what else there was."""
        others = self._others(purposes, column, [one for one in purposes.named if one.category != told])
        return " ".join(one for one in (others, self._unsaid(purposes, column)) if one)

    def _group(self, found: Purposes, column: str) -> str:
        unsaid = self._unsaid(found, column)
        told = self._told(found, column) if found.named else ""
        return " ".join(one for one in (told, unsaid) if one)

    def _unsaid(self, found: Purposes, column: str) -> str:
        """Return that the number of a purpose is not shown, and may be large."""
        if not found.unsaid:
            return ""
        return self._say("unsaid", the=self.the[column], purposes=self._named(found.unsaid, "or"))

    def _told(self, found: Purposes, column: str) -> str:
        if found.complete and len(found.named) == 1:
            everybody = self._say("all", many=self.many[column])
            return f"{everybody} {self.phrases['exploited_mainly']} {self.purposes[found.named[0].category]}."
        if found.first:
            others = self._others(found, column, found.also)
            return " ".join(other for other in (self._leading(found, column), others) if other)
        the = self.the[column]
        start = the.capitalize() if found.complete else self._say("some_of", the=the)
        return self._without_order(found, found.also, start, the)

    def _leading(self, purposes: Purposes, column: str) -> str:
        key = "most_often" if purposes.main else "most_often_of_all"
        start = _capital(self._say(key, the=self.the[column]))
        if purposes.tied:
            names = self._listed([self.purposes[one.category] for one in purposes.first], "or")
            return self._say("tied", start=start, names=names, n=self._number(purposes.first[0].size))
        (first, *then), following = ranked(purposes.first)
        followed = self._say("followed", names=self._named(then)) if then else ""
        after = self._say("after", names=self._named(following)) if following else ""
        return f"{start} {self._named([first])}{followed}.{after}"

    def _others(self, purposes: Purposes, column: str, also: Sequence[Named]) -> str:
        if not also:
            return ""
        the_others = self._say("the_other", many=self.many[column])
        start = _capital(the_others) if purposes.complete else self._say("other", many=self.many[column])
        return self._without_order(purposes, also, start, the_others)

    def _without_order(self, purposes: Purposes, named: Sequence[Named], start: str, who: str) -> str:
        """Those with a number, and then those without."""
        known, others = numbered(named)
        if not known:
            return self._exploited(purposes, start, others)
        first = self._shares(who, known) if purposes.main else self._exploited(purposes, start, known)
        if not others:
            return first
        if purposes.complete:
            rest = self._exploited(purposes, self.phrases["rest"], others)
        else:
            rest = self._say("purposes_also", who=who, purposes=self._named(others))
        return f"{first} {rest}"

    def _shares(self, who: str, named: Sequence[Named]) -> str:
        """Of main purposes with numbers: nobody is in two."""
        first_key = "first_share_of_one" if named[0].number == 1 else "first_share"
        keys = chain([first_key], repeat("further_share"))
        shares = [
            self._say(key, n=self._number(one.size), purpose=self.purposes[one.category])
            for key, one in zip(keys, named, strict=False)
        ]
        return self._say("shares", who=who, shares=self._listed(shares))

    def _exploited(self, purposes: Purposes, start: str, named: Sequence[Named]) -> str:
        """Nobody is taken to be in all of them."""
        exploited = self.phrases["exploited_mainly" if purposes.main else "exploited"]
        return f"{start} {exploited} {self._named(named, 'or')}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
