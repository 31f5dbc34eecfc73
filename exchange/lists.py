"""The importer of a list: a file is planned and written in one pass and one transaction, which is rolled back
where nothing is to be kept.

What each row would do: known again or new, its old values beside the new ones, what is wrong. Written in
batches, and undone while every row is as the import left it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _, gettext_lazy
from import_export.fields import Field
from import_export.widgets import ManyToManyWidget

from exchange.bulk import chunks, entries
from exchange.downloads import require_permission
from exchange.importer import IMPORTERS, Between, Importer, Outcome, Plan, PlannedRow, PlanWords
from exchange.journal import Journal, Obstacle, Trace, attached, keys_in, stored
from exchange.limits import refuse_if
from exchange.reader import ReadSheet
from exchange.resources import RESOURCES, Key, Lists, RegisterResource
from exchange.xlsx_writer import restore

BATCH_SIZE: Final = 1_000  # rows in memory at one time; keys in one query
SMALL: Final = 200_000  # bytes
FEW: Final = 1_000  # rows


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with one cell, or with the row where `column` is empty."""

    row: int
    column: str
    value: str
    message: str


@dataclass(slots=True)
class Planned:
    """A row to write. `before`: the values that change, as stored; `lists_before` the same of lists."""

    line: PlannedRow
    instance: Any
    lists: Lists
    new: bool = True
    before: dict[str, Any] = field(default_factory=dict)
    lists_before: dict[str, list[Any]] = field(default_factory=dict)

    def take_back(self) -> None:
        """The database refused the row: it is as before it was written."""
        if self.new and getattr(self.instance._meta.pk, "db_returning", False):  # the database gives the key
            self.instance.pk = None
        self.instance._state.adding = self.new


