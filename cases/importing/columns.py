"""The columns of persons by their English or Swedish names, and what a row says or has wrong. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from cases.facts import IMPORTED as COLUMNS, OWN, FactOfPerson
from cases.rules.faults import gettext_noop, shorten
from cases.rules.values import bare, fold
from exchange.limits import MAX_CELL, REFUSALS, Refused, Unmatched, of_columns
from exchange.reader import heading_key

BY_NAME: Final = {fold(name): column for column in COLUMNS for name in column.names}
REQUIRED: Final = tuple(column.name for column in COLUMNS if column.required)
_ENGLISH: Final = frozenset(fold(column.name) for column in COLUMNS)
_SWEDISH: Final = frozenset(fold(column.swedish[0]) for column in COLUMNS)
_AS_OURS: Final[Mapping[str, str]] = {}  # a sender whose headings are those of the columns


@dataclass(frozen=True)
class Header:
    """`at`: place of each column that the file has; `named`: how the file names it; `said`: the headings that
    the sender has said what they are."""

    at: dict[str, int]
    named: dict[str, str]
    width: int
    said: tuple[str, ...] = ()

    def has(self, column: str) -> bool:
        return column in self.at


def known(cells: Sequence[str]) -> set[str]:
    """The columns that are recognised among the cells of a header."""
    return {BY_NAME[key].name for cell in cells if len(cell) <= MAX_CELL and (key := fold(cell)) in BY_NAME}


def match(cells: Sequence[str], called: Mapping[str, str] = _AS_OURS) -> Header:
    """Raises Refused, naming every column that is missing, unknown or doubled. `called`: what the sender
    calls columns, by heading folded; a column that is none of ours is left out. Where that does not fit after
    all, it is asked again."""
    called_here = {cell: called[heading_key(cell)] for cell in cells if heading_key(cell) in called}
    columns = [BY_NAME.get(fold(cell)) or BY_NAME.get(fold(called_here.get(cell, ""))) for cell in cells]
    _check(cells, columns, called_here)
    at = {column.name: place for place, column in enumerate(columns) if column}
    return Header(at, {name: cells[place] for name, place in at.items()}, len(cells), tuple(called_here))


def _check(
    cells: Sequence[str], columns: Sequence[FactOfPerson | None], called_here: Mapping[str, str]
) -> None:
    """Raises Unmatched where the sender is to say what some cells are, and Refused for any other fault."""
    named = [column.name for column in columns if column]
    unknown = [
        cell
        for cell, column in zip(cells, columns, strict=True)
        if column is None and cell not in {"", *called_here}
    ]
    faults = _faults(cells, named, unknown)
    asked = unknown or list(called_here)
    if not faults:
        return
    if asked:
        raise Unmatched(*faults, unknown=asked)
    raise Refused(*faults)


def _faults(
    cells: Sequence[str], named: Sequence[str], unknown: Sequence[str]
) -> list[tuple[str, dict[str, object]]]:
    columns = {
        "header_missing": [_as_in(cells, name) for name in REQUIRED if name not in named],
        "header_unknown": [_guess(one) for one in unknown],
        "header_twice": sorted(Counter(named) - Counter(set(named))),
    }
    return [of_columns(code, names) for code, names in columns.items() if names]


def _as_in(cells: Sequence[str], name: str) -> str:
    """A missing column in the language that the header is written in."""
    column = BY_NAME[fold(name)]
    folded = {fold(cell) for cell in cells}
    is_swedish = len(_SWEDISH & folded) > len(_ENGLISH & folded)
    return column.swedish[0] if is_swedish else column.name


def seems(heading: str) -> str:
    """The column that a heading seems to be, to be looked at by whoever sent it; nothing where it is like
    none."""
    key = fold(heading[:80])
    inside = [name for name in BY_NAME if len(name) > 2 and (key.startswith(name) or key.endswith(name))]
    if inside:
        return BY_NAME[max(inside, key=len)].name
    near = get_close_matches(key, BY_NAME, n=1, cutoff=0.6)
    return BY_NAME[near[0]].name if near else ""


def _guess(cell: str) -> str:
    shown = shorten(cell)
    near = get_close_matches(fold(shown), BY_NAME, n=1, cutoff=0.75)
    if not near:
        return shown
    column = BY_NAME[near[0]]
    guess = {fold(name): name for name in column.names}[near[0]]
    return REFUSALS["header_guess"].format(name=shown, guess=guess)


_PLACE: Final = {fact.name: place for place, fact in enumerate(OWN)}


@dataclass(frozen=True, slots=True)
class Facts:
    """Codes as stored. A column that the file lacks is None or empty here too: ask the header whether it was
    there."""

    row: int  # the line in the file; the header is 1
    case: str
    person: str
    identified_on: date
    agency: str
    county: str
    own: tuple[str | None, ...]  # of the person itself, in the order of `OWN`
    main_purpose: str
    municipality: str = ""
    channel: str | None = None
    purposes: tuple[str, ...] = ()  # the further ones, without the main one
    sector: str | None = None
    measures: tuple[tuple[str, date], ...] = ()  # sorted, each once

    @property
    def status(self) -> str:
        return str(self.value("status"))

    def value(self, column: str) -> Any:
        """What stands in a column, as it is stored."""
        return self.own[_PLACE[column]] if column in _PLACE else getattr(self, column)

    def text(self, column: str) -> str:
        """What stands in a column, in the words that an import reads."""
        if column == "measures":
            return "|".join(f"{bare(kind)}:{month:%Y-%m}" for kind, month in self.measures)
        if column == "purposes":
            return "|".join(bare(purpose) for purpose in self.purposes)
        value = self.value(column)
        return value.isoformat() if isinstance(value, date) else bare(value or "")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """`column` is the English name, "" for the row as a whole. `code`: in PROBLEMS here or in
    cases.rules.faults."""

    row: int
    column: str
    value: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    warning: bool = False


PROBLEMS: Final[dict[str, str]] = {
    "empty": gettext_noop("The cell is empty. Allowed: {allowed}."),
    "listed": gettext_noop("“{value}” is not allowed. Allowed: {allowed}."),
    "listed_guess": gettext_noop("“{value}” is not allowed. Did you mean {guess}?"),
    "formula_error": gettext_noop("“{value}” is the error of a formula. Correct it in the spreadsheet."),
    "reference_long": gettext_noop("The reference has {n} characters. At most {max} fit."),
    "name_long": gettext_noop("The name has {n} characters. At most {max} fit."),
    "ragged": gettext_noop("The row has {n} cells, the header has {width}. Add or remove separators."),
    "no_region": gettext_noop("The county belonged to no NMT region on that day."),
    "disagrees": gettext_noop(
        "The row says something else about the same person than row {earlier}. They must agree."
    ),
    "repeated": gettext_noop(
        "Row {earlier} has the same person, agency, municipality and date. Remove one of the two rows."
    ),
    "identified_again": gettext_noop(
        "The same agency identified the person on {date} too: this is one more identification. If only "
        "the day was wrong, correct it in the register instead."
    ),
    "spelled": gettext_noop("Row {earlier} spells the reference in another way. Both count as the same."),
    "no_person": gettext_noop(
        "There is no such person in the case. Allowed: the number of a person in it, or your own reference."
    ),
    "no_case": gettext_noop(
        "No case of yours has this number. Write the number of one that you have, or your own reference."
    ),
    "number_mismatched": gettext_noop(
        "The cell holds a number of the register that does not fit the other cell. Write the case number in "
        "one and the number of a person of that case in the other, or your own references in both."
    ),
    "moved": gettext_noop(
        "{number} belongs to another region now. Nothing of the row is imported: that region changes it."
    ),
    "taken_out": gettext_noop(
        "{number} was removed as registered by mistake. Nothing of the row is imported: put it back in the "
        "register if it was right."
    ),
    "renamed": gettext_noop(
        "{number} had this reference and has another now. Nothing of the row is imported: write the case "
        "number and person number to change that person."
    ),
    "case_renamed": gettext_noop(
        "{number} had this reference and has another now. Nothing of the row is imported: write the case "
        "number to change that case."
    ),
    "several_persons": gettext_noop(
        "The reference is that of several persons here: {numbers}. Write the case number and person "
        "number instead."
    ),
}
