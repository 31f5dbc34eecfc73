"""What the register has already, of own regions only: a row of another region is never read here.

Look-ups go in chunks, each one query, so that the number of queries depends on the file alone.

The sender's reference of a person is kept with the identification, and matched by its keyed index and the
agency.

Persons and cases that a file no longer finds were handed over, taken out as registered by mistake, or have
another reference since. A file that names them again makes nobody anew and restores nobody. That another
region has a person whom own regions never had is disclosed to nobody.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, Final, NamedTuple

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from accounts.access import Access, bypass_policies
from agencies.code_words import region_codes
from agencies.models import Agency
from cases.choices import MeasureAnswer, RequestAnswer
from cases.facts import OWN
from cases.model_fields import indexes_of
from cases.models import Case, Exploitation, Identification, Measure, Misregistration, Person, Transfer
from cases.rules.texts import BETWEEN
from cases.snapshots import RowSnapshot
from encryption.fields import Unreadable
from exchange.bulk import chunks

MAX_REFERENCE: Final = 60  # characters of a sender's reference

# Numbers of ours: V-2018-0012, and V-2018-0012-P1 or P1 for a person.
_CASE: Final = rf"(?:{'|'.join(region_codes())})-[0-9]{{4}}-[0-9]{{4,6}}"
CASE_NUMBER: Final = re.compile(_CASE)
PERSON_NUMBER: Final = re.compile(rf"({_CASE})-P[0-9]{{1,5}}")
IN_CASE: Final = re.compile(r"P[0-9]{1,5}")


class Numbers(NamedTuple):
    """The numbers of ours that a row has, each empty where it has a reference of the sender instead.
    `fault`: the column whose number does not fit beside the other cell."""

    case: str = ""
    person: str = ""
    fault: str = ""


def joined(case: str, person: str) -> str:
    """Both parts readable as "A-17 | K3". A | in a part is doubled, so that no two pairs give the same
    text."""
    return BETWEEN.join(" ".join(part.split()).replace("|", "||") for part in (case, person))


def case_number(text: str) -> str:
    """The number of ours that a text is, or nothing."""
    found = CASE_NUMBER.fullmatch(text.strip().upper())
    return found[0] if found else ""


def numbers_of(case: str, person: str) -> Numbers:
    """Return the numbers of ours in the two cells. What has the form of one is never the sender's own
    reference: that of a person stands beside its case, and P1 alone is one beside the number of a case."""
    of_case, number = case_number(case), person.strip().upper()
    if PERSON_NUMBER.fullmatch(case.strip().upper()):
        return Numbers(fault="case")
    whole = PERSON_NUMBER.fullmatch(number)
    if CASE_NUMBER.fullmatch(number) or (whole and whole[1] != of_case):
        return Numbers(of_case, fault="person")
    if of_case and IN_CASE.fullmatch(number):
        return Numbers(of_case, f"{of_case}-{number}")
    return Numbers(of_case, number if whole else "")


CHUNK: Final = 5_000  # values in one IN: SQLite takes 32 766


class StoredIdentification(NamedTuple):
    pk: int
    agency: str
    municipality: str
    on: date
    county: str
    channel: str | None


class Purpose(NamedTuple):
    pk: int
    purpose: str
    is_main: bool
    sector: str | None


class Given(NamedTuple):
    pk: int
    kind: str
    month: date | None


@dataclass(slots=True)
class StoredPerson:
    pk: int
    number: str
    values: dict[str, str | None]  # by the names of `OWN`
    seen: list[StoredIdentification] = field(default_factory=list)
    purposes: list[Purpose] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)  # accepted measures
    facts_only: str = ""  # the number of the case, where consent is missing


class StoredCase(NamedTuple):
    pk: int
    number: str
    region: str
    facts_only: bool = False  # consent is missing


def persons_by_index(access: Access, indexes: Iterable[str]) -> dict[tuple[str, str], set[tuple[int, str]]]:
    """(index of a reference, agency code) → the persons that have it, as (pk, number)."""
    found: dict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
    columns = ("reference_index", "agency__code", "person", "person__number")
    seen = Identification.objects.in_own_region(access)
    for index, agency, pk, number in rows_with(seen, "reference_index", indexes, *columns):
        found[index, agency].add((pk, number))
    return found


def rows_with(
    rows: QuerySet[Any], name: str, values: Iterable[Any], *columns: str
) -> Iterator[tuple[Any, ...]]:
    """Return `columns` of the rows whose field `name` has one of these values, a query for each chunk of
    them."""
    for chunk in chunks(values, CHUNK):
        yield from rows.filter(**{f"{name}__in": chunk}).values_list(*columns).order_by()


def persons_by_number(access: Access, numbers: Iterable[str]) -> dict[str, int]:
    return dict(rows_with(Person.objects.in_own_region(access), "number", numbers, "number", "pk"))


def cases_by_number(access: Access, numbers: Iterable[str]) -> dict[str, StoredCase]:
    return {case.number: case for case, _index in _cases(access, "number", numbers)}


def cases_by_index(access: Access, indexes: Iterable[str]) -> list[tuple[str, StoredCase, set[str]]]:
    """Return the cases that have these references, oldest first: the index, the case, and the agencies that
    identified somebody in it."""
    cases = sorted(_cases(access, "reference_index", indexes))
    agencies = _agencies_of(access, [case.pk for case, _index in cases])
    return [(index, case, agencies[case.pk]) for case, index in cases]


def _cases(access: Access, field: str, values: Iterable[str]) -> Iterator[tuple[StoredCase, str]]:
    """The cases of own regions with one of these values, each with the index of its reference."""
    columns = ("pk", "number", "region", "without_consent", "reference_index")
    own = Case.objects.changeable_by(access)
    for pk, number, region, without_consent, index in rows_with(own, field, values, *columns):
        yield StoredCase(pk, number, region, bool(without_consent)), index


def _agencies_of(access: Access, cases: Iterable[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    seen = Identification.objects.in_own_region(access).distinct()
    for case, agency in rows_with(seen, "person__case", cases, "person__case", "agency__code"):
        found[case].add(agency)
    return found


@bypass_policies("numbers")
def last_positions(cases: Iterable[int]) -> dict[int, int]:
    """The highest number in use in each case, whoever is responsible for it, and whoever was taken out:
    numbers are never given twice."""
    found: dict[int, int] = defaultdict(int)
    for chunk in chunks(cases, CHUNK):
        persons = Person.objects.filter(case__in=chunk).values_list("case").annotate(last=Max("position"))
        out = Misregistration.objects.filter(case_code=OuterRef("code"), last__gt=0).order_by("-last")
        taken_out = Case.objects.filter(pk__in=chunk).annotate(last=Subquery(out.values("last")[:1]))
        rows = taken_out.filter(last__isnull=False).values_list("pk", "last")
        for case, last in [*persons.order_by(), *rows]:
            found[case] = max(found[case], last)
    return dict(found)


def persons(access: Access, ids: Sequence[int]) -> dict[int, StoredPerson]:
    """Four queries for one chunk of ids."""
    names = [fact.name for fact in OWN]
    columns: tuple[str, ...] = ("pk", "number", "case__number", "case__without_consent", *names)
    found = {}
    own = Person.objects.in_own_region(access).filter(pk__in=ids)
    for pk, number, case, without_consent, *stored in own.values_list(*columns).order_by():
        values = {name: value or None for name, value in zip(names, stored, strict=True)}
        found[pk] = StoredPerson(pk, number, values, facts_only=case if without_consent else "")
    columns = ("person", "pk", "agency__code", "municipality", "identified_on", "county", "channel")
    for person, *row in _of_persons(Identification, ids, access).values_list(*columns):
        found[person].seen.append(StoredIdentification(*row))
    columns = ("person", "pk", "purpose", "is_main", "sector")
    for person, *row in _of_persons(Exploitation, ids, access).values_list(*columns):
        found[person].purposes.append(Purpose(*row))
    # The answer is looked at here: a condition more leads PostgreSQL astray while it has no statistics of new
    # rows.
    columns = ("person", "answer", "pk", "kind", "month")
    for person, answer, *row in _of_persons(Measure, ids, access).values_list(*columns):
        if answer == MeasureAnswer.ACCEPTED:
            found[person].given.append(Given(*row))
    return found


def _of_persons(model: Any, persons: Sequence[int], access: Access) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.in_own_region(access).filter(person__in=persons)
    return rows.order_by("pk")


MOVED: Final = "moved"
REMOVED: Final = "taken_out"
RENAMED: Final = "renamed"
CASE_RENAMED: Final = "case_renamed"


class Leaver(NamedTuple):
    """`why`: the code of the warning."""

    number: str
    why: str


Leavers = dict[tuple[str, str] | str, Leaver]  # by (index of a reference, agency code), and by number


@bypass_policies("leavers")
def leavers(access: Access, indexes: Iterable[str], numbers: Iterable[str]) -> Leavers:
    """Return who has left, at least those whom these references and numbers name. A former reference is known
    as long as the key that indexed it is in use."""
    found: Leavers = {}
    agencies = dict(Agency.objects.values_list("pk", "code"))
    for row in _removed(access):
        _note_snapshot(row, RowSnapshot.from_text(row.kept), access, agencies, found)
    own, elsewhere = Person.objects.in_own_region(access), _transferred(access)
    for chunk in chunks(indexes, CHUNK):
        now = Identification.objects.filter(reference_index__in=chunk)
        former = Identification.history.filter(reference_index__in=chunk)
        for seen, persons, why in (former, own, RENAMED), (former, elsewhere, MOVED), (now, elsewhere, MOVED):
            rows = seen.filter(person__in=persons.values("pk"))
            named = rows.values_list("reference_index", "agency", "person__number").distinct().order_by()
            for index, agency, number in named:
                found[index, agencies[agency]] = Leaver(number, why)
    for (number,) in rows_with(elsewhere, "number", numbers, "number"):
        found[number] = Leaver(number, MOVED)
    return found


def _transferred(access: Access) -> QuerySet[Person]:
    accepted = Transfer.objects.visible_to(access).filter(
        from_region__in=access.regions, answer=RequestAnswer.ACCEPTED
    )
    persons: QuerySet[Person] = Person.objects.filter(pk__in=accepted.values("person"))
    return persons.exclude(responsible_region__in=access.regions)


def _removed(access: Access) -> Iterator[Misregistration]:
    """In own regions, or in others of a case that was opened here: few, each of which is opened."""
    opened_here = (Q(case_number__startswith=f"{region}-") for region in sorted(access.regions))
    here = reduce(or_, opened_here, Q(region__in=access.regions))
    for row in Misregistration.objects.standing().filter(here).exclude(kept="").order_by("pk"):
        if not isinstance(row.kept, Unreadable):
            yield row


def _note_snapshot(
    row: Misregistration, kept: RowSnapshot, access: Access, agencies: dict[int, str], found: Leavers
) -> None:
    """Persons with their references; and the reference of an identification that was taken out alone."""
    persons = _persons_of(row, kept, access)
    found |= {left.number: left for left in persons.values()}
    alone = Leaver(row.number, REMOVED) if row.region_id in access.regions else None
    for one in kept.rows_of(Identification):
        if left := persons.get(one.person_id, alone):
            found |= dict.fromkeys(_keys(one, agencies), left)


def _persons_of(row: Misregistration, kept: RowSnapshot, access: Access) -> dict[int, Leaver]:
    """Those of own regions, and those whom own regions had handed over, by their keys."""
    persons = kept.rows_of(Person)
    if row.region_id in access.regions:
        return {person.pk: Leaver(person.number, REMOVED) for person in persons}
    handed_over = {
        transfer.person_id
        for transfer in kept.rows_of(Transfer)
        if transfer.answer == RequestAnswer.ACCEPTED and transfer.from_region_id in access.regions
    }
    return {person.pk: Leaver(person.number, MOVED) for person in persons if person.pk in handed_over}


def _keys(identification: Any, agencies: dict[int, str]) -> list[tuple[str, str]]:
    return [(index, agencies[identification.agency_id]) for index in indexes_of(identification)]


@bypass_policies("leavers")
def cases_that_left(access: Access, indexes: Iterable[str], numbers: Iterable[str]) -> dict[str, Leaver]:
    """Return the same of cases, by an index of a reference, also a former one, and by their number."""
    found: dict[str, Leaver] = {}
    for row in _removed(access):
        for one in RowSnapshot.from_text(row.kept).rows_of(Case):
            if row.region_id in access.regions:
                found |= dict.fromkeys((*indexes_of(one), one.number), Leaver(one.number, REMOVED))
    own = Case.objects.changeable_by(access)
    gone = Case.objects.filter(pk__in=_transferred(access).values("case"))
    for chunk in chunks([*indexes, *numbers], CHUNK):
        present = own.filter(reference_index__in=chunk).order_by().values("reference_index")
        former = Case.history.filter(reference_index__in=chunk).exclude(reference_index__in=present)
        for cases, why in (own, CASE_RENAMED), (gone, MOVED):
            of_them = former.filter(id__in=cases.values("pk")).order_by()
            for index, number in of_them.values_list("reference_index", "number").distinct():
                found[index] = Leaver(number, why)
        named = gone.filter(Q(reference_index__in=chunk) | Q(number__in=chunk))
        for index, number in named.values_list("reference_index", "number").order_by():
            found |= dict.fromkeys((index, number), Leaver(number, MOVED))
    found.pop("", None)
    return found
