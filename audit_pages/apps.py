from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditPagesConfig(AppConfig):
    name = "audit_pages"
    verbose_name = _("Audit trail")
