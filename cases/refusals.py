"""A refusal is recorded: 403 always, 404 where the address names an object, in a transaction of its own.

Whether the object exists costs the same and reads the same: somebody who tries identifiers learns nothing,
and the trail shows which rows were tried.
"""

from __future__ import annotations

import uuid
from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import Value
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from accounts.acting import acting_as, beyond
from audit.writer import Target, record, target
from cases.models import Call, Case, Person

LABELLED = (Case, Person, Call)  # the words of others, such as a transfer, name more than themselves


def record_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Outside the transaction of the request: what that took back is no part of this one."""
    access, match = getattr(request, "access", None), request.resolver_match
    if access is None or match is None or response.status_code not in {403, 404}:
        return
    with acting_as(access), beyond("refusals"):
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
        return [
            model._default_manager.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
        ]
    return []


@cache
def named_by_code() -> tuple[type[models.Model], ...]:
    """The tables whose rows are named in addresses by a random `code`."""
    coded = [model for model in apps.get_models() if any(map(_is_code, model._meta.concrete_fields))]
    return tuple(sorted(coded, key=lambda model: model not in LABELLED))


def _is_code(field: models.Field) -> bool:
    """Not that of a history, where it stands at every change."""
    return field.name == "code" and field.unique and isinstance(field, models.UUIDField)


def _of_code(code: uuid.UUID) -> models.Model | None:
    """Every table that it may be in is asked at once. Then the row is fetched, or one that is not there: it
    costs the same."""
    tables = named_by_code()
    rows = (model._default_manager.filter(code=code).order_by() for model in tables)
    asked = [found.values_list(Value(n), "pk") for n, found in enumerate(rows)]
    place, key = next(iter(asked[0].union(*asked[1:], all=True)), (0, None))
    named = tables[place]._default_manager.filter(pk=key or 0)
    return (
        named if tables[place] in LABELLED else named.only("code")
    ).first()  # files and frozen tables are large


def _of_admin(name: str) -> type[models.Model] | None:
    """The model of an address of the admin such as cases_person_change."""
    app, _, rest = name.partition("_")
    model = rest.partition("_")[0]
    return apps.get_model(app, model) if model in apps.all_models.get(app, {}) else None


def _target(row: models.Model) -> Target:
    if isinstance(row, LABELLED):
        return target(row)
    return Target(row._meta.label_lower, str(getattr(row, "code", row.pk)))