class Planner:
    """Reads the rows of one file, some at a time, into `plan`. Columns are called as fields."""

    def __init__(self, resource: RegisterResource, header: Sequence[str]) -> None:
        self.resource, self.keys = resource, resource.get_import_id_fields()
        self.columns = resource.columns(header)
        labels = {name: resource.label(field) for name, field in resource.fields.items()}
        self.named = labels | dict(zip(self.columns, header, strict=True))
        self.plan = Plan(fields=sorted({*self.columns} - {*self.keys}))
        self.seen: dict[Key, int] = {}

    def chunk(self, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Planned]:
        """The rows that are to be written."""
        read = [(line, cells, self._row(cells)) for line, cells in rows]
        keys = [self.resource.key_of(row) for _line, _cells, row in read]
        stored = self.resource.stored([one for one in keys if one])
        for (line, cells, row), key in zip(read, keys, strict=True):
            found = stored.get(key)
            if wrong := self._row_fault(line, cells, key):
                self.say(line, "", "", wrong)
            elif found is not None:
                yield from self._known(line, row, found)
            elif left := self.resource.left(key):
                label, message = left
                self.plan.lines.append(PlannedRow(line, Outcome.UNCHANGED, label))
                self.plan.warnings.append(CellFault(line, "", "", message))
            else:
                yield from self._new(line, row)

    def _row(self, cells: Sequence[str]) -> dict[str, str]:
        """The cells by column, without blanks around them, as a form takes them."""
        row = dict(zip(self.columns, (restore(cell.strip()) for cell in cells), strict=False))
        return self.resource.completed(row)

    def _row_fault(self, line: int, cells: Sequence[str], key: Key) -> str:
        """Return why a row as a whole is not read: it is ragged, or an earlier one has its key."""
        if len(cells) != len(self.columns):
            ragged = _("The row has {n} cells, the header has {width}. Add or remove separators.")
            return ragged.format(n=len(cells), width=len(self.columns))
        if key and self.seen.setdefault(key, line) != line:
            return _("Row %(row)d has the same key.") % {"row": self.seen[key]}
        return ""

    def _new(self, line: int, row: dict[str, str]) -> Iterator[Planned]:
        instance = self.resource.start(row)
        lists, wrong = self._take(instance, row)
        # A key that the register gives is not the file's to tell.
        texts = self._texts(instance, lists) | {name: row[name] for name in self.keys if name in row}
        faults = self.resource.faults(instance, wrong, new=True)
        self._report(line, row, faults)
        if not faults:
            for column, message in self.resource.odd(row, lists).items():
                self.plan.warnings.append(self._fault(line, column, row.get(column, ""), message))
            cells = [texts.get(name, "") for name in self.columns]
            yield Planned(PlannedRow(line, Outcome.NEW, self._key(texts, row), cells), instance, lists)

    def _known(self, line: int, row: dict[str, str], instance: Model) -> Iterator[Planned]:
        texts = self._texts(instance, {})
        values = _values(instance)
        lists, wrong = self._take(instance, row)
        after = self._texts(instance, lists)
        changes = [(name, texts[name], cell) for name, cell in after.items() if texts[name] != cell]
        if not changes and not wrong:
            self.plan.lines.append(PlannedRow(line, Outcome.UNCHANGED, self._key(after, row)))
            return
        faults = self.resource.faults(instance, wrong, new=False)
        self._report(line, row, faults)
        if not faults:
            before = {name: old for name, old in values.items() if old != getattr(instance, name)}
            lists_before = {name: keys_in(instance, name) for name in lists}
            if hasattr(instance, "version"):
                instance.version += 1  # so that a form that is open elsewhere meets a conflict
            planned = PlannedRow(line, Outcome.CHANGED, self._key(after, row), changes)
            yield Planned(planned, instance, lists, False, before, lists_before)

    def _take(self, instance: Model, row: dict[str, str]) -> tuple[Lists, dict[str, list[str]]]:
        """Put the row's values into the instance. Return its lists, and what cannot be taken."""
        lists, wrong = self.resource.take(instance, row)
        self.resource.settle(instance, lists)
        return lists, wrong

    def _texts(self, instance: Model, lists: Lists) -> dict[str, str]:
        return {name: self._cell(self.resource.fields[name], instance, lists) for name in self.columns}

    def _cell(self, column: Field, instance: Model, lists: Lists) -> str:
        if column.attribute in lists:
            return str(column.widget.joined(lists[column.attribute]))
        if isinstance(column.widget, ManyToManyWidget) and instance.pk is None:
            return ""
        return str(column.export(instance))

    def _key(self, texts: dict[str, str], row: dict[str, str]) -> str:
        cells = row | texts
        return " · ".join(cells[key] for key in self.keys if cells.get(key))

    def _report(self, line: int, row: Mapping[str, str], faults: Mapping[str, Sequence[str]]) -> None:
        for column, messages in faults.items():
            value = "" if column in self.resource.comes_only else row.get(column, "")
            self.say(line, column, value, " ".join(messages))

    def say(self, line: int, column: str, value: str, message: str) -> None:
        self.plan.errors.append(self._fault(line, column, value, message))

    def _fault(self, line: int, column: str, value: str, message: str) -> CellFault:
        return CellFault(line, self.named.get(column, column), value[:200], message)


def _values(row: Model) -> dict[str, Any]:
    return {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}


def list_importer(resource: type[RegisterResource]) -> Importer:
    meta, name = resource._meta.model._meta, resource.name
    return Importer(
        name=name,
        title=meta.verbose_name_plural or "",
        kind=meta.label_lower,
        page=f"admin:{meta.app_label}_{meta.model_name}_import",
        require=partial(require_permission, "import", meta.label_lower),
        template=lambda: resource().template(),
        template_name=f"{name}-template",
        known=lambda cells: resource().known(cells),
        begin=lambda sheet, by: ListBringing(resource(access=by), sheet),
        words=lambda data: RowWords(resource(), data["header"]),
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
        goes={name: gettext_lazy("Rows that are removed")},
    )


class RowWords(PlanWords):
    def __init__(self, resource: RegisterResource, header: Sequence[str]) -> None:
        super().__init__(header)
        self.resource = resource

    def new(self, told: Sequence[Any]) -> Sequence[str]:
        columns = (self.resource.fields[column] for column in self.resource.columns(self.columns))
        return [self.resource.label_of(field)(cell) for field, cell in zip(columns, told, strict=True)]

    def change(self, column: str, old: object, new: object) -> tuple[str, str, str]:
        field = self.resource.fields[column]
        say = self.resource.label_of(field)
        return self.resource.label(field), str(say(old)), str(say(new))


