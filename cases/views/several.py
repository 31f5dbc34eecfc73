"""The stored persons of the grid: which they are, what they lack, and what a sent grid makes of them.

Change several persons: the grid of those that are stored, the missing facts first.

The same change of several cases, chosen in the list: first what will happen, then the change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter, itemgetter
from typing import Any, Final

from django.contrib import messages
from django.db.models import Case as Either, Model, Q, QuerySet, Value, When
from django.forms import BaseFormSet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST

from accounts.access import Access, AuthenticatedRequest, lead_on, turn_back
from accounts.roles import May
from audit.writer import record
from cases.access_log import note_list
from cases.actions.base import Conflict
from cases.actions.cases import assign_cases, close_cases
from cases.actions.persons import PersonEdit, edit_persons
from cases.choices import CLOSED_STATES, OPEN_STATES
from cases.concerns import INCOMPLETE, missing_of
from cases.forms.case import ManyCasesForm
from cases.forms.fields import Lists, ListWords
from cases.forms.grid import COLUMNS, TYPED, StoredPersonSet, attname, rows_of, stored, words_of
from cases.forms.person import MOST
from cases.models import Case, Exploitation, Identification, Person
from cases.views.case import with_persons
from cases.views.fetch import crumbs, form_view
from libs.groups import grouped

CELLS: Final = itemgetter(*COLUMNS)  # of what is stored
BETWEEN: Final = "|"  # no key has one
PREFIX: Final = "row"
CHOSEN: Final = 200  # cases that are changed at once


def codes_in(sent: Iterable[str], most: int) -> list[str]:
    """Those of what was sent that may be codes of rows, the first of them."""
    return [code for code in sent if len(code) == 36][:most]


def persons_of(cases: Iterable[str], access: Access) -> list[Person]:
    """Those of one's own region in these cases, the incomplete first, then by number; at most `MOST`."""
    rows = Person.objects.in_own_region(access).with_main().filter(case__code__in=list(cases))
    lacking = Either(When(INCOMPLETE, then=Value(0)), default=Value(1))
    return list(rows.alias(lacking=lacking).order_by("lacking", "case__opened_on", "case", "position")[:MOST])


def edits_of(codes: Iterable[str], access: Access, *, lock: bool = False) -> dict[str, PersonEdit]:
    """By the person's code: the rows that the grid changes, as they are stored. Three queries."""
    persons = Person.objects.in_own_region(access).with_demanded().filter(code__in=list(codes))
    rows = persons.select_related("case").order_by("pk")
    people = list(rows.select_for_update(of=("self",)) if lock else rows)
    purposes, identifications = _parts(Exploitation, people), _parts(Identification, people, "identified_on")
    edits = {}
    for person in people:
        main = {row.is_main: row for row in purposes[person.pk]}.get(True)
        further = frozenset(row.purpose_id for row in purposes[person.pk] if not row.is_main)
        edits[str(person.code)] = PersonEdit(person, main, identifications[person.pk][0], further)
    return edits


def _parts(model: type[Model], people: Sequence[Person], *order: str) -> dict[int, list[Any]]:
    """The parts of each person, by the person's key."""
    rows: QuerySet[Any] = model._default_manager.filter(person__in=people)
    return grouped(rows.order_by(*order, "pk"), attrgetter("person_id"))


def lacking(edits: Iterable[PersonEdit]) -> Counter[str]:
    """Of each column that somebody lacks, how many do."""
    found: Counter[str] = Counter()
    for edit in edits:
        purpose, sector = (edit.main.purpose_id, edit.main.sector_id) if edit.main else (None, None)
        found.update({*COLUMNS}.intersection(missing_of(edit.person, purpose, sector)))
    return found


def as_sent(edit: PersonEdit) -> str:
    """What a row was when the page was made, as it travels with it."""
    return BETWEEN.join(CELLS(stored(edit)))


def joined(
    data: QueryDict, edits: dict[str, PersonEdit], said: Callable[[str, Any], str]
) -> dict[str, list[str]]:
    """Bring `data` up to date, and return the columns of each row in which two have written.

    A cell that its sender left alone gets what somebody else has stored meanwhile, and every row the present
    state as what it was. `said(name, key)`: the words that a cell shows for what is stored.
    """
    both: dict[str, list[str]] = {}
    for row in range(int(data.get(f"{PREFIX}-TOTAL_FORMS") or 0)):
        at = f"{PREFIX}-{row}"
        edit = edits.get(data.get(f"{at}-code", ""))
        if edit is None:
            continue
        now, was = stored(edit), dict(zip(COLUMNS, data.get(f"{at}-was", "").split(BETWEEN), strict=False))
        for name in COLUMNS:
            if now[name] == was.get(name, now[name]):
                continue
            if data.get(f"{at}-{name}", "") in {was[name], said(name, was[name])}:
                data[f"{at}-{name}"] = said(name, now[name])
            else:
                both.setdefault(at, []).append(name)
        data[f"{at}-was"] = as_sent(edit)
    return both


