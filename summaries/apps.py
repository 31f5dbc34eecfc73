from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SummariesConfig(AppConfig):
    name = "summaries"
    verbose_name = _("Yearly summary")
    default_auto_field = "django.db.models.BigAutoField"
