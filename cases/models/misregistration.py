from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agencies.models import Region
from cases import constraints
from cases.choices import Mistaken
from cases.querysets import MisregistrationQuerySet
from cases.secret_text import SecretTextField


class Misregistration(models.Model):
    """What was registered by mistake. Its rows have left their tables, with all that hangs on them, so that
    no list and no count can see them; here they are kept whole, sealed, until somebody puts them back."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=14, choices=Mistaken.choices)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("NMT region"), related_name="+")
    case_code = models.UUIDField(db_index=True, editable=False)  # the case may have left with them
    case_number = models.CharField(_("case number"), max_length=16, editable=False)
    subject = models.UUIDField(
        db_index=True, editable=False
    )  # of the case, or of the person that it is about
    number = models.CharField(_("number"), max_length=22, editable=False)  # of the same
    persons = models.PositiveSmallIntegerField(_("persons"), default=0)
    last = models.PositiveSmallIntegerField(
        default=0, editable=False
    )  # of their numbers: it is not given again
    kept = SecretTextField(_("what is kept"), blank=True, editable=False)
    reason = SecretTextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("time"))
    put_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("put back by"),
        related_name="+",
    )
    put_back_at = models.DateTimeField(_("put back"), null=True)

    objects = MisregistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registered by mistake")
        verbose_name_plural = _("registered by mistake")
        ordering = ["-at", "-pk"]
        constraints = [
            constraints.known("misregistration", "kind", Mistaken),
            models.CheckConstraint(
                condition=Q(put_back_at__isnull=True, put_back_by__isnull=True)
                | Q(put_back_at__isnull=False, put_back_by__isnull=False),
                name="cases_misregistration_put_back_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["region", "-at", "-id"], name="cases_misregistration_region")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:mistake", args=[self.code])
