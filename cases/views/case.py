"""Cases: list, page, edit, close, suspects, history.

Persons of a case who are alike, in one line of its table: forty berry pickers are not forty lines.

What the page of a case shows, from a constant few queries.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from accounts.access import Access, AuthenticatedRequest, bypass_policies, lead_on, posted
from accounts.permissions import handed_in
from accounts.roles import May
from agencies.directory import duty_of
from agencies.models import CodeMapping
from cases import timeline
from cases.access_log import note_list, note_reading, readers_for, seen_lately
from cases.actions.base import can_complete, complete_until
from cases.actions.cases import count_suspects, edit_case
from cases.choices import OPEN_STATES, CaseState, Decision, MeasureAnswer
from cases.concerns import NAMES, in_group, missing_of, of_cases, source_of
from cases.facts import BY_NAME, OF_PERSON
from cases.forms.case import CloseForm, OwnCaseForm, SuspectsForm
from cases.forms.fields import Lists
from cases.models import Call, Case, DuplicateReview, LastList, Measure, Person, Reminder, SuspectCount
from cases.querysets import CaseQuerySet
from cases.rules.persons import group_of
from cases.rules.texts import number_meant
from cases.search import Hits, found
from cases.snapshots import registered_at
from cases.timeline import REFLECTION, ManualStep, Reflection, Someone, StepEntry
from cases.views.case_filter import CaseList
from cases.views.fetch import crumbs, editable_case, form_page, form_view, readable_case, with_facts
from cases.views.list_page import OF_CASES, ListChoice
from cases.views.versions import MAX_CHANGES, changes_of, edit_page
from cases.wording import STATE_TAGS, STATUS_TAGS, group_of as group_label
from libs.groups import grouped

MANY: Final = 6  # persons of a case, from which those who are alike stand together
TOGETHER: Final = 3  # alike ones, from which they do


@dataclass(frozen=True)
class Line:
    """One person, or several of whom the table says the same: each a line of the page of the case. `missing`
    is what each of them lacks."""

    lines: Sequence[Any]
    missing: Sequence[Any]

    @property
    def first(self) -> Any:
        return self.lines[0]

    @property
    def several(self) -> int:
        """How many, where they are more than one."""
        return len(self.lines) if len(self.lines) > 1 else 0

    @property
    def group(self) -> str:
        row = self.first.row
        return in_group(group_of(row.sex, row.child), self.several) if self.several else str(self.first.group)

    @property
    def short(self) -> str:
        """P1–P38, P40."""
        return spans(line.row.position for line in self.lines)


def stand_together(lines: Sequence[Any]) -> list[list[Any]]:
    """Those of whom the table says the same stand together, where the case has many; each in its place by the
    first."""
    alike = Counter(one.said for one in (lines if len(lines) >= MANY else ()))
    groups = grouped(lines, lambda line: line.said if alike[line.said] >= TOGETHER else line)
    return list(groups.values())


def spans(positions: Iterable[int]) -> str:
    """P1–P3, P5, P7–P8: neighbours as a span."""
    found: list[str] = []
    # Neighbours are as far from their places in the row.
    for _distance, run in groupby(enumerate(positions), key=lambda pair: pair[1] - pair[0]):
        names = [f"P{position}" for _place, position in run]
        found.append("–".join(dict.fromkeys((names[0], names[-1]))))
    return ", ".join(found)


LONG_AGO = 30  # days after its end that a reflection period is still shown
LONG_TERM = "4"  # the step under which a measure is shown that belongs to none of the manual
# What is said of a measure's answer: nothing of one that was accepted, as most were.
ANSWERS: Final = dict(MeasureAnswer.choices) | {MeasureAnswer.ACCEPTED.value: ""}


@dataclass(frozen=True)
class Lacking:
    """One thing missing for the year, and of whom; `address` is where it is filled in."""

    name: str
    person: str
    address: str
    key: str = ""


class PersonLine:
    """A person in a table: `row` is a Person of `with_facts`. Where another region has granted to read it,
    nothing is filled in."""

    def __init__(self, row: Person, access: Access) -> None:
        self.row = row
        self.for_reading = access.may(May.EDIT_CASE) and row.responsible_region_id not in access.regions
        self.short = f"P{row.position}"
        self.group = group_label(row)
        self.tag = STATUS_TAGS[row.status]

    @property
    def purpose(self) -> str:
        main = getattr(self.row, "main", None)
        return str(main.purpose) if main else ""

    @cached_property
    def said(self) -> tuple[object, ...]:
        """What the table says of the person."""
        row = self.row
        missing = tuple(one.key for one in self.missing)
        of_row = (row.sex, row.age_class, row.status, row.counted, row.taken_over, self.for_reading)
        return (self.group, *of_row, self.purpose, missing)

    @cached_property
    def missing(self) -> list[Lacking]:
        return [
            Lacking(str(NAMES[key]), self.short, lacking_address(self, key), key)
            for key in missing_of(self.row, self.row.main_purpose, self.row.main_sector)
        ]

    @property
    def missing_in_words(self) -> str:
        """The one thing, or how many."""
        if len(self.missing) == 1:
            return self.missing[0].name
        return ngettext("%(n)d fact", "%(n)d facts", len(self.missing)) % {"n": len(self.missing)}


def whose(names: list[str]) -> str:
    """P1, P2, P3; or how many, when they are more."""
    if len(names) <= 3:
        return ", ".join(names)
    return ngettext("%(n)d person", "%(n)d persons", len(names)) % {"n": len(names)}


def lacking_address(line: PersonLine, key: str) -> str:
    """Where it is filled in; empty where it is another region's to fill in."""
    if line.for_reading:
        return ""
    if BY_NAME[key] in OF_PERSON:
        return f"{reverse('cases:edit_person', args=[line.row.code])}#div_id_{key}"
    part = "identifications" if key == "channel" else "exploitations"
    return f"{line.row.get_absolute_url()}#{part}"


