"""The importer of persons, and its pages below those of cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import repeat
from typing import Any, Final

from django.db.models import Max, Model, Q
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from simple_history.utils import get_history_manager_for_model

from accounts.access import Access, AuthenticatedRequest
from accounts.roles import May
from agencies.models import Code
from cases.actions.cases import lock_cases, settle_region
from cases.actions.duplicates import settle
from cases.actions.years import untell_late
from cases.choices import Decision
from cases.importing.codes import Lookups, heading, workbook
from cases.importing.columns import COLUMNS, known, seems
from cases.importing.plan import PersonPlan, PersonWords
from cases.importing.planner import plan
from cases.importing.stored import CHUNK, rows_with
from cases.importing.writer import Writer, one_at_a_time
from cases.models import Case, DuplicateReview, Exploitation, Identification, Measure, Person
from exchange import bulk
from exchange.bulk import chunks
from exchange.importer import Between, Importer, MadeRow
from exchange.journal import Journal, Obstacle, Trace, attached, stored
from exchange.reader import ReadSheet
from exchange.views import ImportPages, remembered

BATCH_SIZE: Final = 2_000
# In the order in which rows may be made; the other way round they may be taken away.
MODELS: Final[dict[str, type[Model]]] = {
    "case": Case,
    "person": Person,
    "identification": Identification,
    "exploitation": Exploitation,
    "measure": Measure,
}
UNJUDGED: Final = Q(decision=Decision.OPEN)  # found by the search, or asked about: nobody has answered


def marks() -> dict[str, int]:
    """The last key of each model's history: what comes after it is younger than the import."""
    histories = {name: get_history_manager_for_model(model) for name, model in MODELS.items()}
    last = Max("history_id", default=0)
    return {name: rows.aggregate(last=last)["last"] for name, rows in histories.items()}


def obstacles(trace: Trace) -> set[Obstacle]:
    return {*_elsewhere(trace), *_touched(trace), *_referred(trace)}


def _elsewhere(trace: Trace) -> Iterator[Obstacle]:
    persons = {*trace.made("person"), *trace.changed("person"), *persons_of(trace)}
    for chunk in chunks(persons, CHUNK):
        own = set(Person.objects.in_own_region(trace.by).filter(pk__in=chunk).values_list("pk", flat=True))
        yield from _all(_numbers(Person, set(chunk) - own), _("The person belongs to another region now."))


def _touched(trace: Trace) -> Iterator[Obstacle]:
    for name, model in MODELS.items():
        history = get_history_manager_for_model(model)
        named = Case if model is Case else Person
        owner = "id" if model is named else "person_id"
        for chunk in chunks([*trace.made(name), *trace.changed(name)], CHUNK):
            later = history.filter(id__in=chunk, history_id__gt=trace.left[name])
            touched = set(later.values_list(owner, flat=True))
            yield from _all(_numbers(named, touched), _("Somebody has changed it since."))
            yield from _all(_former_numbers(named, touched), _("It was removed as registered by mistake."))


def _referred(trace: Trace) -> Iterator[Obstacle]:
    for model, keys, what in attached(trace, past=False, along={DuplicateReview: UNJUDGED}):
        why = _("It has got a later entry: {what}.").format(what=what)
        yield from _all(_numbers(model, keys), why)


def _all(numbers: Iterable[str], why: str) -> Iterator[Obstacle]:
    """What stands in the way of all of these, for the same reason."""
    return (Obstacle(number, one) for number, one in zip(numbers, repeat(why), strict=False))


def _numbers(model: type[Model], keys: Iterable[int]) -> Iterator[str]:
    field = "number" if model in (Case, Person) else "person__number"
    return (each for one in rows_with(model._base_manager.all(), "pk", keys, field) for each in one)


def _former_numbers(model: type[Model], keys: set[Any]) -> Iterator[str]:
    """Of rows that are not there any more."""
    gone = keys - {*model._base_manager.filter(pk__in=keys).values_list("pk", flat=True)}
    history = get_history_manager_for_model(model)
    yield from history.filter(id__in=gone).values_list("number", flat=True).distinct().order_by()


def persons_of(trace: Trace) -> set[int]:
    """Persons of ours whose identifications the import added to or changed."""
    seen = [*trace.made("identification"), *trace.changed("identification")]
    found = rows_with(Identification.objects.all(), "pk", seen, "person")
    return {each for one in found for each in one} - set(trace.made("person"))


