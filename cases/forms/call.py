"""A support-line call, in the order of a conversation, and the fields that only a call has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final

from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access
from accounts.transactions import code_of
from agencies.directory import Geography, NoRegion
from agencies.models import Code, County, Region
from cases.choices import Consent
from cases.forms.base import RowForm, row, token
from cases.forms.fields import NO_SUCH_NUMBER, SHORT, DayField, Lists, Pairs, of, refuse, refuse_if, stated
from cases.models import Call
from cases.rules import consent, dates, values
from cases.rules.faults import Fault, NotAllowed, shorten
from cases.rules.values import fold

UNKNOWN: Final = frozenset({"", "okant", "unknown"})  # folded
_WORD: Final = re.compile(r"\w+")


def matches(text: str, names: Collection[str]) -> list[str]:
    """The names of which some word begins with `text`, in their order; "gö" finds Västra Götalands län.

    Accents count when any name has them as typed: "or" finds Örebro, "ör" finds nothing without its dots."""
    for spelt in (str.casefold, fold):
        wanted = spelt(text.strip())
        found = [
            name
            for name in names
            if any(spelt(name[word.start() :]).startswith(wanted) for word in _WORD.finditer(name))
        ]
        if found and wanted:
            return found
    return []


MOMENT: Final = re.compile(r"(.+?)[T ]+(\d{1,2})[:.](\d{2})(?::\d{2})?")
MAX_LENGTH: Final = 100  # characters of a moment: the pattern takes the square of their number to refuse it
LISTED: Final = 6  # counties named in a message
SHOWN: Final = 8  # earlier calls


class MomentField(forms.CharField):
    """Day and time, local, typed 2018-07-01 10:38 or 1/7-18 10.38; cleans to an aware moment that is not in
    the future."""

    def __init__(self, **options: Any) -> None:
        attrs = {"class": "form-control form-control-moment", "autocomplete": "off", "form": "call"}
        super().__init__(max_length=MAX_LENGTH, widget=forms.TextInput(attrs), **options)
        self.now: datetime | None = None

    def prepare_value(self, value: object) -> object:
        if not isinstance(value, datetime):
            return value
        local = timezone.localtime(value)
        return f"{local:%Y-%m-%d} {date_format(local, 'TIME_FORMAT')}"

    def to_python(self, value: object) -> datetime | None:  # type: ignore[override]
        text = str(super().to_python(value)).strip()
        if not text:
            return None
        typed = MOMENT.fullmatch(text) if len(text) <= MAX_LENGTH else None
        wrong = _("{value} is not a time. Write year-month-day and time, for example 2018-07-01 10:38.")
        try:
            if typed is None:
                raise ValueError
            naive = datetime.fromisoformat(f"{values.day(typed[1])} {int(typed[2]):02}:{typed[3]}")
            moment = timezone.make_aware(naive)
            there = timezone.make_naive(moment.astimezone(UTC))
        except (ValueError, OverflowError, NotAllowed):  # in the year 1 there is none before
            raise ValidationError(wrong.format(value=shorten(text))) from None
        wrong = _("{value} does not exist in the calendar.")
        refuse_if(there != naive, wrong.format(value=shorten(text)))  # the hour that summer time leaves out
        return moment

    def validate(self, value: datetime | None) -> None:
        if value is None:
            raise ValidationError(self.error_messages["required"], code="required")
        if self.now is None:
            return
        refuse(dates.within("", timezone.localdate(value), today=timezone.localdate(self.now)))
        text = _("{value} is in the future.").format(value=self.prepare_value(value))
        refuse_if(value > self.now, text)

    def run_validators(self, value: object) -> None:
        """A moment has no length."""

    def has_changed(self, initial: object, data: object) -> bool:
        return self._minute(initial) != self._minute(data)

    def _minute(self, value: object) -> str:
        try:
            moment = value if isinstance(value, datetime) else self.to_python(value)
        except ValidationError:
            return str(value)
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


class CountyField(forms.CharField):
    """A county by name, code or the first letters of a word of it; cleans to the row, None when empty or
    unknown.

    Without script the browser offers the names as they are typed; static/nmt/combobox.js takes the first
    match."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", gettext_lazy("Type a few letters, or “unknown”"))
        widget = forms.TextInput(attrs={"autocomplete": "off", "list": "counties", "data-combobox": True})
        super().__init__(max_length=100, widget=widget, **options)
        self.rows: dict[str, County] = {}

    def fill(self, rows: Sequence[County]) -> None:
        self.rows = {row.code: row for row in rows}

    def prepare_value(self, value: object) -> object:
        row = self.rows.get(str(value), value)
        return str(row) if isinstance(row, County) else row

    def clean(self, value: object) -> County | None:
        text = super().clean(value)
        folded = fold(text)
        if folded in UNKNOWN:
            return None
        rows = self.rows.values()
        exact = [row for row in rows if folded in (fold(one) for one in (row.code, row.name_sv, row.name_en))]
        names = {str(row): row for row in rows}
        counties = exact or [names[name] for name in matches(text, names)]
        if len(counties) == 1:
            return counties[0]
        if not counties:
            raise ValidationError(_("“{value}” is no county.").format(value=shorten(text)))
        message = _("“{value}” may be {counties}. Write more of it.")
        raise ValidationError(
            message.format(value=text, counties=", ".join(str(county) for county in counties[:LISTED]))
        )

    def has_changed(self, initial: object, data: object) -> bool:
        return fold(str(self.prepare_value(initial) or "")) != fold(str(data or ""))


