"""What sheets tell beside what they count themselves and what was published, and what may explain it. Pure.

Rows are named as people write them: a sheet a line, its lines after a colon.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, product
from operator import itemgetter
from typing import Final, NamedTuple

from legacy_import.sheets.reader import Reading, SheetPerson, SheetTable
from legacy_import.sheets.tables import TableRow, in_a_row, is_part_of_total
from legacy_import.sheets.values import COUNTS, CellReader, month_in

Place = tuple[str, int]  # sheet and line
MAX_ROWS: Final = 2_000  # rows of one answer
_AMOUNT: Final = re.compile(r"\s*-?\d+(?:[.,]\d+)?\s*")  # and no percentage
_LINES: Final = re.compile(r"[0-9]{1,7}(?:\s*[-–]\s*[0-9]{1,7})?")


class WrongPlace(ValueError):
    """`said`: what cannot be read as rows of a known sheet."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def in_words(rows: Iterable[Place]) -> str:
    """Such as "Väst 2018: 4, 7-9"."""
    of_sheets = groupby(sorted(set(rows)), key=itemgetter(0))
    return "\n".join(f"{sheet}: {spans(place[1] for place in places)}" for sheet, places in of_sheets)


def spans(lines: Iterable[int]) -> str:
    """Return lines in words, such as "4, 7-9"."""
    ends = (dict.fromkeys((str(some[0]), str(some[-1]))) for some in in_a_row(sorted(lines), int))
    return ", ".join("-".join(end) for end in ends)


def of_words(text: str, sheets: Collection[str]) -> tuple[Place, ...]:
    """The rows that were written, each once. Raises WrongPlace."""
    known = {" ".join(sheet.split()).casefold(): sheet for sheet in sheets}
    found: dict[Place, None] = {}
    for words in (line for line in (line.strip() for line in text.splitlines()) if line):
        name, _colon, lines = words.rpartition(":")
        sheet = known.get(" ".join(name.split()).casefold())
        if sheet is None:
            raise WrongPlace(words)
        for span in lines.split(","):
            found |= dict.fromkeys(product([sheet], _of_span(span.strip(), words)))
            if len(found) > MAX_ROWS:
                raise WrongPlace(words)
    return tuple(found)


def _of_span(span: str, said: str) -> range:
    if not _LINES.fullmatch(span):
        raise WrongPlace(said)
    numbers = [int(one) for one in re.split(r"\s*[-–]\s*", span)]
    first, last = numbers[0], numbers[-1]
    if not 0 < first <= last < first + MAX_ROWS:
        raise WrongPlace(said)
    return range(first, last + 1)


TOTAL: Final = "*"
_GROUPS: Final = {"women", "men", "girls", "boys"}
_SUMMED: Final = {"year", "region", "county"}  # what a row of a table of totals may be of
_COUNTED: Final = (*COUNTS, "total", "count")


class Of(NamedTuple):
    """What a number is of. `region`: its code; `group`: as the register counts; TOTAL for all."""

    year: int
    region: str = TOTAL
    group: str = TOTAL


@dataclass(frozen=True)
class Stated:
    """A number that a sheet says of itself. `part`: the county of a region that it is of, where it is."""

    of: Of
    value: int
    sheet: str
    line: int
    part: str = ""


@dataclass(frozen=True)
class DifferenceReason:
    """What may explain a difference: rows that a person looks at. `kind`: not_victim, twice, accompanying,
    year (none is told), doubt, two_sheets, two_years."""

    kind: str
    persons: int
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Compared:
    """`rows`: persons taken in. `sheets`: what the sheets say, `published`: what was, None where they say
    nothing. `reasons`: empty where all are equal."""

    of: Of
    rows: int
    sheets: int | None
    published: int | None
    reasons: tuple[DifferenceReason, ...]

    @property
    def equal(self) -> bool:
        return {self.sheets, self.published} <= {None, self.rows}


def region_of(person: SheetPerson, regions: Mapping[str, str]) -> str:
    first = min(person.seen, key=lambda one: one.get("on", "9"))
    return regions.get(first.get("county", ""), first.get("region", "")) or "?"


