"""What people keep about themselves: a coordinator's card in the directory, an officer's own agency."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Coordinator


class OwnForm(forms.ModelForm):
    """`layout` in rows of fields that stand beside each other."""

    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf, helper.form_show_errors = False, True, True
        helper.layout = Layout(*(Div(*names, css_class="fields-row") for names in self.rows))
        return helper


class CardForm(OwnForm):
    """How a coordinator is reached. Region, name and days are the administrator's."""

    rows = (("phone", "email"), ("hours",))

    class Meta:
        model = Coordinator
        fields = ("phone", "email", "hours")
        help_texts = {"hours": _("For example Mon–Fri 9–16")}


class OwnAgencyForm(OwnForm):
    rows = (("contact",), ("member_from", "member_to"))

    class Meta:
        model = Agency
        fields = ("contact", "member_from", "member_to")
        labels = {"contact": _("Contact"), "member_from": _("Member from"), "member_to": _("Member until")}
        help_texts = {
            "contact": _("Whom other agencies turn to: name, phone, e-mail"),
            "member_to": _("Leave empty while the agency takes part in the network"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("member_from", "member_to"):
            self.fields[name].widget.attrs |= {"class": "form-control-short", "placeholder": ""}
            self.fields[name].error_messages["invalid"] = _("Write year-month-day, for example 2018-07-01.")
        self.fields["member_from"].help_text = _("Year-month-day, for example 2018-07-01")
