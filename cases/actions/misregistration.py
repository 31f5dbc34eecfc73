"""What was registered by mistake leaves lists and counts with a reason, and is put back.

The rows leave their tables and are kept whole, encrypted (`cases.snapshots`): no query can forget that they
are not there. Who is counted is settled by what is left, and again when they come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access, bypass_policies
from accounts.approvals import AlreadyAnswered
from accounts.roles import May
from audit.writer import record
from cases.actions.base import own_region, save_version
from cases.actions.cases import lock_cases, settle_region
from cases.actions.duplicates import settle, tied
from cases.actions.years import note_gone, note_late, untell_gone, untell_late
from cases.choices import Mistaken, RequestAnswer
from cases.model_fields import index_of
from cases.models import (
    AccessGrant,
    Call,
    Case,
    DuplicateReview,
    Exploitation,
    Identification,
    Measure,
    Misregistration,
    Notification,
    Person,
    Transfer,
)
from cases.scope import check_own
from cases.snapshots import KEY, NotReadable, RowSnapshot

Part = Exploitation | Identification | Measure
# Of what a person has one at least, why the last one stays.
ONLY_ONE: Final[dict[type[Model], Promise]] = {
    Identification: gettext_lazy("It is the only identification. Add the right one first."),
    Exploitation: gettext_lazy("It is the only purpose. Change it, or add the right one first."),
}
# What the event of putting something back is called after, where it is not its kind.
NOUNS: Final = {Mistaken.PERSONS: Mistaken.PERSON}
PAIR: Final = attrgetter("first_id", "second_id")


class MistakeRefused(Exception):
    """Why something cannot be taken out, or put back: one sentence."""


class ChangedSince(Exception):
    """Somebody has changed it since it was looked at."""


@transaction.atomic
@bypass_policies("mistakes")
def take_out_part(*, part: Part, seen: str, reason: str, by: Access) -> Misregistration:
    """A measure, purpose or identification of a person of own regions. Raises MistakeRefused, Changed."""
    by.require(May.EDIT_CASE)
    person = _own([part.person_id], by)[0]
    _refuse(why_not_part(part))
    kind = Mistaken(str(part._meta.model_name))
    row = _of(kind, person.case, person, reason, by)
    snapshot = _snapshot([part], seen)
    snapshot.take_out(user=by.user)
    if isinstance(part, Identification):
        settle([person], by=by)
    _store(row, snapshot)
    record(by, f"{kind}.mistake", person)
    return row


@transaction.atomic
@bypass_policies("mistakes")
def take_out_person(*, person: Person, seen: str, reason: str, by: Access) -> Misregistration:
    """A person of own regions, with all that hangs on them. Raises MistakeRefused, Changed."""
    by.require(May.EDIT_CASE)
    own = _own([person.pk], by)[0]
    row = _of(Mistaken.PERSON, own.case, own, reason, by)
    _leave([own], [own], row, seen, by)
    record(by, "person.mistake", own, rows=1)
    return row


@transaction.atomic
@bypass_policies("mistakes")
def take_out_persons(*, case: Case, persons: Sequence[Person], reason: str, by: Access) -> Misregistration:
    """Several persons of one case, who come back together."""
    by.require(May.EDIT_CASE, May.OPEN_CASE)
    own = _own([KEY(person) for person in persons], by)
    row = _of(Mistaken.PERSONS, case, None, reason, by)
    _leave(own, own, row, "", by)
    record(by, "person.mistake", case, rows=len(own))
    return row


@transaction.atomic
@bypass_policies("mistakes")
def take_out_case(*, case: Case, seen: str, reason: str, by: Access) -> Misregistration:
    """A case with its persons, who are all of own regions. Calls and notifications stay. Raises
    MistakeRefused, Changed."""
    by.require(May.EDIT_CASE, May.OPEN_CASE)
    check_own(bool(Case.objects.changeable_by(by).select_for_update(of=("self",)).filter(pk=case.pk)))
    _refuse(why_not_case(case, by))
    persons = list(case.persons.select_for_update(of=("self",)).order_by("pk"))
    row = _of(Mistaken.CASE, case, None, reason, by)
    _leave([case], persons, row, seen, by)
    record(by, "case.mistake", case, rows=len(persons))
    return row


@transaction.atomic
@bypass_policies("mistakes")
def put_back(*, mistake: Misregistration, by: Access) -> None:
    """Put back the rows as they were, with their keys and numbers. Raises AlreadyAnswered, MistakeRefused."""
    by.require(May.EDIT_CASE, May.OPEN_CASE)
    row = Misregistration.objects.visible_to(by).select_for_update(of=("self",)).get(pk=mistake.pk)
    if row.put_back_at is not None:
        raise AlreadyAnswered(row)
    snapshot = RowSnapshot.from_text(row.kept)
    _room_for(row, snapshot, by)
    if row.kind != Mistaken.CASE:  # the case may have become another region's since
        for person in snapshot.rows_of(Person):
            person.note_region()
    row.put_back_by, row.put_back_at = by.user, by.at
    left = _insert(snapshot, by)
    row.kept = left.as_text()
    row.save()
    for link in snapshot.links:
        _name(link.model, link.key, link.to, by)
    persons = snapshot.rows_of(Person)
    came = persons + _rest_of_others(row, by)
    identified = {one.person_id for one in snapshot.rows_of(Identification)}
    settle(Person.objects.filter(pk__in=identified.union(KEY(one) for one in came)), by=by)
    settle_region(_cases_of(came), by=by)
    note_late(persons, by=by)
    untell_gone(persons)
    noun = NOUNS.get(Mistaken(row.kind), row.kind)
    record(by, f"{noun}.put_back", _target(row), rows=row.persons or None)


def why_not_part(part: Part) -> str:
    """A sentence, empty where it may leave: nobody is without an identification and one main purpose."""
    others = type(part)._default_manager.filter(person=part.person_id).exclude(pk=part.pk)
    if type(part) in ONLY_ONE and not others.exists():
        return str(ONLY_ONE[type(part)])
    if isinstance(part, Exploitation) and part.is_main:
        return _("It is the main purpose. Make another one the main purpose first.")
    return ""


def why_not_persons(persons: Iterable[int]) -> str:
    """The same of persons, by their keys."""
    waits = Transfer.objects.filter(person__in=list(persons), answer=RequestAnswer.PENDING)
    return _("A transfer waits for an answer. Take it back first.") if waits.exists() else ""


def why_not_case(case: Case, by: Access) -> str:
    keys = set(case.persons.values_list("pk", flat=True))
    own = set(Person.objects.in_own_region(by).filter(case=case).values_list("pk", flat=True))
    if keys - own:
        return _("Persons of the case belong to another region. Remove your own persons one by one.")
    return why_not_persons(keys)


def _refuse(why: str, where: object = True) -> None:
    """Raises MistakeRefused where there is a reason."""
    if why and where:
        raise MistakeRefused(why)


def _own(keys: Sequence[int], by: Access) -> list[Person]:
    """These persons, locked. Raises PermissionDenied where one is not of own regions."""
    rows = Person.objects.in_own_region(by).filter(pk__in=keys).select_related("case")
    persons = list(rows.select_for_update(of=("self",)).order_by("pk"))
    check_own(len(persons) == len(set(keys)))
    return persons


def _of(kind: Mistaken, case: Case, person: Person | None, reason: str, by: Access) -> Misregistration:
    subject = person or case
    region = person.responsible_region_id if person else case.region_id
    row = Misregistration(kind=kind, region_id=own_region(region, by), reason=reason, by=by.user, at=by.at)
    row.case_code, row.case_number = case.code, case.number
    row.subject, row.number = subject.code, subject.number
    return row


def _leave(
    tops: Sequence[Any], persons: Sequence[Person], mistake: Misregistration, seen: str, by: Access
) -> None:
    _refuse(why_not_persons(KEY(person) for person in persons))
    lock_cases(_cases_of(persons))
    snapshot = _snapshot(tops, seen)
    untell_late(persons)
    note_gone(persons, by=by)
    for person in snapshot.rows_of(Person):
        person.same_as = None  # follows from the reviews, when they are back
    _take_out_reviews(snapshot, persons, by)
    for link in snapshot.links:
        _name(link.model, link.key, None, by)
    rest = tuple(row for row in snapshot.rows if not isinstance(row, DuplicateReview))
    RowSnapshot(rest).take_out(user=by.user)
    settle_region(_cases_of(persons), by=by)
    mistake.persons, mistake.last = len(persons), max((person.position for person in persons), default=0)
    _store(mistake, snapshot)


def _take_out_reviews(kept: RowSnapshot, persons: Sequence[Person], by: Access) -> None:
    """Reviews leave first, so that who was the same person as somebody of them is settled without them."""
    keys = {KEY(person) for person in persons}
    others = tied(keys) - keys
    RowSnapshot(tuple(kept.rows_of(DuplicateReview))).take_out(user=by.user)
    if others or any(person.same_as_id for person in persons):
        settle(Person.objects.filter(pk__in=others | keys), by=by)


def _cases_of(persons: Iterable[Person]) -> set[int]:
    return {person.case_id for person in persons}


def _snapshot(tops: Iterable[Any], seen: str) -> RowSnapshot:
    """`seen`: the digest of what was looked at; empty where nobody looked."""
    kept = RowSnapshot.of(tops)
    if seen not in {"", kept.digest}:
        raise ChangedSince
    return kept


def _store(row: Misregistration, kept: RowSnapshot) -> None:
    try:
        row.kept = kept.as_text()
    except NotReadable as error:
        raise MistakeRefused(_("A text of it cannot be opened. Tell the administrator.")) from error
    row.save()


def _room_for(row: Misregistration, kept: RowSnapshot, by: Access) -> None:
    """What the rows hang on must be there, and be of own regions."""
    if row.kind == Mistaken.CASE:
        for link in kept.links:
            with_case = link.model._default_manager.filter(pk=link.key, case__isnull=False)
            why = _("What the case was opened from has another case now. Remove that one first.")
            _refuse(why, where=link.model is not AccessGrant and with_case.exists())
        _refuse_without_consent(kept)
    elif row.kind in {Mistaken.PERSON, Mistaken.PERSONS}:
        is_there = Case.objects.filter(code=row.case_code).exists()
        _refuse(_("The case was removed too. Put it back first."), where=not is_there)
    else:
        is_there = Person.objects.in_own_region(by).filter(code=row.subject).exists()
        _refuse(_("The person was removed too, or belongs to another region now."), where=not is_there)


def _refuse_without_consent(kept: RowSnapshot) -> None:
    """The answer of a call may have been changed while its case was out."""
    calls = [link.key for link in kept.links if link.model is Call]
    missing = Call.objects.filter(pk__in=calls, consent="missing", without_consent="")
    _refuse(_("Consent is missing now in the call. The case cannot be put back."), where=missing.exists())


def _insert(kept: RowSnapshot, by: Access) -> RowSnapshot:
    """Returns what has to wait: a judgement of two persons of whom the other is still out."""
    for row in kept.rows:
        if isinstance(row, Case | Identification):
            row.reference_index = index_of(row)  # by the present key, which may be another than then
    ready, waiting = kept.parted()
    try:
        with transaction.atomic():
            ready.put_back(user=by.user)
    except IntegrityError as error:
        message = _("The same has been registered again since. Remove that first.")
        raise MistakeRefused(message) from error
    return waiting


def _rest_of_others(row: Misregistration, by: Access) -> list[Person]:
    """Judgements that waited for a person who is here again; returns the persons."""
    persons: list[Person] = []
    waiting = Misregistration.objects.filter(put_back_at__isnull=False).exclude(kept="").exclude(pk=row.pk)
    for other in waiting:
        snapshot = RowSnapshot.from_text(other.kept)
        left = _insert(snapshot, by)
        if len(left.rows) < len(snapshot.rows):
            other.kept = left.as_text()
            other.save()
            judged = snapshot.rows_of(DuplicateReview)
            persons += Person.objects.filter(pk__in={each for one in judged for each in PAIR(one)})
    return persons


def _name(model: type[Any], key: int, case: int | None, by: Access) -> None:
    row = model._default_manager.get(pk=key)
    row.case_id = case
    if isinstance(row, Call | Notification):
        save_version(row, by=by)
    else:
        row.save(update_fields=["case"])


def _target(row: Misregistration) -> Any:
    if row.kind in {Mistaken.CASE, Mistaken.PERSONS}:
        return Case.objects.get(code=row.case_code)
    return Person.objects.get(code=row.subject)
