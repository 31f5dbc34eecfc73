"""A row of text to facts, by the rules that the forms use too.

What a cell says depends on its text alone, so that every text of a column is read once however many rows
repeat it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from cases import scanner
from cases.choices import LABOUR_PURPOSES, AgeClass, Child, Sex, Status
from cases.facts import AGENCY, BY_NAME, COUNTRY, OWN
from cases.importing.codes import Lookups
from cases.importing.columns import COLUMNS, Facts, Header, RowProblem
from cases.importing.stored import MAX_REFERENCE
from cases.rules import values
from cases.rules.dates import code_validity, within
from cases.rules.exploitation import sector_missing
from cases.rules.faults import Fault, NotAllowed, Severity, shorten
from cases.rules.persons import Context, PersonFacts, person as person_faults
from exchange.reader import ERRORS
from exchange.xlsx_writer import restore

MAX_MUNICIPALITY: Final = 60  # characters
_MEMO: Final = 20_000  # texts of one column that are remembered
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


@dataclass(slots=True)
class Wrong:
    """What a text that cannot be read gives in place of a value."""

    code: str
    params: dict[str, object] = field(default_factory=dict)
    hide: bool = False  # the value identifies somebody: it is not repeated


def identifying(text: str) -> Wrong | None:
    """A reference that is an identity number or an address of e-mail; short numbers are references."""
    if "@" not in text and sum(map(str.isdigit, text)) < 6:
        return None
    kinds = [found.reason for found in scanner.find(text) if found.reason in _UNSAID]
    return Wrong("identity", {"kind": kinds[0]}, hide=True) if kinds else None


class RowReader:
    """Reads the rows of one file."""

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
            if type(value) is Wrong:
                problems.append(_problem(row, name, cells[place], value))
            else:
                found[name] = value
        problems += self._rules(row, cells, found)
        if any(not problem.warning for problem in problems):
            return None, problems
        return _facts(row, found), problems

    # --- single cells -----------------------------------------------------------------------
    def _reader(self, name: str) -> Callable[[str], object]:
        parse = getattr(self, f"_read_{name}", None) or self._listed(name)
        required = BY_NAME[name].required
        if name in {"case", "person"}:
            return lambda text: self._parsed(name, parse, text) if text else Wrong("empty")
        memo: dict[str, object] = {}

        def read(text: str) -> object:
            if text in memo:
                return memo[text]
            if len(memo) > _MEMO:
                memo.clear()
            memo[text] = value = Wrong("empty") if required and not text else self._parsed(name, parse, text)
            return value

        return read

    def _parsed(self, name: str, parse: Callable[[str], object], text: str) -> object:
        if text in ERRORS:
            return Wrong("formula_error", {"value": text})
        try:
            value = parse(text)
        except NotAllowed as refused:
            return self._refused(name, refused)
        if text and type(value) is not Wrong and self._otherwise(name, text, value):
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
            facts = _measures_in(text)
            months = any(f"{found.month:%Y-%m}" not in text for found in facts)
            return months or any(self.lookups.is_short(fact, found.kind) for found in facts)
        return any(self.lookups.is_short(fact, part) for part in values.several(text))

    def _refused(self, name: str, refused: NotAllowed) -> Wrong:
        if refused.code not in {"not_allowed", "unknown_code", "unknown_name"}:
            return Wrong(refused.code, refused.params)
        typed = str(refused.params["value"])
        fact = BY_NAME[name]
        names = self.lookups.names_of(fact)
        near = get_close_matches(values.fold(typed), names, n=1, cutoff=0.75)
        if not near:
            return Wrong("listed", {"value": typed})
        kind = fact.kind if isinstance(fact.kind, str) else name
        return Wrong("listed_guess", {"value": typed, "guess_kind": kind, "guess": names[near[0]]})

    def _listed(self, name: str) -> Callable[[str], object]:
        fact = BY_NAME[name]
        if fact.kind in _CLOSED:
            read = _CLOSED[fact.kind]
            return lambda text: read(text) or None
        names = self.lookups.names_of(fact)
        look_up = values.code if fact.codes else values.named
        return lambda text: look_up(text, names) or None

    def _read_case(self, text: str) -> str | Wrong:
        if len(text) > MAX_REFERENCE:
            return Wrong("reference_long", {"n": len(text), "max": MAX_REFERENCE})
        return identifying(text) or text

    _read_person = _read_case

    def _read_municipality(self, text: str) -> str | Wrong:
        if len(text) > MAX_MUNICIPALITY:
            return Wrong("name_long", {"n": len(text), "max": MAX_MUNICIPALITY})
        return identifying(text) or text

    def _read_identified_on(self, text: str) -> date | None:
        return values.day(text.removesuffix(" 00:00:00"))

    def _read_purposes(self, text: str) -> tuple[str, ...]:
        names = self.lookups.names["purpose"]
        return tuple(dict.fromkeys(values.code(part, names) for part in values.several(text)))

    def _read_measures(self, text: str) -> tuple[tuple[str, date | None], ...]:
        names = self.lookups.names["measure"]
        return tuple(sorted({(values.code(fact.kind, names), fact.month) for fact in _measures_in(text)}))

    # --- cells against each other -----------------------------------------------------------
    def _rules(self, row: int, cells: Sequence[str], found: dict[str, Any]) -> list[RowProblem]:
        """Remembered too: few combinations are new after some hundred rows."""
        key = tuple(found.get(name) for name in _COMBINED)
        if key not in self._combined:
            if len(self._combined) > _MEMO:
                self._combined.clear()
            self._combined[key] = tuple(self._faults(found))
        return [self._as_problem(row, cells, fault) for fault in self._combined[key]]

    def _faults(self, found: dict[str, Any]) -> list[Fault]:
        names = ("sex", "child", "age_class", "status", "offence")
        stated = {name: found.get(name) or "" for name in names}
        faults = [
            *person_faults(PersonFacts(identified_on=found.get("identified_on"), **stated), self.context)
        ]
        faults += self._purpose_faults(found)
        today = self.context.today
        faults += [
            fault
            for _kind, month in found.get("measures") or ()
            for fault in within("measures", month, today=today)
        ]
        day = found.get("identified_on")
        if found.get("county") and day and found["county"] not in self.lookups.geography.rows:
            faults.append(Fault("county", "no_region"))
        return [*faults, *self._outside_validity(found, day)]

    def _purpose_faults(self, found: dict[str, Any]) -> list[Fault]:
        """Where the file has no further purposes, those that are stored may be of labour: the plan looks."""
        if "main_purpose" not in found or "sector" not in found:
            return []
        main, sector = found["main_purpose"] or "", found["sector"] or ""
        further = found.get("purposes")
        if not self.header.has("purposes"):
            return [*sector_missing(main, sector)]
        if further is None:
            return []
        if sector and not {main, *further} & {*LABOUR_PURPOSES}:
            return [Fault("sector", "sector_without_labour")]
        return [*sector_missing(main, sector)]

    def _outside_validity(self, found: dict[str, Any], day: date | None) -> list[Fault]:
        used = [(name, found[name]) for name in _DATED if found.get(name)]
        used += [("purposes", key) for key in found.get("purposes") or ()]
        faults: list[Fault] = []
        for name, key, on in [
            *((n, k, day) for n, k in used),
            *(("measures", k, m) for k, m in found.get("measures") or ()),
        ]:
            if key in self.context.validity:
                faults += code_validity(name, values.bare(key), on, self.context.validity[key])
        return faults

    def _as_problem(self, row: int, cells: Sequence[str], fault: Fault) -> RowProblem:
        column = _COLUMN_OF.get(fault.field, fault.field)
        value = cells[self.header.at[column]] if column in self.header.at else ""
        return RowProblem(row, column, value, fault.code, fault.params, fault.severity is Severity.WARNING)


def _measures_in(text: str) -> list[values.MeasureFact]:
    return [measure for part in values.several(text) if (measure := values.measure(part))]


def _problem(row: int, column: str, text: str, wrong: Wrong) -> RowProblem:
    return RowProblem(row, column, "" if wrong.hide else shorten(text), wrong.code, wrong.params)


def _facts(row: int, found: dict[str, Any]) -> Facts:
    main = found["main_purpose"]
    return Facts(
        row,
        found["case"],
        found["person"],
        found["identified_on"],
        found["agency"],
        found.get("municipality") or "",
        found["county"],
        found.get("channel"),
        tuple(found.get(fact.name) for fact in OWN),
        main,
        tuple(purpose for purpose in found.get("purposes") or () if purpose != main),
        found.get("sector"),
        found.get("measures") or (),
    )
