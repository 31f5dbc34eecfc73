"""The importer of a list: a file is planned and written in one pass and one transaction; what is not wanted
is rolled back.

Every importer: one of each list that comes in, and those that the apps hand in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _, gettext_lazy
from import_export.widgets import ManyToManyWidget

from exchange.bulk import chunks
from exchange.importer import IMPORTERS, Between, Importer, Outcome, Plan, PlannedRow
from exchange.journal import Journal, Obstacle, Trace, attached, stored
from exchange.limits import refuse
from exchange.reader import ReadSheet
from exchange.resources import RESOURCES, Key, Lists, RegisterResource
from exchange.xlsx_writer import restore

# --- list plan ---
# What each row of a list's file would do: known again or new, its old values beside the new ones, what is
# wrong.


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with one cell, or with the row where `column` is empty."""

    row: int
    column: str
    value: str
    message: str


@dataclass
class ListPlan(Plan):
    """`keys`: the columns by which a row is known again."""

    columns: list[str]
    keys: Sequence[str]

    @property
    def fields(self) -> list[str]:
        return sorted(set(self.columns) - set(self.keys))


@dataclass(slots=True)
class Planned:
    """A row to write. `before`: the values that change, as stored; `lists_before` the same of lists."""

    line: PlannedRow
    instance: Any
    new: bool
    lists: Lists
    before: dict[str, Any]
    lists_before: dict[str, list[Any]]

    @property
    def given_key(self) -> bool:
        """Whether the database gives the key."""
        return bool(getattr(self.instance._meta.pk, "db_returning", False))


def _text(cell: str) -> str:
    """Without blanks around it, as a form takes it."""
    return restore(cell.strip())


class Planner:
    """Reads the rows of one file, some at a time, into `plan`."""

    def __init__(self, resource: RegisterResource, header: Sequence[str]) -> None:
        self.resource = resource
        self.plan = ListPlan(resource.columns(header), resource.get_import_id_fields())
        self.seen: dict[Key, int] = {}
        self.named = dict(zip(self.plan.columns, header, strict=True))
        fields = {column.column_name: column for column in resource.get_import_fields()}
        self.fields = [fields[column] for column in self.plan.columns if column in fields]

    def chunk(self, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Planned]:
        """The rows that are to be written."""
        read = [
            (line, cells, dict(zip(self.plan.columns, map(_text, cells), strict=False)))
            for line, cells in rows
        ]
        keys = [self.resource.key_of(row) for _line, _cells, row in read]
        stored = self.resource.stored([key for key in keys if key is not None])
        for (line, cells, row), key in zip(read, keys, strict=True):
            if wrong := self._row_fault(line, cells, key):
                self.say(line, "", "", wrong)
            elif not self._left(line, key, stored):
                planned = self._one(line, row, key, stored)
                if planned is not None:
                    yield planned

    def _row_fault(self, line: int, cells: Sequence[str], key: Key | None) -> str:
        """Return why a row as a whole is not read: it is ragged, or an earlier one has its key."""
        if len(cells) != len(self.plan.columns):
            ragged = _("The row has {n} cells, the header has {width}. Add or remove separators.")
            return ragged.format(n=len(cells), width=len(self.plan.columns))
        if key is not None and self.seen.setdefault(key, line) != line:
            return _("Row %(row)d has the same key.") % {"row": self.seen[key]}
        return ""

    def _left(self, line: int, key: Key | None, stored: Mapping[Key, Any]) -> bool:
        """Whether the row is about one that was one's own and no longer is: nothing of it is taken in."""
        left = None if key is None or key in stored else self.resource.left(key)
        if left is not None:
            label, message = left
            self.plan.lines.append(PlannedRow(line, Outcome.UNCHANGED, label, []))
            self.plan.warnings.append(CellFault(line, "", "", message))
        return left is not None

    def _one(
        self, line: int, row: dict[str, str], key: Key | None, stored: Mapping[Key, Any]
    ) -> Planned | None:
        found = stored.get(key) if key is not None else None
        return self._new(line, row, key) if found is None else self._known(line, row, found)

    def _new(self, line: int, row: dict[str, str], key: Key | None) -> Planned | None:
        instance = self.resource.start(row, key)
        lists, wrong = self._take(instance, row)
        # A key that the register gives is not the file's to tell.
        texts = self._texts(instance, lists) | {name: row[name] for name in self._keys() if name in row}
        if faults := self.resource.faults(instance, wrong, new=True):
            self._tell(line, row, faults)
            return None
        self._warn(line, row, lists)
        cells = [texts.get(name, "") for name in self.plan.columns]
        planned = PlannedRow(line, Outcome.NEW, self._key(texts, row), cells)
        return Planned(planned, instance, True, lists, {}, {})

    def _known(self, line: int, row: dict[str, str], instance: Model) -> Planned | None:
        texts, values, lists_before = self._state(instance)
        lists, wrong = self._take(instance, row)
        after = self._texts(instance, lists)
        changes = [(name, texts[name], cell) for name, cell in after.items() if texts[name] != cell]
        if not changes and not wrong:
            self.plan.lines.append(PlannedRow(line, Outcome.UNCHANGED, self._key(after, row), []))
            return None
        if faults := self.resource.faults(instance, wrong, new=False):
            self._tell(line, row, faults)
            return None
        before = {name: old for name, old in values.items() if old != getattr(instance, name)}
        if hasattr(instance, "version"):
            instance.version += 1  # so that a form that is open elsewhere meets a conflict
        planned = PlannedRow(line, Outcome.CHANGED, self._key(after, row), changes)
        kept = {name: lists_before[name] for name in lists}
        return Planned(planned, instance, False, lists, before, kept)

    def _take(self, instance: Model, row: dict[str, str]) -> tuple[Lists, dict[str, list[str]]]:
        """Puts the row's values into the instance. Returns its lists, and what cannot be taken."""
        lists, wrong = self.resource.take(instance, row)
        self.resource.settle(instance, lists)
        return lists, wrong

    def _keys(self) -> list[str]:
        return [self.resource.fields[name].column_name for name in self.resource.get_import_id_fields()]

    def _state(self, instance: Model) -> tuple[dict[str, str], dict[str, Any], dict[str, list[Any]]]:
        """Cells, values and lists before they change."""
        values = {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}
        lists = {
            str(column.attribute): [item.pk for item in getattr(instance, str(column.attribute)).all()]
            for column in self.fields
            if isinstance(column.widget, ManyToManyWidget)
        }
        return self._texts(instance, {}), values, lists

    def _texts(self, instance: Model, lists: Lists) -> dict[str, str]:
        found = {}
        for column in self.fields:
            name = str(column.attribute)
            if name in lists:
                said = column.widget.said(lists[name])
            elif isinstance(column.widget, ManyToManyWidget) and instance.pk is None:
                said = ""
            else:
                said = column.export(instance)
            found[column.column_name] = "" if said is None else str(said)
        return found

    def _key(self, texts: Mapping[str, str], row: Mapping[str, str]) -> str:
        cells = (texts.get(key, row.get(key, "")) for key in self._keys())
        return " · ".join(filter(None, cells))

    def _warn(self, line: int, row: Mapping[str, str], lists: Lists) -> None:
        for column, message in self.resource.odd(row, lists).items():
            named, value = self.named.get(column, column), row.get(column, "")
            self.plan.warnings.append(CellFault(line, named, value[:200], message))

    def _tell(self, line: int, row: Mapping[str, str], faults: Mapping[str, Sequence[str]]) -> None:
        columns = {str(column.attribute): column.column_name for column in self.fields}
        for name, messages in faults.items():
            column = columns.get(name, name)
            value = "" if column in self.resource.comes_only else row.get(column, "")
            self.say(line, column, value, " ".join(messages))

    def say(self, line: int, column: str, value: str, message: str) -> None:
        self.plan.errors.append(CellFault(line, self.named.get(column, column), value[:200], message))


