"""Every address by the resolver, and what its name is there. An open one is for people who are not signed
in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.urls import URLPattern, get_resolver

from tests.outside.golden import listed
from tests.outside.place import YEAR, Place

OPEN, SIGNED_IN = "open", "signed in"


@dataclass(frozen=True)
class Address:
    pattern: str
    spaces: tuple[str, ...]
    name: str
    open: bool

    @property
    def of_admin(self) -> bool:
        return self.spaces[:1] == ("admin",)


def walk(patterns: Iterable[Any], before: str = "/", spaces: tuple[str, ...] = ()) -> Iterator[Address]:
    for one in patterns:
        path = before + str(one.pattern).removeprefix("^")
        if isinstance(one, URLPattern):
            is_open = not getattr(one.callback, "login_required", True)
            yield Address(path, spaces, one.name or "", is_open)
        else:
            yield from walk(one.url_patterns, path, (*spaces, one.namespace) if one.namespace else spaces)


def everywhere() -> list[Address]:
    return list(walk(get_resolver().url_patterns))


def pages(place: Place) -> bytes:
    """Without the name of the app that answers. Files that anybody may take are listed one by one."""
    ours = [address for address in everywhere() if not address.of_admin]
    lines = (f"{address.pattern}  {address.name}  {OPEN if address.open else SIGNED_IN}" for address in ours)
    return listed([*lines, *(f"{address}  {OPEN} file" for address in public_files(place))])


def public_files(place: Place) -> set[str]:
    """What the public page of a year links to and what does not answer with a page."""
    page = f"/statistik/{YEAR}/"
    links = re.findall(r'href="([^"#?]+)', place.public(page).decode())
    return {
        urljoin(page, link) for link in links if not link.startswith("http") and re.search(r"\.\w+$", link)
    }


def admin(place: Place) -> bytes:
    """These name the app of each list, and so change when a list moves."""
    return listed(f"{address.pattern}  {address.name}" for address in everywhere() if address.of_admin)


def names_in_spaces() -> Iterator[str]:
    """As a refusal stands in the audit log."""
    for address in everywhere():
        if address.spaces and not address.of_admin:
            yield ":".join([*address.spaces, address.name])
