"""Cases that the support line has opened and nobody is responsible for."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import Access
from accounts.roles import May, roles_with
from cases.models import Case, Person
from cases.waiting.calls import WAITED
from cases.waiting.shape import Kind, Line, Press, Row, name


def from_the_line(access: Access) -> QuerySet[Any]:
    """Open cases of own regions that who answers the line has opened, and for which nobody is responsible."""
    own = Case.objects.changeable_by(access).open()
    return own.filter(responsible__isnull=True, opened_by__role__in=roles_with(May.LOG_CALL))


def nobodys(access: Access) -> QuerySet[Any]:
    """Open cases that one has opened from the line two days ago or more, without anybody responsible."""
    own = Case.objects.visible_to(access).open().filter(opened_by=access.user, responsible__isnull=True)
    return own.filter(created_at__lt=access.at - WAITED)


def _columns(access: Access) -> dict[str, Any]:
    own = Person.objects.in_own_region(access).filter(case=OuterRef("pk"))
    persons = own.order_by().values("case").annotate(n=Count("pk"))
    return {
        "code": F("code"),
        "at": F("created_at"),
        "one": F("number"),
        "two": Subquery(persons.values("n")),
        "three": F("opened_by__name"),
    }


def _line(row: Row, _access: Access) -> Line:
    number = int(row.two or 0)
    persons = ngettext("%(n)d person", "%(n)d persons", number) % {"n": number}
    return Line(
        f"{row.one} · {persons}",
        reverse("cases:detail", args=[row.code]),
        _("opened by the support line, %(name)s") % {"name": row.three},
        at=row.at,
        acts=(Press(_("Take over"), reverse("cases:take_over", args=[row.code])),),
    )


def _nobodys(row: Row, _access: Access) -> Line:
    region = _("to %(region)s") % {"region": row.four}
    return Line(row.one, reverse("cases:detail", args=[row.code]), region, at=row.at)


NOBODYS: Final = Kind(
    "without-responsible", gettext_lazy("Cases of yours that nobody has taken over in two days"), nobodys,
    lambda access: {**_columns(access), "four": name("region")}, _nobodys, order=("row_at",),
)  # fmt: skip
FROM_THE_LINE: Final = Kind(
    "cases", gettext_lazy("New cases from the support line"), from_the_line, _columns, _line,
    order=("row_at",),
)  # fmt: skip
