"""Agencies, coordinators, counties, NMT regions, and which county belongs to which region since when."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from import_export.fields import Field

from accounts.invitations import BY_TWO
from accounts.models import User
from agencies.letting_in import gives_region
from agencies.models import Agency, Code, Coordinator, County, CountyRegion, Region
from exchange.resource import Lists, RegisterResource
from exchange.widgets import CodeWidget, DayWidget, RowWidget, YesNoWidget


class AgencyResource(RegisterResource[Agency]):
    name = "agencies"
    links = ("kind",)

    kind = Field("kind", "kind", RowWidget(Code.objects.filter(list="agency_kind"), "word"))
    municipal = Field("municipal", "municipal", YesNoWidget())
    member_from = Field("member_from", "member_from", DayWidget())
    member_to = Field("member_to", "member_to", DayWidget())

    class Meta:
        model = Agency
        import_id_fields = ("code",)
        fields = ("code", "name_sv", "name_en", "kind", "municipal", "member_from", "member_to", "contact")


class CoordinatorResource(RegisterResource[Coordinator]):
    name = "coordinators"
    links = ("region", "user")

    region = Field("region", "region", RowWidget(Region.objects.all()))
    user = Field("user", "user", RowWidget(User.objects.all(), "email"))
    valid_from = Field("valid_from", "valid_from", DayWidget())
    valid_to = Field("valid_to", "valid_to", DayWidget())

    class Meta:
        model = Coordinator
        import_id_fields = ("region", "kind", "name", "valid_from")
        fields = (
            "region",
            "kind",
            "name",
            "valid_from",
            "valid_to",
            "user",
            "municipality",
            "phone",
            "email",
            "hours",
        )

    def check(self, instance: Coordinator) -> dict[str, str]:
        said = _(
            "Two persons are needed to give somebody a region, so no file does it. Ask on the page of the "
            "card."
        )
        return {"user": said} if self._gives(instance) else {}

    def update(self, rows: Sequence[Any], names: Iterable[str], lists: Sequence[Lists]) -> None:
        """An import that is taken back gives nobody a region either."""
        if any(self._gives(row) for row in rows):
            raise PermissionDenied(BY_TWO)
        super().update(rows, names, lists)

    def _gives(self, card: Coordinator) -> bool:
        stored = Coordinator.objects.filter(pk=card.pk).first() if card.pk else None
        return gives_region(stored, card, self.by.today)


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
