"""What an import of persons would do, as values that `writer` carries out.

What the rows of a file change in one stored person is arithmetic on plain values. A plan that waits to be
confirmed holds codes and numbers only; they are put into words when a page of it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import repeat
from operator import attrgetter
from typing import Any, Final, NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy

from cases.choices import LABOUR_PURPOSES
from cases.facts import BY_NAME, COMPARED, OWN
from cases.importing.codes import Lookups, at_most
from cases.importing.columns import PROBLEMS, Facts, Header, RowProblem
from cases.importing.stored import Given, Purpose, StoredCase, StoredIdentification, StoredPerson
from cases.rules.faults import KINDS, MESSAGES, shorten
from exchange.importer import Plan, PlanWords

Key = tuple[str, str, date]  # agency, municipality, day


class FieldChange(NamedTuple):
    column: str
    old: object
    new: object


@dataclass(slots=True)
class Edit:
    """Everything to write for one stored person. Rows are named by their primary keys."""

    pk: int
    values: dict[str, str | None] = field(default_factory=dict)
    seen_new: list[Facts] = field(default_factory=list)
    seen_changed: dict[int, dict[str, str | None]] = field(default_factory=dict)
    purposes_new: list[Purpose] = field(default_factory=list)  # pk 0
    purposes_changed: dict[int, Purpose] = field(default_factory=dict)
    purposes_gone: list[int] = field(default_factory=list)
    given_new: list[tuple[str, date]] = field(default_factory=list)
    given_gone: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(attrgetter(*self.__slots__[1:])(self))  # all but the key


def of_person(facts: Facts, column: str) -> object:
    """What a row says of the person, so that two rows of one person can be held against each other."""
    return frozenset(facts.purposes) if column == "purposes" else facts.value(column)


def disagreement(one: Facts, other: Facts) -> list[str]:
    return [fact.name for fact in COMPARED if of_person(one, fact.name) != of_person(other, fact.name)]


def facts_of(person: StoredPerson, facts: Facts, header: Header, edit: Edit) -> list[FieldChange]:
    """The person's own facts, purposes and measures; identifications are `seen`."""
    changes = []
    for fact, new in zip(OWN, facts.own, strict=True):
        old = person.values[fact.name]
        if header.has(fact.name) and old != new:
            edit.values[fact.name] = new
            changes.append(FieldChange(fact.name, old, new))
    changes += _purposes(person.purposes, facts, header, edit)
    if header.has("measures"):
        changes += _measures(person.given, facts, edit)
    return changes


def effective(stored: Iterable[str], facts: Facts, header: Header) -> list[str]:
    """The purposes after the import, the main one first."""
    further = facts.purposes if header.has("purposes") else stored
    return [facts.main_purpose, *sorted({*further} - {facts.main_purpose})]


def sector_purpose(purposes: list[str]) -> str:
    """Which purpose a sector belongs to: the main one when it is labour, else the first of labour. "" for
    none."""
    if purposes[0] in LABOUR_PURPOSES:
        return purposes[0]
    return next((purpose for purpose in LABOUR_PURPOSES if purpose in purposes), "")


def _purposes(stored: list[Purpose], facts: Facts, header: Header, edit: Edit) -> list[FieldChange]:
    # Of several rows of one purpose the main one, or the first.
    rows = {row.purpose: row for row in sorted(stored, key=lambda row: (row.is_main, -row.pk))}
    after = effective(rows, facts, header)
    wants = sector_purpose(after) if header.has("sector") else ""
    main, bears = rows.get(facts.main_purpose), rows.get(wants)
    for row in stored:
        new = row._replace(is_main=row is main, sector=facts.sector if row is bears else row.sector)
        if row.purpose not in after:
            edit.purposes_gone.append(row.pk)
        elif new != row:
            edit.purposes_changed[row.pk] = new
    for purpose in after:
        if purpose not in rows:
            sector = facts.sector if purpose == wants else None
            edit.purposes_new.append(Purpose(0, purpose, purpose == facts.main_purpose, sector))
    return _purpose_changes(stored, after, facts, bears, wants)


def _purpose_changes(
    stored: list[Purpose], after: list[str], facts: Facts, bears: Purpose | None, wants: str
) -> list[FieldChange]:
    main = dict((one.is_main, one.purpose) for one in stored).get(True)
    before = tuple(sorted({one.purpose for one in stored}))
    sector = bears.sector if bears else None
    changes = (
        FieldChange("main_purpose", main, facts.main_purpose),
        FieldChange("purposes", before, tuple(sorted(after))),
        FieldChange("sector", sector, facts.sector if wants else sector),
    )
    return [change for change in changes if change.old != change.new]


def _measures(stored: list[Given], facts: Facts, edit: Edit) -> list[FieldChange]:
    before = tuple((row.kind, row.month) for row in stored)
    can_stand = {*facts.measures, *((row.kind, None) for row in stored)}  # a file has none without its month
    edit.given_gone = [row.pk for row in stored if (row.kind, row.month) not in can_stand]
    edit.given_new = sorted({*facts.measures} - {*before})
    is_changed = edit.given_gone or edit.given_new
    return [FieldChange("measures", before, facts.measures)] if is_changed else []


def identification_key(facts: Facts) -> Key:
    """What distinguishes the identifications of a person."""
    return facts.agency, facts.municipality, facts.identified_on


