from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from django.db.models import Manager, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from import_export.widgets import ManyToManyWidget, Widget

from accounts.once import code_of
from agencies.models import Agency, Code, County, Region
from cases.actions.calls import can_edit_call
from cases.choices import Consent
from cases.exporting.calls import call_rows
from cases.models import Call
from cases.resources.base import CaseworkResource
from cases.rules.calls import case_outcome
from cases.rules.consent import of_call, unanswered
from cases.rules.dates import within
from cases.rules.exploitation import answer_for
from cases.rules.faults import Fault
from cases.rules.values import bare, several
from cases.wording import say
from exchange.resource import Key, Lists
from exchange.widgets import DayWidget, KeyWidget, NumberWidget, RowWidget
from exchange.writing import Row


class MomentWidget(Widget):
    """A moment with its offset; without one it is local time."""

    def clean(self, value: object, row: object = None, **_kwargs: object) -> datetime | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
            moment = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
            return timezone.localtime(moment.astimezone(UTC))
        except (ValueError, OverflowError):  # the latter at the ends of the calendar
            said = _("“%(value)s” is no time. Write it as 2018-07-01 14:05.")
            raise ValueError(said % {"value": text[:40]}) from None

    def render(self, value: object, obj: object = None, **_kwargs: object) -> str:
        return timezone.localtime(value).isoformat() if isinstance(value, datetime) else ""


class CodesWidget(ManyToManyWidget):
    """Words of one list, parted by |."""

    def __init__(self, name: str) -> None:
        super().__init__(Code)
        self.one = RowWidget(Code.objects.filter(list=name), "word")

    def clean(self, value: object, row: object = None, **_kwargs: object) -> list[Code]:
        found = [self.one.clean(bare(word)) for word in several(str(value or ""))]
        return [code for code in found if isinstance(code, Code)]

    def render(self, value: Manager[Code] | None, obj: object = None, **_kwargs: object) -> str:
        return self.said(value.all()) if value is not None else ""

    def said(self, codes: Iterable[Code]) -> str:
        return "|".join(sorted(code.word for code in codes))


