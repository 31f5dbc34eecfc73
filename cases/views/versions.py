"""What was changed in a case, when and by whom: names of fields, and of secret texts only that they
changed.

Two people at once: the second sees both versions, field by field, and chooses. Nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.contrib import messages
from django.db.models import BigIntegerField, CharField, ExpressionWrapper, F, Model, QuerySet, Value
from django.db.models.functions import JSONObject
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import role_in_words
from cases.actions.base import Conflict, version_of
from cases.forms.base import RowForm
from cases.forms.fields import Lists
from cases.model_fields import SecretTextField
from cases.models import Case, Exploitation, Identification, Measure, Person

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
    differing = [
        field
        for field in model.history.model.tracked_fields
        if field.name not in SILENT and before[field.attname] != after[field.attname]
    ]
    if not differing and before.get("version") != after.get("version"):
        fields = model._meta.concrete_fields
        differing = [field for field in fields if isinstance(field, SecretTextField) and field.editable]
    for field in differing:
        yield capfirst(str(field.verbose_name))


KEEP: Final = "keep_"
DIFFERS: Final = "differs"  # names that were to be chosen between
NOT_SENT_AGAIN: Final = {"csrfmiddlewaretoken", "version", "save_anyway", "names_shown", "no_name", DIFFERS}


@dataclass(frozen=True)
class Differing:
    """One field whose two versions differ. `chosen` is "mine", "saved" or "" where both changed it."""

    name: str
    label: str
    mine: str
    saved: str
    chosen: str


@dataclass(frozen=True)
class TwoVersions:
    """`sent` is everything that was typed, as pairs to send again; `open` the rows in which is still to be
    chosen; `at` and `by` say when the other version was saved, and in which role."""

    rows: list[Differing]
    equal: int
    sent: list[tuple[str, str]]
    version: int
    open: list[Differing]
    at: datetime | None
    by: str


@dataclass(frozen=True)
class EditTask:
    """A form of one stored row: `kind` is what the action calls the row, `context` goes to the page.

    `done` answers where the way on is another than the row's own page."""

    row: Any
    form_class: Callable[..., RowForm]
    action: Callable[..., Any]
    kind: str
    context: dict[str, Any]
    done: Callable[[], HttpResponse] | None = None

    def form(self, lists: Lists, data: QueryDict | None = None, row: Model | None = None) -> RowForm:
        row = row or self.row
        return self.form_class(data, instance=row, initial={"version": version_of(row)}, lists=lists)


def save_or_compare(request: AuthenticatedRequest, task: EditTask) -> HttpResponse:
    """Show the form, save it, or show both versions when somebody saved in the meantime.

    Where both say the same, such as after a double click, there is nothing to choose: it is saved."""
    access, lists = request.access, Lists(request.access.today, request.access)
    data = chosen(request.POST, task, lists) if request.method == "POST" else None
    form = task.form(lists, data)
    if data is not None and left_open(data):
        return _compare(request, task, task.row, lists)
    if data is not None and form.ready():
        form.instance.version = form.cleaned_data["version"]
        try:
            task.action(**{task.kind: form.instance}, fields=form.changed, by=access)
        except Conflict as conflict:
            if compare(request.POST, task, conflict.saved, lists).rows:
                return _compare(request, task, conflict.saved, lists)
        return task.done() if task.done else _saved(request, task.row)
    context = {"form": form, "unsaved": True, **_back(task), **task.context}
    return render(request, context.get("page", "cases/form.html"), context)


def _saved(request: AuthenticatedRequest, row: Any) -> HttpResponse:
    messages.success(request, _("The changes are saved."))
    return redirect(row)


def _back(task: EditTask) -> dict[str, Any]:
    return {} if "back" in task.context else {"back": task.row.get_absolute_url()}


