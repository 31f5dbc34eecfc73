from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = _("Background runs")

    trail_kinds = ("jobs",)

    def trail_words(self, label: str) -> str:
        """A run by what it does and the beginning of its code (audit_pages.words)."""
        from jobs.kinds import KINDS

        kind, _space, code = label.partition(" ")
        return f"{KINDS[kind].title}, {code[:8]}" if kind in KINDS else label

    def ready(self) -> None:
        autodiscover_modules("job_kinds")  # each app says there what it can run
