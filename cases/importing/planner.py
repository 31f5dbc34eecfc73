"""From a file to a plan: read every row, find whom it is about, and compare. Changes nothing.

Who is meant: a person whose identification by that agency has the sender's reference (case and person), or
who has the number of ours that the row has. Both are looked for in own regions and among those who have left
them; a reference that is not found there is new, a number is an error, and nothing tells whether either
exists elsewhere.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.access import Access
from agencies.models import Region
from cases.importing import stored
from cases.importing.codes import Lookups
from cases.importing.columns import Facts, RowProblem, match
from cases.importing.plan import (
    Edit,
    FieldChange,
    Key,
    NewCase,
    PersonPlan,
    disagreement,
    effective,
    facts_of,
    identification_key,
    is_further,
    sector_purpose,
    seen,
    shown,
)
from cases.importing.rows import RowReader
from cases.importing.stored import (
    Leaver,
    Leavers,
    Numbers,
    StoredCase,
    StoredPerson,
    case_number,
    joined,
    leavers,
    numbers_of,
)
from cases.model_fields import OF_CASES, OF_PERSONS, indexes
from cases.rules.exploitation import sector_only_with_labour
from cases.rules.faults import Fault
from cases.rules.persons import TRANSITIONS, StatusChange
from cases.rules.texts import folded
from exchange.bulk import chunks
from exchange.importer import Outcome, PlannedRow
from exchange.limits import refuse
from exchange.reader import ReadSheet

# --- persons of rows ---
# Whom a row is about: a person of ours, or a new one.


class New(NamedTuple):
    """A person that is not here yet: rows with one reference and agency are about the same one."""

    reference: str  # folded
    agency: str


Whom = int | New | Leaver | RowProblem


@dataclass(frozen=True)
class Finder:
    """`keys`: (index, agency) → persons; `agencies`: their keys; `cases`, `persons`: by numbers of ours;
    `left`: who was ours."""

    keys: Mapping[tuple[str, str], set[tuple[int, str]]]
    agencies: Mapping[str, int]
    cases: Mapping[str, StoredCase]
    persons: Mapping[str, int]
    left: Leavers

    @classmethod
    def load(cls, access: Access, facts: Sequence[Facts], agencies: Mapping[str, int]) -> Finder:
        """A constant number of queries for each chunk of the file's references and numbers."""
        numbers = [_numbers(row) for row in facts]
        references = [row for row, of in zip(facts, numbers, strict=True) if not of.person]
        digests = dict.fromkeys(digest for row in references for digest in _indexes(row, agencies))
        cases = dict.fromkeys(of.case for of in numbers if of.case)
        persons = dict.fromkeys(of.person for of in numbers if of.person)
        return cls(
            stored.persons_by_index(access, digests),
            agencies,
            stored.cases_by_number(access, cases),
            stored.persons_by_number(access, persons),
            leavers(access, digests, persons),
        )

    def whom(self, facts: Facts) -> Whom:
        numbers = _numbers(facts)
        if numbers.fault:
            value = getattr(facts, numbers.fault)
            return RowProblem(facts.row, numbers.fault, value, "number_mismatched")
        if numbers.person:
            return self._numbered(facts, numbers)
        return self._referred_to(facts, numbers)

    def facts_only(self, facts: Facts) -> str:
        """The number of ours that a row names as its case, where consent is missing: no file adds to it."""
        ours = self.cases.get(_numbers(facts).case)
        return ours.number if ours and ours.facts_only else ""

    def _numbered(self, facts: Facts, numbers: Numbers) -> Whom:
        """A number that nobody has and one that never was here are told alike."""
        if numbers.person in self.persons:
            return self.persons[numbers.person]
        if numbers.person in self.left.by_number:
            return self.left.by_number[numbers.person]
        return self._unknown(facts, numbers)

    def _unknown(self, facts: Facts, numbers: Numbers) -> RowProblem:
        if numbers.case in self.cases:
            return RowProblem(facts.row, "person", facts.person, "no_person")
        return RowProblem(facts.row, "case", facts.case, "no_case")

    def _referred_to(self, facts: Facts, numbers: Numbers) -> Whom:
        keys = [(digest, facts.agency) for digest in _indexes(facts, self.agencies)]
        found = {person for key in keys for person in self.keys.get(key, ())}
        if len(found) == 1:
            return next(iter(found))[0]
        if found:
            several = ", ".join(sorted(number for _pk, number in found))
            return RowProblem(facts.row, "person", facts.person, "several_persons", {"numbers": several})
        if left := next(filter(None, map(self.left.by_index.get, keys)), None):
            return left
        if numbers.case and numbers.case not in self.cases:
            return self._unknown(facts, numbers)
        return New(folded(joined(facts.case, facts.person)), facts.agency)


def _numbers(facts: Facts) -> Numbers:
    return numbers_of(facts.case, facts.person)


def _indexes(facts: Facts, agencies: Mapping[str, int]) -> list[str]:
    return indexes(OF_PERSONS, [agencies[facts.agency]], joined(facts.case, facts.person))