class CallResource(CaseworkResource[Call]):
    """A row without a code logs a call, taken by whoever brings the file. Notes stay here."""

    name = "calls"
    labels: ClassVar[Mapping[str, str | Promise]] = {
        "code": gettext_lazy("the register's code"),
        "topics_answer": gettext_lazy("answer: topics"),
        "purposes_answer": gettext_lazy("answer: suspected purposes"),
        "outcomes_answer": gettext_lazy("answer: advice and outcome"),
    }
    links = ("caller_group", "caller_county", "referred_region", "referred_agency")

    code = Field("code", "code", KeyWidget())
    received_at = Field("received_at", "received_at", MomentWidget())
    caller_group = Field(
        "caller_group", "caller_group", RowWidget(Code.objects.filter(list="caller"), "word")
    )
    caller_county = Field("caller_county", "caller_county", RowWidget(County.objects.all(), width=2))
    topics = Field("topics", "topics", CodesWidget("topic"))
    purposes = Field("purposes", "purposes", CodesWidget("purpose"))
    outcomes = Field("outcomes", "outcomes", CodesWidget("outcome"))
    women = Field("women", "women", NumberWidget(0))
    men = Field("men", "men", NumberWidget(0))
    girls = Field("girls", "girls", NumberWidget(0))
    boys = Field("boys", "boys", NumberWidget(0))
    unknown = Field("unknown", "unknown", NumberWidget(0))
    referred_region = Field("referred_region", "referred_region", RowWidget(Region.objects.all()))
    referred_agency = Field("referred_agency", "referred_agency", RowWidget(Agency.objects.all(), "code"))
    follow_up_due = Field("follow_up_due", "follow_up_due", DayWidget())
    minutes = Field("minutes", "minutes", NumberWidget())

    class Meta:
        model = Call
        import_id_fields = ("code",)
        chunk_size = 1_000
        fields = (
            "code",
            "received_at",
            "medium",
            "caller_group",
            "caller_county",
            "topics",
            "topics_answer",
            "purposes",
            "purposes_answer",
            "women",
            "men",
            "girls",
            "boys",
            "unknown",
            "urgency",
            "consent",
            "outcomes",
            "outcomes_answer",
            "referred_region",
            "referred_agency",
            "follow_up_due",
            "minutes",
        )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.moments: Counter[datetime] = Counter()

    def prepared(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().prepared(queryset).prefetch_related(*Call.LISTS)

    def lines(self, queryset: QuerySet[Any]) -> Iterator[Row]:
        """One query for all, lists too."""
        yield from call_rows(queryset, self.header)

    def key_of(self, row: Mapping[str, str]) -> Key | None:
        """Its code; without one, the moment it was received: the first such row is the first call of one's
        own that was received then, the second row the second."""
        key = super().key_of(row)
        if key is None and not str(row.get("code", "")).strip():
            try:
                moment = self.fields["received_at"].clean(dict(row))
            except (KeyError, ValueError):
                return None
            if moment is not None:
                self.moments[moment] += 1
                return (moment, self.moments[moment])
        return key

    def is_key(self, key: Key) -> bool:
        return len(key) == 1 and code_of(key[0]) is not None

    def stored(self, keys: Sequence[Key]) -> Mapping[Key, Call]:
        found = dict(super().stored(keys))
        moments = {key[0] for key in keys if len(key) == 2}
        places: Counter[datetime] = Counter()
        mine = self.get_queryset().filter(taken_by=self.by.user, received_at__in=moments) if moments else ()
        for call in sorted(mine, key=lambda call: call.pk):
            places[call.received_at] += 1
            found[call.received_at, places[call.received_at]] = call
        return found

    def settle(self, instance: Call, lists: Lists) -> None:
        """A list that is in the file decides the answer beside it."""
        for name, chosen in lists.items():
            setattr(instance, f"{name}_answer", answer_for(getattr(instance, f"{name}_answer"), len(chosen)))
        if instance.received_at is not None:
            instance.received_on = timezone.localdate(instance.received_at)
        if instance.pk is None and not instance.consent:
            instance.consent = Consent.NOT_RELEVANT
        if instance.consent == Consent.MISSING:
            instance.note = ""

    def check(self, instance: Call) -> dict[str, str]:
        faults = {}
        if instance.pk is None and instance.sent_key:
            faults["code"] = _("No call of yours has this code. Leave it empty to log a call.")
        elif instance.pk is not None and not can_edit_call(self.by, instance):
            faults["code"] = _("A call is corrected by the one who took it, and for a short time only.")
        if instance.received_at is None:
            faults["received_at"] = _("Enter when the call was received.")
        else:
            day = timezone.localdate(instance.received_at)
            early = date(1990, 1, 1)
            faults |= {
                fault.field: say(fault)
                for fault in within("received_at", day, today=self.by.today, earliest=early)
            }
        faults |= {fault.field: say(fault) for fault in self._of_case(instance)}
        if instance.caller_group_id is None:
            faults["caller_group"] = _("Enter the caller's profession.")
        return faults

    def odd(self, row: Mapping[str, str], lists: Lists) -> dict[str, str]:
        """Return what the page of a new call would ask for: an answer to consent, and a case."""
        topics = {code.key for code in lists.get("topics", ())}
        outcomes = {code.key for code in lists.get("outcomes", ())}
        said = _(
            "The call is about a suspected case, and the file does not say whether there is consent to "
            "referral. It comes in as not relevant."
        )
        told = {fault.field: said for fault in unanswered(row.get("consent", ""), topics)}
        lacking = case_outcome(outcomes, has_case=False, stored=True)
        return told | {fault.field: say(fault) for fault in lacking}

    def _of_case(self, call: Call) -> Iterable[Fault]:
        """What consent says of a call that a case was opened from."""
        if call.case_id is None or call.consent != Consent.MISSING:
            return ()
        before = Consent.MISSING if call.without_consent else Consent.GIVEN
        return of_call(call.consent, before, call.without_consent, call.children)

    def insert(self, rows: Sequence[Any], lists: Sequence[Lists]) -> None:
        for row in rows:
            row.taken_by = self.by.user
        super().insert(rows, lists)
