from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    name = "retention"
    verbose_name = _("Years and leaving")

    def ready(self) -> None:
        from retention import disposal, export

        disposal.register()
        export.register()
