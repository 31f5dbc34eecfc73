from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = _("Network")

    def ready(self) -> None:
        from accounts.access import regions_are_told_by
        from agencies import account_approvals, stand_ins
        from agencies.directory import assigned
        from agencies.stand_ins import end_deputies

        regions_are_told_by(assigned, end_deputies)
        account_approvals.register()
        stand_ins.register()
