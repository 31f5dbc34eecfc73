"""Something was registered by mistake: why."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.base import PlainForm
from cases.forms.sharing import ReasonField


class MistakeForm(PlainForm):
    """`digest`: of what the page shows, so that nobody takes out what they have not seen."""

    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    digest = forms.CharField(widget=forms.HiddenInput)
    reason = ReasonField(
        label=_("Why was it a mistake?"),
        required=True,
        help_text=_("Say what was wrong, such as the wrong person or a double click. No names or numbers."),
    )

    def __init__(self, *args: Any, digest: str, **options: Any) -> None:
        super().__init__(*args, initial={"digest": digest, "form_token": uuid.uuid4()}, **options)
