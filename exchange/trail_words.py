"""The audit trail's words of files in and out: collected by `audit_pages.words`."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "import": gettext_lazy("Imports"),
    "export": gettext_lazy("Exports"),
}
# What was done: the part after the dot.
DONE: Final = {
    "export": pgettext_lazy("audit", "exported"),
    "download": pgettext_lazy("audit", "downloaded"),
    "undo": pgettext_lazy("audit", "undone"),
}
