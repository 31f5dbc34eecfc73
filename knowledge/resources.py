"""Articles as a file: one a line, topics and counties by their keys, parted by blanks."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field

from agencies.models import County
from exchange.resource import Lists, RegisterResource
from exchange.widgets import DayWidget, NumberWidget
from knowledge.forms import TAKEN, TAKEN_KEYS, ArticleForm, ArticleTextField, topics
from knowledge.models import DATES, Article
from knowledge.shipped import sources


class ArticleResource(RegisterResource[Article]):
    name = "articles"

    position = Field("position", "position", NumberWidget(0))
    valid_from = Field("valid_from", "valid_from", DayWidget())
    valid_to = Field("valid_to", "valid_to", DayWidget())
    reviewed_on = Field("reviewed_on", "reviewed_on", DayWidget())

    class Meta:
        model = Article
        clean_model_instances = False
        import_id_fields = ("key",)
        fields = (
            "key",
            *("title_sv", "title_en", "text_sv", "text_en", "topics", "counties", "sources", "position"),
            *("valid_from", "valid_to", "reviewed_on"),
        )

    def take(self, instance: Article, row: dict[str, str]) -> tuple[Lists, dict[str, list[str]]]:
        """A text that the file changes is to be reviewed again, unless its row gives the day of a review
        too."""
        before = _reviewed(instance)
        found = super().take(instance, row)
        after = _reviewed(instance)
        if instance.pk and after != before and after[-1] == before[-1]:
            instance.reviewed_on = None
        return found

    @cached_property
    def known_keys(self) -> dict[str, set[str]]:
        """Keys that a row may name, by column: asked for once a file."""
        return {
            "topics": {code.key for code in topics()},
            "counties": {*County.objects.values_list("code", flat=True)},
            "sources": {*sources()},
        }

    def check(self, instance: Article) -> dict[str, str]:
        """As the form reads it."""
        wrong = {"key": str(TAKEN)} if instance.key in TAKEN_KEYS else {}
        for name in ArticleForm.TEXTS:
            try:
                ArticleTextField(required=False).clean(getattr(instance, name))
            except ValidationError as error:
                wrong[name] = " ".join(error.messages)
        if instance.valid_from and instance.valid_to and instance.valid_to < instance.valid_from:
            wrong["valid_to"] = str(DATES)
        for name, keys in self.known_keys.items():
            if unknown := [key for key in getattr(instance, name).split() if key not in keys]:
                wrong[name] = _("“%(value)s” is not allowed. Allowed: %(allowed)s.") % {
                    "value": unknown[0][:40],
                    "allowed": ", ".join(sorted(keys)[:40]),
                }
        return wrong


def _reviewed(article: Article) -> tuple[Any, ...]:
    """What a review is of, and its day."""
    return (*(getattr(article, name) for name in ArticleForm.TEXTS), article.reviewed_on)
