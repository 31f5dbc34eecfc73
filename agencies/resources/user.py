from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from import_export.fields import Field

from accounts.invitations import BY_TWO, keeps_access, needs_two_to_change
from accounts.models import User
from accounts.roles import given_by_two
from agencies.deputies import end_deputies
from agencies.letting_in import USER_FIELDS, told_of_new
from agencies.models import Agency
from exchange.resource import Key, Lists, RegisterResource
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
        fields = USER_FIELDS

    def start(self, row: Mapping[str, str], key: Key | None) -> User:
        user = super().start(row, key)
        user.set_unusable_password()  # before the row is held against the rules, which want one
        return user

    def check(self, instance: User) -> dict[str, str]:
        if instance.pk == self.by.user.pk and not keeps_access(instance, self.by):
            return {"is_active": _("You cannot end your own access. Ask another administrator.")}
        stored = User.objects.filter(pk=instance.pk).first() if instance.pk else None
        two = needs_two_to_change(stored, instance) if stored else given_by_two(instance.role)
        said = _("Two persons are needed for this, so no file does it. Ask on the page of the user.")
        return {"role": said} if two else {}

    def update(self, rows: Sequence[Any], names: Iterable[str], lists: Sequence[Lists]) -> None:
        """An import that is taken back gives nothing that a second person has not answered."""
        stored = User.objects.in_bulk([row.pk for row in rows])
        known = [row for row in rows if row.pk in stored]
        if any(needs_two_to_change(stored[row.pk], row) for row in known):
            raise PermissionDenied(BY_TWO)
        super().update(rows, names, lists)
        for row in known:
            former = stored[row.pk]
            if (former.role, former.is_active) != (row.role, row.is_active) or former.has_ended:
                end_deputies(row, self.by)

    def insert(self, rows: Sequence[Any], lists: Sequence[Lists]) -> None:
        super().insert(rows, lists)
        for row in rows:
            told_of_new(row, self.by)
