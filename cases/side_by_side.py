"""Two records as rows of a table: the facts in words, and whether they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from agencies.models import Code, County
from cases.choices import AgeClass, Child, Sex
from cases.likeness import Likeness, Record
from cases.wording import LABELS

SHOWN = ("reference", "identified_on", "county", "sex", "age_class", "citizenship", "purposes")
NAMES = LABELS | {"identified_on": gettext_lazy("Identified"), "purposes": gettext_lazy("Purposes")}
BY_DAYS = ("identified_on",)


@dataclass(frozen=True)
class ComparedFact:
    """`agrees` is None where a fact is not known of both."""

    label: str
    values: list[str]
    agrees: bool | None
    near: bool = False  # by days, where the values need not be the same to agree

    @property
    def equal(self) -> bool:
        return len(set(self.values)) == 1


def side_by_side(
    records: list[Record], likeness: Likeness | None, references: Mapping[str, str]
) -> list[ComparedFact]:
    """Two records, or one alone without a likeness: whether it agrees would tell of the other.
    `references` are the agencies' own, in words, by the key of a record. Two queries."""
    words = _words(records)
    return [
        ComparedFact(
            str(NAMES[name]),
            [_said(name, record, words, references) for record in records],
            _agrees(name, likeness),
            name in BY_DAYS,
        )
        for name in SHOWN
    ]


def _agrees(name: str, likeness: Likeness | None) -> bool | None:
    if likeness is None:
        return None
    return True if name in likeness.agreeing else False if name in likeness.differing else None


def _words(records: list[Record]) -> dict[str, str]:
    purposes = {purpose for record in records for purpose in record.purposes}
    words = {code.key: code.label for code in Code.objects.filter(key__in=purposes)}
    return words | {
        row.code: str(row) for row in County.objects.filter(code__in=[record.county for record in records])
    }


def _said(name: str, record: Record, words: dict[str, str], references: Mapping[str, str]) -> str:
    if name == "reference":
        return references.get(record.key, _("given") if record.references else "–")
    if name == "identified_on":
        return f"{record.identified_on:%Y-%m-%d}"
    if name == "county":
        return words.get(record.county, record.county)
    if name == "sex":
        return str(Sex(record.sex).label)
    if name == "age_class":
        child = _("child") + ": " + str(Child(record.child).label)
        return f"{AgeClass(record.age_class).label}, {child}" if record.age_class else child
    if name == "citizenship":
        return ", ".join(sorted(countries.name(code) or code for code in record.citizenships)) or "–"
    return ", ".join(sorted(words.get(key, key) for key in record.purposes)) or "–"
