from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.exporting.files import FEWEST
from cases.exporting.htcds import releases
from cases.forms.base import PlainForm
from cases.forms.fields import NoteField


class CaseworkExportForm(PlainForm):
    """What is asked before rows of casework leave, by a page or by the admin: what for, and in which format.

    `rarest`: persons in the rarest combination, None where no row is one: where they are few, a reason is
    asked for. `rows` and `htcds`: which formats are offered."""

    format = forms.ChoiceField(label=gettext_lazy("Format"))
    purpose = NoteField(label=gettext_lazy("What the file is for"), longest=240, required=True)
    reason = NoteField(
        label=gettext_lazy("Why rows are needed although persons may be recognised"),
        longest=240,
        required=True,
    )

    def __init__(
        self, *args: Any, rarest: int | None = None, rows: bool = True, htcds: bool = True, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        of_rows = [
            ("csv", _("CSV, for Excel and for the import")),
            ("xlsx", _("XLSX (Excel)")),
            ("json", _("JSON")),
        ]
        standard = [(f"htcds {release}", f"HTCDS {release}") for release in releases()]
        choices = (of_rows if rows else []) + (standard if htcds else [])
        self.fields["format"].choices = choices  # type: ignore[attr-defined]
        self.rarest = rarest or 0
        if not 0 < self.rarest < FEWEST:
            del self.fields["reason"]

    @property
    def warning(self) -> str:
        """That somebody may be recognised, where a reason is asked for."""
        if "reason" not in self.fields:
            return ""
        said = ngettext(
            "The rarest combination of year, sex, age class, citizenship, county and main purpose has only "
            "%(number)s person: somebody may be recognised.",
            "The rarest combination of year, sex, age class, citizenship, county and main purpose has only "
            "%(number)s persons: somebody may be recognised.",
            self.rarest,
        ) % {"number": self.rarest}
        way = _("Say why rows are needed, or use the tables of the yearly summary instead.")
        return f"{said} {way}"
