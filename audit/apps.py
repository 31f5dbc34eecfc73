from django.apps import AppConfig
from django.utils.translation import gettext, gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("Audit log")

    audit_kinds = ("audit",)

    def audit_words(self, label: str) -> str:
        """Return "event 12" of an event's number (audit_pages.words)."""
        return gettext("event {number}").format(number=label) if label.isdecimal() else label
