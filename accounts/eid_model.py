"""Which e-ID somebody has connected to the own account."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BoundEid(models.Model):
    """An e-ID that its owner has connected, while signed in with password and second factor.

    `subject` is a keyed digest of who it is to the e-ID service: what the service calls them may be a
    personal identity number, and is not kept. `owner` is another, of the subject with the account and its
    address: written by hand into the database, moved to another account, or kept when the address is
    another's, it opens nothing."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("user"), related_name="eid"
    )
    subject = models.CharField(max_length=64, unique=True)
    owner = models.CharField(max_length=64)
    bound_at = models.DateTimeField(_("connected"))
    used_at = models.DateTimeField(_("used"), null=True)

    class Meta:
        verbose_name = _("connected e-ID")
        verbose_name_plural = _("connected e-IDs")

    def __str__(self) -> str:
        return str(self.user)
