"""Figures from before the register, populations, and totals of police and courts, as analysts keep them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from django_countries import countries
from import_export.fields import Field

from accounts.roles import May
from exchange.admin import ExchangeMixin, HistoryMixin, ListAdmin
from exchange.resources import ChoiceWidget, RegisterResource, not_allowed
from exchange.years import wrong_year
from summaries.models import COUNTED, OF_WHOM, HistoricalFigure, JusticeFigure, Population

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class FigureResource(RegisterResource):
    class Meta:
        clean_model_instances = False

    def check(self, instance: Any) -> dict[str, str]:
        text = "" if instance.year is None else wrong_year(instance.year)
        return {"year": text} if text else {}


class HistoricalFigureResource(FigureResource):
    """Keys of what is counted, and of whom, are those of the form: another key would never be read again."""

    name = "historical_figures"

    measure = Field("measure", "measure", ChoiceWidget(COUNTED))
    group = Field("group", "group", ChoiceWidget(dict(countries) | OF_WHOM))

    class Meta:
        model = HistoricalFigure
        import_id_fields = ("year", "measure", "group")
        fields = ("year", "measure", "group", "value", "status", "source", "note")

    def check(self, instance: Any) -> dict[str, str]:
        of_countries = instance.measure == "citizenship"
        faults = super().check(instance)
        if instance.measure and instance.group and of_countries == (instance.group in OF_WHOM):
            allowed = [_("the names of countries")] if of_countries else OF_WHOM.values()
            faults["group"] = not_allowed(self.fields["group"].widget.label(instance.group), allowed)
        return faults


class PopulationResource(FigureResource):
    name = "population"

    class Meta:
        model = Population
        import_id_fields = ("year", "sex", "age", "county")
        fields = ("year", "sex", "age", "county", "number", "source")


class JusticeFigureResource(FigureResource):
    name = "justice_figures"

    class Meta:
        model = JusticeFigure
        import_id_fields = ("year", "kind", "offence", "breakdown")
        fields = ("year", "kind", "offence", "breakdown", "value", "source", "note")


def column_in_words(name: str, label: str | _StrPromise, order: str | None = None) -> Callable[[Model], str]:
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
    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if text := wrong_year(year):
            raise forms.ValidationError(text)
        return year


class FigureAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    right = May.EDIT_FIGURES
    form = FigureForm


class HistoricalFigureForm(FigureForm):
    measure = forms.ChoiceField(label=capfirst(pgettext_lazy("statistics", "measure")), choices=COUNTED)
    group = forms.ChoiceField(
        label=capfirst(gettext_lazy("group")),
        choices=lambda: {
            gettext_lazy("groups and purposes"): OF_WHOM,
            gettext_lazy("countries"): dict(countries),
        },
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        measure, group = (self.cleaned_data.get(one) for one in ("measure", "group"))
        if measure and group and (measure == "citizenship") == (group in OF_WHOM):
            self.add_error(
                "group",
                gettext_lazy("A figure by citizenship is of a country, and every other is of a group."),
            )
        return self.cleaned_data


@admin.register(HistoricalFigure)
class HistoricalFigureAdmin(FigureAdmin):
    about = gettext_lazy(
        "What was published before the register, with its source. Never mixed with what is counted now."
    )
    resource = HistoricalFigureResource
    form = HistoricalFigureForm
    list_display = (
        "year",
        column_in_words("counted", pgettext_lazy("statistics", "measure"), "measure"),
        column_in_words("of_whom", gettext_lazy("group")),
        counted("value", gettext_lazy("value")),
        "status",
        "source",
    )
    list_filter = ("status",)
    search_fields = ("=year", "measure", "group")


@admin.register(Population)
class PopulationAdmin(FigureAdmin):
    about = gettext_lazy("Residents of each county, by year, sex and age: what rates are computed from.")
    resource = PopulationResource
    list_display = ("year", "sex", "age", "county", counted("number", gettext_lazy("residents")), "source")
    list_select_related = ("county",)
    list_filter = ("sex", "age")
    search_fields = ("=year",)


@admin.register(JusticeFigure)
class JusticeFigureAdmin(FigureAdmin):
    about = gettext_lazy(
        "Reported offences, prosecutions and judgements, from the justice system's own statistics."
    )
    resource = JusticeFigureResource
    list_display = ("year", "kind", "offence", "breakdown", counted("value", gettext_lazy("value")), "source")
    list_select_related = ("offence",)
    list_filter = ("kind",)
    search_fields = ("=year", "breakdown")
