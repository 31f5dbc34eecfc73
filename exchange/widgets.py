"""How cells of a list are read and written: days by ISO, rows by their key, yes and no."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from import_export import widgets

from exchange.words import folded

NAMES: Final = ("label_sv", "label_en", "name_sv", "name_en")
SHOWN: Final = 40  # allowed values that a message names
YES: Final = {"1", "yes", "ja", "true", "sant"}
NO: Final = {"0", "no", "nej", "false", "falskt"}


class DayWidget(widgets.Widget):
    def clean(self, value: object, row: object = None, **_kwargs: object) -> date | None:
        text = str(value or "").strip().removesuffix(" 00:00:00")
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(
                _("“%(value)s” is no date. Write it as 2018-07-01.") % {"value": text[:40]}
            ) from None

    def render(self, value: object, obj: object = None, **_kwargs: object) -> str:
        return value.isoformat() if isinstance(value, date | datetime) else ""


class YesNoWidget(widgets.Widget):
    def clean(self, value: object, row: object = None, **_kwargs: object) -> bool:
        text = str(value).strip().casefold()
        if text not in YES | NO:
            raise ValueError(
                _("“%(value)s” is not allowed. Allowed: %(allowed)s.")
                % {"value": text[:40], "allowed": "yes, no"}
            )
        return text in YES

    def render(self, value: object, obj: object = None, **_kwargs: object) -> str:
        return "yes" if value else "no"


class CodeWidget(widgets.CharWidget):
    """A code of digits that a spreadsheet may have taken for a number: it gets its leading zeros back."""

    def __init__(self, *, width: int) -> None:
        super().__init__()
        self.width = width

    def clean(self, value: object, row: object = None, **_kwargs: object) -> str:
        text = str(value or "").strip()
        return text.zfill(self.width) if text else ""


class KeyWidget(widgets.Widget):
    """A key that the register gave, held against keys as text."""

    def clean(self, value: object, row: object = None, **_kwargs: object) -> str:
        return str(value or "").strip()

    def render(self, value: object, obj: object = None, **_kwargs: object) -> str:
        return str(value or "")


class EmailWidget(widgets.CharWidget):
    def clean(self, value: object, row: object = None, **_kwargs: object) -> str:
        return str(value or "").strip().lower()


class NumberWidget(widgets.IntegerWidget):
    """A whole number, written as a number. An empty cell gives `empty`."""

    def __init__(self, empty: int | None = None) -> None:
        super().__init__()
        self.empty = empty

    def clean(self, value: object, row: object = None, **_kwargs: object) -> int | None:
        text = "".join(str(value if value is not None else "").split()).replace("\xa0", "")
        if not text:
            return self.empty
        if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit():
            raise ValueError(_("“%(value)s” is no whole number.") % {"value": text[:40]})
        return int(text)

    def render(self, value: object, obj: object = None, **_kwargs: object) -> object:
        return "" if value is None else value


class RowWidget(widgets.Widget):
    """A row of another list by one of its fields, or by its name in either language. The list is read once;
    only what `rows` holds is found."""

    def __init__(self, rows: QuerySet[Any], field: str = "pk", *, width: int = 0) -> None:
        """`width`: a number that lost its leading zeros in a spreadsheet gets them back."""
        super().__init__()
        self.rows, self.field, self.width = rows, field, width
        self._found: Mapping[str, Model] | None = None

    def __deepcopy__(self, _memo: object) -> RowWidget:
        """Each resource copies its fields: read anew for each, never kept between requests."""
        return type(self)(self.rows.all(), self.field, width=self.width)

    @property
    def found(self) -> Mapping[str, Model]:
        if self._found is None:
            rows = list(self.rows)
            keys = {folded(str(getattr(row, self.field))): row for row in rows}
            named = [(folded(str(getattr(row, name, ""))), row) for row in rows for name in NAMES]
            times = Counter(text for text, _row in dict.fromkeys(named))
            self._found = {text: row for text, row in named if text and times[text] == 1} | keys
        return self._found

    def clean(self, value: object, row: object = None, **_kwargs: object) -> Model | None:
        text = folded(str(value or ""))
        if not text:
            return None
        found = self.found.get(text) or self.found.get(text.zfill(self.width))
        if found is None:
            raise ValueError(self._refusal(str(value)))
        return found

    def _refusal(self, value: str) -> str:
        names = [str(getattr(row, self.field)) for row in dict.fromkeys(self.found.values())]
        more = ", …" if len(names) > SHOWN else ""
        allowed = ", ".join(names[:SHOWN]) + more
        return _("“%(value)s” is not allowed. Allowed: %(allowed)s.") % {
            "value": value[:40],
            "allowed": allowed,
        }

    def render(self, value: object, obj: object = None, **_kwargs: object) -> str:
        return "" if value is None else str(getattr(value, self.field))
