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
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.access import Access, refuse_where
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
    sector_purpose,
    seen,
    shown,
)
from cases.importing.rows import RowReader
from cases.importing.stored import Leaver, Numbers, StoredCase, StoredPerson, case_number, joined, numbers_of
from cases.model_fields import OF_CASES, OF_PERSONS, indexes
from cases.rules.faults import Fault
from cases.rules.persons import TRANSITIONS, StatusChange
from cases.rules.texts import folded
from exchange.bulk import chunks
from exchange.importer import Outcome, PlannedRow
from exchange.limits import refuse
from exchange.reader import ReadSheet


class New(NamedTuple):
    """A person that is not here yet: rows with one reference and agency are about the same one."""

    reference: str  # folded
    agency: str


Whom = int | New | Leaver | RowProblem


class Finder:
    """Whom a row is about: by references of persons, and by numbers of ours of cases and persons.

    `agencies`: their keys. A constant number of queries for each chunk of the file's references and numbers.
    """

    def __init__(self, access: Access, facts: Sequence[Facts], agencies: Mapping[str, int]) -> None:
        self.agencies = agencies
        numbers = [_numbers(fact) for fact in facts]
        references = [row for row, of in zip(facts, numbers, strict=True) if not of.person]
        digests = dict.fromkeys(index for row in references for index in _indexes(row, agencies))
        cases = dict.fromkeys(number for number in (number.case for number in numbers) if number)
        persons = dict.fromkeys(number for number in (number.person for number in numbers) if number)
        self.keys = stored.persons_by_index(access, digests)
        self.cases = stored.cases_by_number(access, cases)
        self.persons = stored.persons_by_number(access, persons)
        self.left = stored.leavers(access, digests, persons)

    def whom(self, facts: Facts) -> Whom:
        numbers = _numbers(facts)
        if numbers.fault:
            value = getattr(facts, numbers.fault)
            return RowProblem(facts.row, numbers.fault, value, "number_mismatched")
        if numbers.person:  # one that nobody has and one that never was here read alike
            found = self.persons.get(numbers.person) or self.left.get(numbers.person)
            return found or self._unknown(facts, numbers)
        return self._referred_to(facts, numbers)

    def facts_only(self, facts: Facts) -> str:
        """The number of ours that a row names as its case, where consent is missing: no file adds to it."""
        ours = self.cases.get(_numbers(facts).case)
        return ours.number if ours and ours.facts_only else ""

    def _unknown(self, facts: Facts, numbers: Numbers) -> RowProblem:
        if numbers.case in self.cases:
            return RowProblem(facts.row, "person", facts.person, "no_person")
        return RowProblem(facts.row, "case", facts.case, "no_case")

    def _referred_to(self, facts: Facts, numbers: Numbers) -> Whom:
        keys = [(digest, facts.agency) for digest in _indexes(facts, self.agencies)]
        found = dict(one for key in keys for one in self.keys.get(key, ()))
        if len(found) > 1:
            several = ", ".join(sorted(found.values()))
            return RowProblem(facts.row, "person", facts.person, "several_persons", {"numbers": several})
        known: list[Whom] = [*found, *(one for one in (self.left.get(one) for one in keys) if one)]
        if known:
            return known[0]
        if numbers.case and numbers.case not in self.cases:
            return self._unknown(facts, numbers)
        return New(folded(joined(facts.case, facts.person)), facts.agency)


def _numbers(facts: Facts) -> Numbers:
    return numbers_of(facts.case, facts.person)


def _indexes(facts: Facts, agencies: Mapping[str, int]) -> list[str]:
    return indexes(OF_PERSONS, [agencies[facts.agency]], joined(facts.case, facts.person))


class CaseFinder:
    """Which case a new person belongs to. The reference of a case is the sender's.

    Rows of one file with one reference are one case, whichever agencies identified the persons, so that a
    file that was corrected or added to opens no second case. A stored case is the same only when it is in own
    scope and one of the agencies that the file names for the reference, in any row, has identified somebody
    in it: "17" of the police and "17" of social services are two cases.

    `persons`: those of the file's `facts` that are new; `ours`: the cases that it names by number. One query,
    and two for each chunk of references.
    """

    def __init__(
        self,
        access: Access,
        facts: Sequence[Facts],
        persons: Sequence[Sequence[Facts]],
        ours: Mapping[str, StoredCase],
    ) -> None:
        self.ours = ours
        self.agencies: dict[str, set[str]] = {folded(rows[0].case): set() for rows in persons}
        self.candidates: dict[str, list[tuple[StoredCase, set[str]]]] = defaultdict(list)  # by reference
        if not persons:
            return
        for row in facts:
            if (reference := folded(row.case)) in self.agencies:
                self.agencies[reference].add(row.agency)
        regions = list(Region.objects.values_list("pk", flat=True))
        digests = {
            of: reference for reference in self.agencies for of in indexes(OF_CASES, regions, reference)
        }
        for digest, case, agencies in stored.cases_by_index(access, digests):
            self.candidates[digests[digest]].append((case, agencies))

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
        candidates = self.candidates[reference]
        for wanted in ({facts.agency}, self.agencies[reference]):
            for case, agencies in candidates:
                if agencies & wanted:
                    return case
        return None


