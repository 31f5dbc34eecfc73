"""Words of the audit log and rights in Django's admin, which the app hands in (accounts.permissions)."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from accounts.permissions import Verbs, one_right
from accounts.roles import May

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "summary": gettext_lazy("Yearly summaries"),
    "publication": gettext_lazy("Publications"),
    "exemption": gettext_lazy("Exemptions from protection"),
    "dark_figure": gettext_lazy("Dark figure"),
    "figures": gettext_lazy("Historical figures"),
    "demo": gettext_lazy("Demonstration"),
}
# What was done: the part after the dot.
DONE: Final = {
    "estimate": pgettext_lazy("audit", "estimated"),
    "approve": pgettext_lazy("audit", "approved"),
    "overlaps": pgettext_lazy("audit", "overlaps read"),
    "protect": pgettext_lazy("audit", "protected"),
    "publish": pgettext_lazy("audit", "published"),
    "announce": pgettext_lazy("audit", "hour announced"),
    "unannounce": pgettext_lazy("audit", "announcement cancelled"),
    "call_off": pgettext_lazy("audit", "called off before its hour"),
    "standing": pgettext_lazy("audit", "standing decision"),
    "step": pgettext_lazy("audit", "categories chosen"),
    "text": pgettext_lazy("audit", "text edited"),
    "withdraw": pgettext_lazy("audit", "withdrawn"),
    "invent": pgettext_lazy("audit", "invented"),
    "attack": pgettext_lazy("audit", "attacked again"),
    "try": pgettext_lazy("audit", "tried again"),
    "give_out": pgettext_lazy("audit", "given out, protected"),
    "historical_figures": gettext_lazy("historical figures"),
    "justice_figures": gettext_lazy("figures of justice"),
    "population": gettext_lazy("populations"),
}
# How something was asked for: which question for two it was.
HOW: Final = {
    "version.release": gettext_lazy("Release a version"),
    "version.withdraw": gettext_lazy("Withdraw a version"),
}


VERBS: Final[dict[str, Verbs]] = {
    "summaries.historicalfigure": one_right(May.EDIT_FIGURES),
    "summaries.population": one_right(May.EDIT_FIGURES),
    "summaries.justicefigure": one_right(May.EDIT_FIGURES),
}


PAGES: Final[dict[str, str | Promise]] = {
    "all": gettext_lazy("all tables"),
    "comparison": gettext_lazy("Ten years side by side"),
    "overview": gettext_lazy("overview"),
    "publication": gettext_lazy("Publishing"),
    "quality": gettext_lazy("Quality"),
    "sv": pgettext_lazy("language", "Swedish"),
    "en": pgettext_lazy("language", "English"),
}


class SummariesConfig(AppConfig):
    name = "summaries"
    verbose_name = pgettext_lazy("statistics", "External data")
    audit_kinds = ("summary", "summaries")

    def ready(self) -> None:
        from summaries.release import release_actions

        release_actions.register()

    def audit_words(self, label: str) -> str:
        """A label of the audit log, such as "2025 county": its tables and pages in words
        (audit_pages.words)."""
        from summaries.counting.reference import titles

        known = {**titles(), **PAGES}
        version = gettext("version %(n)s")
        texts = [
            str(known.get(word, version % {"n": word} if at and word.isdigit() else word))
            for at, word in enumerate(label.split())
        ]
        return ", ".join(texts)