def _measures(access: Access, persons: Iterable[int]) -> QuerySet[Measure]:
    step = CodeMapping.objects.filter(target="step", code=OuterRef("kind_id")).values("value")[:1]
    rows = Measure.objects.visible_to(access).filter(person__in=persons)
    rows = rows.annotate(step=Coalesce(Subquery(step), Value(LONG_TERM)))
    return rows.select_related("kind", "provider", "agency").order_by("month", "pk")


def measures_of(lines: Iterable[PersonLine], access: Access) -> list[Any]:
    """Return the measures of these persons by month, each with its `step` of the manual and its `line`."""
    by_person = {line.row.pk: line for line in lines}
    measures: list[Any] = list(_measures(access, by_person))
    for measure in measures:
        measure.line = by_person[measure.person_id]
    return measures


def _persons(access: Access, case: Case) -> QuerySet[Person]:
    rows = with_facts(Person.objects.visible_to(access)).filter(case=case).order_by("position")
    rows = rows.annotate(registered_at=registered_at(access))
    return rows.select_related("main__purpose", "first_agency", "first_county", "offence")


def _alike(access: Access, case: Case) -> QuerySet[DuplicateReview]:
    within = DuplicateReview.objects.visible_to(access)
    about = Q(first__case=case) | Q(second__case=case)
    rows = (within | DuplicateReview.objects.of_own_record(access)).filter(about, decision=Decision.OPEN)
    return rows.filter(asked_at=None).select_related("first", "second").order_by("-similarity", "pk")


