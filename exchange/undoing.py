"""An import of a list is taken back as a whole while nothing later has touched its rows; else it says what
has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from audit.writer import Target, record
from exchange.importing import Between
from exchange.journal import chunks, fingerprints
from exchange.models import ListRun
from exchange.resource import RegisterResource
from sealing.sealed import unseal_json


@dataclass(frozen=True, order=True)
class Obstacle:
    """`label`: of the row; `reason` one sentence."""

    label: str
    reason: str


class CannotUndo(Exception):
    """Rows of the import have been touched since."""


class Undoing:
    """What undoing a run would do, and what stands in its way. Changes nothing."""

    def __init__(self, run: ListRun, resource: RegisterResource) -> None:
        self.run, self.resource, self.model = run, resource, resource.model

    @cached_property
    def journal(self) -> dict[str, Any]:
        journal: dict[str, Any] = unseal_json(self.run.journal)
        return journal

    @property
    def made(self) -> list[Any]:
        return list(self.journal["made"])

    @cached_property
    def changed(self) -> dict[str, dict[str, Any]]:
        return {str(entry["key"]): entry for entry in self.journal["changed"]}

    @property
    def counts(self) -> dict[str, int]:
        return {"made": len(self.journal["made"]), "restored": len(self.journal["changed"])}

    @cached_property
    def obstacles(self) -> list[Obstacle]:
        return sorted({*self._touched(), *self._attached()})

    def _touched(self) -> Iterator[Obstacle]:
        left = self.journal["left"]
        now = fingerprints(self.model, [self.model._meta.pk.to_python(key) for key in left])
        touched = [key for key in left if key in now and now[key] != left[key]]
        gone = [key for key in left if key not in now]
        yield from (Obstacle(key, _("It is not there any more.")) for key in gone)
        for row in _rows(self.model, touched):
            yield Obstacle(str(row), _("Somebody has changed it since."))

    def _attached(self) -> Iterator[Obstacle]:
        """Rows that came later and refer to what would go, past versions of them too."""
        for relation in _relations(self.model):
            what = str(relation.related_model._meta.verbose_name)
            for some in chunks(self.made):
                rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": some})
                for row in _rows(self.model, list(set(rows.values_list(relation.field.attname, flat=True)))):
                    yield Obstacle(str(row), _("It has got a later entry: {what}.").format(what=what))


def _relations(model: type[Model]) -> Iterator[Any]:
    """From other models to this one, but from its own lists and their past versions."""
    own = {field.m2m_field_name() for field in model._meta.local_many_to_many}
    fields: Any = model._meta.get_fields(include_hidden=True)
    for relation in fields:
        to_one = relation.auto_created and not relation.concrete and not relation.many_to_many
        if to_one and not (relation.field.name in own and relation.hidden):
            yield relation


def _rows(model: type[Model], keys: Sequence[Any]) -> Iterator[Any]:
    for some in chunks(keys):
        yield from model._base_manager.filter(pk__in=some).order_by("pk")


@transaction.atomic
def undo(run: ListRun, resource: RegisterResource, *, between: Between = lambda rows: None) -> ListRun:
    """Take an import back. Raises CannotUndo; does nothing when it has been undone already."""
    resource.require_import()
    run = ListRun.objects.visible_to(resource.by).select_for_update().get(pk=run.pk)
    if run.undone_at:
        return run
    undoing = Undoing(run, resource)
    if undoing.obstacles:
        raise CannotUndo
    done = 0
    for some in chunks(undoing.made):
        between(done)
        resource.remove(list(_rows(undoing.model, some)))
        done += len(some)
    for some in chunks(list(undoing.changed)):
        between(done)
        _restore(undoing, some)
        done += len(some)
    run.undone_at, run.undone_by = resource.by.at, resource.by.user
    run.save(update_fields=["undone_at", "undone_by"])
    on = Target(resource.model._meta.label_lower, str(run.code), resource.get_display_name())
    record(resource.by, "import.undo", on, rows=sum(undoing.counts.values()), digest=run.digest)
    return run


def _restore(undoing: Undoing, keys: Sequence[str]) -> None:
    model, changed = undoing.model, undoing.changed
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rows, names = list(_rows(model, keys)), {"version"} & fields.keys()
    for row in rows:
        for attribute, old in changed[str(row.pk)]["values"].items():
            setattr(row, attribute, fields[attribute].to_python(old))
            names.add(fields[attribute].name)
        if "version" in fields:
            row.version += 1
    undoing.resource.update(rows, names, [_lists(model, changed[str(row.pk)]["lists"]) for row in rows])


def _lists(model: type[Model], kept: dict[str, list[Any]]) -> dict[str, list[Any]]:
    found = {}
    for name, keys in kept.items():
        field: Any = model._meta.get_field(name)
        found[name] = list(field.related_model._base_manager.filter(pk__in=keys))
    return found