def _of_person(year: int, person: SheetPerson, regions: Mapping[str, str]) -> tuple[Of, Of, Of]:
    """What a person of that year counts in: the year, their region, their group. Those of other sex and of
    whom it is unknown are one."""
    group = person.group if person.group in _GROUPS else "other_unknown"
    return Of(year), Of(year, region_of(person, regions)), Of(year, TOTAL, group)


def count(persons: Iterable[SheetPerson], regions: Mapping[str, str]) -> Counter[Of]:
    """Those that count, by year: each region, each group, and both as one."""
    found: Counter[Of] = Counter()
    for person in (person for person in persons if person.counted):
        if person.year is not None:
            found.update(_of_person(person.year, person, regions))
    return found


def stated(reading: Reading, reader: CellReader, regions: Mapping[str, str]) -> list[Stated]:
    """From tables that count, and from the sums below tables of persons."""
    found: list[Stated] = []
    for taken in reading.tables:
        concepts = {one.concept for one in taken.chosen}
        if taken.kind == "totals" and concepts <= {*_COUNTED, *_SUMMED}:
            found += (one for row in taken.table.rows for one in _of_row(row, taken, reader, regions))
        elif taken.kind == "persons":
            found += _of_sums(taken)
    return found


def _of_row(
    row: TableRow, taken: SheetTable, reader: CellReader, regions: Mapping[str, str]
) -> Iterable[Stated]:
    facts = _facts(row, taken, reader)
    year = facts.get("on", taken.year)[:4]
    region = regions.get(facts.get("county", ""), facts.get("region", taken.region)) or TOTAL
    if not year:
        return
    numbers = {name: int(facts[name]) for name in (one for one in _COUNTED if facts.get(one))}
    if total := _total(numbers):
        yield Stated(Of(int(year), region), total, taken.table.sheet, row.line, facts.get("county", ""))
    if region == TOTAL:
        for name in sorted(_GROUPS & numbers.keys()):
            yield Stated(Of(int(year), TOTAL, name), numbers[name], taken.table.sheet, row.line)


def _facts(row: TableRow, taken: SheetTable, reader: CellReader) -> dict[str, str]:
    facts: dict[str, str] = {}
    for concept in taken.chosen:
        text = row.cells.get(concept.column.place, "")
        facts |= reader.read(concept.concept, text, concept.around).facts
    return facts


def _total(numbers: Mapping[str, int]) -> int:
    """Return how many all are: as a total or a count says, else the sum of those that are counted apart."""
    apart = sum(numbers.get(name, 0) for name in COUNTS)
    of_all = (one for one in (numbers.get(one) for one in ("total", "count")) if one)
    return next(of_all, apart)


def _of_sums(taken: SheetTable) -> list[Stated]:
    """The last, where it stands below other sums or is the only one. Where each stands below persons of its
    own, as of a month or a quarter, they are added up."""
    totals = ((row.line, _sum_below(row, taken)) for row in taken.table.totals)
    sums = [total for total in totals if total[1]]
    if not sums or not taken.year:
        return []
    line, last = sums[-1]
    previous, _total_before = sums[-2:][0]  # itself, where it is the only one
    before = sum(one[1] for one in sums[:-1])
    has_own_persons = any(previous < row.line < line for row in taken.table.full_rows)
    if has_own_persons and last not in {before, taken.rows}:
        last += before
    return [Stated(Of(int(taken.year), taken.region or TOTAL), last, taken.table.sheet, line)]


def _sum_below(row: TableRow, taken: SheetTable) -> int:
    """Return what a row of sums says, 0 for nothing.

    One number below a table is of all its persons; numbers below columns that count are of these.
    """
    if is_part_of_total([*row.cells.values()]):
        return 0
    cells = row.cells.items()
    numbers = {place: int(float(n.replace(",", "."))) for place, n in cells if _AMOUNT.fullmatch(n)}
    placed = {one.concept: numbers[one.column.place] for one in taken.chosen if one.column.place in numbers}
    alone = sum(numbers.values()) if len(numbers) == 1 else 0
    return _total(placed) or alone