COUNTS: Final = ("women", "men", "girls", "boys", "unknown")
REFERRED: Final = {"outcome:referral_coordinator", consent.CASE_REGISTERED}
OFFERED: Final = Q(list__in=("caller", "topic", "purpose", "outcome"))  # the codes to choose from
OPEN_CASE: Final = "case"  # what *Save and open a case* sends as `go`
FEEDBACK: Final = "outcome:feedback"
NOT_FOR_US: Final = {  # of a wrong number, where nobody has answered
    "caller_group": "caller:unknown",
    "topics": "topic:not_relevant",
    "outcomes": "outcome:none",
}

# The words that have a key of their own on the call page; the rest of each list opens behind the last key.
COMMON: Final = {
    "caller_group": "social police health school ngo migration authority public",
    "topics": "person advice child housing permit police_report return workplace prostitution",
    "purposes": "sexual labour begging crime marriage",
    "outcomes": "advice referral_coordinator referral_police referral_social referral_ngo feedback none",
}
TOGGLES: Final = {"class": "toggles"}


def count_field(name: str) -> forms.IntegerField:
    """How many persons of a group a call or a notification is about."""
    return of(
        Call,
        name,
        forms.IntegerField,
        required=False,
        widget=forms.NumberInput(attrs={"class": "form-control", "autocomplete": "off"}),
        min_value=0,
        max_value=999,
        initial=0,
        error_messages=NO_SUCH_NUMBER,
    )