class ListBringing:
    def __init__(self, resource: RegisterResource, sheet: ReadSheet) -> None:
        self.resource, self.sheet, self.words = resource, sheet, RowWords(resource, sheet.header)
        self.journal = Journal({resource.name: resource.model}, resource.by)

    def plan(self, between: Between) -> Plan:
        """Writes the rows in passing."""
        planner, done = Planner(self.resource, self.sheet.header), 0
        for rows in chunks(self.sheet.rows, BATCH_SIZE):
            between(done)
            self._bring(planner, list(planner.chunk(rows)))
            done += len(rows)
        refuse_if(not done, "no_rows")
        planner.plan.in_order()
        return planner.plan

    def write(self, between: Between) -> dict[str, Any]:
        name, journal = self.resource.name, self.journal
        keys = [*journal.made[name], *journal.changed[name]]
        return journal.as_json(fingerprints(self.resource.model, keys))

    def _bring(self, planner: Planner, planned: list[Planned]) -> None:
        if not planned or self._stored(planned):
            planner.plan.lines += (one.line for one in planned)
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
                one.take_back()
            return False
        return True

    def _write(self, planned: Sequence[Planned]) -> None:
        """Raises IntegrityError."""
        new = [one for one in planned if one.new]
        changed = [one for one in planned if not one.new]
        made = [one.instance for one in new]
        self.resource.insert(made, [one.lists for one in new])
        fields = {field.attname: field.name for field in self.resource.model._meta.concrete_fields}
        names = {fields[name] for row in changed for name in row.before} | ({"version"} & fields.keys())
        rows, lists = (one.instance for one in changed), (one.lists for one in changed)
        self.resource.update(list(rows), names, list(lists))
        self.journal.note_made(made)
        for row in changed:
            self.journal.note_changed(row.instance, row.before, row.lists_before)


def fingerprints(model: type[Model], keys: Sequence[Any]) -> dict[str, str]:
    """Return a digest of each row that there is, by its key as text: equal while nobody has touched it."""
    found: dict[str, Any] = {}
    for some in chunks(keys, BATCH_SIZE):
        rows = model._base_manager.filter(pk__in=some)
        for values in rows.values_list(
            "pk", *(concrete_field.attname for concrete_field in model._meta.concrete_fields)
        ):
            found[str(values[0])] = hashlib.sha256(repr(values).encode())
        for lists in model._meta.local_many_to_many:
            names = lists.m2m_column_name(), lists.m2m_reverse_name()
            for key, item in sorted(entries(lists, some).values_list(*names)):
                found[str(key)].update(f"{lists.name}:{item}".encode())
    return {key: digest.hexdigest()[:24] for key, digest in found.items()}


def _touched(trace: Trace, name: str) -> Iterator[Obstacle]:
    model = trace.models[name]
    now = fingerprints(model, [model._meta.pk.to_python(one) for one in trace.left])
    yield from (Obstacle(key, _("It is not there any more.")) for key in trace.left.keys() - now.keys())
    for row in stored(model, dict(now.items() - trace.left.items())):
        yield Obstacle(str(row), _("Somebody has changed it since."))


def _referred(trace: Trace) -> Iterator[Obstacle]:
    for model, keys, what in attached(trace, past=True):
        for row in stored(model, keys):
            yield Obstacle(str(row), _("It has got a later entry: {what}.").format(what=what))


def _take_back(trace: Trace, resource: RegisterResource, between: Between) -> None:
    done, name, model = 0, resource.name, resource.model
    for some in chunks(trace.made(name), BATCH_SIZE):
        between(done)
        resource.remove(list(stored(model, some)))
        done += len(some)
    changed = trace.changed(name)
    for some in chunks(changed, BATCH_SIZE):
        between(done)
        rows = list(stored(model, some))
        names = trace.before(name, rows)
        if hasattr(model, "version"):
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