class CasePage:
    def __init__(self, case: Case, access: Access) -> None:
        self.case, self.access = case, access
        self.state_tag = STATE_TAGS[case.state]

    @property
    def how_long(self) -> list[str]:
        """How long the case is kept, in a sentence of the app that knows the rules."""
        return [say(self.case) for say in handed_in("due", "OF_CASE").values()]

    @cached_property
    def persons(self) -> list[PersonLine]:
        rows = list(_persons(self.access, self.case))
        for row in rows:
            row.case = self.case
        return [PersonLine(row, self.access) for row in rows]

    @cached_property
    def lines(self) -> list[Line]:
        """Those of the table: whoever are alike stand together, and what they lack is filled in for all."""
        lines = []
        for alike in stand_together(self.persons):
            lacking = zip(*(one.missing for one in alike), strict=True)  # the same facts of each
            lines.append(Line(alike, [self._of_all(one) for one in lacking]))
        return lines

    @property
    def people(self) -> str:
        """Who they are: "2 women, 1 man"."""
        groups = Counter(group_of(line.row.sex, line.row.child) for line in self.persons)
        return ", ".join(in_group(key, value) for key, value in groups.items())

    @property
    def to_fill_in(self) -> str:
        """Where what is missing is filled in; empty where nothing is."""
        if not self.missing:
            return ""
        several = sum(bool(line.missing) for line in self.persons) > 1
        if several and self.access.may(May.EDIT_CASE):
            return self._grid
        return self.missing[0].address

    @property
    def _grid(self) -> str:
        return f"{reverse('cases:change_persons')}?case={self.case.code}"

    @property
    def elsewhere(self) -> int:
        """Persons of the case that another region is responsible for."""
        return self.case.all_persons - len(self.persons)

    @cached_property
    def measures(self) -> list[Any]:
        return measures_of(self.persons, self.access)

    @cached_property
    def suspects(self) -> list[SuspectCount]:
        if not self.case.whole:
            return []
        rows = SuspectCount.objects.filter(case=self.case, number__gt=0)
        return list(rows.select_related("relation"))

    @cached_property
    def calls(self) -> list[Call]:
        return list(Call.objects.visible_to(self.access).filter(case=self.case).order_by("received_at"))

    @property
    def undoable(self) -> int:
        """How many somebody has registered at once today, last: one press takes them out again."""
        if not self.case.changeable:
            return 0
        times = Counter(person for person in (person.row.registered_at for person in self.persons) if person)
        return max(times.items(), default=(None, 0))[1]

    @cached_property
    def steps(self) -> tuple[ManualStep, ...]:
        return manual_steps(self._identified(), self.persons, self.measures, self.case)

    @cached_property
    def reflections(self) -> list[Reflection]:
        return reflections(self.measures, self.access.today)

    @cached_property
    def reminders(self) -> list[Reminder]:
        """Own ones that wait."""
        if not self.case.reminds:
            return []
        return list(Reminder.objects.visible_to(self.access).waiting().filter(case=self.case))

    @cached_property
    def missing(self) -> list[Lacking]:
        """Each thing that is missing once, and is not another region's to fill in."""
        lacking = (one for line in self.persons if not line.for_reading for one in line.missing)
        return [self._of_all(one) for one in grouped(lacking, attrgetter("key")).values()]

    def _of_all(self, rows: Sequence[Lacking]) -> Lacking:
        """What several lack is filled in for all of them at once."""
        of_all = replace(rows[0], person=whose([row.person for row in rows]))
        if len(rows) == 1 or not of_all.address or not self.access.may(May.EDIT_CASE):
            return of_all
        return replace(of_all, address=f"{self._grid}&missing={of_all.key}")

    @cached_property
    def alike(self) -> list[Lacking]:
        """Where it is judged whether a person of the case is one who is registered already, or another region
        asked."""
        if not self.access.may(May.REVIEW_DUPLICATE) or not self.case.own:
            return []
        with bypass_policies("duplicates"):
            return [self._alike(review) for review in _alike(self.access, self.case)]

    def _alike(self, review: DuplicateReview) -> Lacking:
        person, other = review.first, review.second
        own, found = (person, other) if person.case_id == self.case.pk else (other, person)
        if {person.responsible_region_id, other.responsible_region_id} <= set(self.access.regions):
            message = _("Compare with %(number)s") % {"number": found.number}
            return Lacking(message, f"P{own.position}", reverse("cases:duplicate", args=[review.code]))
        return Lacking(_("Ask another region"), f"P{own.position}", own.get_absolute_url())

    def _identified(self) -> Iterator[tuple[int, StepEntry]]:
        """Who identified how many in which month: step 1."""
        found = grouped(
            self.persons,
            lambda line: (line.row.first_identified_on.replace(day=1), str(line.row.first_agency)),
        )
        for (month, agency), lines in sorted(found.items()):
            yield 1, StepEntry("", tuple(line.short for line in lines), month, agency)


