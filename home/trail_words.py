"""The audit trail's words of letters: collected by `audit_pages.words`."""

from __future__ import annotations

from typing import Final

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
