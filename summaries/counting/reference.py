"""What tables are laid out by: the lists of categories, fixed in advance; and what tables, dimensions and
categories are called, in the active language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import chain
from typing import Any, Final, TypeVar

from django.db.models import QuerySet, Value
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django_countries import countries

from agencies.code_words import rows
from agencies.directory import Geography
from agencies.models import Agency, Code, CodeMapping, County, Region, localised
from agencies.reference_data import day
from cases.choices import COUNTED, AgeClass, Child, MeasureAnswer, Sex, Status
from libs.suppression.tables import TOTAL, Table, of_calls
from summaries.catalogue import (
    ARTICLE,
    BESIDE,
    CATALOGUE,
    CLASSIFICATIONS,
    COORDINATOR,
    FACTS,
    INSIDE,
    QUESTIONS,
    SUPPORT_LINE,
)
from summaries.classifications import NOT_ASKED, PART, Codes

STANDARDS: Final = ("nmt", "sdg", ARTICLE)
FIXED: Final[Mapping[str, tuple[str, ...]]] = {  # lists that no row of the database holds
    "sex": tuple(Sex.values),
    "child": tuple(Child.values),
    "status": tuple(str(one) for one in COUNTED),
    "age": tuple(AgeClass.values),
    "answer": tuple(MeasureAnswer.values),
    "source": (SUPPORT_LINE, COORDINATOR),
    "month": tuple(f"{month:02}" for month in range(1, 13)),
}
PLACES: Final = {"county", "region", "organisation"}  # lists whose rows are a model of their own
LISTS: Final = (  # of codes
    {part for fact in FACTS.values() for part in fact.parts}
    | {classification.listed for classification in CLASSIFICATIONS.values()}
) - {*FIXED, *PLACES, "citizenship", ""}
UNKNOWN_COUNTRY, STATELESS, SWEDEN = "ZZ", "XS", "SE"
NO_COUNTRY: Final = (STATELESS, UNKNOWN_COUNTRY, NOT_ASKED)
Names = tuple[str, str]  # Swedish, English


class ReferenceMissing(RuntimeError):
    """The lists of categories have not been loaded: there is nothing to lay tables out by."""


@dataclass(frozen=True)
class Reference:
    """`categories`: list → its codes in order; `names`: list → code → names; `kinds`: agency → kind.

    `mapping`: (standard, key of a code) → what the standard calls it, by its latest release.
    """

    categories: Mapping[str, tuple[str, ...]]
    names: Mapping[str, Mapping[str, Names]]
    kinds: Mapping[str, str]
    mapping: Mapping[tuple[str, str], str]

    @classmethod
    def load(cls) -> Reference:
        """Two queries. Raises ReferenceMissing."""
        names: dict[str, dict[str, Names]] = defaultdict(dict)
        kinds: dict[str, str] = {}
        for name, _place, key, sv, en, kind in sorted(_named()):
            names[name][key.rpartition(":")[2]] = (sv, en)
            if kind:
                kinds[key] = kind.partition(":")[2]
        if not names["purpose_group"]:
            raise ReferenceMissing("The reference data are missing: run manage.py load_reference.")
        mappings = CodeMapping.objects.filter(target__in=STANDARDS).order_by("release", "pk")
        mapping = {(to, code): value for to, code, value in mappings.values_list("target", "code", "value")}
        return cls({name: tuple(found) for name, found in names.items()}, names, kinds, mapping)

    @cached_property
    def codes(self) -> Codes:
        """The catalogue with these lists."""
        countries = country_groups()
        lists = {**self.categories, **FIXED, "citizenship": tuple(countries)}
        return Codes(CATALOGUE, lists, self.mapping, {"country_group": countries, "agency_kind": self.kinds})


def _named() -> QuerySet[Any, Any]:
    """List, place in it, key, name in Swedish and English; of an agency its kind too."""
    codes = Code.objects.filter(list__in=LISTS).order_by()
    named = ("code", "name_sv", "name_en")
    return codes.values_list("list", "position", "key", "label_sv", "label_en", Value("")).union(
        County.objects.order_by().values_list(Value("county"), Value(0), *named, Value("")),
        Region.objects.order_by().values_list(Value("region"), Value(0), *named, Value("")),
        Agency.objects.order_by().values_list(Value("organisation"), "pk", *named, "kind_id"),
        all=True,
    )


CALLED: Final = {"europe": "other_europe"}  # continents whose group has another name


@cache
def country_groups() -> Mapping[str, str]:
    """Citizenship, with "+eu" in the Union on the day of identification → its group of countries."""
    groups = {}
    members = {member.country for member in eu_memberships()}
    for country, continent in continents().items():
        groups[country] = CALLED.get(continent, continent)
        if country in members:
            groups[f"{country}+eu"] = "other_eu"
    groups |= {SWEDEN: "sweden", f"{SWEDEN}+eu": "sweden"}
    return groups | {STATELESS: "stateless", UNKNOWN_COUNTRY: "unknown", NOT_ASKED: NOT_ASKED}


@dataclass(frozen=True, slots=True)
class Membership:
    """A country's time in the European Union; without a day from the beginning or to the end of time."""

    country: str
    first: date
    last: date


