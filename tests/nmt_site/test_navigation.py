"""Each role has its menu, at most five items, with the page one is on marked."""

from __future__ import annotations

NAMES = {"calls:list": "/calls/", "cases:list": "/cases/", "home:page": "/"}
