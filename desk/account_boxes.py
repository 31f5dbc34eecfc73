"""What *Min sida* tells of accounts: that one's own ends, and to who administers them which end soon."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.models import User, open_accounts
from accounts.reviewing import due
from desk.ages import until
from desk.boxes import Box, Boxes, BoxRow, address, box

AHEAD: Final = timedelta(days=30)  # before its last day an account's end is told


def own_end(access: Access) -> Boxes:
    """That the own account ends soon. No query: the row of who asks is here."""
    day = access.user.ends_on
    if day is None or day > access.today + AHEAD:
        return []
    said = _("Your account ends. Ask the administrator if you work here after that.")
    return [Box(_("Your account ends soon"), 1, [BoxRow(said, address("account"), until(day), due=day)])]


def ending(access: Access) -> Boxes:
    """The accounts whose last day comes soon, the nearest first."""
    rows = User.objects.filter(open_accounts(), ends_on__lte=access.today + AHEAD)
    return box(
        _("Accounts that end soon"),
        rows.exclude(pk=access.user.pk).order_by("ends_on", "pk"),
        lambda row: BoxRow(str(row), address("admin:accounts_user_change", row.pk), until(row.ends_on)),
        address("admin:accounts_user_changelist"),
    )


def to_review(access: Access) -> Boxes:
    """The accounts that nobody has looked through for a year."""
    url = address("agencies:review")
    return box(
        _("Accounts to review"), due(access), lambda row: BoxRow(str(row), url, row.get_role_display()), url
    )
