"""The audit trail's words of casework: collected by `trail.words`."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "case": gettext_lazy("Cases"),
    "person": gettext_lazy("Persons"),
    "call": gettext_lazy("Calls"),
    "identification": gettext_lazy("Identifications"),
    "exploitation": gettext_lazy("Exploitation"),
    "measure": gettext_lazy("Measures"),
    "transfer": gettext_lazy("Transfers"),
    "access": gettext_lazy("Access to cases of other regions"),
    "duplicate": gettext_lazy("Duplicates"),
    "refused": gettext_lazy("Refusals"),
    "draft": gettext_lazy("Drafts"),
    "note": gettext_lazy("Free texts"),
    "notification": gettext_lazy("Notifications"),
    "message": gettext_lazy("Messages"),
    "year": gettext_lazy("Confirmed years"),
    "keys": gettext_lazy("Keys"),
}
# What was done: the part after the dot.
DONE: Final = {
    "assign": pgettext_lazy("audit", "responsible changed"),
    "different": pgettext_lazy("audit", "found to be two persons"),
    "same": pgettext_lazy("audit", "found to be one person"),
    "unsure": pgettext_lazy("audit", "left open"),
    "accepted": pgettext_lazy("audit", "accepted"),
    "declined": pgettext_lazy("audit", "declined"),
    "edit_several": pgettext_lazy("audit", "several changed"),
    "extract": pgettext_lazy("audit", "extract made"),
    "find": pgettext_lazy("audit", "looked for"),
    "follow_up": pgettext_lazy("audit", "followed up"),
    "grant": pgettext_lazy("audit", "granted"),
    "hint": pgettext_lazy("audit", "hint given that another region may have the person"),
    "htcds": "HTCDS",
    "no_name": pgettext_lazy("audit", "said to name nobody"),
    "indicators": pgettext_lazy("audit", "indicators changed"),
    "link": pgettext_lazy("audit", "tied to a case"),
    "log": pgettext_lazy("audit", "logged"),
    "move": pgettext_lazy("audit", "state changed"),
    "open": pgettext_lazy("audit", "opened"),
    "preview": pgettext_lazy("audit", "previewed"),
    "persons": pgettext_lazy("audit", "persons"),
    "refuse": pgettext_lazy("audit", "declined"),
    "ready": pgettext_lazy("audit", "said to be ready so far"),
    "register": pgettext_lazy("audit", "registered"),
    "reopen": pgettext_lazy("audit", "taken back"),
    "rotate": pgettext_lazy("audit", "changed"),
    "status": pgettext_lazy("audit", "status changed"),
    "suspects": pgettext_lazy("audit", "suspects counted"),
    "take_over": pgettext_lazy("audit", "taken over"),
    "withdraw": pgettext_lazy("audit", "taken back"),
    "unknown": pgettext_lazy("audit", "an address of nothing"),
    "calls": gettext_lazy("calls"),
    "cases": gettext_lazy("cases"),
}
# How something was looked for, read or proven.
HOW: Final = {
    "page": gettext_lazy("on the page"),
    "pdf": "PDF",
    "number": gettext_lazy("by number"),
    "q": gettext_lazy("by number"),
    "year": gettext_lazy("by year"),
    "county": gettext_lazy("by county"),
    "region": gettext_lazy("by region"),
    "state": gettext_lazy("by state"),
    "responsible": gettext_lazy("by who is responsible"),
    "follow_up": gettext_lazy("by follow-up"),
    "complete": gettext_lazy("by completeness"),
    "reference": gettext_lazy("by reference"),
    "extract": gettext_lazy("for an extract"),
    "export": gettext_lazy("before an export"),
    "my_page": gettext_lazy("on My page"),
    "chosen": gettext_lazy("those chosen"),
    "lately": gettext_lazy("those opened last"),
    "grid": gettext_lazy("in the grid"),
    "duplicate": gettext_lazy("as a possible duplicate"),
}
