"""One presumed victim: page, facts, status, indicators.

The list of persons, beside that of cases: the same filters, the same columns.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any, Final

from django.db.models import F, QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import Access, AuthenticatedRequest, lead_on, posted
from accounts.roles import May
from agencies.models import localised
from cases.actions.base import can_complete_person
from cases.actions.persons import answer_indicators, change_status, edit_person
from cases.choices import ListAnswer, RequestAnswer
from cases.concerns import offered_to, purpose_in_words, source_of
from cases.facts import OF_PERSON
from cases.forms.fields import Lists
from cases.forms.parts import IndicatorsForm
from cases.forms.person import EditPersonForm, StatusForm
from cases.models import Exploitation, Identification, LastList, Person, PersonIndicator, Transfer
from cases.querysets import PersonQuerySet
from cases.rules.exploitation import Palermo, palermo
from cases.timeline import ManualStep, Reflection, StepEntry
from cases.views.case import PersonLine, manual_steps, measures_of, reflections
from cases.views.case_filter import PersonList
from cases.views.duplicate import hints
from cases.views.fetch import completable_person, crumbs, editable_person, form_view, readable_person
from cases.views.list_page import OF_PERSONS, ListChoice
from cases.views.versions import edit_page
from cases.wording import LABELS, STATE_TAGS, in_words
from libs.groups import by_key

ELSEWHERE: Final = {"sex", "child", "further_citizenships", "status", "status_on", "status_reason"}
SHOWN: Final = [fact.name for fact in OF_PERSON if fact.name not in ELSEWHERE]
# The groups of indicators, by the letters that their codes begin with (ILO and European Commission, 2009).
GROUPS: Final = {
    "DR": gettext_lazy("Deceptive recruitment"),
    "CR": gettext_lazy("Coercive recruitment"),
    "VR": gettext_lazy("Recruitment by abuse of vulnerability"),
    "EX": gettext_lazy("Exploitation"),
    "CD": gettext_lazy("Coercion at destination"),
    "VD": gettext_lazy("Abuse of vulnerability at destination"),
}


class PersonPage:
    """What the page of a person shows, from a constant few queries. `person` is one of `readable_person`."""

    def __init__(self, person: Person, access: Access) -> None:
        self.person, self.access = person, access
        self.line = PersonLine(person, access)

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """Label and value of the person's own facts; sex, child and status stand elsewhere on the page."""
        fields = {field.name: field for field in Person._meta.concrete_fields}
        facts = {name: in_words(self.person, fields[name], texts=True) or "–" for name in SHOWN}
        further = in_words(self.person, fields["further_citizenships"], texts=True)
        facts["citizenship"] = ", ".join(one for one in (facts["citizenship"], further) if one)
        return [(str(LABELS[name]), words) for name, words in facts.items()]

    @cached_property
    def identifications(self) -> list[Identification]:
        rows: Any = Identification.objects.filter(person=self.person).select_related(
            "agency", "county", "channel"
        )
        return list(rows.order_by("identified_on", "pk"))

    @cached_property
    def exploitations(self) -> list[Any]:
        rows = Exploitation.objects.filter(person=self.person)
        found: list[Any] = list(rows.select_related("purpose", "sector", "sexual_form", "county"))
        labels = {"acts": _("Acts"), "means": _("Improper means"), "controls": _("Control methods")}
        for row in found:
            row.chosen = [
                (
                    label,
                    [said for _key, said in self.codes[row.pk, name]],
                    str(ListAnswer(getattr(row, f"{name}_answer")).label),  # what an empty list means
                )
                for name, label in labels.items()
            ]
        return found

    @cached_property
    def codes(self) -> dict[tuple[int, str], list[tuple[str, str]]]:
        """Acts, means and controls of every exploitation, each with its key, in one query."""
        first, *others = (_chosen(name, self.person.pk) for name in Exploitation.LISTS)
        rows = first.union(*others, all=True)
        return by_key(((row, name), (key, localised(sv, en))) for name, row, key, sv, en in rows)

    @cached_property
    def palermo(self) -> Palermo:
        stated: dict[str, list[str]] = defaultdict(list)
        for (_row, name), codes in self.codes.items():
            stated[name] += [key for key, _label in codes]
        purposes = [exploitation.purpose_id for exploitation in self.exploitations]
        return palermo(stated["acts"], stated["means"], purposes, self.person.child)

    @cached_property
    def measures(self) -> list[Any]:
        return measures_of([self.line], self.access)

    @cached_property
    def steps(self) -> tuple[ManualStep, ...]:
        identified = [
            (1, StepEntry("", (self.line.short,), row.identified_on, str(row.agency)))
            for row in self.identifications
        ]
        return manual_steps(identified, [self.line], self.measures, self.person.case)

    @cached_property
    def reflections(self) -> list[Reflection]:
        return reflections(self.measures, self.access.today)

    @cached_property
    def transfers(self) -> list[Transfer]:
        """What own region has asked or answered before, the latest first: not what two others had between
        them."""
        if not self.person.transferred:
            return []
        rows = Transfer.objects.visible_to(self.access).filter(person=self.person)
        answered = rows.exclude(answer=RequestAnswer.PENDING).select_related("from_region", "to_region")
        return list(answered.order_by("-answered_at", "-pk"))


