"""Where it is written down how long each kind of row is kept, by which decision: a second person answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.free_text import FreeTextField
from accounts.roles import May
from agencies.admin import AsksFirst, asked_for, hold, why_field
from exchange.admin import HistoryMixin, ListAdmin, access_of, yes_no
from retention.disposal import RULE_ACT, RULE_FIELDS, RULE_KIND, ask_rule
from retention.models import Retention


class RetentionForm(forms.ModelForm):
    why = why_field(_("A manager must approve before the rule applies."))

    decision = FreeTextField(
        names=False,
        label=_("Decision"),
        max_length=200,
        help_text=_("By its name, with its date or registry number"),
    )
    ground = FreeTextField(
        names=False,
        label=_("Legal ground"),
        max_length=300,
        help_text=_("The law, ordinance or regulation that it rests on"),
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if not self.errors and self.changes:
            hold(self, RULE_ACT, RULE_KIND, str(cleaned.get("kind") or self.instance.kind))
        return cleaned

    @property
    def changes(self) -> bool:
        return bool({*self.changed_data} - {"why"})


@admin.register(Retention)
class RetentionAdmin(AsksFirst, HistoryMixin, ListAdmin):
    """A rule is changed by another decision, never deleted: what was decided before is in its history."""

    about = _("How long each kind of row is kept, as decided. Without a decision nothing is due.")
    right = May.CARRY_OUT_DISPOSAL
    form = RetentionForm
    list_display = (
        "kind",
        "trigger",
        "years",
        "decision",
        "decided_on",
        yes_no("archive_first", _("archived first")),
    )
    fields = (*RULE_FIELDS, "why")

    def get_readonly_fields(self, request: HttpRequest, obj: Retention | None = None) -> tuple[str, ...]:
        return ("kind",) if obj else ()

    def save_model(  # type: ignore[override]
        self, request: HttpRequest, obj: Retention, form: RetentionForm, change: bool
    ) -> None:
        if form.changes:
            why, access = form.cleaned_data["why"], access_of(request)
            asked_for(obj, ask_rule(rule=obj, reason=why, by=access))
