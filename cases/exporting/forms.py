from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.exporting.htcds import releases
from cases.exporting.rarity import FEWEST
from cases.forms.base import PlainForm
from cases.forms.fields import NoteField


class ExportForm(PlainForm):
    """What the file is for, and its format. `rarest`: persons in the rarest combination; None where no row is
    one."""

    format = forms.ChoiceField(label=gettext_lazy("Format"))
    purpose = NoteField(label=gettext_lazy("What the file is for"), longest=240, required=True)
    reason = NoteField(
        label=gettext_lazy("Why rows are needed although persons may be recognised"), longest=240
    )

    def __init__(
        self, *args: Any, rarest: int | None, htcds: bool = False, calls: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        rows = [
            ("csv", _("CSV, for Excel and for the import")),
            ("xlsx", _("XLSX (Excel)")),
            ("json", _("JSON")),
        ]
        standard = [(f"htcds {release}", f"HTCDS {release}") for release in releases()]
        choices = rows if calls else standard if htcds else rows + standard
        self.fields["format"].choices = choices  # type: ignore[attr-defined]
        if rarest is not None and 0 < rarest < FEWEST:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]
