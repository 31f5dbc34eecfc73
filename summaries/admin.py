"""Figures from before the register, populations, and totals of police and courts: kept by analysts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries import countries

from accounts.roles import May
from exchange.admin.base import HistoryMixin, ListAdmin
from exchange.admin.exchange import ExchangeMixin
from exchange.years import wrong_year
from summaries.models import COUNTED, OF_WHOM, HistoricalFigure, JusticeFigure, Population
from summaries.resources.figures import HistoricalFigureResource, JusticeFigureResource, PopulationResource

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def told(name: str, label: str | _StrPromise, order: str | None = None) -> Callable[[Model], str]:
    """A column in words, where the field holds a key."""

    @admin.display(description=label, ordering=order)
    def column(row: Model) -> str:
        return str(getattr(row, name))

    return column


def counted(field: str, label: str | _StrPromise) -> Callable[[Model], str]:
    """A column of numbers, grouped by thousands and set to the right."""

    @admin.display(description=label, ordering=field)
    def column(row: Model) -> str:
        return format_html(
            '<span class="count">{}</span>', number_format(getattr(row, field), force_grouping=True)
        )

    return column


class FigureForm(forms.ModelForm):
    """A year that no page can show is refused here, as it is in a file."""

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if said := wrong_year(year):
            raise forms.ValidationError(said)
        return year


class FigureAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    right = May.EDIT_FIGURES
    form = FigureForm


class HistoricalFigureForm(FigureForm):
    """What is counted, and of whom, chosen by words where the row holds keys."""

    measure = forms.ChoiceField(label=capfirst(pgettext_lazy("statistics", "measure")), choices=COUNTED)
    group = forms.ChoiceField(
        label=capfirst(_("group")),
        choices=lambda: {_("groups and purposes"): OF_WHOM, _("countries"): dict(countries)},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        measure, group = cleaned.get("measure"), cleaned.get("group")
        if measure and group and (measure == "citizenship") == (group in OF_WHOM):
            self.add_error(
                "group", _("A figure by citizenship is of a country, and every other is of a group.")
            )
        return cleaned


@admin.register(HistoricalFigure)
class HistoricalFigureAdmin(FigureAdmin):
    about = _(
        "What was published before the register, with its source. Never mixed with what is counted now."
    )
    resource = HistoricalFigureResource
    form = HistoricalFigureForm
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
    about = _("How many live in each county, by year, sex and age: what rates are computed from.")
    resource = PopulationResource
    list_display = ("year", "sex", "age", "county", counted("number", _("residents")), "source")
    list_select_related = ("county",)
    list_filter = ("sex", "age")
    search_fields = ("=year",)


@admin.register(JusticeFigure)
class JusticeFigureAdmin(FigureAdmin):
    about = _("Reported offences, prosecutions and judgements, from the justice system's own statistics.")
    resource = JusticeFigureResource
    list_display = ("year", "kind", "offence", "breakdown", counted("value", _("value")), "source")
    list_select_related = ("offence",)
    list_filter = ("kind",)
    search_fields = ("=year", "breakdown")
