"""What was changed in a case, when and by whom: names of fields, and of secret texts only that they
changed.

Two people at once: the second sees both versions, field by field, and chooses. Nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.db.models import BigIntegerField, CharField, ExpressionWrapper, F, Model, QuerySet, Value
from django.db.models.functions import JSONObject
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from accounts.access import AuthenticatedRequest, lead_on
from accounts.roles import role_in_words
from cases.actions.base import Conflict, version_of
from cases.actions.duplicates import FIRST
from cases.forms.base import RowForm
from cases.forms.fields import Lists
from cases.models import Case, Exploitation, Identification, Measure, Person
from cases.views.fetch import crumbs, pairs_of
from encryption.fields import SecretTextField

MAX_CHANGES: Final = 200  # changes that a page shows, the latest: it says how many there are
SILENT: Final = {  # columns that are not named
    *("id", "code", "version", "created_at", "updated_at", "position", "opened_by_id", *FIRST),
}


@dataclass(frozen=True)
class HistoryEntry:
    """`fields` are labels of what was changed: empty for a record that was made, or that was taken out."""

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


def changes_of(case: Case, visible: QuerySet[Person], *, whole: bool = True) -> list[HistoryEntry]:
    """Of the persons of a case that somebody may see, and of the case where they may read it whole, all of
    them, the latest first. One query."""
    of_persons = {"person__in": visible.values("pk")}
    kinds = (Identification, Exploitation, Measure)
    others = [_versions(model, F("person_id"), of_persons) for model in kinds]
    if whole:
        others.append(_versions(Case, Value(0), {"id": case.pk}))
    persons = _versions(Person, F("id"), {"id__in": visible.values("pk")})
    return _changes(persons.union(*others, all=True))


def history_of(row: Model) -> list[HistoryEntry]:
    """Of one record alone, the latest first. One query."""
    return _changes(_versions(type(row), Value(0), {"id": row.pk}))


def _versions(model: Any, person: Any, condition: dict[str, Any]) -> QuerySet[Any]:
    """Versions of records of any kind in the same columns, `held` being what the version held by column."""
    held = [tracked_field.attname for tracked_field in model.history.model.tracked_fields]
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
        (Version(*row) for row in rows), key=lambda one: (one.kind, one.row, one.at, one.number)
    )
    numbers = {v.person: v.held["number"] for v in versions if v.kind == Person._meta.label_lower}
    changes: list[HistoryEntry] = []
    for _record, of_record in groupby(versions, key=attrgetter("kind", "row")):
        changes += _of_one_record(of_record, numbers)
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _of_one_record(versions: Iterable[Version], numbers: dict[int, str]) -> Iterator[HistoryEntry]:
    before: dict[str, Any] = {}
    for version in versions:
        model = apps.get_model(version.kind)
        made, gone = version.history_type == "+", version.history_type == "-"
        fields = tuple(_differing(model, before, version.held)) if before and not gone else ()
        if fields or version.history_type in "+-":
            number = numbers.get(version.person, version.held.get("number", ""))
            what = f"{capfirst(model._meta.verbose_name)} {number}"
            yield HistoryEntry(version.at, role_in_words(version.role or ""), what, made, fields, gone)
        before = version.held


def _differing(model: Any, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """Labels of what differs. When nothing that is kept does, but the version, a secret text did."""
    differing = [
        field
        for field in model.history.model.tracked_fields
        if field.attname not in SILENT and before[field.attname] != after[field.attname]
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
    """A form of one stored row, which the action knows by the name of its model. `context` goes to the page.

    `done` answers where the way on is another than the row's own page."""

    row: Any
    form_class: Callable[..., RowForm]
    action: Callable[..., Any]
    context: dict[str, Any]
    done: Callable[[], HttpResponse] | None = None

    def form(self, lists: Lists, data: QueryDict | None = None, row: Model | None = None) -> RowForm:
        row = row or self.row
        return self.form_class(data, instance=row, initial={"version": version_of(row)}, lists=lists)

    def page_context(self, **more: Any) -> dict[str, Any]:
        back = self.context.get("back") or self.row.get_absolute_url()
        return {**self.context, "back": back, **more}


def edit_page(
    request: AuthenticatedRequest,
    row: Case | Person,
    form: Callable[..., RowForm],
    action: Callable[..., Any],
    title: str,
    *rows: Case | Person,
    **more: object,
) -> HttpResponse:
    """Return the page on which a case or person is changed; `rows` lead to it."""
    context = {"title": title, **crumbs(title, *rows), **more}
    return save_or_compare(request, EditTask(row, form, action, context))


