"""Register a case with its persons, or many persons in a case: one described, "add 39 like this", then the
grid."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, TypeVar

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseFormSet, HiddenInput
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, ngettext

from accounts.access import Access, AuthenticatedRequest, posted, turn_back
from accounts.roles import May
from accounts.transactions import code_of, idempotent, sent_before, token_of
from agencies.directory import Geography
from cases.actions.base import ground_of, own_region
from cases.actions.calls import link_case
from cases.actions.cases import open_case
from cases.actions.persons import NewPerson, register_persons
from cases.drafts import forget
from cases.forms.case import CaseForm, NewCaseForm
from cases.forms.fields import Lists
from cases.forms.grid import NumberForm, PersonRowForm, PersonRowSet, rows_like
from cases.forms.person import NewPersonForm, new_person
from cases.models import Call, Case, Notification, Person
from cases.rules import consent
from cases.rules.persons import GROUP_OF, UNKNOWN
from cases.views.fetch import crumbs, editable_case, form_view, pairs_of
from cases.views.years import warn_of_closed

DRAFTS: Final = {Case: "persons", type(None): "case"}  # the kind of draft, by what the page is about
NOT_CARRIED: Final = {"csrfmiddlewaretoken", "go"}
Source = TypeVar("Source", Call, Notification)
About = Case | Call | Notification | None  # the case that persons join, or what a new one is opened from
SEX_CHILD = {group: of for of, group in GROUP_OF.items()} | {UNKNOWN: ("U", "unknown")}


@dataclass
class Registration:
    """The forms of one page. `case` is that of a new case, None when persons join a stored one.

    `groups` are sex and child of each person whom a call or notification concerns. `without`: why there is a
    case although consent is missing.
    """

    data: QueryDict | None
    lists: Lists
    case: CaseForm | None
    number: NumberForm
    template: NewPersonForm
    groups: list[dict[str, str]]
    without: str

    @classmethod
    def of(cls, request: AuthenticatedRequest, about: About) -> Registration:
        begun_with = request.POST.get("go") == "begin"  # by what was searched for: nothing is sent yet
        data = None if begun_with else posted(request)
        lists = Lists(request.access.today, request.access)
        source = None if isinstance(about, Case) else about
        without = without_consent(about)
        groups = groups_of(source, without)
        first = {
            "form_token": uuid.uuid4(),
            "number": max(len(groups), 1),
            "identified_on": lists.today.isoformat(),
            "opened_on": lists.today.isoformat(),
            "reference": request.POST.get("reference", "") if begun_with else "",
            **(facts_of(source, lists) if source else {}),
            **next(iter(groups), {}),  # stands for all until the grid
        }
        template = NewPersonForm(data, initial=first, lists=lists, without=without)
        number = NumberForm(data, initial=first, lists=lists)
        if isinstance(about, Case):
            template.initial["channel"] = about.channel_id
            return cls(data, lists, None, number, template, groups, without)
        # How a new case came in is how its persons were found, and asked once.
        template.fields["channel"].widget = HiddenInput()
        case = NewCaseForm(data, instance=Case(without_consent=without), initial=first, lists=lists)
        return cls(data, lists, case, number, template, groups, without)

    @property
    def forms(self) -> list[Any]:
        return [one for one in (self.case, self.template, self.number) if one]

    @property
    def go(self) -> str:
        return self.data.get("go", "save") if self.data else ""

    @property
    def warned(self) -> list[Any]:
        """The forms that ask about a name, or warn of something when nothing in any of them is wrong."""
        valid = all([form.is_valid() for form in self.forms])
        return list(filter(attrgetter("warned" if valid else "names"), self.forms))

    @property
    def goes_on(self) -> bool:
        """Whether the forms were sent, to go on, and nothing in them has to be mended first."""
        return self.go != "back" and all([form.ready() for form in self.forms])

    @property
    def mixed(self) -> bool:
        """Whether the persons are of several groups."""
        return any(group != self.groups[0] for group in self.groups)

    @cached_property
    def rows(self) -> BaseFormSet[PersonRowForm]:
        """The grid, filled from the template or as it was sent."""
        if self.go in {"rows", "again"}:
            given = {"lists": self.lists, "without": self.without}
            return PersonRowSet(self.data, prefix="row", form_kwargs=given)
        return rows_like(self.template, self.number.cleaned_data["number"], self.groups)

    @property
    def to_grid(self) -> bool:
        """Whether the grid is asked for, anew or as a kept draft had it, or has rows to be mended."""
        return self.go in {"grid", "again"} or (self.go == "rows" and not self.rows.is_valid())

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was typed before the grid, to be sent again with it."""
        return pairs_of(self.data or QueryDict(), without=NOT_CARRIED, prefix="row-")

    def persons(self) -> list[NewPerson]:
        channels = (form.cleaned_data.get("channel") for form in reversed(self.forms))  # of the case last
        beside = {"channel": next((channel for channel in channels if channel), None)}
        if self.go == "rows":
            return [new_person(self.template, {**beside, **row.cleaned_data}) for row in self.rows]
        return [new_person(self.template, beside) for _n in range(self.number.cleaned_data["number"])]


