"""What the public tables and their coarser categories are called, beside what the yearly summary calls its
own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from summaries.catalogue import CLASSIFICATIONS, INSIDE, PUBLISHED
from summaries.counting.labels import Labels, titles

WORDS: Final[Mapping[str, str | Promise]] = {
    "children": _("Girls and boys"),  # what adds up to the headline; children of another sex are in other
    "other_unknown": _("Other sex or not known"),
    "other_purposes": _("Other purposes"),
    "other_or_unknown": _("Other purposes, and not known"),
    "own": _("Sweden"),
    "eu_citizens": _("Other EU country"),
    "non_eu": _("Country outside the EU"),
    "unknown_citizens": pgettext_lazy("group", "Unknown"),
    "metropolitan": _("Regions of the three large cities"),
    "other_regions": _("Other regions"),
    "exploiting": _("Human exploitation, also gross"),
    "no_offence_stated": _("Not assessed or not stated"),
    "other_offences": _("Other offences"),
    "unknown_age": pgettext_lazy("group", "Unknown"),
    "land": _("Farming, forestry and fishing"),
    "making": _("Industry, building and vehicles"),
    "services": _("Services"),
    "households": _("Households"),
    "other_sectors": _("Other or unknown sector"),
    "authorities": _("Authorities"),
    "care_and_school": _("Health care and school"),
    "civil_society": _("Civil society and companies"),
    "individuals": _("Individuals"),
    "other_callers": _("Other or unknown"),
    "trafficking": _("Trafficking only"),
    "with_exploitation": _("Trafficking and human exploitation"),
    "unmapped": _("Not in the standard's list"),
    "police": _("Police"),
    "border_guards": _("Border guards and customs"),
    "immigration": _("Immigration services"),
    "labour_inspectors": _("Labour inspectors"),
    "prosecution_courts": _("Prosecution and courts"),
    "social_reception": _("Social or reception services"),
    "ngo": _("Non-governmental organisations"),
    "nrm": _("National coordination"),
    "other": pgettext_lazy("standard", "Other"),
    "presumed": pgettext_lazy("victims", "Presumed"),
    "identified": pgettext_lazy("victims", "Identified"),
    "unknown": pgettext_lazy("group", "Unknown"),
    "sexual_exploitation": _("Sexual exploitation"),
    "forced_labour": _("Forced labour or services"),
    "servitude": _("Servitude"),
    "criminal_activities": _("Criminal activities"),
    "forced_marriage": _("Forced marriage"),
    "illegal_adoption": _("Illegal adoption"),
    "surrogacy": _("Surrogacy"),
    "organ_removal": _("Organ removal"),
    "slavery": _("Slavery"),
    "VC_HTF_DETV": _("Form unknown"),
    "VC_HTF_DETVSX": _("Sexual exploitation"),
    "VC_HTF_DETVFL": _("Forced labour, servitude and slavery"),
    "VC_HTF_DETVOG": _("Organ removal"),
    "VC_HTF_DETVOP": _("Other purposes"),
}


# In a table of the country, the kinds of the Union's standard by the agencies that are in them here.
NATIONAL_TABLE: Final = ("organisation", "eu_organisation")
NATIONAL: Final[Mapping[str, str | Promise]] = {
    "police": _("Police Authority"),
    "border_guards": _("Border police and Customs"),
    "immigration": _("Migration Agency"),
    "labour_inspectors": _("Work Environment Authority"),
    "prosecution_courts": _("Prosecution Authority and courts"),
    "social_reception": _("Social services"),
    "ngo": _("Civil-society organisations"),
    "nrm": _("Regional coordinators and national coordination"),
    "other": pgettext_lazy("organisations", "Other organisations"),
}


INSIDE_LEVELS: Final = {
    level for entry in INSIDE for level in (entry.ladder[0].rows, entry.ladder[0].columns)
}
COARSER: Final = CLASSIFICATIONS.keys() - INSIDE_LEVELS


class PublicLabels(Labels):
    def category(self, dimension: str, category: str) -> str:
        """Words of the coarser levels; those of the finer ones are the yearly summary's."""
        one = CLASSIFICATIONS.get(dimension)
        if one and one.fact == "age" and category[0].isdigit():
            return _years(category)
        if one is None or dimension not in COARSER:
            return super().category(dimension, category)
        if one.nested:
            return self._nested(category)
        if category in WORDS and (category != "unknown" or one.standard[0]):
            return str(WORDS[category])
        return self.category(one.of, category) if one.of else super().category(dimension, category)

    def _nested(self, category: str) -> str:
        if category == "*":
            return str(_("All counted persons"))
        scope, _plus, status = category.partition("+")
        return (
            f"{WORDS[scope]}, {self.category('eu_status', status).lower()}" if status else str(WORDS[scope])
        )


def _years(category: str) -> str:
    """13–17 years, 35 years and older."""
    if category.endswith("+"):
        return gettext("{age} years and older").format(age=category.removesuffix("+"))
    return gettext("{span} years").format(span=category.replace("-", "–"))


def public_titles() -> dict[str, str]:
    return {**titles(), **{entry.name: gettext(entry.title) for entry in PUBLISHED}}
