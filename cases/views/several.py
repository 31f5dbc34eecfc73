"""Change several persons: the grid of those that are stored, the missing facts first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from cases.actions.several import PersonEdit, edit_persons
from cases.forms.lists import Lists, ListWords
from cases.forms.person import MOST
from cases.forms.several import COLUMNS, LISTS, StoredPersonSet, stored, words_of
from cases.models import Case
from cases.readings import note_list
from cases.several import as_sent, changed, edits_of, joined, lacking, next_incomplete, persons_of
from cases.views.case import crumbs

PREFIX: Final = "row"


@require_http_methods(["GET", "HEAD", "POST"])
def change_persons(request: AuthenticatedRequest) -> HttpResponse:
    """Of the cases that the address or the list names; a grid that was sent names its persons itself."""
    access = request.access
    access.require(May.EDIT_CASE)
    sent = request.POST if f"{PREFIX}-TOTAL_FORMS" in request.POST else None
    cases = [code for code in (request.GET or request.POST).getlist("case") if len(code) == 36][:MOST]
    grid = SentGrid(sent, access) if sent else Grid(cases, request.GET.get("missing", ""), access)
    if not grid.edits:
        messages.warning(request, _("Choose at least one case of your region, with persons in it."))
        return redirect("cases:list")
    if isinstance(grid, SentGrid) and grid.save(access):
        return _saved(request, grid)
    note_list(access, "person", len(grid.edits), how="grid")
    return render(request, "cases/several.html", _context(grid, access))


class Grid:
    """The stored persons of some cases, in rows to be changed."""

    def __init__(self, cases: list[str], first: str, access: Access) -> None:
        """`first`: the column that somebody came to fill in."""
        self.lists = Lists(access.today, access)
        people = persons_of(cases, access, MOST)
        found = edits_of([str(person.code) for person in people], access)
        self.edits = {str(person.code): found[str(person.code)] for person in people}
        self.lacking = lacking(self.edits.values())
        self.columns = in_order(self.lacking, first)
        initial = [{"code": code, "was": as_sent(edit), **stored(edit)} for code, edit in self.edits.items()]
        self.rows: Any = StoredPersonSet(prefix=PREFIX, initial=initial, form_kwargs=self.given)

    @property
    def given(self) -> dict[str, Any]:
        return {"lists": self.lists, "edits": self.edits}

    @property
    def words(self) -> dict[str, ListWords]:
        """What each column that is typed may be."""
        return {name: words_of(name, self.lists) for name in ("citizenship", *LISTS)}

    @property
    def lines(self) -> list[tuple[Any, PersonEdit | None, list[Any]]]:
        """Each row of the page: its form, the person, and its cells in the order of the columns."""
        return [(form, form.edit, [form[name] for name in self.columns]) for form in self.rows]


class SentGrid(Grid):
    """What came back, held against what is stored now. The rows are locked until it has been answered."""

    def __init__(self, sent: QueryDict, access: Access) -> None:
        self.lists = Lists(access.today, access)
        codes = [str(value) for name, value in sent.items() if name.endswith("-code")]
        self.edits = edits_of([code for code in codes if len(code) == 36][:MOST], access, lock=True)
        self.lacking = lacking(self.edits.values())
        self.columns = in_order(Counter(), "", sent.get("columns", ""))
        self.data = sent.copy()
        labels = {name: words.labels for name, words in self.words.items()}
        self.both = joined(
            self.data, PREFIX, self.edits, lambda name, key: labels.get(name, {}).get(key, key)
        )
        self.rows = StoredPersonSet(self.data, prefix=PREFIX, form_kwargs=self.given)

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
    if sent and sorted(sent.split(",")) == sorted(COLUMNS):
        return sent.split(",")
    return sorted(COLUMNS, key=lambda name: (name != first, -missing.get(name, 0), COLUMNS.index(name)))


def cases_of(grid: Grid, access: Access) -> list[Case]:
    pks = {edit.person.case_id for edit in grid.edits.values()}
    return list(Case.objects.visible_to(access).filter(pk__in=pks))


def _context(grid: Grid, access: Access) -> dict[str, Any]:
    cases = cases_of(grid, access)
    case = cases[0] if len(cases) == 1 else None
    title = _("Change several persons")
    return {
        "grid": grid,
        "case": case,
        "number": len(cases),
        "title": title,
        "most": MOST if len(grid.edits) == MOST else 0,
        "heads": [(grid.rows.forms[0][name].label, grid.lacking.get(name, 0)) for name in grid.columns],
        **(
            crumbs(case, (title, ""))
            if case
            else {"breadcrumbs": [(_("Cases"), reverse("cases:list")), (title, "")]}
        ),
    }


def _saved(request: AuthenticatedRequest, grid: SentGrid) -> HttpResponse:
    """To the case, or the list; the message leads on to the next case that lacks something."""
    codes = [str(case.code) for case in cases_of(grid, request.access)]
    said = ngettext("%(n)d person is changed.", "%(n)d persons are changed.", grid.number) % {
        "n": grid.number
    }
    following = next_incomplete(request.access, codes)
    if following is not None:
        address = f"{reverse('cases:change_persons')}?case={following.code}"
        onward = _("Next case with something missing: %(number)s") % {"number": following.number}
        said = format_html('{} <a href="{}">{}</a>', said, address, onward)
    messages.success(request, said)
    return redirect("cases:detail", codes[0]) if len(codes) == 1 else redirect("cases:list")
