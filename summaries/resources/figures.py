"""Historical figures, population and figures of justice as files."""

from __future__ import annotations

from import_export.fields import Field

from agencies.exchange.resource import RegisterResource
from agencies.exchange.widgets import NumberWidget, RowWidget
from agencies.models import Code, County
from summaries.models import HistoricalFigure, JusticeFigure, Population


class HistoricalFigureResource(RegisterResource):
    name = "historical_figures"

    year = Field("year", "year", NumberWidget())
    value = Field("value", "value", NumberWidget())

    class Meta:
        model = HistoricalFigure
        import_id_fields = ("year", "measure", "group")
        fields = ("year", "measure", "group", "value", "status", "source", "note")
        clean_model_instances = False


class PopulationResource(RegisterResource):
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


class JusticeFigureResource(RegisterResource):
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
