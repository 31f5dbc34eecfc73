"""Code lists, and what their codes are called by others."""

from __future__ import annotations

from django.utils.translation import gettext as _
from import_export.fields import Field

from agencies.models import Code, CodeMapping
from exchange.resource import RegisterResource
from exchange.widgets import DayWidget, NumberWidget


class CodeResource(RegisterResource[Code]):
    name = "codes"

    valid_from = Field("valid_from", "valid_from", DayWidget())
    valid_to = Field("valid_to", "valid_to", DayWidget())
    position = Field("position", "position", NumberWidget(0))

    class Meta:
        model = Code
        import_id_fields = ("key",)
        fields = ("key", "list", "label_sv", "label_en", "valid_from", "valid_to", "position")

    def check(self, instance: Code) -> dict[str, str]:
        if instance.key.partition(":")[0] != instance.list or not instance.word:
            return {"key": _("The key begins with its list: list:word.")}
        return {}


class MappingResource(RegisterResource[CodeMapping]):
    """All of a mapping is its key: a row is there or it is new."""

    name = "mappings"

    class Meta:
        model = CodeMapping
        import_id_fields = ("code", "target", "release", "value")
        fields = ("code", "target", "release", "value")
        clean_model_instances = False
