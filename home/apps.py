"""Words of the audit log, which the app hands in (accounts.permissions)."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy, pgettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "reminder": gettext_lazy("Reminders"),
    "line_note": gettext_lazy("Handover notes of the line"),
}
# What was done: the part after the dot.
DONE: Final = {
    "at_once": pgettext_lazy("audit", "sent at once"),
    "send": pgettext_lazy("audit", "sent"),
    "write": pgettext_lazy("audit", "written"),
    "end": pgettext_lazy("audit", "ended"),
}


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = gettext_lazy("My page")
