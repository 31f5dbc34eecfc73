"""Articles beside the call, and remarks beside figures: short texts in both languages, which the authority
writes and reviews without a release."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from agencies.models import localised
from knowledge.shipped import ranked, shipped

MAX_LENGTH: Final = 8_000  # letters of a text: what is longer nobody reads with somebody on the line
LONGEST_REMARK: Final = 600
REVIEW_LASTS: Final = timedelta(days=365)
DATES: Final = _("The last day is before the first.")


class ArticleQuerySet(models.QuerySet[Any]):
    def valid_on(self, day: date) -> ArticleQuerySet:
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )


class Article(models.Model):
    """What may be said about something, by topic of the call and by county. Never deleted: `valid_to` ends
    it.

    `topics` and `counties` are keys of their lists, parted by blanks: the row is the whole of the article, so
    that one version of it tells all of it.
    """

    key = models.SlugField(_("key"), max_length=60, unique=True, help_text=_("The end of its address"))
    title_sv = models.CharField(_("title in Swedish"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120)
    text_sv = models.CharField(_("text in Swedish"), max_length=MAX_LENGTH)
    text_en = models.CharField(_("text in English"), max_length=MAX_LENGTH)
    topics = models.CharField(_("topics of calls"), max_length=400, blank=True)
    counties = models.CharField(_("counties"), max_length=120, blank=True)
    sources = models.CharField(_("sources"), max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    reviewed_on = models.DateField(
        _("reviewed on"), null=True, blank=True, help_text=_("Empty: to be reviewed by the authority")
    )

    objects = ArticleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["position", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="knowledge_article_dates_in_order",
                violation_error_message=DATES,
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("knowledge:article", args=[self.key])

    @property
    def title(self) -> str:
        return localised(self.title_sv, self.title_en)

    @property
    def text(self) -> str:
        return localised(self.text_sv, self.text_en)

    def review_due(self, day: date) -> bool:
        """Whether nobody at the authority has read it for a year, or ever."""
        return self.reviewed_on is None or self.reviewed_on < day - REVIEW_LASTS


class Remark(models.Model):
    """A sentence or two that stand beside figures, by a key that the register knows: a caveat, a break in a
    series, what the statistics rest on. None is added or deleted; what stands here stands on the pages.

    A publication holds its remarks as they were when it was frozen.
    """

    key = models.SlugField(_("key"), max_length=60, unique=True)
    text_sv = models.CharField(_("text in Swedish"), max_length=LONGEST_REMARK)
    text_en = models.CharField(_("text in English"), max_length=LONGEST_REMARK)
    sources = models.CharField(_("sources"), max_length=400, blank=True)
    reviewed_on = models.DateField(
        _("reviewed on"), null=True, blank=True, help_text=_("Empty: to be reviewed by the authority")
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("text beside the figures")
        verbose_name_plural = _("texts beside the figures")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text_sv="") & ~Q(text_en=""), name="knowledge_remark_says_something"
            )
        ]

    def __str__(self) -> str:
        of = shipped().get(self.key)
        return localised(of.name_sv, of.name_en) if of else self.key


def found(looked_for: str, articles: Iterable[Article]) -> list[Article]:
    """The articles that hold every word, in either language."""
    return ranked(
        looked_for, articles, lambda one: (f"{one.title_sv} {one.title_en}", f"{one.text_sv} {one.text_en}")
    )
