"""What ends by a day and is to be seen to before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access
from cases.measures import REFLECTION
from cases.models import Measure
from cases.waiting.shape import Kind, Line, Row


def ending(access: Access) -> QuerySet[Any]:
    ends = Measure.objects.visible_to(access).filter(kind=REFLECTION, answer="accepted")
    return ends.filter(ends_on__gte=access.today, ends_on__lte=access.today + timedelta(days=7))


def _line(row: Row, _access: Access) -> Line:
    hint = _("ends %(day)s") % {"day": row.due}
    return Line(row.one, reverse("cases:person", args=[row.code]), hint)


ENDING: Final = Kind(
    "ending", gettext_lazy("Reflection periods about to end"), ending,
    lambda _access: {"code": F("person__code"), "due": F("ends_on"), "one": F("person__number")},
    _line, order=("row_due",),
)  # fmt: skip
