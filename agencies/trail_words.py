"""The audit trail's words of the network and the code lists: collected by `audit_pages.words`."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "network": gettext_lazy("Network"),
    "code": gettext_lazy("Code lists"),
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
    "account.new": gettext_lazy("Let somebody in"),
    "account.change": gettext_lazy("Another role or address"),
    "account.code": gettext_lazy("Tell a new user the code"),
    "account.factor": gettext_lazy("Take away a second factor"),
    "region.assign": gettext_lazy("Give somebody a region"),
}
