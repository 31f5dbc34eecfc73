"""Register a case with its persons, or many persons in a case: one described, "add 39 like this", then the
grid."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseFormSet, HiddenInput
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from accounts.transactions import code_of, once, sent_before, token_of
from agencies.directory import Geography
from cases.actions.base import ground_of
from cases.actions.calls import link_case
from cases.actions.cases import open_case, region_for
from cases.actions.persons import NewPerson, register_persons
from cases.drafts import forget
from cases.forms.case import CaseForm, NewCaseForm
from cases.forms.fields import Lists
from cases.forms.grid import NumberForm, PersonRowForm, PersonRowSet, rows_like
from cases.forms.person import NewPersonForm, new_person
from cases.models import Call, Case, Notification, Person
from cases.rules import consent
from cases.rules.consent import identifying
from cases.rules.persons import GROUP_OF
from cases.views.case import crumbs
from cases.views.fetch import editable_case
from cases.views.years import warn_of_closed

both = require_http_methods(["GET", "HEAD", "POST"])
Source = TypeVar("Source", Call, Notification)
SEX_CHILD = {group: of for of, group in GROUP_OF.items()}


@dataclass
class Registration:
    """What one page has been told so far. `case` is the form of a new case, None when persons join a stored
    one."""

    data: QueryDict | None
    lists: Lists
    case: CaseForm | None
    number: NumberForm
    template: NewPersonForm
    groups: list[dict[str, str]]
    without: str = ""  # why there is a case although consent is missing

    @classmethod
    def of(
        cls,
        request: AuthenticatedRequest,
        *,
        case: Case | None = None,
        call: Call | Notification | None = None,
        without: str = "",
    ) -> Registration:
        begun_with = request.POST.get("go") == "begin"  # by what was searched for: nothing is sent yet
        data = request.POST if request.method == "POST" and not begun_with else None
        lists = Lists(request.access.today, request.access)
        groups = groups_of(call, without)
        first = {
            "form_token": uuid.uuid4(),
            "number": max(len(groups), 1),
            "identified_on": lists.today.isoformat(),
        }
        if begun_with:
            first["reference"] = request.POST.get("reference", "")
        first |= {"opened_on": lists.today.isoformat()} | (from_call(call, groups, lists) if call else {})
        found = {} if case is None else {"channel": case.channel_id}
        template = NewPersonForm(data, initial=first | found, lists=lists, without=without)
        if case is None:  # which is asked how it came in; how a person was found is the same, and asked once
            template.fields["channel"].widget = HiddenInput()
            template.initial.pop("channel", None)
        return cls(
            data,
            lists,
            new_case_form(data, first, lists, without) if case is None else None,
            NumberForm(data, initial=first, lists=lists),
            template,
            groups,
            without,
        )

    @property
    def forms(self) -> list[Any]:
        return [form for form in (self.case, self.template, self.number) if form is not None]

    @property
    def go(self) -> str:
        return self.data.get("go", "save") if self.data else ""

    @property
    def warned(self) -> list[Any]:
        """The forms that have something to ask, when nothing is wrong."""
        if self.data is None or not all([form.is_valid() for form in self.forms]):
            return []
        return [form for form in self.forms if form.warnings or form.names]

    @property
    def new_case(self) -> Case:
        return next(form.instance for form in self.forms if isinstance(form, CaseForm))

    def ready(self) -> bool:
        return all([form.ready() for form in self.forms])

    @property
    def goes_on(self) -> bool:
        """Whether the forms were sent, to go on, and nothing in them has to be mended first."""
        return self.data is not None and self.go != "back" and self.ready()

    @cached_property
    def rows(self) -> BaseFormSet[PersonRowForm]:
        """The grid, filled from the template or as it was sent."""
        if self.go in {"rows", "again"}:
            given = {"lists": self.lists, "without": self.without}
            return PersonRowSet(self.data, prefix="row", form_kwargs=given)
        return rows_like(self.template, self.number.cleaned_data["number"], self.lists, self.groups)

    @property
    def to_grid(self) -> bool:
        """Whether the grid is asked for, anew or as a kept draft had it, or has rows to be mended."""
        return self.go in {"grid", "again"} or (self.go == "rows" and not self.rows.is_valid())

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was typed before the grid, to be sent again with it."""
        skipped = ("csrfmiddlewaretoken", "go")
        return [
            (name, value)
            for name, values in (self.data.lists() if self.data else ())
            if name not in skipped and not name.startswith("row-")
            for value in values
        ]

    def persons(self) -> list[NewPerson]:
        if self.go == "rows":
            return [new_person(self.template, {**self.beside, **row.cleaned_data}) for row in self.rows]
        return [new_person(self.template, self.beside) for _n in range(self.number.cleaned_data["number"])]

    @property
    def beside(self) -> dict[str, Any]:
        """How a new case came in is how its persons were found, unless what was sent says otherwise."""
        own = self.template.cleaned_data["channel"]
        return {"channel": own or (self.case.cleaned_data["channel"] if self.case else None)}


def new_case_form(data: QueryDict | None, first: dict[str, Any], lists: Lists, without: str) -> NewCaseForm:
    return NewCaseForm(data, instance=Case(without_consent=without), initial=first, lists=lists)


def groups_of(call: Call | Notification | None, without: str = "") -> list[dict[str, str]]:
    """Sex and child of each person whom the call concerned; of a case for a child's sake, the children."""
    if call is None:
        return []
    known = [
        {"sex": s, "child": c} for name, (s, c) in SEX_CHILD.items() for _n in range(getattr(call, name))
    ]
    found = known + [{"sex": "U", "child": "unknown"}] * call.unknown
    return [group for group in found if not consent.of_person(without, group["child"])]


