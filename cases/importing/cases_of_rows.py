"""Which case a new person belongs to.

The reference of a case is the sender's. Rows of one file with one reference are one case, whichever agencies
identified the persons, so that a file that was corrected or added to opens no second case. A stored case is
the same only when it is in own scope and one of the agencies that the file names for the reference, in any
row, has identified somebody in it: "17" of the police and "17" of social services are two cases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.access import Access
from agencies.models import Region
from cases.importing import stored
from cases.importing.facts import Facts
from cases.importing.persons_of_rows import Finder
from cases.importing.plan import NewCase
from cases.importing.references import case_number
from cases.importing.stored import StoredCase
from cases.rules.references import folded
from cases.secret_text import OF_CASES, indexes

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
