from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = _("Background runs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from agencies.exchange.later import use
        from jobs.actions import enqueue

        use(enqueue)
        autodiscover_modules("job_kinds")  # each app says there what it can run
