"""The audit trail's words of what leaves as a whole: collected by `trail.words`."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "register": gettext_lazy("The whole register"),
    "reconciliation": gettext_lazy("Totals of years taken over"),
    "comparison": gettext_lazy("Register and spreadsheet side by side"),
    "takeover": gettext_lazy("Spreadsheets taken over"),
    "retention": gettext_lazy("Rules of retention"),
    "disposal": gettext_lazy("Disposal"),
}
# What was done: the part after the dot.
DONE: Final = {
    "figures": pgettext_lazy("audit", "totals of sheets kept"),
    "reconciliation.explain": pgettext_lazy("audit", "difference explained"),
    "reconciliation.change": pgettext_lazy("audit", "explanation changed"),
    "reconciliation.take_back": pgettext_lazy("audit", "explanation taken back"),
    "reconciliation.export": pgettext_lazy("audit", "report made"),
    "comparison.make": pgettext_lazy("audit", "made"),
    "upload": pgettext_lazy("audit", "uploaded"),
    "left_behind": pgettext_lazy("audit", "seen what is left behind in the file"),
    "answer": pgettext_lazy("audit", "answered"),
    "take": pgettext_lazy("audit", "taken in"),
    "discard": pgettext_lazy("audit", "thrown away"),
    "carry_out": pgettext_lazy("audit", "carried out"),
    "archive": pgettext_lazy("audit", "the package of a year was made"),
}
# How something was looked for, read or proven.
HOW: Final = {
    "texts": gettext_lazy("with texts in clear"),
    "takeover": gettext_lazy("Take spreadsheets over"),
    "spreadsheets.look": gettext_lazy("Reading spreadsheets"),
    "spreadsheets.take": gettext_lazy("Taking spreadsheets in"),
    "spreadsheets.undo": gettext_lazy("Taking spreadsheets back"),
    "disposal.carry_out": gettext_lazy("Disposing of rows"),
    "register.export": gettext_lazy("Export everything with its texts"),
}
