"""What each row of a list's file would do: known again or new, its old values beside the new ones, what is
wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from import_export.widgets import ManyToManyWidget

from exchange.defuse import restore
from exchange.plan import Outcome, Plan, PlannedRow
from exchange.resource import Key, Lists, RegisterResource


@dataclass(frozen=True, slots=True)
class Said:
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
            if len(cells) != len(self.plan.columns):
                ragged = _("The row has {n} cells, the header has {width}. Add or remove separators.")
                self.say(line, "", "", ragged.format(n=len(cells), width=len(self.plan.columns)))
            elif key is not None and self.seen.setdefault(key, line) != line:
                self.say(line, "", "", _("Row %(row)d has the same key.") % {"row": self.seen[key]})
            elif (
                not self._left(line, key, stored)
                and (planned := self._one(line, row, key, stored)) is not None
            ):
                yield planned

    def _left(self, line: int, key: Key | None, stored: Mapping[Key, Any]) -> bool:
        """Whether the row is about one that was one's own and no longer is: nothing of it is taken in."""
        left = None if key is None or key in stored else self.resource.left(key)
        if left is not None:
            label, message = left
            self.plan.lines.append(PlannedRow(line, Outcome.UNCHANGED, label, []))
            self.plan.warnings.append(Said(line, "", "", message))
        return left is not None

    def _one(
        self, line: int, row: dict[str, str], key: Key | None, stored: Mapping[Key, Any]
    ) -> Planned | None:
        found = stored.get(key) if key is not None else None
        instance = self.resource.start(row, key) if found is None else found
        texts, values, lists_before = ({}, {}, {}) if found is None else self._state(found)
        lists, wrong = self.resource.take(instance, row)
        self.resource.settle(instance, lists)
        after = self._texts(instance, lists)
        if found is None:  # a key that the register gives is not the file's to tell
            keys = (self.resource.fields[name].column_name for name in self.resource.get_import_id_fields())
            after |= {key: row[key] for key in keys if key in row}
        changes = [(name, texts[name], after[name]) for name in after if texts and texts[name] != after[name]]
        if found is not None and not changes and not wrong:
            self.plan.lines.append(PlannedRow(line, Outcome.UNCHANGED, self._key(after, row), []))
            return None
        if faults := self.resource.faults(instance, wrong, new=found is None):
            self._tell(line, row, faults)
            return None
        if found is None:
            self._warn(line, row, lists)
        told = [after.get(name, "") for name in self.plan.columns] if found is None else changes
        outcome = Outcome.NEW if found is None else Outcome.CHANGED
        planned = PlannedRow(line, outcome, self._key(after, row), told)
        before = {name: old for name, old in values.items() if old != getattr(instance, name)}
        if found is not None and hasattr(found, "version"):
            found.version += 1  # so that a form that is open elsewhere meets a conflict
        kept = {name: lists_before[name] for name in lists if found is not None}
        return Planned(planned, instance, found is None, lists, before, kept)

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
        keys = (self.resource.fields[name].column_name for name in self.resource.get_import_id_fields())
        return " · ".join(filter(None, (texts.get(key, row.get(key, "")) for key in keys)))

    def _warn(self, line: int, row: Mapping[str, str], lists: Lists) -> None:
        for column, message in self.resource.odd(row, lists).items():
            named, value = self.named.get(column, column), row.get(column, "")
            self.plan.warnings.append(Said(line, named, value[:200], message))

    def _tell(self, line: int, row: Mapping[str, str], faults: Mapping[str, Sequence[str]]) -> None:
        columns = {str(column.attribute): column.column_name for column in self.fields}
        for name, messages in faults.items():
            column = columns.get(name, name)
            value = "" if column in self.resource.comes_only else row.get(column, "")
            self.say(line, column, value, " ".join(messages))

    def say(self, line: int, column: str, value: str, message: str) -> None:
        self.plan.errors.append(Said(line, self.named.get(column, column), value[:200], message))
