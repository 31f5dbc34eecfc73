"""The audit trail's words of background runs: collected by `audit_pages.words`."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "job": gettext_lazy("Background runs"),
}
# What was done: the part after the dot, or the whole of it.
DONE: Final = {
    "job.ask": pgettext_lazy("audit", "started"),
    "cancel": pgettext_lazy("audit", "cancelled"),
}
