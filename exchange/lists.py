"""The importer of a list: a file is planned and written in one pass and one transaction; what is not wanted
is rolled back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.bulk import chunks
from exchange.importer import Between, Importer
from exchange.journal import Journal, Obstacle, Trace, attached, stored
from exchange.list_plan import ListPlan, Planned, Planner
from exchange.reading import ReadSheet
from exchange.refusals import refuse
from exchange.resource import RegisterResource

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
        new, old = [one for one in planned if one.new], [one for one in planned if not one.new]
        if new:
            self.resource.insert([one.instance for one in new], [one.lists for one in new])
        if old:
            fields = {field.attname: field.name for field in old[0].instance._meta.concrete_fields}
            names = {fields[name] for one in old for name in one.before} | ({"version"} & fields.keys())
            self.resource.update([one.instance for one in old], names, [one.lists for one in old])


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