def without_consent(about: About) -> str:
    """Return why there is a case, or may be one, although consent is missing; empty where it is not."""
    if isinstance(about, Case):
        return about.without_consent
    return ground_of(about) or "" if isinstance(about, Call) else ""


def groups_of(source: Call | Notification | None, without: str) -> list[dict[str, str]]:
    """Return sex and child of each person concerned; of a case for a child's sake, of the children."""
    if source is None:
        return []
    return [
        {"sex": sex, "child": child}
        for name, (sex, child) in SEX_CHILD.items()
        if not consent.of_person(without, child)
        for _n in range(getattr(source, name))
    ]


def facts_of(source: Call | Notification, lists: Lists) -> dict[str, Any]:
    """What the call or the notification says already."""
    purposes = [code.key for code in source.purposes.all()]
    if isinstance(source, Notification):
        return {**source.begins, "purposes": purposes}
    by = consent.identifying(source.caller_group_id)
    return {
        "opened_on": source.received_on.isoformat(),
        "identified_on": source.received_on.isoformat(),
        "channel": "channel:support_line",
        "county": source.caller_county_id,
        "agency": {agency.code: agency.pk for agency in lists.agencies}.get(by),
        "purposes": purposes,
    }


@form_view
def register(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access.require(May.OPEN_CASE)
    call = named(request, "call", Call.objects.visible_to(access))
    notification = named(request, "notification", unanswered(request))
    source = call or notification
    draft = Registration.of(request, source)
    token, cases = token_of(request.POST), Case.objects.visible_to(access)
    if made := sent_before(token or token_of(request.GET), cases, by=access):
        show_saved_already(request)
        return onward(access, made)
    if why := _why_no_case(access, call):
        return turn_back(request, why, call or "/")
    if not draft.goes_on:
        return _page(request, draft, source, call=call, notification=notification)
    if draft.to_grid:
        return _grid(request, draft, source)
    case = idempotent(token, lambda: save_case(draft, access, call, notification), cases, by=access)
    forget("case", token, by=access)
    forget("case-from", source.code if source else None, by=access)
    if not access.may(May.LOG_CALL):  # whose page says it, and has focus on the next call
        confirm_registered(request, case, len(draft.persons()))
    return onward(access, case)


def _why_no_case(access: Access, call: Call | None) -> str:
    """A sentence, empty where a case may be opened. Without a region a coordinator would not see it."""
    if access.may(May.COORDINATE) and not access.regions:
        return _("You are coordinator of no region today. The administrator gives you one.")
    if call is None:
        return ""
    if call.case_id:
        return _("A case is opened from the call already.")
    missing = _("Consent to referral is missing: no case is opened from the call.")
    return missing if ground_of(call) is None else ""


def show_saved_already(request: AuthenticatedRequest) -> None:
    """Of a form that is sent again after Back: the page that follows shows what it has made."""
    text = _(
        "This was saved already: here it is. Nothing was saved twice. If you have changed something in the "
        "form since, change it here."
    )
    messages.info(request, text)


def onward(access: Access, case: Case) -> HttpResponse:
    """To the case; whoever opened it during a call reads who has it now, and goes on to the next call."""
    return redirect("cases:handed", case.code) if access.may(May.LOG_CALL) else redirect(case)


def named(request: AuthenticatedRequest, name: str, rows: QuerySet[Source]) -> Source | None:
    """The row of `rows` that the case is opened from; 404 when it is not there, or out of scope."""
    code = request.GET.get(name)
    return get_object_or_404(rows, code=code_of(code)) if code else None


def unanswered(request: AuthenticatedRequest) -> QuerySet[Notification]:
    """Those that a case may be opened from: they have none yet, unless it is the form that is sent again."""
    rows = Notification.objects.visible_to(request.access)
    return rows.filter(case__isnull=True) if request.method == "GET" else rows


def save_case(
    draft: Registration, access: Access, call: Call | None, notification: Notification | None
) -> Case:
    case: Case = draft.forms[0].instance
    facts = draft.template.cleaned_data
    place = Geography.load().region_on(facts["county"].code, case.opened_on)
    case.region_id = own_region(place, access)
    case.responsible = access.user if access.regions else None
    open_case(case=case, persons=draft.persons(), by=access, call=call)
    if notification is not None:
        link_case(notification=notification, case=case, by=access)
    return case


@form_view
def add_persons(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    case = editable_case(access, code, May.EDIT_CASE, May.OPEN_CASE)
    token, cases = token_of(request.POST), Case.objects.visible_to(access)
    if sent_before(token or token_of(request.GET), cases, by=access):
        show_saved_already(request)
        return redirect(case)
    draft = Registration.of(request, case)
    if not draft.goes_on:
        return _page(request, draft, case)
    if draft.to_grid:
        return _grid(request, draft, case)
    idempotent(token, lambda: save_persons(draft, case, access), cases, by=access)
    forget("persons", case.code, by=access)
    confirm_registered(request, case, len(draft.persons()))
    return redirect(case)


def save_persons(draft: Registration, case: Case, access: Access) -> Case:
    register_persons(case=case, persons=draft.persons(), by=access)
    return case


def _page(request: AuthenticatedRequest, draft: Registration, about: About, **more: Any) -> HttpResponse:
    """The forms: the case, the first person, and how many there are like that one."""
    may_import = request.access.may(May.IMPORT_PERSONS)
    context = {"forms": draft.forms, "may_import": may_import, **_context(draft, about, _("Add persons"))}
    return render(request, "cases/register.html", context | more)


def _grid(request: AuthenticatedRequest, draft: Registration, about: About) -> HttpResponse:
    title = _("Register persons")
    context = {
        "rows": draft.rows,
        "title": title,
        "countries": draft.lists.countries.labels.values(),
        "measures": draft.lists.by_list["measure"],
        **_context(draft, about, title),
    }
    return render(request, "cases/grid.html", context)


def _context(draft: Registration, about: About, title: str) -> dict[str, Any]:
    """What both pages say. A draft is kept of a case's persons, of the call or notification, or of the form's
    own token."""
    case = about if isinstance(about, Case) else None
    return {
        "draft": draft,
        "case": case,
        "draft_url": reverse("drafts:offer", args=[DRAFTS.get(type(about), "case-from")]),
        "draft_subject": about.code if about else "",
        **crumbs(title if case else _("Register case"), case),
    }


def confirm_registered(request: AuthenticatedRequest, case: Case, number: int) -> None:
    text = ngettext("%(n)d person is registered.", "%(n)d persons are registered.", number) % {"n": number}
    messages.success(request, text)
    made = Person.objects.visible_to(request.access).filter(case=case).order_by("-pk")
    warn_of_closed(request, made[:number])
