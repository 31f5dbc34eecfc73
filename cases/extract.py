"""The *registerutdrag*: everything stored about one case, and everyone who has opened it, also as a PDF file.

Free texts are in the extract of the responsible coordinator, who gives it out. The data protection officer,
who checks that it is complete, sees that a text is stored and how long it is, not its words (design rule 12).
WeasyPrint, which makes the tagged file (PDF/UA-1), needs programs of the system: it is imported when needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Any, Final, NoReturn

from django.db.models import Model, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.text import capfirst

from accounts.access import Access, bypass_policies
from accounts.roles import May, role_in_words
from audit.models import Event
from audit_pages.words import words
from cases.access_log import CaseReader, events_about, readers_of
from cases.models import (
    AccessGrant,
    Call,
    Case,
    DuplicateReview,
    Exploitation,
    Identification,
    Measure,
    Message,
    Misregistration,
    Notification,
    Person,
    PersonIndicator,
    Reminder,
    SuspectCount,
    Transfer,
)
from cases.snapshots import of_extract
from cases.views.versions import HistoryEntry, changes_of
from cases.wording import RecordSection, facts_of, linked, minute

# What a region sees of a case of which it has a person, and not the case.
SEEN_BY_OTHERS: Final = frozenset({"number", "region", "opened_on", "channel", "state"})
PARTS: Final = (Identification, Exploitation, Measure, PersonIndicator, Transfer)


class Extract:
    """`case` is one that `Case.objects.for_extract` has opened."""

    def __init__(self, case: Case, access: Access) -> None:
        self.case, self.access = case, access
        self.texts = access.may(May.EXTRACT_CASE)
        self.made_at = access.at
        own = Case.objects.changeable_by(access).filter(pk=case.pk)
        self.whole = access.may(May.EXTRACT_ANY_CASE) or own.exists()  # or what a person's region sees of it

    @property
    def _rows(self) -> QuerySet[Person]:
        return Person.objects.for_extract(self.access).filter(case=self.case)

    @cached_property
    def persons(self) -> list[Person]:
        return list(_whole(self._rows).order_by("position"))

    @cached_property
    def elsewhere(self) -> int:
        """Persons of the case that another region answers for: they are in that region's extract."""
        with bypass_policies("numbers"):
            everybody = Person.objects.filter(case=self.case).count()
        return everybody - len(self.persons)

    @cached_property
    def sections(self) -> list[RecordSection]:
        return list(self._sections())

    @cached_property
    def changes(self) -> list[HistoryEntry]:
        return changes_of(self.case, self._rows, whole=self.whole)

    @cached_property
    def events(self) -> QuerySet[Event]:
        return events_about(self.case, self.persons, whole=self.whole)

    @cached_property
    def lines(self) -> list[tuple[Event, str, str]]:
        """Every event about the case: it, the role and what was done in words."""
        return [(event, role_in_words(event.role), words(event.action)) for event in self.events]

    @cached_property
    def readers(self) -> list[CaseReader]:
        return readers_of(self.events)

    def _sections(self) -> Iterator[RecordSection]:
        yield self._section(self.case, only=() if self.whole else SEEN_BY_OTHERS)
        if self.whole:
            suspects = SuspectCount.objects.filter(case=self.case).select_related("relation")
            yield from (self._section(suspect) for suspect in suspects)
        yield from self._of_persons()
        for call in _whole(Call.objects.for_extract(self.access).filter(case=self.case)):
            yield self._section(call, minute(call.received_at))
        notifications = Notification.objects.filter(case=self.case)
        yield from (self._section(one) for one in _whole(self._in_scope(notifications)))
        yield from (self._section(message) for message in self._messages())
        reminders = Reminder.objects.filter(case=self.case)
        own = reminders if self.whole else reminders.filter(by=self.access.user)
        yield from (self._section(one) for one in _whole(own))
        grants = AccessGrant.objects.filter(case=self.case)
        yield from (self._section(one) for one in _whole(self._in_scope(grants)))
        mistakes = Misregistration.objects.for_extract(self.access).filter(case_code=self.case.code)
        yield from of_extract(mistakes, texts=self.texts)

    def _in_scope(self, rows: Any) -> QuerySet[Any]:
        """Return those that who reads the texts has in scope; without the texts all are read."""
        return rows.visible_to(self.access) if self.texts else rows

    def _messages(self) -> QuerySet[Message]:
        """Of the case's calls and notifications, and of its persons' transfers."""
        of_case = Q(call__case=self.case) | Q(notification__case=self.case)
        rows = Message.objects.filter(of_case | Q(transfer__person__in=self.persons))
        return _whole(self._in_scope(rows)).select_related("transfer__person").order_by("pk")

    def _of_persons(self) -> Iterator[RecordSection]:
        """Each person with what belongs to it; one query for each kind of part."""
        parts: dict[int, list[Model]] = defaultdict(list)
        for model in PARTS:
            for part in _whole(model._default_manager.filter(person__in=self.persons)).order_by("pk"):
                parts[part.person_id].append(part)
        of_them = Q(first__in=self.persons) | Q(second__in=self.persons)
        for review in _whole(DuplicateReview.objects.filter(of_them)):
            parts[review.first_id].append(review)
            parts[review.second_id].append(review)
        for person in self.persons:
            yield self._section(person, person.number)
            yield from (self._section(part, person.number) for part in parts[person.pk])

    def _section(self, row: Model, about: str = "", only: Collection[str] = ()) -> RecordSection:
        name = capfirst(str(row._meta.verbose_name))
        return RecordSection(f"{name} {about}".strip(), list(facts_of(row, texts=self.texts, only=only)))


def _whole(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With everything that a row points to, in a constant number of queries."""
    names = sorted(linked(rows.model))
    rows = rows.select_related(*names) if names else rows
    return rows.prefetch_related(*(one.name for one in rows.model._meta.many_to_many))


STYLE: Final = """
@page { size: A4; margin: 18mm 16mm;
        @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt } }
body { font: 9.5pt/1.4 "DejaVu Sans", sans-serif }
h1 { font-size: 16pt } h2 { font-size: 12pt; margin: 6mm 0 1mm }
h1, h2, h3, caption { break-after: avoid } h3 { font-size: 10pt; margin: 4mm 0 1mm }
table { width: 100%; border-collapse: collapse; font-size: 8.5pt }
caption { text-align: left; font-weight: bold }
th, td { text-align: left; vertical-align: top; padding: 1mm 2mm 1mm 0; border-bottom: .3pt solid #767676 }
tr { break-inside: avoid } .facts th { width: 38%; font-weight: normal }
.demo { border: 1pt solid; padding: 2mm }
"""


class PdfMissing(Exception):
    """The programs that make PDF files are not installed on the server."""


def extract_pdf(extract: Extract, context: dict[str, Any]) -> bytes:
    """Raises PdfMissing."""
    return as_pdf(render_to_string("cases/extract_pdf.html", {**context, "extract": extract}))


def as_pdf(page: str) -> bytes:
    """A page that refers to nothing. Raises PdfMissing."""
    try:
        from weasyprint import CSS, HTML
    except OSError:
        raise PdfMissing from None
    made = HTML(string=page, url_fetcher=_nothing).write_pdf(
        stylesheets=[CSS(string=STYLE)], pdf_variant="pdf/ua-1"
    )
    return bytes(made or b"")


def _nothing(url: str, *_args: Any, **_options: Any) -> NoReturn:
    raise ValueError("the page refers to nothing")
