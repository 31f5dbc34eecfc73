"""Which pages stand in whose menu, start page first. An item whose address does not exist yet is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    label: str | Promise
    name: str  # of the address
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """What the header shows. `exact` tells the page itself from a page below it."""

    label: str
    url: str
    current: bool = False
    exact: bool = False


HOME = Entry(_("My page"), "desk:my_page")
CALLS = Entry(_("Calls"), "calls:list")
CASES = Entry(_("Cases"), "cases:list")
COORDINATORS = Entry(_("Coordinators"), "agencies:directory")
STATISTICS = Entry(_("Statistics"), "summaries:start")
NOTIFY = Entry(_("Notify"), "cases:notify")
NOTIFICATIONS = Entry(_("My notifications"), "cases:notifications")
PUBLISHING = Entry(_("Publishing"), "summaries:publications")
DARK_FIGURE = Entry(_("Dark figure"), "summaries:dark_figure")
SOURCES = Entry(pgettext_lazy("statistics", "Sources"), "admin:app_list", ("summaries",))
USERS = Entry(_("Users"), "admin:accounts_user_changelist")
AGENCIES = Entry(_("Agencies"), "admin:agencies_agency_changelist")
CODES = Entry(_("Code lists"), "admin:agencies_code_changelist")
AUDIT = Entry(_("Audit trail"), "trail:audit")

MENUS: Final[dict[str, tuple[Entry, ...]]] = {
    "operator": (HOME, CALLS, CASES, COORDINATORS, STATISTICS),
    "coordinator": (HOME, CASES, CALLS, COORDINATORS, STATISTICS, AUDIT),
    "officer": (HOME, NOTIFY, NOTIFICATIONS, COORDINATORS, STATISTICS),
    "analyst": (HOME, STATISTICS, PUBLISHING, DARK_FIGURE, SOURCES),
    "manager": (HOME, STATISTICS, PUBLISHING),
    "administrator": (HOME, USERS, AGENCIES, COORDINATORS, CODES, AUDIT),
    "dpo": (HOME, AUDIT),
}


ACCOUNT: Final = (Entry(_("My account"), "account"),)
PUBLIC: Final = (Entry(_("All years"), "public:start"), Entry(_("About the statistics"), "public:about"))


def items_for(access: object | None, path: str = "") -> list[Item]:
    """The menu of the role of `access`, with the page at `path` marked; empty when nobody is signed in."""
    role = str(getattr(access, "role", "") or "")
    return _placed(MENUS.get(role, ()), path)


def account_items(access: object | None, path: str = "") -> list[Item]:
    return _placed(ACCOUNT, path) if access else []


def public_items(path: str = "") -> list[Item]:
    return [replace(item, url=in_language(item.url)) for item in _placed(PUBLIC, path)]


def in_language(url: str) -> str:
    """A public page keeps no cookie: its address says which language its reader has chosen."""
    return f"{url}?lang=en" if url and get_language() == "en" else url


def _placed(entries: tuple[Entry, ...], path: str) -> list[Item]:
    placed = [(entry, url) for entry in entries if (url := address(entry.name, *entry.args))]
    here = max((url for _entry, url in placed if _covers(url, path)), key=len, default="")
    return [Item(str(entry.label), url, url == here, url == path) for entry, url in placed]


def _covers(url: str, path: str) -> bool:
    """The start page covers itself only: every path begins with its address."""
    return path == url if url == "/" else path.startswith(url)


def address(name: str, *args: Any) -> str:
    """The address called `name`, empty while there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
