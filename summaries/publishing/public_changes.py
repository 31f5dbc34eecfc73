"""The public page of what changed from one version of a year to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse

from summaries.publishing.frozen import Shown, protected_tables, text_of
from summaries.publishing.models import Publication
from summaries.publishing.public_door import last_change, next_hour, versions_of
from summaries.publishing.public_frame import dated, page_of, public
from summaries.tables import Key, ProtectedTable, Status

# --- changes ---
# What differs between two versions of a year, of figures that both show. Pure.


@dataclass(frozen=True, slots=True)
class Change:
    """One figure, before and after. `key` is of the later table."""

    table: ProtectedTable
    key: Key
    before: int
    after: int


def changed(before: Iterable[ProtectedTable], after: Iterable[ProtectedTable]) -> Iterator[Change]:
    """In the order of the later version. A figure that either hides, or that has another breakdown now, is
    none: what would be told of it is in no table that everybody reads."""
    former = {table.name: table for table in before}
    for table in after:
        then = former.get(table.name)
        if then is None or _names(then) != _names(table):
            continue
        for cell in table:
            other = then.by_key.get(cell.key)
            if other is None or cell.status is not Status.SHOWN or other.status is not Status.SHOWN:
                continue
            if cell.value is not None and other.value is not None and cell.value != other.value:
                yield Change(table, cell.key, other.value, cell.value)


def _names(table: ProtectedTable) -> list[str]:
    return [dimension.name for dimension in table.dimensions]


# --- public changes ---
@dataclass(frozen=True)
class Step:
    """A version beside the one before it whose figures are told. `before` is None of the first."""

    after: Publication
    before: Publication | None
    language: str

    @property
    def tables(self) -> list[tuple[str, list[tuple[str, int, int]]]]:
        """By title: what a figure is called, before and after."""
        if self.before is None:
            return []
        found = changed(protected_tables(self.before.tables), protected_tables(self.after.tables))
        words = self.after.content[self.language]
        return [
            (
                str(words["titles"].get(name, name)),
                [(Shown(one.table, words).name_of(one.key), one.before, one.after) for one in lines],
            )
            for name, lines in groupby(found, key=lambda one: one.table.name)
        ]

    @property
    def text_differs(self) -> bool:
        then = text_of(self.before, self.language) if self.before else ""
        return bool(self.before) and then != text_of(self.after, self.language)


def steps_of(versions: Sequence[Publication], language: str) -> list[Step]:
    """Of those whose figures are told, the newest first."""
    told = [one for one in versions if not one.withdrawn]
    before: list[Publication | None] = [*told[1:], None]
    return [Step(one, then, language) for one, then in zip(told, before, strict=False)]


@public
def changes(request: HttpRequest, language: str, year: int) -> HttpResponse:
    """One query: the versions of the year."""
    versions = versions_of(year)
    context = {
        "year": year,
        "steps": steps_of(versions, language),
        "withdrawn": [one for one in versions if one.withdrawn],
    }
    page = page_of("summaries/public_changes.html", language, request, **context)
    return dated(page, last_change(versions), next_hour(versions))
