"""An import is taken back as a whole, while nothing later has touched its rows; else it says which rows and
why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Model
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from accounts.access import Access
from accounts.roles import May
from audit.writer import record
from cases.actions.saving import create_all, delete_all, update_all
from cases.actions.settling import settle
from cases.importing.applying import Between
from cases.importing.journal import MODELS
from cases.importing.stored import chunks
from cases.models import Case, Identification, ImportRun, Person
from sealing.sealed import unseal_json

AT_ONCE: Final = 2_000


@dataclass(frozen=True, order=True)
class Obstacle:
    """`number`: of the person or case; `reason` one sentence."""

    number: str
    reason: str


class CannotUndo(Exception):
    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__("rows of the import have been touched since")
        self.obstacles = obstacles


class Undoing:
    """What undoing a run would do, and what stands in its way. Changes nothing."""

    def __init__(self, run: ImportRun, by: Access) -> None:
        self.run, self.by = run, by

    @cached_property
    def journal(self) -> dict[str, Any]:
        journal: dict[str, Any] = unseal_json(self.run.journal)
        return journal

    def made(self, name: str) -> list[int]:
        return list(self.journal["made"].get(name, ()))

    def changed(self, name: str) -> dict[int, dict[str, Any]]:
        return {int(pk): values for pk, values in self.journal["changed"].get(name, {}).items()}

    @property
    def counts(self) -> dict[str, int]:
        """Rows that would go, by model, and rows that would get their old values back."""
        restored = sum(len(self.changed(name)) + len(self.journal["gone"].get(name, ())) for name in MODELS)
        return {name: len(self.made(name)) for name in MODELS} | {"restored": restored}

    @cached_property
    def obstacles(self) -> list[Obstacle]:
        return sorted({*self._elsewhere(), *self._touched(), *self._attached()})

    def _elsewhere(self) -> Iterator[Obstacle]:
        persons = {*self.made("person"), *self.changed("person"), *persons_of(self)}
        for chunk in chunks(persons):
            own = set(Person.objects.in_own_region(self.by).filter(pk__in=chunk).values_list("pk", flat=True))
            for number in _numbers(Person, set(chunk) - own):
                yield Obstacle(number, _("The person belongs to another region now."))

    def _touched(self) -> Iterator[Obstacle]:
        for name, model in MODELS.items():
            history = get_history_manager_for_model(model)
            for chunk in chunks([*self.made(name), *self.changed(name)]):
                later = history.filter(id__in=chunk, history_id__gt=self.journal["marks"][name])
                owner = "id" if model in (Case, Person) else "person_id"
                touched = set(later.values_list(owner, flat=True))
                for number in _numbers(Case if model is Case else Person, touched):
                    yield Obstacle(number, _("Somebody has changed it since."))

    def _attached(self) -> Iterator[Obstacle]:
        """Rows that came later and refer to what would go."""
        own = {model: set(self.made(name)) for name, model in MODELS.items()}
        for name, model in MODELS.items():
            for relation in model._meta.related_objects:
                if hasattr(relation.related_model, "history_id") or relation.many_to_many:
                    continue
                for chunk in chunks(self.made(name)):
                    yield from _referring(relation, chunk, own)


def _referring(relation: Any, keys: list[int], own: dict[type[Model], set[int]]) -> Iterator[Obstacle]:
    rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": keys})
    mine = own.get(relation.related_model, set())
    found = {owner for pk, owner in rows.values_list("pk", relation.field.attname) if pk not in mine}
    what = str(relation.related_model._meta.verbose_name)
    for number in _numbers(relation.model, found):
        yield Obstacle(number, _("It has got a later entry: {what}.").format(what=what))


def _numbers(model: type[Model], keys: Iterable[int]) -> Iterator[str]:
    field = "number" if model in (Case, Person) else "person__number"
    for chunk in chunks(keys):
        yield from model._base_manager.filter(pk__in=chunk).values_list(field, flat=True)


def persons_of(undoing: Undoing) -> set[int]:
    """Persons of ours whose identifications the import added to or changed."""
    seen = [*undoing.made("identification"), *undoing.changed("identification")]
    made = set(undoing.made("person"))
    return {
        person
        for chunk in chunks(seen)
        for person in Identification.objects.filter(pk__in=chunk).values_list("person", flat=True)
        if person not in made
    }


@transaction.atomic
def undo(run: ImportRun, *, by: Access, between: Between = lambda: None) -> ImportRun:
    """Take an import back. Raises CannotUndo; does nothing when it has been undone already. `between` is
    called between batches and may raise to stop."""
    by.require(May.IMPORT_PERSONS)
    run = ImportRun.objects.visible_to(by).select_for_update().get(pk=run.pk)
    if run.undone_at:
        return run
    undoing = Undoing(run, by)
    if undoing.obstacles:
        raise CannotUndo(undoing.obstacles)
    persons = persons_of(undoing)
    for name in reversed(MODELS):
        for chunk in chunks(undoing.made(name), AT_ONCE):
            between()
            delete_all(_rows(MODELS[name], chunk), by=by)
    for name in MODELS:
        _restore(undoing, name)
    for ids in chunks(persons, AT_ONCE):
        between()
        settle(Person.objects.in_own_region(by).filter(pk__in=ids), by=by)
    run.undone_at, run.undone_by = by.at, by.user
    run.save(update_fields=["undone_at", "undone_by"])
    record(by, "import.undo", run, rows=sum(undoing.counts.values()), digest=run.digest)
    return run


def batches_of(run: ImportRun) -> int:
    """About how many times `between` is called."""
    made: dict[str, list[int]] = unseal_json(run.journal)["made"]
    return sum(-(-len(keys) // AT_ONCE) for keys in made.values())


def _restore(undoing: Undoing, name: str) -> None:
    """Old values first, so that a main purpose steps down before the old one comes back."""
    model, old = MODELS[name], undoing.changed(name)
    for chunk in chunks(sorted(old), AT_ONCE):
        rows = _rows(model, chunk)
        for row in rows:
            for attribute, value in old[row.pk].items():
                setattr(row, attribute, _field(model, attribute).to_python(value))
            if isinstance(row, Person):
                row.version += 1
        fields = {_field(model, attribute).name for row in rows for attribute in old[row.pk]}
        rows.sort(key=lambda row: bool(getattr(row, "is_main", False)))
        update_all(rows, [*fields, *(["version"] if model is Person else [])], by=undoing.by)
    gone = undoing.journal["gone"].get(name, [])
    rows = [model(**{a: _field(model, a).to_python(v) for a, v in row["values"].items()}) for row in gone]
    create_all(rows, by=undoing.by)
    for row, kept in zip(rows, gone, strict=True):
        for field, keys in kept["lists"].items():
            if keys:
                getattr(row, field).set(keys)


def _field(model: type[Model], attribute: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == attribute)


def _rows(model: Any, ids: Iterable[int]) -> list[Any]:
    return list(model.objects.filter(pk__in=list(ids)).order_by("pk"))
