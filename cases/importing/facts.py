"""What one row of a file says, and what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from cases.facts import OWN
from cases.rules.values import bare

_PLACE: Final = {fact.name: place for place, fact in enumerate(OWN)}


def gettext_noop(text: str) -> str:
    """Marks a text for the translators; this module must not import Django."""
    return text


@dataclass(frozen=True, slots=True)
class Facts:
    """Codes as stored. A column that the file lacks is None or empty here too: ask the header whether it was
    there."""

    row: int  # the line in the file; the header is 1
    case: str
    person: str
    identified_on: date
    agency: str
    municipality: str
    county: str
    channel: str | None
    own: tuple[str | None, ...]  # of the person itself, in the order of `OWN`
    main: str
    purposes: tuple[str, ...]  # the further ones, without main
    sector: str | None
    measures: tuple[tuple[str, date], ...]  # sorted, each once

    @property
    def status(self) -> str:
        return str(self.value("status"))

    def value(self, column: str) -> Any:
        """What stands in a column, as it is stored."""
        if column in _PLACE:
            return self.own[_PLACE[column]]
        return getattr(self, {"main_purpose": "main"}.get(column, column))

    def text(self, column: str) -> str:
        """What stands in a column, in the words that an import reads."""
        if column == "measures":
            return "|".join(f"{bare(kind)}:{month:%Y-%m}" for kind, month in self.measures)
        if column == "purposes":
            return "|".join(map(bare, self.purposes))
        value = self.value(column)
        return value.isoformat() if isinstance(value, date) else bare(value or "")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """`column` is the English name, "" for the row as a whole. `code`: in PROBLEMS here or in
    cases.rules.messages."""

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
        "The row says another thing of the same person than row {earlier}. They must agree."
    ),
    "repeated": gettext_noop(
        "Row {earlier} has the same person, agency, municipality and date. Remove one of the two rows."
    ),
    "identified_again": gettext_noop(
        "The same agency identified the person on {date} too: this is one more identification. If only "
        "the day was "
        "wrong, correct it in the register instead."
    ),
    "spelled": gettext_noop(
        "Row {earlier} spells the reference in another way. Both are taken for the same."
    ),
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
        "{number} belongs to another region now. Nothing of the row is taken in: that region changes it."
    ),
    "taken_out": gettext_noop(
        "{number} was taken out as registered by mistake. Nothing of the row is taken in: put it back in the "
        "register if it was right."
    ),
    "renamed": gettext_noop(
        "{number} had this reference and has another now. Nothing of the row is taken in: write the case "
        "number and person number to change that person."
    ),
    "several_persons": gettext_noop(
        "The reference is that of several persons here: {numbers}. Write the case number and person "
        "number instead."
    ),
}
