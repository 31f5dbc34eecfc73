"""Figures from before the register, populations, and totals of police and courts: kept by analysts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.admin.base import HistoryMixin, ListAdmin
from agencies.admin.exchange import ExchangeMixin
from agencies.roles import May
from summaries.models import HistoricalFigure, JusticeFigure, Population
from summaries.resources.figures import HistoricalFigureResource, JusticeFigureResource, PopulationResource


def told(name: str, label: Any, order: str | None = None) -> Callable[[Any], str]:
    """A column in words, where the field holds a key."""

    @admin.display(description=label, ordering=order)
    def column(row: Any) -> str:
        return str(getattr(row, name))

    return column


def counted(field: str, label: Any) -> Callable[[Any], str]:
    """A column of numbers, grouped by thousands and set to the right."""

    @admin.display(description=label, ordering=field)
    def column(row: Any) -> str:
        return format_html('<span class="count">{}</span>', number_format(getattr(row, field), force_grouping=True))

    return column


class FigureAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    right = May.EDIT_FIGURES


@admin.register(HistoricalFigure)
class HistoricalFigureAdmin(FigureAdmin):
    resource = HistoricalFigureResource
    list_display = (
        "year",
        told("counted", pgettext_lazy("statistics", "measure"), "measure"),
        told("of_whom", _("group")),
        counted("value", _("value")),
        "status",
        "source",
    )
    list_filter = ("status",)
    search_fields = ("=year", "measure", "group")


@admin.register(Population)
class PopulationAdmin(FigureAdmin):
    resource = PopulationResource
    list_display = ("year", "sex", "age", "county", counted("number", _("residents")), "source")
    list_select_related = ("county",)
    list_filter = ("sex", "age")
    search_fields = ("=year",)


@admin.register(JusticeFigure)
class JusticeFigureAdmin(FigureAdmin):
    resource = JusticeFigureResource
    list_display = ("year", "kind", "offence", "breakdown", counted("value", _("value")), "source")
    list_select_related = ("offence",)
    list_filter = ("kind",)
    search_fields = ("=year", "breakdown")