def changed(edit: PersonEdit, cleaned: dict[str, Any]) -> PersonEdit:
    """The same rows as the sent row has them."""
    now = stored(edit)
    new = {name: cleaned[name] or None for name in COLUMNS if cleaned[name] != now[name]}
    if edit.main is None and cleaned["main_purpose"]:
        edit = replace(edit, main=Exploitation(person=edit.person, is_main=True))
    for row, columns in rows_of(edit):
        if row is not None:
            for name in columns.keys() & new.keys():
                setattr(row, attname(row, columns[name]), new[name])
    return replace(edit, fields=frozenset(new))


def next_incomplete(access: Access, apart_from: Iterable[str]) -> Case | None:
    """The case of one's own region in which a person lacks something yet: open ones first, of them those that
    one is responsible for, then the newest."""
    rows = Person.objects.in_own_region(access).with_main().filter(INCOMPLETE)
    cases = Case.objects.in_own_region(access).filter(Q(pk__in=rows.values("case")))
    own = When(state__in=OPEN_STATES, responsible=access.user, then=0)
    rank = Either(own, When(state__in=OPEN_STATES, then=1), default=2)
    return cases.exclude(code__in=list(apart_from)).order_by(rank, "-opened_on", "-pk").first()


@form_view
def change_persons(request: AuthenticatedRequest) -> HttpResponse:
    """Of the cases that the address or the list names; a grid that was sent names its persons itself."""
    access = request.access.require(May.EDIT_CASE)
    if f"{PREFIX}-TOTAL_FORMS" in request.POST:
        grid: PersonGrid = SentGrid(request.POST, access)
    else:
        cases = codes_in((request.GET or request.POST).getlist("case"), MOST)
        grid = PersonGrid(cases, request.GET.get("missing", ""), access)
    if not grid.edits:
        return turn_back(
            request, _("Choose at least one case of your region, with persons in it."), "cases:list"
        )
    if isinstance(grid, SentGrid) and grid.save(access):
        return _saved(request, grid)
    note_list(access, "person", len(grid.edits), how="grid")
    return render(request, "cases/several.html", _context(grid, cases_of(grid, access)))


class PersonGrid:
    def __init__(self, cases: list[str], first: str, access: Access) -> None:
        """`first`: the column that somebody came to fill in."""
        self.lists = Lists(access.today, access)
        codes = [str(person.code) for person in persons_of(cases, access)]
        found = edits_of(codes, access)
        self.edits = {code: found[code] for code in codes}
        self.lacking = lacking(self.edits.values())
        self.columns = in_order(self.lacking, first)
        initial = [{"code": code, "was": as_sent(edit), **stored(edit)} for code, edit in self.edits.items()]
        self.rows: Any = self.forms(initial=initial)

    def forms(self, data: QueryDict | None = None, initial: Any = None) -> BaseFormSet[Any]:
        given = {"lists": self.lists, "edits": self.edits}
        return StoredPersonSet(data, prefix=PREFIX, form_kwargs=given, initial=initial)

    @property
    def words(self) -> dict[str, ListWords]:
        """What each column that is typed may be."""
        return {name: words_of(name, self.lists) for name in TYPED}

    @property
    def lines(self) -> list[tuple[Any, PersonEdit | None, list[Any]]]:
        """Each row of the page: its form, the person, and its cells in the order of the columns."""
        return [(form, form.edit, [form[name] for name in self.columns]) for form in self.rows]


class SentGrid(PersonGrid):
    """What came back, held against what is stored now. The rows are locked until it has been answered."""

    def __init__(self, sent: QueryDict, access: Access) -> None:
        self.lists = Lists(access.today, access)
        codes = codes_in((str(value) for name, value in sent.items() if name.endswith("-code")), MOST)
        self.edits = edits_of(codes, access, lock=True)
        self.lacking = lacking(self.edits.values())
        self.columns = in_order(Counter(), "", sent.get("columns", ""))
        self.data = sent.copy()
        labels = {name: words.labels for name, words in self.words.items()}
        self.both = joined(self.data, self.edits, lambda name, key: labels.get(name, {}).get(key, key))
        self.rows = self.forms(self.data)

    def save(self, access: Access) -> bool:
        """Whether all of it could be kept: nothing is, as long as one row is wrong or was changed by two."""
        valid = self.rows.is_valid()
        for form in self.rows:
            for name in self.both.get(form.prefix, ()):
                now = form[name].field.prepare_value(stored(form.edit)[name]) or _("nothing")
                form.add_error(
                    name,
                    _("Somebody else has entered “%(value)s” meanwhile. Save again if yours is right.")
                    % {"value": now},
                )
        if not valid or self.both:
            return False
        edits = [changed(form.edit, form.cleaned_data) for form in self.rows]
        self.number = edit_persons(edits=edits, by=access)
        return True


