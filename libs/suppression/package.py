"""What comes in: the tables of one publication with their true values, and the ledger of what was published
before; and what the attack test found. Internal: it tells about true values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any, Final, Literal

from libs.groups import grouped
from libs.suppression.figures import Bound, Codes, Figure, Made, Pair, Words, dimension_names, made_from
from libs.suppression.tables import Table, TableError, refuse_if, required

SMALLEST_K: Final = 2
LARGEST_K: Final = 100
LARGEST_VALUE: Final = 10_000_000  # above this the arithmetic of the solver is no longer exact to a person
MOST_CELLS: Final = 20_000  # of a file; a year's own versions may be many
Json = Mapping[str, Any]
Method = Literal["exact", "heuristic"]  # of choosing what to hide


@dataclass(frozen=True)
class LedgerEntry:
    """One earlier version or file: statuses as published, values true. `version` tells entries apart in
    messages.

    `unprinted`: figures of which it published nothing, whatever their status. `least`, `decoys`: as in a
    package.
    """

    population: str
    version: int | str
    tables: tuple[Table, ...]
    unprinted: frozenset[Figure] = frozenset()
    least: Mapping[Figure, int] = field(default_factory=dict)
    words: Words | None = None
    decoys: frozenset[Figure] = frozenset()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LedgerEntry:
        data = required(data, dict, "Each entry of the ledger must be a JSON object.")
        version = data.get("version", "")
        refuse_if(
            type(version) not in {int, str}, "The version of a ledger entry must be a number or a text."
        )
        tables = _tables(data, "ledger entry")
        least, words = _least_of(data, tables), _words_of(data, tables)
        return cls(_population(data, "ledger entry"), version, tables, least=least, words=words)

    def to_json(self) -> dict[str, Any]:
        tables = [table.to_json() for table in self.tables]
        return {"population": self.population, "version": self.version, "tables": tables}


@dataclass(frozen=True)
class Package:
    """A publication before protection. Counts from 1 to `k` - 1 are too small to be shown.

    `unprinted`: figures that stand in no table for the outside: of these nothing is published, not even if
    they are 0. What was published of them earlier holds. `least`: figures that were given a row for their
    size, and how many everybody therefore knows them to be at least. `words`: what the figures are made of;
    without it they hang together by their tables alone. `weights`: the least weight of hiding some figures.
    `key`: draws the choice of what is hidden, and stays secret; without one the choice follows from the
    figures. `decoys`: figures that are hidden so that others are not hidden alone, zeros and known ones too.
    """

    k: int
    population: str
    tables: tuple[Table, ...]
    ledger: tuple[LedgerEntry, ...] = ()
    unprinted: frozenset[Figure] = frozenset()
    least: Mapping[Figure, int] = field(default_factory=dict)
    words: Words | None = None
    weights: Mapping[Figure, float] = field(default_factory=dict)
    key: bytes = b""
    decoys: frozenset[Figure] = frozenset()

    def __post_init__(self) -> None:
        _check_limits(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Package:
        """The package of the design's part 7. Raises TableError with one sentence for the sender."""
        data = required(data, dict, "A package must be a JSON object.")
        ledger = data.get("ledger")
        refuse_if(not isinstance(ledger, list | None), "The ledger must be a list.")
        tables = _tables(data, "package")
        found = cls(
            k=data.get("k", 5),
            population=_population(data, "package"),
            tables=tables,
            words=_words_of(data, tables),
            least=_least_of(data, tables),
            ledger=tuple(LedgerEntry.from_json(one) for one in ledger or ()),
        )
        refuse_if(
            sum(len(table.cells) for table in found.all_tables()) > MOST_CELLS,
            f"The package and its ledger hold more than {MOST_CELLS} cells.",
        )
        return found

    def all_tables(self) -> Iterator[Table]:
        return chain(self.tables, *(one.tables for one in self.ledger))

    def to_json(self) -> dict[str, Any]:
        return {
            "k": self.k,
            "population": self.population,
            "tables": [table.to_json() for table in self.tables],
            "ledger": [one.to_json() for one in self.ledger],
        }


def _population(data: Json, where: str) -> str:
    population = data.get("population")
    if type(population) is int:
        population = str(population)
    return required(population or None, str, f"The {where} does not say which population it counts.")


def _tables(data: Json, where: str) -> tuple[Table, ...]:
    tables = required(data.get("tables"), list, f"The tables of the {where} must be a list.")
    return tuple(Table.from_json(table) for table in tables)


def _check_limits(package: Package) -> None:
    k = package.k
    refuse_if(
        type(k) is not int or not SMALLEST_K <= k <= LARGEST_K,
        f"The threshold k must be a whole number from {SMALLEST_K} to {LARGEST_K}.",
    )
    names = [table.name for table in package.tables]
    if twice := Counter(names) - Counter({*names}):
        raise TableError(f"Two tables are called {next(iter(twice))}.")
    for table in package.all_tables():
        _check_table(table)


def _check_table(table: Table) -> None:
    names = [dimension.name for dimension in table.dimensions]
    refuse_if(len(set(names)) != len(names), f"Table {table.name}: two dimensions have the same name.")
    refuse_if(
        any((cell.value or 0) > LARGEST_VALUE for cell in table),
        f"Table {table.name}: a value is larger than {LARGEST_VALUE}.",
    )


