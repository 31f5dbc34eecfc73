"""Add and change what belongs to a person: identifications, exploitations, measures.

A change raises Conflict when somebody else changed the row after the form was opened that gave it its
`version`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from accounts.access import Access
from accounts.roles import May
from agencies.models import Code
from audit.writer import record
from cases.actions.completing import check_can_change
from cases.actions.consent import check_facts
from cases.actions.saving import check_unchanged, save
from cases.actions.settling import settle
from cases.choices import ListAnswer
from cases.models import Exploitation, Identification, Measure
from cases.secret_text import index_of


@transaction.atomic
def save_identification(
    *, identification: Identification, by: Access, fields: Iterable[str] = ()
) -> Identification:
    """Add or change; the person's year, county and organisation follow the earliest."""
    _check(identification, by)
    verb = "edit" if identification.pk else "add"
    if identification.reference:
        check_facts(identification.person.case.without_consent, {"reference": identification.reference})
    check_unchanged(identification)
    identification.reference_index = index_of(identification)
    save(identification, by=by)
    settle([identification.person], by=by)
    record(by, f"identification.{verb}", identification.person, fields=fields)
    return identification


@transaction.atomic
def save_exploitation(
    *, exploitation: Exploitation, lists: Mapping[str, Iterable[Code]], by: Access, fields: Iterable[str] = ()
) -> Exploitation:
    """Add or change. A new main purpose takes over from the one before: there is always exactly one."""
    _check(exploitation, by)
    verb = "edit" if exploitation.pk else "add"
    check_unchanged(exploitation)
    others = Exploitation.objects.filter(person=exploitation.person, is_main=True).exclude(pk=exploitation.pk)
    if exploitation.is_main:
        for other in others:
            other.is_main = False
            save(other, by=by)
    elif not others.exists():
        exploitation.is_main = True
    _answers(exploitation, lists)
    save(exploitation, by=by)
    for name in Exploitation.LISTS:
        if name in lists:
            getattr(exploitation, name).set(lists[name])
    record(by, f"exploitation.{verb}", exploitation.person, fields=fields)
    return exploitation


@transaction.atomic
def save_measure(*, measure: Measure, by: Access, fields: Iterable[str] = ()) -> Measure:
    by.require(May.EDIT_CASE)
    verb = "edit" if measure.pk else "add"
    check_unchanged(measure)
    save(measure, by=by)
    record(by, f"measure.{verb}", measure.person, fields=fields)
    return measure


def _check(part: Exploitation | Identification, by: Access) -> None:
    """Whoever opened the case completes what it has; only who edits cases adds to it."""
    if part.pk:
        check_can_change(by, part.person)
    else:
        by.require(May.EDIT_CASE)


def _answers(exploitation: Exploitation, lists: Mapping[str, Iterable[Code]]) -> None:
    for name in Exploitation.LISTS:
        if list(lists.get(name, ())):
            setattr(exploitation, f"{name}_answer", ListAnswer.GIVEN)
        elif name in lists and getattr(exploitation, f"{name}_answer") == ListAnswer.GIVEN:
            setattr(exploitation, f"{name}_answer", ListAnswer.NOT_ASKED)
