"""A region confirms that a year is complete."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.roles import May
from agencies.models import Region
from audit.writer import Target, record
from cases.models import YearConfirmation


@transaction.atomic
def confirm_year(*, region: Region, year: int, by: Access) -> YearConfirmation:
    """Once a region and year; saying it again changes nothing and is not recorded again."""
    by.require(May.CONFIRM_YEAR)
    if region.code not in by.regions:
        raise PermissionDenied(_("Only the region's own coordinator may confirm its year."))
    row, created = YearConfirmation.objects.get_or_create(
        region=region, year=year, defaults={"by": by.user, "at": by.at}
    )
    if created:
        record(by, "year.confirm", Target("agencies.region", region.code, f"{region.name_sv} {year}"))
    return row