@cache
def eu_memberships() -> tuple[Membership, ...]:
    return tuple(
        Membership(row["country"], day(row["valid_from"]) or date.min, day(row["valid_to"]) or date.max)
        for row in rows("eu_membership")
    )


@cache
def nobody_of(year: int) -> tuple[Mapping[str, frozenset[str]], ...]:
    """Fact → base codes that nobody can have who was identified in the year: of a citizen outside the Union
    whose country was in it all the year, and of one inside it whose country was out of it."""
    whole_year = (date(year, 1, 1), date(year, 12, 31))
    codes = set()
    for member in eu_memberships():
        first, last = max(whole_year[0], member.first), min(whole_year[1], member.last)
        if first > last:
            codes.add(f"{member.country}+eu")
        elif (first, last) == whole_year:
            codes.add(member.country)
    return ({"citizenship": frozenset(codes)},) if codes else ()


def elsewhere(year: int) -> Mapping[str, frozenset[str]]:
    """Fact → base codes likewise: a county in a region that it was not part of in the year. One query."""
    placed = Geography.load()
    regions = {row[1] for row in chain(*placed.rows.values())}
    found = {
        f"{county}{PART}{region}"
        for county, dated in placed.rows.items()
        for region in regions
        - {placed.region_on(county, date(year, 1, 1))}
        - {of for day, of in dated if day.year == year}
    }
    return {"place": frozenset(found)}


@cache
def continents() -> Mapping[str, str]:
    """Country → europe, africa, asia, americas or oceania (UN M49)."""
    return {row["country"]: row["group"] for row in rows("country_groups")}


@cache
def country_names() -> Mapping[str, Names]:
    return {row["code"]: (row["name_sv"], row["name_en"]) for row in rows("country_names_extra")}


WORDS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    "group": {
        "women": gettext_lazy("Women"),
        "men": gettext_lazy("Men"),
        "girls": gettext_lazy("Girls"),
        "boys": gettext_lazy("Boys"),
        "other": gettext_lazy("Other sex"),
        "unknown": pgettext_lazy("group", "Unknown"),
        "other_unknown": gettext_lazy("Other sex or not known"),
    },
    "source": {
        "support_line": gettext_lazy("Support line"),
        "coordinator": gettext_lazy("Regional coordinators"),
    },
    "age_group": {
        "children": gettext_lazy("Children"),
        "adults": gettext_lazy("Adults"),
        "age_unknown": gettext_lazy("Age unknown"),
    },
    "country_group": {
        "sweden": gettext_lazy("Sweden"),
        "other_eu": gettext_lazy("Other EU"),
        "other_europe": gettext_lazy("Other Europe"),
        "africa": gettext_lazy("Africa"),
        "asia": gettext_lazy("Asia"),
        "americas": gettext_lazy("Americas"),
        "oceania": gettext_lazy("Oceania"),
        "stateless": gettext_lazy("Stateless"),
        "unknown": pgettext_lazy("group", "Unknown"),
    },
    "sector": {"not_labour": gettext_lazy("Not relevant: other main purpose")},
    "status": {str(status): status.label for status in Status},
    "age": {str(age): age.label for age in AgeClass},
    "month": {f"{number:02d}": name for number, name in MONTHS.items()},
    "answer": {str(answer): answer.label for answer in MeasureAnswer},
    "": {
        TOTAL: gettext_lazy("Total"),
        "not_asked": gettext_lazy("Not stated"),
        "none_given": pgettext_lazy("answer", "None"),
        "unknown": pgettext_lazy("group", "Unknown"),
    },
}


T = TypeVar("T")


def by_question(found: Mapping[str, T]) -> list[tuple[str, list[T]]]:
    """Return what is found of each table, by its name, under the question that it answers."""
    answers = (
        (gettext(title), [found[name] for name in names.split() if name in found])
        for title, names in QUESTIONS.items()
    )
    return [answer for answer in answers if answer[1]]


def titles() -> Mapping[str, str]:
    """Of every table of the internal layer, and of those beside it."""
    inside = {entry.name: entry.title for entry in INSIDE}
    return {name: gettext(title) for name, title in (inside | BESIDE).items()}


@dataclass(frozen=True)
class Labels:
    reference: Reference

    def dimension(self, name: str) -> str:
        one = CLASSIFICATIONS.get(name)
        return gettext(one.title) if one else name

    def category(self, dimension: str, category: str) -> str:
        """The name of a category; the category itself where it has none."""
        if dimension == "citizenship" and category not in (TOTAL, "not_asked"):
            return country(category)
        if dimension == "purpose_combination" and category != TOTAL:
            first, *others = (self.category("any_purpose", part) for part in category.split("+"))
            return " + ".join([first, *(other[:1].lower() + other[1:] for other in others)])
        words = WORDS.get(dimension, {})
        one = CLASSIFICATIONS.get(dimension)
        names = self.reference.names.get(one.listed if one else dimension, {})
        if category in words:
            return capfirst(str(words[category]))
        if category in names:
            return localised(*names[category])
        return str(WORDS[""].get(category, category))


def country(code: str) -> str:
    """The name of a country; Stateless and Unknown have codes too."""
    if code in country_names():
        return localised(*country_names()[code])
    return str(countries.name(code)) or code


def unit(table: Table) -> str:
    """What the cells of a table count."""
    return gettext("Number of calls") if of_calls(table.name) else gettext("Number of persons")
