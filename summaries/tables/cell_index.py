"""The counts of a year as facts: for each number of persons, its place in every tree of categories.

They come from persons by every fact of which everybody has one code, together, in one query.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, product
from typing import Any, Final, NamedTuple

from django.db.models import Count, FilteredRelation, Q

from accounts.access import Access, bypass_policies
from libs.suppression.figures import Made
from summaries.catalogue import CATALOGUE, PERSONS_PUBLISHED, TREES
from summaries.classifications import NOT_ASKED, PART, Codes
from summaries.counting.build import Counted, codes_of, word
from summaries.counting.counts import in_union, known, main_purpose, persons, sector, source
from summaries.counting.reference import SWEDEN
from summaries.tables.hierarchies import Chain, Hierarchy, Placed


class Reported(NamedTuple):
    """`n` persons who share all of these: fact of the catalogue → base code."""

    codes: Mapping[str, str]
    n: int


@bypass_policies("totals")
def reported(access: Access, year: int) -> list[Reported]:
    """Return the persons of a year, counted by all facts at once."""
    rows = persons(access, year, year).annotate(
        main=FilteredRelation("exploitations", condition=Q(exploitations__is_main=True)),
        c_union=in_union(),
        c_offence=known("offence"),
        c_age=known("age_class"),
        c_channel=known("first_channel"),
        c_source=source(),
        c_purpose=main_purpose(),
        c_sector=sector(),
    )
    facts = {
        "sex_child": ("sex", "child"),
        "status": ("status",),
        "offence": ("c_offence",),
        "age": ("c_age",),
        "citizenship": ("citizenship", "c_union"),
        "place": ("first_county", "first_region"),
        "organisation": ("first_agency__code",),
        "channel": ("c_channel",),
        "source": ("c_source",),
        "purpose": ("c_purpose",),
        "sector": ("c_sector",),
    }
    columns = list(chain(*facts.values()))
    grouped = rows.values(*columns).annotate(n=Count("pk")).order_by(*columns)
    return [
        Reported({fact: _code(map(row.get, read)) for fact, read in facts.items()}, row["n"])
        for row in grouped
    ]


def _code(parts: Iterable[Any]) -> str:
    """A base code of the catalogue: its parts, less what stands for nothing."""
    first, *others = parts
    return PART.join(filter(None, (word(str(part or "")) for part in (first or NOT_ASKED, *others))))


OWN: Final = "sweden"  # a group of one country: nobody is left when it is named, which it always is
REST: Final = "all but "  # of a group of countries, those that are not named
# Trees of which all that is published concerns those of one category alone.
WHERE: Final = {
    CATALOGUE.tree(entry.ladder[0].rows): entry.where for entry in PERSONS_PUBLISHED.values() if entry.where
}
Held = Mapping[str, Sequence[str]]  # fact → base codes that somebody has of it


@dataclass(frozen=True)
class PlacedYear:
    """`countries`: those shown by name beside Sweden; all others only in groups."""

    found: Counted
    reported: Sequence[Reported]
    countries: frozenset[str]

    @property
    def codes(self) -> Codes:
        return self.found.reference.codes

    @cached_property
    def families(self) -> Mapping[str, Hierarchy]:
        """What is known of beforehand comes first: the order of what is found would tell of it."""
        listed = {name: [*self._listed(name)] for name in TREES if name not in ("citizenship", "county")}
        regions = map(partial(self._chain, ("area", "region")), self.codes.categories("region"))
        groups = map(self._of_countries, self.codes.categories("country_group"))
        own, rests = (*self._of_countries(OWN), SWEDEN), [self._rest(g) for g in self._named if g != OWN]
        listed["county"] = [*regions, *self._occurring("county")]
        listed["citizenship"] = [*groups, own, *self._occurring("citizenship"), *rests]
        return {
            name: Hierarchy(levels, tuple(dict.fromkeys(listed[name])), self._above(name))
            for name, levels in TREES.items()
        }

    def _above(self, name: str) -> dict[str, dict[str, Chain]]:
        coarsest = TREES[name][0]
        found: dict[str, dict[str, Chain]] = {}
        for level in CATALOGUE.above.get(name, ()):
            made = found.setdefault(level, {})
            for part in self.codes.categories(coarsest):
                (category,) = self.codes.of(level, part, since=coarsest)
                made[category] = (*made.get(category, ()), part)
        return found

    def possible(self, names: Sequence[str]) -> Iterable[tuple[Chain, ...]]:
        """Give all ways to be in these trees at once, but for those that everybody knows to be none."""
        by_fact: dict[str, list[str]] = {}
        for name in names:
            by_fact.setdefault(CATALOGUE.fact_of_tree(name).name, []).append(name)
        for way in product(*map(self._ways, by_fact.values())):
            chains = dict(chain.from_iterable(part.items() for part in way))
            places = (zip(TREES[name], one, strict=False) for name, one in chains.items())
            if self.codes.together(*chain.from_iterable(places)):
                yield tuple(chains[name] for name in names)

    def counted(self, names: Sequence[str], where: tuple[str, str] | None = None) -> list[Placed]:
        """How many persons there are at each way to be in these trees at once. `where`: of one category."""
        facts = {CATALOGUE.fact_of_tree(name).name for name in names}
        facts |= {CATALOGUE.fact(where[0]).name} if where else set()
        found: Counter[tuple[Chain, ...]] = Counter()
        for held, n in self._held(facts):
            if where is None or where[1] in self.codes.of_all(where[0], held[CATALOGUE.fact(where[0]).name]):
                for way in product(*(self._chains(name, held) for name in names)):
                    found[way] += n
        return list(found.items())

    def number(self, made: Iterable[Made]) -> int:
        """Return how many persons have one of the base codes of each of these categories."""
        needed = list(chain.from_iterable(one.items() for one in made))
        held = self._held({fact for fact, _codes in needed})
        return sum(n for has, n in held if not any(codes.isdisjoint(has[fact]) for fact, codes in needed))

    def _held(self, facts: set[str]) -> Iterable[tuple[Held, int]]:
        """How many persons have these base codes together: from one grouping where that has all facts."""
        needed = [CATALOGUE.facts[name] for name in sorted(facts | {"sex_child"})]
        groupings = {CATALOGUE.facts[name].counted for name in facts - {"sex_child"}} or {"status"}
        if len(groupings) > 1:
            return [({name: (row.codes[name],) for name in facts}, row.n) for row in self.reported]
        rows = self.found.persons.get(groupings.pop(), ())
        return [({fact.name: codes_of(fact, row) for fact in needed}, row.n) for row in rows]

    def _chains(self, name: str, held: Held) -> Iterable[Chain]:
        """The chains of somebody in a tree: one, or several where categories overlap, or none."""
        codes = held[CATALOGUE.fact_of_tree(name).name]
        return dict.fromkeys(filter(None, map(partial(self._at, name), codes)))

    def _at(self, name: str, code: str) -> Chain:
        return self._citizenship(code) if name == "citizenship" else self._chain(TREES[name], code, "")

    def _chain(self, levels: Sequence[str], category: str, since: str | None = None) -> Chain:
        """From a category of the finest level, or a base code, to what it is part of; empty where it is in
        none."""
        at = levels[-1] if since is None else since
        found = (self.codes.of(level, category, since=at)[:1] for level in levels)
        return tuple(chain.from_iterable(found))

    def _listed(self, name: str) -> Iterable[Chain]:
        """A chain for each category of the finest level, in its order."""
        levels = TREES[name]
        for category in self.codes.categories(levels[-1]):
            if self.codes.together((levels[-1], category), *filter(None, [WHERE.get(name)])):
                yield self._chain(levels, category)

    def _occurring(self, name: str) -> Iterable[Chain]:
        fact = CATALOGUE.fact_of_tree(name)
        return [self._at(name, code) for row in self.found.rows(fact) for code in codes_of(fact, row)]

    def _ways(self, names: Sequence[str]) -> Iterable[Mapping[str, Chain]]:
        """Of trees of one fact: of several, only the chains that one base code has together."""
        if len(names) == 1:
            return [{names[0]: one} for one in self.families[names[0]].chains]
        base = self.codes.base(CATALOGUE.fact_of_tree(names[0]).name)
        return [{name: self._at(name, code) for name in names} for code in base]

    def _citizenship(self, code: str) -> Chain:
        """Those of no named country are a figure too: anybody can subtract the named ones from their
        group."""
        (country,), (of,) = self.codes.of("citizenship", code), self.codes.of("country_group", code)
        named = self._named.get(of, ())
        if country in named:
            return *self._of_countries(of), country
        return self._rest(of) if named else self._of_countries(of)

    def _rest(self, group: str) -> Chain:
        return *self._of_countries(group), f"{REST}{'+'.join(self._named[group])}"

    def _of_countries(self, group: str) -> Chain:
        return self._chain(("eu_citizenship", "country_group"), group)

    @cached_property
    def _named(self) -> Mapping[str, Sequence[str]]:
        """The countries that are shown by name, by their group. Sweden always: no rule depends on its
        size."""
        found: dict[str, set[str]] = {OWN: {SWEDEN}}
        fact = CATALOGUE.fact("citizenship")
        for row in self.found.rows(fact):
            (code,) = codes_of(fact, row)
            if row.first in self.countries:
                found.setdefault(self.codes.of("country_group", code)[0], set()).add(row.first)
        return {group: sorted(countries) for group, countries in found.items()}
