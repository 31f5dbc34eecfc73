from import_export.fields import Field

from agencies.models import Agency, Code
from exchange.resource import RegisterResource
from exchange.widgets import DayWidget, RowWidget, YesNoWidget


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