class CountsForm(RowForm):
    """Of a call or a notification, with how many persons of each group it is about."""

    women, men, girls, boys, unknown = (count_field(one) for one in COUNTS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        return cleaned | {name: cleaned.get(name) or 0 for name in COUNTS}


class CallForm(CountsForm):
    """A new or a stored call. `access` decides which earlier calls it may follow up."""

    caller_group = of(Call, "caller_group", blank=None, widget=forms.RadioSelect(TOGGLES))
    topics, purposes, outcomes = (of(Call, name) for name in Call.LISTS)
    note = of(Call, "note", rows=2)
    follow_up_due = of(Call, "follow_up_due", future=True)
    minutes = of(Call, "minutes", forms.IntegerField, min_value=0, max_value=999)
    follow_up_of = forms.ChoiceField(label=gettext_lazy("Follow-up of an earlier call"), required=False)

    class Meta:
        model = Call
        fields = (
            *("received_at", "caller_group", "caller_county", "urgency", *COUNTS, "consent", "note"),
            *("referred_region", "referred_agency", "follow_up_due", "minutes", "medium", "follow_up_of"),
        )
        field_classes = {"received_at": MomentField, "caller_county": CountyField}
        widgets = {"consent": forms.RadioSelect(TOGGLES)}

    def __init__(
        self, data: QueryDict | None = None, *, access: Access, lists: Lists, **options: Any
    ) -> None:
        self.access = access
        call: Call = options.get("instance") or Call()
        stored: dict[str, Any] = call.codes() if call.pk else {"consent": ""}
        stored["follow_up_of"] = str(call.follow_up_of.code) if call.follow_up_of else ""
        initial = stored | options.pop("initial", {})
        super().__init__(data, lists=lists, initial=initial, **options)

    def prepare(self, lists: Lists) -> None:
        super().prepare(lists)
        self.fields["caller_county"].fill(lists.counties)  # type: ignore[attr-defined]
        self.fields["received_at"].now = self.access.at  # type: ignore[attr-defined]
        self.fields["caller_group"].error_messages["required"] = gettext_lazy(
            "Enter the caller's profession."
        )
        self.fields["minutes"].widget.attrs["class"] = SHORT
        for name, common in COMMON.items():
            field: Any = self.fields[name]
            labels = dict(field.choices)
            keys = {key.rpartition(":")[2]: key for key in labels}
            first = [one for one in (keys.get(one) for one in common.split()) if one]
            field.choices = Pairs((key, labels[key]) for key in dict.fromkeys([*first, *labels]))
            field.common = len(first)
        self.offer_earlier(self.earlier())

    def earlier(self) -> list[Call]:
        """The call that is named as followed up, when it is in scope."""
        code = code_of(self["follow_up_of"].value())
        if code is None:
            return []
        return list(Call.objects.visible_to(self.access).filter(code=code).select_related(*Call.SAID))

    def offer_earlier(self, calls: Iterable[Call]) -> None:
        field: Any = self.fields["follow_up_of"]
        field.choices = [("", "–"), *((str(call.code), call.said) for call in calls)]
        self.calls = {str(call.code): call for call in calls}

    def clean_follow_up_of(self) -> Call | None:
        return self.calls.get(self.cleaned_data["follow_up_of"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("referred_region") is None:
            cleaned["referred_region"] = self._region_of_county(cleaned)
        self.tell(self._faults(cleaned))
        cleaned["consent"] = cleaned.get("consent") or Consent.NOT_RELEVANT
        return cleaned

    def _region_of_county(self, cleaned: dict[str, Any]) -> Region | None:
        """Referred to a coordinator: the one of the county, on the day of the call."""
        county, moment = cleaned.get("caller_county"), cleaned.get("received_at")
        if not REFERRED & self._keys(cleaned, "outcomes") or county is None or moment is None:
            return None
        try:
            code = Geography.load().region_on(county.code, timezone.localdate(moment))
        except NoRegion:
            return None
        return self.fields["referred_region"].rows.get(code)  # type: ignore[attr-defined]

    def _faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        yield from consent.unsaid(
            self._keys(cleaned, "topics"),
            persons=sum(cleaned[name] for name in COUNTS),
            purposes=bool(cleaned.get("purposes")),
            outcomes=bool(cleaned.get("outcomes")),
        )
        yield from self._consent_faults(cleaned)
        yield from self._outcome_faults(cleaned)
        yield from self._day_faults(cleaned)

    def _consent_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        answer = cleaned.get("consent", "")
        yield from consent.unanswered(answer, self._keys(cleaned, "topics"))
        yield from consent.consent(answer, {"note": cleaned.get("note", "")})
        if self.instance.case_id:
            before = str(self.initial.get("consent") or "")
            children = cleaned["girls"] + cleaned["boys"]
            yield from consent.of_call(answer, before, self.instance.without_consent, children)

    def _outcome_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        outcomes = self._keys(cleaned, "outcomes")
        has_case = bool(self.instance.case_id) or self._opens_case(cleaned)
        stored = consent.CASE_REGISTERED in self._keys(self.initial, "outcomes")
        yield from consent.case_outcome(outcomes, has_case=has_case, stored=stored)
        if "outcome:referral_coordinator" in outcomes and cleaned.get("referred_region") is None:
            region = gettext_lazy("the region that the call is referred to")
            yield Fault("referred_region", "required", {"field": region})
        if FEEDBACK in outcomes and cleaned.get("follow_up_due") is None:
            yield Fault("follow_up_due", "required", {"field": gettext_lazy("the day of the follow-up")})

    def _day_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        """What does not fit the day of the call."""
        due, moment = cleaned.get("follow_up_due"), cleaned.get("received_at")
        if moment is None:
            return
        day = timezone.localdate(moment)
        if due is not None and due < day:
            params = {"value": due.isoformat(), "earliest": day.isoformat()}
            yield Fault("follow_up_due", "date_early", params)
        for code in self._codes(cleaned):
            yield from self.lists.context.outside("", code.key, day, called=str(code))

    def _opens_case(self, cleaned: dict[str, Any]) -> bool:
        """Whether the form goes on to a case, and consent stands in nobody's way."""
        children = cleaned["girls"] + cleaned["boys"]
        ground = consent.ground(cleaned.get("consent", ""), children, self.decided)
        return self.data.get("go") == OPEN_CASE and ground is not None

    @staticmethod
    def _keys(cleaned: Mapping[str, Any], name: str) -> set[str]:
        return {one.key for one in cleaned.get(name) or ()}

    @staticmethod
    def _codes(cleaned: dict[str, Any]) -> list[Code]:
        of_lists = (code for name in Call.LISTS for code in cleaned.get(name) or ())
        return [code for code in (cleaned.get("caller_group"), *of_lists) if code]

    @property
    def chosen_lists(self) -> dict[str, list[Code]]:
        return {name: self.cleaned_data[name] for name in Call.LISTS}

    def layout(self) -> Layout:
        """In the order of a conversation; the pages of a call are drawn by hand."""
        return Layout(
            "received_at",
            "caller_group",
            row("caller_county", "urgency"),
            "topics",
            row(*COUNTS),
            "purposes",
            "consent",
            "outcomes",
            row("referred_region", "referred_agency"),
            row("follow_up_due", "minutes", "medium"),
            "follow_up_of",
            "note",
        )

    @property
    def counts(self) -> list[Any]:
        return [self[name] for name in COUNTS]

    @property
    def purposes_open(self) -> bool:
        """Asked about when the call is about a person or a child, or something is chosen already."""
        about_person = consent.ABOUT_PERSON.intersection(self["topics"].value() or [])
        return bool(about_person or self.child or self["purposes"].value())

    @cached_property
    def county(self) -> County | None:
        """What is understood of the county as typed, wherever the rest stands."""
        field: Any = self.fields["caller_county"]
        try:
            county: County | None = field.clean(str(self["caller_county"].value() or ""))
        except forms.ValidationError:
            return None
        return county

    @cached_property
    def child(self) -> bool:
        """Whether the page reminds of the duty to report concern."""
        topics = self["topics"].value() or []
        numbers = [str(self[name].value()).lstrip("0") for name in ("girls", "boys")]
        return "topic:child" in topics or any(number.isdigit() for number in numbers)

    @property
    def decided(self) -> str:
        """What the authority has decided of cases without consent."""
        return str(settings.CASE_WITHOUT_CONSENT)

    @property
    def more_open(self) -> bool:
        """Whether what is seldom filled in is wanted now."""
        return bool(self.errors.keys() & {"referred_region", "referred_agency", "follow_up_due", "minutes"})


class NewCallForm(CallForm):
    """`form_token` makes a repeated sending one call."""

    form_token = token()
    # The clock goes with the form, however often it is sent: when it began, when it was stopped, and whether
    # the length of the call is somebody's own word.
    clock_began, clock_stopped, clock_off = (
        forms.CharField(required=False, max_length=20, widget=forms.HiddenInput({"autocomplete": "off"}))
        for _field in range(3)
    )
    called_before = forms.BooleanField(
        label=gettext_lazy("Only called before: the promised follow-up still waits"),
        required=False,
        widget=forms.CheckboxInput({"form": "call"}),
    )

    def prepare(self, lists: Lists) -> None:
        super().prepare(lists)
        self.fields["received_at"].initial = self.access.at
        self.fields["consent"].required = False  # asked for by `consent.unanswered`, where it has to be

    def differs_from(self, call: Call) -> bool:
        """Return whether this form would log another call than `call`.

        The minutes of the clock run on while the form is open, and are no change.
        """
        if not self.is_valid():
            return True
        runs_on = not self.cleaned_data["clock_off"]
        facts = attrgetter(*(name for name in CallForm.Meta.fields if not (runs_on and name == "minutes")))
        return facts(self.instance) != facts(call) or self._lists_differ(call)

    def _lists_differ(self, call: Call) -> bool:
        stored, chosen = call.codes(), self.chosen_lists
        if call.case_id:  # it came with the case
            came = [code for code in stored["outcomes"] if code.key == consent.CASE_REGISTERED]
            chosen["outcomes"] = [*chosen["outcomes"], *came]
        return any({*stored[name]} != {*codes} for name, codes in chosen.items())


class EditCallForm(CallForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def layout(self) -> Layout:
        return Layout("version", *super().layout().fields)

    def _post_clean(self) -> None:
        super()._post_clean()
        self.instance.chosen_lists = {name: self.cleaned_data.get(name, []) for name in Call.LISTS}


class EarlierForm(forms.Form):
    earlier_on = DayField(label=gettext_lazy("Date of the call"), required=False, help_text="")
    earlier_county = CountyField(label=gettext_lazy("County"), required=False)
    earlier_mine = forms.BooleanField(
        label=gettext_lazy("Only calls that I took"), required=False, initial=True
    )

    def __init__(self, data: QueryDict | None, *, lists: Lists) -> None:
        super().__init__(data)
        self.fields["earlier_county"].fill(lists.counties)  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["form"] = "call"  # they stand beside it, and are sent with it without script

    def found(self, access: Access) -> list[Call]:
        """The latest of them. Faulty values are reported, and find nothing."""
        if not self.is_valid():
            return []
        facts = self.cleaned_data
        asked = {
            "received_on": facts["earlier_on"],
            "caller_county": facts["earlier_county"],
            "taken_by": access.user if facts["earlier_mine"] else None,
        }
        calls = Call.objects.visible_to(access).filter(**stated(asked)).select_related(*Call.SAID)
        return list(calls.order_by("-received_at", "-pk")[:SHOWN])