def in_order(missing: Mapping[str, int], first: str, sent: str = "") -> list[str]:
    """The columns: the one that is come for, what most lack, then the rest; as they were when sent back."""
    if sorted(sent.split(",")) == sorted(COLUMNS):
        return sent.split(",")
    return sorted(COLUMNS, key=lambda name: (name != first, -missing.get(name, 0), COLUMNS.index(name)))


def cases_of(grid: PersonGrid, access: Access) -> list[Case]:
    pks = {edit.person.case_id for edit in grid.edits.values()}
    return list(Case.objects.visible_to(access).filter(pk__in=pks))


def _context(grid: PersonGrid, cases: list[Case]) -> dict[str, Any]:
    case = cases[0] if len(cases) == 1 else None
    title = _("Change several persons")
    return {
        "grid": grid,
        "case": case,
        "title": title,
        "most": MOST if len(grid.edits) == MOST else 0,
        "heads": [(grid.rows.forms[0][name].label, grid.lacking[name]) for name in grid.columns],
        **crumbs(title, case),
    }


def _saved(request: AuthenticatedRequest, grid: SentGrid) -> HttpResponse:
    """To the case, or the list; the message leads on to the next case that lacks something."""
    codes = [str(case.code) for case in cases_of(grid, request.access)]
    n = grid.number
    message = ngettext("%(n)d person is changed.", "%(n)d persons are changed.", n) % {"n": n}
    following = next_incomplete(request.access, codes)
    if following is not None:
        address = f"{reverse('cases:change_persons')}?case={following.code}"
        onward = _("Next case with something missing: %(number)s") % {"number": following.number}
        message = format_html('{} <a href="{}">{}</a>', message, address, onward)
    return lead_on(request, message, "cases:detail", codes[0]) if len(codes) == 1 else redirect("cases:list")


@require_POST
def preview(request: AuthenticatedRequest) -> HttpResponse:
    """Step by step by `go`: choose what to do, see what will happen, do it."""
    access = request.access.require(May.EDIT_CASE)
    cases = chosen(request)
    if not cases:
        return turn_back(request, _("Choose at least one case in the list first."), "cases:list")
    go = request.POST.get("go", "choose")
    form = ManyCasesForm(request.POST if go != "choose" else None, access=access, lists=Lists(access.today))
    if go == "do" and form.is_valid():
        return carry_out(request, form, cases)
    with_persons(cases, access)
    if go == "choose":
        record(access, "case.list", rows=len(cases), search_kind="chosen")
    shown = form.is_valid()
    effects = [effect(form.cleaned_data, case) for case in cases] if shown else [""] * len(cases)
    context = {
        "form": form,
        "lines": list(zip(cases, effects, strict=True)),
        "shown": shown,
        "changing": len(cases) - effects.count(""),
    }
    context |= crumbs(_("Several cases"))
    return render(request, "cases/many_cases.html", context)


def chosen(request: AuthenticatedRequest) -> list[Any]:
    """The chosen cases that the person may change; those of other regions are left out."""
    codes = codes_in(request.POST.getlist("case"), CHOSEN)
    own = Case.objects.visible_to(request.access).with_own(request.access)
    rows = own.filter(Q(changeable=True), code__in=codes)
    return list(rows.select_related("region", "responsible").order_by("number"))


def effect(facts: dict[str, Any], case: Case) -> str:
    """What will happen to one case; empty when nothing does."""
    if facts["action"] == "close":
        if case.state in CLOSED_STATES:
            return ""
        return _("Closing: %(reason)s") % {"reason": facts["close_reason"]}
    old, new, nobody = case.responsible, facts["responsible"], _("nobody")
    if old == new:
        return ""
    return _("Responsible: %(old)s → %(new)s") % {"old": old or nobody, "new": new or nobody}


def carry_out(request: AuthenticatedRequest, form: ManyCasesForm, cases: list[Any]) -> HttpResponse:
    facts = form.cleaned_data
    try:
        if facts["action"] == "close":
            number = close_cases(cases=cases, reason=facts["close_reason"], by=request.access)
        else:
            number = assign_cases(cases=cases, responsible=facts["responsible"], by=request.access)
    except Conflict as conflict:
        text = _("Case %(number)s was changed meanwhile. Nothing is changed; try again.")
        messages.error(request, text % {"number": conflict.saved})
    else:
        text = ngettext("%(n)d case is changed.", "%(n)d cases are changed.", number)
        messages.success(request, text % {"n": number})
    return redirect("cases:list")
