"""The rows of one table to what each tells of persons. Pure.

A fact that a column is for goes before one that another column implies: a county that is written before that
of the municipality. Colours tell by a legend beside the table, or by an answer. What cannot be read surely is
asked about, and left out until it is answered.
"""

from __future__ import annotations

import colorsys
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from exchange.sheets import UNCALCULATED
from legacy_import.sheets import people, values
from legacy_import.sheets.columns import NUMBERS, ColumnConcept
from legacy_import.sheets.people import ADULT, Who
from legacy_import.sheets.tables import SheetTable, TableRow, is_number
from legacy_import.sheets.values import SURE, Answers, Around, CellQuestion, CellReader, facts_of, gather
from legacy_import.sheets.vocabulary import DITTO, LISTS, Vocabulary

ANSWERS: Final = (
    *("nothing=", "child=yes", "status=not_victim", "dropped=twice", "status=identified"),
    "status=declined",
    *(f"county={one}" for one in LISTS["county"]),
)
_HUES: Final = {
    **{0.0: "röd", 0.085: "orange", 0.15: "gul", 0.27: "grön", 0.4: "grön", 0.5: "turkos", 0.6: "blå"},
    **{0.77: "lila", 0.9: "rosa", 1.0: "röd"},
}
_LEGEND: Final = re.compile(
    r"(?:\s*(?:markering|färg|rad(?:er)?|markerad[et]?)?\s*)(?:=|:|–|-| betyder | är )\s*", re.IGNORECASE
)


