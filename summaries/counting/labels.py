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
from summaries.catalogue import BESIDE, CLASSIFICATIONS, INSIDE
from summaries.counting.reference import Reference, country_names
from summaries.tables import TOTAL, Table, of_calls

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
