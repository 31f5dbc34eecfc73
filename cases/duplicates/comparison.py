"""Two records as rows of a table, the facts in words, and whether they agree.

Possible duplicates of whom at least one was imported from an old spreadsheet come in the order of what a yes
changes: first who is counted twice in one year, then whoever else makes a total too large, then the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import BooleanField, Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _, gettext_lazy
from django_countries import countries

from accounts.access import Access
from agencies.models import Code, County
from cases.choices import COUNTED, AgeClass, Child, Decision, Sex
from cases.duplicates.scoring import Record, Similarity
from cases.models import DuplicateReview
from cases.pages import Order
from cases.wording import LABELS

SHOWN = ("reference", "identified_on", "county", "sex", "age_class", "citizenship", "purposes")
NAMES = LABELS | {"identified_on": gettext_lazy("Identified"), "purposes": gettext_lazy("Purposes")}


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
    records: list[Record], similarity: Similarity | None, references: Mapping[str, str]
) -> list[ComparedFact]:
    """Two records, or one alone without a similarity: whether it agrees would tell of the other.
    `references` are the agencies' own, in words, by the key of a record. Two queries."""
    words = _words(records)
    said = [_in_words(record, words, references) for record in records]
    agree: dict[str, bool] = {}
    if similarity is not None:
        agree = dict.fromkeys(similarity.agreeing, True) | dict.fromkeys(similarity.differing, False)
    return [
        ComparedFact(
            str(NAMES[name]), [facts[name] for facts in said], agree.get(name), near=name == "identified_on"
        )
        for name in SHOWN
    ]


def _words(records: list[Record]) -> dict[str, str]:
    purposes = frozenset[str]().union(*(record.purposes for record in records))
    words = {code.key: code.label for code in Code.objects.filter(key__in=purposes)}
    counties = County.objects.filter(code__in=[record.county for record in records])
    return words | {row.code: str(row) for row in counties}


def _in_words(record: Record, words: dict[str, str], references: Mapping[str, str]) -> dict[str, str]:
    """Return the facts of a record; of a reference that may not be read only whether there is one."""
    return {
        "reference": references.get(record.key, _("given") if record.references else "–"),
        "identified_on": f"{record.identified_on:%Y-%m-%d}",
        "county": words.get(record.county, record.county),
        "sex": str(Sex(record.sex).label),
        "age_class": _age(record),
        "citizenship": _listed(countries.name(code) or code for code in record.citizenships),
        "purposes": _listed(words.get(key, key) for key in record.purposes),
    }


def _age(record: Record) -> str:
    child = _("child") + ": " + str(Child(record.child).label)
    return f"{AgeClass(record.age_class).label}, {child}" if record.age_class else child


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "–"


TWICE_IN_A_YEAR, TOO_MANY, NOTHING = 0, 1, 2  # what a yes changes
ORDER: Final = Order(("changes", "unlike", "pk"))
# Of the record that is counted for each of the two: itself, or the one that it is the same person as.
COLUMNS: Final = {
    "key": "pk",
    "on": "first_identified_on",
    "number": "number",
    "year": "first_year",
    "status": "status",
    "region": "responsible_region",
}
YES, NO = Value(True), Value(False)


def pairs(access: Access) -> QuerySet[DuplicateReview]:
    """Return pairs that are not judged: of two records in scope, and hints of another region about an own
    record that was imported from an old spreadsheet. Read with a bypass of the policies; of a hint's other
    record nothing is looked at."""
    unjudged = [Decision.OPEN, Decision.UNSURE]
    own = DuplicateReview.objects.visible_to(access).filter(decision__in=unjudged).of_taken_over()
    hints = DuplicateReview.objects.hints_for(access).filter(second__taken_over=True)
    rows = DuplicateReview.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=hints.values("pk")))
    return _weighed(rows, access).select_related("first", "second")


def _weighed(rows: QuerySet[DuplicateReview], access: Access) -> QuerySet[DuplicateReview]:
    """With `hint`, `elsewhere`, `changes`, and the years a record leaves and stays in (counting rule 2)."""
    counted = {
        f"{name}_{side}": Coalesce(f"{side}__same_as__{column}", f"{side}__{column}")
        for side in ("first", "second")
        for name, column in COLUMNS.items()
    }
    rows = rows.alias(**counted)
    here = Q(first__responsible_region__in=access.regions)
    both = here & Q(second__responsible_region__in=access.regions)
    own = both & Q(region_first__in=access.regions, region_second__in=access.regions)
    second_leaves = Q(on_second__gt=F("on_first")) | Q(
        on_second=F("on_first"), number_second__gt=F("number_first")
    )
    condition, other = Q(status_first__in=COUNTED), Q(status_second__in=COUNTED)
    leaves = (second_leaves & other) | (~second_leaves & condition)
    itself = Q(second__same_as__isnull=True, second__status__in=COUNTED)
    itself |= here & Q(first__same_as__isnull=True, first__status__in=COUNTED)
    changes: Case = Case(
        When(~own & itself, then=TOO_MANY),
        When(~own | Q(key_first=F("key_second")), then=NOTHING),
        When(condition & other & Q(year_first=F("year_second")), then=TWICE_IN_A_YEAR),
        When(leaves, then=TOO_MANY),
        default=NOTHING,
        output_field=IntegerField(),
    )
    return rows.annotate(
        changes=changes,
        unlike=Value(0.0) - F("similarity"),
        elsewhere=Case(When(own, then=NO), default=YES, output_field=BooleanField()),
        hint=Case(When(both, then=NO), default=YES, output_field=BooleanField()),
        leaves=Case(When(second_leaves, then=F("year_second")), default=F("year_first")),
        stays=Case(When(second_leaves, then=F("year_first")), default=F("year_second")),
        stays_counted=Case(
            When(Q(second_leaves) & condition, then=YES),
            When(~Q(second_leaves) & other, then=YES),
            default=NO,
            output_field=BooleanField(),
        ),
    )


def why(row: Any) -> str:
    """The reason for its place, in words. Across regions by the own record alone."""
    if row.changes == NOTHING:
        return _("Changes no total")
    if row.elsewhere:
        return _("Another region: a year's total may go down by 1")
    if row.changes == TWICE_IN_A_YEAR:
        return _("Same year: %(year)d goes down by 1") % {"year": row.leaves}
    if row.stays_counted:
        return _("Two years: %(year)d goes down by 1, the person is counted in %(stays)d") % {
            "year": row.leaves,
            "stays": row.stays,
        }
    return _("%(year)d goes down by 1: the earlier record is not counted") % {"year": row.leaves}
