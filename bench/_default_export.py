"""django-import-export's resource as it comes, with `select_related` and `prefetch_related` as its
documentation advises, for the columns that our export of persons has."""

from __future__ import annotations

from typing import Any

from import_export.fields import Field
from import_export.resources import ModelResource

from cases.models import Identification
from cases.rules.values import bare

_LINKS = ("person__case", "agency")
_LISTS = ("person__exploitations", "person__measures")


class ExportResource(ModelResource):
    case = Field("person__case__number")
    number = Field("person__number")
    agency = Field("agency__code")
    sex = Field("person__sex")
    child = Field("person__child")
    age_class = Field("person__age_class")
    citizenship = Field("person__citizenship")
    status = Field("person__status")
    offence = Field("person__offence_id")
    purposes, main_purpose, sector, measures = Field(), Field(), Field(), Field()

    class Meta:
        model = Identification
        fields = (
            "case",
            "number",
            "identified_on",
            "agency",
            "municipality",
            "county",
            "channel",
            "sex",
            "child",
            "age_class",
            "citizenship",
            "status",
            "offence",
            "purposes",
            "main_purpose",
            "sector",
            "measures",
        )

    def get_queryset(self) -> Any:
        return Identification.objects.select_related(*_LINKS).prefetch_related(*_LISTS).order_by("pk")

    def dehydrate_purposes(self, row: Identification) -> str:
        return "|".join(bare(part.purpose_id) for part in row.person.exploitations.all() if not part.is_main)

    def dehydrate_main_purpose(self, row: Identification) -> str:
        return "".join(bare(part.purpose_id) for part in row.person.exploitations.all() if part.is_main)

    def dehydrate_sector(self, row: Identification) -> str:
        return "".join(bare(part.sector_id or "") for part in row.person.exploitations.all())

    def dehydrate_measures(self, row: Identification) -> str:
        return "|".join(f"{bare(part.kind_id)}:{part.month:%Y-%m}" for part in row.person.measures.all())
