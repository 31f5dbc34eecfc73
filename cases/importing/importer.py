"""The importer of persons, and its pages below those of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from cases.importing import undoing
from cases.importing.applying import Writer, one_at_a_time
from cases.importing.codes import workbook
from cases.importing.columns import COLUMNS, columns_of, known, match, seems
from cases.importing.lookups import Lookups
from cases.importing.plan import PersonPlan
from cases.importing.planning import plan
from cases.importing.preview import PersonWords
from cases.models import Person
from exchange.headings import remembered
from exchange.import_pages import ImportPages
from exchange.importer import Between, Importer, Made
from exchange.journal import Journal, Trace
from exchange.reading import ReadSheet


class PersonsBringing:
    """A file of persons: what the rules look up is read once. `taken_over`: who is new is marked so."""

    def __init__(self, sheet: ReadSheet, by: Access, *, taken_over: bool = False) -> None:
        self.sheet, self.by, self.lookups, self.taken_over = sheet, by, Lookups.load(), taken_over
        self.words = PersonWords({}, self.lookups)

    def plan(self, between: Between) -> PersonPlan:
        called = remembered(PERSONS.name, by=self.by)
        self.planned = plan(self.sheet, by=self.by, lookups=self.lookups, called=called)
        self.words = PersonWords(self.planned.header.named, self.lookups)
        return self.planned

    def write(self, between: Between) -> dict[str, Any]:
        journal = Journal(undoing.MODELS, self.by)
        Writer(self.planned, self.lookups, journal, taken_over=self.taken_over).write(between)
        return journal.as_json(undoing.marks())


def _template() -> Sequence[str]:
    return columns_of(swedish=str(get_language()).startswith("sv"))


def _words(data: Mapping[str, Any]) -> PersonWords:
    return PersonWords(data["named"] if "named" in data else match(data["header"]).named)


def _columns() -> Sequence[tuple[str, str]]:
    """What an unknown heading may be: the columns in the reader's language, in the order of a file."""
    names = [fact.name for fact in COLUMNS]
    return list(zip(names, _template(), strict=True))


def _made(trace: Trace, first: int, last: int) -> tuple[int, Sequence[Made]]:
    """New persons first."""
    new = trace.made("person")
    keys = [*new, *sorted({*trace.changed("person"), *undoing.persons_of(trace)} - set(new))]
    rows = Person.objects.visible_to(trace.by).in_bulk(keys[first:last])
    shown = [rows[key] for key in keys[first:last] if key in rows]
    whether = frozenset(new)
    return len(keys), [Made(row.number, row.get_absolute_url(), row.pk in whether) for row in shown]


PERSONS: Final = Importer(
    name="persons",
    title=gettext_lazy("persons"),
    kind="",
    page="cases:import",
    require=lambda by: by.require(May.IMPORT_PERSONS),
    template=_template,
    template_name=gettext_lazy("persons-template"),
    known=known,
    begin=PersonsBringing,
    words=_words,
    lock=one_at_a_time,
    plans_by_writing=False,
    small=400_000,  # some 3 000 rows
    few=2_000,
    warns=True,
    models=undoing.MODELS,
    obstacles=undoing.obstacles,
    take_back=undoing.take_back,
    new=gettext_lazy("New persons"),
    new_rows=gettext_lazy("Persons that are new"),
    key=gettext_lazy("Person"),
    goes={
        "case": gettext_lazy("Cases that go"),
        "person": gettext_lazy("Persons that go"),
        "identification": gettext_lazy("Identifications that go"),
    },
    columns=_columns,
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
