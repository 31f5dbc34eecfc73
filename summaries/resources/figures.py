"""Historical figures, population and figures of justice as files."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from import_export.fields import Field

from agencies.exchange.resource import RegisterResource
from agencies.exchange.widgets import NumberWidget, RowWidget
from agencies.models import Code, County
from summaries.models import HistoricalFigure, JusticeFigure, Population

YEARS: Final = (1900, 2100)


class FigureResource(RegisterResource):
    def check(self, instance: Any) -> dict[str, str]:
        year = instance.year
        if year is not None and not YEARS[0] <= year <= YEARS[1]:
            said = _("%(year)s is not a year of this list. Allowed: %(first)d to %(last)d.")
            return {"year": said % {"year": year, "first": YEARS[0], "last": YEARS[1]}}
        return {}


class HistoricalFigureResource(FigureResource):
    name = "historical_figures"

    year = Field("year", "year", NumberWidget())
    value = Field("value", "value", NumberWidget())

    class Meta:
        model = HistoricalFigure
        import_id_fields = ("year", "measure", "group")
        fields = ("year", "measure", "group", "value", "status", "source", "note")
        clean_model_instances = False


class PopulationResource(FigureResource):
    name = "population"
    links = ("county",)

    year = Field("year", "year", NumberWidget())
    county = Field("county", "county", RowWidget(County.objects.all(), width=2))
    number = Field("number", "number", NumberWidget())

    class Meta:
        model = Population
        import_id_fields = ("year", "sex", "age", "county")
        fields = ("year", "sex", "age", "county", "number", "source")
        clean_model_instances = False


class JusticeFigureResource(FigureResource):
    name = "justice_figures"
    links = ("offence",)

    year = Field("year", "year", NumberWidget())
    offence = Field("offence", "offence", RowWidget(Code.objects.filter(list="offence"), "word"))
    value = Field("value", "value", NumberWidget())

    class Meta:
        model = JusticeFigure
        import_id_fields = ("year", "kind", "offence", "breakdown")
        fields = ("year", "kind", "offence", "breakdown", "value", "source", "note")
        clean_model_instances = False
