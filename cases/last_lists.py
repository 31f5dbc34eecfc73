"""What somebody filtered a list by last, and the columns that they chose: their own, by nothing sensitive."""

from __future__ import annotations

from accounts.access import Access
from cases.models import LastList


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
