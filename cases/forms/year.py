"""A region's year is closed, or what was said of it taken back."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.base import PlainForm
from cases.forms.sharing import ReasonField

CHANGED: Final = _("What is missing has changed since the page was shown. Look at it again.")


class CloseYearForm(PlainForm):
    """`left`: how much is incomplete and undecided, as the page shows it. Where anything is, it is said that
    it was seen: what was seen then, and no more."""

    digest = forms.CharField(widget=forms.HiddenInput)
    seen = forms.BooleanField(
        label=_("I have seen what is incomplete or undecided. The year may be closed all the same."),
        error_messages={"required": _("Say that you have seen what is incomplete or undecided.")},
    )

    def __init__(self, *args: Any, left: tuple[int, ...], **options: Any) -> None:
        self.left = "-".join(map(str, left))
        super().__init__(*args, initial={"digest": self.left}, **options)
        if not any(left):
            del self.fields["seen"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("digest") != self.left:
            self.data = {name: self.data[name] for name in self.data} | {"digest": self.left}
            self.add_error(None, CHANGED)
        return cleaned


class ReopenYearForm(PlainForm):
    reason = ReasonField(label=_("Why is it taken back?"), required=True)
