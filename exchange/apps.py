"""Words of the audit log, which the app hands in (accounts.permissions)."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy, pgettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {"import": gettext_lazy("Imports"), "export": gettext_lazy("Exports")}
# What was done: the part after the dot.
DONE: Final = {
    "export": pgettext_lazy("audit", "exported"),
    "download": pgettext_lazy("audit", "downloaded"),
    "undo": pgettext_lazy("audit", "undone"),
}


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = gettext_lazy("Files")
