"""The tables of a year, from counts to values. The internal layer: full detail, not for publication."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from cases.choices import COUNTED, AgeClass, MeasureAnswer
from summaries import counts
from summaries.counts import COORDINATOR, NONE_GIVEN, NOT_ASKED, SUPPORT_LINE
from summaries.labels import titles
from summaries.reference import Reference, continents
from summaries.tables import TOTAL, Dimension, Key, Table
from summaries.tabulate import AGE_GROUP_OF, AGE_GROUPS, GROUPS, Grouped, by_group, group_of, one_way, two_way

GROUP = Dimension("group", GROUPS)
UNKNOWN_COUNTRY, STATELESS = "ZZ", "XS"
NO_COUNTRY = (STATELESS, UNKNOWN_COUNTRY, NOT_ASKED)
COUNTRY_GROUPS = (
    "sweden",
    "other_eu",
    "other_europe",
    "africa",
    "asia",
    "americas",
    "oceania",
    "stateless",
    "unknown",
    NOT_ASKED,
)
CORE = (
    "groups",
    "main_purpose",
    "any_purpose",
    "citizenship",
    "county",
    "organisation",
    "source",
    "offence",
    "status",
    "measures",
    "ages",
)
MONTHS = tuple(f"{month:02}" for month in range(1, 13))


@dataclass(frozen=True)
class Counted:
    """What one year's tables are made of: grouped persons by name of the grouping, and calls by theirs."""

    year: int
    persons: Mapping[str, tuple[Grouped, ...]]
    calls: Mapping[str, tuple[Grouped, ...]]
    reference: Reference

    @property
    def number(self) -> int:
        return sum(row.n for row in self.persons.get("status", ()))

    @property
    def calls_number(self) -> int:
        return sum(row.n for row in self.calls.get("month", ()))


def of_the_register(at: datetime) -> Access:
    """The register's own reading of totals, in commands that nobody signed in for."""
    return Access(User(email="system", role=Role.ANALYST), Role.ANALYST, at)


def counted(access: Access, first: int, last: int, *, calls: bool = True) -> dict[int, Counted]:
    """Each year from `first` to `last`: four queries for all of them, three without calls."""
    reference = Reference.load()
    persons = _sorted(counts.persons_grouped(access, first, last, reference))
    answered = _sorted(counts.calls_grouped(access, first, last)) if calls else {}
    return {
        year: Counted(year, persons.get(year, {}), answered.get(year, {}), reference)
        for year in range(first, last + 1)
    }


def yearly_tables(access: Access, year: int) -> tuple[Table, ...]:
    """Every table of the year's internal layer, with full detail. Titles are in the active language."""
    return all_tables(counted(access, year, year)[year])


def all_tables(found: Counted) -> tuple[Table, ...]:
    return (*core_tables(found), *further_tables(found), *call_tables(found))


def core_tables(found: Counted) -> tuple[Table, ...]:
    """The tables that the command and the published summary have in common (design part 7)."""
    reference, of = found.reference.categories, found.persons
    return (
        one_way("groups", titles()["groups"], GROUP, _groups(found), exempt=True),
        _crossed(found, "main_purpose", "purpose", _first, reference["purpose_group"]),
        _any_purpose(found),
        _crossed(found, "citizenship", "citizenship", _country, countries(of.get("citizenship", ()))),
        _crossed(found, "county", "county", _first, reference["county"]),
        _crossed(found, "organisation", "organisation", _first, reference["organisation"]),
        _crossed(found, "source", "channel", _second, (SUPPORT_LINE, COORDINATOR)),
        _crossed(found, "offence", "status", _second, (*reference["offence"], NOT_ASKED)),
        _crossed(found, "status", "status", _first, tuple(str(status) for status in COUNTED)),
        _measures(found),
        _crossed(found, "ages", "age", _first, (*AgeClass.values, NOT_ASKED), dimension="age"),
    )


def further_tables(found: Counted) -> tuple[Table, ...]:
    reference = found.reference.categories
    combinations = tuple(
        sorted({held(found.reference, row) for row in found.persons.get("purposes", ())}, key=_length)
    )
    return (
        _crossed(found, "age_group", "status", lambda row: AGE_GROUP_OF[row.child], AGE_GROUPS),
        _crossed(
            found, "purpose_combination", "purposes", lambda row: held(found.reference, row), combinations
        ),
        _crossed(found, "country_group", "citizenship", country_group, COUNTRY_GROUPS),
        _crossed(found, "region", "county", _second, reference["region"]),
        _crossed(found, "channel", "channel", _first, (*reference["channel"], NOT_ASKED)),
        _crossed(found, "sector", "purpose", _second, (*reference["sector"], NOT_ASKED, "not_labour")),
        _measure_answers(found),
    )


def call_tables(found: Counted) -> tuple[Table, ...]:
    """Calls, never persons: a population of its own in disclosure control."""
    reference = found.reference.categories
    answers = (NONE_GIVEN, "unknown", NOT_ASKED)
    layout = {
        "topic": (*reference["topic"], *answers),
        "caller": reference["caller"],
        "outcome": (*reference["outcome"], *answers),
        "month": MONTHS,
        "call_county": (*reference["county"], NOT_ASKED),
    }
    return tuple(_calls(found, name, categories) for name, categories in layout.items())


