"""Whom a row is about: a person of ours, or a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from accounts.access import Access
from cases.importing import stored
from cases.importing.facts import Facts, RowProblem
from cases.importing.leavers import Leavers, Left, leavers
from cases.importing.references import Numbers, joined, numbers_of
from cases.importing.stored import StoredCase
from cases.rules.references import folded
from cases.secret_text import OF_PERSONS, indexes


class New(NamedTuple):
    """A person that is not here yet: rows with one reference and agency are about the same one."""

    reference: str  # folded
    agency: str


Whom = int | New | Left | RowProblem


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
