"""Words of the audit log, which the app hands in (accounts.permissions)."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy, pgettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {"audit": gettext_lazy("The audit log itself")}
# What was done: the part after the dot.
DONE: Final = {
    "": pgettext_lazy("audit", "refused"),
    "add": pgettext_lazy("audit", "added"),
    "ask": pgettext_lazy("audit", "asked"),
    "change": pgettext_lazy("audit", "changed"),
    "close": pgettext_lazy("audit", "closed"),
    "confirm": pgettext_lazy("audit", "closed the year"),
    "decline": pgettext_lazy("audit", "declined"),
    "delete": pgettext_lazy("audit", "removed"),
    "dispose": pgettext_lazy("audit", "disposed of"),
    "edit": pgettext_lazy("audit", "changed"),
    "history": pgettext_lazy("audit", "history read"),
    "list": pgettext_lazy("audit", "listed"),
    "read": pgettext_lazy("audit", "read"),
    "refused": pgettext_lazy("audit", "refused"),
    "verify": pgettext_lazy("audit", "verified"),
}
# How something was looked for, read or proven.
HOW: Final = {
    "changed": gettext_lazy("an event was changed"),
    "removed": gettext_lazy("an event was removed"),
    "inserted": gettext_lazy("an event was put in"),
    "truncated": gettext_lazy("the end was cut off"),
    "about": gettext_lazy("of one case or person"),
    "by": gettext_lazy("of one actor"),
    "action": gettext_lazy("by event"),
    "from": gettext_lazy("from a day on"),
    "to": gettext_lazy("until a day"),
    "whole": gettext_lazy("whole"),
    "broken": gettext_lazy("broken"),
}


class AuditPagesConfig(AppConfig):
    name = "audit_pages"
    verbose_name = gettext_lazy("Audit log")
