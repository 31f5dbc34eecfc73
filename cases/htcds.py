"""Persons by the Human Trafficking Case Data Standard (IOM), one row each.

Which facts feed which field stands in `htcds_fields.csv`, what the standard calls them in mapping rows. Both
are those of release 2.0, of January 2023, the last there is (ADR 74).
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from agencies.models import Code, CodeMapping
from cases.choices import LABOUR_PURPOSES, CaseState, Consent, ListAnswer, MeasureAnswer, Place, Sex, Status
from cases.export_rows import CHUNK, items, joined
from cases.models import Call, Case, Exploitation, Measure, Person, SuspectCount
from libs.groups import by_key

RELEASE: Final = "2.0"
TARGET, DECISION, DEFINITIONS, REFERRED = "htcds", "htcds_decision", "htcds_definitions", "htcds_referred"
SEPARATOR: Final = ";"  # between several values, which hold no comma
_COUNTRY: Final = re.compile("(?!AA|Q[M-Z]|X.|ZZ)[A-Z]{2}")  # the others are free for users
ATTRIBUTION: Final = (
    "Human Trafficking Case Data Standard (HTCDS), International Organization for Migration (IOM), CC BY 4.0 "
    "https://creativecommons.org/licenses/by/4.0/ ; mapped and translated by us"
)
MORE: Final = "vic_MethodsOfControl_definitions"  # what the definitions name beyond the pick list
WHY: Final[dict[str, str | Promise]] = {
    "identity": _("It identifies a person: the register does not hold it, and it is left empty."),
    "staff": _("It names somebody who works with the case: it is not exported."),
    "free_text": _("It is free text: notes are never exported."),
    "place": _("A place is registered by county or country only."),
    "suspects": _("Suspects are registered as numbers only."),
    "age": _("Age is registered by class, at identification."),
    "not_registered": _("The register does not ask for it."),
}
_CLOSED: Final[dict[str, Any]] = {"sex": Sex, "status": Status, "case_state": CaseState, "consent": Consent}
# Of which list or closed set a fact that is chosen is, where it is not that of the fact's name.
_LISTS: Final = {
    "agency_decision": "agency_kind",
    "controls": "control",
    "purposes": "purpose",
    "sexual_forms": "sexual_form",
}


@dataclass(frozen=True)
class Field:
    name: str
    section: str
    type: str  # text, pick, multi-pick, date, number, checkbox
    core: bool
    deprecated: bool
    pick_list: frozenset[str]
    fact: str  # in `_facts`; "" where nothing gives it
    why_empty: str  # in WHY


@cache
def fields() -> tuple[Field, ...]:
    """The 84 of release 2.0."""
    with Path(__file__).with_name("htcds_fields.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Field(
                row["field"],
                row["section"],
                row["type"],
                row["core"] == "yes",
                row["deprecated"] == "yes",
                frozenset(row["pick_list"].split("|")) if "|" in row["pick_list"] else frozenset(),
                row["fact"],
                row["why_empty"],
            )
            for row in csv.DictReader(file)
        )


@dataclass(frozen=True)
class ReleaseNames:
    """(target, code) → what the standard calls it."""

    rows: Mapping[tuple[str, str], Sequence[str]]

    @classmethod
    def load(cls) -> ReleaseNames:
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        targets = (TARGET, DECISION, DEFINITIONS, REFERRED)
        rows = CodeMapping.objects.filter(target__in=targets, release=RELEASE)
        for target, code, value in rows.values_list("target", "code", "value"):
            found[target, code] += [one.strip() for one in value.split("|")]
        return cls(dict(found))

    def of(self, codes: Iterable[str], target: str = TARGET) -> list[str]:
        """Each once, in the order of the codes; what has no name is left out."""
        return list(dict.fromkeys(name for code in codes for name in self.rows.get((target, code), ())))


def gaps() -> list[tuple[Field, str]]:
    """Codes that the standard has no name for, each with the field that is left empty for it."""
    names, keys = ReleaseNames.load(), _codes_by_list()
    found = []
    for field in fields():
        target = {"agency_decision": DECISION}.get(field.fact, TARGET)
        listed = "" if field.type == "text" else _LISTS.get(field.fact, field.fact)
        named = {code for of, code in names.rows if of in {target, REFERRED}}
        found += [(field, key) for key in keys[listed] if key not in named]
    return found


def _codes_by_list() -> dict[str, list[str]]:
    """Return the codes of each list and closed set, in their order."""
    keys = by_key(Code.objects.order_by("list", "position", "key").values_list("list", "key"))
    for listed, closed in _CLOSED.items():
        keys[listed] = [f"{listed}:{value}" for value in closed.values]
    return keys


def table(persons: QuerySet[Person], access: Access) -> tuple[list[str], Iterator[list[str]]]:
    """Header and rows: the fields of the standard, and one more for control methods that its pick list lacks.

    `persons` are in scope of `access`; of the calls of their cases only those that it may see say whether
    consent was given."""
    names = ReleaseNames.load()
    columns = fields()
    rows = (_row(facts, names, columns) for facts in _stored(persons, access))
    return [*(column.name for column in columns), MORE], rows


_COLUMNS: Final = (
    *("sex", "child", "citizenship", "further_citizenships", "status", "first_identified_on"),
    *("first_agency__name_en", "first_agency__kind", "case__state", "case__close_reason__label_en"),
    *("joined_purposes", "joined_controls", "joined_measures", "joined_relations", "joined_calls"),
)


def _stored(persons: QuerySet[Person], access: Access) -> Iterator[dict[str, Any]]:
    """One query."""
    worked = Exploitation.objects.all()
    controlled = worked.filter(controls_answer=ListAnswer.GIVEN, controls__isnull=False)
    suspects = SuspectCount.objects.filter(number__gt=0, case__in=Case.objects.whole_for(access).values("pk"))
    purpose = ("purpose", "sector", "sexual_form", "place", "country", "county__name_en", "start", "is_main")
    call = ("received_on", "consent", "referred_agency__name_en", "referred_region__name_en")
    given = Measure.objects.filter(answer=MeasureAnswer.ACCEPTED)
    rows = persons.annotate(
        joined_purposes=joined(worked, *purpose),
        joined_controls=joined(controlled, "controls"),
        joined_measures=joined(given, "month", "kind", "ends_on"),
        joined_relations=joined(suspects, "relation", by="case", outer="case"),
        joined_calls=joined(Call.objects.visible_to(access), *call, by="case", outer="case"),
    )
    return rows.values(*_COLUMNS).iterator(chunk_size=CHUNK)


def _row(stored: dict[str, Any], names: ReleaseNames, columns: Sequence[Field]) -> list[str]:
    facts = _facts(stored, names)
    cells = [_cell(field, facts.get(field.fact, [])) for field in columns]
    more = [value for value in facts["defined_controls"] if value not in facts["controls"]]
    return [*cells, SEPARATOR.join(more)]


def _cell(field: Field, values: list[str]) -> str:
    """A choice of one is empty where there are several: none of them is the answer."""
    stated = [one for one in values if one]
    if field.type == "multi-pick":
        return SEPARATOR.join(stated)
    if field.type in {"pick", "checkbox"} and len(stated) > 1:
        return ""
    return next(iter(stated), "")


def _facts(stored: dict[str, Any], names: ReleaseNames) -> dict[str, list[str]]:
    """Values by the names of facts in the schema file."""
    kind = [stored["first_agency__kind"]]
    controls = sorted({code for (code,) in items(stored["joined_controls"])})
    stated = (one for one in (stored["citizenship"], stored["further_citizenships"]) if one)
    return {
        "agency": [stored["first_agency__name_en"].replace(",", "")],
        "agency_kind": names.of(kind),
        "agency_decision": names.of(kind, DECISION),
        "sex": names.of([f"sex:{stored['sex']}"]),
        "citizenships": list(dict.fromkeys(one for one in ",".join(stated).split(",") if _is_country(one))),
        "status": names.of([f"status:{stored['status']}"]),
        "identified_on": [stored["first_identified_on"].isoformat()],
        "case_state": names.of([f"case_state:{stored['case__state']}"]),
        "close_reason": [(stored["case__close_reason__label_en"] or "").replace(",", "")],
        "relation": names.of(code for (code,) in items(stored["joined_relations"])),
        "controls": names.of(controls),
        "defined_controls": names.of(controls, DEFINITIONS),
        "consent": names.of(f"consent:{answer}" for _day, answer, *_to in items(stored["joined_calls"])),
        **_referral(items(stored["joined_calls"]), items(stored["joined_measures"]), names),
        **_of_purposes(items(stored["joined_purposes"]), names, child=stored["child"] == "yes"),
        **_of_measures(items(stored["joined_measures"]), names),
    }


def _is_country(code: str) -> bool:
    """Of ISO 3166-1; the register's own codes for stateless and unknown are in the range that is free for
    users."""
    return bool(_COUNTRY.fullmatch(code))


def _of_purposes(rows: list[list[str]], names: ReleaseNames, *, child: bool) -> dict[str, list[str]]:
    if not rows:
        return {}
    rows = sorted(rows, key=lambda row: row[7] not in {"1", "true"})
    _purpose, _sector, _form, where, country, county, start, _is_main = rows[0]
    codes = [row[0] for row in rows]
    if child:  # a child at identification was one when the work began
        codes += [f"child_{code}" for code in codes if code in LABOUR_PURPOSES]
    return {
        "purposes": names.of(codes),
        "sector": names.of(row[1] for row in rows),
        "sexual_forms": names.of(row[2] for row in rows),
        "country": [one for one in ["SE" if where == Place.SWEDEN else country] if _is_country(one)],
        "event": names.of(["event:exploitation"]),  # that country, county and start are about
        "county": [county],
        "start": [start],
    }


def _referral(calls: list[list[str]], measures: list[list[str]], names: ReleaseNames) -> dict[str, list[str]]:
    """Where the support line referred the case to the last time that it did, or else the latest accepted
    measure that is a referral, which is registered by kind and month: its day is not known."""
    for day, _consent, agency, region in sorted(calls, reverse=True):
        if agency or region:
            to = agency or f"NMT coordinator {region}"
            return _referred(to, [day], names.of(["referral:call"]))
    by_measure = names.of((kind for _month, kind, _ends in sorted(measures, reverse=True)), REFERRED)
    return _referred(by_measure[0], [], names.of(["referral:measure"])) if by_measure else {}


def _referred(to: str, on: list[str], why: list[str]) -> dict[str, list[str]]:
    return {"referred_to": [to.replace(",", "")], "referred_on": on, "referred_why": why}


def _of_measures(rows: list[list[str]], names: ReleaseNames) -> dict[str, list[str]]:
    """The latest accepted measure that the standard has a name for; where its names are several, none is the
    answer."""
    known = [row for row in sorted(rows) if names.of([row[1]])]
    _month, kind, ends = next(reversed(known), ("", "", ""))
    return {"measure": names.of([kind]), "ends_on": [ends]}
