from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Casework")

    def ready(self) -> None:
        from cases.importing.importer import PERSONS
        from cases.trail_scope import NUMBERED
        from exchange.importer import hand_in
        from trail.scope import numbers_are_told_by

        numbers_are_told_by(NUMBERED)
        hand_in(PERSONS)
