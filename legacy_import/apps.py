"""Words of the audit log, which the app hands in (accounts.permissions)."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy, pgettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "reconciliation": gettext_lazy("Totals of imported years"),
    "takeover": gettext_lazy("Old spreadsheets"),
}
# What was done: the part after the dot.
DONE: Final = {
    "figures": pgettext_lazy("audit", "totals of sheets kept"),
    "reconciliation.explain": pgettext_lazy("audit", "difference explained"),
    "reconciliation.change": pgettext_lazy("audit", "explanation changed"),
    "reconciliation.take_back": pgettext_lazy("audit", "explanation taken back"),
    "reconciliation.export": pgettext_lazy("audit", "report made"),
    "upload": pgettext_lazy("audit", "uploaded"),
    "left_behind": pgettext_lazy("audit", "seen what is left behind in the file"),
    "answer": pgettext_lazy("audit", "answered"),
    "take": pgettext_lazy("audit", "taken in"),
    "discard": pgettext_lazy("audit", "thrown away"),
}
# How something was looked for, read or proven.
HOW: Final = {
    "takeover": gettext_lazy("Import old spreadsheets"),
    "spreadsheets.look": gettext_lazy("Reading spreadsheets"),
    "spreadsheets.take": gettext_lazy("Importing spreadsheets"),
    "spreadsheets.undo": gettext_lazy("Taking spreadsheets back"),
}


class LegacyImportConfig(AppConfig):
    name = "legacy_import"
    verbose_name = gettext_lazy("Spreadsheets of earlier years")

    def ready(self) -> None:
        from legacy_import import requests

        requests.register()
