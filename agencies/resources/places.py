"""Counties, NMT regions, and which county belongs to which region since when."""

from import_export.fields import Field

from agencies.models import County, CountyRegion, Region
from exchange.resource import RegisterResource
from exchange.widgets import CodeWidget, DayWidget, RowWidget


class RegionResource(RegisterResource[Region]):
    name = "regions"

    class Meta:
        model = Region
        import_id_fields = ("code",)
        fields = ("code", "name_sv", "name_en")


class CountyResource(RegisterResource[County]):
    name = "counties"

    code = Field("code", "code", CodeWidget(width=2))

    class Meta:
        model = County
        import_id_fields = ("code",)
        fields = ("code", "iso", "name_sv", "name_en")


class CountyRegionResource(RegisterResource[CountyRegion]):
    name = "county_regions"
    links = ("county", "region")

    county = Field("county", "county", RowWidget(County.objects.all(), width=2))
    region = Field("region", "region", RowWidget(Region.objects.all()))
    valid_from = Field("valid_from", "valid_from", DayWidget())

    class Meta:
        model = CountyRegion
        import_id_fields = ("county", "valid_from")
        fields = ("county", "region", "valid_from")
