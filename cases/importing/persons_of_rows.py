"""Whom a row is about: a person of ours, or a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from accounts.access import Access
from cases.importing import stored
from cases.importing.facts import Facts, RowProblem
from cases.importing.references import case_number, joined, person_number
from cases.importing.stored import StoredCase
from cases.rules.references import folded
from cases.secret_text import OF_PERSONS, indexes


class New(NamedTuple):
    """A person that is not here yet: rows with one reference and agency are about the same one."""

    reference: str  # folded
    agency: str


Whom = int | New | RowProblem


@dataclass(frozen=True)
class Finder:
    """`keys`: (index, agency) → persons; `agencies`: their keys; `cases`, `persons`: by numbers of ours."""

    keys: Mapping[tuple[str, str], set[tuple[int, str]]]
    agencies: Mapping[str, int]
    cases: Mapping[str, StoredCase]
    persons: Mapping[str, int]

    @classmethod
    def load(cls, access: Access, facts: Sequence[Facts], agencies: Mapping[str, int]) -> Finder:
        """Three queries for each chunk of the file's references and numbers."""
        digests = dict.fromkeys(digest for row in facts for digest in _indexes(row, agencies))
        keys = stored.persons_by_index(access, digests)
        numbers = dict.fromkeys(number for row in facts if (number := case_number(row.case)))
        persons = dict.fromkeys(
            number for row in facts if (number := person_number(case_number(row.case), row.person))
        )
        return cls(
            keys, agencies, stored.cases_by_number(access, numbers), stored.persons_by_number(access, persons)
        )

    def whom(self, facts: Facts) -> Whom:
        found = {
            person
            for digest in (_indexes(facts, self.agencies) if self.keys else ())
            for person in self.keys.get((digest, facts.agency), ())
        }
        if len(found) == 1:
            return next(iter(found))[0]
        if found:
            numbers = ", ".join(sorted(number for _pk, number in found))
            return RowProblem(facts.row, "person", facts.person, "several_persons", {"numbers": numbers})
        return self._by_number(facts)

    def facts_only(self, facts: Facts) -> str:
        """The number of ours that a row names as its case, where consent is missing: no file adds to it."""
        ours = self.cases.get(case_number(facts.case))
        return ours.number if ours and ours.facts_only else ""

    def _by_number(self, facts: Facts) -> Whom:
        """In a case of ours a person number must be that of a person of ours: a slip must not add a
        person."""
        ours = self.cases.get(case_number(facts.case))
        number = person_number(ours.number, facts.person) if ours else ""
        if not number:
            return New(folded(joined(facts.case, facts.person)), facts.agency)
        if number in self.persons:
            return self.persons[number]
        return RowProblem(facts.row, "person", facts.person, "no_person")


def _indexes(facts: Facts, agencies: Mapping[str, int]) -> list[str]:
    return indexes(OF_PERSONS, [agencies[facts.agency]], joined(facts.case, facts.person))
