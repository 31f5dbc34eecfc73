from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from import_export.fields import Field

from agencies.exchange.resource import Lists
from agencies.exchange.widgets import DayWidget, KeyWidget, NumberWidget, RowWidget
from agencies.models import Code, Region, User
from agencies.roles import Role
from cases.actions.numbers import next_case_numbers
from cases.choices import CaseState
from cases.models import Case
from cases.resources.base import CaseworkResource
from cases.rules.dates import within
from cases.wording import say

CLOSED = {CaseState.CLOSED, CaseState.HANDED_OVER}


class CaseResource(CaseworkResource):
    """A row without a number opens a case. Which region has it is not changed by a file."""

    name = "cases"
    once = True
    links = ("region", "channel", "close_reason", "responsible")

    number = Field("number", "number", KeyWidget())
    region = Field("region", "region", RowWidget(Region.objects.all()))
    opened_on = Field("opened_on", "opened_on", DayWidget())
    channel = Field("channel", "channel", RowWidget(Code.objects.filter(list="channel"), "word"))
    close_reason = Field("close_reason", "close_reason", RowWidget(Code.objects.filter(list="close_reason"), "word"))
    accompanying_children = Field("accompanying_children", "accompanying_children", NumberWidget(0))
    responsible = Field("responsible", "responsible", RowWidget(User.objects.working([Role.COORDINATOR]), "email"))

    class Meta:
        model = Case
        import_id_fields = ("number",)
        fields = (
            "number", "region", "opened_on", "channel", "state", "close_reason", "accompanying_children", "responsible",
        )  # fmt: skip

    def prepared(self, queryset: Any) -> Any:
        return super().prepared(queryset).with_own(self.by)

    def check(self, instance: Any) -> dict[str, str]:
        early = date(1990, 1, 1)
        late = within("opened_on", instance.opened_on, today=self.by.today, earliest=early)
        faults = {fault.field: say(fault) for fault in late}
        if instance.pk is None and instance.sent_key:
            faults["number"] = _("No case of yours has this number. Leave it empty to open a case.")
        if instance.pk and not instance.own:
            faults["number"] = _("Access that another region has granted is for reading.")
        if not instance.pk and instance.region_id not in self.by.regions:
            faults["region"] = _("You are not coordinator of that region.")
        if instance.pk and instance.region_id != str(instance.number).partition("-")[0]:
            faults["region"] = _("The region of a case is where it was opened: it stays.")
        if (instance.state in CLOSED) != (instance.close_reason_id is not None):
            faults["close_reason"] = _("Say why the case is closed.")
        return faults

    def insert(self, rows: Sequence[Any], lists: Sequence[Lists]) -> None:
        series: dict[tuple[str, int], list[Any]] = defaultdict(list)
        for row in rows:
            row.opened_by = self.by.user
            series[row.region_id, row.opened_on.year].append(row)
        for (region, year), several in sorted(series.items(), key=lambda item: item[0]):
            for row, number in zip(several, next_case_numbers(region, year, len(several)), strict=True):
                row.number = number
        super().insert(rows, lists)