def plan(sheet: ReadSheet, *, by: Access, lookups: Lookups, called: Mapping[str, str]) -> PersonPlan:
    """Raises Refused where the file as a whole cannot be imported, PermissionDenied where there is nowhere to
    import to."""
    nowhere = _("You are coordinator of no region today: there is nowhere to import to.")
    refuse_where(not by.regions, nowhere)
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
        known: dict[int, list[Facts]] = defaultdict(list)
        new: dict[New, list[Facts]] = defaultdict(list)
        finder = Finder(self.by, facts, self.lookups.agency_ids)
        for row in facts:
            whom = self._whom(row, finder)
            if whom is not None:
                same = known[whom] if isinstance(whom, int) else new[whom]
                self._spelled(same, row)
                same.append(row)
        for ids in chunks(known, stored.CHUNK):
            persons = stored.persons(self.by, ids)
            for pk in ids:
                self._known(persons[pk], known[pk])
        added = [one for one in (self._new(one) for one in new.values()) if one]
        self.result.cases = CaseFinder(self.by, facts, added, finder.cases).cases(added)

    def _whom(self, facts: Facts, finder: Finder) -> int | New | None:
        """The person of ours or the new one that the row is about; none where nothing of it is taken in."""
        whom = finder.whom(facts)
        if isinstance(whom, RowProblem):
            self.result.errors.append(whom)
            return None
        if isinstance(whom, Leaver):
            self._warn(facts, "person", facts.person, whom.why, number=whom.number)
            self._line(facts, Outcome.UNCHANGED, whom.number)
            return None
        if isinstance(whom, New) and (number := finder.facts_only(facts)):
            self._error(facts, Fault("case", "consent_import", {"number": number}))
            return None
        return whom

    def _spelled(self, same: list[Facts], row: Facts) -> None:
        """Only a human knows whether two spellings are one reference after all: warn."""
        if not same:
            return
        first = same[0]
        for name, here, earlier in (("case", row.case, first.case), ("person", row.person, first.person)):
            if here != earlier and folded(here) == folded(earlier):
                self._warn(row, name, here, "spelled", earlier=first.row)

    def _known(self, person: StoredPerson, rows: list[Facts]) -> None:
        edit = Edit(person.pk)
        first: Facts | None = None
        keys = {identification_key(row) for row in rows}
        for facts in rows:
            changes: list[FieldChange] = []
            if first is None:
                if self._is_forbidden(person, facts):
                    continue
                first = facts
                changes = facts_of(person, facts, self.header, edit)
            elif self._disagrees(first, facts):
                continue
            self._identify(person, facts, changes, edit, keys)
        if edit and not person.facts_only:
            self.result.edits.append(edit)

    def _identify(
        self, person: StoredPerson, facts: Facts, changes: list[FieldChange], edit: Edit, said: set[Key]
    ) -> None:
        earlier = [row.on for row in person.seen if row.agency == facts.agency and row.pk]
        more = seen(person.seen, facts, self.header, edit, said)
        if earlier and any(change.column == "identified_on" for change in more):  # one was added
            day, last = facts.identified_on.isoformat(), max(earlier).isoformat()
            self._warn(facts, "identified_on", day, "identified_again", date=last)
        changes += more
        if changes and person.facts_only:
            self._error(facts, Fault("case", "consent_import", {"number": person.facts_only}))
            return
        outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
        self._line(facts, outcome, person.number, changes)

    def _is_forbidden(self, person: StoredPerson, facts: Facts) -> bool:
        """Whether what is stored forbids the row; a change of status that wants a reason warns."""
        before = str(person.values["status"])
        change = TRANSITIONS.get((before, facts.status), StatusChange.NO)
        fault = self._sector_fault(facts, (purpose.purpose for purpose in person.purposes))
        if fault is None and change is StatusChange.NO:
            fault = Fault("status", "status_not_allowed")
        if fault is not None:
            self._error(facts, fault)
        elif change is StatusChange.REASON:
            self._warn(facts, "status", facts.status, "status_reason")
        return fault is not None

    def _sector_fault(self, facts: Facts, stored: Iterable[str]) -> Fault | None:
        """Where a sector stands beside no purpose of labour, of the file or stored."""
        purposes = effective(stored, facts, self.header)
        if not facts.sector or sector_purpose(purposes):
            return None
        return Fault("sector", "sector_without_labour")

    def _new(self, rows: list[Facts]) -> list[Facts]:
        """The rows that stand, one for each identification. The first is the person, the others change it."""
        stored: dict[Key, Facts] = {}
        for facts in rows:
            if not stored and (fault := self._sector_fault(facts, ())):
                self._error(facts, fault)
            elif not stored:
                stored[identification_key(facts)] = facts
                self._line(facts, Outcome.NEW, told=shown(facts))
            elif not self._disagrees(next(iter(stored.values())), facts):
                self._further(stored, facts)
        return list(stored.values())

    def _further(self, kept: dict[Key, Facts], facts: Facts) -> None:
        same = kept.get(identification_key(facts))
        if same is None:
            kept[identification_key(facts)] = facts
            change = FieldChange("identified_on", None, facts.identified_on)
            self._line(facts, Outcome.CHANGED, told=[change])
        elif (same.county, same.channel) != (facts.county, facts.channel):
            self._error(facts, Fault("identified_on", "repeated", {"earlier": same.row}))
        else:
            self._line(facts, Outcome.UNCHANGED)

    def _disagrees(self, first: Facts, facts: Facts) -> bool:
        columns = disagreement(first, facts)
        for column in columns:
            self._error(facts, Fault(column, "disagrees", {"earlier": first.row}))
        return bool(columns)

    def _line(self, facts: Facts, outcome: Outcome, number: str = "", told: Sequence[object] = ()) -> None:
        self.result.lines.append(PlannedRow(facts.row, outcome, number, told))

    def _error(self, facts: Facts, fault: Fault) -> None:
        problem = RowProblem(facts.row, fault.field, facts.text(fault.field), fault.code, fault.params)
        self.result.errors.append(problem)

    def _warn(self, facts: Facts, column: str, value: str, code: str, **params: object) -> None:
        self.result.warnings.append(RowProblem(facts.row, column, value, code, params, warning=True))
