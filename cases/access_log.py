"""Readings and refusals in the audit log, and who has opened or changed a case and its persons.

A reading is noted where a row is fetched for somebody, and written when its page is shown. A refusal is
recorded in a transaction of its own: 403 always, 404 where the address names an object. Whether the object
exists costs the same and reads the same: somebody who tries identifiers learns nothing, and the log shows
which rows were tried.

A coordinator reads the events of cases and persons of own regions, by their numbers.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models import Count, Max, Min, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from accounts.access import Access, acting_as, bypass_policies
from accounts.roles import May, role_in_words
from accounts.transactions import when_shown
from audit.models import Event
from audit.writer import Target, record, target
from audit_pages.scope import Numbered
from cases.choices import RequestAnswer
from cases.models import AccessGrant, Call, Case, Person


def note_reading(access: Access, row: Model, *, what: str = "read", how: str = "") -> None:
    """Record a row once for a page, however often it is fetched, by the last word said of it. What is refused
    or leads on shows nothing."""

    def reading() -> None:
        record(access, f"{row._meta.model_name}.{what}", row, search_kind=how)

    when_shown((row._meta.label, row.pk), reading)


def note_list(access: Access, kind: str, rows: int, *, how: str) -> None:
    """Record that somebody was shown what `rows` rows of a kind are, or how many, outside the list."""

    def listing() -> None:
        record(access, f"{kind}.list", rows=rows, search_kind=how)

    when_shown((kind, how), listing)


LATELY: Final = 8  # cases
LOOKED_AT: Final = 100  # readings


@dataclass(frozen=True)
class CaseReader:
    actor: str
    role: str
    times: int
    first: datetime
    last: datetime


def events_about(case: Case, persons: Iterable[Person], *, whole: bool = True) -> QuerySet[Event]:
    """Events of these persons of a case and, where it is `whole`, of the case itself; all are in scope.

    Their numbers are listed: asked for by a query within, or in two ways, the whole audit log would be read.
    """
    numbers = [person.number for person in persons]
    if whole:
        numbers.append(case.number)
    events = Event.objects.filter(target_label__in=numbers, target_kind__startswith="cases.")
    return events.order_by("sequence")


def readers_of(events: QuerySet[Event]) -> list[CaseReader]:
    """The latest first. One query."""
    sums = events.order_by().values_list("actor", "role")
    rows = sums.annotate(n=Count("pk"), first=Min("at"), last=Max("at")).order_by("-last", "actor")
    return [CaseReader(actor, role_in_words(role), *times) for actor, role, *times in rows]


def readers_for(case: Case, access: Access) -> list[CaseReader]:
    """Of the persons in own region, and of the case where it is of one, for those who may know; a case that
    is granted tells nobody.

    `case` has `own` and `changeable`, from `with_own`."""
    if not access.may(May.VIEW_OWN_AUDIT_LOG) or not case.own:
        return []
    persons = Person.objects.in_own_region(access).filter(case=case).only("number")
    return readers_of(events_about(case, persons, whole=case.changeable))


def readings_by(grant: AccessGrant, access: Access) -> CaseReader | None:
    """Return how often who was granted access has read of the case by it: its own page and those of the
    persons of the region that looks. None where they have not."""
    if not access.may(May.VIEW_OWN_AUDIT_LOG) or grant.case is None:
        return None
    persons = Person.objects.in_own_region(access).filter(case=grant.case).only("number")
    events = events_about(grant.case, persons).filter(action__endswith=".read", actor=grant.asked_by.email)
    within = events.filter(at__gte=grant.answered_at, at__lte=grant.until)
    return next(iter(readers_of(within)), None)


def seen_lately(access: Access) -> list[Case]:
    """The cases that somebody opened last and may still see, the latest first. Two queries: the audit log
    knows, so nothing else has to keep it."""
    of_mine = Event.objects.filter(actor=access.actor, action="case.read").order_by("-sequence")
    numbers = list(dict.fromkeys(of_mine.values_list("target_label", flat=True)[:LOOKED_AT]))
    visible = Case.objects.visible_to(access).select_related("region")
    cases = visible.in_bulk(numbers, field_name="number")
    return [one for one in (cases.get(number) for number in numbers) if one][:LATELY]


KEY: Final = re.compile(r"[0-9]{1,18}")
LABELLED = (Case, Person, Call)  # the words of others, such as a transfer, name more than themselves


def record_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Outside the transaction of the request: what that took back is no part of this one."""
    access, match = getattr(request, "access", None), request.resolver_match
    if access is None or match is None or response.status_code not in {403, 404}:
        return
    with acting_as(access), bypass_policies("refusals"):
        named = _named(match)
    if named and named[0] is not None:
        record(access, "refused", _target(named[0]), search_kind=match.view_name[:100])
    elif named:
        record(access, "refused.unknown", search_kind=match.view_name[:100])
    elif response.status_code == 403:
        record(access, "refused", Target("page", "", match.view_name[:100]))