def manual_steps(
    identified: Iterable[tuple[int, StepEntry]], lines: Iterable[PersonLine], measures: list[Any], case: Case
) -> tuple[ManualStep, ...]:
    """The six steps of the manual, of the persons of a case or of one of them."""
    kinds: dict[int, set[str]] = defaultdict(set)
    for measure in measures:
        kinds[measure.person_id].add(measure.kind_id)
    people = [_someone(line.row, kinds[line.row.pk]) for line in lines if line.row.counted]
    return timeline.steps([*identified, *done(measures)], people, open_case=case.state in OPEN_STATES)


def done(measures: Iterable[Any]) -> Iterator[tuple[int, StepEntry]]:
    """Measures that say the same of several persons are one line. Each measure has its person as `line`."""
    same: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for measure in measures:
        by = str(measure.agency or measure.provider or "")
        step = int(measure.step)
        same[step, str(measure.kind), measure.month, by, measure.answer].append(measure)
    for (step, kind, month, by, answer), rows in same.items():
        names = tuple(dict.fromkeys(row.line.short for row in rows))
        text = str(ANSWERS[answer])
        edit = ""
        if len(rows) == 1:
            edit = reverse("cases:edit_measure", args=[rows[0].line.row.code, rows[0].pk])
        yield step, StepEntry(kind, names, month, by, text, edit)


def reflections(measures: Iterable[Any], today: date) -> list[Reflection]:
    """The periods that count down, and those that have ended lately."""
    counted = (
        timeline.reflection(row.line.short, row.month, row.ends_on, today)
        for row in measures
        if (row.kind_id, row.answer) == (REFLECTION, MeasureAnswer.ACCEPTED)
    )
    return [period for period in (one for one in counted if one) if period.left >= -LONG_AGO]


def _someone(person: Person, kinds: set[str]) -> Someone:
    return Someone(
        name=f"P{person.position}",
        child=person.child == "yes",
        residence=person.residence_id or "",
        citizenship=str(person.citizenship or ""),
        kinds=frozenset(kinds),
        address=f"{reverse('cases:add_measures', args=[person.case.code])}?person={person.code}",
    )


