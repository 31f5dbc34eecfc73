"""What cases are about, in a line of a list, and what a record lacks before its year is closed.

A line says how many persons in scope there are of which group, and for what purposes. A list may show this;
none selects by it (`cases/views/case_filter.py`).

What is lacking stands as a condition of the database and as names for a page; a test holds them together.
Only counted persons lack anything; who was imported from an old spreadsheet in the years of which that was
decided.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import CharField, Count, IntegerField, Q, QuerySet, Value
from django.utils.translation import gettext as _, ngettext, pgettext

from accounts.access import Access
from agencies.models import localised
from cases.choices import COUNTED, LABOUR_PURPOSES
from cases.facts import BY_NAME, COMPLETED, COUNTRY, FactOfPerson
from cases.models import Measure, Person
from cases.querysets import demanded
from cases.rules.persons import BOYS, GIRLS, GROUPS, MEN, OTHER, UNKNOWN, WOMEN, group_of
from cases.wording import LABELS, within_a_line

NAMES: Final = {fact.name: LABELS[fact.name] for fact in COMPLETED}
# Answers that leave the question open.
OPEN: Final = {"offence": "offence:not_assessed", "main_purpose": "purpose:unknown"}
# Where facts stand that are not the person's own. Of persons with `main`, the exploitation that is the main
# one (PersonQuerySet.with_main).
AT: Final = {"main_purpose": "main__purpose", "sector": "main__sector", "channel": "first_channel"}


def _lacking(fact: FactOfPerson) -> Q:
    column = AT.get(fact.name, fact.name)
    lacking = Q(**{f"{column}__isnull": True})
    if fact.kind == COUNTRY:
        lacking |= Q(**{column: ""})
    if fact.name in OPEN:
        lacking |= Q(**{column: OPEN[fact.name]})
    return lacking & Q(main__purpose__in=LABOUR_PURPOSES) if fact.name == "sector" else lacking


LACKING: Final = Q(same_as__isnull=True, status__in=COUNTED) & reduce(
    or_, (_lacking(one) for one in COMPLETED)
)
INCOMPLETE: Final = LACKING & demanded()
EXCUSED: Final = LACKING & ~demanded()  # apart: of those imported from old spreadsheets it is not asked


def missing_of(person: Person, purpose: str | None, sector: str | None) -> list[str]:
    """Keys of NAMES, in their order. `purpose` and `sector` are keys of the main exploitation. Who was taken
    over is one of `with_demanded`."""
    if not person.counted or (person.taken_over and not person.demanded):
        return []
    stated = {name: getattr(person, BY_NAME[name].attname) for name in NAMES.keys() - AT.keys()}
    stated |= {"main_purpose": purpose, "sector": sector, "channel": person.first_channel_id}
    if purpose not in LABOUR_PURPOSES:
        stated["sector"] = "-"  # only these have one: of others it is not lacking
    return [name for name in NAMES if stated[name] in (None, "", OPEN.get(name))]


NAMED: Final = 3  # purposes, or kinds of measures, that a line names; of more it says how many
COUNTY: Final = ("first_county__name_sv", "first_county__name_en")
OFFERED: Final = "-"  # in the place of the sex of persons: a row of measures
PURPOSE: Final = ("main__purpose", "main__purpose__label_sv", "main__purpose__label_en")
SECTOR: Final = ("main__sector__label_sv", "main__sector__label_en")


@dataclass(slots=True)
class Concerns:
    number: int = 0
    lacking: int = 0
    groups: Counter[str] = field(default_factory=Counter)
    purposes: Counter[str] = field(default_factory=Counter)
    places: set[str] = field(default_factory=set)
    offered: Counter[str] = field(default_factory=Counter)

    @property
    def counties(self) -> int:
        return len(self.places)

    @property
    def people(self) -> str:
        """40 men, 1 girl."""
        return ", ".join(in_group(name, self.groups[name]) for name in GROUPS if self.groups[name])

    @property
    def why(self) -> str:
        """The main purposes, the commonest first."""
        return few(self.purposes)

    @property
    def given(self) -> str:
        """The kinds of measures that were offered, with how many they were offered to."""
        return few(self.offered, numbered=True)


def in_group(name: str, n: int) -> str:
    texts = {
        WOMEN: ngettext("%(n)d woman", "%(n)d women", n),
        MEN: ngettext("%(n)d man", "%(n)d men", n),
        GIRLS: ngettext("%(n)d girl", "%(n)d girls", n),
        BOYS: ngettext("%(n)d boy", "%(n)d boys", n),
        OTHER: ngettext("%(n)d of other sex", "%(n)d of other sex", n),
        UNKNOWN: ngettext("%(n)d unknown", "%(n)d unknown", n),
    }
    return texts[name] % {"n": n}


def purpose_in_words(key: str | None, label: str, sector: str) -> str:
    """Short: where the line of work is known it says more than which of the purposes of labour it was."""
    if key in LABOUR_PURPOSES and sector:
        return f"{pgettext('short for the purposes of labour', 'work')}, {within_a_line(sector)}"
    return within_a_line(label) if key else ""


def few(words: Counter[str], *, numbered: bool = False) -> str:
    """The commonest, and how many more there are; `numbered` with how often each stands, where more than
    once."""
    ranked = sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))
    texts = [f"{word} ({n})" if numbered and n > 1 else word for word, n in ranked[:NAMED]]
    if more := len(ranked) - len(texts):
        texts.append(ngettext("%(n)d more", "%(n)d more", more) % {"n": more})
    return "; ".join(texts)


def of_cases(cases: Iterable[Any], access: Access, *, measures: bool = False) -> defaultdict[int, Concerns]:
    """By the key of the case; in one query, whatever the number of persons. With what was offered, where that
    is asked for."""
    keys = [case.pk for case in cases]
    found: defaultdict[int, Concerns] = defaultdict(Concerns)
    for case, *row in _of_cases(access, keys, measures):
        _count(found[case], row)
    return found


def _of_cases(access: Access, cases: Sequence[int], measures: bool) -> QuerySet[Any, Any]:
    rows = Person.objects.visible_to(access).filter(case__in=cases).with_main().order_by()
    alike = rows.values_list("case", "sex", "child", *COUNTY, *PURPOSE, *SECTOR)
    counted = alike.annotate(number=Count("pk"), lacking=Count("pk", filter=INCOMPLETE))
    return counted.union(_offered(access, cases, "person__case"), all=True) if measures else counted


def _offered(access: Access, keys: Sequence[int], by: str) -> QuerySet[Any, Any]:
    """How many were offered which kind of measure, in the columns of those persons."""
    nothing = [Value("", CharField())] * len(SECTOR)
    rows = Measure.objects.visible_to(access).filter(**{f"{by}__in": list(keys)}).order_by()
    columns = rows.values_list(
        by, Value(OFFERED, CharField()), Value("", CharField()), *nothing,
        "kind_id", "kind__label_sv", "kind__label_en", *nothing,
    )  # fmt: skip
    return columns.annotate(number=Count("person", distinct=True), lacking=Value(0, IntegerField()))


def _count(one: Concerns, row: Sequence[Any]) -> None:
    sex, child, county_sv, county_en, key, label_sv, label_en, sector_sv, sector_en, number, lacking = row
    label = localised(label_sv, label_en) or ""
    if sex == OFFERED:
        one.offered[within_a_line(label)] += number
        return
    one.number += number
    one.lacking += lacking
    one.groups[group_of(sex, child)] += number
    one.places.add(localised(county_sv, county_en))
    if texts := purpose_in_words(key, label, localised(sector_sv, sector_en) or ""):
        one.purposes[texts] += number


def offered_to(persons: Sequence[int], access: Access) -> dict[int, str]:
    """What was offered to each of these persons, in words."""
    found: dict[int, Concerns] = defaultdict(Concerns)
    for person, *row in _offered(access, persons, "person"):
        _count(found[person], row)
    return {key: concerns.given for key, concerns in found.items()}


def source_of(channel: object, *, from_call: bool) -> str:
    """How it came in: the support line where it was opened from a call (counting rule 4)."""
    return _("Support line") if from_call else str(channel or "")
