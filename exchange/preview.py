"""What an import would do, as it waits to be confirmed: how much of each outcome, in pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from exchange.importer import Importer, PlanWords
from exchange.refusals import Refused

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


@dataclass
class Preview:
    """`data`: how the file was read, and its plan as JSON; or why the file is refused. Words are the
    importer's, and looked for when a page of rows is shown."""

    data: dict[str, Any]
    importer: Importer

    @property
    def refused(self) -> str:
        return Refused(*map(tuple, self.data.get("refused", ()))).told(_)

    @property
    def unknown(self) -> list[str]:
        """Headings that are to be asked for."""
        return list(self.data.get("unknown", ()))

    @property
    def said(self) -> list[tuple[str, str]]:
        """Headings of which the sender has said what they are, and the columns in words."""
        names = dict(self.importer.columns()) if self.importer.columns else {}
        said = self.data.get("said", ())
        return [(heading, str(names.get(column, pgettext("column", "left out")))) for heading, column in said]

    @property
    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.data["counts"]
        return counts

    @property
    def to_write(self) -> int:
        return self.counts["new"] + self.counts["changed"]

    @cached_property
    def words(self) -> PlanWords:
        return self.importer.words(self.data)

    def tabs(self) -> list[tuple[str, str, int]]:
        """Name, label and number of rows of those that have any; errors first."""
        labels = {
            "failed": _("Errors"),
            "new": _("New"),
            "changed": pgettext("rows", "Changed"),
            "unchanged": _("Unchanged"),
            "warnings": _("Warnings"),
            "readings": pgettext("import", "Read as"),
        }
        return [(name, label, len(self.data[name])) for name, label in labels.items() if self.data.get(name)]

    def page(self, tab: str, page: int) -> list[dict[str, Any]]:
        """The rows of one page in words; pages count from 1."""
        words = {"failed": self._told, "warnings": self._told, "new": self._new, "changed": self._changed}
        words["readings"] = self._reading
        rows = self.data.get(tab, [])[(page - 1) * PER_PAGE : page * PER_PAGE]
        return [words.get(tab, self._unchanged)(*row) for row in rows]

    def problems(self) -> dict[int, list[str]]:
        """What is wrong, in words, by line: for the file of failed rows."""
        found: dict[int, list[str]] = {}
        for kept in self.data["failed"]:
            column, _value, message = self.words.problem(kept)
            found.setdefault(kept[0], []).append(f"{column}: {message}" if column else message)
        return found

    def _told(self, *kept: Any) -> dict[str, Any]:
        column, value, message = self.words.problem(kept)
        where = self.words.explained(kept)
        return {"row": kept[0], "column": column, "value": value, "message": message, "where": where}

    def _reading(self, *kept: Any) -> dict[str, Any]:
        return dict(zip(("column", "value", "read"), self.words.reading(kept), strict=True))

    def _new(self, row: int, key: str, told: list[Any]) -> dict[str, Any]:
        return {"row": row, "facts": list(zip(self.words.columns, self.words.new(told), strict=True))}

    def _changed(self, row: int, key: str, told: list[Any]) -> dict[str, Any]:
        return {"row": row, "key": key, "changes": [self.words.change(*change) for change in told]}

    def _unchanged(self, row: int, key: str, told: list[Any]) -> dict[str, Any]:
        return {"row": row, "key": key}

    def at(self, asked: dict[str, Any]) -> dict[str, object]:
        """The rows of the tab and page that an address asks for, or those nearest, and what leads to the
        pages beside."""
        tabs = self.tabs()
        counts = {name: count for name, _label, count in tabs}
        tab = str(asked.get("tab", ""))
        tab = tab if tab in counts else next(iter(counts), "new")
        count = counts.get(tab, 0)
        page = min(page_of(str(asked.get("page", "1"))), max(-(-count // PER_PAGE), 1))
        rows = self.page(tab, page)
        return {"tab": tab, "tabs": tabs, "rows": rows, **pager(page, count, f"tab={tab}&")}


def page_of(asked: str) -> int:
    """The number of a page that an address asks for."""
    return max(int(asked), 1) if asked.isdecimal() and len(asked) < 8 else 1


def pager(page: int, count: int, beside: str) -> dict[str, object]:
    """What leads to the pages beside; `beside` is what else their addresses say."""
    first, last = (page - 1) * PER_PAGE + 1, min(page * PER_PAGE, count)
    return {
        "previous": f"?{beside}page={page - 1}" if page > 1 else "",
        "next": f"?{beside}page={page + 1}" if last < count else "",
        "shown": _("{first}–{last} of {n}").format(first=first, last=last, n=count) if count else "",
    }
