"""Every cell of every table is what the catalogue says that its categories are made of.

A second line: base codes are read off each row here, one by one, and `made_of` alone puts them into
categories. Counting and publishing put them there the other way, through SQL, groupings and trees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, pairwise

import pytest

from accounts.access import Access
from cases.models import Call, Person
from libs.suppression.tables import GROUP, TOGETHER, TOTAL, Key, Table, of_calls
from summaries.catalogue import (
    CALLS_PUBLISHED,
    CATALOGUE,
    CLASSIFICATIONS,
    FACTS,
    INSIDE,
    PERSONS_PUBLISHED,
    PUBLISHED,
    TREES,
)
from summaries.classifications import Classification, Codes, Entry, Step
from summaries.counting.build import all_tables, counted, table_of
from summaries.counting.reference import Reference
from summaries.tables.protection import public_tables
from summaries.tables.public_tables import figures
from tests.summaries import naive, stored_years
from tests.weights import mostly_long

pytestmark = [pytest.mark.heavy]
Held = Mapping[str, frozenset[str]]  # fact → base codes, of one person or call


@pytest.fixture(scope="module")
def demonstration(begin: Callable[[Callable[[], None]], None]) -> Iterator[Access]:
    begin(stored_years.demonstration)
    yield stored_years.anna()
    held_by_persons.cache_clear()


@cache
def held_by_persons(year: int) -> list[Held]:
    """Of everybody who stays a record of their own and whom the register has as counted in the year."""
    persons = Person.objects.filter(same_as=None, first_year=year, status__in=naive.COUNTED)
    persons = persons.select_related("case", "offence").prefetch_related(
        "exploitations__purpose", "exploitations__sector", "measures__kind"
    )
    return [_held(person, naive.earliest(person)) for person in persons]


def _held(person, first) -> Held:
    country, day = str(person.citizenship or "not_asked"), first.identified_on
    one_each = {
        "sex_child": f"{person.sex}+{person.child}",
        "status": person.status,
        "offence": naive.word(person.offence),
        "age": person.age_class or "not_asked",
        "citizenship": f"{country}+eu" if naive.in_union(country, day.isoformat()) else country,
        "place": f"{first.county_id}+{naive.region_of(first.county_id, day)}",
        "organisation": first.agency.code,
        "channel": naive.word(first.channel),
        "source": naive.source_of(person, first),
    }
    purposes = list(person.exploitations.all())
    main = next(purpose for purpose in purposes if purpose.is_main)
    one_each["purpose"] = main.purpose.word
    one_each["sector"] = naive.word(main.sector) if main.purpose_id in naive.LABOUR else "not_labour"
    return {
        **{fact: frozenset({code}) for fact, code in one_each.items()},
        "purposes": frozenset(purpose.purpose.word for purpose in purposes),
        "measure": frozenset(f"{measure.kind.word}+{measure.answer}" for measure in person.measures.all()),
    }


def held_by_calls(year: int) -> list[Held]:
    return [
        {
            "topic": frozenset(code.word for code in call.topics.all()) or {naive.EMPTY[call.topics_answer]},
            "outcome": frozenset(code.word for code in call.outcomes.all())
            or {naive.EMPTY[call.outcomes_answer]},
            "caller": frozenset({call.caller_group.word}),
            "month": frozenset({f"{call.received_on:%m}"}),
            "call_county": frozenset({call.caller_county_id or "not_asked"}),
        }
        for call in Call.objects.all()
        if call.received_on.year == year
    ]


@dataclass
class Recount:
    """Of persons, or calls, by what categories are made of and nothing else."""

    codes: Codes
    everybody: list[Held]
    _made: dict[tuple[str, str], Held] = field(default_factory=dict)
    _members: dict[tuple[str, str], frozenset[int]] = field(default_factory=dict)

    def made_of(self, name: str, category: str) -> Held:
        if (name, category) not in self._made:
            of = "section" if (name, category) == (GROUP, TOGETHER) else name
            self._made[name, category] = self.codes.made_of(of, category)
        return self._made[name, category]

    def is_in(self, held: Held, pairs: Iterable[tuple[str, str]]) -> bool:
        """Whether somebody is in all of these categories.

        One code must be in all that say something of one fact: a measure of that kind with that answer.
        """
        made: dict[str, frozenset[str]] = {}
        for name, category in pairs:
            if CLASSIFICATIONS[name].combined:
                if not self._is_just(held, name, category.split("+")):
                    return False
                continue
            for fact, some in self.made_of(name, category).items():
                made[fact] = made.get(fact, some) & some
        return all(held[fact] & some for fact, some in made.items())

    def _is_just(self, held: Held, name: str, parts: list[str]) -> bool:
        """Whether somebody has all these categories together, and no other."""
        one = CLASSIFICATIONS[name]
        made = [self.made_of(one.of, part)[one.fact] for part in parts]
        return held[one.fact] <= frozenset().union(*made) and all(held[one.fact] & some for some in made)

    def members(self, name: str, category: str) -> frozenset[int]:
        """Who is in one category, by place."""
        if (name, category) not in self._members:
            who = (at for at, held in enumerate(self.everybody) if self.is_in(held, [(name, category)]))
            self._members[name, category] = frozenset(who)
        return self._members[name, category]

    def at(self, entry: Entry, step: Step, key: Key) -> int:
        """How many stand in a cell."""
        cell = zip((step.rows, step.columns), key, strict=False)
        pairs = [pair for pair in cell if pair[1] != TOTAL] + ([entry.where] if entry.where else [])
        of_one = len({CLASSIFICATIONS[name].fact for name, _category in pairs}) < len(pairs)
        if of_one:
            return sum(self.is_in(held, pairs) for held in self.everybody)
        return len(
            frozenset(range(len(self.everybody))).intersection(*(self.members(*pair) for pair in pairs))
        )

    def table(self, entry: Entry, step: Step, keys: Iterable[Key]) -> dict[Key, int]:
        return {key: self.at(entry, step, key) for key in keys}


def values(table: Table) -> dict[Key, int | None]:
    return {cell.key: cell.value for cell in table}


@pytest.mark.parametrize("year", mostly_long((2018, 2025), usual=[2018]))
def test_every_cell_of_the_internal_layer_follows_from_what_its_categories_are_made_of(
    demonstration: Access, year: int
) -> None:
    found = counted(demonstration, year, year)[year]
    entries, codes = {entry.name: entry for entry in INSIDE}, found.reference.codes
    recounts = {False: Recount(codes, held_by_persons(year)), True: Recount(codes, held_by_calls(year))}
    assert all(recount.everybody for recount in recounts.values())
    assert {table.name for table in all_tables(found)} == set(entries)
    for table in all_tables(found):
        entry = entries[table.name]
        again = recounts[of_calls(table.name)].table(entry, entry.ladder[0], values(table))
        assert values(table) == again, table.name


@pytest.mark.parametrize("year", mostly_long((2018, 2025), usual=[2018]))
def test_every_published_figure_does_at_every_step(demonstration: Access, year: int) -> None:
    recount = Recount(Reference.load().codes, held_by_persons(year))
    for number in range(max(len(entry.ladder) for entry in PERSONS_PUBLISHED.values())):
        public = public_tables(demonstration, year, dict.fromkeys(PERSONS_PUBLISHED, number), [])
        known = figures(public.deep)
        for entry in PERSONS_PUBLISHED.values():
            places = {key: public.figure(entry, key) for key in public.keys(entry)}
            printed = {key: known[at].value if at in known else 0 for key, at in places.items()}
            assert printed == recount.table(entry, entry.step(number), places), (entry.name, number)


@pytest.mark.parametrize("year", mostly_long((2018, 2025), usual=[2018]))
def test_every_published_figure_of_calls_does_at_every_step(demonstration: Access, year: int) -> None:
    found = counted(demonstration, year, year)[year]
    recount = Recount(found.reference.codes, held_by_calls(year))
    for entry in CALLS_PUBLISHED.values():
        for step in entry.ladder:
            table = values(table_of(found, entry, step))
            assert table == recount.table(entry, step, table), (entry.name, step)


@pytest.mark.parametrize("year", mostly_long((2018, 2025), usual=[2018]))
def test_nobody_is_in_two_categories_that_never_go_together(demonstration: Access, year: int) -> None:
    recount = Recount(Reference.load().codes, held_by_persons(year))
    assert not [held for held in recount.everybody for never in CATALOGUE.never if recount.is_in(held, never)]


def of_one_fact() -> list[Classification]:
    """But overlapping scopes, and combinations."""
    return [one for one in CLASSIFICATIONS.values() if one.fact and not one.nested and not one.combined]


@pytest.mark.django_db
def test_every_base_code_is_in_one_category_of_each_classification_of_its_fact() -> None:
    """But of those that say otherwise: measures that were not accepted."""
    codes = Reference.load().codes
    for one in of_one_fact():
        made = [codes.made_of(one.name, category)[one.fact] for category in codes.categories(one.name)]
        homes = Counter(chain.from_iterable(made))
        left_out = [code for code in codes.base(one.fact) if code not in homes]
        assert set(homes.values()) == {1}, one
        assert not left_out or one.ending, one
        assert not any(code.endswith(one.ending) for code in left_out), one


@pytest.mark.django_db
def test_the_levels_of_a_tree_are_made_of_codes_that_lie_within_one_another() -> None:
    """A country, which may have been in two groups of countries, and a county, in two regions, are the only
    ones that do not: these are told apart by what they lie in."""
    codes = Reference.load().codes
    for levels in TREES.values():
        for coarse, fine in pairwise(levels):
            fact = CLASSIFICATIONS[fine].fact
            for category in codes.categories(fine):
                of = {codes.of(coarse, code) for code in codes.made_of(fine, category)[fact]}
                assert len(of) <= 1 or fine in ("citizenship", "county"), (coarse, fine, category)


def named_by(entry: Entry) -> list[list[str]]:
    """The classifications of its rows and columns, at each step."""
    return [[step.rows, *filter(None, [step.columns])] for step in entry.ladder]


def test_every_table_is_made_of_what_the_catalogue_has() -> None:
    steps = [names for entry in (*INSIDE, *PUBLISHED) for names in named_by(entry)]
    used = set(chain.from_iterable(steps))
    assert used <= CLASSIFICATIONS.keys()
    assert [name for name in used if not CLASSIFICATIONS[name].title] == []


def test_no_table_crosses_what_is_told_of_persons_with_what_is_told_of_calls() -> None:
    for entry in (*INSIDE, *PUBLISHED):
        for names in named_by(entry):
            assert len({CATALOGUE.fact(name).calls for name in names}) == 1, entry.name


def test_every_classification_is_of_a_fact_of_the_catalogue() -> None:
    assert {one.fact for one in CLASSIFICATIONS.values() if one.fact} <= FACTS.keys()


def test_every_published_table_of_persons_has_rows_of_a_tree() -> None:
    rows = [names[0] for entry in PERSONS_PUBLISHED.values() for names in named_by(entry)]
    assert [name for name in rows if not CATALOGUE.tree(name)] == []
