"""That somebody has looked through an account and answered whether it stays."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class AccountReview(models.Model):
    """One answer about one account: who gave it, and when. It is never changed; the next is another row."""

    class Answer(models.TextChoices):
        STAYS = "stays", _("stays")
        ENDS = "ends", _("ends")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("user"), related_name="reviews"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("reviewed by"), related_name="+"
    )
    at = models.DateTimeField(_("time"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)

    class Meta:
        verbose_name = _("review of an account")
        verbose_name_plural = _("reviews of accounts")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(user=F("by")),
                name="accounts_accountreview_by_another",
                violation_error_message=_("Nobody reviews the own account."),
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["stays", "ends"]), name="accounts_accountreview_answer_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
