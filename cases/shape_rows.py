"""The register's rows as plain words for fitting its shape, and the lists that their words come from. Of a
text nothing is kept but how long it is."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django_countries import countries

from agencies.geography import Geography
from agencies.models import Agency, Code, County
from cases.choices import AgeClass, Child, Sex, Status
from cases.models import Call, Case, Exploitation, Identification, Measure, Person
from cases.secret_text import Unreadable
from cases.shape.drawing import Lists
from cases.shape.rows import NO, YES, CaseRow, Later, PersonRow, Rows

COLUMNS = (
    "pk",
    "case_id",
    "sex",
    "child",
    "age_class",
    "citizenship",
    "further_citizenships",
    "residence_id",
    "status",
    "offence_id",
    "responsible_region_id",
    "same_as_id",
    "created_at",
    "case__opened_from_call",
)
Row = dict[str, Any]


def rows_of_register() -> Rows:
    """Everybody who is registered, counted or not. Eight queries, however many they are."""
    met, purposes, measures = _met(), _purposes(), _measures()
    reasons, notes = _lengths(Person, "status_reason"), _lengths(Case, "note")
    stored = {row["pk"]: row for row in Person.objects.order_by("pk").values(*COLUMNS)}
    found = {
        pk: _person(row, met[pk], purposes[pk], measures[pk], reasons[pk])
        for pk, row in stored.items()
        if met[pk]
    }
    by_case: dict[int, list[PersonRow]] = defaultdict(list)
    for pk, person in found.items():
        if stored[pk]["same_as_id"] is None:
            by_case[stored[pk]["case_id"]].append(person)
    children = dict(Case.objects.values_list("pk", "accompanying_children"))
    again = [(stored[pk]["same_as_id"], person) for pk, person in found.items()]
    years = Counter(day.year for day in Call.objects.order_by().values_list("received_on", flat=True))
    return Rows(
        tuple(
            CaseRow(tuple(persons), notes[case], children[case]) for case, persons in sorted(by_case.items())
        ),
        tuple((found[first], second) for first, second in again if first in found),
        {str(year): n for year, n in years.items()},
    )


def lists_of_register() -> Lists:
    """From the code lists alone: whatever somebody might have, not what somebody has."""
    codes: dict[str, list[str]] = defaultdict(list)
    for name, key in Code.objects.order_by("list", "position", "key").values_list("list", "key"):
        codes[name].append(key)
    counties = tuple(County.objects.order_by("code").values_list("code", flat=True))
    agencies = tuple(Agency.objects.order_by("code").values_list("code", flat=True))
    lands, today, places = tuple(code for code, _name in countries), timezone.localdate(), Geography.load()
    return Lists(
        words={
            "month": tuple(f"{month:02}" for month in range(1, 13)),
            "sex": tuple(Sex.values),
            "child": tuple(Child.values),
            "age_class": ("", *AgeClass.values),
            "main_purpose": tuple(codes["purpose"]),
            "further_purpose": ("", *codes["purpose"]),
            "citizenship": ("", *lands),
            "further_citizenship": (NO, YES),
            "residence": ("", *codes["residence"]),
            "county": counties,
            "agency": agencies,
            "later_agency": agencies,
            "channel": ("", *codes["channel"]),
            "call": (NO, YES),
            "sector": ("", *codes["sector"]),
            "offence": ("", *codes["offence"]),
            "status": tuple(Status.values),
        },
        regions={county: places.region_on(county, today) for county in counties if county in places.rows},
    )


def _person(
    row: Row,
    met: list[tuple[Any, ...]],
    purposes: list[tuple[str, bool, str]],
    measures: dict[str, str],
    reason: int,
) -> PersonRow:
    on, agency, county, channel = met[0]
    main = next((one for one in purposes if one[1]), ("purpose:unknown", True, ""))
    further = sorted(purpose for purpose, is_main, _sector in purposes if not is_main)
    facts = {
        "year": str(on.year),
        "month": f"{on.month:02}",
        "sex": row["sex"],
        "child": row["child"],
        "age_class": row["age_class"] or "",
        "main_purpose": main[0],
        "further_purpose": further[0] if further else "",
        "citizenship": str(row["citizenship"] or ""),
        "further_citizenship": YES if row["further_citizenships"] else NO,
        "residence": row["residence_id"] or "",
        "county": county,
        "agency": agency,
        "channel": channel or "",
        "call": YES if row["case__opened_from_call"] else NO,
        "sector": main[2] or "",
        "offence": row["offence_id"] or "",
        "status": row["status"],
    }
    return PersonRow(
        facts,
        on,
        delay=(timezone.localdate(row["created_at"]) - on).days,
        region=row["responsible_region_id"],
        later=tuple(Later((day - on).days, code, place) for day, code, place, _channel in met[1:]),
        measures=measures,
        reason=reason,
    )


def _met() -> dict[int, list[tuple[Any, ...]]]:
    """Day, organisation, county and channel of each identification, in their order."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    rows = Identification.objects.order_by("identified_on", "pk")
    for person, *facts in rows.values_list("person", "identified_on", "agency__code", "county", "channel"):
        found[person].append(tuple(facts))
    return found


def _purposes() -> dict[int, list[tuple[str, bool, str]]]:
    found: dict[int, list[tuple[str, bool, str]]] = defaultdict(list)
    for person, *facts in Exploitation.objects.order_by("pk").values_list(
        "person", "purpose", "is_main", "sector"
    ):
        found[person].append((str(facts[0]), bool(facts[1]), str(facts[2] or "")))
    return found


def _measures() -> dict[int, dict[str, str]]:
    """The last answer of each kind."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for person, kind, answer in Measure.objects.order_by("pk").values_list("person", "kind", "answer"):
        found[person][kind] = answer
    return found


def _lengths(model: type[Model], column: str) -> dict[int, int]:
    """How long the texts of a column are. Each is opened by its row, and forgotten."""
    found: dict[int, int] = defaultdict(int)
    for row in model._default_manager.exclude(**{column: ""}).iterator(chunk_size=1_000):
        text = getattr(row, column)
        found[row.pk] = 0 if isinstance(text, Unreadable) else len(text)
    return found