def _compare(request: AuthenticatedRequest, task: EditTask, saved: Model, lists: Lists) -> HttpResponse:
    comparison = compare(request.POST, task, saved, lists)
    context = {"comparison": comparison, **_back(task), **task.context}
    if request.htmx:  # type: ignore[attr-defined]
        return render(
            request, "cases/_conflict.html", context
        )  # htmx shows nothing of a page with an error's number
    return render(request, "cases/conflict.html", context, status=409)


def compare(data: QueryDict, task: EditTask, saved: Model, lists: Lists) -> TwoVersions:
    """What was typed, beside what is stored now and what was stored when the form was opened."""
    typed, stored = task.form(lists, data), task.form(lists, row=saved)
    base = task.form(lists, row=_version(saved, data.get("version", "")))
    names = [name for name in typed.fields if not typed[name].is_hidden]
    waiting = left_open(data)
    differing = [name for name in names if said(typed, name) != said(stored, name)]
    rows = [_row(name, typed, stored, base, data, open=name in waiting) for name in differing]
    still = [row for row in rows if row.name in waiting]
    equal = len(names) - len(rows)
    return TwoVersions(rows, equal, _sent(data), version_of(saved), still, *_by_whom(saved))


def _sent(data: QueryDict) -> list[tuple[str, str]]:
    names = [name for name in data if name not in NOT_SENT_AGAIN and not name.startswith(KEEP)]
    return [(name, value) for name in names for value in data.getlist(name)]


def _by_whom(saved: Model) -> tuple[datetime | None, str]:
    """By role: who it was is in the audit trail."""
    versions = get_history_manager_for_model(type(saved)).filter(id=saved.pk)
    last = versions.select_related("history_user").order_by("-history_id").first()
    if last is None or last.history_user is None:
        return None, ""
    return last.history_date, last.history_user.get_role_display()


def _row(
    name: str, typed: RowForm, stored: RowForm, base: RowForm, data: QueryDict, *, open: bool
) -> Differing:
    """Left `open` it stays unchosen: the version that came back is the other's, so that only one's own seems
    new."""
    mine, saved, before = (said(form, name) for form in (typed, stored, base))
    only_mine, only_saved = (
        (told := _told(type(stored.instance), name)) and saved == before,
        told and mine == before,
    )
    chosen_now = data.get(KEEP + name) or (
        "" if open else "mine" if only_mine else "saved" if only_saved else ""
    )
    return Differing(name, str(typed.fields[name].label), mine, saved, chosen_now)


def _told(model: type[Model], name: str) -> bool:
    """Whether the history tells what the field was: not of secret texts, nor of lists of several values."""
    field = model._meta.get_field(name)
    return not (isinstance(field, SecretTextField) or field.many_to_many)


def _version(saved: Model, version: str) -> Model:
    """The row as it was in that version; as it is now when there is none."""
    if not version.isdigit():
        return saved
    key = "version" if hasattr(saved, "version") else "history_id"
    past = get_history_manager_for_model(type(saved)).filter(id=saved.pk, **{key: int(version)}).first()
    return past.instance if past else saved


def said(form: RowForm, name: str) -> str:
    """The value of a field in words."""
    value = form[name].value()
    values = value if isinstance(value, list | tuple) else [value]
    labels = {"True": str(_("yes"))} | {
        str(key): str(label) for key, label in getattr(form.fields[name], "choices", ())
    }
    return ", ".join(
        labels.get(str(one), str(one)) for one in values if one is not False and one not in (None, "")
    )


def left_open(data: QueryDict) -> set[str]:
    return {name for name in data.getlist(DIFFERS) if data.get(KEEP + name) not in {"mine", "saved"}}


def chosen(data: QueryDict, task: EditTask, lists: Lists) -> QueryDict:
    """What was typed, with the stored value where that was chosen."""
    merged = data.copy()
    stored = None
    for name in data.getlist(DIFFERS):
        if data.get(KEEP + name) == "saved":
            stored = stored or task.form(lists)
            value = stored[name].value() if name in stored.fields else None
            values = value if isinstance(value, list | tuple) else [value]
            merged.setlist(name, [str(one) for one in values if one is not None])
    return merged