def name_of(colour: str) -> str:
    """In Swedish, as people name it in a legend."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    if full < 0.15 or light < 0.08:
        return "grå" if light > 0.2 else "svart"
    return _HUES[min(_HUES, key=lambda known: abs(known - hue))]


def used(table: SheetTable) -> Counter[str]:
    """The colours that some of its rows have and others have not, with how many rows. What goes every other
    row, or down a whole column, is decoration."""
    of_rows = [frozenset(row.fills.values()) for row in table.full_rows]
    counted = Counter(one for of_row in of_rows for one in of_row)
    return Counter({colour: n for colour, n in counted.items() if not _is_decoration(colour, of_rows)})


def _is_decoration(colour: str, of_rows: Sequence[frozenset[str]]) -> bool:
    places = [place for place, colours in enumerate(of_rows) if colour in colours]
    if len(places) >= 0.95 * len(of_rows):
        return True
    every_other = sum(place % 2 == places[0] % 2 for place in places) >= 0.95 * len(places)
    return every_other and len(places) >= max(3, 0.4 * len(of_rows))


def _legends_by_cell(rows: Sequence[TableRow], colours: Collection[str]) -> dict[str, str]:
    """Return what a legend says of a colour: in a cell that has it, or beside one that has it."""
    found: dict[str, str] = {}
    for row in rows:
        for place, colour in row.fills.items():
            text = row.cells.get(place, "") or row.cells.get(place + 1, "")
            if colour in colours and 0 < len(text) < 80:
                found.setdefault(colour, _bare(text))
    return found


def _legends_by_name(rows: Sequence[TableRow], colours: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    texts = (cell for row in rows for cell in row.cells.values())
    short = "\n".join(text for text in texts if len(text) < 200)
    for part in re.split(r"[,;\n]", short):
        name, *stated = _LEGEND.split(part.strip(), maxsplit=1)
        for colour in colours if stated else ():
            forms = rf"{name_of(colour).replace('röd', 'rö[dt]')}(?:tt?|a|markerad\w*|markering)?\b"
            if re.match(forms, name.strip().casefold()):
                found.setdefault(colour, stated[0])
    return found


def _bare(text: str) -> str:
    parts = _LEGEND.split(text.strip(), maxsplit=1)
    return parts[1] if len(parts) == 2 and len(parts[0]) < 25 else text


def colour_facts(
    table: SheetTable, beside: Sequence[TableRow], vocabulary: Vocabulary, answers: Answers
) -> tuple[dict[str, str], list[CellQuestion]]:
    """Colour → fact, and what is to be asked."""
    counted = used(table)
    stated = _legends_by_name(beside, counted) | _legends_by_cell(beside, counted)
    facts: dict[str, str] = {}
    questions = []
    for colour, count in counted.items():
        answer = answers.get("colour", colour)
        near = vocabulary.near("colour", stated.get(colour, ""))
        fact, sure = next(iter(near), ("", 0.3))
        if answer is not None:
            facts[colour] = answer
        elif sure >= SURE:
            facts[colour] = fact
        else:
            proposals = tuple(dict.fromkeys([*dict(near), *ANSWERS]))
            lines = tuple((table.sheet, row.line) for row in table.rows if colour in row.fills.values())
            questions.append(
                CellQuestion("colour", colour, "", proposals, sure, count, lines[: values.LINES])
            )
    return facts, questions


_COUNTED: Final[Mapping[str, Who]] = {
    "women": Who(1, "F", "no"),
    "men": Who(1, "M", "no"),
    "girls": Who(1, "F", "yes"),
    "boys": Who(1, "M", "yes"),
    "children": Who(1, "U", "yes"),
    "unknown": Who(1, "U", ""),
}
_ADDING: Final = {*NUMBERS, "mark"}
_SECTION: Final = ("identified_on", "county", "region", "municipality", "sex", "main_purpose", "agency")
_OWN: Final = {"identified_on": "on", "year": "on", "sex": "who", "purposes": "main_purpose"}
_PLACES: Final = ("municipality", "county", "region")
_TELLS: Final = {**_OWN, **dict.fromkeys(_PLACES, "county")}
# By which a row without a number tells of somebody.
_TELLING: Final = {"on", "case", "person", "citizenship", "main_purpose", "age_class", "child"}


@dataclass
class RowReading:
    """What a row tells. `people`: who stands in it. `names`: what is read only to know a person again; it
    leaves nothing behind. `waiting`: facts that a cell of it may tell when a question is answered."""

    sheet: str
    line: int
    facts: dict[str, str]
    people: list[Who]
    same: str
    names: str
    doubts: tuple[str, ...]
    content: tuple[str, ...]
    waiting: frozenset[str]


@dataclass
class Cells:
    """How many cells of tables of persons there are, and how many of them wait for an answer."""

    all: int = 0
    asked: int = 0


@dataclass
class _Stated:
    """What the cells of a row say. `implied`: by a column that is for something else."""

    facts: dict[str, str] = field(default_factory=dict)
    implied: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    same: str = ""
    born: str = ""

    def add(self, one: ColumnConcept, told: Mapping[str, str]) -> None:
        own = _OWN.get(one.concept, one.concept.removeprefix("mark:").partition("=")[0])
        for name, value in told.items():
            target = self.facts if name in {own, *values.COUNTS} else self.implied
            if name in {"main_purpose", "purposes"} and "main_purpose" in target:
                _add_purpose(target, value)
            elif name == "on" and "on" in self.facts:
                self._narrow_day(value)
            else:
                target.setdefault(name, value)

    def _narrow_day(self, other: str) -> None:
        """Of a day and its year the day; where they are of two years the day, which is doubted."""
        known = self.facts["on"]
        if known[:4] != other[:4]:
            self.doubts.append("year")
        self.facts["on"] = max(known, other, key=len)

    def take_implied(self) -> None:
        """Where no column of its own says otherwise."""
        for name, value in self.implied.items():
            known = self.facts.get(name)
            if name == "child" and known not in {None, "unknown", value}:
                self.doubts.append("child")
            if known in {None, "unknown"}:
                self.facts[name] = value


def _number(facts: dict[str, str], name: str) -> int:
    """Take a number out of the facts; 0 where they tell none."""
    return int(facts.pop(name, "") or 0)


def _with_other_column(counted: list[Who], who: Sequence[Who], present: int) -> list[Who]:
    """Return who is counted, with what another column tells: the age of one person alone, or the sex of those
    of whom children are counted, as in "3 kvinnor, varav barn 1"."""
    if len(who) != 1:
        return counted
    [one] = who
    if [(one[1], one[2]) for one in counted] == [("U", "yes")]:
        others = max(present, one.many) - counted[0].many
        return [counted[0]._replace(sex=one.sex), one._replace(many=others)][: 1 + (others > 0)]
    age = one.age if one.many == 1 else ""
    return [some._replace(age=age) for some in counted]


def _as_many(found: list[Who], wanted: int, doubts: list[str], *, counted: bool) -> list[Who]:
    """Return as many persons as a row says that there are, where that does not contradict who they are."""
    counts = [one.many for one in found]
    present = sum(counts)
    if wanted in {0, present}:
        return found
    if counts == [1]:
        return [found[0]._replace(many=min(wanted, people.MAX_PERSONS))]
    if counted and wanted > present:
        return [*found, Who(wanted - present, "U", "")]
    doubts.append("count")
    return found


@dataclass
class TableReader:
    table: SheetTable
    chosen: Sequence[ColumnConcept]
    reader: CellReader
    answers: Answers
    colours: Mapping[str, str]
    around: Around
    cells: Cells
    placed: bool = False  # whether the sheet names its county itself
    questions: dict[str, CellQuestion] = field(default_factory=dict)

    def read(self) -> list[RowReading]:
        self._sections: dict[str, Mapping[str, str]] = {}
        self._above: dict[int, str] = {}
        self._unsure = self._places(lambda concept: concept.sure < SURE)
        self._listed_once = self._places(lambda concept: concept.concept in {"month", "year"})
        self._kept = self._places(lambda concept: not concept.dropped)
        self._adding = self._places(lambda concept: concept.concept.partition(":")[0] in _ADDING)
        self._ask_of_columns()
        self._blanks = self._blank_answers()
        self._down, self._place_above = self._filled_down(), dict[int, str]()
        found = [one for one in (self._row(row) for row in self.table.rows) if one]
        self._ask_of_adults(found)
        return found

    def _places(self, wanted: Callable[[ColumnConcept], bool]) -> set[int]:
        return {one.column.place for one in self.chosen if wanted(one)}

    def _row(self, row: TableRow) -> RowReading | None:
        if (len(row.cells) == 1 and self._is_section(row)) or self._is_sum(row):
            return None
        row = self._with_place(row)
        stated = _Stated()
        self._waiting = set[str]()
        for concept in self.chosen:
            text = self._with_ditto(concept.column.place, row.cells.get(concept.column.place, ""))
            self.cells.all += bool(text)
            if concept.dropped:
                self._dropped(stated, concept, text, row.line)
            else:
                stated.add(concept, self._cell(concept, text, row.line))
        stated.facts |= self._coloured(row)
        stated.take_implied()
        facts, doubts = self._of_sections(row) | stated.facts, stated.doubts
        if child := people.child_of_birth(stated.born, int(facts.get("on", str(self.around.year))[:4])):
            facts.setdefault("child", child)
        people_of_row = self._people(facts, doubts)
        content = tuple(row.cells[place] for place in sorted(row.cells.keys() & self._kept))
        names, waiting = " ".join(stated.names), frozenset(self._waiting)
        sheet, same = self.table.sheet, stated.same
        return RowReading(sheet, row.line, facts, people_of_row, same, names, tuple(doubts), content, waiting)

    def _dropped(self, said: _Stated, one: ColumnConcept, text: str, line: int) -> None:
        """What a column that is not kept says all the same."""
        if not text:
            return
        self.cells.asked += one.column.place in self._unsure
        if one.concept == "drop:name":
            said.names.append(text.casefold())
        elif one.concept == "drop:note":
            said.implied |= self._noted(text, line)
        elif one.concept == "drop:identity":
            said.born, said.same = text, people.without_age(text) if len(text) > 5 else said.same

    def _with_place(self, row: TableRow) -> TableRow:
        """Return a row that has no place with that of the row above, where a blank means it."""
        if self._needs_place(row, self._down):
            return replace(row, cells={**row.cells, **self._place_above})
        self._place_above = {place: row.cells[place] for place in self._down & row.cells.keys()}
        return row

    def _needs_place(self, row: TableRow, columns: set[int]) -> bool:
        return columns.isdisjoint(row.cells) and self._of_sections(row).keys().isdisjoint(_PLACES)

    def _filled_down(self) -> set[int]:
        """Return the columns of places whose blanks mean the place above, which is asked once of the file."""
        columns = [] if self.placed else self._columns_of(*_PLACES)
        places = {column.column.place for column in columns} - self._unsure
        blank = list(
            filter(lambda row: self._needs_place(row, places), self.table.full_rows if places else ())
        )
        lines = [row.line for row in blank if not self._is_sum(row)]
        if not lines:
            return set()
        key = columns[0].column.key
        answer = self.answers.get("down", key)
        if answer is None:
            self._ask("down", key, ("yes", "no"), 0.8, lines)
        return set() if answer == "no" else places

    def _with_ditto(self, place: int, text: str) -> str:
        if not text and place in self._listed_once and len(self._above) > 1:
            return self._above.get(place, "")
        if text.strip().casefold() in DITTO:
            return self._above.get(place, "")
        if text:
            self._above[place] = text
        return text

    def _cell(self, one: ColumnConcept, text: str, line: int) -> Mapping[str, str]:
        if not text:
            return self._blanks.get(one.column.place, {})
        stated = self.reader.read(one.concept, text, one.around)
        if one.column.place in self._unsure:
            self.cells.asked += 1
            self._waiting.add(_TELLS.get(one.concept, one.concept))
            return stated.facts if stated.sure >= SURE else {}
        if stated.sure >= SURE:
            return stated.facts
        if values.identifies(text):  # asked about by its place, of which no other file is answered
            text = f"{line} {self.table.sheet}"
            if (answer := self.answers.get("value", one.concept, text)) is not None:
                return facts_of(answer)
        proposed = (one for one in (stated.facts, *stated.others) if one)
        self._ask_of_cell(
            one.concept, text, tuple(values.said_as(one) for one in proposed), stated.sure, line
        )
        return {}

    def _noted(self, text: str, line: int) -> Mapping[str, str]:
        """A note that says nothing but that a row does not count is asked about, not dropped."""
        fact = self.reader.vocabulary.left_out(text)
        if not fact:
            return {}
        answer = self.answers.get("value", "drop:note", text)
        if answer is None:
            self._ask_of_cell("drop:note", text, (fact, ""), 0.7, line)
            return {}
        return facts_of(answer)

    def _coloured(self, row: TableRow) -> dict[str, str]:
        found: dict[str, str] = {}
        for colour in set(row.fills.values()):
            found |= values.told(facts_of(self.colours.get(colour, "")))
        return found

    def _is_sum(self, row: TableRow) -> bool:
        """Numbers beneath columns that count or mark, and nothing else, where other rows say more."""
        added = all(is_number(one) for one in {*row.cells.values()} - {UNCALCULATED})
        if len(row.cells) < 2 or not {*row.cells} <= self._adding or not added:
            return False
        return any({*other.cells} - self._adding for other in self.table.rows)

    def _is_section(self, row: TableRow) -> bool:
        """A cell that its own column reads is a row of its own, unless it stands where the first column is
        and tells less than a day."""
        place, text = next(iter(row.cells.items()))
        if place not in self._kept or not row.section:
            return True
        mine = next(concept for concept in self.chosen if concept.column.place == place)
        if mine.concept in {"case", "person"}:
            return bool(self._section(text)) or len(text.split()) > 1
        stated = self.reader.read(mine.concept, text, mine.around)
        return stated.sure < SURE or not stated.facts or len(stated.facts.get("on", "2018-01-01")) < 10

    def _of_sections(self, row: TableRow) -> dict[str, str]:
        """What stands above a row alone, the nearest before others."""
        found: dict[str, str] = {}
        for text in row.section:
            found |= self._section(text)
        return found

    def _section(self, text: str) -> Mapping[str, str]:
        if text not in self._sections:
            stated = (self.reader.read(concept, text, self.around) for concept in _SECTION)
            self._sections[text] = next((one.facts for one in stated if one.sure >= SURE and one.facts), {})
        return self._sections[text]

    def _people(self, facts: dict[str, str], doubts: list[str]) -> list[Who]:
        if facts.get("accompanying") and facts.get("children"):
            doubts.append("accompanying")
        counted = [
            _COUNTED[name]._replace(many=_number(facts, name))
            for name in (one for one in values.COUNTS if facts.get(one))
        ]
        total, count = _number(facts, "total"), _number(facts, "count")
        who = people.decode(facts.pop("who", ""))
        found = _with_other_column(counted, who, count or total) or who
        if not found and self._says_somebody(facts, count):
            found = [Who(1, "U", "")]
        return _as_many(found, count or total, doubts, counted=bool(counted))

    def _says_somebody(self, facts: Mapping[str, str], count: int) -> bool:
        if self._columns_of("women", "men", "girls", "boys"):
            return bool(count)
        return bool(count or {*facts} & _TELLING)

    def _columns_of(self, *concepts: str) -> list[ColumnConcept]:
        return [concept for concept in self.chosen if concept.concept in concepts]

    def _ask_of_cell(
        self, concept: str, text: str, proposals: tuple[str, ...], sure: float, line: int
    ) -> None:
        self.cells.asked += 1
        self._waiting.add(_TELLS.get(concept, concept))
        rows = ((self.table.sheet, line),)
        gather(
            self.questions,
            CellQuestion("value", concept, text, proposals, sure, len(rows), rows[: values.LINES]),
        )

    def _ask(
        self, kind: str, about: str, proposals: tuple[str, ...], sure: float, waiting: Iterable[int]
    ) -> None:
        """Ask once of a table; `waiting`: the lines that wait for the answer."""
        rows = tuple((self.table.sheet, line) for line in waiting)
        question = CellQuestion(kind, about, "", proposals, sure, len(rows), rows[: values.LINES])
        self.questions.setdefault(question.key, question)

    def _ask_of_columns(self) -> None:
        for concept in self.chosen:
            if concept.column.place in self._unsure:
                proposals = tuple(dict.fromkeys((concept.concept, *concept.proposals)))
                waiting = [row.line for row in self.table.rows if concept.column.place in row.cells]
                self._ask("column", concept.column.key, proposals, concept.sure, waiting)

    def _blank_answers(self) -> dict[int, dict[str, str]]:
        """Where a column of yes or no holds only yes, the others may mean no."""
        found: dict[int, dict[str, str]] = {}
        for concept in self._columns_of("child"):
            if concept.column.place in self._unsure or not self._is_yes_or_blank(concept):
                continue
            answer = self.answers.get("blank", concept.column.key)
            if answer is not None:
                found[concept.column.place] = facts_of(answer)
            else:
                blank = [row.line for row in self.table.full_rows if concept.column.place not in row.cells]
                self._ask("blank", concept.column.key, ("child=no", ""), 0.7, blank)
        return found

    def _is_yes_or_blank(self, one: ColumnConcept) -> bool:
        texts = {row.cells.get(one.column.place, "") for row in self.table.full_rows}
        stated = {self.reader.read("child", text, one.around).facts.get("child") for text in texts - {""}}
        return "" in texts and stated == {"yes"}

    def _ask_of_adults(self, readings: list[RowReading]) -> None:
        """Whether "kvinna" and "man" say that a person is an adult: not asked where it has girls too."""
        answer = self._adults(readings)
        for told in readings:
            told.people = [who._replace(child=answer) if who.child == ADULT else who for who in told.people]

    def _adults(self, readings: list[RowReading]) -> str:
        """Return what adults are said to be, empty where the table says it itself or nobody has said."""
        if self._columns_of("age_class", "child"):
            return ""
        if any(who.child == "yes" for reading in readings for who in reading.people):
            return "no"
        waiting = [reading.line for reading in readings if _may_be_a_child(reading)]
        if not waiting:
            return ""
        heading = next((one.column.key for one in self._columns_of("sex", "count")), "")
        answer = self.answers.get("adults", heading)
        if answer is None:
            self._ask("adults", heading, ("no", "unknown"), 0.7, waiting)
            return ""
        return answer


def _may_be_a_child(told: RowReading) -> bool:
    """Whether somebody of the row is called woman or man, and nothing else says an age."""
    stated = told.facts.get("child")
    return not stated and any(who.child == ADULT and not who.age for who in told.people)


def _add_purpose(facts: dict[str, str], value: str) -> None:
    """The first stays the main one."""
    more = dict.fromkeys(one for one in [*facts.get("purposes", "").split("|"), *value.split("|")] if one)
    more.pop(facts.get("main_purpose", ""), None)
    if more:
        facts["purposes"] = "|".join(more)


def alike(rows: Sequence[RowReading]) -> dict[str, list[RowReading]]:
    """Return the rows of one person each, by what tells who it is: a number, or else a name."""
    groups: dict[str, list[RowReading]] = defaultdict(list)
    for row in rows:
        key = values.key_of(row.same) or values.key_of(row.names)
        if key and sum(one.many for one in row.people) == 1:
            groups[key].append(row)
    return groups
