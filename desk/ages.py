"""How long ago something was, and how late it is, in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def age(moment: datetime, now: datetime) -> str:
    """just now, 12 minutes ago, 3 hours ago, yesterday, 5 days ago."""
    passed = now - moment
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed < timedelta(hours=1):
        minutes = int(passed.total_seconds() // 60)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    days = (timezone.localdate(now) - timezone.localdate(moment)).days
    if days == 0:
        hours = int(passed.total_seconds() // 3600)
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    if days == 1:
        return _("yesterday")
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


def overdue(day: date, today: date) -> str:
    days = (today - day).days
    return ngettext("overdue %(n)d day", "overdue %(n)d days", days) % {"n": days}


def until(day: date) -> str:
    return _("by %(day)s") % {"day": day}
