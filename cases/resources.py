"""Calls and cases from a file, and persons as a file: their columns, and how a row of each is checked.

Each row goes through the rules and is saved with its field history; all of them are recorded once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from import_export.fields import Field
from import_export.widgets import Widget

from accounts.models import User
from accounts.roles import May
from accounts.transactions import code_of
from agencies.code_words import closed_words
from agencies.models import Region
from cases.actions.base import number_cases, set_answers
from cases.actions.calls import can_edit_call
from cases.choices import CLOSED_STATES, Consent
from cases.export_rows import call_rows, person_rows
from cases.facts import IMPORTED
from cases.importing.codes import Lookups, heading
from cases.importing.columns import PROBLEMS
from cases.importing.rows import identifying
from cases.importing.stored import MAX_REFERENCE, Leaver, cases_that_left, numbers_of
from cases.model_fields import OF_CASES, index_of, indexes
from cases.models import Call, Case, Person
from cases.rules.consent import case_outcome, of_call, of_case, unanswered
from cases.rules.dates import within
from cases.rules.faults import Fault
from cases.rules.texts import folded
from cases.scope import READING
from cases.wording import say
from exchange.resources import REMEMBERED, Key, KeyWidget, Lists, RegisterResource, RowWidget, Stored
from exchange.writer import Row

EARLIEST: Final = date(1990, 1, 1)  # of a call or a case
OF_FILE: Final = "fil"  # begins the reference of a case that a file opens without one


def _texts(faults: Iterable[Fault]) -> dict[str, str]:
    return {fault.field: say(fault) for fault in faults}


def _fault(wrong: object, column: str, text: str) -> dict[str, str]:
    """Return the fault of a column that has one."""
    return {column: text} if wrong else {}


class CaseworkResource(RegisterResource[Stored]):
    """Only rows in scope are found; what is another's is not there. The register gives the key: a file
    cannot."""

    class Meta:
        clean_model_instances = False

    short = closed_words()
    given = ("number", "code", "received_on")  # by the register
    key_needed = False

    def get_queryset(self) -> QuerySet[Any]:
        return self.prepared(self._meta.model._default_manager.visible_to(self.by))

    def stored(self, keys: Sequence[Key]) -> Mapping[Key, Stored]:
        """One query for the keys of some rows: the list may be long."""
        name = self.get_import_id_fields()[0]
        wanted = [key[0] for key in (one for one in keys if self.is_key(one))]
        return {
            (str(getattr(row, name)),): row for row in self.get_queryset().filter(**{f"{name}__in": wanted})
        }

    def is_key(self, key: Key) -> bool:
        """Whether the register may have given this key."""
        return True

    def start(self, row: Mapping[str, str]) -> Stored:
        """A key finds a row; of a new row it is only remembered, to be refused."""
        instance = super().start(row)
        instance.sent_key = str(row.get(self.get_import_id_fields()[0], "")).strip()  # type: ignore[attr-defined]
        return instance

    def import_field(
        self, field: Field, instance: Stored, row: Mapping[str, str], is_m2m: bool = False, **options: Any
    ) -> None:
        if field.attribute not in self.get_import_id_fields():
            super().import_field(field, instance, row, is_m2m, **options)


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
            message = _("“%(value)s” is no time. Write it as 2018-07-01 14:05.")
            raise ValueError(message % {"value": text[:40]}) from None

    def render(self, value: object, obj: object = None, **_kwargs: object) -> str:
        return timezone.localtime(value).isoformat() if isinstance(value, datetime) else ""


class CallResource(CaseworkResource[Call]):
    """A row without a code logs a call, taken by the user who imports the file. Notes are never exported."""

    name = "calls"
    labels: ClassVar[Mapping[str, str | Promise]] = {
        "code": gettext_lazy("the register's code"),
        "topics_answer": gettext_lazy("answer: topics"),
        "purposes_answer": gettext_lazy("answer: suspected purposes"),
        "outcomes_answer": gettext_lazy("answer: advice and outcome"),
    }

    code = Field("code", "code", KeyWidget())
    received_at = Field("received_at", "received_at", MomentWidget())

    class Meta:
        model = Call
        import_id_fields = ("code",)
        chunk_size = 1_000
        fields = (
            *("code", "received_at", "medium", "caller_group", "caller_county", "topics", "topics_answer"),
            *("purposes", "purposes_answer", "women", "men", "girls", "boys", "unknown", "urgency"),
            *("consent", "outcomes", "outcomes_answer", "referred_region", "referred_agency"),
            *("follow_up_due", "minutes"),
        )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.moments: Counter[datetime] = Counter()

    def prepared(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().prepared(queryset).prefetch_related(*Call.LISTS)

    def lines(self, queryset: QuerySet[Any]) -> Iterator[Row]:
        """One query for all, lists too."""
        yield from call_rows(queryset, self.header)

    def key_of(self, row: Mapping[str, str]) -> Key:
        """Its code; without one, the moment it was received: the first such row is the first call of one's
        own that was received then, the second row the second."""
        key = super().key_of(row)
        if not key and not str(row.get("code", "")).strip():
            try:
                moment = self.fields["received_at"].clean(dict(row))
            except (KeyError, ValueError):
                return ()
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
        mine = self.get_queryset().filter(taken_by=self.by.user, received_at__in=moments)
        for call in mine.order_by("pk"):
            places[call.received_at] += 1
            found[call.received_at, places[call.received_at]] = call
        return found

    def settle(self, instance: Call, lists: Lists) -> None:
        """A list that is in the file decides the answer beside it."""
        set_answers(instance, lists)
        if instance.received_at is not None:
            instance.received_on = timezone.localdate(instance.received_at)
        if instance.pk is None and not instance.consent:
            instance.consent = Consent.NOT_RELEVANT
        if instance.consent == Consent.MISSING:
            instance.note = ""

    def check(self, instance: Call) -> dict[str, str]:
        is_new, received = instance.pk is None, instance.received_at
        text = _("No call of yours has this code. Leave it empty to log a call.")
        faults = _fault(is_new and instance.sent_key, "code", text)  # type: ignore[attr-defined]
        text = _("A call is corrected by the one who took it, and for a short time only.")
        faults |= _fault(not is_new and not can_edit_call(self.by, instance), "code", text)
        faults |= _fault(received is None, "received_at", _("Enter when the call was received."))
        day = received and timezone.localdate(received)
        faults |= _texts(within("received_at", day, today=self.by.today, earliest=EARLIEST))
        if instance.case_id is not None:
            before = Consent.MISSING if instance.without_consent else Consent.GIVEN
            faults |= _texts(of_call(instance.consent, before, instance.without_consent, instance.children))
        text = _("Enter the caller's profession.")
        return faults | _fault(instance.caller_group_id is None, "caller_group", text)

    def odd(self, row: Mapping[str, str], lists: Lists) -> dict[str, str]:
        """Return what the page of a new call would ask for: an answer to consent, and a case."""
        topics = {topic.key for topic in lists.get("topics", ())}
        outcomes = {outcome.key for outcome in lists.get("outcomes", ())}
        message = _(
            "The call is about a suspected case, and the file does not say whether there is consent to "
            "referral. It is imported as not relevant."
        )
        facts = {fault.field: message for fault in unanswered(row.get("consent", ""), topics)}
        return facts | _texts(case_outcome(outcomes, has_case=False, stored=True))

    def insert(self, rows: Sequence[Any], lists: Sequence[Lists]) -> None:
        for row in rows:
            row.taken_by = self.by.user
        super().insert(rows, lists)


class CaseResource(CaseworkResource[Case]):
    """A row with a number is about that case. One without is known again by the sender's reference, or opens
    a case: a file that was corrected changes what it has opened. A row without a reference gets one of its
    day and channel, and its place among such rows. Which region has a case is not changed by a file."""

    name = "cases"
    former: ClassVar[Mapping[str, str]] = {"ingång": "channel"}
    comes_only = ("reference",)

    number = Field("number", "number", KeyWidget())
    reference = Field("reference", "reference", KeyWidget())
    responsible = Field("responsible", "responsible", RowWidget(User.objects.working(May.COORDINATE)))

    class Meta:
        model = Case
        import_id_fields = ("number",)
        fields = (
            *("number", "reference", "region", "opened_on", "channel", "state", "close_reason"),
            *("accompanying_children", "responsible"),
        )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.several: set[str] = set()
        self.gone: dict[Key, Leaver] = {}
        self.unnamed: Counter[tuple[object, ...]] = Counter()

    def prepared(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: Any = super().prepared(queryset)
        return rows.whole_for(self.by).with_own(self.by)

    def completed(self, row: dict[str, str]) -> dict[str, str]:
        if row.get("number") or row.get("reference"):
            return row
        names = ("region", "opened_on", "channel")
        try:
            region, day, channel = (self.fields[name].clean({name: "", **row}) for name in names)
        except ValueError:  # what is wrong is said where the field is read
            return row
        self.unnamed[region, day, channel] += 1
        parts = (OF_FILE, day, channel and channel.word, self.unnamed[region, day, channel])
        return row | {"reference": " ".join(str(part) for part in parts if part)}

    def key_of(self, row: Mapping[str, str]) -> Key:
        """Its number, or else the sender's reference."""
        reference = folded(row.get("reference", ""))
        return super().key_of(row) or (("reference", reference) if reference else ())

    def is_key(self, key: Key) -> bool:
        return len(key) == 1

    def stored(self, keys: Sequence[Key]) -> Mapping[Key, Case]:
        """A reference of several cases finds none of them: `check` reports it."""
        found, digests = dict(super().stored(keys)), self._digests(keys)
        rows = self.get_queryset()
        for case in rows.filter(changeable=True, reference_index__in=digests):
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
        is_new = instance.pk is None
        faults = _texts(within("opened_on", instance.opened_on, today=self.by.today, earliest=EARLIEST))
        text = _("No case of yours has this number. Leave it empty to open a case.")
        faults |= _fault(is_new and instance.sent_key, "number", text)  # type: ignore[attr-defined]
        faults |= self._of_reference(instance)
        text = _("You are not coordinator of that region.")
        faults |= _fault(is_new and instance.region_id not in self.by.regions, "region", text)
        if not is_new:
            faults |= _fault(not instance.changeable, "number", str(READING))
            text = _("The region of a case is not changed by a file: it stays.")
            faults |= _fault(instance.region_id != instance.stored_in, "region", text)  # type: ignore[attr-defined]
        faults |= _texts(of_case(instance.without_consent, {"reference": instance.reference}))
        has_reason = instance.close_reason_id is not None
        wrong = (instance.state in CLOSED_STATES) != has_reason
        return faults | _fault(wrong, "close_reason", _("Say why the case is closed."))

    def _of_reference(self, case: Case) -> dict[str, str]:
        text, message = case.reference, ""
        if case.pk is None and folded(text) in self.several:
            message = _("Several cases of yours have this reference. Write the case number instead.")
        elif numbers_of(text, "").case or numbers_of("", text).fault:
            message = _("This is a number of the register, and no reference of your own.")
        elif len(text) > MAX_REFERENCE:
            message = _(PROBLEMS["reference_long"]).format(n=len(text), max=MAX_REFERENCE)
        elif wrong := identifying("reference", text):
            message = say(wrong)
        return _fault(message, "reference", message)

    def insert(self, rows: Sequence[Any], lists: Sequence[Lists]) -> None:
        for row in rows:
            row.opened_by = self.by.user
        number_cases(rows)
        super().insert(rows, lists)


class PersonResource(RegisterResource[Person]):
    """Out only: persons come in by `cases.importing`, whose columns these are."""

    name = "persons"
    comes_in = False

    class Meta:
        model = Person
        fields = ()

    @property
    def header(self) -> list[str]:
        return [one.name for one in IMPORTED]

    @property
    def header_in_words(self) -> list[str]:
        return [heading(one) for one in IMPORTED]

    def in_words(self, rows: Iterable[Row]) -> Iterator[Row]:
        lookups = Lookups.load()
        says = [lru_cache(REMEMBERED)(partial(lookups.in_words, fact.name)) for fact in IMPORTED]
        for row in rows:
            yield [say(cell) for say, cell in zip(says, row, strict=True)]

    def lines(self, queryset: QuerySet[Person]) -> Iterator[Row]:
        """One query."""
        yield from person_rows(queryset)
