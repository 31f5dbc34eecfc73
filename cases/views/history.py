"""What was changed in a case, when and by whom: names of fields, and of secret texts only that they
changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.db.models import BigIntegerField, CharField, ExpressionWrapper, F, Model, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils.text import capfirst

from accounts.access import Access
from accounts.roles import role_in_words
from cases.models import Case, Exploitation, Identification, Measure, Person
from cases.secret_text import SecretTextField

MOST: Final = 200  # changes that a page shows, the latest: it says how many there are
SILENT: Final = {
    "id",
    "code",
    "version",
    "created_at",
    "updated_at",
    "position",
    "opened_by",
    "first_identified_on",
    "first_year",
    "first_agency",
    "first_county",
    "first_region",
    "first_channel",
}


@dataclass(frozen=True)
class HistoryEntry:
    """`fields` is empty for a record that was made, or that was taken out."""

    at: datetime
    by: str
    what: str
    made: bool
    fields: tuple[str, ...]
    gone: bool = False


class Version(NamedTuple):
    """One version of one record, as `_versions` selects it; `person` is 0 where it is of no person."""

    kind: str
    row: int
    person: int
    at: datetime
    number: int
    history_type: str
    role: str | None
    held: dict[str, Any]

    @property
    def record(self) -> tuple[str, int]:
        return self.kind, self.row


def history_of_case(case: Case, access: Access) -> list[HistoryEntry]:
    """`case` has `whole`, from `with_own`."""
    return changes_of(case, Person.objects.visible_to(access).filter(case=case), whole=case.whole)


def changes_of(case: Case, visible: QuerySet[Person], *, whole: bool = True) -> list[HistoryEntry]:
    """Of the persons of a case that somebody may see, and of the case where they may read it whole, all of
    them, the latest first. One query."""
    of_persons = {"person__in": visible.values("pk")}
    parts = [
        _versions(model, F("person_id"), of_persons) for model in (Identification, Exploitation, Measure)
    ]
    persons = _versions(Person, F("id"), {"id__in": visible.values("pk")})
    of_case = [_versions(Case, Value(0), {"id": case.pk})] if whole else []
    return _changes(persons.union(*of_case, *parts, all=True))


def history_of(row: Model) -> list[HistoryEntry]:
    """Of one record alone, the latest first. One query."""
    return _changes(_versions(type(row), Value(0), {"id": row.pk}))


def _versions(model: Any, person: Any, condition: dict[str, Any]) -> QuerySet[Any]:
    """Versions of records of any kind in the same columns, `held` being what the version held by column."""
    held = [field.attname for field in model.history.model.tracked_fields]
    rows = model.history.filter(**condition).order_by()
    return rows.values_list(
        Value(model._meta.label_lower, output_field=CharField()),
        "id",
        ExpressionWrapper(person, output_field=BigIntegerField()),
        "history_date",
        "history_id",
        "history_type",
        "history_user__role",
        JSONObject(**{name: F(name) for name in held}),
    )


def _changes(rows: Iterable[tuple[Any, ...]]) -> list[HistoryEntry]:
    versions = sorted(
        (Version(*row) for row in rows), key=lambda version: (version.record, version.at, version.number)
    )
    numbers = {v.person: v.held["number"] for v in versions if v.kind == Person._meta.label_lower}
    found = [
        change
        for _record, same in groupby(versions, key=lambda version: version.record)
        for change in _of_one_record(same, numbers)
    ]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _of_one_record(versions: Iterable[Version], numbers: dict[int, str]) -> Iterator[HistoryEntry]:
    before: dict[str, Any] = {}
    for version in versions:
        model = apps.get_model(version.kind)
        made, gone = version.history_type == "+", version.history_type == "-"
        fields = tuple(_differing(model, before, version.held)) if before and not gone else ()
        if made or gone or fields:
            number = numbers.get(version.person) or version.held.get("number", "")
            what = f"{capfirst(model._meta.verbose_name)} {number}"
            yield HistoryEntry(version.at, role_in_words(version.role or ""), what, made, fields, gone)
        before = version.held


def _differing(model: Any, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """Labels of what differs. When nothing that is kept does, but the version, a secret text did."""
    kept = {field.attname: field for field in model.history.model.tracked_fields}
    changed = [name for name in kept if before[name] != after[name]]
    told = [kept[name] for name in changed if kept[name].name not in SILENT]
    secret = (
        field
        for field in model._meta.concrete_fields
        if isinstance(field, SecretTextField) and field.editable
    )
    for field in told or (secret if "version" in changed else ()):
        yield capfirst(str(field.verbose_name))
