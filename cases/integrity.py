"""Facts over several rows that no constraint can see, each under a name: what `manage.py check_register`
checks. An upper app hands in its own in `register_checks.py`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, TruncDate

from accounts import factors
from accounts.permissions import handed_in
from agencies.directory import Geography
from agencies.models import County, CountyRegion
from cases.actions.cases import astray
from cases.actions.duplicates import FIRST, expected, groups, identifications
from cases.choices import Consent, ListAnswer, Mistaken, RequestAnswer
from cases.model_fields import indexes_of
from cases.models import (
    Call,
    Case,
    CaseSeries,
    Exploitation,
    Identification,
    Misregistration,
    Person,
    Transfer,
)
from cases.rules.consent import CHILD
from encryption.fields import Unreadable, unreadable

Check = Callable[[], Iterator[str]]


def first_fault() -> str | None:
    """Return the name of the first check that fails, and the number or identifier of the first row that fails
    it: never a fact of a person."""
    for name, check in (CHECKS | handed_in("register_checks", "CHECKS")).items():
        for where in check():
            return f"{name}: {where}"
    return None


def _first(*wrong: QuerySet[Any], named_by: str = "number") -> Iterator[str]:
    """The first of the rows that are wrong, by number or key."""
    for rows in wrong:
        yield from rows.values_list(named_by, flat=True)[:1]


def _dangling() -> Iterator[str]:
    """A row that points at none: a database whose keys were not enforced while it was changed."""
    try:
        with transaction.atomic():  # PostgreSQL sets constraints within a transaction only
            connection.check_constraints()
    except IntegrityError as error:
        named = re.search(r"table '(\w+)' with primary key '([^']*)'", str(error))
        yield " ".join(named.groups()) if named else "unknown table"


def _first_identification() -> Iterator[str]:
    """`same_as` and the `first_*` columns, counted anew from reviews and identifications."""
    columns = ("pk", "number", "same_as_id", *FIRST)
    rows = {row["pk"]: row for row in Person.objects.values(*columns).iterator()}
    seen, places = identifications(), Geography.load()
    for group in groups(set(rows)):
        for pk, facts in expected(group, seen, places).items():
            if not facts.items() <= rows[pk].items():
                yield rows[pk]["number"]


def _answers() -> Iterator[str]:
    """An answer "given" has rows beside it, and only that has."""
    for field, chosen in _chosen():
        of_row = Exists(chosen.filter(**{field.m2m_field_name(): OuterRef("pk")}))
        given = Q(**{f"{field.name}_answer": ListAnswer.GIVEN})
        rows = field.model._default_manager.filter((given & ~of_row) | (~given & of_row))
        yield from (f"{field.name} {pk}" for pk in rows.values_list("pk", flat=True)[:1])


def _lists() -> Iterator[str]:
    """Every chosen code is of the list of its field."""
    for field, chosen in _chosen():
        wrong = chosen.exclude(code__list=field.get_limit_choices_to()["list"])
        yield from (f"{field.name} {pk}" for pk in wrong.values_list("pk", flat=True)[:1])


def _chosen() -> Iterator[tuple[Any, QuerySet[Any]]]:
    """Each field that holds codes beside an answer, and the codes that are chosen in it."""
    for model in (Call, Exploitation):
        for field in model._meta.many_to_many:
            yield field, getattr(model, field.name).through._default_manager.all()


def _series() -> Iterator[str]:
    """The next number of a region and year is free."""
    last = {(row.region_id, row.year): row.last for row in CaseSeries.objects.all()}
    for number in Case.objects.values_list("number", flat=True).iterator():
        region, year, sequence = number.rsplit("-", 2)
        if int(sequence) > last.get((region, int(year)), 0):
            yield number


def _references() -> Iterator[str]:
    """The index of a reference is that of its text, under one of the keys; an unreadable text is not
    judged."""
    for model in (Identification, Case):
        rows = model._default_manager.exclude(reference="", reference_index="")
        for row in rows.iterator():
            known = isinstance(row.reference, Unreadable) or row.reference_index in (indexes_of(row) or [""])
            if not known:
                yield f"{model._meta.model_name} {row.pk}"


# A county is of some region.
_PLACED = Exists(CountyRegion.objects.filter(county=OuterRef("pk")))
_IDENTIFIED = Exists(Identification.objects.filter(person=OuterRef("pk")))
# A record is the same as one that stays, never as one that is itself the same as another.
_CHAINED = Q(same_as__same_as__isnull=False)
_NUMBER = Concat(F("case__number"), Value("-P"), Cast("position", CharField()))  # as `person_number` has it
# Who is of another region than the case is marked as such: scope is asked by it.
_AT_HOME = Q(responsible_region=F("case__region"))
_WRONGLY_MARKED = Q(~_AT_HOME, moved=False) | Q(_AT_HOME, moved=True)
_MAINS = Count("exploitations", filter=Q(exploitations__is_main=True))
# What was registered by mistake is in no table until it is put back.
_THERE = Q(kind=Mistaken.CASE, subject__in=Case.objects.values("code"))
_THERE |= Q(kind=Mistaken.PERSON, subject__in=Person.objects.values("code"))
_CALLS = Call.objects.filter(case=OuterRef("pk"))
# Who was handed over belongs to the region that last accepted.
_ACCEPTED = Transfer.objects.filter(person=OuterRef("pk"), answer=RequestAnswer.ACCEPTED)
_HANDED = Person.objects.annotate(
    handed=Subquery(_ACCEPTED.order_by("-answered_at", "-pk").values("to_region")[:1])
)
# A case that is there without consent has a call that says so, holds facts only, and of a child's sake
# children alone.
_SAYS_SO = _CALLS.filter(consent=Consent.MISSING).exclude(without_consent="")
_REFERRED_TO = Identification.objects.exclude(person__case__without_consent="").exclude(reference_index="")
_OF_CHILD = Person.objects.filter(case__without_consent=CHILD)

CHECKS: dict[str, Check] = {
    "row that points at none": _dangling,
    "county without a region": partial(_first, County.objects.filter(~_PLACED), named_by="code"),
    "person without identification": partial(_first, Person.objects.filter(~_IDENTIFIED)),
    "not exactly one main purpose": partial(_first, Person.objects.annotate(mains=_MAINS).exclude(mains=1)),
    "same_as chained": partial(_first, Person.objects.filter(_CHAINED)),
    "registered by mistake, yet there": partial(_first, Misregistration.objects.standing().filter(_THERE)),
    "first identification or same_as out of step": _first_identification,
    "call on the wrong local date": partial(
        _first, Call.objects.exclude(received_on=TruncDate("received_at")), named_by="code"
    ),
    "list and its answer disagree": _answers,
    "code of another list": _lists,
    # All its persons are of one other region: then it is that region's.
    "case of another region": lambda: _first(Case.objects.filter(pk__in=dict(astray()[:1]))),
    "person number": partial(_first, Person.objects.exclude(number=_NUMBER)),
    "opened from a call that is not there": partial(
        _first, Case.objects.filter(~Exists(_CALLS), opened_from_call=True)
    ),
    "case without consent": partial(
        _first,
        Case.objects.exclude(without_consent="").filter(~Exists(_SAYS_SO)),
        _REFERRED_TO.annotate(number=F("person__number")),
        _OF_CHILD.exclude(child="yes"),
    ),
    "handed over, yet not there": partial(
        _first, _HANDED.exclude(handed=None).exclude(responsible_region=F("handed"))
    ),
    "moved between regions": partial(_first, Person.objects.filter(_WRONGLY_MARKED)),
    "case series": _series,
    "reference index": _references,
    "text that cannot be read": unreadable,
    "second factor that cannot be read": factors.unreadable,
}
