"""Persons and cases that a file no longer finds: handed over, taken out as registered by mistake, or with
another reference since.

A file that names them again makes nobody anew and restores nobody. That another region has a person whom own
regions never had is told to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet

from accounts.access import Access
from accounts.acting import beyond
from agencies.models import Agency
from cases.choices import RequestAnswer
from cases.importing.stored import CHUNK
from cases.kept_rows import Kept, by_model
from cases.models import Case, Identification, Misregistration, Person, Transfer
from cases.secret_text import Unreadable, indexes_of
from exchange.bulk import chunks

MOVED: Final = "moved"
TAKEN_OUT: Final = "taken_out"
RENAMED: Final = "renamed"


class Left(NamedTuple):
    """`why`: the code of the warning."""

    number: str
    why: str


@dataclass
class Leavers:
    """By (index of a reference, agency code), and by number."""

    by_index: dict[tuple[str, str], Left] = field(default_factory=dict)
    by_number: dict[str, Left] = field(default_factory=dict)


@beyond("leavers")
def leavers(access: Access, indexes: Iterable[str], numbers: Iterable[str]) -> Leavers:
    """Return who has left, at least those whom these references and numbers name. A former reference is known
    as long as the key that indexed it is in use."""
    found = Leavers()
    agencies = dict(Agency.objects.values_list("pk", "code"))
    for row in _taken_out(access):
        _note_kept(row, Kept.from_text(row.kept), access, agencies, found)
    own, elsewhere = Person.objects.in_own_region(access), _handed_over(access)
    for chunk in chunks(indexes, CHUNK):
        now = Identification.objects.filter(reference_index__in=chunk)
        former = Identification.history.filter(reference_index__in=chunk)
        for seen, persons, why in (former, own, RENAMED), (former, elsewhere, MOVED), (now, elsewhere, MOVED):
            rows = seen.filter(person__in=persons.values("pk"))
            named = rows.values_list("reference_index", "agency", "person__number").distinct().order_by()
            for index, agency, number in named:
                found.by_index[index, agencies[agency]] = Left(number, why)
    for chunk in chunks(numbers, CHUNK):
        rows_of_numbers = elsewhere.filter(number__in=chunk).values_list("number", flat=True).order_by()
        found.by_number |= {number: Left(number, MOVED) for number in rows_of_numbers}
    return found


def _handed_over(access: Access) -> QuerySet[Person]:
    accepted = Transfer.objects.visible_to(access).filter(
        from_region__in=access.regions, answer=RequestAnswer.ACCEPTED
    )
    persons: QuerySet[Person] = Person.objects.filter(pk__in=accepted.values("person"))
    return persons.exclude(responsible_region__in=access.regions)


def _taken_out(access: Access) -> Iterator[Misregistration]:
    """In own regions, or in others of a case that was opened here: few, each of which is opened."""
    opened_here = (Q(case_number__startswith=f"{region}-") for region in sorted(access.regions))
    here = reduce(or_, opened_here, Q(region__in=access.regions))
    for row in Misregistration.objects.standing().filter(here).exclude(kept="").order_by("pk"):
        if not isinstance(row.kept, Unreadable):
            yield row


def _note_kept(
    row: Misregistration, kept: Kept, access: Access, agencies: dict[int, str], found: Leavers
) -> None:
    """Persons with their references; and the reference of an identification that was taken out alone."""
    persons = _persons_of(row, kept, access)
    found.by_number |= {left.number: left for left in persons.values()}
    alone = Left(row.number, TAKEN_OUT) if row.region_id in access.regions else None
    for one in kept.rows:
        left = persons.get(one.person_id, alone) if isinstance(one, Identification) else None
        if left is not None:
            found.by_index |= dict.fromkeys(_keys(one, agencies), left)


def _persons_of(row: Misregistration, kept: Kept, access: Access) -> dict[int, Left]:
    """Those of own regions, and those whom own regions had handed over, by their keys."""
    rows = by_model(kept.rows)
    persons, transfers = rows.get(Person, []), rows.get(Transfer, [])
    if row.region_id in access.regions:
        return {one.pk: Left(one.number, TAKEN_OUT) for one in persons}
    given = [one for one in transfers if one.answer == RequestAnswer.ACCEPTED]
    handed_over = {one.person_id for one in given if one.from_region_id in access.regions}
    return {one.pk: Left(one.number, MOVED) for one in persons if one.pk in handed_over}


def _keys(identification: Any, agencies: dict[int, str]) -> list[tuple[str, str]]:
    return [(index, agencies[identification.agency_id]) for index in indexes_of(identification)]


@beyond("leavers")
def cases_that_left(access: Access, indexes: Iterable[str], numbers: Iterable[str]) -> dict[str, Left]:
    """Return the same of cases, by an index of their reference and by their number."""
    found: dict[str, Left] = {}
    for row in _taken_out(access):
        for one in Kept.from_text(row.kept).rows:
            if isinstance(one, Case) and row.region_id in access.regions:
                found |= dict.fromkeys((*indexes_of(one), one.number), Left(one.number, TAKEN_OUT))
    gone = Case.objects.filter(pk__in=_handed_over(access).values("case"))
    for chunk in chunks([*indexes, *numbers], CHUNK):
        named = gone.filter(Q(reference_index__in=chunk) | Q(number__in=chunk))
        for index, number in named.values_list("reference_index", "number").order_by():
            found |= dict.fromkeys((index, number), Left(number, MOVED))
    found.pop("", None)
    return found
