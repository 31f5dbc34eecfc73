from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LegacyImportConfig(AppConfig):
    name = "legacy_import"
    verbose_name = _("Spreadsheets of earlier years")

    def ready(self) -> None:
        from legacy_import import requests

        requests.register()
