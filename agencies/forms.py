"""What people keep about themselves: a coordinator's card in the directory, an officer's own agency."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.free_text import FreeForm, FreeTextField
from accounts.models import User
from accounts.roles import May
from agencies.models import Agency, Coordinator, Region


def short_days(form: forms.ModelForm[Any], *names: str) -> None:
    """Fields of days are narrow, and say how one is written."""
    for name in names:
        form.fields[name].widget.attrs |= {"class": "form-control-short", "placeholder": ""}
        form.fields[name].error_messages["invalid"] = _("Write year-month-day, for example 2018-07-01.")


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
            "member_from": _("Year-month-day, for example 2018-07-01"),
            "member_to": _("Leave empty while the agency takes part in the network"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        short_days(self, "member_from", "member_to")


class ApprovalAnswerForm(FreeForm):
    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=[("yes", _("Yes, carry it out")), ("no", _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    reason = FreeTextField(
        names=False,
        label=_("Reason for the answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("How do you know that it is right? Whom have you spoken to?"),
        error_messages={"required": _("Write how you know, in a few words.")},
    )

    def __init__(self, *args: Any, at_once: bool = True, **options: Any) -> None:
        """`at_once`: a yes carries it out; else who asked may do it then."""
        super().__init__(*args, **options)
        if not at_once:
            self.fields["answer"].choices = [("yes", _("Yes, it may be done")), ("no", _("No"))]  # type: ignore[attr-defined]


class DeputyForm(forms.ModelForm):
    class Meta:
        model = Coordinator
        fields = ("region", "user", "valid_from", "valid_to", "phone", "email")
        labels = {"user": _("Deputy"), "valid_from": _("First day"), "valid_to": _("Last day")}
        help_texts = {
            "user": _("A coordinator of another region, or a colleague who has an account"),
            "valid_from": _("Year-month-day, at most 30 days from today"),
            "valid_to": _("At most 60 days within a year"),
        }

    def __init__(self, *args: Any, access: Access, regions: frozenset[str], **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["region"].queryset = Region.objects.filter(code__in=regions)
        fields["user"].queryset = User.objects.able(May.COORDINATE).exclude(pk=access.user.pk)
        fields["user"].required = fields["valid_to"].required = True
        fields["region"].empty_label = fields["user"].empty_label = "–"
        short_days(self, "valid_from", "valid_to")
        if len(regions) == 1:
            fields["region"].initial = next(iter(regions))

    def card(self) -> Coordinator:
        """The row as the form says it; its name is the person's."""
        self.instance.name = self.instance.user.name
        return self.instance