def _words_of(data: Json, tables: Sequence[Table]) -> Words | None:
    """What the tables say that their categories are made of, in the shape of docs/open-data.md. None where no
    table says so. Raises TableError."""
    raw = [table for table in data["tables"] if any("made_of" in one for one in table["dimensions"])]
    if not raw:
        return None
    try:
        made = _made_of(raw, tables)
        several = set[str]().union(*(table.get("rules", {}).get("several", ()) for table in raw))
        all_codes = _all_codes(data.get("facts", {}), made.values(), several)
        never = tuple(made_from(one) for one in data.get("never", ()))
        return Words(made, all_codes, None, never, tuple(_bounds(raw, all_codes)))
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        raise TableError(
            "What the categories are made of is not in the shape of docs/open-data.md."
        ) from error


def _made_of(raw: Sequence[Json], tables: Sequence[Table]) -> dict[Pair, Made]:
    by_name = {table.name: table for table in tables}
    made: dict[Pair, Made] = {}
    for one in raw:
        for name, dimension in zip(dimension_names(by_name[one["name"]]), one["dimensions"], strict=True):
            for category, made_of in dimension.get("made_of", {}).items():
                made[name, category] = made_from(made_of)
    return made


def _all_codes(facts: Json, made: Collection[Made], several: Set[str]) -> dict[str, Codes]:
    """Return the base codes, listed or mentioned, of each fact of which everybody has one code."""
    mentioned = set[str]().union(*made) - several
    base = {fact: set(codes) for fact, codes in facts.items() if fact in mentioned}
    for made_of in made:
        for fact in made_of.keys() & mentioned:
            base.setdefault(fact, set()).update(made_of[fact])
    return {fact: frozenset(codes) for fact, codes in base.items()}


def _least_of(data: Json, tables: Sequence[Table]) -> dict[Figure, int]:
    """Of rows that stand there for their size."""
    by_name = {table.name: table for table in tables}
    found: dict[Figure, int] = {}
    for one in data["tables"]:
        no_object = f"The rules of table {one['name']} must be a JSON object."
        rules = required(one.get("rules", {}), dict, no_object)
        if rules.get("named_from"):
            name = dimension_names(by_name[one["name"]])[0]
            try:
                rows = set(by_name[one["name"]].dimensions[0].categories) - set(rules.get("always", ()))
                found |= {frozenset({(name, row)}): int(rules["named_from"]) for row in rows}
            except (TypeError, ValueError, OverflowError):
                raise TableError(
                    f"The rules of table {one['name']} are not in the shape of docs/open-data.md."
                ) from None
    return found


def _bounds(raw: Sequence[Json], base: Made) -> list[Bound]:
    """Of rows that do not. Codes that are one up to a plus sign are of one row."""
    found = []
    for one in raw:
        rules = one.get("rules") or {}
        if not rules.get("named_from"):
            continue
        made_of = [made_from(each) for each in one["dimensions"][0]["made_of"].values()]
        (fact,) = set[str]().union(*made_of)
        left = base[fact].difference(*(codes[fact] for codes in made_of), rules.get("unnamed", ()))
        rows = grouped(left, lambda code: code.partition("+")[0])
        found.append(
            Bound(fact, tuple(frozenset(rows[row]) for row in sorted(rows)), rules["named_from"] - 1)
        )
    return found


class Cancelled(Exception):
    """The caller asked to stop."""


class Kind(StrEnum):
    SMALL = "small"  # below the threshold
    PROTECTS = "protects"  # hidden to protect another
    DIFFERENCE = "difference"  # between two versions


class Verdict(StrEnum):
    SAFE = "safe"
    LOWERED = "lowered"  # zeros and exempt figures alone say this much: nothing that is hidden could help
    UNDER = "under protected"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class FigureInterval:
    """What an intruder can work out: the figure is from `low` to `high`. Internal: `value` is the truth."""

    figure: Figure
    versions: tuple[int | str | None, ...]  # None is the package
    kind: Kind
    value: int
    low: int
    high: int
    verdict: Verdict


@dataclass(frozen=True)
class Findings:
    """Counts of figures; publishing needs `recovered` and `under_protected` 0. `unprinted`: printed
    nowhere."""

    primary: int
    hidden: int
    intervals: tuple[FigureInterval, ...]
    unprinted: frozenset[Figure] = frozenset()

    def _count(self, *verdicts: Verdict) -> int:
        return len({interval.figure for interval in self.intervals if interval.verdict in verdicts})

    @property
    def recovered(self) -> int:
        return self._count(Verdict.RECOVERED)

    @property
    def under_protected(self) -> int:
        failed = {Verdict.RECOVERED, Verdict.UNDER}
        return len({i.figure for i in self.intervals if i.verdict in failed and i.kind is not Kind.PROTECTS})

    @property
    def lowered(self) -> int:
        return self._count(Verdict.LOWERED)

    @property
    def told(self) -> int:
        """How many small figures of this version are derivable: hiding them keeps nothing."""
        small = (one for one in self.intervals if one.kind is Kind.SMALL and one.versions == (None,))
        return len({one.figure for one in small if one.low == one.high and one.figure not in self.unprinted})
