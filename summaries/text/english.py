"""The words of the text in English, written apart from the Swedish ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from summaries.text.proved import Proved
from summaries.text.sentences import EVERYBODY, GIRLS_AND_BOYS, WOMEN_AND_MEN, Sentences

PURPOSES: Final = {
    "sexual": "sexual purposes",
    "labour": "labour",
    "begging": "begging",
    "crime": "criminal purposes",
    "marriage": "forced marriage",
    "organs": "the removal of organs",
    "military": "military service",
    "other": "other purposes",
    "other_purposes": "forced marriage or other purposes",
}
MANY: Final = {group: group for group in ("women", "men", "girls", "boys", "children", "adults")} | {
    EVERYBODY: "persons",
    WOMEN_AND_MEN: "women and men",
    GIRLS_AND_BOYS: "girls and boys",
}


class English(Sentences):
    phrases = {
        "thousands": ",",
        "and": "and",
        "and_last": "and",
        "or": "or",
        "one": "one",
        "one_child": "one",
        "months": "January February March April May June July August September October November December",
        "on": "On {day}",
        "at_the_end": "At the end of {year}",
        "members": "{when} the members of the network were {agencies}.",
        "no_total": "No overall number of persons is given for {year}.",
        "no_total_so_far": "No overall number of persons is given for the year so far, up to {day}.",
        "figures_show": " The figures show {groups}.",
        "the_person": " The person was {group}.",
        "both": " Both were {group}.",
        "everybody": " All were {group}.",
        "of_them": " Of them, {groups}.",
        "no_girls": " None was a girl.",
        "no_boys": " None was a boy.",
        "no_girls_boys": " None was a girl or a boy.",
        "broken": "The series is broken between the two years, so they should be compared with care.",
        "not_over": "The year is not over, so the figures are compared with no other year.",
        "few_in_all": "Of so few persons nothing more is told.",
        "nor_then": "Nor did it in {year}.",
        "number_then": "In {year} there were {n}.",
        "that_is": "In total, that is {than} in {year}{then}.",
        "as_many": "as many as",
        "more": "{n} more than",
        "fewer": "{n} fewer than",
        "against_none": ", against none in {year}",
        "of_all_than": ", {than} in {year}",
        "girls_and_boys_than": ", which is {than} in {year}",
        "girls_and_boys": "Girls and boys together numbered {n}{change}.",
        "one_of_all": "Of all the persons, one was a child{change}.",
        "of_all": "Of all the persons, {n} were children{change}.",
        "all_children": "All {n} persons were children{change}.",
        "one_left_out": "One person is not counted in what follows: that person's group is so small that it "
        "is counted only in the figures above.",
        "left_out": "Of the persons, {n} are not counted in what follows: their groups are so small that "
        "they are counted only in the figures above.",
        "country": "The most common citizenship was that of {names}.",
        "countries": "The most common citizenships were those of {names}.",
        "helped": "Of the persons, {given}.",
        "helped_also": "The support also included {kinds}.",
        "help": "The support included {kinds}.",
        "shelter": "protected housing",
        "return": "help to return",
        "all": "All {many}",
        "most": "Most of {the}",
        "share": ", {n} of {of},",
        "only": ", and all of these were {many}",
        "exploited": "were exploited for",
        "exploited_mainly": "were exploited mainly for",
        "some_of": "Some of {the}",
        "most_often": "{the} were most often exploited for",
        "most_often_of_all": "Counting every purpose, {the} were most often exploited for",
        "tied": "{start} {names} ({n} each).",
        "followed": ", then for {names}",
        "after": " Next came {names}.",
        "other": "Other {many}",
        "the_other": "the other {many}",
        "rest": "The rest",
        "purposes_also": "Among {who} there was also exploitation for {purposes}.",
        "unsaid": "How many of {the} were exploited for {purposes} is not shown, but they may be many.",
        "shares": "Of {who}, {shares}.",
        "first_share_of_one": "{n} was exploited mainly for {purpose}",
        "first_share": "{n} were exploited mainly for {purpose}",
        "further_share": "{n} for {purpose}",
    }
    purposes = PURPOSES
    many = MANY
    the = {group: f"the {name}" for group, name in MANY.items()}
    one = {"women": "a woman", "men": "a man", "girls": "a girl", "boys": "a boy"}
    counted = {"women": "one woman", "men": "one man", "girls": "one girl", "boys": "one boy"}
    of = {
        "other": "of another sex",
        "unknown": "of unknown sex or age",
        "other_unknown": "of another sex or of unknown sex or age",
    }
    helped = {
        "shelter": ("was given protected housing", "were given protected housing"),
        "return": ("was helped to return", "were helped to return"),
    }
    caveats = (
        "The figures are not comprehensive. They show the persons who came to the network's knowledge, and "
        "the true number is believed to be much higher. That more persons are identified does not mean that "
        "more are victims.",
        "One person may have been exploited for several purposes. The figures should not be added to the "
        "statistics of other agencies, since the same person may be in more than one of them.",
    )

    def _identified(self, facts: Proved, total: int) -> str:
        start = f"In {facts.year} the network identified"
        if facts.so_far:
            start = f"So far in the year, up to {self._day(facts.so_far)}, the network has identified"
        persons = "presumed victim" if total == 1 else "presumed victims"
        number = self._few(total) if total else "no"
        return f"{start} {number} {persons} of trafficking in human beings or similar exploitation."

    def _of_them(self, groups: Mapping[str, int]) -> str:
        """The verb stands with the first group: "Of them, 3 were women, one a man and 2 boys"."""
        (group, n), *others = groups.items()
        first = f"{self._few(n)} {'was' if n == 1 else 'were'} {self._kind(group, n)}"
        further = [
            f"one {self.one[group]}" if n == 1 and group in self.one else self._counted(group, n)
            for group, n in others
        ]
        return self._say("of_them", groups=self._listed([first, *further]))

    def _number_then(self, before: int, year: int) -> str:
        if before == 1:
            return f"In {year} there was one."
        return self._say("number_then", n=self._number(before) if before else "none", year=year)
