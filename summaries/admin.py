"""Figures from before the register, populations, and totals of police and courts, as analysts keep them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

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
from agencies.models import Code, County
from exchange.admin import ExchangeMixin, HistoryMixin, ListAdmin
from exchange.resources import NumberWidget, RegisterResource, RowWidget
from exchange.years import wrong_year
from summaries.models import COUNTED, OF_WHOM, HistoricalFigure, JusticeFigure, Population

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


MANY: Final = 20


class FigureResource(RegisterResource):
    year = Field("year", "year", NumberWidget())

    class Meta:
        clean_model_instances = False

    def check(self, instance: Any) -> dict[str, str]:
        text = "" if instance.year is None else wrong_year(instance.year)
        return {"year": text} if text else {}


class HistoricalFigureResource(FigureResource):
    """Keys of what is counted, and of whom, are those of the form: another key would never be read again."""

    name = "historical_figures"

    value = Field("value", "value", NumberWidget())

    class Meta:
        model = HistoricalFigure
        import_id_fields = ("year", "measure", "group")
        fields = ("year", "measure", "group", "value", "status", "source", "note")

    def check(self, instance: Any) -> dict[str, str]:
        groups = dict(countries) if instance.measure == "citizenship" else OF_WHOM
        found = {"measure": _allowed(instance.measure, COUNTED)}
        if not found["measure"]:
            found["group"] = _allowed(instance.group, groups, _("the codes of countries"))
        return {name: text for name, text in found.items() if text} | super().check(instance)


def _allowed(value: str, keys: Mapping[str, Any], named: str = "") -> str:
    """What is wrong with a key that is not among them; `named` is what they are called where they are too
    many."""
    if not value or value in keys:
        return ""
    allowed = named if named and len(keys) > MANY else ", ".join(keys)
    return _("“%(value)s” is not allowed. Allowed: %(allowed)s.") % {"value": value[:40], "allowed": allowed}


class PopulationResource(FigureResource):
    name = "population"

    county = Field("county", "county", RowWidget(County.objects.all(), width=2))
    number = Field("number", "number", NumberWidget())

    class Meta:
        model = Population
        import_id_fields = ("year", "sex", "age", "county")
        fields = ("year", "sex", "age", "county", "number", "source")


class JusticeFigureResource(FigureResource):
    name = "justice_figures"

    offence = Field("offence", "offence", RowWidget(Code.objects.filter(list="offence"), "word"))
    value = Field("value", "value", NumberWidget())

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
    """A year that no page can show is refused here, as it is in a file."""

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if text := wrong_year(year):
            raise forms.ValidationError(text)
        return year


class FigureAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    right = May.EDIT_FIGURES
    form = FigureForm


class HistoricalFigureForm(FigureForm):
    """What is counted, and of whom, chosen by words where the row holds keys."""

    measure = forms.ChoiceField(label=capfirst(pgettext_lazy("statistics", "measure")), choices=COUNTED)
    group = forms.ChoiceField(
        label=capfirst(gettext_lazy("group")),
        choices=lambda: {
            gettext_lazy("groups and purposes"): OF_WHOM,
            gettext_lazy("countries"): dict(countries),
        },
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        measure, group = cleaned.get("measure"), cleaned.get("group")
        if measure and group and (measure == "citizenship") == (group in OF_WHOM):
            self.add_error(
                "group",
                gettext_lazy("A figure by citizenship is of a country, and every other is of a group."),
            )
        return cleaned


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
    about = gettext_lazy("How many live in each county, by year, sex and age: what rates are computed from.")
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
