"""That somebody has typed facts which are compared with everybody's. Never what was found: a count of hits
would be an answer itself."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Try(models.Model):
    """One form or one file whose persons were compared, or one change of the facts that are."""

    class Kind(models.TextChoices):
        FORM = "form", _("form")
        EDIT = "edit", _("change")
        IMPORT = "import", _("import")

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    persons = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("comparison tried")
        verbose_name_plural = _("comparisons tried")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["form", "edit", "import"]), name="cases_try_kind_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.persons}"
