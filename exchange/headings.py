"""What a sender calls the columns of a file: asked once, on the screen, and remembered for later files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from accounts.access import Access
from exchange.importer import Importer
from exchange.models import HeadingMap
from exchange.words import heading_key

OUT: Final = "-"  # a column that is left out
MOST: Final = 500  # headings that are remembered, the latest


def remembered(importer: str, *, by: Access) -> dict[str, str]:
    """Which column each heading is, by the heading folded; OUT where it is left out."""
    kept = HeadingMap.objects.visible_to(by).filter(importer=importer).first()
    said: dict[str, str] = json.loads(kept.headings) if kept and kept.headings else {}
    return said


def remember(importer: str, said: Mapping[str, str], *, by: Access) -> None:
    kept, _new = HeadingMap.objects.visible_to(by).get_or_create(owner=by.user, importer=importer)
    before = json.loads(kept.headings) if kept.headings else {}
    now = before | {heading_key(heading): column for heading, column in said.items()}
    kept.headings = json.dumps(dict(list(now.items())[-MOST:]))
    kept.save()


def forget(importer: str, *, by: Access) -> None:
    HeadingMap.objects.visible_to(by).filter(importer=importer).delete()


class HeadingsForm(forms.Form):
    """Asks for each heading which column it is. What it seems to be is chosen already."""

    def __init__(self, unknown: Sequence[str], importer: Importer, data: Any = None) -> None:
        super().__init__(data)
        self.unknown = unknown
        columns = importer.columns() if importer.columns else ()
        choices = [("", _("Choose a column")), (OUT, _("Leave the column out")), *columns]
        for place, heading in enumerate(unknown):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=heading,
                choices=choices,
                initial=importer.guess(heading),
                error_messages={"required": _("Choose a column, or leave this one out.")},
            )

    def said(self) -> dict[str, str]:
        """Column by heading."""
        return {
            heading: self.cleaned_data[f"column-{place}"]
            for place, heading in enumerate(self.unknown)
            if f"column-{place}" in self.cleaned_data
        }

    def clean(self) -> None:
        taken: set[str] = set()
        for name in list(self.fields):
            column = self.cleaned_data.get(name, OUT)
            if column != OUT and column in taken:
                self.add_error(name, _("Two headings cannot be the same column."))
            taken.add(column)
