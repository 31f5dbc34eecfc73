"""Who may read what of the audit trail, and its words. Fields stand in it by name, never by value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import transaction
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.access import Access
from agencies.roles import May
from agencies.wrong_answers import BROKEN, EXPLAINED, VERIFIED, wrong_answers
from audit.models import Event, EventQuerySet, Head
from audit.verify import BrokenChain, verify
from audit.writer import Target, record

Words = dict[str, str | Promise]

SIGN_INS: Final = (
    "user.sign_in", "user.sign_in_refused", "user.sign_out", "user.sessions_end", "user.password",
    "user.factor_refused", "user.factor_add", "user.factor_change", "user.factor_remove", "user.factor_taken",
    "user.code_used", "user.codes_read", "user.invite", "user.invite_again", "user.invite_accept",
)  # fmt: skip
READS: Final = (May.VIEW_TRAIL, May.VIEW_SIGN_INS, May.VIEW_OWN_TRAIL)

# What an event is about, the part of its action before the dot: what the trail is filtered by.
ABOUT: Final[Words] = {
    "user": gettext_lazy("Users and sign-ins"),
    "case": gettext_lazy("Cases"),
    "person": gettext_lazy("Persons"),
    "call": gettext_lazy("Calls"),
    "identification": gettext_lazy("Identifications"),
    "exploitation": gettext_lazy("Exploitation"),
    "measure": gettext_lazy("Measures"),
    "transfer": gettext_lazy("Transfers"),
    "access": gettext_lazy("Access to cases of other regions"),
    "duplicate": gettext_lazy("Duplicates"),
    "import": gettext_lazy("Imports"),
    "export": gettext_lazy("Exports"),
    "summary": gettext_lazy("Yearly summaries"),
    "publication": gettext_lazy("Publications"),
    "exemption": gettext_lazy("Exemptions from protection"),
    "dark_figure": gettext_lazy("Dark figure"),
    "refused": gettext_lazy("Refusals"),
    "reminder": gettext_lazy("Reminders"),
    "draft": gettext_lazy("Drafts"),
    "notification": gettext_lazy("Notifications"),
    "figures": gettext_lazy("Historical figures"),
    "network": gettext_lazy("Network"),
    "code": gettext_lazy("Code lists"),
    "audit": gettext_lazy("The audit trail itself"),
    "year": gettext_lazy("Confirmed years"),
    "job": gettext_lazy("Background runs"),
    "keys": gettext_lazy("Keys"),
    "demo": gettext_lazy("Demonstration"),
}
# What was done, the part after the dot. One that is not here is shown as it is.
DONE: Final[Words] = {
    "": pgettext_lazy("audit", "refused"),
    "accepted": pgettext_lazy("audit", "accepted"),
    "add": pgettext_lazy("audit", "added"),
    "ask": pgettext_lazy("audit", "asked"),
    "cancel": pgettext_lazy("audit", "cancelled"),
    "change": pgettext_lazy("audit", "changed"),
    "close": pgettext_lazy("audit", "closed"),
    "code_used": pgettext_lazy("audit", "recovery code used"),
    "codes_read": pgettext_lazy("audit", "recovery codes shown"),
    "confirm": pgettext_lazy("audit", "confirmed"),
    "decline": pgettext_lazy("audit", "declined"),
    "declined": pgettext_lazy("audit", "declined"),
    "dispose": pgettext_lazy("audit", "disposed of"),
    "edit": pgettext_lazy("audit", "changed"),
    "estimate": pgettext_lazy("audit", "estimated"),
    "explain": pgettext_lazy("audit", "wrong answer explained"),
    "export": pgettext_lazy("audit", "exported"),
    "download": pgettext_lazy("audit", "downloaded"),
    "approve": pgettext_lazy("audit", "approved"),
    "extract": pgettext_lazy("audit", "extract made"),
    "factor_add": pgettext_lazy("audit", "second factor added"),
    "factor_change": pgettext_lazy("audit", "second factor renamed"),
    "factor_refused": pgettext_lazy("audit", "second factor refused"),
    "factor_remove": pgettext_lazy("audit", "second factor removed"),
    "factor_taken": pgettext_lazy("audit", "second factor taken away"),
    "find": pgettext_lazy("audit", "looked for"),
    "follow_up": pgettext_lazy("audit", "followed up"),
    "grant": pgettext_lazy("audit", "granted"),
    "hint": pgettext_lazy("audit", "hint given that another region may have the person"),
    "history": pgettext_lazy("audit", "history read"),
    "htcds": "HTCDS",
    "indicators": pgettext_lazy("audit", "indicators changed"),
    "invite": pgettext_lazy("audit", "invited"),
    "invite_accept": pgettext_lazy("audit", "invitation accepted"),
    "invite_again": pgettext_lazy("audit", "invited again"),
    "link": pgettext_lazy("audit", "tied to a case"),
    "list": pgettext_lazy("audit", "listed"),
    "log": pgettext_lazy("audit", "logged"),
    "move": pgettext_lazy("audit", "state changed"),
    "open": pgettext_lazy("audit", "opened"),
    "overlaps": pgettext_lazy("audit", "overlaps read"),
    "password": pgettext_lazy("audit", "chose a password"),
    "preview": pgettext_lazy("audit", "previewed"),
    "persons": pgettext_lazy("audit", "persons"),
    "protect": pgettext_lazy("audit", "protected"),
    "publish": pgettext_lazy("audit", "published"),
    "read": pgettext_lazy("audit", "read"),
    "refuse": pgettext_lazy("audit", "declined"),
    "refused": pgettext_lazy("audit", "refused"),
    "register": pgettext_lazy("audit", "registered"),
    "rotate": pgettext_lazy("audit", "changed"),
    "send": pgettext_lazy("audit", "sent"),
    "sessions_end": pgettext_lazy("audit", "other sessions ended"),
    "sign_in": pgettext_lazy("audit", "signed in"),
    "sign_in_refused": pgettext_lazy("audit", "sign-in refused"),
    "sign_out": pgettext_lazy("audit", "signed out"),
    "standing": pgettext_lazy("audit", "standing decision"),
    "step": pgettext_lazy("audit", "categories chosen"),
    "text": pgettext_lazy("audit", "text edited"),
    "withdraw": pgettext_lazy("audit", "withdrawn"),
    "status": pgettext_lazy("audit", "status changed"),
    "suspects": pgettext_lazy("audit", "suspects counted"),
    "undo": pgettext_lazy("audit", "undone"),
    "unknown": pgettext_lazy("audit", "an address of nothing"),
    "verify": pgettext_lazy("audit", "verified"),
    "invent": pgettext_lazy("audit", "invented"),
    # Lists that came in or went out as files.
    "agencies": gettext_lazy("agencies"),
    "calls": gettext_lazy("calls"),
    "cases": gettext_lazy("cases"),
    "codes": gettext_lazy("codes"),
    "coordinators": gettext_lazy("coordinators"),
    "counties": gettext_lazy("counties"),
    "county_regions": gettext_lazy("counties in regions"),
    "historical_figures": gettext_lazy("historical figures"),
    "justice_figures": gettext_lazy("figures of justice"),
    "mappings": gettext_lazy("mappings"),
    "population": gettext_lazy("populations"),
    "regions": gettext_lazy("NMT regions"),
    "users": gettext_lazy("users"),
}

# How something was looked for, read or proven; the names of filters; addresses are shown as they are.
HOW: Final[Words] = {
    "page": gettext_lazy("on the page"),
    "pdf": "PDF",
    "number": gettext_lazy("by number"),
    "q": gettext_lazy("by number"),
    "about": gettext_lazy("of one case or person"),
    "by": gettext_lazy("of one actor"),
    "action": gettext_lazy("by event"),
    "from": gettext_lazy("from a day on"),
    "to": gettext_lazy("until a day"),
    "year": gettext_lazy("by year"),
    "county": gettext_lazy("by county"),
    "region": gettext_lazy("by region"),
    "state": gettext_lazy("by state"),
    "responsible": gettext_lazy("by who is responsible"),
    "follow_up": gettext_lazy("by follow-up"),
    "complete": gettext_lazy("by completeness"),
    "reference": gettext_lazy("by reference"),
    "extract": gettext_lazy("for an extract"),
    "chosen": gettext_lazy("those chosen"),
    "duplicate": gettext_lazy("as a possible duplicate"),
    "whole": gettext_lazy("whole"),
    "broken": gettext_lazy("broken"),
    "changed": gettext_lazy("an event was changed"),
    "removed": gettext_lazy("an event was removed"),
    "inserted": gettext_lazy("an event was put in"),
    "truncated": gettext_lazy("the end was cut off"),
    "while_written": gettext_lazy("others wrote while the chain was proven"),
    "totp": gettext_lazy("authenticator app"),
    "webauthn": gettext_lazy("security key"),
    "recovery_codes": gettext_lazy("recovery codes"),
}


def trail_for(access: Access) -> EventQuerySet:
    """All events, sign-ins, or those of cases of one's own region; nothing for other roles."""
    if access.may(May.VIEW_TRAIL):
        return Event.objects.all()
    if access.may(May.VIEW_SIGN_INS):
        return Event.objects.filter(action__in=SIGN_INS)
    if not access.may(May.VIEW_OWN_TRAIL):
        return Event.objects.none()
    return Event.objects.alias(own_number=_own_number(access)).filter(own_number__isnull=False)