def _chosen(name: str, person: int) -> QuerySet[Any, Any]:
    through = getattr(Exploitation, name).through.objects.filter(exploitation__person=person)
    return through.order_by().values_list(
        Value(name), "exploitation_id", "code_id", "code__label_sv", "code__label_en"
    )


@require_safe
def detail(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    person = readable_person(access, code)
    return render(request, "cases/person.html", {**shown(access, person), **hints(access, person)})


def shown(access: Access, person: Person) -> dict[str, Any]:
    """What the page of a person says, and each of its sections."""
    return {
        "page": PersonPage(person, access),
        "person": person,
        "add_measure_url": reverse("cases:add_measure", args=[person.code]),
        **rights(access, person),
        **crumbs("", person.case, person),
    }


def rights(access: Access, person: Person) -> dict[str, bool]:
    return {
        "may_edit": person.own,
        "may_transfer": person.own and person.waiting is None,
        "may_complete": person.own or can_complete_person(access, person),
    }


@form_view
def edit(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    person = completable_person(request.access, code)
    title = _("Change the facts of the person")
    return edit_page(request, person, EditPersonForm, edit_person, title, person.case, person)


@form_view
def status(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    person = editable_person(request.access, code)
    title = _("Change the status")
    help_text = _("Presumed, declined and identified victims and those under assessment are counted.")
    rows = (person.case, person)
    return edit_page(request, person, StatusForm, change_status, title, *rows, help=help_text)


@form_view
def indicators(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access, sent = request.access, posted(request)
    person = (readable_person if sent is None else editable_person)(access, code)
    given = dict(PersonIndicator.objects.filter(person=person).values_list("code", "answer"))
    form = IndicatorsForm(sent, given=given, lists=Lists(access.today, access))
    if form.ready():
        answer_indicators(person=person, answers=form.answers(), by=access)
        return lead_on(
            request, _("The answers are saved. The status is as it was."), "cases:indicators", person.code
        )
    context = {"form": form, "person": person, "groups": grouped(form, given), **rights(access, person)}
    return render(
        request, "cases/indicators.html", {**context, **crumbs(_("Indicators"), person.case, person)}
    )


def grouped(form: IndicatorsForm, given: dict[str, str]) -> list[dict[str, Any]]:
    """The six groups, each with its fields and how many of its signs were seen."""
    return [
        {
            "name": name,
            "fields": [form[word] for word in form.fields if word.startswith(letters)],
            "seen": sum(a == "yes" for k, a in given.items() if k.startswith(f"indicator:{letters}")),
        }
        for letters, name in GROUPS.items()
    ]


ROWS = (
    *("case__responsible", "responsible_region", "first_county", "first_channel"),
    *("main__purpose", "main__sector"),
)


@require_safe
def person_list(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access.require(May.VIEW_CASE)
    listed = PersonList(request.GET, access)
    columns = ListChoice(listed, LastList.PERSONS, OF_PERSONS, access)
    shown = listed.page(_in_list)
    offered = offered_to([row.pk for row in shown.rows], access) if columns.shows["measures"] else {}
    lines = [_line(row, offered.get(row.pk, ""), access) for row in shown.rows]
    return columns.response(request, "cases/person_list.html", shown, {"lines": lines})


def _in_list(persons: PersonQuerySet, _access: Access) -> PersonQuerySet:
    facts = {"main_purpose": F("main__purpose"), "main_sector": F("main__sector")}
    return persons.with_main().with_demanded().annotate(**facts).select_related(*ROWS)


def _line(row: Any, given: str, access: Access) -> Any:
    line: Any = PersonLine(row, access)
    main = row.main
    line.why = purpose_in_words(main.purpose_id, str(main.purpose), str(main.sector or "")) if main else ""
    line.source = source_of(row.first_channel, from_call=row.case.opened_from_call)
    line.given, line.state_tag = given, STATE_TAGS[row.case.state]
    return line