def _named(match: ResolverMatch) -> list[models.Model | None]:
    """The row that the address names, or None where there is none such; empty where it names no row."""
    code, key = match.kwargs.get("code"), match.kwargs.get("object_id")
    if isinstance(code, uuid.UUID):
        return [_of_code(code)]
    if isinstance(key, str) and (model := _of_admin(match.url_name or "")):
        return [model._default_manager.filter(pk=int(key)).first() if KEY.fullmatch(key) else None]
    return []


@cache
def named_by_code() -> tuple[type[models.Model], ...]:
    """The tables whose rows are named in addresses by a random `code`."""
    coded = []
    for model in apps.get_models():
        field = {field.name: field for field in model._meta.concrete_fields}.get("code")
        if isinstance(field, models.UUIDField) and field.unique:  # in a history it stands at every change
            coded.append(model)
    return tuple(sorted(coded, key=lambda model: model not in LABELLED))


def _of_code(code: uuid.UUID) -> models.Model | None:
    """Every table that it may be in is asked at once. Then the row is fetched, or one that is not there: it
    costs the same."""
    tables = named_by_code()
    rows = (model._default_manager.filter(code=code).order_by() for model in tables)
    asked = [found.values_list(Value(n), "pk") for n, found in enumerate(rows)]
    place, key = next(iter(asked[0].union(*asked[1:], all=True)), (0, 0))
    named = tables[place]._default_manager.filter(pk=key)
    if tables[place] not in LABELLED:
        named = named.only("code")  # files and frozen tables are large
    return named.first()


def _of_admin(name: str) -> type[models.Model] | None:
    """The model of an address of the admin such as cases_person_change."""
    app, _, rest = name.partition("_")
    model = rest.partition("_")[0]
    return apps.get_model(app, model) if model in apps.all_models.get(app, {}) else None


def _target(row: models.Model) -> Target:
    if isinstance(row, LABELLED):
        return target(row)
    return Target(row._meta.label_lower, str(getattr(row, "code", row.pk)))


def _own(access: Access, kind: str) -> Combinable:
    """A value is asked for, event by event: were it asked whether there is one, PostgreSQL would read every
    own number first."""
    cases, persons = Case.objects.changeable_by(access), Person.objects.in_own_region(access)
    of_kind: Any = cases if kind == Case._meta.label_lower else persons
    rows = of_kind.filter(number=OuterRef("target_label"))
    return Subquery(rows.order_by().values("number")[:1])


def _came(access: Access) -> Iterable[str]:
    """Return the numbers of what was handed over to own regions: they begin with another one. One query."""
    accepted = RequestAnswer.ACCEPTED
    persons = Person.objects.in_own_region(access).filter(transfers__answer=accepted)
    cases = Case.objects.changeable_by(access).filter(persons__transfers__answer=accepted)
    numbers = (rows.order_by().values_list("number", flat=True) for rows in (persons, cases))
    return set(next(numbers).union(*numbers))


NUMBERED = Numbered(Case._meta.label_lower, Person._meta.label_lower, _own, _came)
