"""Persons or calls of a list as a file: rows, columns in the reader's language, and what the manifest adds.

How few persons share what the rows say of each is shown before: the fewer, the easier one is recognised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.conf import settings
from django.db.models import Count, Min
from django.utils.translation import gettext as _, gettext_lazy, ngettext, override

from accounts.access import Access
from cases import htcds
from cases.export_rows import call_rows, in_order, person_rows
from cases.forms.base import PlainForm
from cases.forms.fields import NoteField
from cases.pages import Order
from cases.querysets import PersonQuerySet
from cases.resources import CallResource, PersonResource
from exchange import downloads
from exchange.models import ExportFile
from exchange.resources import RegisterResource
from exchange.writer import Sheet

FEWEST: Final = 11  # persons; below it a file of rows asks for a reason
SHARED: Final = ("first_year", "sex", "age_class", "citizenship", "first_county", "main__purpose")


def rarest(persons: PersonQuerySet) -> int:
    """Persons in the rarest combination of year, sex, age class, citizenship, county and main purpose; 0 for
    none."""
    groups = persons.with_main().order_by().values(*SHARED).annotate(number=Count("pk", distinct=True))
    return int(groups.aggregate(fewest=Min("number", default=0))["fewest"])


SMALL: Final = 5_000  # persons; or calls; a larger file is a background run
PERSONS, HTCDS, CALLS = "persons", "htcds", "calls"
Report = Callable[[int], None]
Formats = tuple[tuple[str, Any], ...]  # as sent, and as shown
FORMATS: Formats = (
    ("csv", gettext_lazy("CSV, for Excel and for the import")),
    ("xlsx", gettext_lazy("XLSX (Excel)")),
    ("json", gettext_lazy("JSON")),
)
OF_STANDARD: Formats = ((f"{HTCDS} {htcds.RELEASE}", f"HTCDS {htcds.RELEASE}"),)


@dataclass(frozen=True)
class Selection:
    """`rows`, persons or calls, in scope of a list at `page` that has `query` as its filters and order."""

    rows: Any
    order: Order
    query: dict[str, str]
    of_calls: bool = False
    page: str = ""


def ask(
    selection: Selection, *, by: Access, form: str, purpose: str, reason: str, language: str
) -> ExportFile:
    """The file to be made, still empty. `form`: csv, xlsx, json, or htcds and its release as "htcds 2.0"."""
    form, _space, release = form.partition(" ")
    of_persons = (HTCDS if release else PERSONS, "cases.person")
    kind, of = (CALLS, "cases.call") if selection.of_calls else of_persons
    file = ExportFile(
        kind=kind,
        of=of,
        form="csv" if release else form,
        page=selection.page,
        purpose=purpose,
        reason=reason,
        release=release,
        language=language,
        query=selection.query,
    )
    return downloads.ask(file, by=by)


def make(
    file: ExportFile,
    selection: Selection,
    *,
    by: Access,
    in_words: bool = False,
    report: Report = lambda rows: None,
) -> int:
    """Write the whole file or nothing. Returns the number of rows."""
    downloads.require_permission("export", file.of, by)
    with override(file.language):
        sheet = _sheet(file, selection, by, in_words=in_words, report=report)
        return downloads.make(file, sheet, by=by, facts=_facts(file, selection))


def _sheet(file: ExportFile, selection: Selection, by: Access, *, in_words: bool, report: Report) -> Sheet:
    if file.kind == HTCDS:
        attributes, rows = htcds.table(in_order(selection.rows, selection.order), by)
        return Sheet(attributes, rows, settings.DEMO, ",", report, marked=False)
    if file.kind == CALLS:
        resource: RegisterResource[Any] = CallResource(access=by)
        cells = call_rows(selection.rows.order_by(*selection.order.by()), resource.header)
    else:
        resource = PersonResource(access=by)
        cells = person_rows(in_order(selection.rows, selection.order))
    columns, lines = resource.written(cells, in_words=in_words)
    if file.language == "sv" and file.form != "json":
        columns = resource.header_in_words
    return Sheet(columns, lines, settings.DEMO, report=report, title=file.kind)


def _facts(file: ExportFile, selection: Selection) -> dict[str, Any]:
    """Calls are never counted as persons."""
    if selection.of_calls:
        return {}
    facts = {"persons": selection.rows.order_by().count(), "rarest_combination": rarest(selection.rows)}
    if file.kind != HTCDS:
        return facts
    return {"content": f"HTCDS {file.release}", "attribution": htcds.ATTRIBUTION, **facts}


class CaseworkExportForm(PlainForm):
    """What is asked before rows of casework leave, by a page or by the admin: what for, and in which format.

    `rarest`: persons in the rarest combination, 0 where no row is one: where they are few, a reason is asked
    for. `formats`: those that are offered."""

    format = forms.ChoiceField(label=gettext_lazy("Format"))
    in_words = downloads.words_field()
    purpose = NoteField(label=gettext_lazy("What the file is for"), longest=240, required=True)
    reason = NoteField(
        label=gettext_lazy("Why rows are needed although persons may be recognised"),
        longest=240,
        required=True,
    )

    def __init__(self, *args: Any, rarest: int = 0, formats: Formats = FORMATS, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["format"].choices = formats  # type: ignore[attr-defined]
        self.rarest = rarest
        if formats == OF_STANDARD:
            del self.fields["in_words"]
        if not 0 < self.rarest < FEWEST:
            del self.fields["reason"]

    @property
    def warning(self) -> str:
        """That somebody may be recognised, where a reason is asked for."""
        if "reason" not in self.fields:
            return ""
        message = ngettext(
            "The rarest combination of year, sex, age class, citizenship, county and main purpose has only "
            "%(number)s person: somebody may be recognised.",
            "The rarest combination of year, sex, age class, citizenship, county and main purpose has only "
            "%(number)s persons: somebody may be recognised.",
            self.rarest,
        ) % {"number": self.rarest}
        way = _("Say why rows are needed, or use the tables of the yearly summary instead.")
        return f"{message} {way}"
