"""The tables of a sheet: where each has its heading, its rows, its totals and what stands between. Pure.

A heading names a column of a known kind, or one value that its cells mark. A sheet on which a person is a
column or a card, with the headings below each other, is read as if each were a row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import Final, NamedTuple, TypeVar

from exchange.sheets import Area, SheetRow, WorkbookSheet
from legacy_import.sheets.people import ADULT, NOUNS
from legacy_import.sheets.values import read_day
from legacy_import.sheets.vocabulary import EXACT, OF_THESE, SIMILAR, TOTALS, Ranked, Vocabulary, surest_first

_NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)?(?: ?%)?")
_DAY: Final = re.compile(r"\d+(?:[-/.: ]+\d+)+")  # digits alone, which no heading is nearly
_AROUND: Final = re.compile(
    r"[():*?!\"'”]|\b(?:ev|ca|nr|offrets|offer|klientens|personens)\b\.?", re.IGNORECASE
)
_OF_THEM: Final = re.compile(r"\A(?:antal|ant\.?|#|nr|summa|varav|därav)\s+([a-zåäö]+)\.?\Z")
_MARKED: Final = ("main_purpose", "agency", "channel", "offence")
_WEAK: Final = {"women", "men", "girls", "boys", "children", "unknown", "total"}
_CHILD: Final = re.compile(r"(?:<|\bunder|\bu)\s*18(?:\s*år)?")
_GROWN: Final = re.compile(
    r"(?:>|≥|\böver|\bfrån|\bminst)\s*18(?:\s*år)?|\b18\s*(?:\+|år och (?:över|äldre))"
)
_FILLING: Final = {
    *("antal", "ant", "offer", "offret", "offrets", "år", "st", "förmodade", "varav", "därav"),
    *("number", "of"),
}
_LETTERS: Final = {"k": "F", "f": "F", "m": "M", "p": "M"}
_MEANINGS: Final = {
    **{letter: (sex, "") for letter, sex in _LETTERS.items()},
    **NOUNS,
}  # sex, and whether a child
_GROUPS: Final = {
    **{("F", ADULT): "women", ("M", ADULT): "men", ("F", "yes"): "girls", ("M", "yes"): "boys"},
    ("U", "yes"): "children",
}
# Where sex and age are each told by a word of its own.
_BY_SEX_AND_AGE: Final = {
    (frozenset(sex), frozenset({child})): group
    for sex, child, group in (
        *(("F", "no", "women"), ("M", "no", "men")),
        *(("F", "yes", "girls"), ("M", "yes", "boys")),
    )
}
T = TypeVar("T")


def is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text.strip()))


def heading_key(heading: str) -> str:
    """By which an answer about a heading is kept: without regard to case and blanks."""
    return " ".join(heading.casefold().split())


@dataclass
class Headings:
    """`kept`: what has been answered of headings, by their key."""

    vocabulary: Vocabulary
    kept: dict[str, str] = field(default_factory=dict)
    tables: dict[tuple[SheetColumn, ...], list[SheetTable]] = field(default_factory=dict)
    _memo: dict[str, Ranked] = field(default_factory=dict)

    def below(self, table: SheetTable, place: int) -> list[str]:
        """Return what stands in a column of a table, and of each table of the file with the same headings."""
        alike = self.tables.get(tuple(table.columns), [table])
        return [each for one in alike for each in one.values(place)]

    def of(self, heading: str) -> Ranked:
        """Return the concepts that a heading may name."""
        key = heading_key(heading)
        if key in self.kept:
            return [(self.kept[key], 2.0)]
        if key not in self._memo:
            self._memo[key] = self._of(heading)
        return self._memo[key]

    def _of(self, heading: str) -> Ranked:
        if len(heading) > 80 or is_number(heading) or _DAY.fullmatch(heading.strip()):
            return []
        found: Ranked = []
        for text, less in self._ways(heading).items():
            near = self.vocabulary.headings.near(text)
            found += [(concept, sure - less) for concept, sure in near if sure >= 0.55]
        if max((one[1] for one in found), default=0) < SIMILAR:
            found += self._words(heading)
        return surest_first([*found, *self._marks(heading)])[:5]

    def _ways(self, heading: str) -> Mapping[str, float]:
        """Return what of a heading may be its name, with how much less sure that makes it."""
        ways = {heading: 0.0}
        ways.setdefault(" ".join(_AROUND.sub(" ", heading).split()), 0.03)
        ways.setdefault(re.split(r"[(/,–-]", heading)[0].strip(), 0.05)
        ways.pop("", None)
        return ways

    def _words(self, heading: str) -> Iterable[tuple[str, float]]:
        """Known names within it, the longest: "Datum då offret identifierades" is a day."""
        words = re.findall(r"[^\W_]+", heading.casefold())
        for place in range(len(words)):
            for size in (3, 2, 1):
                part = " ".join(words[place : place + size])
                if len(part) >= 3 and (concept := self.vocabulary.headings.exact(part)):
                    yield concept, 0.86 - place / 50 + (size - 1) / 50 - 0.1 * (len(words) > 4)
                    break

    def _marks(self, heading: str) -> Iterable[tuple[str, float]]:
        word = heading.casefold().strip(" .")
        counted = "".join(_OF_THEM.findall(word))
        groups = (_group_of(word), 0.9), (_group_of(counted), EXACT), (_grouped(word), 0.97)
        yield from (group for group in groups if group[0])
        for concept in _MARKED if len(word) > 2 else ():
            if value := self.vocabulary.names[concept].exact(heading):
                yield f"mark:{concept}={value}", 0.9

    def known(self, texts: Iterable[str]) -> set[str]:
        """The concepts that are surely named; marks count as one."""
        surest = (one[0] for one in self._named(set(texts)))
        return {concept.partition("=")[0] for concept, sure in surest if sure >= 0.8}

    def strong(self, texts: Iterable[str]) -> set[str]:
        """Those that are no value too: "Kvinna" and "Polisen" may stand in any row."""
        return {one for one in self.known(texts) - _WEAK if not one.startswith("mark:")}

    def like(self, texts: Sequence[str]) -> float:
        """The share that are named at all."""
        surest = (one[0] for one in self._named(texts))
        named: int = sum(sure >= EXACT - 0.25 for _concept, sure in surest)
        return named / len(texts)

    def _named(self, texts: Iterable[str]) -> Iterable[Ranked]:
        """Return the concepts of those texts that may name any."""
        return (one for one in (self.of(text) for text in texts) if one)


def _group_of(noun: str) -> str:
    """Women, men, girls or boys, where a noun alone says it; else ""."""
    return _GROUPS.get(NOUNS.get(noun, ("", "")), "")


def _grouped(heading: str) -> str:
    """Women, men, girls or boys, where sex and age are each told by a word or letter: "Vuxna K", "Barn (P)",
    "kvinnor >18"; else ""."""
    words = re.findall(r"[^\W\d_]+", _GROWN.sub(" vuxna ", _CHILD.sub(" barn ", heading)))
    said = [_MEANINGS.get(word, ("", "")) for word in words if word not in _FILLING]
    if len(said) < 2:
        return ""
    sexes, ages = (frozenset(one) for one in zip(*said, strict=True))
    return _BY_SEX_AND_AGE.get((sexes - {"U"}, ages & {"yes", "no"}), "")


def by_letters(headings: Sequence[str]) -> dict[str, str]:
    """What single letters count where K or F stands beside M: P only boys, F girls beside K, else women."""
    letters = {text.strip(" .").casefold() for text in headings}
    if "m" not in letters or not letters & {"k", "f"}:
        return {}
    named = {"k": "women", "m": "men", "p": "boys", "f": "girls" if "k" in letters else "women"}
    return {letter: named[letter] for letter in letters & named.keys()}


_TOTAL, _PART_OF_TOTAL = (re.compile(words, re.IGNORECASE) for words in (TOTALS, OF_THESE))
_NEEDED: Final = 2  # known names of columns in a heading, and
_KNOWN_SHARE: Final = 0.4  # of its texts, or
_KNOWN_ENOUGH: Final = 4


class SheetColumn(NamedTuple):
    """`heading`: as it stands, of two lines the upper first. `key`: what the mapping is kept by."""

    place: int
    heading: str

    @property
    def key(self) -> str:
        return heading_key(self.heading)


@dataclass
class TableRow:
    """`section`: texts of rows above that stand alone, the nearest last. `fills`: by column."""

    line: int
    cells: Mapping[int, str]
    fills: Mapping[int, str]
    section: tuple[str, ...] = ()


@dataclass
class SheetTable:
    sheet: str
    titles: tuple[str, ...]
    columns: list[SheetColumn]
    heading_lines: tuple[int, ...]
    rows: list[TableRow] = field(default_factory=list)
    totals: list[TableRow] = field(default_factory=list)
    beside: list[TableRow] = field(default_factory=list)  # rows that belong to no table: legends, notes

    @property
    def places(self) -> set[int]:
        return {column.place for column in self.columns}

    @property
    def full_rows(self) -> list[TableRow]:
        """Return the rows that say more than one thing."""
        return [row for row in self.rows if len(row.cells) > 1]

    def values(self, place: int) -> list[str]:
        """Return what full rows say in a column; of a table of one or two columns, what all rows say."""
        rows = self.rows if len(self.columns) <= 2 else self.full_rows
        return [row.cells[place] for row in rows if place in row.cells]


_NO_TABLE: Final = SheetTable("", (), [], ())


@dataclass
class _Grid:
    """The lines of a sheet with what merged cells say in all of them. `own`: where the cells of a line begin
    that say something."""

    lines: list[SheetRow]
    own: dict[int, set[int]]
    wide: dict[int, list[Area]]  # by their first line
    by_number: dict[int, SheetRow]

    def below(self, at: int) -> SheetRow:
        """Return the line right below line `at`, which may be empty."""
        number = self.lines[at].number + 1
        return self.by_number.get(number, SheetRow(number, (), {}))


def _grid(page: WorkbookSheet) -> _Grid:
    by_number: dict[int, list[str]] = {}
    own: dict[int, set[int]] = {}
    fills: dict[int, Mapping[int, str]] = {}
    for line in page.lines:
        by_number[line.number] = list(line.cells)
        own[line.number] = {*row_of(line).cells}
        fills[line.number] = line.fills
    wide: dict[int, list[Area]] = {}
    last = max(by_number, default=0)
    for area in page.merged:
        if area.right > area.left:
            wide.setdefault(area.top, []).append(area)
        for number in _spread(area, by_number, last):
            own.setdefault(number, set()).add(area.left)
    cells_of = sorted(by_number.items())
    lines = [SheetRow(n, tuple(cells), fills.get(n, {})) for n, cells in cells_of if any(cells)]
    return _Grid(lines, own, wide, dict(zip((line.number for line in lines), lines, strict=True)))


def _spread(area: Area, by_number: dict[int, list[str]], last: int) -> range:
    """Write what merged cells say into each of them that says nothing itself, as far as the `last` line.

    Returns the lines below the first that say it now too.
    """
    text = _cell(by_number.get(area.top, []), area.left)
    if not text:
        return range(0)
    bottom = min(area.bottom, last)
    for number in range(area.top, bottom + 1):
        cells = by_number.setdefault(number, [])
        cells += [""] * (area.right + 1 - len(cells))
        for place in range(area.left, area.right + 1):
            cells[place] = cells[place] or text
    return range(area.top + 1, bottom + 1)


def find_tables(page: WorkbookSheet, headings: Headings) -> list[SheetTable]:
    """In the order of their headings. A sheet without a heading that is known has one table of columns that
    have no names, where it has rows of at least three cells."""
    grid = _grid(page)
    tables: list[SheetTable] = []
    pending: list[TableRow] = []  # that stand before the next heading
    section: list[str] = []
    at = 0
    while at < len(grid.lines):
        before = next(reversed(tables), _NO_TABLE)
        heading = _heading(grid, at, headings, before)
        if heading is None:
            row = row_of(grid.lines[at])
            if not tables or _is_title(grid, at, headings, before):
                pending.append(row)
            else:
                section = _place_row(tables, row, grid.own.get(row.line, set()), section)
            at += 1
            continue
        upper, lower = heading
        if _same(before, grid, upper, lower):  # of a further page, or of the next part
            section = _alone(pending) or section
        else:
            tables += _split(_begun(page, grid, upper, lower, _titles(pending)), headings)
            section = []
        tables[-1].beside += pending
        pending, at = [], lower + 1
    if not tables:
        return _without_heading(page, grid)
    tables[-1].beside += pending
    return tables


def _texts(*lines: SheetRow) -> list[str]:
    return [one for line in lines for one in line.cells if one]


def _alone(rows: Iterable[TableRow]) -> list[str]:
    """Return the texts that stand alone in their row."""
    return [cell for row in rows if len(row.cells) == 1 for cell in row.cells.values()]


def _titles(rows: Iterable[TableRow]) -> tuple[str, ...]:
    return tuple(cell for row in rows for cell in dict.fromkeys(row.cells.values()))


def _heading(grid: _Grid, at: int, headings: Headings, before: SheetTable) -> tuple[int, int] | None:
    """Return the first and last line of a heading that begins here, or None.

    Within a table only after a gap, or where it is the same again: so that few rows are looked at.
    """
    texts = _texts(grid.lines[at])
    if len(set(texts)) < 2 or _TOTAL.match(texts[0]):
        return None
    if _same(before, grid, at, at):
        return at, at
    within = before is not _NO_TABLE
    if not _may_be_heading(grid, at, texts, within=within):
        return None
    end = at + 1 if _is_second(grid, at, headings) else at
    begins_another = within and not _same(before, grid, at, end)
    needed = max(_NEEDED, _KNOWN_SHARE * len(set(texts))) if begins_another else 1
    return (at, end) if len(_strong_names(grid, at, end, headings)) >= needed else None


def _strong_names(grid: _Grid, at: int, end: int, headings: Headings) -> set[str]:
    """Return the names of a heading that are no values too.

    None where few of its texts are known, or where the next line is the heading and this one groups columns.
    """
    texts = _texts(grid.lines[at])
    named = _texts(*grid.lines[at : end + 1])
    strong = headings.strong(named)
    needed = max(_NEEDED, min(_KNOWN_SHARE * len(set(texts)), _KNOWN_ENOUGH))
    groups_columns = end == at and _tells_more(grid.below(at), strong, headings)
    return strong if len(headings.known(named)) >= needed and not groups_columns else set()


def _may_be_heading(grid: _Grid, at: int, texts: Sequence[str], *, within: bool) -> bool:
    """Whether a line stands and reads like a heading: few numbers, `within` a table none, and no day."""
    numbers = sum(is_number(text) for text in texts)
    if numbers > len(texts) / 4 or any(_is_day(text) for text in texts):
        return False
    return not within or (not numbers and len(grid.own.get(grid.lines[at].number - 1, ())) <= 1)


def _tells_more(follows: SheetRow, strong: set[str], headings: Headings) -> bool:
    """Whether the next line is the heading, and this one only groups its columns."""
    texts = _texts(follows)
    has_values = any(is_number(text) for text in texts) or any(_is_day(text) for text in texts)
    return not has_values and len(headings.strong(texts)) > len(strong)


def _is_day(text: str) -> bool:
    found = read_day(text)
    return found is not None and len(found.on) > 4


def _is_second(grid: _Grid, at: int, headings: Headings) -> bool:
    """Whether the next line belongs to the heading: beneath merged cells, or where the upper one is empty."""
    line, follows = grid.lines[at], grid.below(at)
    if _has_values(follows):
        return False
    above, below = row_of(line).cells, row_of(follows).cells
    same = above.items() & below.items()
    wide = grid.wide.get(line.number, ())
    beneath = (one for area in wide for one in range(area.left, area.right + 1))
    parted = dict(below.items() - same).keys() & set(beneath)
    own = [below[place] for place in below.keys() - above.keys() | parted]
    if not own or len(own) + len(same) < 0.7 * len(below):
        return False
    return headings.like(own) >= 0.5


def _begun(page: WorkbookSheet, grid: _Grid, upper: int, lower: int, titles: tuple[str, ...]) -> SheetTable:
    lines = grid.lines[upper].number, grid.lines[lower].number
    return SheetTable(page.name, titles, _columns(grid, upper, lower), lines)


def _columns(grid: _Grid, upper: int, lower: int) -> list[SheetColumn]:
    """Return the columns that two lines name, or one that is both; what both say is said once."""
    pairs = zip_longest(grid.lines[upper].cells, grid.lines[lower].cells, fillvalue="")
    named = enumerate(" ".join(dict.fromkeys(one for one in pair if one)) for pair in pairs)
    return [one for one in (SheetColumn(*one) for one in named) if one.heading]


def _same(table: SheetTable, grid: _Grid, upper: int, lower: int) -> bool:
    """Whether lines name the columns of a table again."""
    columns = _columns(grid, upper, lower)
    return len({*columns} & {*table.columns}) >= 0.8 * len(columns)


def _split(table: SheetTable, headings: Headings) -> list[SheetTable]:
    """Return the tables that stand side by side, the narrowest first.

    They are parted by a column without a heading, and each names again what the first has named.
    """
    first, *others = in_a_row(table.columns, attrgetter("place"))
    parts = [first]
    for group in others:
        named = headings.known(one.heading for one in group)
        named_first = headings.known(one.heading for one in first)
        if named & named_first and len(group) > 1:
            parts.append(group)
        else:
            parts[-1] += group
    return [
        SheetTable(table.sheet, table.titles, part, table.heading_lines) for part in sorted(parts, key=len)
    ]


def in_a_row(items: Iterable[T], number: Callable[[T], int]) -> list[list[T]]:
    """Return the items in groups whose numbers follow each other without a gap."""
    groups = groupby(enumerate(items), key=lambda one: number(one[1]) - one[0])
    return [[one[1] for one in group] for _distance, group in groups]


def _is_title(grid: _Grid, at: int, headings: Headings, before: SheetTable) -> bool:
    """A text that stands alone, with the heading of another table right below, or of the same again."""
    line = grid.lines[at]
    if len(grid.own.get(line.number, ())) > 2 or _is_total(_texts(line)):
        return False
    for further in range(at + 1, min(at + 4, len(grid.lines))):
        texts = _texts(grid.lines[further])
        if len(headings.known(texts)) >= _NEEDED and _heading(grid, further, headings, before):
            return True
        if len(set(texts)) > 2:
            return False
    return False


def _place_row(tables: list[SheetTable], row: TableRow, own: set[int], section: list[str]) -> list[str]:
    """Place a row into the tables that stand side by side here. Returns the section that holds then."""
    for table in tables:
        if table.heading_lines == tables[-1].heading_lines:
            section = _place_part(table, row, own, section)
    if all(table.places.isdisjoint(row.cells) for table in tables):
        tables[-1].beside.append(row)
    return section


def _place_part(table: SheetTable, row: TableRow, own: set[int], section: list[str]) -> list[str]:
    """Place into one table what a row says in its columns. Returns the section that holds then."""
    places = table.places
    cells, fills = _at(places, row.cells), _at(places, row.fills)
    part = TableRow(row.line, cells, fills, tuple(section))
    texts = list(cells.values())
    stands_alone = len(set(texts)) == 1 and len(own & places) <= 1 and len(places) > 2
    if _is_total(texts):
        table.totals.append(part)
    elif stands_alone:
        table.beside.append(part)
        if len(texts[0]) <= 60:
            section = [*section[-2:], texts[0]]
        # It may be a row of one cell: `rows` judges by its column.
        table.rows.append(replace(part, cells={min(cells): texts[0]}, section=tuple(section)))
    elif cells:
        table.rows.append(part)
    return section


def _at(places: set[int], by_place: Mapping[int, str]) -> dict[int, str]:
    return {place: by_place[place] for place in sorted(places & by_place.keys())}


def _is_total(texts: Sequence[str]) -> bool:
    return any(_TOTAL.match(text) for text in texts[:2]) or is_part_of_total(texts)


def is_part_of_total(texts: Sequence[str]) -> bool:
    """Return whether a row only counts some of those above, such as "varav barn | 4"."""
    return any(_PART_OF_TOTAL.match(text) for text in texts[:1]) and all(
        is_number(text) for text in texts[1:]
    )


def _without_heading(page: WorkbookSheet, grid: _Grid) -> list[SheetTable]:
    """Return the rows of a sheet of which no line is known as a heading, as one table."""
    rows = [line for line in grid.lines if len(_texts(line)) >= 3]
    if len(rows) < 2:
        return []
    before = grid.lines[: grid.lines.index(rows[0])]
    if not _has_values(rows[0]) and _has_values(rows[1]):
        columns = [SheetColumn(key, value) for key, value in row_of(rows[0]).cells.items()]
        rows = rows[1:]
    else:
        columns = [SheetColumn(place, f"({_letter(place)})") for place in range(_width(rows))]
    table = SheetTable(page.name, _titles(row_of(one) for one in before), columns, ())
    for line in rows:
        (table.totals if _is_total(_texts(line)) else table.rows).append(row_of(line))
    return [table]


def _width(lines: Iterable[SheetRow]) -> int:
    return max((len(line.cells) for line in lines), default=0)


def _has_values(line: SheetRow) -> bool:
    texts = _texts(line)
    return any(is_number(text) for text in texts) or any(read_day(text) for text in texts)


def row_of(line: SheetRow) -> TableRow:
    return TableRow(line.number, dict(one for one in enumerate(line.cells) if one[1]), line.fills)


def _letter(place: int) -> str:
    return chr(65 + place) if place < 26 else _letter(place // 26 - 1) + _letter(place % 26)


_NEEDED_BELOW: Final = 3  # headings below each other
_MANY: Final = 60  # lines that are looked at


def upright(page: WorkbookSheet, headings: Headings) -> WorkbookSheet:
    """The sheet with a row for each person. One whose headings stand side by side is returned as it is. A
    row's number is that of the card's first line, and one more for each column to the right."""
    place = _labelled(page.lines)
    labels = [one for one in (_cell(line.cells, place) for line in page.lines[:_MANY]) if one]
    below = headings.strong(labels)
    if len(below) < _NEEDED_BELOW or len(headings.known(labels)) < 0.4 * len({*labels}):
        return page  # before every other cell is compared with all headings, which takes seconds
    beside = max(
        (len(headings.strong(cell for cell in line.cells if cell)) for line in page.lines[:_MANY]), default=0
    )
    if len(below) <= beside:
        return page
    lines = (one for card in _cards(page.lines, place) for one in _turned(card, place))
    return replace(page, lines=tuple(lines), merged=())


def _labelled(lines: Sequence[SheetRow]) -> int:
    """The first column in which more than one line says something."""
    filled = Counter(each for one in (row_of(line) for line in lines) for each in one.cells)
    return min(filled - Counter(set(filled)), default=0)


def _cell(cells: Sequence[str], place: int) -> str:
    """Return a cell, empty where the line has ended before."""
    return "".join(cells[place : place + 1])


def _cards(lines: Sequence[SheetRow], place: int) -> Iterator[list[SheetRow]]:
    """Parted where a label comes again."""
    card: list[SheetRow] = []
    seen: set[str] = set()
    for line in lines:
        label = _cell(line.cells, place).casefold()
        if label and label in seen:
            yield card
            card, seen = [], set()
        card.append(line)
        seen.add(label)
    yield card


def _turned(card: Sequence[SheetRow], place: int) -> Iterator[SheetRow]:
    """What stands alone above the labels as it is, then the labels as a heading, then a row a column."""
    labelled = [line for line in card if _cell(line.cells, place) and any(line.cells[place + 1 :])]
    if not labelled:
        return
    first = labelled[0].number
    yield from (line for line in card if line.number < first and len({*_texts(line)}) == 1)
    yield _as_row(first, labelled, place)._replace(fills={})
    for right in range(place + 1, _width(labelled)):
        row = _as_row(first + right - place, labelled, right)
        if any(row.cells):
            yield row


def _as_row(number: int, lines: Sequence[SheetRow], place: int) -> SheetRow:
    fills = {n: line.fills[place] for n, line in enumerate(lines) if place in line.fills}
    return SheetRow(number, tuple(_cell(line.cells, place) for line in lines), fills)
