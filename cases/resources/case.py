from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from import_export.fields import Field

from accounts.models import User
from accounts.roles import May
from agencies.models import Code, Region
from cases.actions.numbers import next_case_numbers
from cases.choices import CLOSED_STATES
from cases.importing.facts import PROBLEMS
from cases.importing.leavers import Left, cases_that_left
from cases.importing.references import MAX_REFERENCE, numbers_of
from cases.importing.rows import identifying
from cases.models import Case
from cases.resources.base import CaseworkResource
from cases.rules.consent import FACTS_ONLY
from cases.rules.dates import within
from cases.rules.faults import Fault
from cases.rules.references import folded
from cases.scope import READING
from cases.secret_text import OF_CASES, index_of, indexes
from cases.wording import say
from exchange.resource import Key, Lists
from exchange.widgets import DayWidget, KeyWidget, NumberWidget, RowWidget


class CaseResource(CaseworkResource[Case]):
    """A row with a number is about that case. One without is known again by the sender's reference, or opens
    a case: a file that was corrected changes what it has opened. Which region has a case is not changed by a
    file."""

    name = "cases"
    comes_only = ("reference",)
    links = ("region", "channel", "close_reason", "responsible")

    number = Field("number", "number", KeyWidget())
    reference = Field("reference", "reference", KeyWidget())
    region = Field("region", "region", RowWidget(Region.objects.all()))
    opened_on = Field("opened_on", "opened_on", DayWidget())
    channel = Field("channel", "channel", RowWidget(Code.objects.filter(list="channel"), "word"))
    close_reason = Field(
        "close_reason", "close_reason", RowWidget(Code.objects.filter(list="close_reason"), "word")
    )
    accompanying_children = Field("accompanying_children", "accompanying_children", NumberWidget(0))
    responsible = Field(
        "responsible", "responsible", RowWidget(User.objects.working(May.COORDINATE), "email")
    )

    class Meta:
        model = Case
        import_id_fields = ("number",)
        fields = (
            "number",
            "reference",
            "region",
            "opened_on",
            "channel",
            "state",
            "close_reason",
            "accompanying_children",
            "responsible",
        )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.several: set[str] = set()
        self.gone: dict[Key, Left] = {}

    def prepared(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: Any = super().prepared(queryset)
        own: QuerySet[Any] = rows.whole_for(self.by).with_own(self.by)
        return own

    def key_of(self, row: Mapping[str, str]) -> Key | None:
        """Its number, or else the sender's reference."""
        reference = folded(row.get("reference", ""))
        return super().key_of(row) or (("reference", reference) if reference else None)

    def is_key(self, key: Key) -> bool:
        return len(key) == 1

    def stored(self, keys: Sequence[Key]) -> Mapping[Key, Case]:
        """A reference of several cases is that of none: `check` tells so."""
        found, digests = dict(super().stored(keys)), self._digests(keys)
        rows = self.get_queryset()
        own = rows.filter(changeable=True, reference_index__in=digests) if digests else ()
        for case in own:
            key = digests[case.reference_index]
            if found.setdefault(key, case) is not case:
                self.several.add(key[1])
        for case in found.values():
            case.stored_in = case.region_id  # type: ignore[attr-defined]
        return {key: case for key, case in found.items() if key[-1] not in self.several}

    def _digests(self, keys: Sequence[Key]) -> dict[str, Key]:
        """Return the keys by the indexes of their references; those that have left are noted."""
        regions = list(Region.objects.values_list("pk", flat=True))
        digests = {
            digest: key for key in keys if len(key) == 2 for digest in indexes(OF_CASES, regions, key[1])
        }
        gone = cases_that_left(self.by, digests, [key[0] for key in keys if len(key) == 1])
        self.gone |= {digests.get(name, (name,)): left for name, left in gone.items()}
        return digests

    def left(self, key: Key) -> tuple[str, str] | None:
        gone = self.gone.get(key)
        return (gone.number, _(PROBLEMS[gone.why]).format(number=gone.number)) if gone else None

    def settle(self, instance: Case, lists: Lists) -> None:
        instance.reference_index = index_of(instance)

    def check(self, instance: Case) -> dict[str, str]:
        early = date(1990, 1, 1)
        late = within("opened_on", instance.opened_on, today=self.by.today, earliest=early)
        faults = {fault.field: say(fault) for fault in late}
        if instance.pk is None and instance.sent_key:
            faults["number"] = _("No case of yours has this number. Leave it empty to open a case.")
        faults |= self._of_reference(instance)
        if instance.pk and not instance.changeable:
            faults["number"] = str(READING)
        if not instance.pk and instance.region_id not in self.by.regions:
            faults["region"] = _("You are not coordinator of that region.")
        if instance.pk and instance.region_id != instance.stored_in:  # type: ignore[attr-defined]
            faults["region"] = _("The region of a case is not changed by a file: it stays.")
        if instance.without_consent in FACTS_ONLY and instance.reference:
            faults["reference"] = say(Fault("reference", "consent_case"))
        if (instance.state in CLOSED_STATES) != (instance.close_reason_id is not None):
            faults["close_reason"] = _("Say why the case is closed.")
        return faults

    def _of_reference(self, case: Case) -> dict[str, str]:
        text, said = case.reference, ""
        if case.pk is None and not text:
            said = _("Give the case a reference of your own: by it the case is known again.")
        elif case.pk is None and folded(text) in self.several:
            said = _("Several cases of yours have this reference. Write the case number instead.")
        elif numbers_of(text, "").case or numbers_of("", text).fault:
            said = _("This is a number of the register, and no reference of your own.")
        elif len(text) > MAX_REFERENCE:
            said = _(PROBLEMS["reference_long"]).format(n=len(text), max=MAX_REFERENCE)
        elif wrong := identifying(text):
            said = say(Fault("reference", wrong.code, wrong.params))
        return {"reference": said} if said else {}

    def insert(self, rows: Sequence[Any], lists: Sequence[Lists]) -> None:
        series: dict[tuple[str, int], list[Any]] = defaultdict(list)
        for row in rows:
            row.opened_by = self.by.user
            series[row.region_id, row.opened_on.year].append(row)
        for (region, year), several in sorted(series.items(), key=lambda item: item[0]):
            for row, number in zip(several, next_case_numbers(region, year, len(several)), strict=True):
                row.number = number
        super().insert(rows, lists)
