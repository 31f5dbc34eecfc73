"""Cases by what is typed: a number in any spelling, an agency's reference, or a registry number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from accounts.access import Access
from accounts.roles import May
from agencies.models import Agency, Region
from audit.writer import record
from cases.model_fields import OF_CASES, OF_PERSONS, indexes
from cases.models import Case, Identification, Misregistration, Notification, Person
from cases.rules.texts import folded, number_meant

RECEIPT: Final = re.compile("[0-9A-Z]{5}-[0-9A-Z]{5}")  # as a notification is numbered
MAX_HITS: Final = 50  # hits that are listed; a reference of more cases than these tells none of them apart


@dataclass(frozen=True, slots=True)
class Hits:
    """What was typed, and what of one's own has exactly it: cases, or a person, a notification, or what was
    removed as registered by mistake."""

    typed: str
    cases: tuple[Case, ...] = ()
    other: Person | Notification | Misregistration | None = None
    by: str = ""  # number, reference

    @property
    def rows(self) -> list[Case | Person | Notification | Misregistration]:
        return [*self.cases, self.other] if self.other is not None else [*self.cases]

    @property
    def only(self) -> Case | Person | Notification | Misregistration | None:
        """The one that is meant, None where there are several or none."""
        return self.rows[0] if len(self.rows) == 1 else None


def found(typed: str, access: Access) -> Hits:
    """That it was looked for is recorded, never what was typed."""
    text = " ".join(typed[:100].split())
    number = number_meant(text)
    hits = _numbered(text, number, access) if number else Hits(text)
    if RECEIPT.fullmatch(text.upper().replace(" ", "")):
        hits = _notified(text, access)
    if text and not hits.by:
        hits = Hits(text, tuple(_referred_to(text, access)), by="reference")
    record(access, "case.find", hits.only, search_kind=hits.by, rows=len(hits.rows))
    return hits


def _numbered(text: str, number: str, access: Access) -> Hits:
    """By a number of ours; nothing where it is none of one's own: it may be an agency's reference yet."""
    cases = tuple(Case.objects.visible_to(access).filter(number=number))
    other = None
    if not cases:
        person = Person.objects.visible_to(access).filter(number=number).first()
        other = person or _removed(number, access)
    return Hits(text, cases, other, "number" if cases or other else "")


def _removed(number: str, access: Access) -> Misregistration | None:
    """Return what own regions have removed as registered by mistake, and not put back."""
    if not access.may(May.EDIT_CASE) and not access.may(May.OPEN_CASE):
        return None
    rows = Misregistration.objects.visible_to(access).filter(number=number, put_back_at=None)
    return rows.first()


def _notified(text: str, access: Access) -> Hits:
    """By the receipt number that the officer was told; in any spelling."""
    receipt = text.upper().replace(" ", "")
    row = Notification.objects.visible_to(access).filter(receipt=receipt).first()
    return Hits(text, other=row, by="number" if row else "")


def _referred_to(text: str, access: Access) -> list[Case]:
    regions, agencies = (model.objects.values_list("pk", flat=True) for model in (Region, Agency))
    of_persons = indexes(OF_PERSONS, agencies, text)
    seen = Identification.objects.visible_to(access).filter(reference_index__in=of_persons)
    of_cases = Case.objects.whole_for(access).order_by().values("pk")
    referred = of_cases.filter(reference_index__in=indexes(OF_CASES, regions, text))
    registered = of_cases.filter(registered_as(text))
    here = seen.order_by().values("person__case").union(referred, registered)
    rows = Case.objects.visible_to(access).filter(pk__in=here).select_related("region")
    return list(rows.order_by("-opened_on", "-pk")[:MAX_HITS])


def registered_as(text: str) -> Q:
    """A registry number in any spelling: "Dnr 2026-77" and "dnr2026 – 77"."""
    plain = re.sub(r"[\s–-]", "", folded(text))
    return Q(plain_registry_number=plain) & ~Q(plain_registry_number="")