def take_back(trace: Trace, between: Between) -> None:
    persons, done = persons_of(trace), 0
    for chunk in chunks(trace.made("person"), CHUNK):
        DuplicateReview.objects.filter(UNJUDGED, Q(first__in=chunk) | Q(second__in=chunk)).delete()
    cases = [*Person.objects.filter(pk__in=trace.made("person")).values_list("case", flat=True).distinct()]
    lock_cases(cases)
    for name in reversed(MODELS):
        for chunk in chunks(trace.made(name), BATCH_SIZE):
            between(done)
            rows = list(stored(MODELS[name], chunk))
            if name == "person":
                untell_late(rows)
            bulk.delete(rows, user=trace.by.user)
            done += len(chunk)
    for name in MODELS:  # old values first, so that a main purpose steps down before the old one comes back
        _change_back(trace, name)
        _insert_again(trace, name)
    settle_region(cases, by=trace.by)
    for ids in chunks(persons, BATCH_SIZE):
        between(done)
        settle(Person.objects.in_own_region(trace.by).filter(pk__in=ids), by=trace.by)


def _change_back(trace: Trace, name: str) -> None:
    model = MODELS[name]
    for chunk in chunks(sorted(trace.changed(name)), BATCH_SIZE):
        rows = list(stored(model, chunk))
        fields = trace.before(name, rows)
        if model is Person:
            fields.add("version")
            for row in rows:
                row.version += 1
        rows.sort(key=lambda row: bool(getattr(row, "is_main", False)))
        bulk.update(rows, fields, user=trace.by.user)


def _insert_again(trace: Trace, name: str) -> None:
    model = MODELS[name]
    fields_of = {field.attname: field for field in model._meta.concrete_fields}
    gone = trace.gone(name)
    rows = [model(**{a: fields_of[a].to_python(v) for a, v in row["values"].items()}) for row in gone]
    lists = [{field: [Code(pk=key) for key in keys] for field, keys in row["lists"].items()} for row in gone]
    bulk.create(rows, user=trace.by.user, lists=lists)


class PersonsBringing:
    """A file of persons: what the rules look up is read once. `taken_over`: who is new is marked as imported
    from old spreadsheets."""

    def __init__(self, sheet: ReadSheet, by: Access, *, taken_over: bool = False) -> None:
        self.sheet, self.by, self.lookups, self.taken_over = sheet, by, Lookups.load(), taken_over

    @property
    def words(self) -> PersonWords:
        return PersonWords(self.planned.header.named, self.lookups)

    def plan(self, between: Between) -> PersonPlan:
        called = remembered(PERSONS.name, by=self.by)
        self.planned = plan(self.sheet, by=self.by, lookups=self.lookups, called=called)
        return self.planned

    def write(self, between: Between) -> dict[str, Any]:
        journal = Journal(MODELS, self.by)
        Writer(self.planned, self.lookups, journal, taken_over=self.taken_over).write(between)
        return journal.as_json(marks())


def _made(trace: Trace, first: int, last: int) -> tuple[int, Sequence[MadeRow]]:
    """New persons first."""
    new = dict.fromkeys(trace.made("person"))
    keys = [*new, *sorted({*trace.changed("person"), *persons_of(trace)} - new.keys())]
    rows = Person.objects.visible_to(trace.by).in_bulk(keys[first:last])
    shown = (one for one in (rows.get(one) for one in keys[first:last]) if one)
    return len(keys), [MadeRow(row.number, row.get_absolute_url(), row.pk in new) for row in shown]


PERSONS: Final = Importer(
    name="persons",
    title=gettext_lazy("persons"),
    kind="",
    page="cases:import",
    require=lambda by: by.require(May.IMPORT_PERSONS),
    template=lambda: [heading(fact) for fact in COLUMNS],
    template_name=gettext_lazy("persons-template"),
    known=known,
    begin=PersonsBringing,
    words=lambda data: PersonWords(data["named"]),
    lock=one_at_a_time,
    plans_by_writing=False,
    small=400_000,  # some 3 000 rows
    few=2_000,
    warns=True,
    models=MODELS,
    obstacles=obstacles,
    take_back=take_back,
    new=gettext_lazy("New persons"),
    new_rows=gettext_lazy("Persons that are new"),
    key=gettext_lazy("Person"),
    goes={
        "case": gettext_lazy("Cases that go"),
        "person": gettext_lazy("Persons that go"),
        "identification": gettext_lazy("Identifications that go"),
    },
    columns=lambda: [(fact.name, heading(fact)) for fact in COLUMNS],
    guess=seems,
    made=_made,
    workbook=workbook,
)

# By which the spreadsheets of the years before come in: its runs are those of the import of persons.
SPREADSHEETS: Final = replace(PERSONS, begin=partial(PersonsBringing, taken_over=True))


def _crumbs(request: AuthenticatedRequest, page: str, step: str) -> dict[str, Any]:
    """Each but the last leads somewhere: to the cases, and to where a file is chosen."""
    steps = [(_("Cases"), reverse("cases:list")), (_("Import persons"), reverse("cases:import"))]
    return {"breadcrumbs": [*steps, (step, "")] if step else steps}


PAGES: Final = ImportPages(
    name=PERSONS.name,
    frame="cases/import_frame.html",
    about="cases/_import_about.html",
    context=_crumbs,
    template_route="import/template/",
    asks=True,
)
