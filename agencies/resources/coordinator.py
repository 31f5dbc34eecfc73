from import_export.fields import Field

from accounts.models import User
from agencies.models import Coordinator, Region
from exchange.resource import RegisterResource
from exchange.widgets import DayWidget, RowWidget


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
