from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = _("Network")

    def ready(self) -> None:
        from accounts.access import regions_are_told_by
        from agencies import letting_in, stand_ins
        from agencies.deputies import end_deputies
        from agencies.directory import assigned

        regions_are_told_by(assigned, end_deputies)
        letting_in.register()
        stand_ins.register()
