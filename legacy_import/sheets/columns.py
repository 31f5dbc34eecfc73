"""What each column of a table is, by its heading and by what stands in it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from cases import scanner
from legacy_import.sheets import people, values
from legacy_import.sheets.tables import Headings, SheetColumn, SheetTable, by_letters, is_number
from legacy_import.sheets.values import COUNTS, SURE, Around, CellReader, CellReading, has_identity
from legacy_import.sheets.vocabulary import DITTO, EXACT, Ranked

SAMPLE: Final = 120  # texts of a column that are looked at
CERTAIN: Final = 1.5  # a name of a column that says what stands in it, whatever that is
KEY: Final = {
    *("year", "month", "county", "region", "agency", "municipality", "main_purpose", "citizenship"),
    "sector",
}
OF_A_PERSON: Final = {"identified_on", "case", "year", "month", "person"}
NUMBERS: Final = {*COUNTS, "total", "count", "accompanying"}
_READ: Final = (
    *("identified_on", "citizenship", "county", "municipality", "agency", "main_purpose", "sex", "age_class"),
    *("status", "offence", "channel", "sector", "child"),
)
# What a list of meetings has too: of such a table it is asked what it is.
_OF_ANYTHING: Final = {"identified_on", *KEY, "count"} - {"main_purpose", "citizenship", "sector"}
_SEVERAL: Final = ("drop:", "mark:", "purposes")  # what more than one column may be
_SIDES: Final = {"channel": "agency", "agency": "channel"}
REFERENCES: Final = {"case", "person"}
_PERSONAL: Final = re.compile(r"(?:19|20)?\d{6}[-+ ]?(?:\d{4}|x{4}|X{4})")
_YEAR: Final = re.compile(r"(?:19|20)\d\d(?:\.0)?")
_TWO_NUMBERS: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/., -]+\d")
_SEX_LETTER: Final = re.compile(r"(?<![a-zåäö])([kmfp])(?![a-zåäö])")
ALONE: Final = Around()
_RUNNING: Final = 4  # rows, from which 1, 2, 3 is a running number
_ASKED: Final = 0.7  # how sure what stands in a column alone makes one


@dataclass(frozen=True)
class ColumnConcept:
    """`concept`: a value of the list `heading`; "drop:…" is read by nobody. `sure` below SURE is asked
    about."""

    column: SheetColumn
    concept: str
    sure: float
    proposals: tuple[str, ...] = ()
    around: Around = ALONE

    @property
    def dropped(self) -> bool:
        return self.concept.startswith("drop:")


def choose(table: SheetTable, headings: Headings, reader: CellReader, around: Around) -> list[ColumnConcept]:
    """One for each column; a concept that only one column may have goes to the surest."""
    letters = by_letters([column.heading for column in table.columns])
    chosen = [_Cells(column, table, headings, reader, around).chosen(letters) for column in table.columns]
    taken: set[str] = set()
    for place in sorted(range(len(chosen)), key=lambda n: -chosen[n].sure):
        concept = chosen[place]
        is_taken = concept.concept in taken and not concept.concept.startswith(_SEVERAL)
        if is_taken and concept.sure <= CERTAIN:
            chosen[place] = _second(concept, taken)
        taken.add(chosen[place].concept)
    return _numbers_or_marks(chosen, table)


def _second(one: ColumnConcept, taken: set[str]) -> ColumnConcept:
    """Return what a column is instead, since another one is that already."""
    if one.concept == "main_purpose":
        return replace(one, concept="purposes", sure=min(one.sure, 0.9))
    if one.concept == "identified_on":
        proposals = ("drop:no_place", *one.proposals)
        return replace(one, concept="drop:no_place", sure=0.6, proposals=proposals)
    if one.concept == "case":
        return replace(one, concept="person", sure=0.7, proposals=("person", "drop:no_place"))
    proposals = (*(name for name in one.proposals if name not in taken), "drop:no_place")
    return replace(one, concept=proposals[0], sure=0.5, proposals=proposals)


class _Cells:
    """What stands in a column. `texts`: the commonest of all tables with these headings, each once."""

    def __init__(
        self, column: SheetColumn, table: SheetTable, headings: Headings, reader: CellReader, around: Around
    ) -> None:
        self.column, self.headings, self.reader = column, headings, reader
        self.values = table.values(column.place)
        commonest = Counter(headings.below(table, column.place)).most_common(SAMPLE)
        self.texts = [text for text, _n in commonest if text.strip() not in DITTO]
        self.around = replace(around, letters=_letters(self.texts), month_first=_months_first(self.texts))

    def chosen(self, letters: Mapping[str, str]) -> ColumnConcept:
        named = self.headings.of(self.column.heading)
        first, sure = next(iter(named), ("drop:no_place", 0.0))
        if first in NUMBERS and len(self.values) >= _RUNNING and _counts_up(self.values):
            return self._is("drop:rownumber", 0.9)  # 1, 2, 3 number the rows, and count nobody
        if sure > CERTAIN:
            return self._is(first, 2.0)
        if group := letters.get(self.column.key.strip(" .")):
            first, named = group, [(group, 0.9), *named]
        if not self.texts:
            return self._is(first, 1.0)
        if identity := _identifying(self.texts):
            return self._is(identity, 0.95)
        weighed = [(concept, self._weigh(concept, sure)) for concept, sure in named]
        weighed += self._other_side(weighed)
        return self._likeliest(sorted(weighed, key=lambda one: one[1], reverse=True))

    def _is(self, concept: str, sure: float, proposals: tuple[str, ...] = ()) -> ColumnConcept:
        return ColumnConcept(self.column, concept, sure, proposals, self.around)

    def _likeliest(self, named: Ranked) -> ColumnConcept:
        """Return what the column is: by its name where that is sure, else prose, else by name and content.

        What is not sure is never surer than a question, with the others as proposals.
        """
        others = tuple(dict(named))
        sure = max((one[1] for one in named), default=0.0)
        if sure >= SURE:
            return self._is(others[0], sure, others[1:])
        if prose := _prose(self.texts, self._share("agency")):
            return self._is(prose, 0.9 if sure < 0.5 else 0.6, others)
        ranked = sorted([*named, *self._by_content()], key=lambda one: one[1], reverse=True)
        proposals = tuple(dict.fromkeys([*dict(ranked), "drop:note", "drop:no_place"]))
        concept, sure = next(iter(ranked), ("drop:no_place", 0.3))
        return self._is(concept, min(sure, 0.8), proposals[:6])

    def _weigh(self, concept: str, sure: float) -> float:
        """Return how sure a name of the column is: it counts where what stands below can be read so."""
        if concept == "drop:rownumber":
            return sure if _counts_up(self.values) else sure - 0.4
        if concept.startswith("drop:"):
            return sure - 0.3 * self._is_doubted(concept, sure)
        if concept in REFERENCES:
            return self._weigh_reference(concept, sure)
        read = self._share(concept)
        if concept in _SIDES and self._share(_SIDES[concept]) > read + 0.1:
            return sure - 0.25
        if read >= 0.5:
            return min(1.0, sure + 0.03 * read) if sure >= 0.8 else sure + 0.2 * read
        return sure - 0.5 + read / 2

    def _is_doubted(self, concept: str, sure: float) -> bool:
        """Whether a heading that is not quite known drops facts: "Kontakt första gången" above days."""
        may_be = concept not in {"drop:name", "drop:identity", "drop:measure"} and sure < EXACT
        return may_be and max(self._share(one) for one in ("identified_on", "agency", "main_purpose")) >= 0.6

    def _weigh_reference(self, concept: str, sure: float) -> float:
        """Return how sure a name of a column of references is: not at all where persons stand below."""
        named_case = concept == "case" and sure >= 1
        if (
            named_case
            and len({*self.values}) == len(self.values)
            and max(len(text) for text in self.texts) < 9
        ):
            return sure  # "M-1", "M-2": no man of one and of two years
        if (
            _names(self.texts) >= 0.3
            or max(self._share(one) for one in ("sex", "agency", "county", "main_purpose")) >= 0.8
        ):
            return 0.0
        numbers_rows = concept == "case" and sure < 1 and _counts_up(self.values)
        return sure - 0.5 if numbers_rows else sure

    def _other_side(self, weighed: Ranked) -> Ranked:
        """ "Via" may be who or how: where the cells tell more surely the one, that is asked about."""
        mine, sure = next(iter(weighed), ("", 1.0))
        other = _SIDES.get(mine)
        if other is None or sure >= SURE or self._share(other) - self._share(mine) < 0.1:
            return []
        return [(other, SURE - 0.05)]

    def _share(self, concept: str) -> float:
        """Of the texts that are read surely so."""
        return sum(self._read(concept, text).sure >= SURE for text in self.texts) / len(self.texts)

    def _by_content(self) -> Ranked:
        """Return what the cells look like, whatever the heading says: to be asked about."""
        if all(is_number(text) for text in self.texts):
            return _by_numbers(self.texts)
        if {values.key_of(text) for text in self.texts} <= values.YES_OR_NO:  # of anything
            return []
        shares = [(concept, self._share(concept)) for concept in (one for one in _READ if self._tells(one))]
        found = [(concept, _ASKED * share) for concept, share in shares if share >= 0.6]
        return sorted(found, key=lambda one: one[1], reverse=True)[:3]

    def _tells(self, concept: str) -> bool:
        return any(self._read(concept, text).facts for text in self.texts)

    def _read(self, concept: str, text: str) -> CellReading:
        return self.reader.read(concept, text, self.around)


def _by_numbers(texts: Sequence[str]) -> Ranked:
    """Return years, or ages where there are several and none is of ninety or more."""
    if all(_YEAR.fullmatch(text) for text in texts):
        return [("year", _ASKED)]
    highest = max(float(text.replace(",", ".").rstrip(" %")) for text in texts)
    return [("age_class", 0.6)] if highest < 90 and len(texts) > 2 else []


def _identifying(texts: Sequence[str]) -> str:
    """Return why a column is dropped that tells who somebody is, "" for another.

    It is dropped whatever its heading says, and not asked about.
    """
    tests = (
        (_is_personal_number, "drop:identity"),
        (_is_contact, "drop:contact"),
        (_holds_identity, "drop:identity"),
    )
    for is_such, why in tests:
        if sum(is_such(text) for text in texts) >= 0.5 * len(texts):
            return why
    return ""


def _is_personal_number(text: str) -> bool:
    """Ten digits at least: eight are a day, such as "20180115"."""
    return bool(_PERSONAL.fullmatch(text.strip()))


def _is_contact(text: str) -> bool:
    return "@" in text or bool(re.fullmatch(r"[+0][\d -]{8,}", text.strip()))


def _holds_identity(text: str) -> bool:
    """Whether a text has enough digits to tell who somebody is, and does."""
    return sum(one.isdigit() for one in text) >= 8 and has_identity(text)


def _prose(texts: Sequence[str], agencies: float) -> str:
    """Sentences, or names of people, which most of the texts that name agencies look like too."""
    if (
        sum(len(text.split()) >= 5 for text in texts) >= 0.4 * len(texts)
        and max(len(text) for text in texts) > 30
    ):
        return "drop:note"
    return "drop:name" if _names(texts) >= 0.6 > agencies else ""


def _names(texts: Sequence[str]) -> float:
    """The share that look like names of people."""
    names = sum(
        bool(values.LIKE_A_NAME.fullmatch(text.strip())) or bool(scanner.named(text)) for text in texts
    )
    return names / len(texts)


def _counts_up(values: Sequence[str]) -> bool:
    """1, 2, 3: the number of the row."""
    plain = (value.removesuffix(".0") for value in values)
    numbers = [int(one) for one in plain if one.isdigit()]
    if len(numbers) < max(2, 0.9 * len(values)):
        return False
    steps_of_one = sum(later == earlier + 1 for earlier, later in pairwise(numbers))
    return steps_of_one >= 0.9 * (len(numbers) - 1) and numbers[0] <= 1


def _letters(texts: Sequence[str]) -> frozenset[str]:
    found = set()
    for text in texts:
        plain = text.strip().casefold()
        if len(plain) <= 20:
            found.update(_SEX_LETTER.findall(plain))
        if people.NOUNS.get(plain) in {("F", "yes"), ("M", "yes")}:
            found.add("p")
    return frozenset(found)


def _months_first(texts: Sequence[str]) -> bool:
    """Whether some day of the column can be read only with its month first, and none only with its day."""
    days = (one for one in (_TWO_NUMBERS.match(text) for text in texts) if one)
    pairs = [(0, 0), *((int(day[1]), int(day[2])) for day in days)]
    highest_first, highest_second = (max(one) for one in zip(*pairs, strict=True))
    return bool(highest_second > 12 >= highest_first)


def _numbers_or_marks(chosen: list[ColumnConcept], table: SheetTable) -> list[ColumnConcept]:
    """Where others of the table count women or men, "Barn" with numbers counts children too."""
    counting = {one.concept for one in chosen} & {"women", "men", "girls", "boys"}
    for place, one in enumerate(chosen):
        if one.concept == "child" and counting and one.sure < CERTAIN and _has_numbers(table, one):
            chosen[place] = replace(one, concept="children", sure=0.9, proposals=("accompanying", "child"))
    return chosen


def kind_of(table: SheetTable, chosen: Sequence[ColumnConcept]) -> str:
    """`persons` · `totals`: a table that counts · `lists`: the choices of a form · `none`."""
    read = {one.concept for one in chosen if not one.dropped}
    if not table.full_rows or not read:
        return "none"
    if _counts(table, chosen, read):
        return "totals"
    if not read & OF_A_PERSON and _all_differ(table):
        return "lists"
    return "persons" if read - _OF_ANYTHING else "none"


def _counts(table: SheetTable, chosen: Sequence[ColumnConcept], read: set[str]) -> bool:
    """Whether the table has numbers under one or two keys, nothing else, and each row another key."""
    keys = [concept.column.place for concept in chosen if concept.concept in KEY]
    if not read <= NUMBERS | KEY or len(keys) > 2:
        return False
    texts = {tuple(row.cells.get(one) for one in keys) for row in table.full_rows}
    differ = not keys or len(texts) == len(table.full_rows)
    dropped = (one for one in chosen if one.dropped)
    return differ and (not read.isdisjoint(NUMBERS) or any(_has_numbers(table, one) for one in dropped))


def _has_numbers(table: SheetTable, one: ColumnConcept) -> bool:
    return {is_number(each) for each in table.values(one.column.place)} == {True}


def _all_differ(table: SheetTable) -> bool:
    columns = [table.values(column.place) for column in table.columns]
    lengths = [len(column) for column in columns]
    all_differ = [len(set(column)) for column in columns] == lengths
    return all_differ and len({*lengths}) > 1 and len(table.full_rows) < 400
