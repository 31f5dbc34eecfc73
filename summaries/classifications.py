"""What the catalogue is written in: facts with base codes, classifications of them, and tables. Pure.

Everybody who is counted has one base code of each fact, or several where the fact says so. A classification
puts base codes into categories; a table counts persons, or calls, by one or two classifications. Which base
codes a category is made of follows from the catalogue and the lists of codes alone: `Codes.made_of`. The
coarser categories are fixed in advance: nobody chooses them by looking at a year's figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from itertools import product
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from agencies.code_words import of_regions
from cases.rules.values import AGES, span_of

SECTIONS: Final = {
    "women": "women",
    "men": "men",
    **dict.fromkeys(("girls", "boys"), "children"),
    **dict.fromkeys(("other", "unknown"), "other_unknown"),
}
COUNTRY_GROUPS: Final = (  # not coarser than a country alone: by the membership of the Union on the day too
    *("sweden", "other_eu", "other_europe", "africa", "asia", "americas", "oceania", "stateless"),
    *("unknown", "not_asked"),
)
SECTORS: Final = {
    **dict.fromkeys(("agri", "berries", "forest", "fish"), "land"),
    **dict.fromkeys(("mining", "industry", "waste", "construction", "carwash"), "making"),
    **dict.fromkeys(
        ("retail", "street", "transport", "horeca", "cleaning", "staffing", "care", "beauty"), "services"
    ),
    "household": "households",
}
CALLERS: Final = {
    **dict.fromkeys(
        ("social", "police", "migration", "labour_insp", "authority", "coordinator"), "authorities"
    ),
    **dict.fromkeys(("health", "school"), "care_and_school"),
    **dict.fromkeys(("ngo", "legal", "union", "company"), "civil_society"),
    **dict.fromkeys(("public", "self", "abroad"), "individuals"),
}
PUBLISHED_AGES: Final = ("0-12", "13-17", "18-24", "25-34", "35+")
AGE_CLASSES: Final = {ages: span_of(ages, PUBLISHED_AGES) for ages in AGES}
AGE_SPANS: Final = {ages: span_of(ages, ("0-17", "18+")) for ages in PUBLISHED_AGES}
MAIN_MEASURES: Final = (
    *("shelter", "placement", "health", "psych", "money", "legal", "reflection", "permit"),
    *("police_report", "return", "child_report"),
)
PURPOSES: Final = dict.fromkeys(("marriage", "organs", "military", "other"), "other_purposes")
PURPOSE_FIELDS: Final = dict.fromkeys(("other_purposes", "unknown"), "other_or_unknown")
AREAS: Final = of_regions("area")
OFFENCES: Final = dict.fromkeys(("not_assessed", "not_asked"), "no_offence_stated")
# What is left over stands last, wherever its number would put it.
RESIDUAL: Final = (
    *("other_purposes", "other_sectors", "other_offences", "other_callers", "other_unknown", "other_regions"),
    *("other", "unmapped", "not_relevant", "none_given", "XS"),
    *("other_or_unknown", "no_offence_stated", "not_assessed", "unknown_citizens", "unknown_age"),
    *("unknown", "ZZ", "not_asked"),
)
PLACES: Final = {category: place for place, category in enumerate(RESIDUAL)}


def residuals_last(categories: Iterable[str]) -> tuple[str, ...]:
    """Return categories in their order, left-over ones last: by their names alone, never by their numbers."""
    return tuple(sorted(categories, key=lambda category: PLACES.get(category, -1)))


PART: Final = "+"  # between the parts of a base code, such as county and region
SEVERAL: Final = "|"  # between base codes of one fact that somebody has together
NOT_ASKED: Final = "not_asked"
LEFT_OUT: Final = -1  # the step of a table that a version does not print
Categories = tuple[str, ...]
P = ParamSpec("P")
Answer = TypeVar("Answer")


def remembered(method: Callable[Concatenate[Any, P], Answer]) -> Callable[Concatenate[Any, P], Answer]:
    """Work out the answer of a method to the same arguments once for each object, which keeps it.

    For objects that never change. As with `cached_property`, a copy by `replace` begins anew.
    """
    name = f"_known_{method.__name__}"

    @wraps(method)
    def answer(self: Any, /, *args: P.args, **named: P.kwargs) -> Answer:
        known = self.__dict__.setdefault(name, {})
        key = (*args, *named.items())
        if key not in known:
            known[key] = method(self, *args, **named)
        answered: Answer = known[key]
        return answered

    return answer


def gettext_noop(text: str) -> str:
    """The text itself: marked for the catalogue of translations, translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of everybody counted. `parts`: the lists whose codes make up a base code.

    `counted`: the grouping of summaries.counting.counts that has it, and `read` where it stands in a row of
    that. `several`: somebody may have more than one code. `calls`: of calls, not of persons.
    """

    name: str
    parts: tuple[str, ...]
    counted: str
    read: tuple[str, ...] = ("first",)
    beside: Categories = ()
    several: bool = False
    calls: bool = False


@dataclass(frozen=True, slots=True)
class Classification:
    """A way to put the codes of a fact into categories; its title is what the head of a table calls it.

    It groups the categories of another one, `of`, or else base codes: a `part` of these, and only those whose
    last part is `ending`. A category is found in the data `given` beforehand, by the rows of a `standard`
    (target, list of codes), by `groups`, or is `rest`; where none of these says anything it keeps its name.
    `listed` and `beside` are its categories in order, where they are not simply those that it finds.
    """

    name: str
    title: str
    fact: str
    of: str = ""
    part: int | None = None
    ending: str = ""
    given: str = ""
    standard: tuple[str, str] = ("", "")
    groups: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    listed: str = ""
    beside: Categories = ()
    combined: bool = False  # of all that somebody has together, such as "sexual+begging"
    alone: str = ""  # the grouping in which persons are counted once in each of its categories
    # Categories that overlap: each is a category of another classification of the fact, and, where it is
    # `crossed` with one of another fact, that one's parts stand below it.
    nested: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    crossed: str = ""
    # Outside a category has a row of its own from the threshold on: these always, and these never.
    by_size: bool = False
    always: Categories = ()
    unnamed: Categories = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Classifications of rows and columns; no columns for totals alone. `only`: the rows, where not all."""

    rows: str
    columns: str = ""
    only: Categories = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One table. `ladder`: its steps, the finest first. `where`: the category that all its persons are in.

    `open`: its rows are not all there are, or overlap, so that they do not add up to the total. `exempt`:
    shown however small. `common`: among those that the yearly summary prints outside. `overview`: on the page
    of the year. `over_years`: has a page of ten years.
    """

    name: str
    title: str
    ladder: tuple[Step, ...]
    where: tuple[str, str] | None = None
    open: bool = False
    exempt: bool = False
    common: bool = False
    overview: bool = False
    over_years: bool = True
    chart: str = ""
    international: bool = False

    def step(self, number: int) -> Step:
        return self.ladder[min(number, len(self.ladder) - 1)]


@dataclass(frozen=True, slots=True)
class Ranks:
    """How dear the totals of a table are: from `last` to `first`, which its `largest` rows have.

    `order`: its rows where no year was published before, the dearest first.
    """

    first: int
    last: int
    largest: int
    order: Categories = ()


@dataclass(frozen=True)
class Catalogue:
    """`trees`: classifications of one fact of which each is part of the one before, coarsest first.

    `never`: pairs of categories that nobody is in both of. `above`: tree → classifications that put
    categories of its coarsest level together. Figures are called by the levels of the tree: only what one of
    these puts together has a name of its own, so that a coarser step renames nothing that was published.
    """

    facts: Mapping[str, Fact]
    classifications: Mapping[str, Classification]
    trees: Mapping[str, Sequence[str]]
    never: frozenset[frozenset[tuple[str, str]]]
    above: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def fact(self, classification: str) -> Fact:
        return self.facts[self.classifications[classification].fact]

    def tree(self, classification: str) -> str:
        """The tree that a classification is a level of, or above."""
        return next(
            name
            for name, levels in self.trees.items()
            if classification in (*levels, *self.above.get(name, ()))
        )

    def trees_of(self, classification: str) -> list[str]:
        """The trees whose categories its own are made of: more than one where it is crossed."""
        one = self.classifications[classification]
        parts = [*dict(one.nested.values()), *(each for each in [one.crossed] if each)]
        return list(dict.fromkeys(self.tree(one) for one in parts or [classification]))

    def fact_of_tree(self, tree: str) -> Fact:
        return self.fact(self.trees[tree][-1])


@dataclass(frozen=True)
class Codes:
    """The catalogue with what the register knows: `lists` of codes in order, `mapping` (target, code) → what
    the target calls it, `given` classification → base code or category → category."""

    catalogue: Catalogue
    lists: Mapping[str, Categories]
    mapping: Mapping[tuple[str, str], str]
    given: Mapping[str, Mapping[str, str]]

    @remembered
    def base(self, fact: str) -> Categories:
        """Every base code that somebody could have."""
        one = self.catalogue.facts[fact]
        combined = product(*(self.lists[name] for name in one.parts))
        return (*(PART.join(part for part in parts if part) for parts in combined), *one.beside)

    def categories(self, name: str) -> Categories:
        """Return the categories of a classification, in order."""
        classification = self.catalogue.classifications[name]
        if classification.nested:
            return self._nested_categories(classification)
        if classification.listed or classification.beside:
            return (*self.lists.get(classification.listed, ()), *classification.beside)
        if classification.standard[0] and not classification.of and not classification.groups:
            return self._standard_categories(classification)
        finer = self.categories(classification.of) if classification.of else self.base(classification.fact)
        found = (self.of(name, one, since=classification.of) for one in finer)
        return tuple(dict.fromkeys(each for one in found for each in one))

    def _nested_categories(self, one: Classification) -> Categories:
        below = self.categories(one.crossed) if one.crossed else ()
        return tuple(c for scope in one.nested for c in (scope, *(f"{scope}{PART}{b}" for b in below)))

    def _standard_categories(self, one: Classification) -> Categories:
        """Whatever the standard has, also where nobody is."""
        named = (v for (t, c), v in self.mapping.items() if (t, c.partition(":")[0]) == one.standard)
        return tuple(dict.fromkeys((*named, one.rest)))

    @remembered
    def of(self, name: str, code: str, since: str = "") -> Categories:
        """The categories that a base code is in, or, with `since`, a category of that classification."""
        one = self.catalogue.classifications[name]
        if one.nested:
            nested = one.nested.items()
            return tuple(scope for scope, (level, category) in nested if category in self.of(level, code))
        if one.name == since:
            return (code,)
        if one.of:
            return tuple(dict.fromkeys(self._grouped(one, each) for each in self.of(one.of, code, since)))
        parts = code.split(PART)
        if one.ending and parts[-1] != one.ending:
            return ()
        return (self._grouped(one, code if one.part is None else parts[one.part]),)

    def of_all(self, name: str, codes: Iterable[str]) -> Categories:
        """The categories of somebody who has all these base codes of its fact."""
        found = dict.fromkeys(one for code in codes for one in self.of(name, code))
        if self.catalogue.classifications[name].combined:
            order = self.categories(self.catalogue.classifications[name].of)
            return (PART.join(sorted(found, key=order.index)),)
        return tuple(found)

    @remembered
    def made_of(self, name: str, category: str) -> Mapping[str, frozenset[str]]:
        """Fact → the base codes that the category adds up: who is in it has one of them, of each fact."""
        one = self.catalogue.classifications[name]
        if one.nested:
            scope, _plus, part = category.partition(PART)
            return {**self.made_of(*one.nested[scope]), **(self.made_of(one.crossed, part) if part else {})}
        return {one.fact: self._codes_in(name).get(category, frozenset())}

    @remembered
    def _codes_in(self, name: str) -> Mapping[str, frozenset[str]]:
        """Category → the base codes that are in it; without the categories that no code is in."""
        found: dict[str, set[str]] = {}
        for code in self.base(self.catalogue.classifications[name].fact):
            for category in self.of(name, code):
                found.setdefault(category, set()).add(code)
        return {category: frozenset(codes) for category, codes in found.items()}

    def together(self, *pairs: tuple[str, str]) -> bool:
        """Whether somebody may be in all of these categories at once."""
        return not any(set(pairs).issuperset(one) for one in self.catalogue.never)

    def _grouped(self, one: Classification, code: str) -> str:
        target, of = one.standard
        named = self.mapping.get((target, f"{of}:{code}")) or self.given.get(one.given, {}).get(code)
        if named and named not in self.lists.get(one.listed, (named,)):
            named = one.rest
        return named or one.groups.get(code, one.rest or code)