# --- lists ---
AT_ONCE: Final = 1_000  # rows in memory at one time; keys in one query
SMALL: Final = 200_000  # bytes
FEW: Final = 1_000  # rows


def list_importer(resource: type[RegisterResource]) -> Importer:
    meta, name = resource._meta.model._meta, resource.name
    return Importer(
        name=name,
        title=meta.verbose_name_plural or "",
        kind=meta.label_lower,
        page=f"admin:{meta.app_label}_{meta.model_name}_import",
        require=lambda by: resource(access=by).require_import(),
        template=lambda: resource().template(),
        template_name=f"{name}-template",
        known=lambda cells: resource().known(cells),
        begin=lambda sheet, by: ListBringing(resource(access=by), sheet),
        words=lambda data: AsWritten(data["header"]),
        lock=lambda by: None,
        plans_by_writing=True,
        small=SMALL,
        few=FEW,
        warns=resource.odd is not RegisterResource.odd or resource.left is not RegisterResource.left,
        models={name: meta.model},
        obstacles=lambda trace: {*_touched(trace, name), *_referred(trace)},
        take_back=lambda trace, between: _take_back(trace, resource(access=trace.by), between),
        new=gettext_lazy("New rows"),
        new_rows=gettext_lazy("Rows that are new"),
        key=gettext_lazy("Key"),
        goes={name: gettext_lazy("Rows that go")},
    )


@dataclass(frozen=True)
class AsWritten:
    """Its plan is in words already."""

    columns: Sequence[str]

    def problem(self, kept: Sequence[Any]) -> tuple[str, str, str]:
        _row, column, value, message = kept
        return column, value, message

    def reading(self, kept: Sequence[Any]) -> tuple[str, str, str]:
        column, text, value = kept
        return column, text, str(value)

    def explained(self, kept: Sequence[Any]) -> str:
        return ""

    def new(self, told: Sequence[Any]) -> Sequence[str]:
        return told

    def change(self, column: str, old: object, new: object) -> tuple[str, str, str]:
        return column, str(old), str(new)


