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
from legacy_import.sheets.tables import Headings, SheetColumn, SheetTable, TableRow, by_letters, is_number
from legacy_import.sheets.values import COUNTS, IDENTIFYING, SURE, Around, CellReader
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
    mine = Around(_letters(texts), around.year, _months_first(texts), around.month)
    named = headings.of(column.heading)
    if named and named[0][1] > CERTAIN:
        return ColumnConcept(column, named[0][0], 2.0, (), mine)
    if group := letters.get(column.key.strip(" .")):
        named = [(group, 0.9), *named]
    if not texts:
        concept = named[0][0] if named else "drop:no_place"
        return ColumnConcept(column, concept, 1.0, (), mine)
    if identity := _identifying(texts):
        return ColumnConcept(column, identity, 0.95, (), mine)
    weighed = [(concept, _weigh(concept, sure, values, texts, reader, mine)) for concept, sure in named]
    weighed += _other_side(weighed, texts, reader, mine)
    best = sorted(weighed, key=_surest)
    others = tuple(concept for concept, _sure in best)
    if best and best[0][1] >= SURE:
        return ColumnConcept(column, best[0][0], best[0][1], others[1:], mine)
    if prose := _prose(texts):
        return ColumnConcept(column, prose, 0.9 if not best or best[0][1] < 0.5 else 0.6, others, mine)
    ranked = sorted([*best, *_by_content(texts, reader, mine)], key=_surest)
    return _most_likely(column, ranked, mine)


def _surest(concept: tuple[str, float]) -> float:
    return -concept[1]


def _most_likely(column: SheetColumn, ranked: Sequence[tuple[str, float]], around: Around) -> ColumnConcept:
    """Return the first of `ranked`, never surer than a question, with the others as proposals."""
    concepts = [concept for concept, _sure in ranked]
    proposals = tuple(dict.fromkeys([*concepts, "drop:note", "drop:no_place"]))
    concept, sure = ranked[0] if ranked else ("drop:no_place", 0.3)
    return ColumnConcept(column, concept, min(sure, 0.8), proposals[:6], around)


def _weigh(
    concept: str, sure: float, values: Sequence[str], texts: Sequence[str], reader: CellReader, around: Around
) -> float:
    """A name counts where what stands below can be read so."""
    if concept.startswith("drop:"):
        if concept == "drop:rownumber" and not _counts_up(values):
            return sure - 0.4
        return sure
    if concept == "case" and sure >= 1 and len({*values}) == len(values) and max(map(len, texts)) < 9:
        return sure  # "M-1", "M-2": no man of one and of two years
    if concept in _UNREAD and (_names(texts) >= 0.3 or _share("sex", texts, reader, around) >= 0.8):
        return 0.0
    if concept in _UNREAD:
        return sure - 0.5 if concept == "case" and _counts_up(values) and sure < 1 else sure
    read = _share(concept, texts, reader, around)
    if concept in _SIDES and _share(_SIDES[concept], texts, reader, around) > read + 0.1:
        return sure - 0.25
    if read >= 0.5:
        return min(1.0, sure + 0.03 * read) if sure >= 0.8 else sure + 0.2 * read
    return sure - 0.5 + read / 2


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
    """What the cells look like, whatever the heading says: to be asked about."""
    if all(map(is_number, texts)):
        if all(_YEAR.fullmatch(text) for text in texts):
            return [("year", _ASKED)]
        ages = all(float(text.replace(",", ".").rstrip(" %")) < 90 for text in texts) and len(texts) > 2
        return [("age_class", 0.6)] if ages else []
    found = []
    for concept in _READ:
        telling = [t for t in texts if reader.read(concept, t, around).facts]
        read = _share(concept, texts, reader, around) if telling else 0.0
        if read >= 0.6:
            found.append((concept, _ASKED * read))
    return sorted(found, key=lambda one: -one[1])[:3]


def _identifying(texts: Sequence[str]) -> str:
    """Dropped whatever the heading says, and not asked about."""
    numbers = sum(bool(_PERSONAL.fullmatch(text.strip())) and len(text.strip()) > 8 for text in texts)
    if numbers >= 0.5 * len(texts) and not all(text[:2] in {"19", "20"} and len(text) == 8 for text in texts):
        return "drop:identity"
    mails = sum("@" in text or bool(re.fullmatch(r"[+0][\d -]{8,}", text.strip())) for text in texts)
    if mails >= 0.5 * len(texts):
        return "drop:contact"
    longer = [text for text in texts if sum(map(str.isdigit, text)) >= 8]
    found = [t for t in longer if any(one.reason in IDENTIFYING for one in scanner.find(t))]
    return "drop:identity" if len(found) >= 0.5 * len(texts) else ""


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
    concepts = {one.concept for one in chosen}
    read = {concept for concept in concepts if not concept.startswith("drop:")}
    rows = [row for row in table.rows if len(row.cells) > 1]
    if not rows or not read:
        return "none"
    if _counts(table, chosen, rows):
        return "totals"
    if not read & OF_A_PERSON and _all_differ(table, rows):
        return "lists"
    return "persons" if len(read) > 1 or "sex" in read else "none"


def _counts(table: SheetTable, chosen: Sequence[ColumnConcept], rows: Sequence[TableRow]) -> bool:
    """Whether the table has numbers under one or two keys, and each row another key."""
    numbers = [one for one in chosen if one.concept in NUMBERS or _numeric(table, one)]
    keys = [one.column.place for one in chosen if one.concept in KEY]
    others = [
        one for one in chosen if not one.concept.startswith("drop:") and one.concept not in NUMBERS | KEY
    ]
    if not numbers or others or len(keys) > 2:
        return False
    texts = [tuple(row.cells.get(place, "") for place in keys) for row in rows]
    return not keys or len(set(texts)) == len(texts)


def _numeric(table: SheetTable, chosen: ColumnConcept) -> bool:
    values = table.values(chosen.column.place)
    return bool(values) and chosen.concept.startswith("drop:") and all(map(is_number, values))


def _all_differ(table: SheetTable, rows: Sequence[object]) -> bool:
    lengths = set()
    for column in table.columns:
        values = table.values(column.place)
        lengths.add(len(values))
        if len(set(values)) < len(values):
            return False
    return len(lengths) > 1 and len(rows) < 400
