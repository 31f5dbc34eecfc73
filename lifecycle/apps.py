from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LifecycleConfig(AppConfig):
    name = "lifecycle"
    verbose_name = _("Years and leaving")

    def ready(self) -> None:
        from lifecycle import disposal as disposal_asking
        from lifecycle import export, taking_asked, way_back

        export.register()
        taking_asked.register()
        disposal_asking.register()
        way_back.listen()