@require_safe
def case_list(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access.require(May.VIEW_CASE)
    listed = CaseList(request.GET, access)
    columns = ListChoice(listed, LastList.CASES, OF_CASES, access)
    shown = listed.page(_in_list)
    with_persons(shown.rows, access, measures=columns.shows["measures"])
    for case in shown.rows:
        case.source = source_of(case.channel, from_call=case.opened_from_call)
    context = {
        "cases": shown.rows,
        "may_import": access.may(May.IMPORT_PERSONS),
        "may_export": access.may(May.EXPORT_ROWS),
        "may_open": access.may(May.OPEN_CASE),
        "may_edit": access.may(May.EDIT_CASE),
    }
    return columns.response(request, "cases/list.html", shown, context)


def _in_list(cases: CaseQuerySet, access: Access) -> CaseQuerySet:
    return cases.with_own(access).select_related("region", "responsible", "channel")


def with_persons(cases: list[Any], access: Access, *, measures: bool = False) -> None:
    """Gives each case what it concerns, of the persons in scope: how many, their county, and how many records
    lack something; and what was offered, where that is shown."""
    found = of_cases(cases, access, measures=measures)
    labels = {state: str(word) for state, word in CaseState.choices}  # said once, not for each row
    for case in cases:
        case.sums = found[case.pk]
        case.county = next(iter(case.sums.places)) if case.sums.counties == 1 else ""
        case.tag, case.state_label = STATE_TAGS[case.state], labels[case.state]


@form_view
def find(request: AuthenticatedRequest) -> HttpResponse:
    """What is typed comes by POST and is answered on the page: a reference is no part of an address."""
    access = request.access.require(May.VIEW_CASE)
    hits = found(request.POST.get("find", ""), access) if request.method == "POST" else Hits("")
    if hits.only:
        return redirect(hits.only)
    cases, seen = list(hits.cases), [] if hits.typed else seen_lately(access)
    with_persons(cases, access)
    if seen:
        note_list(access, "case", len(seen), how="lately")
    shown = {
        "hits": hits,
        "cases": cases,
        "seen": seen,
        # A number of the register is no agency's reference.
        "may_open": access.may(May.OPEN_CASE) and number_meant(hits.typed) != hits.typed.upper(),
    }
    return render(request, "cases/found.html", {**shown, **crumbs(_("Search"))})


@require_safe
def detail(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    listed = CaseList.around(request)
    case = readable_case(request.access, code, listed)
    return render(request, "cases/detail.html", {"listed": listed, **shown(request.access, case)})


@require_safe
def handed(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """Where the case has gone that was opened during a call, and the way to the next call."""
    access = request.access
    case = readable_case(access, code)
    access.require(May.LOG_CALL)
    return render(request, "cases/detail.html", {"handed": True, **shown(access, case)})


def shown(access: Access, case: Case) -> dict[str, Any]:
    """What the page of a case says. Whoever opened it for a region is told who has it there."""
    passed_on = access.may(May.LOG_CALL) and not access.may(May.EDIT_CASE)
    return {
        "page": CasePage(case, access),
        "case": case,
        "add_measure_url": reverse("cases:add_measures", args=[case.code]),
        "passed_on": passed_on,
        "duty": duty_of(case.region_id, access.today) if passed_on else None,
        "complete_until": complete_until(case) if can_complete(access, case) else None,
        **rights(access, case),
        **crumbs("", case),
    }


def rights(access: Access, case: Case) -> dict[str, bool]:
    return {
        "may_complete": case.own and (access.may(May.EDIT_CASE) or can_complete(access, case)),
        "may_work": case.own and access.may(May.EDIT_CASE),
        "may_edit": case.changeable and access.may(May.EDIT_CASE),
        "may_add": case.changeable and access.may(May.EDIT_CASE, May.OPEN_CASE),
    }


@form_view
def edit(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = editable_case(request.access, code)
    form = partial(OwnCaseForm, access=request.access)
    return edit_page(request, case, form, edit_case, _("Change the facts of the case"), case, case=case)


@form_view
def close(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = editable_case(request.access, code)
    return edit_page(request, case, CloseForm, edit_case, _("Change the state of the case"), case)


@form_view
def suspects(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = editable_case(request.access, code)
    counts = dict(SuspectCount.objects.filter(case=case).values_list("relation", "number"))
    form = SuspectsForm(posted(request), counts=counts, lists=Lists(request.access.today))
    if form.ready():
        count_suspects(case=case, numbers=form.numbers(), by=request.access)
        return lead_on(request, _("The numbers are saved."), case)
    return form_page(
        request,
        form,
        _("Suspects, as numbers by relation"),
        case,
        help=_(
            "No suspect is registered as a person: only how many they are, by their relation to the victims."
        ),
        back=case.get_absolute_url(),
    )


@require_safe
def history(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    case = readable_case(request.access, code)
    changes = changes_of(case, Person.objects.visible_to(request.access).filter(case=case), whole=case.whole)
    note_reading(request.access, case, what="history")
    shown = {"changes": changes[:MAX_CHANGES], "cut": len(changes) if len(changes) > MAX_CHANGES else 0}
    context = {
        "case": case,
        **shown,
        "readers": readers_for(case, request.access),
        **crumbs(_("History"), case),
    }
    return render(request, "cases/history.html", context)
