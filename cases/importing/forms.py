from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from exchange.reading import ACCEPTED


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File with persons"),
        allow_empty_file=True,  # the reader says so in its own words
        help_text=_("CSV, XLSX or ODS. Delimiter and encoding are found out."),
        error_messages={"required": _("Choose a file.")},
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
