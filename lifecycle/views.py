"""Where an administrator asks that everything may leave with its texts."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.free_text import FreeForm, FreeTextField
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from agencies.letting_in import waits_already
from lifecycle.asking import ACT, WHOLE, ask_export


class AskExportForm(FreeForm):
    reason = FreeTextField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What the export is for, who receives it, and how it is kept."),
        error_messages={"required": gettext_lazy("Write why, for who answers.")},
    )

    def clean(self) -> None:
        super().clean()
        if waits_already(ACT, WHOLE.kind, WHOLE.ident):
            self.add_error(None, _("A question about this waits for its answer already."))


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_export(request: AuthenticatedRequest) -> HttpResponse:
    request.access.require(May.ADMINISTER)
    form = AskExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = ask_export(reason=form.cleaned_data["reason"], by=request.access)
        messages.success(request, _("A second person is asked. Nothing leaves before the answer."))
        return redirect("agencies:approval", asked.code)
    title = _("Export everything with its texts")
    crumbs = [(_("Questions for two"), reverse("agencies:approvals")), (title, "")]
    return render(request, "lifecycle/ask_export.html", {"form": form, "title": title, "breadcrumbs": crumbs})
