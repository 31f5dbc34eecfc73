"""A row of text to facts, by the rules that the forms use too.

What a cell says depends on its text alone, so that every text of a column is read once however many rows
repeat it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import Any, Final

from cases import scanner
from cases.choices import LABOUR_PURPOSES, AgeClass, Child, Sex, Status
from cases.facts import AGENCY, BY_NAME, COUNTRY, OWN
from cases.importing.codes import Lookups
from cases.importing.columns import COLUMNS, Facts, Header, RowProblem
from cases.importing.stored import MAX_REFERENCE
from cases.rules import values
from cases.rules.dates import within
from cases.rules.exploitation import sector_missing
from cases.rules.faults import Fault, NotAllowed, Severity, shorten
from cases.rules.persons import Context, PersonFacts, person as person_faults
from exchange.reader import ERRORS
from exchange.xlsx_writer import restore

_MEMO: Final = 20_000  # texts of one column that are remembered
_UNREAD: Final = object()  # stands for a cell that cannot be read, or that the file lacks
_REFERENCES: Final = frozenset({"case", "person"})
_LONG: Final = {  # in characters, and what is said of a text that is longer
    "case": (MAX_REFERENCE, "reference_long"),
    "person": (MAX_REFERENCE, "reference_long"),
    "municipality": (60, "name_long"),
}
_UNSAID: Final = frozenset({"personal_number", "coordination_number", "masked_number", "email"})
_COLUMN_OF: Final = {"status_reason": "status", "form": "purposes"}
_CLOSED: Final[dict[object, Callable[[str], str]]] = {
    Sex: values.sex,
    Child: values.answer,
    AgeClass: values.age_class,
    Status: values.status,
}
# What the rules hold against each other; and the codes that they hold against the day.
_COMBINED: Final = (
    "identified_on",
    *(fact.name for fact in COLUMNS if fact.kind not in ("", AGENCY, COUNTRY)),
)
_DATED: Final = tuple(
    fact.name for fact in COLUMNS if fact.codes and fact.name not in {"purposes", "measures", "offence"}
)


def identifying(column: str, text: str) -> Fault | None:
    """A reference that is an identity number or an address of e-mail; short numbers are references."""
    if "@" not in text and sum(one.isdigit() for one in text) < 6:
        return None
    for found in scanner.find(text):
        if found.reason in _UNSAID:
            return Fault(column, "identity", {"kind": found.reason})
    return None


class RowReader:
    """Reads the rows of one file. A cell that cannot be read gives a fault in place of a value."""

    def __init__(self, header: Header, lookups: Lookups, today: date) -> None:
        self.header, self.lookups = header, lookups
        self.context = Context(today=today, validity=lookups.validity)
        self.places = [(name, place, self._reader(name)) for name, place in header.at.items()]
        self._combined: dict[tuple[Any, ...], tuple[Fault, ...]] = {}
        # What is not written as it is stored or called: (column, text) → what it was read as.
        self.readings: dict[tuple[str, str], object] = {}

    def read(self, row: int, cells: Sequence[str]) -> tuple[Facts | None, list[RowProblem]]:
        """No facts when there is an error; problems may be warnings."""
        cells = [restore(cell.strip()) for cell in cells]
        width = self.header.width
        if len(cells) < width or any(cells[width:]):
            return None, [RowProblem(row, "", "", "ragged", {"n": len(cells), "width": width})]
        found: dict[str, Any] = {}
        problems = []
        for name, place, read in self.places:
            value = read(cells[place])
            if isinstance(value, Fault):
                shown = "" if value.code == "identity" else shorten(cells[place])
                problems.append(RowProblem(row, name, shown, value.code, value.params))
            else:
                found[name] = value
        problems += self._rules(row, cells, found)
        is_importable = all(problem.warning for problem in problems)
        return _facts(row, found) if is_importable else None, problems

    def _reader(self, name: str) -> Callable[[str], object]:
        """Every text of a column is read once, but for references, of which most stand there once."""
        read = partial(self._read_cell, name, self._parser(name))
        return read if name in _REFERENCES else lru_cache(_MEMO)(read)

    def _parser(self, name: str) -> Callable[[str], object]:
        if name in _LONG:
            return partial(_text, name)
        own: dict[str, Callable[[str], object]] = {
            "identified_on": lambda text: values.day(text.removesuffix(" 00:00:00")),
            "purposes": self._purposes,
            "measures": self._measures,
        }
        return own.get(name) or self._listed(name)

    def _read_cell(self, name: str, parse: Callable[[str], object], text: str) -> object:
        if BY_NAME[name].required and not text:
            return Fault(name, "empty")
        if text in ERRORS:
            return Fault(name, "formula_error", {"value": text})
        try:
            value = parse(text)
        except NotAllowed as refused:
            return self._refused(name, refused)
        if text and self._otherwise(name, text, value):
            self.readings[name, text] = value
        return value

    def _otherwise(self, name: str, text: str, value: object) -> bool:
        """Whether a reader should see what a text was taken for."""
        fact = BY_NAME[name]
        if isinstance(value, date):
            return not text.startswith(value.isoformat())
        if not fact.kind:  # as the sender says it
            return False
        if name == "age_class":
            return text.split()[0].isdecimal()
        if name == "measures":
            return any(
                f"{found.month:%Y-%m}" not in text or self.lookups.is_short(fact, found.kind)
                for found in _measures_in(text)
            )
        return any(self.lookups.is_short(fact, part) for part in values.several(text))

    def _refused(self, name: str, refused: NotAllowed) -> Fault:
        if refused.code not in {"not_allowed", "unknown_code", "unknown_name"}:
            return refused.fault(name)
        typed = str(refused.params["value"])
        names = self.lookups.names_of(BY_NAME[name])
        near = get_close_matches(values.fold(typed), names, n=1, cutoff=0.75)
        if not near:
            return Fault(name, "listed", {"value": typed})
        return Fault(name, "listed_guess", {"value": typed, "guess": names[near[0]]})

    def _listed(self, name: str) -> Callable[[str], object]:
        fact = BY_NAME[name]
        look_up: Callable[..., str] = values.code if fact.codes else values.named
        read = _CLOSED.get(fact.kind) or partial(look_up, names=self.lookups.names_of(fact))
        return lambda text: read(text) or None

    def _purposes(self, text: str) -> tuple[str, ...]:
        names = self.lookups.names["purpose"]
        return tuple(dict.fromkeys(values.code(part, names) for part in values.several(text)))

    def _measures(self, text: str) -> tuple[tuple[str, date], ...]:
        names = self.lookups.names["measure"]
        return tuple(sorted({(values.code(fact.kind, names), fact.month) for fact in _measures_in(text)}))

    def _rules(self, row: int, cells: Sequence[str], found: dict[str, Any]) -> list[RowProblem]:
        """Cells against each other. Remembered too: few combinations are new after some hundred rows."""
        key = tuple(found.get(name, _UNREAD) for name in _COMBINED)
        if key not in self._combined:
            if len(self._combined) > _MEMO:
                self._combined.clear()
            self._combined[key] = tuple(self._faults(found))
        return [self._as_problem(row, cells, fault) for fault in self._combined[key]]

    def _faults(self, found: dict[str, Any]) -> Iterator[Fault]:
        day, today = found.get("identified_on"), self.context.today
        names = ("sex", "child", "age_class", "status", "offence")
        stated = {name: found.get(name) or "" for name in names}
        yield from person_faults(PersonFacts(identified_on=day, **stated), self.context)
        yield from self._purpose_faults(found)
        for _kind, month in found.get("measures", ()):
            yield from within("measures", month, today=today)
        if day and found.get("county") and found["county"] not in self.lookups.geography.rows:
            yield Fault("county", "no_region")
        yield from self._outside_validity(found, day)

    def _purpose_faults(self, found: dict[str, Any]) -> tuple[Fault, ...]:
        """Where the file has no further purposes, those that are stored may be of labour: the plan looks."""
        compared = {"main_purpose", "sector", "purposes"} & self.header.at.keys()
        if "sector" not in compared or compared - found.keys():
            return ()
        main, sector = found["main_purpose"], found["sector"]
        if not sector:
            return sector_missing(main, "")
        stated = {main, *found.get("purposes", LABOUR_PURPOSES)}
        return (Fault("sector", "sector_without_labour"),) if stated.isdisjoint(LABOUR_PURPOSES) else ()

    def _outside_validity(self, found: dict[str, Any], day: date | None) -> Iterator[Fault]:
        used = [(name, found.get(name) or "", day) for name in _DATED]
        used += [("purposes", key, day) for key in found.get("purposes", ())]
        used += [("measures", kind, month) for kind, month in found.get("measures", ())]
        for name, key, on in used:
            yield from self.context.outside(name, key, on)

    def _as_problem(self, row: int, cells: Sequence[str], fault: Fault) -> RowProblem:
        column = _COLUMN_OF.get(fault.field, fault.field)
        value = cells[self.header.at[column]] if column in self.header.at else ""
        return RowProblem(row, column, value, fault.code, fault.params, fault.severity is Severity.WARNING)


def _text(column: str, text: str) -> str | Fault:
    longest, code = _LONG[column]
    if len(text) > longest:
        return Fault(column, code, {"n": len(text), "max": longest})
    return identifying(column, text) or text


def _measures_in(text: str) -> list[values.MeasureFact]:
    return [one for one in (values.measure(one) for one in values.several(text)) if one]


def _facts(row: int, found: dict[str, Any]) -> Facts:
    own = tuple(found.pop(fact.name, None) for fact in OWN)
    found["purposes"] = tuple(key for key in found.get("purposes", ()) if key != found["main_purpose"])
    return Facts(row=row, own=own, **found)
