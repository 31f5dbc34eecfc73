"""A year's counts as facts: for each number of persons, its place in every tree of categories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

from cases.choices import COUNTED, AgeClass, MeasureAnswer
from summaries.build import COUNTRY_GROUPS, Counted, country_group, held, word
from summaries.counts import COORDINATOR, NOT_ASKED, SUPPORT_LINE
from summaries.publishing import lists
from summaries.publishing.families import Chain, Fact, Family
from summaries.publishing.reported import Reported
from summaries.tabulate import Grouped, group_of

ARTICLE: Final = "eu19a"
SWEDEN: Final = "SE"
OWN: Final = "sweden"  # a group of one country: nobody is left when it is named, which it always is
REST: Final = "all but "  # of a group of countries, those that are not named
# Which standard a family takes its words from, and of which list they are.
STANDARDS: Final = {"sdg": ("sdg", "purpose"), "eu_form": (ARTICLE, "purpose")}
GROUP: Final = Family.of(
    ("section", "group"), ((section, group) for group, section in lists.SECTIONS.items())
)
LINKED: Final = {"purpose", *STANDARDS}
CHILDS: Final = {"0-17": True, "18+": False}  # spans of ages: whether they are children's
UNMAPPED: Final = "unmapped"  # a code without a row of its own is kept apart, never lost


@dataclass(frozen=True)
class Facts:
    """`kinds`: kind of each agency. `countries`: those shown by name beside Sweden; all others only in
    groups."""

    found: Counted
    reported: Sequence[Reported]
    mapping: Mapping[tuple[str, str], str]
    kinds: Mapping[str, str]
    countries: frozenset[str]

    @cached_property
    def families(self) -> Mapping[str, Family]:
        """What is known of beforehand comes first: the order of what is found would tell of it."""
        known, of = self.found.reference.categories, self.found.persons
        counties = [area(word(row.second), word(row.first)) for row in of.get("county", ())]
        citizens = [self.citizenship(row) for row in of.get("citizenship", ())]
        own = (*self.group_of_countries(OWN), SWEDEN)
        rests = [self._rest(group) for group in self._named if group != OWN]
        return {
            "group": GROUP,
            "purpose": Family.of(("purpose_class", "main_purpose"), map(purpose, known["purpose_group"])),
            "citizenship": Family.of(
                ("eu_citizenship", "country_group", "citizenship"),
                [*map(self.group_of_countries, COUNTRY_GROUPS), own, *citizens, *rests],
            ),
            "county": Family.of(("area", "region", "county"), [*map(area, known["region"]), *counties]),
            "organisation": Family.of(
                ("eu_organisation", "organisation"), map(self.agency, known["organisation"])
            ),
            "offence": Family.of(
                ("act", "offence_class", "offence"), map(self.offence, (*known["offence"], NOT_ASKED))
            ),
            "age": Family.of(("age_span", "age_class", "age"), map(age, (*AgeClass.values, NOT_ASKED))),
            "sector": Family.of(("sector_class", "sector"), map(sector, (*known["sector"], NOT_ASKED))),
            "measure": Family.of(("measure",), ((name,) for name in known["measure"])),
            "any_purpose": Family.of(("any_purpose",), ((name,) for name in known["purpose_group"])),
            "source": Family.of(("source",), ((SUPPORT_LINE,), (COORDINATOR,))),
            "eu_status": Family.of(("eu_status", "status"), map(self.status, COUNTED)),
            **{name: Family.of((name,), ((value,) for value in self._values(name))) for name in STANDARDS},
        }

    def possible(self, names: Sequence[str]) -> Iterable[tuple[Chain, ...]]:
        """All ways to be in these families at once, but for those that everybody knows to be none."""
        linked = [name for name in names if name in LINKED]
        if len(linked) > 1:  # a purpose has one name in each standard
            others = list(product(*(self.families[name].chains for name in names if name not in LINKED)))
            return [(*self._linked(linked, code), *other) for code in self._purposes() for other in others]
        ways = product(*(self.families[name].chains for name in names))
        return (way for way in ways if names[0] != "age" or _agree(*way))

    def by_group(self, name: str) -> list[Fact]:
        """The facts of one family beside the group."""
        return [((chain, _group(row)), row.n) for chain, row in self._chains(name)]

    def by_report(self, families: Sequence[str]) -> list[Fact]:
        """Of whatever the international tables ask for together."""
        return [(tuple(self.chain_of(name, row) for name in families), row.n) for row in self.reported]

    def labour_sectors(self) -> list[Fact]:
        rows = [row for row in self.found.persons.get("purpose", ()) if word(row.first) == "labour"]
        return [((purpose("labour"), sector(word(row.second)), _group(row)), row.n) for row in rows]

    def persons(self) -> list[Fact]:
        return [((_group(row),), row.n) for row in self.found.persons.get("status", ())]

    def chain_of(self, family: str, row: Reported) -> Chain:
        if family == "group":
            return _group(row)
        if family == "offence":
            return self.offence(row.offence)
        if family == "purpose":
            return purpose(self._purpose_group(row.purpose))
        if family == "organisation":
            return (self._standard(ARTICLE, "agency_kind", row.kind),)
        if family == "citizenship":
            return self.group_of_countries(row.country_group)
        if family == "eu_status":
            return self.status(row.status)
        return (self._standard(*STANDARDS[family], row.purpose),)

    def citizenship(self, row: Grouped) -> Chain:
        """Those of no named country are a figure too: anybody can subtract the named ones from their
        group."""
        of = country_group(row)
        named = self._named.get(of, ())
        if row.first in named:
            return *self.group_of_countries(of), row.first
        return self._rest(of) if named else self.group_of_countries(of)

    def _rest(self, group: str) -> Chain:
        return *self.group_of_countries(group), f"{REST}{'+'.join(self._named[group])}"

    @cached_property
    def _named(self) -> Mapping[str, Sequence[str]]:
        """The countries that are shown by name, by their group. Sweden always: no rule depends on its
        size."""
        found: dict[str, set[str]] = {OWN: {SWEDEN}}
        for row in self.found.persons.get("citizenship", ()):
            if row.first in self.countries:
                found.setdefault(country_group(row), set()).add(row.first)
        return {group: sorted(countries) for group, countries in found.items()}

    def agency(self, code: str) -> Chain:
        return self._standard(ARTICLE, "agency_kind", self.kinds.get(code, "")), code

    def status(self, code: str) -> Chain:
        return self._standard(ARTICLE, "status", code), str(code)

    def offence(self, code: str) -> Chain:
        """What the article counts has a row there; all else is told apart by us."""
        named = self.mapping.get((ARTICLE, f"offence:{code}"))
        return (
            (*(lists.COUNTED, named), code)
            if named
            else (*lists.OFFENCES.get(code, lists.OTHER_OFFENCE), code)
        )

    def group_of_countries(self, group: str) -> Chain:
        return self._standard(ARTICLE, "country_group", group), group

    def _chains(self, name: str) -> Iterable[tuple[Chain, Grouped | Reported]]:
        of = self.found.persons
        if name in ("sdg", "eu_status"):
            return [(self.chain_of(name, row), row) for row in self.reported]
        if name == "measure":
            accepted = [row for row in of.get(name, ()) if row.second == MeasureAnswer.ACCEPTED]
            return [((word(row.first),), row) for row in accepted]
        if name == "any_purpose":
            return [
                ((one,), row)
                for row in of.get("purposes", ())
                for one in held(self.found.reference, row).split("+")
            ]
        if name == "source":
            return [((word(row.second),), row) for row in of.get("channel", ())]
        if name == "citizenship":
            return [(self.citizenship(row), row) for row in of.get(name, ())]
        if name == "county":
            return [(area(word(row.second), word(row.first)), row) for row in of.get(name, ())]
        if name == "offence":
            return [(self.offence(word(row.second)), row) for row in of.get("status", ())]
        chain = {"purpose": purpose, "organisation": self.agency, "age": age}[name]
        return [(chain(word(row.first)), row) for row in of.get(name, ())]

    def _linked(self, names: Sequence[str], code: str) -> tuple[Chain, ...]:
        of = {name: (self._standard(*standard, code),) for name, standard in STANDARDS.items()}
        return tuple(of[name] if name in of else purpose(self._purpose_group(code)) for name in names)

    def _purposes(self) -> Iterable[str]:
        known = self.found.reference.purposes.values()
        return dict.fromkeys((*(key.partition(":")[2] for keys in known for key in keys), "unknown"))

    def _purpose_group(self, code: str) -> str:
        groups = self.found.reference.purposes
        known = {key.partition(":")[2]: group for group, keys in groups.items() for key in keys}
        return known.get(code, "unknown" if code == "unknown" else "other")

    def _standard(self, standard: str, of: str, value: str) -> str:
        return self.mapping.get((standard, f"{of}:{value}"), UNMAPPED)

    def _values(self, family: str) -> Iterable[str]:
        standard, of = STANDARDS[family]
        named = (
            value
            for (name, code), value in self.mapping.items()
            if name == standard and code.startswith(f"{of}:")
        )
        return dict.fromkeys((*named, UNMAPPED))


def purpose(group: str) -> Chain:
    return lists.PURPOSE_CLASSES.get(group, group), group


def area(region: str, *county: str) -> Chain:
    return lists.AREAS.get(region, lists.OTHER_AREA), region, *county


def age(code: str) -> Chain:
    return *lists.AGES.get(code, lists.UNKNOWN_AGE), code


def sector(code: str) -> Chain:
    return lists.SECTORS.get(code, lists.OTHER_SECTOR), code


def _agree(age: Chain, group: Chain) -> bool:
    """Whether somebody of the group can be of the age: the register lets nobody be both a child and of
    age."""
    return age[0] not in CHILDS or CHILDS[age[0]] is (group[0] == "children") or group[0] == "other_unknown"


def _group(row: Grouped | Reported) -> Chain:
    group = row.group if isinstance(row, Reported) else group_of(row.sex, row.child)
    return lists.SECTIONS[group], group
