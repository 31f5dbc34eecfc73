"""Words of the audit log and rights in Django's admin, which the app hands in (accounts.permissions)."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.permissions import NO_RIGHTS, Verbs, rights
from accounts.roles import May

# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "register": gettext_lazy("The whole register"),
    "retention": gettext_lazy("Rules of retention"),
    "disposal": gettext_lazy("Disposal"),
}
# What was done: the part after the dot.
DONE: Final = {
    "carry_out": pgettext_lazy("audit", "carried out"),
    "archive": pgettext_lazy("audit", "the package of a year was made"),
}
# How something was done.
HOW: Final = {
    "texts": gettext_lazy("with texts in clear"),
    "disposal.carry_out": gettext_lazy("Disposing of rows"),
    "register.export": gettext_lazy("Export everything with its texts"),
}


ITS: Final = rights(May.CARRY_OUT_DISPOSAL)
VERBS: Final[dict[str, Verbs]] = {"retention.retention": Verbs(ITS, ITS, ITS, NO_RIGHTS, NO_RIGHTS)}


class RetentionConfig(AppConfig):
    name = "retention"
    verbose_name = gettext_lazy("Retention")

    def ready(self) -> None:
        from retention import disposal, export

        disposal.register()
        export.register()
