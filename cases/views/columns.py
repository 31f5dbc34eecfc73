"""The columns of the lists of casework: which there are, which are shown, and what one chose last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from cases.models import LastList
from cases.views.listing import Chip, Listing

# --- last lists ---
# What somebody filtered a list by last, and the columns that they chose: their own, by nothing sensitive.


def last_list(name: str, *, by: Access) -> LastList | None:
    return LastList.objects.visible_to(by).filter(name=name).first()


def remember(name: str, *, filters: str, columns: str | None, last: LastList | None, by: Access) -> None:
    """`filters` is empty, or `columns` None, where nothing was chosen: then what is kept stays. Nothing is
    written where all is as it was."""
    kept = (last.filters, last.columns) if last else ("", "")
    new = (filters or kept[0], kept[1] if columns is None else columns)
    if new != kept:
        row = LastList(user=by.user, name=name, filters=new[0], columns=new[1])
        LastList.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["user", "name"],
            update_fields=["filters", "columns"],
        )


# --- columns ---
@dataclass(frozen=True, slots=True)
class Column:
    """`usual` is one that is shown until somebody chooses others."""

    name: str
    label: str | Promise
    usual: bool = True


CONCERNS: Final = Column("concerns", _("Concerns"))
SOURCE: Final = Column("source", _("Source"))
MEASURES: Final = Column("measures", _("Measures"))
COUNTY: Final = Column("county", _("County"))
REGION: Final = Column("region", _("NMT region"), usual=False)
STATE: Final = Column("state", _("State"))
RESPONSIBLE: Final = Column("responsible", _("Responsible"))
MISSING: Final = Column("missing", _("Missing"))
OF_CASES: Final = (
    Column("opened", _("Opened")),
    CONCERNS,
    SOURCE,
    MEASURES,
    COUNTY,
    REGION,
    STATE,
    RESPONSIBLE,
    MISSING,
)
OF_PERSONS: Final = (
    Column("identified", _("Identified")),
    CONCERNS,
    Column("status", _("Status")),
    replace(SOURCE, usual=False),
    MEASURES,
    COUNTY,
    REGION,
    Column("state", _("State of the case"), usual=False),
    RESPONSIBLE,
    MISSING,
)
COLUMNS: Final = "columns"  # in the address, where they are chosen


class Chosen:
    """What somebody sees of a list: by the address where it says so, else as chosen last. Choosing, and
    filtering, is remembered; what is remembered filters nothing until it is asked for."""

    def __init__(self, listed: Listing, name: str, columns: Sequence[Column], access: Access) -> None:
        self.listed, self.name, self.all, self.access = listed, name, columns, access

    @cached_property
    def last(self) -> LastList | None:
        return last_list(self.name, by=self.access)

    @cached_property
    def names(self) -> list[str]:
        """In the order of the list."""
        asked = self._known(self.listed.query.getlist(COLUMNS))
        kept = self._known(self.last.columns.split(",")) if self.last else []
        return asked or kept or [one.name for one in self.all if self._usual(one)]

    def _known(self, names: Sequence[str]) -> list[str]:
        return [one.name for one in self.all if one.name in names]

    def _usual(self, column: Column) -> bool:
        """Whose cases are of several regions needs to see of which."""
        return column.usual or (column is REGION and len(self.access.regions) != 1)

    @cached_property
    def shows(self) -> dict[str, bool]:
        return {one.name: one.name in self.names for one in self.all}

    @property
    def boxes(self) -> list[tuple[Column, bool]]:
        return [(one, self.shows[one.name]) for one in self.all]

    def remember(self) -> None:
        """Kept only where this address chooses something new: its further pages do not."""
        if self.listed.query.get("after") or self.listed.query.get("before"):
            return
        columns = ",".join(self.names) if self._known(self.listed.query.getlist(COLUMNS)) else None
        remember(self.name, filters=self.listed.kept, columns=columns, last=self.last, by=self.access)

    @cached_property
    def offered(self) -> tuple[str, list[Chip]] | None:
        """The last filter, where none is on: its address and what it says."""
        if self.listed.chosen or self.last is None or not self.last.filters:
            return None
        former = self.listed.at(self.last.filters)
        return (former.address(), former.chips) if former.chips else None