def compare(
    reading: Reading, said: Sequence[Stated], published: Mapping[Of, int], regions: Mapping[str, str]
) -> list[Compared]:
    """By year, region and group: what rows, sheets or publications say. Sheets that each count a region of
    their own add up to the year, where no sheet counts all."""
    rows = count(reading.persons, regions)
    sheets = _summed(said)
    reasons = _reasons(reading.persons, regions)
    found = []
    years = {row.year for row in rows}
    for of in sorted({*rows, *sheets, *(of for of in published if of.year in years)}):
        compared = Compared(of, rows[of], sheets.get(of), published.get(of), ())
        found.append(compared if compared.equal else replace(compared, reasons=reasons.get(of, ())))
    return found


def totals_of(said: Iterable[Stated]) -> dict[tuple[Of, str], int]:
    """Return what each sheet says of a thing: the greatest, since a sum is often written twice, and of a
    region without a total the sum of its counties."""
    parts: dict[tuple[Of, str], dict[str, int]] = defaultdict(dict)
    for one in said:
        known = parts[one.of, one.sheet]
        known[one.part] = max(one.value, known.get(one.part, 0))
    return {place: values.get("") or sum(values.values()) for place, values in parts.items()}


def _summed(said: Iterable[Stated]) -> dict[Of, int]:
    """The greatest that one sheet says of a thing; sheets of months add up to the year, regions to the
    country."""
    found, months = dict[Of, int](), Counter[Of]()
    for (of, sheet), value in totals_of(said).items():
        months[of] += value * bool(month_in(sheet))
        found[of] = max(value, found.get(of, 0), months[of])
    regions_together: dict[Of, int] = defaultdict(int)
    for of, value in found.items():
        if of.region != TOTAL:
            regions_together[Of(of.year)] += value
    return {**regions_together, **found}


def _reasons(
    persons: Sequence[SheetPerson], regions: Mapping[str, str]
) -> dict[Of, tuple[DifferenceReason, ...]]:
    kinds: dict[Of, dict[str, list[SheetPerson]]] = defaultdict(lambda: defaultdict(list))
    years = sorted({person for person in (person.year for person in persons) if person})
    alike = later_ones(persons)
    for person in persons:
        kind = why_of(person, alike)
        of_years = [person.year] if person.year else years
        for year in of_years if kind else ():
            for of in _of_person(year, person, regions):
                kinds[of][kind].append(person)
    return {of: reasons_of(facts) for of, facts in kinds.items()}


def reasons_of(kinds: Mapping[str, Sequence[SheetPerson]]) -> tuple[DifferenceReason, ...]:
    """Return a reason for each kind, with the rows that tell of its persons."""
    found = []
    for kind, persons in sorted(kinds.items()):
        rows = dict.fromkeys(one for person in persons for one in person.places)
        found.append(DifferenceReason(kind, len(persons), tuple(rows)))
    return tuple(found)


def why_of(person: SheetPerson, alike: Mapping[int, str]) -> str:
    """Why others may have counted the person, or not; "" where nothing says so. `alike`: of all persons."""
    if not person.counted:
        return person.left or "not_victim"
    return alike.get(id(person), "doubt" if person.doubts else "")


def later_ones(persons: Sequence[SheetPerson]) -> dict[int, str]:
    """Persons who may be one that two sheets, or two years, have told of: the later of them."""
    groups: dict[object, list[SheetPerson]] = defaultdict(list)
    for person in (person for person in persons if person.counted):
        if len(person.on) == 10:
            facts = (person.facts.get("citizenship"), person.facts.get("main_purpose"))
            groups[person.on, person.group, *facts, person.nth].append(person)
        if person.case and person.ref:
            groups[person.case.casefold(), person.ref.casefold()].append(person)
    found = {}
    for first, *others in groups.values():
        for later in others:
            if later.sheet != first.sheet:
                found[id(later)] = "two_sheets" if later.year == first.year else "two_years"
    return found
