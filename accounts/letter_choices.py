"""Which letters of the register somebody wants."""

from __future__ import annotations

from django.db import transaction

from accounts.access import Access
from accounts.models import User
from accounts.roles import May
from audit.writer import record


@transaction.atomic
def choose_letters(*, daily: bool, at_once: bool, by: Access) -> None:
    """Letters at once are of what comes from now on: what waited before is in no letter."""
    by.require(May.BE_REMINDED)
    user = User.objects.select_for_update().get(pk=by.user.pk)
    changed = []
    if user.daily_letter != daily:
        user.daily_letter = daily
        changed.append("daily_letter")
    if (user.at_once_from is not None) != at_once:
        user.at_once_from = by.at if at_once else None
        changed.append("at_once_from")
    if changed:
        user.save(update_fields=changed)
        record(by, "user.letters", user, fields=changed)
