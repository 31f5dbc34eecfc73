"""Articles and remarks are written and reviewed here, each version kept."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from import_export.fields import Field

from accounts.roles import May
from agencies.models import Code, County
from exchange.admin import ExchangeMixin, HistoryMixin, ListAdmin, access_of, in_language
from exchange.reader import folded
from exchange.resources import ChoiceWidget, KeyWidget, ListedWidget, Lists, RegisterResource, RowWidget
from knowledge.forms import TAKEN, TAKEN_KEYS, ArticleForm, ArticleTextField, RemarkForm
from knowledge.models import DATES, REVIEW_LASTS, Article, Remark
from knowledge.shipped import shipped, sources


class KeysWidget(KeyWidget):
    """Several of a list, stored as keys parted by blanks; labels in a file are parted by |."""

    def __init__(self, one: ListedWidget[Any]) -> None:
        super().__init__()
        self.one = one

    def clean(self, value: object, row: object = None, **_kwargs: object) -> str:
        text = super().clean(value)
        whole = "|" in text or folded(text) in self.one.found
        parts = [part.rpartition(":")[2] for part in (text.split("|") if whole else text.split())]
        return " ".join(
            str(getattr(row, "pk", row))
            for row in (one for one in (self.one.clean(part) for part in parts) if one)
        )

    def label(self, text: str) -> str:
        return "|".join(self.one.label(key.rpartition(":")[2]) for key in text.split())


class ArticleResource(RegisterResource[Article]):
    name = "articles"

    topics = Field("topics", "topics", KeysWidget(RowWidget(Code.objects.of("topic"))))
    counties = Field("counties", "counties", KeysWidget(RowWidget(County.objects.all())))
    sources = Field("sources", "sources", KeysWidget(ChoiceWidget({key: key for key in sources()})))

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
        before = REVIEWED(instance)
        found = super().take(instance, row)
        after = REVIEWED(instance)
        if instance.pk and after != before and after[-1] == before[-1]:
            instance.reviewed_on = None
        return found

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
        return wrong


REVIEWED: Final = attrgetter(*ArticleForm.TEXTS, "reviewed_on")  # what a review is of, and its day
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
    about = gettext_lazy("Short texts shown beside a call, by topic and county, with their day of review.")
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


@admin.register(Remark)
class RemarkAdmin(HistoryMixin, ListAdmin):
    """What stands here is shown on the pages immediately; a published version keeps its own texts."""

    about = gettext_lazy("Caveats and what the statistics rest on: published with the next version.")
    right = May.EDIT_REMARKS
    form = RemarkForm
    list_display = ("__str__", in_language("text_sv", gettext_lazy("text in Swedish")), "reviewed_on")
    list_filter = (ReviewFilter,)
    search_fields = ("key", "text_sv", "text_en")
    fields = ("key", "text_sv", "shipped_sv", "text_en", "shipped_en", "sources", "reviewed_on")
    readonly_fields = ("key", "shipped_sv", "shipped_en")

    @admin.display(description=gettext_lazy("As shipped, in Swedish"))
    def shipped_sv(self, row: Remark) -> str:
        return _as_shipped(row, "sv")

    @admin.display(description=gettext_lazy("As shipped, in English"))
    def shipped_en(self, row: Remark) -> str:
        return _as_shipped(row, "en")


def _as_shipped(row: Remark, language: str) -> str:
    """To be compared with the own text, after an upgrade too."""
    of = shipped().get(row.key)
    return format_html('<span lang="{}">{}</span>', language, getattr(of, language)) if of else ""
