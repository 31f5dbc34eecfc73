"""Forms of the admin whose change a second person answers: they say so, and change nothing before."""

from __future__ import annotations

from typing import Any, Final, Protocol

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.free_text import FreeTextField
from accounts.models import Approval
from agencies.letting_in import waits_already


class Why(Protocol):
    cleaned_data: dict[str, Any]

    def add_error(self, field: str | None, error: str) -> None: ...


HELP: Final = gettext_lazy(
    "Casework, totals, a region, another address: a second person answers before anything is changed."
)


def why_field(help_text: Any = HELP) -> forms.CharField:
    """The reason, for who answers. Asked for where somebody does."""
    return FreeTextField(
        names=False,
        label=gettext_lazy("Reason, for who answers"),
        required=False,
        max_length=500,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def hold(form: Why, act: str, kind: str, ident: str) -> None:
    """What a form that needs a second person says: why is missing, or that it has been asked already."""
    if not str(form.cleaned_data.get("why") or "").strip():
        form.add_error("why", _("A second person answers this. Write why, for who answers."))
    if waits_already(act, kind, ident):
        form.add_error(None, _("A question about this waits for its answer already."))


class AsksFirst:
    """Of a ModelAdmin: where `save_model` has only asked, the page of the question is what follows."""

    def response_add(self, request: HttpRequest, obj: Model, *args: Any, **options: Any) -> HttpResponse:
        return _led_on(request, obj) or super().response_add(request, obj, *args, **options)  # type: ignore[misc]

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return _led_on(request, obj) or super().response_change(request, obj)  # type: ignore[misc]


def asked_for(obj: Model, asked: Approval) -> None:
    obj.asked_for = asked  # type: ignore[attr-defined]


def _led_on(request: HttpRequest, obj: Model) -> HttpResponse | None:
    asked = getattr(obj, "asked_for", None)
    if asked is None:
        return None
    messages.warning(request, _("Nothing is changed yet: a second person is asked, and answers on My page."))
    return redirect("agencies:approval", asked.code)
