"""What *Min sida* tells anybody: notices, days on which they have read unusually much, and days on which
figures come out."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access
from accounts.models import Notice
from accounts.notices import told, words
from accounts.roles import May
from cases.models import ReadingDay
from cases.waiting.shape import Kind, Line, Row
from cases.wording import minute
from summaries.publishing.release_models import Announcement


def _notice(row: Row, _access: Access) -> Line:
    hints = (row.three, minute(row.at) if row.at else "")
    return Line(words(Notice(kind=row.one)), row.two, ", ".join(filter(None, hints)))


# What somebody is told, for some weeks. Nothing of it waits.
NOTICES: Final = Kind(
    "notices", gettext_lazy("To know"), told,
    lambda _access: {"at": F("at"), "one": F("kind"), "two": F("link"), "three": F("label")},
    _notice, order=("-row_at",), waits=False,
)  # fmt: skip


# --- readings ----------------------------------------------------------------------------------------
def unusual(access: Access) -> QuerySet[ReadingDay]:
    """Of the last month: one's own, and all for who watches over the trail."""
    since = access.today - timedelta(days=30)
    return ReadingDay.objects.visible_to(access).filter(unusual=True, day__gte=since)


def _unusual(row: Row, access: Access) -> Line:
    """For the reader, and for who watches over the trail."""
    watches = access.may(May.VIEW_TRAIL)
    label = _("%(cases)d cases opened on %(day)s") % {"cases": int(row.two), "day": row.three}
    asked = urlencode({"by": row.four, "from": row.three, "to": row.three})
    url = f"{reverse('trail:audit')}?{asked}" if watches else ""
    return Line(label, url, row.one if watches else _("Was it you?"))


UNUSUAL: Final = Kind(
    "unusual", gettext_lazy("Unusually many cases opened"), unusual,
    lambda _access: {"one": F("reader__name"), "two": F("cases"), "three": F("day"), "four": F("reader")},
    _unusual, order=("-day",),
)  # fmt: skip


# --- releases ----------------------------------------------------------------------------------------
def releases(access: Access) -> QuerySet[Announcement]:
    """Announced, and their hour has not come."""
    return Announcement.objects.coming(access.at)


def _release(row: Row, _access: Access) -> Line:
    label = _("The year %(year)s comes out") % {"year": row.one}
    return Line(label, reverse("summaries:publication", args=[int(row.one)]), due=row.due)


RELEASES: Final = Kind(
    "releases", gettext_lazy("Announced releases"), releases,
    lambda _access: {"due": TruncDate("at"), "one": F("year")},
    _release, order=("at",), waits=False, ahead=True,
)  # fmt: skip