def from_call(call: Call | Notification, groups: list[dict[str, str]], lists: Lists) -> dict[str, Any]:
    """What the call or the notification says already. The first person's group stands for all until the
    grid."""
    by = "" if isinstance(call, Notification) else identifying(call.caller_group_id)
    facts = (
        call.begins
        if isinstance(call, Notification)
        else {
            "opened_on": call.received_on.isoformat(),
            "identified_on": call.received_on.isoformat(),
            "channel": "channel:support_line",
            "county": call.caller_county_id,
            "agency": next((agency.pk for agency in lists.agencies if agency.code == by), None),
        }
    )
    return {
        **facts,
        "purposes": [code.key for code in call.purposes.all()],
        **(groups[0] if groups else {}),
    }


@both
def register(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.OPEN_CASE)
    call = named(request, "call", Call.objects.visible_to(access))
    told = named(request, "notification", unanswered(request))
    source = call or told
    ground = ground_of(call) if call is not None else ""
    draft = Registration.of(request, call=source, without=ground or "")
    token, cases = token_of(request.POST), Case.objects.visible_to(access)
    if made := sent_before(token or token_of(request.GET), cases, by=access):
        tell_saved_already(request)
        return onward(access, made)
    if call is not None and (why := _why_no_case(call, ground)):
        messages.warning(request, why)
        return redirect(call)
    if draft.goes_on:
        if draft.to_grid:
            return grid(request, draft, None, source)
        case = once(token, lambda: save_case(draft, access, call, told), cases, by=access)
        return _registered(request, draft, case, source)
    context = {"draft": draft, "forms": draft.forms, "call": call, "told": told, "mixed": mixed(draft.groups)}
    context |= {
        "breadcrumbs": crumbs_of_new(),
        "may_import": access.may(May.IMPORT_PERSONS),
        **kept(None, source),
    }
    return render(request, "cases/register.html", context)


def _why_no_case(call: Call, ground: str | None) -> str:
    """A sentence, empty where a case may be opened from the call."""
    if call.case_id:
        return _("A case is opened from the call already.")
    if ground is None:
        return _("Consent to referral is missing: no case is opened from the call.")
    return ""


def _registered(
    request: AuthenticatedRequest, draft: Registration, case: Case, source: Call | Notification | None
) -> HttpResponse:
    access = request.access
    forget("case", token_of(request.POST), by=access)
    forget("case-from", source.code if source else None, by=access)
    if not access.may(May.LOG_CALL):  # whose page says it, and has focus on the next call
        said(request, case, len(draft.persons()))
    return onward(access, case)


def tell_saved_already(request: AuthenticatedRequest) -> None:
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


def mixed(groups: list[dict[str, str]]) -> bool:
    return len({tuple(group.values()) for group in groups}) > 1


def crumbs_of_new() -> list[tuple[str, str]]:
    return [(_("Cases"), reverse("cases:list")), (_("Register case"), "")]


def save_case(draft: Registration, access: Access, call: Call | None, told: Notification | None) -> Case:
    case = draft.new_case
    facts = draft.template.cleaned_data
    place = Geography.load().region_on(facts["county"].code, case.opened_on)
    case.region = region_for(access, place)
    case.responsible = access.user if access.regions else None
    open_case(case=case, persons=draft.persons(), by=access, call=call)
    if told is not None:
        link_case(notification=told, case=case, by=access)
    return case


@both
def add_persons(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    case = editable_case(access, code, May.EDIT_CASE, May.OPEN_CASE)
    token, cases = token_of(request.POST), Case.objects.visible_to(access)
    asked_again = None if request.POST.get("go") == "grid" else token or token_of(request.GET)
    if sent_before(asked_again, cases, by=access):
        tell_saved_already(request)
        return redirect(case)
    draft = Registration.of(request, case=case, without=case.without_consent)
    if draft.goes_on:
        if draft.to_grid:
            return grid(request, draft, case)
        once(token, lambda: save_persons(draft, case, access), cases, by=access)
        forget("persons", case.code, by=access)
        return redirect(said(request, case, len(draft.persons())))
    context = {
        "draft": draft,
        "forms": draft.forms,
        "case": case,
        "may_import": access.may(May.IMPORT_PERSONS),
    }
    context |= {**crumbs(case, (_("Add persons"), "")), **kept(case, None)}
    return render(request, "cases/register.html", context)


def save_persons(draft: Registration, case: Case, access: Access) -> Case:
    register_persons(case=case, persons=draft.persons(), by=access)
    return case


def grid(
    request: AuthenticatedRequest,
    draft: Registration,
    case: Case | None,
    source: Call | Notification | None = None,
) -> HttpResponse:
    """A table of inputs, a row a person."""
    title = _("Register persons")
    context = {
        "draft": draft,
        "rows": draft.rows,
        "case": case,
        **kept(case, source),
        "title": title,
        "countries": draft.lists.countries.labels.values(),
        "measures": draft.lists.by_list["measure"],
        **(crumbs(case, (title, "")) if case else {"breadcrumbs": crumbs_of_new()}),
    }
    return render(request, "cases/grid.html", context)


def kept(case: Case | None, source: Call | Notification | None) -> dict[str, Any]:
    """Where drafts are kept: of a case's persons, of the call or notification, or of the form's own token."""
    kind = "persons" if case else "case-from" if source else "case"
    of = case or source
    return {"draft_url": reverse("drafts:offer", args=[kind]), "draft_subject": of.code if of else ""}


def said(request: AuthenticatedRequest, case: Case, number: int) -> Case:
    text = ngettext("%(n)d person is registered.", "%(n)d persons are registered.", number) % {"n": number}
    messages.success(request, text)
    made = Person.objects.visible_to(request.access).filter(case=case).order_by("-pk")
    warn_of_closed(request, made[:number])
    return case
