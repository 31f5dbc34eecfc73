"""Words of the audit log and rights in Django's admin, which the app hands in (accounts.permissions)."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy

from accounts.permissions import Verbs, one_right
from accounts.roles import May

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "network": gettext_lazy("Network"),
    "code": gettext_lazy("Codes"),
    "coordinator": gettext_lazy("Coordinators"),
}
# What was done: the part after the dot.
DONE: Final = {
    "agencies": gettext_lazy("agencies"),
    "codes": gettext_lazy("codes"),
    "coordinators": gettext_lazy("coordinators"),
    "counties": gettext_lazy("counties"),
    "county_regions": gettext_lazy("counties in regions"),
    "mappings": gettext_lazy("mappings"),
    "regions": gettext_lazy("NMT regions"),
    "users": gettext_lazy("users"),
}
# How something was looked for, read or proven: which question for two it was.
HOW: Final = {
    "account.new": gettext_lazy("New account"),
    "account.change": gettext_lazy("Another role or address"),
    "account.code": gettext_lazy("Read out the code to a new user"),
    "account.factor": gettext_lazy("Remove a second factor"),
    "region.assign": gettext_lazy("Give somebody a region"),
}


VERBS: Final[dict[str, Verbs]] = {
    "agencies.agency": one_right(May.ADMINISTER),
    "agencies.county": one_right(May.ADMINISTER),
    "agencies.region": one_right(May.ADMINISTER),
    "agencies.countyregion": one_right(May.ADMINISTER),
    "agencies.coordinator": one_right(May.ADMINISTER),
    "agencies.code": one_right(May.ADMINISTER, delete=True),
    "agencies.codemapping": one_right(May.ADMINISTER, delete=True),
}
# Who takes part is known to everybody who is signed in: no policy stands before these tables.
DIRECTORY: Final = "the directory and the network are for everybody who is signed in"
OPEN: Final[dict[str, str]] = {
    "agencies_countyregion": DIRECTORY,
    "agencies_historicalcountyregion": DIRECTORY,
    "agencies_coordinator": DIRECTORY,
    "agencies_historicalcoordinator": DIRECTORY,
}


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = gettext_lazy("Network")

    def ready(self) -> None:
        from accounts.access import regions_come_from
        from agencies import account_approvals
        from agencies.directory import assigned
        from agencies.stand_ins import end_deputies

        regions_come_from(assigned, end_deputies)
        account_approvals.register(HOW)
