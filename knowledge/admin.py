"""Articles are written and reviewed here, each version kept."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.roles import May
from exchange.admin.base import HistoryMixin, ListAdmin, access_of, in_language
from exchange.admin.exchange import ExchangeMixin
from knowledge.forms import ArticleForm
from knowledge.models import REVIEW_LASTS, Article
from knowledge.resources import ArticleResource

DUE: Final = "due"


class ReviewFilter(admin.SimpleListFilter):
    title = gettext_lazy("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [(DUE, gettext_lazy("to be reviewed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != DUE:
            return queryset
        since = access_of(request).today - REVIEW_LASTS
        return queryset.filter(reviewed_on__isnull=True) | queryset.filter(reviewed_on__lt=since)


@admin.register(Article)
class ArticleAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    """An article that is out of date gets a last day: it is not deleted."""

    about = gettext_lazy("Short texts beside the call, by topic and county, with their day of review.")
    right = May.EDIT_KNOWLEDGE
    resource = ArticleResource
    form = ArticleForm
    list_display = (
        in_language("title_sv", gettext_lazy("title in Swedish")),
        in_language("title_en", gettext_lazy("title in English")),
        "reviewed_on",
        "valid_from",
        "valid_to",
    )
    list_filter = (ReviewFilter,)
    search_fields = ("key", "title_sv", "title_en", "text_sv", "text_en")
    fields = (
        *("key", "title_sv", "text_sv", "title_en", "text_en", "topics", "counties"),
        *("sources", "position", "valid_from", "valid_to", "reviewed_on"),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> tuple[str, ...]:
        return ("key",) if obj else ()
