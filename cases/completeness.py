"""What a record lacks before its year is closed, as a condition of the database and as names for a page.

Both say the same; a test holds them together. Only counted persons lack anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.choices import COUNTED, LABOUR_PURPOSES
from cases.models import Person

NAMES: Final[Mapping[str, str | Promise]] = {
    "age_class": _("Age class"),
    "citizenship": _("Citizenship"),
    "offence": _("Offence"),
    "main_purpose": _("Main purpose"),
    "sector": _("Sector"),
    "channel": _("Channel"),
}

# Of persons with `main`, the exploitation that is the main one (PersonQuerySet.with_main).
INCOMPLETE: Final = Q(same_as__isnull=True, status__in=COUNTED) & (
    Q(age_class__isnull=True)
    | Q(citizenship__isnull=True)
    | Q(citizenship="")
    | Q(offence__isnull=True)
    | Q(offence="offence:not_assessed")
    | Q(main__purpose__isnull=True)
    | Q(main__purpose="purpose:unknown")
    | Q(main__purpose__in=LABOUR_PURPOSES, main__sector__isnull=True)
    | Q(first_channel__isnull=True)
)


def missing_of(person: Person, purpose: str | None, sector: str | None) -> list[str]:
    """Keys of NAMES, in their order. `purpose` and `sector` are keys of the main exploitation."""
    if not person.counted:
        return []
    lacking = {
        "age_class": person.age_class is None,
        "citizenship": not person.citizenship,
        "offence": person.offence_id in {None, "offence:not_assessed"},
        "main_purpose": purpose in {None, "purpose:unknown"},
        "sector": purpose in LABOUR_PURPOSES and sector is None,
        "channel": person.first_channel_id is None,
    }
    return [name for name in NAMES if lacking[name]]