def _own_number(access: Access) -> Case:
    """The number that an event is about, where it is an own one. A value is asked for, event by event: were it asked
    whether there is one, PostgreSQL would read every own number first."""

    def of_kind(kind: str) -> When:
        rows = apps.get_model("cases", kind).objects.in_own_region(access)
        number = rows.filter(number=OuterRef("target_label")).order_by().values("number")[:1]
        return When(target_kind=f"cases.{kind}", then=Subquery(number))

    return Case(of_kind("case"), of_kind("person"))


def trail_parts(access: Access) -> list[QuerySet[Event]]:
    """The same events in parts that may overlap, each from the latest on as an index finds them, however few they are.
    A number begins with the region where the case was opened; those that came from elsewhere are listed."""
    events = trail_for(access)
    if access.may(May.VIEW_TRAIL, May.VIEW_SIGN_INS) or not access.may(May.VIEW_OWN_TRAIL):
        return [events]
    return [*(events.beginning(f"{region}-") for region in sorted(access.regions)), _of_those_who_came(access)]


def _of_those_who_came(access: Access) -> QuerySet[Event]:
    """Of persons who were handed over to own regions, and of their cases: own ones as they stand.

    By the index of labels, wherever in the trail they lie: neither the kind, which most events have, nor the order is
    asked for in a way that another index answers."""
    persons = apps.get_model("cases", "Person").objects.in_own_region(access).filter(moved=True)
    rows = persons.order_by().values_list("number", "case__number")
    numbers = sorted({number for row in rows for number in row})
    casework = Case(When(target_kind__in=("cases.case", "cases.person"), then="target_label"))
    events = Event.objects.alias(number=casework).filter(number__isnull=False, target_label__in=numbers)
    return events.order_by((F("sequence") + 0).desc())


