"""What each column of a table is, by its heading and by what stands in it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cases import scanner
from legacy_import.sheets import people
from legacy_import.sheets.tables import Headings, SheetColumn, SheetTable, by_letters, is_number
from legacy_import.sheets.values import COUNTS, SURE, Around, CellReader, has_identity
from legacy_import.sheets.vocabulary import DITTO

SAMPLE: Final = 120  # texts of a column that are looked at
CERTAIN: Final = 1.5  # a name of a column that says what stands in it, whatever that is
KEY: Final = {
    "year",
    "month",
    "county",
    "region",
    "agency",
    "municipality",
    "main_purpose",
    "citizenship",
    "sector",
}
OF_A_PERSON: Final = {"identified_on", "case", "year", "month", "person"}
NUMBERS: Final = {*COUNTS, "total", "count", "accompanying"}
_READ: Final = (
    *("identified_on", "citizenship", "county", "municipality", "agency", "main_purpose", "sex", "age_class"),
    *("status", "offence", "channel", "sector", "child"),
)
_SIDES: Final = {"channel": "agency", "agency": "channel"}
_UNREAD: Final = {"case", "person"}
_NAME: Final = re.compile(r"[A-ZÅÄÖÉ][^\W\d_]+(?:[ -][A-ZÅÄÖÉ][^\W\d_]+){1,4}")
_PERSONAL: Final = re.compile(r"(?:19|20)?\d{6}[-+ ]?(?:\d{4}|x{4}|X{4})")
_YEAR: Final = re.compile(r"(?:19|20)\d\d(?:\.0)?")
ALONE: Final = Around()
_ASKED: Final = 0.7  # how sure what stands in a column alone makes one


@dataclass(frozen=True)
class ColumnConcept:
    """`concept`: see `words.HEADINGS`; "drop:…" is read by nobody. `sure` below SURE is asked about."""

    column: SheetColumn
    concept: str
    sure: float
    proposals: tuple[str, ...] = ()
    around: Around = ALONE


def choose(table: SheetTable, headings: Headings, reader: CellReader, around: Around) -> list[ColumnConcept]:
    """One for each column; a concept that only one column may have goes to the surest."""
    letters = by_letters([column.heading for column in table.columns])
    chosen = [_choose(column, table, headings, reader, around, letters) for column in table.columns]
    taken: dict[str, int] = {}
    for place in sorted(range(len(chosen)), key=lambda n: -chosen[n].sure):
        one = chosen[place]
        several = one.concept.startswith(("drop:", "mark:")) or one.concept in {"purposes"}
        if several or one.concept not in taken or one.sure > 1.5:
            taken.setdefault(one.concept, place)
            continue
        chosen[place] = _second(one, set(taken))
        taken.setdefault(chosen[place].concept, place)
    return _numbers_or_marks(chosen, table)


def _second(one: ColumnConcept, taken: set[str]) -> ColumnConcept:
    """Another column is that already."""
    if one.concept == "main_purpose":
        return ColumnConcept(one.column, "purposes", min(one.sure, 0.9), one.proposals, one.around)
    if one.concept == "identified_on":
        return ColumnConcept(one.column, "drop:no_place", 0.6, ("drop:no_place", *one.proposals), one.around)
    if one.concept == "case":
        return ColumnConcept(one.column, "person", 0.7, ("person", "drop:no_place"), one.around)
    free = tuple(concept for concept in one.proposals if concept not in taken)
    concept = free[0] if free else "drop:no_place"
    return ColumnConcept(one.column, concept, 0.5, (*free, "drop:no_place"), one.around)


def _choose(
    column: SheetColumn,
    table: SheetTable,
    headings: Headings,
    reader: CellReader,
    around: Around,
    letters: Mapping[str, str],
) -> ColumnConcept:
    values = table.values(column.place)
    texts = [text for text, _n in Counter(values).most_common(SAMPLE) if text.strip() not in DITTO]
    of_column = Around(_letters(texts), around.year, _months_first(texts), around.month)
    named = headings.of(column.heading)
    if named and named[0][1] > CERTAIN:
        return ColumnConcept(column, named[0][0], 2.0, (), of_column)
    if group := letters.get(column.key.strip(" .")):
        named = [(group, 0.9), *named]
    if not texts:
        concept = named[0][0] if named else "drop:no_place"
        return ColumnConcept(column, concept, 1.0, (), of_column)
    if identity := _identifying(texts):
        return ColumnConcept(column, identity, 0.95, (), of_column)
    weighed = [(concept, _weigh(concept, sure, values, texts, reader, of_column)) for concept, sure in named]
    weighed += _other_side(weighed, texts, reader, of_column)
    return _likeliest(column, sorted(weighed, key=_surest), texts, reader, of_column)


def _surest(concept: tuple[str, float]) -> float:
    return -concept[1]


def _likeliest(
    column: SheetColumn,
    named: Sequence[tuple[str, float]],
    texts: Sequence[str],
    reader: CellReader,
    around: Around,
) -> ColumnConcept:
    """Return what a column is: by its name where that is sure, else prose, else by name and content."""
    others = tuple(concept for concept, _sure in named)
    sure = max((sure for _concept, sure in named), default=0.0)
    if sure >= SURE:
        return ColumnConcept(column, others[0], sure, others[1:], around)
    if prose := _prose(texts):
        return ColumnConcept(column, prose, 0.9 if sure < 0.5 else 0.6, others, around)
    ranked = sorted([*named, *_by_content(texts, reader, around)], key=_surest)
    return _most_likely(column, ranked, around)


def _most_likely(column: SheetColumn, ranked: Sequence[tuple[str, float]], around: Around) -> ColumnConcept:
    """Return the first of `ranked`, never surer than a question, with the others as proposals."""
    concepts = [concept for concept, _sure in ranked]
    proposals = tuple(dict.fromkeys([*concepts, "drop:note", "drop:no_place"]))
    concept, sure = ranked[0] if ranked else ("drop:no_place", 0.3)
    return ColumnConcept(column, concept, min(sure, 0.8), proposals[:6], around)


def _weigh(
    concept: str, sure: float, values: Sequence[str], texts: Sequence[str], reader: CellReader, around: Around
) -> float:
    """Return how sure a name of a column is: it counts where what stands below can be read so."""
    if concept == "drop:rownumber":
        return sure if _counts_up(values) else sure - 0.4
    if concept.startswith("drop:"):
        return sure
    if concept in _UNREAD:
        return _weigh_reference(concept, sure, values, texts, reader, around)
    read = _share(concept, texts, reader, around)
    if concept in _SIDES and _share(_SIDES[concept], texts, reader, around) > read + 0.1:
        return sure - 0.25
    if read >= 0.5:
        return min(1.0, sure + 0.03 * read) if sure >= 0.8 else sure + 0.2 * read
    return sure - 0.5 + read / 2


def _weigh_reference(
    concept: str, sure: float, values: Sequence[str], texts: Sequence[str], reader: CellReader, around: Around
) -> float:
    """Return how sure a name of a column of references is: not at all where persons stand below."""
    named_case = concept == "case" and sure >= 1
    if named_case and len({*values}) == len(values) and max(map(len, texts)) < 9:
        return sure  # "M-1", "M-2": no man of one and of two years
    if _names(texts) >= 0.3 or _share("sex", texts, reader, around) >= 0.8:
        return 0.0
    numbers_rows = concept == "case" and sure < 1 and _counts_up(values)
    return sure - 0.5 if numbers_rows else sure


def _other_side(
    weighed: Sequence[tuple[str, float]], texts: Sequence[str], reader: CellReader, around: Around
) -> list[tuple[str, float]]:
    """ "Via" may be who or how: where the cells tell more surely the one, that is asked about."""
    if not weighed or weighed[0][0] not in _SIDES:
        return []
    mine, other = weighed[0][0], _SIDES[weighed[0][0]]
    if _share(other, texts, reader, around) - _share(mine, texts, reader, around) < 0.1:
        return []
    return [(other, SURE - 0.05)] if weighed[0][1] < SURE else []


def _share(concept: str, texts: Sequence[str], reader: CellReader, around: Around) -> float:
    """Of the texts that are read surely so."""
    said = [reader.read(concept, text, around) for text in texts]
    return sum(one.sure >= SURE for one in said) / len(said)


def _by_content(texts: Sequence[str], reader: CellReader, around: Around) -> list[tuple[str, float]]:
    """Return what the cells look like, whatever the heading says: to be asked about."""
    if all(map(is_number, texts)):
        return _by_numbers(texts)
    found = []
    for concept in _READ:
        telling = any(reader.read(concept, text, around).facts for text in texts)
        read = _share(concept, texts, reader, around) if telling else 0.0
        if read >= 0.6:
            found.append((concept, _ASKED * read))
    return sorted(found, key=_surest)[:3]


def _by_numbers(texts: Sequence[str]) -> list[tuple[str, float]]:
    """Return years, or ages where there are several and none is of ninety or more."""
    if all(_YEAR.fullmatch(text) for text in texts):
        return [("year", _ASKED)]
    highest = max(float(text.replace(",", ".").rstrip(" %")) for text in texts)
    return [("age_class", 0.6)] if highest < 90 and len(texts) > 2 else []


def _identifying(texts: Sequence[str]) -> str:
    """Return why a column is dropped that tells who somebody is, "" for another.

    It is dropped whatever its heading says, and not asked about.
    """
    half = 0.5 * len(texts)
    only_days = all(text[:2] in {"19", "20"} and len(text) == 8 for text in texts)  # "20180115"
    if sum(map(_is_personal_number, texts)) >= half and not only_days:
        return "drop:identity"
    if sum(map(_is_contact, texts)) >= half:
        return "drop:contact"
    return "drop:identity" if sum(map(_tells_identity, texts)) >= half else ""


def _is_personal_number(text: str) -> bool:
    return len(text.strip()) > 8 and bool(_PERSONAL.fullmatch(text.strip()))


def _is_contact(text: str) -> bool:
    return "@" in text or bool(re.fullmatch(r"[+0][\d -]{8,}", text.strip()))


def _tells_identity(text: str) -> bool:
    """Whether a text has enough digits to tell who somebody is, and does."""
    return sum(map(str.isdigit, text)) >= 8 and has_identity(text)


def _prose(texts: Sequence[str]) -> str:
    """Sentences, or names of people."""
    if sum(len(text.split()) >= 5 for text in texts) >= 0.4 * len(texts) and max(map(len, texts)) > 30:
        return "drop:note"
    return "drop:name" if _names(texts) >= 0.6 else ""


def _names(texts: Sequence[str]) -> float:
    """The share that look like names of people."""
    names = sum(bool(_NAME.fullmatch(text.strip())) or bool(scanner.named(text)) for text in texts)
    return names / len(texts)


def _counts_up(values: Sequence[str]) -> bool:
    """1, 2, 3: the number of the row."""
    numbers = [int(v.removesuffix(".0")) for v in values if v.removesuffix(".0").isdigit()]
    if len(numbers) < max(2, 0.9 * len(values)):
        return False
    steps = [later - earlier for earlier, later in pairwise(numbers)]
    return sum(step == 1 for step in steps) >= 0.9 * len(steps) and numbers[0] <= 1


def _letters(texts: Sequence[str]) -> frozenset[str]:
    found = set()
    for text in texts:
        plain = text.strip().casefold()
        found |= {*re.findall(r"(?<![a-zåäö])([kmfp])(?![a-zåäö])", plain)} if len(plain) <= 20 else set()
        if plain in people.NOUNS and people.NOUNS[plain] in {("F", "yes"), ("M", "yes")}:
            found.add("p")
    return frozenset(found)


def _months_first(texts: Sequence[str]) -> bool:
    """Whether some day of the column can be read only with its month first, and none only with its day."""
    pairs = [match for text in texts if (match := re.match(r"(\d{1,2})[/.-](\d{1,2})[/., -]+\d", text))]
    return any(int(p[2]) > 12 for p in pairs) and not any(int(p[1]) > 12 for p in pairs)


def _numbers_or_marks(chosen: list[ColumnConcept], table: SheetTable) -> list[ColumnConcept]:
    """Where others of the table count women or men, "Barn" with numbers counts children too."""
    counting = {one.concept for one in chosen} & {"women", "men", "girls", "boys"}
    for place, one in enumerate(chosen):
        values = table.values(one.column.place)
        if one.concept == "child" and counting and values and one.sure < 1.5 and all(map(is_number, values)):
            chosen[place] = ColumnConcept(one.column, "children", 0.9, ("accompanying", "child"), one.around)
    return chosen


def kind_of(table: SheetTable, chosen: Sequence[ColumnConcept]) -> str:
    """`persons` · `totals`: a table that counts · `lists`: the choices of a form · `none`."""
    read = {one.concept for one in chosen if not one.concept.startswith("drop:")}
    if not table.full_rows or not read:
        return "none"
    if _counts(table, chosen, read):
        return "totals"
    if not read & OF_A_PERSON and _all_differ(table):
        return "lists"
    return "persons" if len(read) > 1 or "sex" in read else "none"


def _counts(table: SheetTable, chosen: Sequence[ColumnConcept], read: set[str]) -> bool:
    """Whether the table has numbers under one or two keys, nothing else, and each row another key."""
    if not read <= NUMBERS | KEY:
        return False
    keys = [one.column.place for one in chosen if one.concept in KEY]
    if len(keys) > 2 or not any(_has_numbers(table, one) for one in chosen):
        return False
    rows = table.full_rows
    texts = {tuple(row.cells.get(place, "") for place in keys) for row in rows}
    return not keys or len(texts) == len(rows)


def _has_numbers(table: SheetTable, chosen: ColumnConcept) -> bool:
    """Whether a column counts, or is dropped and has numbers alone."""
    if chosen.concept in NUMBERS:
        return True
    values = table.values(chosen.column.place)
    return bool(values) and chosen.concept.startswith("drop:") and all(map(is_number, values))


def _all_differ(table: SheetTable) -> bool:
    lengths = set()
    for column in table.columns:
        values = table.values(column.place)
        lengths.add(len(values))
        if len(set(values)) < len(values):
            return False
    return len(lengths) > 1 and len(table.full_rows) < 400
