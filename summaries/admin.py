"""Figures from before the register, populations, and totals of police and courts: kept by analysts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from agencies.admin.base import ListAdmin
from agencies.admin.exchange import ExchangeMixin
from agencies.roles import May
from summaries.models import HistoricalFigure, JusticeFigure, Population
from summaries.resources.figures import HistoricalFigureResource, JusticeFigureResource, PopulationResource


class FigureAdmin(ExchangeMixin, ListAdmin, SimpleHistoryAdmin):
    """With a page of old and new values: these are published figures, not persons."""

    right = May.EDIT_FIGURES
    has_history = True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self.get_object(request, object_id)
        return SimpleHistoryAdmin.history_view(self, request, object_id, extra_context)

    def history_form_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """A past version is read in the list of changes; a change is undone by a change."""
        raise Http404


@admin.register(HistoricalFigure)
class HistoricalFigureAdmin(FigureAdmin):
    resource = HistoricalFigureResource
    list_display = ("year", "measure", "group", "value", "status", "source")
    list_filter = ("status",)
    search_fields = ("=year", "measure", "group")


@admin.register(Population)
class PopulationAdmin(FigureAdmin):
    resource = PopulationResource
    list_display = ("year", "sex", "age", "county", "number", "source")
    list_select_related = ("county",)
    list_filter = ("sex", "age")
    search_fields = ("=year",)


@admin.register(JusticeFigure)
class JusticeFigureAdmin(FigureAdmin):
    resource = JusticeFigureResource
    list_display = ("year", "kind", "offence", "breakdown", "value", "source")
    list_select_related = ("offence",)
    list_filter = ("kind",)
    search_fields = ("=year", "breakdown")
