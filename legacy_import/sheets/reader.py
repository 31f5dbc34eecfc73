"""A workbook to the persons in its rows, what the sheets count themselves, and what is to be asked.

Pure: nothing is stored, and what identifies somebody is left behind in the sheet.

A row without a number of its own is known again by its content when its sheet comes in corrected. Where the
content was corrected, the row stands between the same rows as before: of two versions of a sheet of which at
least half of the rows are the same, what differs in one place is the same row, where as many stand there as
before and at least half of what each says is the same.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import partial
from itertools import product
from typing import Final, NamedTuple

from cases.rules.persons import group_of
from exchange.sheets import WorkbookSheet
from legacy_import.sheets import values
from legacy_import.sheets.columns import ColumnConcept, choose, kind_of
from legacy_import.sheets.people import Age, Who, age
from legacy_import.sheets.rows import Cells, RowReading, TableReader, alike, colour_facts
from legacy_import.sheets.tables import Headings, SheetTable as Table, TableRow, find_tables, row_of, upright
from legacy_import.sheets.values import SURE, Answers, Around, CellQuestion, CellReader, facts_of, gather
from legacy_import.sheets.vocabulary import EXACT, Vocabulary

COMPARED: Final = (
    *("citizenship", "main_purpose", "purposes", "offence", "status", "sector", "age_class", "child"),
)
_DIGITS: Final = re.compile(r"\d+")
_ON: Final = re.compile(r"(?:19|20)\d\d(?:-\d\d){0,2}")
ALWAYS: Final = ("on", "agency", "county")
EVERYWHERE: Final = "alla blad"  # by which an answer is kept that is of each sheet
EACH: Final = "each"  # the answer that each sheet has another
Shared = dict[
    str, tuple[CellQuestion, dict[str, None]]
]  # a question of all sheets, and those that it stands for
# What is proposed to rows without one; a county is proposed by the region.
_PROPOSALS: Final[Mapping[str, tuple[str, ...]]] = {
    "on": (),
    "agency": ("agency=coordinator", "agency=support_line"),
}


@dataclass
class SheetPerson:
    """Of one row or of several. `nth`: of alike persons in one row, from 1. `seen`: what each row says of
    when, by whom and where. `left`: why it is counted by nobody, "" where it is: twice, accompanying,
    year."""

    sheet: str
    lines: tuple[int, ...]
    nth: int
    alike: int
    case: str
    ref: str
    sex: str
    child: str
    facts: dict[str, str]
    seen: list[dict[str, str]]
    key: str
    left: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def places(self) -> list[tuple[str, int]]:
        """Return the sheet and line of each of its rows."""
        return list(product([self.sheet], self.lines))

    @property
    def on(self) -> str:
        """Return the first day, month or year that its rows tell, "" where they tell none."""
        return min((each for each in (one.get("on") for one in self.seen) if each), default="")

    @property
    def year(self) -> int | None:
        return _year(self.on)

    @property
    def counted(self) -> bool:
        return not self.left and self.facts.get("status") != "not_victim"

    @property
    def group(self) -> str:
        """As the register counts: see the design, part 3."""
        return group_of(self.sex, self.child)


@dataclass
class SheetTable:
    """How one table was taken. `kind`: persons, totals, lists or none. `year` and `region` are what its sheet
    says of all of it, "" where it does not."""

    table: Table
    kind: str
    chosen: Sequence[ColumnConcept]
    rows: int = 0
    year: str = ""
    region: str = ""


@dataclass
class Reading:
    """`cells.asked` of `cells.all` wait for an answer. `accompanying`: children by year who are counted
    apart. `comments`: how many cells have one; none is read."""

    tables: list[SheetTable] = field(default_factory=list)
    persons: list[SheetPerson] = field(default_factory=list)
    questions: list[CellQuestion] = field(default_factory=list)
    cells: Cells = field(default_factory=Cells)
    accompanying: Counter[int | None] = field(default_factory=Counter)
    comments: int = 0

    @property
    def unasked(self) -> float:
        """The share of cells that are mapped without a question."""
        return 1 - self.cells.asked / max(self.cells.all, 1)

    def of_sheet(self, name: str) -> list[SheetPerson]:
        """Return the persons of one sheet, or of all where it is not named."""
        return [person for person in self.persons if name in {"", person.sheet}]


def read(pages: Sequence[WorkbookSheet], vocabulary: Vocabulary, answers: Answers, file: str = "") -> Reading:
    """`file`: its name, by which the year may be told and rows are known again."""
    reading = Reading(comments=sum(len(page.commented) for page in pages))
    headings = Headings(vocabulary, answers.columns())
    reader = CellReader(vocabulary, answers.values())
    asked: dict[str, CellQuestion] = {}
    shared: Shared = {}
    sheets = [upright(page, headings) for page in pages]
    found = [(page, table) for page in sheets for table in find_tables(page, headings)]
    for _page, table in found:
        headings.tables.setdefault(tuple(table.columns), []).append(table)
    for page, table in found:
        sheet = _SheetReader(page, table, vocabulary, answers, headings, reader, asked, shared, file)
        _take(reading, sheet)
    _persons_once(reading)
    for question, keys in shared.values():
        if answers.answers.get(question.key) != EACH:
            _ask_once(asked, question, keys)
    # What most cells wait for comes first, columns before values.
    reading.questions = sorted(asked.values(), key=lambda one: (one.kind != "column", -one.cells, one.key))
    return reading


def _ask_once(asked: dict[str, CellQuestion], question: CellQuestion, keys: Collection[str]) -> None:
    """Ask one question in place of those of several sheets, where they offer the same."""
    several = [asked[key] for key in keys]
    if len(several) < 2 or len({one.proposals for one in several}) > 1:
        return
    lines = {line[0]: line for one in several for line in one.lines}
    cells = sum(one.cells for one in several)
    for key in keys:
        del asked[key]
    proposals = (*several[0].proposals, EACH)
    asked[question.key] = replace(
        question, proposals=proposals, sure=0.6, cells=cells, lines=tuple(lines.values())
    )


@dataclass
class _SheetReader:
    page: WorkbookSheet
    table: Table
    vocabulary: Vocabulary
    answers: Answers
    headings: Headings
    reader: CellReader
    asked: dict[str, CellQuestion]
    shared: Shared
    file: str

    @property
    def month(self) -> int:
        """That of the sheet's own name or of a title; 0 where none is one."""
        return next(
            (one for one in (values.month_in(one) for one in (self.page.name, *self.table.titles)) if one), 0
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """The names and titles that may tell a year or a place. A file "x" is no county."""
        return (self.page.name, *self.table.titles, re.sub(r"\.[^.]*$|^.\b", "", self.file))

    def default(self, concept: str) -> dict[str, str]:
        """What the name of the sheet or a title says, or somebody has answered."""
        kept = self.answered(concept)
        if concept == "on":
            answered = (kept or "").removeprefix("on=")
            return {"on": answered} if _ON.fullmatch(answered) else self._year()
        if kept is not None:
            return facts_of(kept)
        return self._place() if concept == "county" else {}

    def answered(self, concept: str, region: str = "") -> str | None:
        """Return what has been answered of this sheet, else of all sheets of the file."""
        get = partial(self.answers.get, "default", concept)
        kept = get(f"{self.named(concept)} {region}".strip())
        kept = get(f"{self.everywhere(concept)} {region}".strip()) if kept is None else kept
        return None if kept == EACH else kept

    def everywhere(self, concept: str) -> str:
        """By what an answer is kept that is of all sheets; that of a year is of this file alone."""
        return f"{self.file} {EVERYWHERE}".strip() if concept == "on" else EVERYWHERE

    def _year(self) -> dict[str, str]:
        """Return the year of the first text that tells one alone, with the month of the sheet."""
        for text in self.texts:
            years = {*values.years_in(text)}
            if len(years) == 1:
                [year] = years
                return {"on": f"{year}-{self.month:02}" if self.month else str(year)}
        return {}

    def named(self, concept: str) -> str:
        """What a sheet is called in every year: "Väst 2018" and "Väst 2019" are answered once."""
        if concept == "on":
            return f"{self.file} {self.page.name}".strip() or "*"
        return " ".join(_DIGITS.sub(" ", self.page.name).split()) or "*"

    def _place(self) -> dict[str, str]:
        """The nearest that is told: a county before its region."""
        bares = [" ".join(_DIGITS.sub(" ", text.replace("_", " ")).split()) for text in self.texts]
        for concept, bare in product(("county", "municipality", "region"), (bare for bare in bares if bare)):
            if place := self._named_place(concept, bare):
                counties = self.vocabulary.counties
                return {"county": counties[place]} if concept == "municipality" else {concept: place}
        return {}

    def _named_place(self, concept: str, text: str) -> str:
        """Return the one place that a text surely names, "" for none; only a county may be nearly named."""
        near = self.vocabulary.near(concept, text)
        sure = [place for place, how in near if how >= SURE]
        known = len(sure) == 1 and (concept == "county" or near[0][1] == EXACT)
        return sure[0] if known else ""

    def ask(
        self,
        kind: str,
        about: str,
        proposals: tuple[str, ...],
        sure: float,
        waiting: Sequence[RowReading | TableRow],
        text: str = "",
    ) -> str:
        """Ask, and return the key of the question."""
        rows = tuple((self.table.sheet, row.line) for row in waiting)
        question = CellQuestion(kind, about, text, proposals, sure, len(rows), rows[: values.LINES])
        gather(self.asked, question)
        return question.key


def _take(reading: Reading, sheet: _SheetReader) -> None:
    table = sheet.table
    year = sheet.default("on").get("on", "")[:4]
    around = Around(year=int(year or 0), month=sheet.month)
    chosen = choose(table, sheet.headings, sheet.reader, around)
    kept = sheet.answers.get("kind", sheet.page.name.casefold())
    kind = kept or kind_of(table, chosen)
    place = sheet.default("county")
    region = place.get("region", "") or sheet.vocabulary.regions.get(place.get("county", ""), "")
    taken = SheetTable(table, kind, chosen, year=year, region=region)
    reading.tables.append(taken)
    rows_of_table = table.full_rows
    if kind == "none" and kept is None and len(rows_of_table) > 1:  # never passed over in silence
        sheet.ask("kind", sheet.page.name.casefold(), ("none", "persons", "totals"), 0.5, rows_of_table)
    if kind != "persons":
        return
    facts, questions = colour_facts(table, [*table.beside, *_outside(sheet)], sheet.vocabulary, sheet.answers)
    placed = "county" in place
    reader = TableReader(table, chosen, sheet.reader, sheet.answers, facts, around, reading.cells, placed)
    rows = reader.read()
    taken.rows = len(rows)
    for question in [*questions, *reader.questions.values()]:
        gather(sheet.asked, question)
    _fill(rows, sheet, year)
    _persons(reading, rows, sheet)


def _outside(sheet: _SheetReader) -> list[TableRow]:
    """Lines of the sheet that no table has taken: a legend may stand there."""
    lines = {full_row.line for full_row in sheet.table.full_rows}
    return [row_of(line) for line in sheet.page.lines if line.number not in lines]


def _fill(rows: Sequence[RowReading], sheet: _SheetReader, year: str) -> None:
    """What rows do not say themselves, from the sheet; where that does not either, it is asked once."""
    defaults = {concept: sheet.default(concept) for concept in ALWAYS}
    waiting: dict[tuple[str, str], list[RowReading]] = defaultdict(list)
    for row in rows:
        own_region = row.facts.get("region", "")
        _fill_day(row, year)
        row.facts = {**defaults["on"], **row.facts}
        if "agency" not in row.facts:
            row.facts |= defaults["agency"]
        if "county" not in row.facts:
            _fill_county(row, sheet, defaults["county"], asked_by_region=bool(own_region))
        stated = row.facts.keys() | row.waiting
        for concept in (name for name in ALWAYS if name not in stated):
            # The county of a row is asked for by the region that it tells.
            waiting[concept, own_region if concept == "county" else ""].append(row)
    for (concept, region), lacking in waiting.items():
        text = f"{sheet.named(concept)} {region}".strip()
        proposals = _proposals(concept, lacking, sheet, region)
        key = sheet.ask("default", concept, proposals, 0.6, lacking, text)
        everywhere = CellQuestion("default", concept, f"{sheet.everywhere(concept)} {region}".strip())
        _question, keys = sheet.shared.setdefault(everywhere.key, (everywhere, {}))
        keys[key] = None


def _fill_day(row: RowReading, year: str) -> None:
    """A month of its own column makes a year a month; a year that is not the sheet's is doubted."""
    month, known = row.facts.pop("month", ""), row.facts.get("on", year)
    if month and len(known) == 4:
        row.facts["on"] = f"{known}-{int(month):02}"
    if year and row.facts.get("on", year)[:4] != year and "year" not in row.doubts:
        row.doubts = (*row.doubts, "year")


def _fill_county(
    row: RowReading, sheet: _SheetReader, default: Mapping[str, str], *, asked_by_region: bool
) -> None:
    """By the sheet, by what was answered for the row's region, or by a region of one county."""
    row.facts = {**default, **row.facts}
    region = row.facts.get("region")
    if not region:
        return
    if asked_by_region:
        row.facts |= facts_of(sheet.answered("county", region) or "")
    counties = [county for county, of in sheet.vocabulary.regions.items() if of == region]
    if len(counties) == 1:
        row.facts.setdefault("county", counties[0])


def _proposals(
    concept: str, waiting: Sequence[RowReading], sheet: _SheetReader, region: str
) -> tuple[str, ...]:
    """Return what rows of a region may be answered that lack a day, an agency or a county."""
    if concept in _PROPOSALS:
        return _PROPOSALS[concept]
    region_of = region or waiting[0].facts.get("region", "")
    counties = sheet.vocabulary.regions.items()
    return tuple(f"county={county}" for county, one in counties if region_of in {"", one})


def _persons(reading: Reading, rows: Sequence[RowReading], sheet: _SheetReader) -> None:
    same = _same_rows(rows, sheet)
    made: dict[object, SheetPerson] = {}
    for row in rows:
        reading.accompanying[_year(row.facts.get("on", ""))] += int(row.facts.get("accompanying", "") or 0)
        group = same.get(id(row), id(row))
        if group in made:
            _join(made[group], row)
            continue
        for person in _of_row(row, sheet):
            reading.persons.append(person)
            made[group] = person


def _year(on: str) -> int | None:
    return int(on[:4]) if on else None


def _same_rows(rows: Sequence[RowReading], sheet: _SheetReader) -> dict[int, object]:
    """Return of rows that are of one person what they have in common: a reference, a number or a name."""
    found = _same_references(rows)
    for key, several in alike(rows).items():
        several = [row for row in several if id(row) not in found]
        if len(several) < 2 or not _agree(several):
            continue
        if several[0].same or _is_one_by_name(several, sheet):
            found |= dict.fromkeys((id(one) for one in several), key)
    return found


def _same_references(rows: Sequence[RowReading]) -> dict[int, object]:
    found: dict[int, object] = {}
    by_reference: dict[tuple[str, str], list[RowReading]] = defaultdict(list)
    for row in rows:
        if reference := row.facts.get("person"):
            by_reference[row.facts.get("case", ""), reference].append(row)
    for pair, several in by_reference.items():
        if len(several) > 1 and _agree(several):
            found |= dict.fromkeys((id(one) for one in several), pair)
    return found


def _is_one_by_name(rows: Sequence[RowReading], sheet: _SheetReader) -> bool:
    """Whether rows with the same name are of one person, which is asked once."""
    about = sheet.named("name")
    kept = sheet.answers.get("same_name", about)
    if kept is None:
        sheet.ask("same_name", about, ("yes", "no"), 0.8, rows)
    return kept == "yes"


def _agree(rows: Sequence[RowReading]) -> bool:
    """Nothing in them says that they are of several persons."""
    sexes = {who.sex for row in rows for who in row.people} - {"U"}
    lands = {row.facts.get("citizenship", "") for row in rows} - {"", "ZZ"}
    return max(len(sexes), len(lands)) <= 1


_SEEN: Final = ("on", "agency", "municipality", "county", "channel")


def _of_row(row: RowReading, sheet: _SheetReader) -> list[SheetPerson]:
    facts, seen = _stated(row, COMPARED), _stated(row, _SEEN)
    total = sum(one.many for one in row.people)
    case, ref = row.facts.get("case", ""), row.facts.get("person", "")
    left = row.facts.get("dropped", "") or ("" if "on" in seen else "year")
    found: list[SheetPerson] = []
    for who in row.people:
        of_age = age(who.age) or Age("", "")
        fields = {**facts, **values.told({"age_class": of_age.klass})}
        child = _child(who, fields, of_age.child)
        for nth in range(len(found) + 1, len(found) + who.many + 1):
            sex, key = who.sex or "U", _key(sheet, row, nth)
            of_row = (row.sheet, (row.line,), nth, total, case, ref)
            person = SheetPerson(*of_row, sex, child, dict(fields), [dict(seen)], key, left, row.doubts)
            found.append(person)
    return found


def _stated(row: RowReading, names: Iterable[str]) -> dict[str, str]:
    """Return what a row says of the facts with these names."""
    return {name: row.facts[name] for name in (name for name in names if row.facts.get(name))}


def _child(who: Who, facts: dict[str, str], of_age: str) -> str:
    """Return whether somebody is a child, by the age, a column or what the person is called."""
    text = {"yes": "yes", "no": "no"}.get(facts.get("child", ""))
    return next((one for one in (of_age, text, who.child.rstrip("?")) if one), "unknown")


_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")


def _key(sheet: _SheetReader, row: RowReading, nth: int) -> str:
    """By which a row is known again in a file that was corrected: its reference, or else what it says. Of
    letters alone: ten digits in a row would be read as an identity number, and the row refused."""
    says = (row.facts["case"], row.facts.get("person", "")) if row.facts.get("case") else row.content
    text = "\x1f".join((sheet.page.name, *says))
    return f"{hashlib.sha256(text.encode()).hexdigest()[:16]}-{nth}".translate(_LETTERS)


def _join(person: SheetPerson, row: RowReading) -> None:
    """One more row of the same person: what it adds, and when it was seen again."""
    person.lines = (*person.lines, row.line)
    person.facts = _stated(row, COMPARED) | person.facts
    if len(row.people) == 1:
        [who] = row.people
        if person.sex == "U":
            person.sex = who.sex
        if person.child == "unknown":
            person.child = _child(who, person.facts, "")
    seen = _stated(row, _SEEN)
    if seen not in person.seen:
        person.seen.append(seen)


def _persons_once(reading: Reading) -> None:
    """Keys of rows that say the same are told apart by their order."""
    times: Counter[str] = Counter()
    for person in reading.persons:
        times[person.key] += 1
        if times[person.key] > 1:
            person.key = f"{person.key}-{times[person.key]}".translate(_LETTERS)


ALIKE: Final = 0.5  # of the rows of two versions, and of what two rows say


class Mark(NamedTuple):
    """By what a person of a sheet is known again. `numbered`: by a number of the sheet, that is by it
    alone."""

    key: str
    numbered: bool
    says: tuple[str, ...]


def mark(person: SheetPerson) -> Mark:
    facts = {**person.facts, **person.seen[0], "sex": person.sex, "child": person.child}
    says = sorted(f"{name}={text}" for name, text in facts.items())
    return Mark(person.key, bool(person.case), tuple(says))


def known_again(before: Sequence[Mark], now: Sequence[Mark]) -> dict[str, str]:
    """The former key by the new one, of rows that were corrected."""
    old, new = [one[0] for one in before], [one[0] for one in now]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    same = sum(get_matching_block.size for get_matching_block in matcher.get_matching_blocks())
    if same < ALIKE * max(len(old), len(new)):
        return {}
    pairs: list[tuple[Mark, Mark]] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        if (tag, j - i) == ("replace", m - k):
            pairs += zip(before[i:j], now[k:m], strict=True)
    there = {*new}
    return {after.key: former.key for former, after in pairs if _same(former, after, there)}


def _same(former: Mark, after: Mark, there: Collection[str]) -> bool:
    """Whether a row was corrected; `there`: the keys of the sheet as it is now."""
    if former.numbered or after.numbered or former.key in there:
        return False
    both = {*former.says} & {*after.says}
    return len(both) >= ALIKE * max(len(former.says), len(after.says), 1)
