"""What the figures of a publication are made of, from the catalogue and the register's lists alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from summaries.catalogue import CATALOGUE
from summaries.classifying import PART, Codes
from summaries.protection.atoms import Bound, Made, Words
from summaries.protection.figures import Figure
from summaries.publishing.placing import REST
from summaries.publishing.reported import Reported


def words(
    codes: Codes, figures: Iterable[Figure], reported: Iterable[Reported], bounds: Iterable[Bound] = ()
) -> Words:
    """Of these figures. `reported`: the persons themselves, by every fact of which they have one code."""
    pairs = sorted({pair for figure in figures for pair in figure})
    made = {pair: made_of(codes, *pair) for pair in pairs}
    facts = {fact for one in made.values() for fact in one if not CATALOGUE.facts[fact].several}
    held = [(tuple((fact, row.codes[fact]) for fact in sorted(facts)), row.n) for row in reported]
    base = {fact: frozenset(codes.base(fact)) for fact in sorted(facts)}
    return Words(
        made, base, tuple(held), tuple(never(codes)), tuple(one for one in bounds if one.fact in facts)
    )


def made_of(codes: Codes, level: str, category: str) -> Made:
    """Of all but some, as the rest of a group of countries is called: what none of those adds up."""
    if not category.startswith(REST):
        return codes.made_of(level, category)
    named = category.removeprefix(REST).split(PART)
    fact = CATALOGUE.fact(level).name
    return {fact: frozenset(codes.base(fact)).difference(*(codes.made_of(level, one)[fact] for one in named))}


def never(codes: Codes) -> Iterator[Made]:
    """What nobody has together."""
    for pair in CATALOGUE.never:
        found: dict[str, frozenset[str]] = {}
        for level, category in sorted(pair):
            for fact, some in codes.made_of(level, category).items():
                found[fact] = found.get(fact, some) & some
        yield found


def unnamed(codes: Codes, level: str, named: Collection[str], named_from: int) -> Bound:
    """What is known of rows that a table does not have: each would stand there from so many persons on."""
    one = CATALOGUE.classifications[level]
    left_out = (c for c in codes.categories(level) if c not in {*named, *one.always, *one.unnamed})
    return Bound(one.fact, tuple(codes.made_of(level, c)[one.fact] for c in left_out), named_from - 1)