class ListBringing:
    def __init__(self, resource: RegisterResource, sheet: ReadSheet) -> None:
        self.resource, self.sheet, self.words = resource, sheet, AsWritten(sheet.header)
        self.journal = Journal({resource.name: resource.model}, resource.by)

    def plan(self, between: Between) -> ListPlan:
        """Writes the rows in passing."""
        planner, done = Planner(self.resource, self.sheet.header), 0
        for rows in chunks(self.sheet.rows, AT_ONCE):
            between(done)
            self._bring(planner, list(planner.chunk(rows)))
            done += len(rows)
        if not done:
            raise refuse("no_rows")
        planner.plan.in_order()
        return planner.plan

    def write(self, between: Between) -> dict[str, Any]:
        name, journal = self.resource.name, self.journal
        keys = [*journal.made[name], *journal.changed[name]]
        return journal.as_json(fingerprints(self.resource.model, keys))

    def _bring(self, planner: Planner, planned: list[Planned]) -> None:
        if not planned or self._stored(planned):
            planner.plan.lines += [one.line for one in planned]
            return
        for one in planned:
            if self._stored([one]):
                planner.plan.lines.append(one.line)
            else:
                broken = _("The register has such a row already, or the row breaks a rule of it.")
                planner.say(one.line.row, "", "", broken)

    def _stored(self, planned: Sequence[Planned]) -> bool:
        """False when the database refuses one of the rows: none of them is written then."""
        try:
            with transaction.atomic():
                self._write(planned)
        except IntegrityError:
            for one in planned:
                if one.new and one.given_key:
                    one.instance.pk = None
                one.instance._state.adding = one.new
            return False
        self.journal.note_made(one.instance for one in planned if one.new)
        for one in planned:
            if not one.new:
                self.journal.note_changed(one.instance, one.before, one.lists_before)
        return True

    def _write(self, planned: Sequence[Planned]) -> None:
        """Raises IntegrityError."""
        new = [row for row in planned if row.new]
        changed = [row for row in planned if not row.new]
        if new:
            self.resource.insert([row.instance for row in new], [row.lists for row in new])
        if changed:
            self._update(changed)

    def _update(self, changed: Sequence[Planned]) -> None:
        fields = {field.attname: field.name for field in self.resource.model._meta.concrete_fields}
        names = {fields[name] for row in changed for name in row.before} | ({"version"} & fields.keys())
        self.resource.update([row.instance for row in changed], names, [row.lists for row in changed])


# --- undone while every row is as the import left it ---------------------------------------------
def fingerprints(model: type[Model], keys: Sequence[Any]) -> dict[str, str]:
    """Of every value and list of each row that there is, by its key as text: equal while nobody has touched
    it."""
    found: dict[str, Any] = {}
    for some in chunks(keys, AT_ONCE):
        rows = model._base_manager.filter(pk__in=some)
        for values in rows.values_list("pk", *(field.attname for field in model._meta.concrete_fields)):
            found[str(values[0])] = hashlib.sha256(repr(values).encode())
        for field in model._meta.local_many_to_many:
            through: Any = field.remote_field.through
            pairs = through._base_manager.filter(**{f"{field.m2m_field_name()}__in": some}).values_list(
                field.m2m_column_name(),
                field.m2m_reverse_name(),
            )
            for key, item in sorted(pairs):
                found[str(key)].update(f"{field.name}:{item}".encode())
    return {key: digest.hexdigest()[:24] for key, digest in found.items()}


def _touched(trace: Trace, name: str) -> Iterator[Obstacle]:
    model = trace.models[name]
    now = fingerprints(model, [model._meta.pk.to_python(key) for key in trace.left])
    touched = [key for key in trace.left if key in now and now[key] != trace.left[key]]
    yield from (Obstacle(key, _("It is not there any more.")) for key in trace.left if key not in now)
    for row in stored(model, touched):
        yield Obstacle(str(row), _("Somebody has changed it since."))


def _referred(trace: Trace) -> Iterator[Obstacle]:
    for model, keys, what in attached(trace, past=True):
        for row in stored(model, keys):
            yield Obstacle(str(row), _("It has got a later entry: {what}.").format(what=what))


def _take_back(trace: Trace, resource: RegisterResource, between: Between) -> None:
    done, name, model = 0, resource.name, resource.model
    for some in chunks(trace.made(name), AT_ONCE):
        between(done)
        resource.remove(list(stored(model, some)))
        done += len(some)
    changed = trace.changed(name)
    for some in chunks(changed, AT_ONCE):
        between(done)
        rows = list(stored(model, some))
        names = trace.before(name, rows)
        if any(field.name == "version" for field in model._meta.concrete_fields):
            names.add("version")
            for row in rows:
                row.version += 1
        resource.update(rows, names, [_lists(model, changed[row.pk]["lists"]) for row in rows])
        done += len(some)


def _lists(model: type[Model], kept: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    found = {}
    for name, keys in kept.items():
        field: Any = model._meta.get_field(name)
        found[name] = list(field.related_model._base_manager.filter(pk__in=keys))
    return found


def importer_names() -> list[str]:
    return [*IMPORTERS, *sorted(RESOURCES)]


def importer_of(name: str) -> Importer:
    """Raises KeyError."""
    return IMPORTERS.get(name) or list_importer(RESOURCES[name])