# --- cases of rows ---
# Which case a new person belongs to. The reference of a case is the sender's. Rows of one file with one
# reference are one case, whichever agencies identified the persons, so that a file that was corrected or
# added to opens no second case. A stored case is the same only when it is in own scope and one of the
# agencies that the file names for the reference, in any row, has identified somebody in it: "17" of the
# police and "17" of social services are two cases.

Candidates = list[tuple[StoredCase, set[str]]]


@dataclass(frozen=True)
class CaseFinder:
    ours: Mapping[str, StoredCase]
    candidates: Mapping[str, Candidates]  # by folded reference, oldest first
    agencies: Mapping[str, set[str]]  # by folded reference, as the file names them

    @classmethod
    def load(
        cls, access: Access, facts: Sequence[Facts], persons: Sequence[Sequence[Facts]], finder: Finder
    ) -> CaseFinder:
        """`persons`: those of the file's `facts` that are new. One query, and two for each chunk of
        references."""
        agencies: dict[str, set[str]] = {folded(rows[0].case): set() for rows in persons}
        for row in facts if persons else ():
            if (reference := folded(row.case)) in agencies:
                agencies[reference].add(row.agency)
        regions = list(Region.objects.values_list("pk", flat=True)) if agencies else []
        digests = {
            digest: reference for reference in agencies for digest in indexes(OF_CASES, regions, reference)
        }
        candidates: dict[str, Candidates] = defaultdict(list)
        for digest, found in stored.cases_by_index(access, digests).items():
            candidates[digests[digest]] += found
        for several in candidates.values():
            several.sort(key=lambda candidate: candidate[0].pk)
        return cls(finder.cases, candidates, agencies)

    def cases(self, persons: Sequence[Sequence[Facts]]) -> list[NewCase]:
        """The cases to open or to add to, with the rows of each new person."""
        found: dict[int | str, NewCase] = {}
        for rows in persons:
            case = self._case(rows[0])
            reference = folded(rows[0].case)
            entry = found.setdefault(case.pk if case else reference, NewCase(case, rows[0].case))
            entry.persons.append(list(rows))
        return list(found.values())

    def _case(self, facts: Facts) -> StoredCase | None:
        if ours := self.ours.get(case_number(facts.case)):
            return ours
        reference = folded(facts.case)
        candidates = self.candidates.get(reference, [])
        for wanted in ({facts.agency}, self.agencies[reference]):
            for case, agencies in candidates:
                if agencies & wanted:
                    return case
        return None


