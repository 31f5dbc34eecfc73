"""Historical figures, population and figures of justice as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django_countries import countries
from import_export.fields import Field

from agencies.models import Code, County
from exchange.resource import RegisterResource
from exchange.widgets import NumberWidget, RowWidget
from exchange.years import wrong_year
from summaries.models import COUNTED, OF_WHOM, HistoricalFigure, JusticeFigure, Population

MANY: Final = 20


class FigureResource(RegisterResource):
    def check(self, instance: Any) -> dict[str, str]:
        said = "" if instance.year is None else wrong_year(instance.year)
        return {"year": said} if said else {}


class HistoricalFigureResource(FigureResource):
    """What is counted, and of whom, by the keys that the form chooses from: another key would never be read
    again."""

    name = "historical_figures"

    year = Field("year", "year", NumberWidget())
    value = Field("value", "value", NumberWidget())

    class Meta:
        model = HistoricalFigure
        import_id_fields = ("year", "measure", "group")
        fields = ("year", "measure", "group", "value", "status", "source", "note")
        clean_model_instances = False

    def check(self, instance: Any) -> dict[str, str]:
        groups = dict(countries) if instance.measure == "citizenship" else OF_WHOM
        found = {"measure": _allowed(instance.measure, COUNTED)}
        if not found["measure"]:
            found["group"] = _allowed(instance.group, groups, _("the codes of countries"))
        return {name: said for name, said in found.items() if said} | super().check(instance)


def _allowed(value: str, keys: Mapping[str, Any], named: str = "") -> str:
    """What is wrong with a key that is not among them; `named` is what they are called where they are too
    many."""
    if not value or value in keys:
        return ""
    allowed = named if named and len(keys) > MANY else ", ".join(keys)
    return _("“%(value)s” is not allowed. Allowed: %(allowed)s.") % {"value": value[:40], "allowed": allowed}


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
