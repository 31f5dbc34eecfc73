"""Words of the audit log, which the app hands in (accounts.permissions)."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy, pgettext_lazy

# What an event is about: the part of its action before the dot.
ABOUT: Final = {"job": gettext_lazy("Background runs")}
# What was done: the part after the dot, or the whole of it.
DONE: Final = {"job.ask": pgettext_lazy("audit", "started"), "cancel": pgettext_lazy("audit", "cancelled")}


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = gettext_lazy("Background runs")

    audit_kinds = ("jobs",)

    def audit_words(self, label: str) -> str:
        """A run by what it does and the beginning of its code (audit_pages.words)."""
        from jobs.kinds import KINDS

        kind, _space, code = label.partition(" ")
        return f"{KINDS[kind].title}, {code[:8]}" if kind in KINDS else label

    def ready(self) -> None:
        autodiscover_modules("job_kinds")  # each app says there what it can run
