from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from import_export.fields import Field

from accounts.models import User
from agencies.models import Agency
from exchange.resource import Key, RegisterResource
from exchange.widgets import EmailWidget, RowWidget, YesNoWidget


class UserResource(RegisterResource[User]):
    """Without passwords: a new user gets in by an invitation."""

    name = "users"
    links = ("agency",)

    email = Field("email", "email", EmailWidget())
    agency = Field("agency", "agency", RowWidget(Agency.objects.all(), "code"))
    is_active = Field("is_active", "is_active", YesNoWidget())

    class Meta:
        model = User
        import_id_fields = ("email",)
        fields = ("email", "name", "role", "agency", "language", "is_active")

    def start(self, row: Mapping[str, str], key: Key | None) -> User:
        user = super().start(row, key)
        user.set_unusable_password()  # before the row is held against the rules, which want one
        return user

    def check(self, instance: User) -> dict[str, str]:
        if instance.pk == self.by.user.pk and (not instance.is_active or instance.role != self.by.role):
            return {"is_active": _("You cannot end your own access. Ask another administrator.")}
        return {}
