"""What the public tables and their coarser categories are called, beside what the yearly summary calls its
own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summaries.labels import Labels, titles
from summaries.publishing.layouts import NESTED

TITLES: Final[Mapping[str, str | Promise]] = {
    "main_purpose": _("Persons by main purpose"),
    "country_group": _("Persons by group of countries"),
    "citizenship": _("Persons by citizenship: countries with enough persons to be shown"),
    "region": _("Persons by NMT region where identified"),
    "organisation": _("Persons by identifying organisation"),
    "offence": _("Persons by offence"),
    "sector": _("Persons whose main purpose is labour, by sector"),
    "ages": _("Persons by age"),
    "measures": _("Persons by measure accepted"),
    "sdg": _("Sustainable Development Goal 16.2.2: detected victims by form of exploitation"),
    "eu_form": _("EU Article 19a: registered victims by form of exploitation"),
    "eu_organisation": _("EU Article 19a: registered victims by registering organisation"),
    "eu_age_sex": _("EU Article 19a: registered victims by sex and age"),
    "eu_citizenship": _("EU Article 19a: registered victims by citizenship"),
    "eu_status": _("EU Article 19a: registered victims, identified and presumed"),
}
DIMENSIONS: Final[Mapping[str, str | Promise]] = {
    "section": _("Women, men and children"),
    "purpose_class": _("Main purpose"),
    "eu_citizenship": _("Citizenship"),
    "area": _("Part of the country"),
    "eu_organisation": _("Organisation"),
    "offence_class": _("Offence"),
    "sector_class": _("Sector"),
    "age_class": _("Age at identification"),
    "age_span": _("Age at identification"),
    "sdg": _("Series"),
    "eu_form": _("Form of exploitation"),
    "eu_status": _("Status"),
    "scope": _("Offences counted"),
    "scope_status": _("Offences counted, and status"),
    "caller_class": _("Caller's profession"),
}
WORDS: Final[Mapping[str, str | Promise]] = {
    "children": _("Children"),
    "other_unknown": _("Other sex or not known"),
    "other_purposes": _("Other purposes"),
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


@dataclass(frozen=True)
class PublicLabels(Labels):
    def dimension(self, name: str) -> str:
        return str(DIMENSIONS[name]) if name in DIMENSIONS else super().dimension(name)

    def category(self, dimension: str, category: str) -> str:
        """Words of the coarser levels; those of the finer ones are the yearly summary's."""
        if dimension in NESTED:
            return self._nested(category)
        if dimension in ("age_class", "age_span") and category[0].isdigit():
            return category.replace("-", "–")
        if dimension in ("section", "purpose_class"):
            fine = "group" if dimension == "section" else "main_purpose"
            return (
                str(WORDS[category])
                if category in WORDS and category != "unknown"
                else super().category(fine, category)
            )
        if dimension in DIMENSIONS and category in WORDS:
            return str(WORDS[category])
        return super().category(dimension, category)

    def _nested(self, category: str) -> str:
        if category == "*":
            return str(_("All counted persons"))
        scope, _plus, status = category.partition("+")
        return (
            f"{WORDS[scope]}, {self.category('eu_status', status).lower()}" if status else str(WORDS[scope])
        )


def public_titles() -> dict[str, str]:
    return {**titles(), **{name: str(title) for name, title in TITLES.items()}}
