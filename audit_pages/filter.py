"""What the audit log is filtered by. An address holds identifiers, not a number or an e-mail that was
typed."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy as _

from accounts.access import Access
from accounts.models import User
from audit.models import Event
from audit_pages.scope import audit_log_for, audit_log_parts, numbered, with_parts
from audit_pages.words import ABOUT, words
from exchange.years import known, wrong_year

NAMES: Final = ("from", "to", "action", "by", "about")
# What events are about, or a single action of that, to which other pages lead.
ACTION: Final = re.compile(r"([a-z_]{1,20})(\.[a-z_]{1,40})?")
WHOLE: Final = re.compile(r"[0-9]{1,18}")


def abouts() -> list[tuple[str, str]]:
    """What events are about, by the words of the reader's language."""
    return [
        ("", gettext("All")),
        *sorted(((name, str(label)) for name, label in ABOUT.items()), key=lambda one: one[1]),
    ]


def is_action(text: str) -> bool:
    """Whether events are filtered by it: what they are about, or a single action of that."""
    named = ACTION.fullmatch(text)
    return named is not None and named[1] in ABOUT


class AuditFilterForm(forms.Form):
    action = forms.ChoiceField(label=_("Event"), required=False, choices=abouts)
    actor = forms.EmailField(label=_("Actor (e-mail)"), required=False)
    number = forms.CharField(label=_("Number of case or person"), required=False, max_length=22)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in (("from", _("From")), ("to", _("To"))):
            self.fields[name] = forms.DateField(
                label=label,
                required=False,
                input_formats=["%Y-%m-%d"],
                validators=[_of_a_known_year],
                widget=forms.DateInput(
                    format="%Y-%m-%d", attrs={"class": "form-control-short", "autocomplete": "off"}
                ),
                error_messages={"invalid": _("Write the date as year-month-day, for example 2018-07-01.")},
            )
        one = str((self.data if self.is_bound else self.initial).get("action", ""))
        if one not in ABOUT and is_action(one):
            field: Any = self.fields["action"]
            field.choices = [*abouts(), (one, words(one))]
        self.order_fields(["from", "to", "action", "actor", "number"])

    def clean_actor(self) -> str:
        """Somebody of the register: the address then holds their key."""
        email: str = self.cleaned_data["actor"]
        if not email:
            return ""
        self.by = User.objects.filter(email__iexact=email).values_list("pk", flat=True).first()
        if self.by is None:
            raise forms.ValidationError(_("No user has that e-mail."))
        return email

    def address(self, events: QuerySet[Event]) -> str:
        """The query string of what was typed. `events` are those that the reader may see."""
        facts = self.cleaned_data
        number = facts["number"].strip().upper()
        about = number and ident_of(events, number)
        asked = {name: facts[name] for name in ("from", "to", "action")} | {"by": self.by, "about": about}
        query = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(query)}" if query else ""

    by: int | None = None


def _of_a_known_year(day: date) -> None:
    if label := wrong_year(day.year):
        raise forms.ValidationError(label)


def ident_of(events: QuerySet[Event], number: str) -> str:
    """The identifier under which events of a case or person stand; 0, which is nobody's, where none does."""
    row = events.filter(target_label=number, target_kind__in=numbered().kinds).exclude(target_id="").first()
    row = row or events.filter(with_parts(number), target_kind=numbered().part).first()
    return row.target_id if row else "0"


class AuditFilter:
    """The events that one address asks for, out of those that somebody may see. Faulty values filter
    nothing."""

    def __init__(self, query: QueryDict, access: Access) -> None:
        self.access, self.events = access, audit_log_for(access)
        self.chosen: dict[str, str] = {name: str(query[name]) for name in NAMES if query.get(name)}
        emails = User.objects.filter(pk__in=[_whole(self.chosen.get("by", ""))]).values_list(
            "email", flat=True
        )
        self._email = emails.first() or ""  # of the user who is chosen; empty where that is nobody
        self.number = self._number()
        self.after, self.before = _whole(str(query.get("after", ""))), _whole(str(query.get("before", "")))

    @property
    def parts(self) -> list[QuerySet[Event]]:
        """They may overlap. Of one case or person there is one: its number is an index's."""
        events = [self.events] if "about" in self.chosen else audit_log_parts(self.access)
        return [self.filtered(event) for event in events]

    def filtered(self, rows: QuerySet[Event]) -> QuerySet[Event]:
        chosen = self.chosen
        first, last = _day(chosen.get("from", "")), _day(chosen.get("to", ""))
        if first:
            rows = rows.filter(at__gte=since_day(first))
        if last:
            rows = rows.filter(at__lt=since_day(last + timedelta(days=1)))
        if is_action(action := chosen.get("action", "")):
            rows = rows.filter(Q(action=action) | Q(action__startswith=f"{action}."))
        if "by" in chosen:
            rows = rows.filter(actor=self._email)
        if "about" in chosen:
            rows = rows.filter(with_parts(self.number)) if self.number else rows.none()
        return rows

    def form(self) -> AuditFilterForm:
        """With what is chosen filled in."""
        typed = {"actor": self._email, "number": self.number}
        return AuditFilterForm(initial={**self.chosen, **typed})

    def address(self, **turn: int) -> str:
        asked: dict[str, str | int] = {**self.chosen, **turn}
        return f"?{urlencode(asked)}"

    def _number(self) -> str:
        """The number under an identifier. A case stands for its persons too."""
        ident = self.chosen.get("about", "")
        named = re.fullmatch(r"[0-9a-f-]{36}", ident)
        row = self.events.filter(target_id=ident, target_kind__in=numbered().kinds).first() if named else None
        return row.target_label if row else ""


def _whole(text: str) -> int | None:
    found = WHOLE.fullmatch(text)
    return int(found[0]) if found else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if known(day) else None


def since_day(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