def words(action: str) -> str:
    """Such as "Cases: read"."""
    about, _dot, done = action.partition(".")
    said = DONE.get(done, done.replace("_", " "))
    return f"{_about(about)}: {said}"


def _about(name: str) -> str | Promise:
    """The rows of a list are called what the list is called."""
    if name in ABOUT:
        return ABOUT[name]
    models = {
        model._meta.model_name: model
        for app in ("agencies", "summaries")
        for model in apps.get_app_config(app).get_models()
    }
    return capfirst(str(models[name]._meta.verbose_name_plural)) if name in models else name


def object_words(kind: str, label: str) -> str:
    """What was read or changed. Labels that an app makes up of keys are said by its configuration."""
    for config in apps.get_app_configs():
        if kind.split(".")[0] in getattr(config, "trail_kinds", ()):
            return str(config.trail_words(label))  # type: ignore[attr-defined]
    return label


def field_words(kind: str, names: Sequence[str]) -> str:
    """Fields as the forms call them. A name that no model has any longer, or never had, stands as it is."""
    labels = _labels(kind)
    return ", ".join(_label(name, labels) or object_words(kind, name) for name in names)


def _label(name: str, labels: dict[str, Any]) -> str:
    """Whether something was asked stands in a field of its own beside what was answered."""
    what = name.removesuffix("_answer")
    said = str(labels.get(what, what if what != name else ""))
    return said if what == name else _("answer: {what}").format(what=said)


@cache
def _labels(kind: str) -> dict[str, Any]:
    """Of the object's own model, and of the parts of a person: a change of these stands with the person. Lazy words."""
    own = [model for model in apps.get_models() if model._meta.label_lower == kind.lower()]
    parts = apps.get_app_config("cases").get_models() if kind.startswith("cases.") else []
    fields = (field for model in (*parts, *own) for field in model._meta.get_fields())
    return {field.name: field.verbose_name for field in fields if hasattr(field, "verbose_name")}


def how(search_kind: str) -> str:
    return ", ".join(str(HOW.get(part, part)) for part in search_kind.split(",") if part)


@dataclass(frozen=True, slots=True)
class Verified:
    """How the last trial of the chain went; `number` is of events, or of the first broken one."""

    at: datetime
    number: int
    whole: bool


def last_verified() -> Verified | None:
    event = Event.objects.filter(action=VERIFIED).order_by("-sequence").first()
    return Verified(event.at, event.rows or 0, event.search_kind == "whole") if event else None


def verify_trail(access: Access, *, told: Callable[[int, int], Any]) -> bool:
    """Proves the chain and records how that went; a whole one explains earlier answers that were wrong.

    `told` hears how many events of how many are proven."""
    access.require(May.VIEW_TRAIL)
    head = Head.objects.filter(id=1).first()
    steps = head.sequence if head else 0
    try:
        whole = verify(told=lambda sequence: told(min(sequence, steps), steps))
    except BrokenChain as fault:
        place = Target("audit.event", str(fault.sequence), str(fault.sequence))
        record(access, VERIFIED, place, rows=fault.sequence, search_kind=f"{BROKEN},{fault.what}")
        return False
    number, _colon, digest = whole.partition(":")
    _answer_whole(access, int(number), digest)
    return True


@transaction.atomic
def _answer_whole(access: Access, number: int, digest: str) -> None:
    """The lock on the head comes first: of two proofs at once one explains, and the other finds that done."""
    Head.objects.select_for_update().filter(id=1).first()
    for answer in wrong_answers(number):
        what = Target("audit.event", str(answer.sequence), f"{answer.sequence} {answer.rows}")
        record(access, EXPLAINED, what, rows=number, digest=digest, search_kind="while_written")
    record(access, VERIFIED, rows=number, search_kind="whole")


def chain_words(state: Verified) -> str:
    if state.whole:
        return _("The chain is whole: {n} events.").format(n=state.number)
    return _("The chain is broken at event {id}. Change nothing and contact operations.").format(id=state.number)