def seen(
    identifications: list[StoredIdentification], facts: Facts, header: Header, edit: Edit, said: set[Key]
) -> list[FieldChange]:
    """One identification: found by agency, municipality (if the file has it) and day; or by agency and day
    alone, where no row of the file says (`said`) what is stored, so that its municipality was corrected; or
    else a further one."""
    same_day = [row for row in identifications if (row.agency, row.on) == (facts.agency, facts.identified_on)]
    for row in same_day:
        if not header.has("municipality") or row.municipality == facts.municipality:
            return _seen_changed(row, facts, header, edit)
    for row in same_day:
        if row.pk and (row.agency, row.municipality, row.on) not in said:
            identifications[identifications.index(row)] = row._replace(municipality=facts.municipality)
            return _seen_changed(row, facts, header, edit)
    edit.seen_new.append(facts)
    identifications.append(
        StoredIdentification(
            0, facts.agency, facts.municipality, facts.identified_on, facts.county, facts.channel
        )
    )
    return [FieldChange("identified_on", None, facts.identified_on)]


def _seen_changed(row: StoredIdentification, facts: Facts, header: Header, edit: Edit) -> list[FieldChange]:
    changes = [
        FieldChange(column, getattr(row, column), getattr(facts, column))
        for column in ("municipality", "county", "channel")
        if header.has(column) and getattr(row, column) != getattr(facts, column)
    ]
    if changes and row.pk:
        edit.seen_changed[row.pk] = {change.column: getattr(facts, change.column) for change in changes}
    return changes


@dataclass(slots=True)
class NewCase:
    """A case to open, or one of ours to add to. `rows` by which it is opened, in the order of the file."""

    stored: StoredCase | None
    reference: str
    persons: list[list[Facts]] = field(default_factory=list)  # the rows of each new person

    @property
    def rows(self) -> int:
        return sum(len(person) for person in self.persons)


@dataclass
class PersonPlan(Plan):
    header: Header
    cases: list[NewCase] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    readings: dict[tuple[str, str], object] = field(default_factory=dict)  # see RowReader

    def as_json(self) -> dict[str, Any]:
        columns = {heading: name for name, heading in self.header.named.items()}
        return super().as_json() | {
            "named": self.header.named,
            "said": [[heading, columns.get(heading, "")] for heading in self.header.said],  # "": left out
            "readings": [[*read, value] for read, value in self.readings.items()],
        }


TEXTS: Final = MESSAGES | PROBLEMS
LISTED: Final = frozenset({"empty", "listed", "listed_guess"})  # of a cell that the page of codes explains
MAX_VALUES: Final = 8  # values of one list that a cell of the preview names
NEW: Final = ("agency", "county", "sex", "child", "main_purpose", "status")
COLUMNS: Final = (
    gettext_lazy("Case"),
    gettext_lazy("Person"),
    gettext_lazy("Date of identification"),
    gettext_lazy("Identifying organisation"),
    gettext_lazy("County where identified"),
    gettext_lazy("Sex"),
    gettext_lazy("Child at identification"),
    gettext_lazy("Main purpose"),
    gettext_lazy("Status"),
)


def shown(facts: Facts) -> tuple[Any, ...]:
    """What COLUMNS show of a new person: by the sender's references it is seen who and in which case."""
    return (facts.case, facts.person, facts.identified_on, *(facts.value(one) for one in NEW))


class PersonWords(PlanWords):
    """A plan of persons in words, of which `named` says how the file names each column."""

    def __init__(self, named: Mapping[str, str], lookups: Lookups | None = None) -> None:
        super().__init__(COLUMNS)
        self.named, self._lookups = named, lookups

    @cached_property
    def lookups(self) -> Lookups:
        """Read when the first word is looked for, unless somebody has read them already."""
        return self._lookups or Lookups.load()

    def problem(self, kept: Sequence[Any]) -> tuple[str, str, str]:
        keys = RowProblem(*kept)
        return self.named.get(keys.column, keys.column), keys.value, in_words(keys, self.lookups)

    def new(self, told: Sequence[Any]) -> Sequence[str]:
        case, person, day, *facts = told
        return [case, person, day, *(self.say(one, fact) for one, fact in zip(NEW, facts, strict=False))]

    def change(self, column: str, old: object, new: object) -> tuple[str, str, str]:
        return self.label(column), self.say(column, old), self.say(column, new)

    def reading(self, kept: Sequence[Any]) -> tuple[str, str, str]:
        column, text, value = kept
        is_day = column == "identified_on"
        message = date_format(date.fromisoformat(value), "j F Y") if is_day else self.say(column, value)
        return self.label(column), shorten(text), message

    def explained(self, kept: Sequence[Any]) -> str:
        problem_row = RowProblem(*kept)
        return f"{reverse('cases:import_codes')}#{problem_row.column}" if problem_row.code in LISTED else ""

    def label(self, column: str) -> str:
        """As the file names the column, or by its English name where it does not have it."""
        return self.named.get(column) or column

    def say(self, column: str, value: Any) -> str:
        if not isinstance(value, list):
            return self.lookups.label(column, value)
        pairs = value if column == "measures" else zip(value, repeat(""))
        words = [f"{self.lookups.label(column, key)} {str(month or '')[:7]}".strip() for key, month in pairs]
        return at_most(MAX_VALUES, words) or "–"


def in_words(said: RowProblem, lookups: Lookups) -> str:
    """What is wrong and what is allowed."""
    params = dict(said.params)
    if said.code in {"empty", "listed"}:
        params["allowed"] = lookups.allowed(said.column)
    elif said.code == "listed_guess":
        params["guess"] = lookups.label(said.column, params["guess"])
    elif said.code in {"code_early", "code_late"}:
        key = f"{BY_NAME[said.column].codes}:{params['value']}"
        params["value"] = lookups.label(said.column, key)
    elif said.code == "identity":
        params["kind"] = _(KINDS[str(params["kind"])])
    return _(TEXTS[said.code]).format(**params)
