"""Which pages stand in whose menu, start page first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.roles import May
from desk.boxes import address
from trail.scope import READS


@dataclass(frozen=True, slots=True)
class MenuEntry:
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


CALLS = MenuEntry(_("Calls"), "calls:list")
# Each page with the rights of which any one leads to it; none: it is everybody's. The calls stand first for
# who logs them, the cases for who only reads them.
MENU: Final[tuple[tuple[MenuEntry, tuple[May, ...]], ...]] = (
    (MenuEntry(_("My page"), "desk:my_page"), ()),
    (CALLS, (May.LOG_CALL,)),
    (MenuEntry(_("Cases"), "cases:list"), (May.VIEW_CASE,)),
    (CALLS, (May.VIEW_CALL,)),
    (MenuEntry(_("Notify"), "cases:notify"), (May.NOTIFY,)),
    (MenuEntry(_("My notifications"), "cases:notifications"), (May.NOTIFY,)),
    (MenuEntry(_("Users"), "admin:accounts_user_changelist"), (May.ADMINISTER,)),
    (MenuEntry(_("Agencies"), "admin:agencies_agency_changelist"), (May.ADMINISTER,)),
    (MenuEntry(_("Coordinators"), "agencies:directory"), (May.VIEW_DIRECTORY,)),
    (MenuEntry(_("Knowledge"), "knowledge:index"), (May.LOG_CALL, May.NOTIFY)),
    (MenuEntry(_("Questions for two"), "agencies:approvals"), (May.LET_IN, May.VIEW_TRAIL)),
    (
        MenuEntry(_("Disposal"), "lifecycle:disposals"),
        (May.APPROVE_DISPOSAL, May.VIEW_TRAIL),  # who carries it out begins at the questions for two
    ),
    (MenuEntry(_("Code lists"), "admin:agencies_code_changelist"), (May.ADMINISTER,)),
    (MenuEntry(_("Statistics"), "summaries:start"), (May.VIEW_CALL, May.NOTIFY, May.VIEW_TOTALS)),
    (MenuEntry(_("Publishing"), "summaries:publications"), (May.PUBLISH, May.APPROVE_EXCEPTION)),
    (MenuEntry(_("Dark figure"), "summaries:dark_figure"), (May.ESTIMATE,)),
    (MenuEntry(_("Years taken over"), "lifecycle:differences"), (May.VIEW_TOTALS,)),
    (
        MenuEntry(pgettext_lazy("statistics", "Sources"), "admin:app_list", ("summaries",)),
        (May.EDIT_FIGURES,),
    ),
    (MenuEntry(_("Audit trail"), "trail:audit"), READS),
    (MenuEntry(_("Who is signed in"), "sessions"), (May.WATCH_SESSIONS,)),
)
ACCOUNT: Final = (MenuEntry(_("My account"), "account"),)
PUBLIC: Final = (
    MenuEntry(_("Statistics"), "public:start"),
    MenuEntry(_("All years"), "public:series"),
    MenuEntry(_("About the statistics"), "public:about"),
)


def entries_for(access: Access) -> tuple[MenuEntry, ...]:
    """The pages in somebody's menu, each once, where it stands first."""
    return tuple(dict.fromkeys(entry for entry, rights in MENU if not rights or access.may(*rights)))


def items_for(access: Access | None, path: str = "") -> list[Item]:
    """The menu of `access`, with the page at `path` marked; empty when nobody is signed in."""
    return _placed(entries_for(access), path) if access else []


def account_items(access: Access | None, path: str = "") -> list[Item]:
    return _placed(ACCOUNT, path) if access else []


def search_address(access: Access | None) -> str:
    """Where the field in the header sends; empty for who has no cases to find."""
    return address("cases:find") if access and access.may(May.VIEW_CASE) else ""


def public_items(path: str = "") -> list[Item]:
    return [replace(item, url=in_language(item.url)) for item in _placed(PUBLIC, path)]


def in_language(url: str) -> str:
    """A public page keeps no cookie: its address says which language its reader has chosen."""
    return f"{url}?lang=en" if url and get_language() == "en" else url


def _placed(entries: tuple[MenuEntry, ...], path: str) -> list[Item]:
    placed = [(entry, address(entry.name, *entry.args)) for entry in entries]
    here = max((url for _entry, url in placed if _covers(url, path)), key=len, default="")
    return [Item(str(entry.label), url, url == here, url == path) for entry, url in placed]


def _covers(url: str, path: str) -> bool:
    """The start page covers itself only: every path begins with its address."""
    return path == url if url == "/" else path.startswith(url)
