"""Where it is written down how long each kind of row is kept, by which decision."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.free_text import FreeTextField
from accounts.roles import May
from exchange.admin.base import HistoryMixin, ListAdmin, yes_no
from lifecycle.retention import Retention


class RetentionForm(forms.ModelForm):
    """Laws and decisions are named in it, so that names are not asked about."""

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


@admin.register(Retention)
class RetentionAdmin(HistoryMixin, ListAdmin):
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
    fields = ("kind", "trigger", "years", "decision", "decided_on", "ground", "archive_first")

    def get_readonly_fields(self, request: HttpRequest, obj: Retention | None = None) -> tuple[str, ...]:
        return ("kind",) if obj else ()
