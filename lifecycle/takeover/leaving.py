"""The sheets of a file without what tells who somebody is: what may be kept until they have been taken in.
Pure.

A name becomes a word that stands for it in this file alone, so that a person's second row is still known. A
cell of a column that is dropped becomes a sentence. Any other cell that seems to identify somebody is hidden,
and asked about by its place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from cases import scanner
from exchange.pages import Area, Line, Page
from lifecycle.takeover.columns import Chosen
from lifecycle.takeover.headings import Headings
from lifecycle.takeover.mapping import Answers
from lifecycle.takeover.reading import Reading, SheetTable
from lifecycle.takeover.turned import upright
from lifecycle.takeover.values import SURE, Reader, identifies, key_of
from lifecycle.takeover.vocabulary import Vocabulary
from lifecycle.takeover.words import DITTO

LEFT: Final = "Anteckningen har lämnats kvar i filen."
HIDDEN: Final = "dold@exempel.se"  # of the kind that is never shown, and asked about by its place
_WHO: Final = ("drop:name", "drop:identity", "drop:contact", "drop:note", "drop:staff")
_NAMES: Final = ("drop:name", "drop:identity")
_COUNTS_NOT: Final = ("status=not_victim", "dropped=")
# What a list knows is no name of somebody, even where it looks like one.
_LISTED: Final = {
    *("county", "municipality", "region", "agency", "citizenship", "main_purpose", "purposes"),
    *("sector", "channel", "offence", "status"),
}


class Dropped(NamedTuple):
    """`why`: name, identity, contact, note, staff, measure or no_place. `cells`: that said something."""

    sheet: str
    heading: str
    why: str
    cells: int


@dataclass
class Behind:
    """`pages`: what may be kept. `answers`: that the columns stay dropped. `hidden`: cells elsewhere."""

    pages: tuple[Page, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    columns: list[Dropped] = field(default_factory=list)
    hidden: int = 0


def leave(pages: Sequence[Page], reading: Reading, vocabulary: Vocabulary, answers: Answers) -> Behind:
    """`reading`: of these pages, by these answers. A sheet of cards is kept with a row for each person."""
    headings = Headings(vocabulary, answers.columns())
    pages = [upright(page, headings) for page in pages]
    behind = Behind(answers=_answers(reading))
    tables: dict[str, list[SheetTable]] = defaultdict(list)
    for taken in reading.tables:
        tables[taken.table.sheet].append(taken)
    words = _Words(Reader(vocabulary))
    behind.pages = tuple(_Sheet(page, tables[page.name], words, behind).without() for page in pages)
    return behind


def goes(one: Chosen) -> bool:
    """Whether what stands in a column is left behind before anybody is asked."""
    surely = one.concept.startswith("drop:") and one.concept != "drop:rownumber" and one.sure >= SURE
    return surely or one.concept in _WHO


def _answers(reading: Reading) -> dict[str, str]:
    """What the columns were taken for; of a heading that is read in another table nothing is said."""
    every = [one for taken in reading.tables for one in taken.chosen]
    read = {one.column.key for one in every if not goes(one)}
    return {
        f"column|{one.column.key}": one.concept for one in every if goes(one) and one.column.key not in read
    }


@dataclass
class _Words:
    reader: Reader
    stands_for: dict[tuple[str, str], str] = field(default_factory=dict)
    memo: dict[str, tuple[bool, bool]] = field(default_factory=dict)

    def instead(self, concept: str, text: str) -> str:
        if text.strip() in DITTO or text.strip().casefold() in DITTO:
            return text
        if concept == "drop:note" and len(text) <= 40:
            fact = self.reader.vocabulary.names["colour"].exact(text)
            return text if fact.startswith(_COUNTS_NOT) else LEFT
        return self._name(concept, text) if concept in _NAMES else LEFT

    def _name(self, concept: str, text: str) -> str:
        """A short number, such as a year of birth, stays short: `rows` knows nobody by it."""
        word = _letters(len(self.stands_for))
        said = word if concept == "drop:identity" and len(text) <= 5 else f"Namn {word}"
        return self.stands_for.setdefault((concept, key_of(text)), said)

    def tells_who(self, text: str, one: Chosen | None) -> bool:
        """A word of a list stays where its column reads it surely."""
        if text not in self.memo:
            found = any(mark.kind != "birth_date" for mark in scanner.find(text))
            self.memo[text] = found, found or identifies(text)
        surely, perhaps = self.memo[text]
        if surely or not perhaps or one is None or one.concept not in _LISTED:
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
    page: Page
    tables: Sequence[SheetTable]
    words: _Words
    behind: Behind

    def without(self) -> Page:
        columns: dict[int, dict[int, Chosen]] = defaultdict(dict)  # by line and place
        for taken in self.tables:
            chosen = {one.column.place: one for one in taken.chosen}
            for row in (*taken.table.rows, *taken.table.totals, *taken.table.beside):
                columns[row.line] |= chosen
        headings = {line for taken in self.tables for line in taken.table.heading_lines}
        self._counted: Counter[tuple[str, str]] = Counter()
        lines = [
            line if line.number in headings else self._line(line, columns[line.number])
            for line in self.page.lines
        ]
        self.behind.columns += [
            Dropped(self.page.name, heading, concept.removeprefix("drop:"), cells)
            for (heading, concept), cells in self._counted.items()
        ]
        return replace(self.page, lines=tuple(lines))

    def _line(self, line: Line, columns: Mapping[int, Chosen]) -> Line:
        return line._replace(
            cells=tuple(self._cell(text, columns.get(place)) for place, text in enumerate(line.cells))
        )

    def _cell(self, text: str, one: Chosen | None) -> str:
        if not text:
            return text
        if one is not None and goes(one):
            self._counted[one.column.heading, one.concept] += 1
            return self.words.instead(one.concept, text)
        if self.words.tells_who(text, one):
            self.behind.hidden += 1
            return HIDDEN
        return text


# --- kept as JSON -----------------------------------------------------------------------------------------
def as_plain(pages: Sequence[Page]) -> list[Any]:
    return [[page.name, page.lines, page.merged, sorted(page.commented), page.hidden] for page in pages]


def of_plain(told: Sequence[Any]) -> tuple[Page, ...]:
    return tuple(
        Page(
            name,
            tuple(Line(number, tuple(cells), {int(n): fill for n, fill in fills.items()})
                  for number, cells, fills in lines),
            tuple(Area(*area) for area in merged),
            frozenset((line, place) for line, place in commented),
            hidden,
        )
        for name, lines, merged, commented, hidden in told
    )  # fmt: skip
