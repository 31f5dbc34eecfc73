"""Words of the audit log and rights in Django's admin, which the app hands in (accounts.permissions)."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.permissions import Verbs, rights
from accounts.roles import May

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
    "year": gettext_lazy("Closed years"),
    "misregistration": gettext_lazy("Registered by mistake"),
    "keys": gettext_lazy("Keys"),
}
# What was done: the part after the dot.
DONE: Final = {
    "begin": pgettext_lazy("audit", "begun"),
    "assign": pgettext_lazy("audit", "responsible changed"),
    "different": pgettext_lazy("audit", "found to be two persons"),
    "same": pgettext_lazy("audit", "found to be one person"),
    "unsure": pgettext_lazy("audit", "left open"),
    "accepted": pgettext_lazy("audit", "accepted"),
    "declined": pgettext_lazy("audit", "declined"),
    "demand": pgettext_lazy("audit", "imported persons must be complete"),
    "excuse": pgettext_lazy("audit", "imported persons need not be complete"),
    "edit_several": pgettext_lazy("audit", "several changed"),
    "extract": pgettext_lazy("audit", "extract made"),
    "find": pgettext_lazy("audit", "looked for"),
    "follow_up": pgettext_lazy("audit", "followed up"),
    "grant": pgettext_lazy("audit", "granted"),
    "hint": pgettext_lazy("audit", "hint given that another region may have the person"),
    "hand_back": pgettext_lazy("audit", "given to whoever has the region"),
    "htcds": "HTCDS",
    "no_name": pgettext_lazy("audit", "said to name nobody"),
    "indicators": pgettext_lazy("audit", "indicators changed"),
    "link": pgettext_lazy("audit", "tied to a case"),
    "give_back": pgettext_lazy("audit", "given back"),
    "log": pgettext_lazy("audit", "logged"),
    "mistake": pgettext_lazy("audit", "removed, registered by mistake"),
    "move": pgettext_lazy("audit", "state changed"),
    "open": pgettext_lazy("audit", "opened"),
    "preview": pgettext_lazy("audit", "previewed"),
    "persons": pgettext_lazy("audit", "persons"),
    "refuse": pgettext_lazy("audit", "declined"),
    "put_back": pgettext_lazy("audit", "put back, was no mistake"),
    "ready": pgettext_lazy("audit", "said to be ready so far"),
    "register": pgettext_lazy("audit", "registered"),
    "reopen": pgettext_lazy("audit", "taken back"),
    "remind": pgettext_lazy("audit", "a reminder of one's own made"),
    "reminded": pgettext_lazy("audit", "a reminder of one's own done"),
    "dealt_with": pgettext_lazy("audit", "the end dealt with"),
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
    "taken": gettext_lazy("by who took it over"),
    "responsible": gettext_lazy("by who is responsible"),
    "follow_up": gettext_lazy("by follow-up"),
    "complete": gettext_lazy("by completeness"),
    "channel": gettext_lazy("by how it came in"),
    "offered": gettext_lazy("by measures"),
    "size": gettext_lazy("by the number of persons"),
    "children": gettext_lazy("by whether a child is among them"),
    "origin": gettext_lazy("by whence they came"),
    "reference": gettext_lazy("by reference"),
    "extract": gettext_lazy("for an extract"),
    "export": gettext_lazy("before an export"),
    "my_page": gettext_lazy("My page"),
    "reminders": gettext_lazy("among what is to be remembered"),
    "ending": gettext_lazy("among what ends"),
    "mistakes": gettext_lazy("registered by mistake"),
    "chosen": gettext_lazy("those chosen"),
    "lately": gettext_lazy("those opened last"),
    "grid": gettext_lazy("in the grid"),
    "duplicate": gettext_lazy("as a possible duplicate"),
    "taken_over": gettext_lazy("among persons imported from spreadsheets"),
}


_CASE: Final = Verbs(
    view=rights(May.VIEW_CASE),
    change=rights(May.EDIT_CASE),
    add=rights(May.OPEN_CASE),
    load=rights(May.IMPORT_PERSONS),
    export=rights(May.EXPORT_ROWS),
)
VERBS: Final[dict[str, Verbs]] = {
    "cases.call": Verbs(
        view=rights(May.VIEW_CALL),
        change=rights(May.EDIT_CALL),
        add=rights(May.LOG_CALL),
        load=rights(May.LOG_CALL),
        export=rights(May.EXPORT_ROWS),
    ),
    "cases.case": _CASE,
    "cases.person": _CASE,
    "cases.identification": _CASE,
    "cases.exploitation": _CASE,
    "cases.measure": _CASE,
}


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = gettext_lazy("Casework")

    def ready(self) -> None:
        from accounts.free_text import read_by
        from audit_pages.scope import numbers_come_from
        from cases.access_log import NUMBERED
        from cases.importing.importer import PERSONS
        from cases.wording import read_free
        from exchange.importer import hand_in

        numbers_come_from(NUMBERED)
        hand_in(PERSONS)
        read_by(read_free)
