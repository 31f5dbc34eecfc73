from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Casework")

    def ready(self) -> None:
        from accounts.free_text import read_by
        from audit_pages.scope import numbers_are_told_by
        from cases.importing.importer import PERSONS
        from cases.trail_scope import NUMBERED
        from cases.wording import read_free
        from exchange.importer import hand_in

        numbers_are_told_by(NUMBERED)
        hand_in(PERSONS)
        read_by(read_free)
