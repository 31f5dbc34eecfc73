"""The audit trail's words of yearly summaries: collected by `audit_pages.words`."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "summary": gettext_lazy("Yearly summaries"),
    "publication": gettext_lazy("Publications"),
    "correction": gettext_lazy("Corrections that wait"),
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
    "wait": pgettext_lazy("audit", "have to wait"),
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
