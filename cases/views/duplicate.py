"""Possible duplicates: side by side within scope; across regions a question that shows nothing of the other
record. Those from spreadsheets have a list of their own, in the order of what they change."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, bypass_policies, lead_on, posted
from accounts.roles import May
from audit.writer import record
from cases.access_log import note_reading
from cases.actions import duplicates as actions
from cases.choices import Decision
from cases.duplicates.comparison import ORDER, ComparedFact, pairs, side_by_side, why
from cases.duplicates.records import records
from cases.duplicates.scoring import compare
from cases.forms.acts import DecisionForm
from cases.forms.fields import Lists
from cases.models import DuplicateReview, Identification, Person
from cases.pages import COUNT_TO, Order, up_to
from cases.views.fetch import form_view
from cases.views.list_page import page_of

ROWS = ("first", "second", "by")
SHOWN = 50
LATEST: Final = Order(("-at", "-pk"))
SAVED: Final = {
    Decision.SAME: gettext_lazy("Your judgement is saved. The person is counted once."),
    Decision.DIFFERENT: gettext_lazy(
        "Your judgement is saved. They are two persons, and each record counts."
    ),
    Decision.UNSURE: gettext_lazy("Your judgement is saved. Until somebody knows, each record counts."),
}


@require_safe
@bypass_policies("duplicates")
def duplicates(request: AuthenticatedRequest) -> HttpResponse:
    """What waits for a judgement, the most alike first; then what was judged, the latest first."""
    access = request.access.require(May.REVIEW_DUPLICATE)
    registered = DuplicateReview.objects.visible_to(access).of_registered()
    rows = registered.filter(decision__in=[Decision.OPEN, Decision.UNSURE])
    shown = list(rows.select_related("first", "second").order_by("-similarity", "pk")[: SHOWN + 1])
    questions = list(DuplicateReview.objects.waiting_for(access).order_by("asked_at")[: SHOWN + 1])
    rows = DuplicateReview.objects.judged_for(access).select_related("first", "second")
    judged, further = page_of(request.GET, rows, LATEST)
    for row in judged:
        row.own = actions.own_records(row, access)
        row.other_number = _number_elsewhere(row, row.own)
    record(access, "duplicate.list", rows=len(shown) + len(judged))
    context = {
        "reviews": shown[:SHOWN],
        "questions": questions[:SHOWN],
        "cut": SHOWN if max(len(shown), len(questions)) > SHOWN else 0,
        "judged": judged,
        "taken_over": pairs(access).exists(),
        **further,
    }
    return render(request, "cases/duplicates.html", context)


@require_safe
@bypass_policies("duplicates")
def imported_duplicates(request: AuthenticatedRequest) -> HttpResponse:
    """What waits for a judgement, in the order of what it changes. Across regions only that there is
    something: the page of the own record asks."""
    access = request.access.require(May.REVIEW_DUPLICATE)
    rows = pairs(access)
    shown, further = page_of(request.GET, rows, ORDER)
    count = up_to(rows).count()
    record(access, "duplicate.list", rows=len(shown), search_kind="taken_over")
    context = {
        "lines": [(row, why(row)) for row in shown],
        "count": count,
        "more": COUNT_TO if count > COUNT_TO else 0,
        **further,
        "breadcrumbs": [(_("Possible duplicates"), reverse("cases:duplicates")), (_("Taken over"), "")],
    }
    return render(request, "cases/imported_duplicates.html", context)


@form_view
@bypass_policies("duplicates")
def duplicate(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """Both records side by side, when both are in scope; the own one alone, when another region asks."""
    access = request.access
    review, asked = _find(access, code)
    access.require(May.REVIEW_DUPLICATE)
    form = DecisionForm(posted(request), lists=Lists(access.today))
    if form.ready():
        decision = Decision(form.cleaned_data["decision"])
        actions.decide(review, decision=decision, reason=form.cleaned_data["reason"], by=access)
        return lead_on(request, str(SAVED[decision]), _queue(review, asked=asked))
    persons = actions.own_records(review, access) if asked else [review.first, review.second]
    for person in persons:
        note_reading(access, person, how="duplicate")
    context = {
        "review": review,
        "form": form,
        "asked": asked,
        "persons": persons,
        "lines": _lines(persons, access),
        "elsewhere": _number_elsewhere(review, persons),
        "stays": None if asked else _stays(persons),
        "breadcrumbs": [(_("Possible duplicates"), reverse("cases:duplicates")), (_("Judge"), "")],
    }
    return render(request, "cases/duplicate.html", context)


@require_POST
@bypass_policies("duplicates")
def ask(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    review = get_object_or_404(
        DuplicateReview.objects.of_own_record(access).select_related("second"), code=code
    )
    access.require(May.REVIEW_DUPLICATE)
    try:
        actions.ask_other_region(review, by=access)
        messages.success(request, _("The question is sent. You are notified when it is answered."))
    except actions.TooManyQuestions:
        text = _("At most %(n)d questions a day can be sent to other regions. Try again tomorrow.")
        messages.warning(request, text % {"n": actions.PAIRS_A_DAY})
    return redirect(review.second)


def _number_elsewhere(review: DuplicateReview, own: list[Person]) -> str:
    """Return the number of the other region's record, by which it is judged: empty where there is none, or
    where another region has been asked, since neither sees the other's."""
    return "" if len(own) != 1 or review.asked_at else review.other_than(own[0]).number


