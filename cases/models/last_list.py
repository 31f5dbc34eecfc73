from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access import Access


class LastListQuerySet(models.QuerySet["LastList"]):
    def visible_to(self, access: Access) -> Self:
        """One's own."""
        return self.filter(user=access.user)


class LastList(models.Model):
    """What somebody chose in a list last: the filter, by what lists may be filtered by, and the columns."""

    CASES, PERSONS, CALLS = "cases", "persons", "calls"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="+"
    )
    name = models.CharField(_("list"), max_length=10)
    filters = models.CharField(_("last filter"), max_length=500, blank=True)  # as in the address of the list
    columns = models.CharField(_("columns"), max_length=200, blank=True)  # names, parted by commas

    objects = LastListQuerySet.as_manager()

    class Meta:
        verbose_name = _("last filter of a list")
        verbose_name_plural = _("last filters of lists")
        ordering = ["user", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__in=["cases", "persons", "calls"]), name="cases_lastlist_known"
            ),
            models.UniqueConstraint(fields=["user", "name"], name="cases_lastlist_once"),
        ]

    def __str__(self) -> str:
        return self.name
