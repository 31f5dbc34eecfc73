"""What an import would do, as it waits to be confirmed: how much of each outcome, in pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

PER_PAGE: Final = 50


class ConfirmForm(forms.Form):
    ALL, GOOD = "all", "good"
    rows = forms.ChoiceField(
        label=gettext_lazy("Which rows"),
        choices=[(ALL, gettext_lazy("All or nothing")), (GOOD, gettext_lazy("Only the rows without errors"))],
        widget=forms.RadioSelect,
        initial=ALL,
    )

    @property
    def good_rows(self) -> bool:
        return self.is_valid() and self.cleaned_data["rows"] == self.GOOD


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
        return next((name for name, _label, _count in self.tabs()), "new")

    def tabs(self) -> list[tuple[str, str, int]]:
        """Name, label and number of rows of those that have any."""
        labels = {
            "failed": _("Errors"),
            "new": _("New"),
            "changed": pgettext("rows", "Changed"),
            "unchanged": _("Unchanged"),
            "warnings": _("Warnings"),
        }
        return [(name, label, len(self.data[name])) for name, label in labels.items() if self.data.get(name)]

    def rows_of(self, tab: str, page: int) -> list[Any]:
        """Those of one page; pages count from 1."""
        rows: list[Any] = self.data[tab][(page - 1) * PER_PAGE : page * PER_PAGE]
        return rows

    def at(self, asked: dict[str, Any]) -> tuple[str, int, dict[str, object]]:
        """The tab and page that an address asks for, or those nearest, and what leads to the pages beside."""
        tabs = self.tabs()
        counts = {name: count for name, _label, count in tabs}
        tab = str(asked.get("tab", ""))
        tab = tab if tab in counts else self.first_tab
        count, number = counts.get(tab, 0), str(asked.get("page", "1"))
        number = number if number.isdecimal() and len(number) < 8 else "1"
        page = min(max(int(number), 1), max(-(-count // PER_PAGE), 1))
        return tab, page, {"tab": tab, "tabs": tabs, **_pager(tab, page, count)}


def _pager(tab: str, page: int, count: int) -> dict[str, object]:
    first, last = (page - 1) * PER_PAGE + 1, min(page * PER_PAGE, count)
    return {
        "previous": f"?tab={tab}&page={page - 1}" if page > 1 else "",
        "next": f"?tab={tab}&page={page + 1}" if last < count else "",
        "shown": _("{first}–{last} of {n}").format(first=first, last=last, n=count) if count else "",
    }
