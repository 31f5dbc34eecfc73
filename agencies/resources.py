"""Code lists, and what their codes are called by others.

Agencies, coordinators, counties, NMT regions, and which county belongs to which region since when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from import_export.fields import Field

from accounts.access import refuse_where
from accounts.invitations import BY_TWO, keeps_access, needs_two_to_change
from accounts.models import User
from agencies.account_approvals import USER_FIELDS, account_needs_two, gives_region, told_of_new
from agencies.models import NO_LIST, Agency, Code, CodeMapping, Coordinator, County, CountyRegion, Region
from agencies.stand_ins import end_deputies
from exchange.resources import CodeWidget, EmailWidget, Lists, RegisterResource


class CodeResource(RegisterResource[Code]):
    name = "codes"

    class Meta:
        model = Code
        import_id_fields = ("key",)
        fields = ("key", "list", "label_sv", "label_en", "valid_from", "valid_to", "position")

    def check(self, instance: Code) -> dict[str, str]:
        return {} if instance.has_its_list else {"key": str(NO_LIST)}


class MappingResource(RegisterResource[CodeMapping]):
    """All of a mapping is its key: a row is there or it is new."""

    name = "mappings"

    class Meta:
        model = CodeMapping
        import_id_fields = ("code", "target", "release", "value")
        fields = ("code", "target", "release", "value")
        clean_model_instances = False


class AgencyResource(RegisterResource[Agency]):
    name = "agencies"

    class Meta:
        model = Agency
        import_id_fields = ("code",)
        fields = ("code", "name_sv", "name_en", "kind", "municipal", "member_from", "member_to", "contact")


class CoordinatorResource(RegisterResource[Coordinator]):
    name = "coordinators"

    class Meta:
        model = Coordinator
        import_id_fields = ("region", "kind", "name", "valid_from")
        fields = (
            *("region", "kind", "name", "valid_from", "valid_to", "user"),
            *("municipality", "phone", "email", "hours"),
        )

    def check(self, instance: Coordinator) -> dict[str, str]:
        message = _(
            "Two persons are needed to give somebody a region, so no file does it. Ask on the page of the "
            "card."
        )
        return {"user": message} if gives_region(instance, self.by.today) else {}

    def update(self, rows: Sequence[Any], names: Iterable[str], lists: Sequence[Lists]) -> None:
        """An import that is taken back gives nobody a region either."""
        refuse_where(any(gives_region(row, self.by.today) for row in rows), BY_TWO)
        super().update(rows, names, lists)


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

    class Meta:
        model = CountyRegion
        import_id_fields = ("county", "valid_from")
        fields = ("county", "region", "valid_from")


class UserResource(RegisterResource[User]):
    name = "users"

    email = Field("email", "email", EmailWidget())

    class Meta:
        model = User
        import_id_fields = ("email",)
        fields = USER_FIELDS

    def start(self, row: Mapping[str, str]) -> User:
        user = super().start(row)
        user.set_unusable_password()  # before the row is held against the rules, which want one
        return user

    def check(self, instance: User) -> dict[str, str]:
        if instance.pk == self.by.user.pk and not keeps_access(instance, self.by):
            return {"is_active": _("You cannot end your own access. Ask another administrator.")}
        message = _("Two persons are needed for this, so no file does it. Ask on the page of the user.")
        return {"role": message} if account_needs_two(instance) else {}

    def update(self, rows: Sequence[Any], names: Iterable[str], lists: Sequence[Lists]) -> None:
        """An import that is taken back gives nothing that a second person has not answered."""
        stored = User.objects.in_bulk([row.pk for row in rows])
        pairs = [(stored[row.pk], row) for row in rows]
        refuse_where(any(needs_two_to_change(*pair) for pair in pairs), BY_TWO)
        super().update(rows, names, lists)
        for former, row in pairs:
            if (former.role, former.is_active) != (row.role, row.is_active) or former.has_ended:
                end_deputies(row, self.by)

    def insert(self, rows: Sequence[Any], lists: Sequence[Lists]) -> None:
        super().insert(rows, lists)
        for row in rows:
            told_of_new(row, self.by)
