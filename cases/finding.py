"""A case by exactly what is typed: its number, or an agency's reference to it or to a person in it."""

from __future__ import annotations

from django.db.models import Q

from accounts.access import Access
from agencies.models import Agency, Region
from audit.writer import record
from cases.models import Case, Identification
from cases.secret_text import OF_CASES, OF_PERSONS, indexes


def found(typed: str, access: Access) -> Case | None:
    """That it was looked for is recorded, never what was typed."""
    text = " ".join(typed[:100].split())
    cases = Case.objects.visible_to(access)
    case = cases.filter(number__iexact=text).first() if text else None
    kind = "number"
    if case is None and text:
        kind = "reference"
        regions, agencies = (model.objects.values_list("pk", flat=True) for model in (Region, Agency))
        of_persons = indexes(OF_PERSONS, agencies, text)
        seen = Identification.objects.visible_to(access).filter(reference_index__in=of_persons)
        opened = Q(reference_index__in=indexes(OF_CASES, regions, text))
        case = cases.filter(opened | Q(pk__in=seen.values("person__case"))).first()
    record(access, "case.find", case, search_kind=kind, rows=int(case is not None))
    return case
