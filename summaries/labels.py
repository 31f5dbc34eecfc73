"""What tables, dimensions and categories are called, in the active language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django_countries import countries

from agencies.models import localised
from cases.choices import AgeClass, MeasureAnswer, Status
from summaries.reference import Reference, country_names
from summaries.tables import TOTAL, Table, of_calls

TITLES: Final = {
    "groups": gettext_lazy("Persons by group"),
    "main_purpose": gettext_lazy("Persons by main purpose and group"),
    "any_purpose": gettext_lazy("Persons by any purpose and group"),
    "citizenship": gettext_lazy("Persons by citizenship and group"),
    "county": gettext_lazy("Persons by county where identified and group"),
    "organisation": gettext_lazy("Persons by identifying organisation and group"),
    "source": gettext_lazy("Persons by source and group"),
    "offence": gettext_lazy("Persons by offence and group"),
    "status": gettext_lazy("Persons by status and group"),
    "measures": gettext_lazy("Persons by measure accepted and group"),
    "ages": gettext_lazy("Persons by age class and group"),
    "age_group": gettext_lazy("Children, adults and age unknown by group"),
    "purpose_combination": gettext_lazy("Persons by combination of purposes and group"),
    "country_group": gettext_lazy("Persons by group of countries and group"),
    "region": gettext_lazy("Persons by NMT region where identified and group"),
    "channel": gettext_lazy("Persons by channel and group"),
    "sector": gettext_lazy("Persons by sector, where the main purpose is labour, and group"),
    "measure_answers": gettext_lazy("Persons by measure and answer"),
    "groups_by_year": gettext_lazy("Persons by year and group"),
    "main_purpose_by_year": gettext_lazy("Persons by year and main purpose"),
    "published_purpose": gettext_lazy("Published persons by purpose"),
    "published_citizenship": gettext_lazy("Published persons by citizenship"),
    "calls_topic": gettext_lazy("Calls by topic"),
    "calls_caller": gettext_lazy("Calls by caller's profession"),
    "calls_outcome": gettext_lazy("Calls by outcome"),
    "calls_month": gettext_lazy("Calls by month"),
    "calls_county": gettext_lazy("Calls by caller's county"),
}
DIMENSIONS: Final = {
    "group": gettext_lazy("Group"),
    "main_purpose": gettext_lazy("Main purpose"),
    "any_purpose": gettext_lazy("Purpose"),
    "citizenship": gettext_lazy("Citizenship"),
    "county": gettext_lazy("County"),
    "organisation": gettext_lazy("Organisation"),
    "source": gettext_lazy("Source"),
    "offence": gettext_lazy("Offence"),
    "status": gettext_lazy("Status"),
    "measure": gettext_lazy("Measure"),
    "measure_kind": gettext_lazy("Measure"),
    "answer": gettext_lazy("Answer"),
    "age": gettext_lazy("Age at identification"),
    "age_group": gettext_lazy("Age"),
    "purpose_combination": gettext_lazy("Purposes"),
    "country_group": gettext_lazy("Group of countries"),
    "region": gettext_lazy("NMT region"),
    "channel": gettext_lazy("Channel"),
    "sector": gettext_lazy("Sector"),
    "topic": gettext_lazy("Topic"),
    "caller": gettext_lazy("Caller's profession"),
    "outcome": gettext_lazy("Outcome"),
    "month": gettext_lazy("Month"),
    "call_county": gettext_lazy("County"),
    "year": gettext_lazy("Year"),
}
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
# Dimensions whose categories are named by a list of codes or places.
LIST_OF: Final = {
    "main_purpose": "purpose_group",
    "any_purpose": "purpose_group",
    "measure_kind": "measure",
    "call_county": "county",
}


def titles() -> Mapping[str, str]:
    return {name: str(title) for name, title in TITLES.items()}


@dataclass(frozen=True)
class Labels:
    reference: Reference

    def dimension(self, name: str) -> str:
        return str(DIMENSIONS.get(name, name))

    def category(self, dimension: str, category: str) -> str:
        """The name of a category; the category itself where it has none."""
        if dimension == "citizenship" and category not in (TOTAL, "not_asked"):
            return country(category)
        if dimension == "purpose_combination" and category != TOTAL:
            first, *others = (self.category("any_purpose", part) for part in category.split("+"))
            return " + ".join([first, *(other[:1].lower() + other[1:] for other in others)])
        words = WORDS.get(dimension, {})
        names = self.reference.names.get(LIST_OF.get(dimension, dimension), {})
        if category in words:
            return _sentence(str(words[category]))
        if category in names:
            return localised(*names[category])
        return str(WORDS[""].get(category, category))


def country(code: str) -> str:
    """The name of a country; Stateless and Unknown have codes too."""
    if code in country_names():
        return localised(*country_names()[code])
    return str(countries.name(code)) or code


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def unit(table: Table) -> str:
    """What the cells of a table count."""
    return gettext("Number of calls") if of_calls(table.name) else gettext("Number of persons")
