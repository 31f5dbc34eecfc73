"""The sheets of a file without what tells who somebody is: what may be kept until they have been taken in.
Pure.

A name becomes a word that stands for it in this file alone, so that a person's second row is still known. A
cell of a column that is dropped becomes a sentence. Any other cell that seems to identify somebody is hidden,
and asked about by its place. A mark stands for a name of the file wherever else it stands, also in a heading
or in the name of a sheet or of the file, and for any word with a capital without which a cell says the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from exchange.sandboxed_sheets import row_of, sheet_of
from exchange.sheets import SheetRow, WorkbookSheet
from legacy_import.sheets import people, values
from legacy_import.sheets.columns import REFERENCES, ColumnConcept
from legacy_import.sheets.reader import Reading, SheetTable
from legacy_import.sheets.tables import Headings, SheetColumn, heading_key, upright
from legacy_import.sheets.values import (
    SURE,
    Answers,
    Around,
    CellReader,
    identifies,
    key_of,
    surely_identifies,
)
from legacy_import.sheets.vocabulary import DITTO, OF_THESE, TOTALS, Vocabulary

LEFT: Final = "Anteckningen har lämnats kvar i filen."
MARK: Final = "•"
HIDDEN: Final = "dold@exempel.se"  # of the kind that is never shown, and asked about by its place
_WHO: Final = ("drop:name", "drop:identity", "drop:contact", "drop:note", "drop:staff")
_SHORTEST: Final = 3  # letters of a name that is looked for elsewhere
# A word with a capital, but for that of a sum: without it "Delsumma Malmö" would be a row of a person.
_CAPITAL: Final = re.compile(rf"(?<![^\W_])(?!(?i:{TOTALS}|{OF_THESE}))[^\W\d_a-zà-ÿ][^\W\d_]{{2,}}")
_INSTEAD: Final = re.compile("Namn [A-Z][a-z]{3}(?:, (?:barn|vuxen))?")  # of a file that has been kept
_LETTERS: Final = re.compile(r"[^\W\d_]+")
# What a list knows is no name of somebody, even where it looks like one.
_LISTED: Final = {
    *("county", "municipality", "region", "agency", "citizenship", "main_purpose", "purposes"),
    *("sector", "channel", "offence", "status"),
}
_NO_COLUMN: Final = ColumnConcept(SheetColumn(0, ""), "", 0.0)  # of a cell that stands in none
_READ: Final = frozenset({*_LISTED, "sex", "child", "age_class", "identified_on", "year", "month"})


class Dropped(NamedTuple):
    """`why`: name, identity, contact, note, staff, measure or no_place. `cells`: that said something."""

    sheet: str
    heading: str
    why: str
    cells: int


@dataclass
class Behind:
    """`pages`: what may be kept. `answers`: that the columns stay dropped. `hidden`: cells elsewhere.
    `file`: the name of the file."""

    pages: tuple[WorkbookSheet, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    columns: list[Dropped] = field(default_factory=list)
    hidden: int = 0
    file: str = ""


def leave(
    pages: Sequence[WorkbookSheet], reading: Reading, vocabulary: Vocabulary, answers: Answers, file: str = ""
) -> Behind:
    """Return what may be kept of a file of that name. `reading`: of these pages, by these answers. A sheet of
    cards is kept with a row for each person."""
    headings = Headings(vocabulary, answers.columns())
    pages = [upright(page, headings) for page in pages]
    words = _KeptWords(CellReader(vocabulary))
    words.called = _called(pages, reading, words)
    words.years = {place: one.year or 0 for one in reading.persons for place in one.places}
    behind = Behind(answers=_answers(reading, words), file=words.masked(file))
    kept = []
    for page, name in zip(pages, _sheet_names(pages, words), strict=True):
        tables = [taken for taken in reading.tables if taken.table.sheet == page.name]
        kept.append(_Sheet(page, name, tables, words, behind).without())
    behind.pages = tuple(kept)
    return behind


def _called(pages: Sequence[WorkbookSheet], reading: Reading, words: _KeptWords) -> frozenset[str]:
    """Return the words of the columns of names, in small letters: with a capital wherever the file has them,
    and none that says a fact."""
    cells_of_names = {
        (taken.table.sheet, row.line, concept.column.place)
        for taken in reading.tables
        for concept in taken.chosen
        if concept.concept == "drop:name"
        for row in taken.table.rows
    }
    names, small = set[str](), set[str]()
    for cell, typed in _typed(pages):
        small.update(one for one in typed if one.islower())
        if cell in cells_of_names:
            names.update(one for one in typed if _may_be_name(one))
    return frozenset(name.casefold() for name in names if not words.is_fact(name)) - small


def _typed(pages: Iterable[WorkbookSheet]) -> Iterator[tuple[tuple[str, int, int], list[str]]]:
    """Yield sheet, line and place of each cell with its words, but for words that stand for a name."""
    for page in pages:
        for line in page.lines:
            for place, text in enumerate(line.cells):
                if not _INSTEAD.fullmatch(text):
                    yield (page.name, line.number, place), _LETTERS.findall(text)


def _may_be_name(word: str) -> bool:
    return len(word) >= _SHORTEST and word[0].isupper()


def _sheet_names(pages: Sequence[WorkbookSheet], words: _KeptWords) -> list[str]:
    """Return the names of the sheets; one that tells who somebody is is "Blad" and its number, with the year,
    the month and the place that it tells."""
    kept: list[str] = []
    for number, page in enumerate(pages, start=1):
        name = page.name
        if words.masked(name) != name or words.identifies_somebody(name, _NO_COLUMN):
            texts = (one for one in name.split() if words.dates_or_places(one))
            name = " ".join(["Blad", str(number), *texts])
        while name in kept:
            name += "+"
        kept.append(name)
    return kept


def goes(one: ColumnConcept) -> bool:
    """Whether what stands in a column is left behind before anybody is asked."""
    surely = one.dropped and one.concept != "drop:rownumber" and one.sure >= SURE
    return surely or one.concept in _WHO


def _answers(reading: Reading, words: _KeptWords) -> dict[str, str]:
    """What the columns were taken for; of a heading that is read in another table nothing is said."""
    every = [one for table in reading.tables for one in table.chosen]
    read = {one.column.key for one in every if not goes(one)}
    return {
        f"column|{heading_key(words.heading(concept.column.heading))}": concept.concept
        for concept in (one for one in every if goes(one))
        if concept.column.key not in read
    }


@dataclass
class _KeptWords:
    reader: CellReader
    stands_for: dict[tuple[str, str], str] = field(default_factory=dict)
    memo: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    called: frozenset[str] = frozenset()  # names of the file
    facts: dict[str, bool] = field(default_factory=dict)
    years: dict[tuple[str, int], int] = field(default_factory=dict)  # of identification, by sheet and line

    def instead(self, concept: str, text: str, year: int) -> str:
        """Return what stands for a cell; of a birth whether it was a child in that `year`."""
        if text.strip().casefold() in DITTO:
            return text
        if concept == "drop:note":
            return text if self.reader.vocabulary.left_out(text) else LEFT
        if concept == "drop:identity":
            is_long = len(text) > 5  # a year of birth is short: `rows` knows nobody by it
            return people.with_age(
                self._name(concept, people.without_age(text)) if is_long else "", text, year
            )
        return self._name(concept, text) if concept in {"drop:name", "drop:identity"} else LEFT

    def _name(self, concept: str, text: str) -> str:
        return self.stands_for.setdefault((concept, key_of(text)), f"Namn {_letters(len(self.stands_for))}")

    def is_fact(self, word: str) -> bool:
        """Return whether a list or a reader knows a word: such as a name that a country has too."""
        if word not in self.facts:
            words = self.reader.vocabulary
            listed = any(names.exact(word) for names in (words.headings, *words.names.values()))
            self.facts[word] = listed or any(
                self.reader.read(concept, word, Around()).sure >= SURE
                for concept in ("sex", "child", "age_class")
            )
        return self.facts[word]

    def dates_or_places(self, word: str) -> bool:
        places = (self.reader.vocabulary.names[one].exact(word) for one in ("county", "region"))
        return bool(values.years_in(word) or values.month_in(word) or any(places))

    def masked(self, text: str, instead: Callable[[str], str] = lambda name: MARK) -> str:
        """Return the text with `instead` of each name of the file, also in the genitive."""

        def replaced(match: re.Match[str]) -> str:
            word = match[0].casefold()
            names = (name for name in (word, word.removesuffix("s")) if name in self.called)
            return next((instead(name) for name in names), match[0])

        return _LETTERS.sub(replaced, text)

    def heading(self, text: str) -> str:
        return MARK if surely_identifies(text) else self.masked(text)

    def title(self, text: str) -> str:
        """Return what a title says of when and where; a mark stands for the rest."""
        kept = [word for word in text.split() if self.dates_or_places(word) or self.is_fact(word)]
        return " ".join(kept) or (MARK if text.strip() else "")

    def fact(self, text: str, one: ColumnConcept) -> str:
        """Return a cell without the names of the file, and without words with a capital that it says the same
        without. Two references stay two."""
        if one.concept in REFERENCES:
            return self.masked(text, self._reference)
        text = self.masked(text)
        if one.concept not in _READ:
            return text
        for word in (one for one in _CAPITAL.findall(text) if not self.is_fact(one)):
            text = self._without(text, word, one)
        return text

    def _without(self, text: str, word: str, one: ColumnConcept) -> str:
        less = re.sub(rf"\b{word}\b", MARK, text)
        said, same = (self.reader.read(one.concept, said, one.around) for said in (text, less))
        return less if said.sure >= SURE and (same.facts, same.sure >= SURE) == (said.facts, True) else text

    def _reference(self, name: str) -> str:
        return self.stands_for.setdefault(("reference", name), _letters(len(self.stands_for)))

    def identifies_somebody(self, text: str, one: ColumnConcept) -> bool:
        """A word of a list stays where its column reads it surely."""
        if text not in self.memo:
            self.memo[text] = surely_identifies(text), identifies(text)
        surely, perhaps = self.memo[text]
        if surely or not perhaps or one.concept not in _LISTED:
            return perhaps
        return self.reader.read(one.concept, text, one.around).sure < SURE


def _letters(number: int) -> str:
    """A word for a number, as a name is written: Aaaa, Aaab."""
    found = ""
    for _place in range(4):
        number, rest = divmod(number, 26)
        found = chr(97 + rest) + found
    return found.capitalize()


@dataclass
class _Sheet:
    page: WorkbookSheet
    name: str  # by which it is kept
    tables: Sequence[SheetTable]
    words: _KeptWords
    behind: Behind

    def without(self) -> WorkbookSheet:
        columns: dict[int, dict[int, ColumnConcept]] = defaultdict(dict)  # by line and place
        for taken in self.tables:
            chosen = {concept.column.place: concept for concept in taken.chosen}
            for row in (*taken.table.rows, *taken.table.totals, *taken.table.beside):
                columns[row.line] |= chosen
        headings = {one for table in self.tables for one in table.table.heading_lines}
        self._counted: Counter[tuple[str, str]] = Counter()
        lines = []
        for line in self.page.lines:
            if line.number in headings:
                lines.append(self._heading(line))
            elif self.tables and line.number not in columns:
                lines.append(self._title(line))
            else:
                lines.append(self._line(line, columns[line.number]))
        self.behind.columns += [
            Dropped(self.name, self.words.heading(heading), concept.removeprefix("drop:"), cells)
            for (heading, concept), cells in self._counted.items()
        ]
        return replace(self.page, name=self.name, lines=tuple(lines))

    def _heading(self, line: SheetRow) -> SheetRow:
        return line._replace(cells=tuple(self.words.heading(cell) for cell in line.cells))

    def _title(self, line: SheetRow) -> SheetRow:
        """Return a line of no table with the words alone that a list, a date or a place has."""
        return line._replace(cells=tuple(self.words.title(cell) for cell in line.cells))

    def _line(self, line: SheetRow, columns: Mapping[int, ColumnConcept]) -> SheetRow:
        year = self.words.years.get((self.page.name, line.number), 0)
        cells = (
            self._cell(text, columns.get(place, _NO_COLUMN), year) for place, text in enumerate(line.cells)
        )
        return line._replace(cells=tuple(cells))

    def _cell(self, text: str, one: ColumnConcept, year: int) -> str:
        if not text:
            return text
        if goes(one):
            self._counted[one.column.heading, one.concept] += 1
            return self.words.instead(one.concept, text, year)
        kept = HIDDEN if self.words.identifies_somebody(text, one) else self.words.fact(text, one)
        if kept != text and not re.search(r"[^\W_]", kept):
            kept = HIDDEN  # a mark alone says yes in some columns
        self.behind.hidden += kept == HIDDEN
        return kept


def as_plain(pages: Sequence[WorkbookSheet]) -> list[Any]:
    return [[page.name, page.lines, page.merged, sorted(page.commented), page.hidden] for page in pages]


def of_plain(told: Sequence[Any]) -> tuple[WorkbookSheet, ...]:
    return tuple(sheet_of((name, *about), (row_of(line) for line in lines)) for name, lines, *about in told)