# --- planning ---
def plan(
    sheet: ReadSheet, *, by: Access, lookups: Lookups, called: Mapping[str, str] | None = None
) -> PersonPlan:
    """Raises Refused where the file as a whole cannot be imported, PermissionDenied where there is nowhere to
    import to."""
    if not by.regions:
        raise PermissionDenied(_("You are coordinator of no region today: there is nowhere to import to."))
    header = match(sheet.header, called)
    reader = RowReader(header, lookups, by.today)
    result = PersonPlan(header, readings=reader.readings)
    with _no_search_for_cycles():
        facts = list(_read(sheet, reader, result))
        if not facts and not result.errors:
            raise refuse("no_rows")
        _Planner(result, by, lookups).plan(facts)
    result.in_order()
    return result


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """A plan is a million small values without cycles: looking for some again and again takes a third of the
    time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(sheet: ReadSheet, reader: RowReader, result: PersonPlan) -> Iterable[Facts]:
    for row, cells in sheet.rows:
        facts, problems = reader.read(row, cells)
        for problem in problems:
            (result.warnings if problem.warning else result.errors).append(problem)
        if facts is not None:
            yield facts


class _Planner:
    def __init__(self, result: PersonPlan, by: Access, lookups: Lookups) -> None:
        self.result, self.by, self.header, self.lookups = result, by, result.header, lookups

    def plan(self, facts: list[Facts]) -> None:
        known: dict[int, list[Facts]] = {}
        new: dict[New, list[Facts]] = {}
        finder = Finder.load(self.by, facts, self.lookups.agency_ids)
        for row in facts:
            whom = self._whom(row, finder)
            if whom is not None:
                same = known.setdefault(whom, []) if isinstance(whom, int) else new.setdefault(whom, [])
                self._spelled(same, row)
                same.append(row)
        for ids in chunks(known, stored.CHUNK):
            persons = stored.persons(self.by, ids)
            for pk in ids:
                self._known(persons[pk], known[pk])
        added = [rows for same in new.values() if (rows := self._new(same))]
        self.result.cases = CaseFinder.load(self.by, facts, added, finder).cases(added)

    def _whom(self, facts: Facts, finder: Finder) -> int | New | None:
        """The person of ours or the new one that the row is about; none where nothing of it is taken in."""
        whom = finder.whom(facts)
        if isinstance(whom, RowProblem):
            self.result.errors.append(whom)
            return None
        if isinstance(whom, Leaver):
            self._left(facts, whom)
            return None
        if isinstance(whom, New) and (number := finder.facts_only(facts)):
            self._error(facts, Fault("case", "consent_import", {"number": number}))
            return None
        return whom

    def _left(self, facts: Facts, left: Leaver) -> None:
        """Nothing is taken in of a person who was here."""
        warning = RowProblem(
            facts.row, "person", facts.person, left.why, {"number": left.number}, warning=True
        )
        self.result.warnings.append(warning)
        self._line(facts, Outcome.UNCHANGED, left.number)

    def _spelled(self, same: list[Facts], row: Facts) -> None:
        """Only a human knows whether two spellings are one reference after all: warn."""
        if same and (same[0].case, same[0].person) != (row.case, row.person):
            for name in ("case", "person"):
                first, here = getattr(same[0], name), getattr(row, name)
                if first != here and folded(first) == folded(here):
                    said = {"earlier": same[0].row}
                    self.result.warnings.append(
                        RowProblem(row.row, name, here, "spelled", said, warning=True)
                    )

    # --- persons of ours --------------------------------------------------------------------
    def _known(self, person: StoredPerson, rows: list[Facts]) -> None:
        edit = Edit(person.pk, person.version)
        first: Facts | None = None
        said = {identification_key(facts) for facts in rows}
        for facts in rows:
            changes: list[FieldChange] = []
            if first is None:
                if self._status_and_sector(person, facts):
                    continue
                first = facts
                changes = facts_of(person, facts, self.header, edit)
            elif self._disagrees(first, facts):
                continue
            self._identify(person, facts, changes, edit, said)
        if edit and not person.facts_only:
            self.result.edits.append(edit)

    def _identify(
        self,
        person: StoredPerson,
        facts: Facts,
        changes: list[FieldChange],
        edit: Edit,
        said: set[Key],
    ) -> None:
        earlier = [row.on for row in person.seen if row.agency == facts.agency and row.pk]
        more = seen(person.seen, facts, self.header, edit, said)
        if earlier and is_further(more):
            params = {"date": max(earlier).isoformat()}
            day = facts.text("identified_on")
            warning = RowProblem(facts.row, "identified_on", day, "identified_again", params, warning=True)
            self.result.warnings.append(warning)
        changes += more
        if changes and person.facts_only:
            self._error(facts, Fault("case", "consent_import", {"number": person.facts_only}))
            return
        outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
        self._line(facts, outcome, person.number, changes)

    def _status_and_sector(self, person: StoredPerson, facts: Facts) -> bool:
        """Whether what is stored forbids the row; a change of status that wants a reason warns."""
        purposes = effective((row.purpose for row in person.purposes), facts, self.header)
        sector = facts.sector or ""
        if sector and not sector_purpose(purposes):
            return self._error(facts, sector_only_with_labour(purposes[0], sector)[0])
        before = str(person.values["status"])
        change = TRANSITIONS.get((before, facts.status), StatusChange.NO)
        if change is StatusChange.NO:
            return self._error(facts, Fault("status", "status_not_allowed"))
        if change is StatusChange.REASON:
            self.result.warnings.append(
                RowProblem(facts.row, "status", facts.status, "status_reason", warning=True)
            )
        return False

    # --- new persons ------------------------------------------------------------------------
    def _new(self, rows: list[Facts]) -> list[Facts]:
        """The rows that stand, one for each identification. The first is the person, the others change it."""
        kept: list[Facts] = []
        for facts in rows:
            if not kept and facts.sector and not sector_purpose(effective((), facts, self.header)):
                self._error(facts, sector_only_with_labour(facts.main, facts.sector)[0])
            elif not kept:
                kept.append(facts)
                self._line(facts, Outcome.NEW, told=shown(facts))
            elif not self._disagrees(kept[0], facts):
                self._further(kept, facts)
        return kept

    def _further(self, kept: list[Facts], facts: Facts) -> None:
        same = next((row for row in kept if identification_key(row) == identification_key(facts)), None)
        if same is None:
            kept.append(facts)
            change = FieldChange("identified_on", None, facts.identified_on)
            self._line(facts, Outcome.CHANGED, told=[change])
        elif (same.county, same.channel) != (facts.county, facts.channel):
            self._error(facts, Fault("identified_on", "repeated", {"earlier": same.row}))
        else:
            self._line(facts, Outcome.UNCHANGED)

    def _disagrees(self, first: Facts, facts: Facts) -> bool:
        for column in disagreement(first, facts):
            self._error(facts, Fault(column, "disagrees", {"earlier": first.row}))
        return bool(disagreement(first, facts))

    def _line(self, facts: Facts, outcome: Outcome, number: str = "", told: Sequence[object] = ()) -> None:
        self.result.lines.append(PlannedRow(facts.row, outcome, number, told))

    def _error(self, facts: Facts, fault: Fault) -> bool:
        problem = RowProblem(facts.row, fault.field, facts.text(fault.field), fault.code, fault.params)
        self.result.errors.append(problem)
        return True
