from __future__ import annotations

from import_export.fields import Field

from agencies.exchange.resource import RegisterResource
from agencies.exchange.widgets import DayWidget, RowWidget
from agencies.models import Coordinator, Region, User


class CoordinatorResource(RegisterResource):
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
            "region", "kind", "name", "valid_from", "valid_to", "user", "municipality", "phone", "email", "hours",
        )  # fmt: skip
