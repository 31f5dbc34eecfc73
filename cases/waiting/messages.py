"""Messages to an own side of a notification, a referred call or a transfer, which nobody of it has read."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access
from cases.choices import Urgency
from cases.models import Message
from cases.threads import PAGES
from cases.waiting.shape import Kind, Line, Row, name
from cases.wording import clock


def _columns(_access: Access) -> dict[str, Any]:
    """Of what it is about the kind and what tells it from others; of the other side its name. Of a call the
    line is the only one who hands over."""
    kinds = (When(**{f"{kind}__isnull": False, "then": Value(kind)}) for kind in PAGES)
    taker = When(from_side="taker", then=name("region"))
    giver = Coalesce(name("notification__agency"), name("transfer__from_region"), Value(""))
    return {
        "code": Coalesce(F("notification__code"), F("call__code"), F("transfer__code")),
        "at": F("written_at"),
        "urgent": Q(notification__urgency=Urgency.ACUTE) | Q(call__urgency=Urgency.ACUTE),
        "one": Case(*kinds, output_field=CharField()),
        "two": Case(taker, default=giver, output_field=CharField()),
        "three": Coalesce(F("notification__receipt"), name("call__caller_county"), Value("")),
        "four": F("from_side"),
    }


def _line(row: Row, access: Access) -> Line:
    """Notification ABCDE-FGHJK · 16:16, from West."""
    said = {"notification": _("Notification"), "call": _("Call"), "transfer": _("Transfer of a person")}
    label = " · ".join(
        filter(None, (said[row.one], row.three, clock(row.at, access.today) if row.at else ""))
    )
    whose = row.two or (_("The support line") if row.one == "call" else "")
    hint = _("from %(side)s") % {"side": whose} if whose else ""
    return Line(label, reverse(PAGES[row.one], args=[row.code]), hint, row.urgent, row.at)


MESSAGES: Final = Kind(
    "messages", gettext_lazy("Messages to you"), Message.objects.waiting_for,
    _columns, _line,
    order=("-row_urgent", "row_at"),
)  # fmt: skip