def word(key: str) -> str:
    """A code without its list."""
    return key.rpartition(":")[2]


def countries(rows: Iterable[Grouped]) -> tuple[str, ...]:
    """Those that occur, most persons first; then stateless, unknown and not asked, which always stand."""
    number: Counter[str] = Counter()
    for row in rows:
        number[_country(row)] += row.n
    return (*sorted(set(number) - set(NO_COUNTRY), key=lambda code: (-number[code], code)), *NO_COUNTRY)


def country_group(row: Grouped) -> str:
    """By the primary citizenship, and membership of the Union on the day of identification."""
    country = _country(row)
    special = {"SE": "sweden", STATELESS: "stateless", UNKNOWN_COUNTRY: "unknown", NOT_ASKED: NOT_ASKED}
    if country in special:
        return special[country]
    if row.second == "eu":
        return "other_eu"
    continent = continents().get(country, "unknown")
    return "other_europe" if continent == "europe" else continent


def _sorted(rows: Iterable[Grouped]) -> dict[int, dict[str, tuple[Grouped, ...]]]:
    found: dict[int, dict[str, list[Grouped]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row.year][row.table].append(row)
    return {year: {name: tuple(of) for name, of in tables.items()} for year, tables in found.items()}


def _crossed(
    found: Counted,
    name: str,
    grouping: str,
    category: Callable[[Grouped], str],
    categories: Sequence[str],
    *,
    dimension: str = "",
) -> Table:
    counted_at = by_group(found.persons.get(grouping, ()), category)
    dimensions = (Dimension(dimension or name, tuple(categories)), GROUP)
    return two_way(name, titles()[name], dimensions, counted_at)


def _any_purpose(found: Counted) -> Table:
    counted_at: Counter[Key] = Counter()
    for row in found.persons.get("purposes", ()):
        for purpose in held(found.reference, row).split("+"):
            counted_at[purpose, group_of(row.sex, row.child)] += row.n
    dimension = Dimension("any_purpose", found.reference.categories["purpose_group"])
    return two_way(
        "any_purpose", titles()["any_purpose"], (dimension, GROUP), counted_at, columns=_persons(found)
    )


def _measures(found: Counted) -> Table:
    accepted = [row for row in found.persons.get("measure", ()) if row.second == MeasureAnswer.ACCEPTED]
    dimension = Dimension("measure", found.reference.categories["measure"])
    counted_at = by_group(accepted, _first)
    return two_way("measures", titles()["measures"], (dimension, GROUP), counted_at, columns=_persons(found))


def _measure_answers(found: Counted) -> Table:
    """Kind by answer. A person may have been offered the same measure more than once."""
    counted_at: Counter[Key] = Counter()
    kinds: Counter[str] = Counter()
    answers: Counter[str] = Counter({TOTAL: found.number})
    for row in found.persons.get("measure", ()):
        counted_at[word(row.first), row.second] += row.n
    for row in found.persons.get("measure_kind", ()):
        kinds[word(row.first)] += row.n
    for row in found.persons.get("measure_answer", ()):
        answers[row.first] += row.n
    dimensions = (
        Dimension("measure_kind", found.reference.categories["measure"]),
        Dimension("answer", tuple(MeasureAnswer.values)),
    )
    return two_way(
        "measure_answers", titles()["measure_answers"], dimensions, counted_at, columns=answers, rows=kinds
    )


def _calls(found: Counted, name: str, categories: Sequence[str]) -> Table:
    counted_at: Counter[Key] = Counter()
    for row in found.calls.get(name, ()):
        counted_at[(word(row.first),)] += row.n
    overlaps = name in ("topic", "outcome")
    dimension = Dimension(name, tuple(categories))
    total = found.calls_number if overlaps else None
    table = f"calls_{name.removeprefix('call_')}"
    return one_way(table, titles()[table], dimension, counted_at, total=total)


def _groups(found: Counted) -> Counter[Key]:
    numbers = _persons(found)
    return Counter({(group,): numbers[group] for group in GROUPS})


def _persons(found: Counted) -> Counter[str]:
    """Persons by group, and all of them at TOTAL."""
    numbers: Counter[str] = Counter({TOTAL: found.number})
    for row in found.persons.get("status", ()):
        numbers[group_of(row.sex, row.child)] += row.n
    return numbers


def held(reference: Reference, row: Grouped) -> str:
    """The purposes of the persons of a row, such as "sexual+begging"."""
    bits = counts.purpose_bits(reference)
    return "+".join(group for group, bit in bits.items() if int(row.first) & bit)


def _length(combination: str) -> tuple[int, str]:
    return combination.count("+"), combination


def _first(row: Grouped) -> str:
    return word(row.first)


def _second(row: Grouped) -> str:
    return word(row.second)


def _country(row: Grouped) -> str:
    return row.first
