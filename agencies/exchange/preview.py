"""What an import would do, as it waits to be confirmed: how much of each outcome, in pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

PER_PAGE: Final = 50


@dataclass(frozen=True)
class Waiting:
    """`data`: `counts` by outcome, and the rows of each outcome under its name."""

    data: dict[str, Any]

    @property
    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.data["counts"]
        return counts

    @property
    def to_write(self) -> int:
        return self.counts["new"] + self.counts["changed"]

    @property
    def first_tab(self) -> str:
        """Errors first, if there are any."""
        return next((tab for tab in ("failed", "new", "changed", "unchanged") if self.data[tab]), "new")

    def rows_of(self, tab: str, page: int) -> list[Any]:
        """Those of one page; pages count from 1."""
        rows: list[Any] = self.data[tab][(page - 1) * PER_PAGE : page * PER_PAGE]
        return rows
