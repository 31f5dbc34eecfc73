"""That somebody has accepted the terms of use and the reminder of secrecy."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TermsAccepted(models.Model):
    """When somebody accepted one version of the terms: once, and never taken back. The text of each version
    stays in the program."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("user"), related_name="terms_accepted"
    )
    version = models.PositiveSmallIntegerField(_("version"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("accepted terms")
        verbose_name_plural = _("accepted terms")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["user", "version"], name="accounts_termsaccepted_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="accounts_termsaccepted_version_real"),
        ]

    def __str__(self) -> str:
        return str(self.version)