def _find(access: Access, code: uuid.UUID) -> tuple[DuplicateReview, bool]:
    """The review, and whether one of its records is another region's."""
    rows = DuplicateReview.objects.select_related(*ROWS)
    own = rows.visible_to(access).filter(code=code).first()
    if own is not None:
        return own, False
    return get_object_or_404(rows.waiting_for(access) | rows.judged_across(access), code=code), True


def _queue(review: DuplicateReview, *, asked: bool) -> str:
    """Where it stood. Whether another region's record came from a spreadsheet is not disclosed."""
    taken_over = not asked and True in (review.first.taken_over, review.second.taken_over)
    return "cases:taken_over_duplicates" if taken_over else "cases:duplicates"


def _stays(persons: list[Person]) -> Person | None:
    """Of two records the one that is counted if they are one person; None where that is a third one."""
    by_key = {person.pk: person for person in persons}
    seen = actions.identifications(actions.tied(set(by_key)))
    return by_key.get(min(seen.values()).person)


def _lines(persons: list[Person], access: Access) -> list[ComparedFact]:
    """Of another region's record nothing, not even whether a fact agrees."""
    found = records(Person.objects.filter(pk__in=[person.pk for person in persons]))
    shown = [found[person.pk] for person in persons]
    references: dict[str, dict[str, None]] = defaultdict(dict)  # of own records, each once, in their order
    rows = Identification.objects.visible_to(access).filter(person__in=persons)
    for row in rows.order_by("identified_on", "pk"):
        if row.reference:
            references[found[row.person_id].key][row.reference] = None
    given = {key: ", ".join(texts) for key, texts in references.items()}
    return side_by_side(shown, compare(shown[0], shown[1]) if len(shown) == 2 else None, given)


@bypass_policies("duplicates")
def hints(access: Access, person: Person) -> dict[str, Any]:
    """For the person's page, in one query: reviews in scope, and whether another region may have the person
    too. Of several, one that another region can still be asked about comes first."""
    if not access.may(May.REVIEW_DUPLICATE) or not person.own:
        return {}
    rows = DuplicateReview.objects.about(person).select_related("first", "second").order_by("-similarity")
    own, elsewhere = [], []
    for row in rows:
        other = row.other_than(person)
        if other.responsible_region_id in access.regions:
            own.append((row, other))
        elif row.second_id == person.pk or row.decision != Decision.OPEN:
            elsewhere.append(row)
    others: dict[int | None, Person] = {other.pk: other for _row, other in own}
    elsewhere.sort(key=lambda row: (row.decision != Decision.OPEN, row.asked_at is not None))
    return {
        "duplicates": own,
        "elsewhere": next(iter(elsewhere), None),
        "kept": others.get(person.same_as_id),
    }
