"""The audit trail's words of what leaves as a whole: collected by `audit_pages.words`."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "register": gettext_lazy("The whole register"),
    "retention": gettext_lazy("Rules of retention"),
    "disposal": gettext_lazy("Disposal"),
}
# What was done: the part after the dot.
DONE: Final = {
    "carry_out": pgettext_lazy("audit", "carried out"),
    "archive": pgettext_lazy("audit", "the package of a year was made"),
}
# How something was done.
HOW: Final = {
    "texts": gettext_lazy("with texts in clear"),
    "disposal.carry_out": gettext_lazy("Disposing of rows"),
    "register.export": gettext_lazy("Export everything with its texts"),
}