def save_or_compare(request: AuthenticatedRequest, task: EditTask) -> HttpResponse:
    """Show the form, save it, or show both versions when somebody saved in the meantime.

    Where both say the same, such as after a double click, there is nothing to choose: it is saved."""
    access, lists = request.access, Lists(request.access.today, request.access)
    form = task.form(lists, chosen(request.POST, task, lists) or None)
    if left_open(request.POST):
        return _compared(request, task, compare(request.POST, task, task.row, lists))
    if form.ready():
        form.instance.version = form.cleaned_data["version"]
        try:
            task.action(**{task.row._meta.model_name: form.instance}, fields=form.changed, by=access)
        except Conflict as conflict:
            comparison = compare(request.POST, task, conflict.saved, lists)
            if comparison.rows:
                return _compared(request, task, comparison)
        if task.done:
            return task.done()
        return lead_on(request, _("The changes are saved."), task.row)
    page = task.context.get("page", "cases/form.html")
    return render(request, page, task.page_context(form=form, unsaved=True))


def _compared(request: AuthenticatedRequest, task: EditTask, comparison: TwoVersions) -> HttpResponse:
    context = task.page_context(comparison=comparison)
    if request.htmx:  # type: ignore[attr-defined]
        # It shows nothing of a page with an error's number.
        return render(request, "cases/_conflict.html", context)
    return render(request, "cases/conflict.html", context, status=409)


def compare(data: QueryDict, task: EditTask, saved: Model, lists: Lists) -> TwoVersions:
    """What was typed, beside what is stored now and what was stored when the form was opened."""
    typed, stored = task.form(lists, data), task.form(lists, row=saved)
    base = task.form(lists, row=_version(saved, data.get("version", "")))
    names = [visible_field.name for visible_field in typed.visible_fields()]
    waiting = left_open(data)
    rows = [
        _row(name, typed, stored, base, data, open=name in waiting)
        for name in names
        if in_words(typed, name) != in_words(stored, name)
    ]
    still = [row for row in rows if row.name in waiting]
    sent = pairs_of(data, without=NOT_SENT_AGAIN, prefix=KEEP)
    equal = len(names) - len(rows)
    return TwoVersions(rows, equal, sent, version_of(saved), still, *_by_whom(saved))


def _by_whom(saved: Model) -> tuple[datetime | None, str]:
    """By role: who it was is in the audit log."""
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
    mine, saved, before = (in_words(form, name) for form in (typed, stored, base))
    chosen_now = data.get(KEEP + name, "")
    field = type(stored.instance)._meta.get_field(name)
    # What the field was the history does not hold of secret texts, nor of lists of several values.
    is_kept = not (isinstance(field, SecretTextField) or field.many_to_many)
    if is_kept and not (chosen_now or open):
        chosen_now = {saved: "mine", mine: "saved"}.get(before, "")  # what stands as it was gives way
    return Differing(name, str(typed.fields[name].label), mine, saved, chosen_now)


def _version(saved: Model, version: str) -> Model:
    """The row as it was in that version; as it is now when there is none."""
    if not version.isdigit():
        return saved
    key = "version" if hasattr(saved, "version") else "history_id"
    past = get_history_manager_for_model(type(saved)).filter(id=saved.pk, **{key: int(version)}).first()
    return past.instance if past else saved


def in_words(form: RowForm, name: str) -> str:
    """The value of a field in words."""
    choices = getattr(form.fields[name], "choices", ())
    labels = {"True": str(_("yes"))} | {str(key): str(label) for key, label in choices}
    stated = (str(value) for value in _values(form, name) if value is not False and value not in (None, ""))
    return ", ".join(labels.get(value, value) for value in stated)


def _values(form: RowForm, name: str) -> list[Any]:
    value = form[name].value()
    return list(value) if isinstance(value, list | tuple) else [value]


def left_open(data: QueryDict) -> set[str]:
    return {name for name in data.getlist(DIFFERS) if data.get(KEEP + name) not in {"mine", "saved"}}


def chosen(data: QueryDict, task: EditTask, lists: Lists) -> QueryDict:
    """What was typed, with the stored value where that was chosen."""
    merged = data.copy()
    kept = [name for name in data.getlist(DIFFERS) if data.get(KEEP + name) == "saved"]
    if kept:
        stored = task.form(lists)
        for name in stored.fields.keys() & kept:
            merged.setlist(name, [str(value) for value in _values(stored, name) if value is not None])
    return merged
