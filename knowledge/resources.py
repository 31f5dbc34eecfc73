"""Articles as a file: one a line, topics and counties by their keys, parted by blanks."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field

from agencies.models import County
from exchange.resource import RegisterResource
from exchange.widgets import DayWidget, NumberWidget
from knowledge.forms import ArticleForm, ArticleTextField, topics
from knowledge.models import Article
from knowledge.shipped import sources


class ArticleResource(RegisterResource[Article]):
    name = "articles"

    position = Field("position", "position", NumberWidget(0))
    valid_from = Field("valid_from", "valid_from", DayWidget())
    valid_to = Field("valid_to", "valid_to", DayWidget())
    reviewed_on = Field("reviewed_on", "reviewed_on", DayWidget())

    class Meta:
        model = Article
        import_id_fields = ("key",)
        fields = (
            "key",
            *("title_sv", "title_en", "text_sv", "text_en", "topics", "counties", "sources", "position"),
            *("valid_from", "valid_to", "reviewed_on"),
        )

    def check(self, instance: Article) -> dict[str, str]:
        """As the form reads it."""
        wrong = {}
        for name in ArticleForm.TEXTS:
            try:
                ArticleTextField(required=False).clean(getattr(instance, name))
            except ValidationError as error:
                wrong[name] = " ".join(error.messages)
        known = {
            "topics": {code.key for code in topics()},
            "counties": {*County.objects.values_list("code", flat=True)},
            "sources": {*sources()},
        }
        for name, keys in known.items():
            if unknown := [key for key in getattr(instance, name).split() if key not in keys]:
                wrong[name] = _("“%(value)s” is not allowed. Allowed: %(allowed)s.") % {
                    "value": unknown[0][:40],
                    "allowed": ", ".join(sorted(keys)[:40]),
                }
        return wrong
