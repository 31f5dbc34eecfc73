"""The code itself: rows of casework are reached through row access, and selected by nothing sensitive.

Every `Person.objects` and its like must go on with a word of row access, unless it stands below with the
reason why not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from django.contrib import admin
from django.urls import get_resolver

from cases.admin.base import CaseworkAdmin
from cases.facts import IN_ROWS, OF_PERSON
from cases.views.call import CallFilterForm
from cases.views.case_filter import CaseFilterForm, CaseList, PersonFilterForm, PersonList
from tests.ours import APPS

ROOT: Final = Path(__file__).resolve().parent.parent

MODELS: Final = {
    "AccessGrant", "Call", "Case", "Draft", "DuplicateReview", "Exploitation", "ExportFile", "HeadingMap",
    "Identification", "ImportRun", "ImportUpload",
    "Measure", "Message", "Misregistration", "Notification", "Person", "PersonIndicator", "SuspectCount",
    "Transfer",
}  # fmt: skip
MANAGERS: Final = {"objects", "_default_manager", "_base_manager", "history"}
ROW_ACCESS: Final = {
    "visible_to",
    "visible_parts",
    "whole_for",
    "changeable_by",
    "totals_for",
    "left_own_region",
    "in_own_region",
    "waiting_for",
    "judged_across",
    "for_extract",
    "of_own_record",
    "hints_for",
    "asked_by_oneself",
    "none",
}
# They lead from a row that came through row access to rows of another scope: a granted case has other
# regions' persons.
RELATED: Final = {"persons", "calls", "transfers", "grants", "follow_ups", "duplicates", "reviews_as_first"}
ASKS: Final = {
    "all",
    "filter",
    "exclude",
    "get",
    "first",
    "last",
    "count",
    "exists",
    "values",
    "values_list",
    "order_by",
    "annotate",
    "aggregate",
    "select_related",
    "iterator",
}

# Whole modules. They write, they check the register as a whole, or they are row access.
FREE: Final = {
    "cases/actions/": "verbs: they lock and check the row that a view has fetched through row access",
    "cases/demo/": "invents a register",
    "cases/migrations/": "the schema",
    "cases/models/": "the rows themselves",
    "cases/scope.py": "row access",
    "cases/querysets.py": "row access",
    "cases/integrity.py": "check_register: names the first fault by number, on the server's console",
    "nmt_site/management/commands/check_register.py": "counts of everything, on the server's console",
    "nmt_site/management/commands/rotate_keys.py": "re-encrypts, and shows nothing",
    "nmt_site/management/commands/purge_exports.py": "removes what has expired, on the server's console",
    "cases/access_log.py": "writes to the trail which row was refused, and tells the reader nothing",
    "cases/duplicates/records.py": "compares across regions; what it returns is a pair, shown by row access to reviews",  # noqa: E501
    "nmt_site/management/commands/demo.py": "asks whether the register is empty",
    "retention/archive.py": "the package of a year, on the server's console: without what is sealed",
    "retention/delete_plan.py": "disposes of rows, as two persons decided: pages are told how many",
    "retention/disposal.py": "disposes of rows, as two persons decided: pages are told how many, never which",
    "retention/due.py": "counts what is due, on the server's console: how many, never which",
    "nmt_site/backup.py": "counts what a restored back-up holds, in a database that is thrown away",
}
# Single functions: they start from rows that came through row access.
STARTS_FROM: Final = {
    "retention/due.py": {"of_case"},  # a case that the page has found
    "exchange/runs.py": {"_keep_run", "put", "purge"},
    "cases/admin/pages.py": {"rarest_of"},
    "cases/drafts.py": {"keep", "purge"},
    "exchange/downloads.py": {"purge"},
    "cases/htcds.py": {"_stored"},
    "cases/export_rows.py": {"person_query"},
    "cases/extract.py": {"elsewhere", "_sections", "_of_persons", "_messages"},
    "cases/messages.py": {"about"},
    # What own regions had before it left them: by a number or reference that the file names.
    "cases/importing/stored.py": {
        "last_positions",
        "leavers",
        "_transferred",
        "_removed",
        "cases_that_left",
    },
    "cases/snapshots.py": {"last_registration"},
    "cases/importing/importer.py": {"persons_of", "take_back"},  # the journal of an import of one's own
    "cases/inbox/own.py": {"_closed_since"},
    "cases/views/call.py": {"changes_of"},
    "cases/views/case.py": {"suspects"},
    "cases/views/duplicate.py": {"duplicates", "_find", "_lines", "hints"},
    "cases/duplicates/comparison.py": {"pairs"},
    "cases/views/fetch.py": {"_with_facts_of_case", "with_facts"},
    "cases/views/person.py": {"identifications", "exploitations", "indicators"},
    "summaries/counting/counts.py": {"waited", "purposes_held"},
    "summaries/estimates/source.py": {"known_persons", "_identified", "_counted_persons", "sent_on"},
    "summaries/counting/summary.py": {"pairs_of"},
}


NAMED: Final = re.compile(rf"\b(?:{'|'.join(MODELS)})\b|\.(?:{'|'.join(RELATED)})\.")


def reached(tree: ast.AST) -> Iterator[tuple[str, int, str]]:
    """(function, line, what) of every way to rows of casework that is not through row access."""
    for function, node in _with_function(tree, ""):
        if isinstance(node, ast.Attribute) and _is_manager(node.value) and node.attr not in ROW_ACCESS:
            yield function, node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Call) and _is_shortcut(node):
            yield function, node.lineno, ast.unparse(node)[:60]
        elif isinstance(node, ast.Attribute) and node.attr in ASKS and _is_related(node.value):
            yield function, node.lineno, ast.unparse(node)


def _is_related(node: ast.AST) -> bool:
    """`case.persons`, `self.case.persons`: a manager of a row, and not a plain dict of that name."""
    if not isinstance(node, ast.Attribute) or node.attr not in RELATED:
        return False
    row = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    return row in {"case", "person", "call", "row", "obj", "instance"}


def _with_function(node: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.FunctionDef) else function
        yield inside, child
        yield from _with_function(child, inside)


def _is_manager(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in MANAGERS
        and (isinstance(node.value, ast.Name) and node.value.id in MODELS)
    )


def _is_shortcut(node: ast.Call) -> bool:
    """`get_object_or_404(Case, …)` takes the plain manager."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    first = node.args[0] if node.args else None
    return (
        name in {"get_object_or_404", "get_list_or_404"}
        and isinstance(first, ast.Name)
        and first.id in MODELS
    )


def files() -> list[str]:
    return sorted(str(file.relative_to(ROOT)) for app in APPS for file in (ROOT / app).rglob("*.py"))


@cache
def found_in(file: str) -> list[tuple[str, int, str]]:
    text = (ROOT / file).read_text()
    # To parse all the others takes seconds.
    return list(reached(ast.parse(text))) if NAMED.search(text) else []


def test_rows_of_casework_are_reached_through_row_access_alone() -> None:
    around = [
        f"{file}:{line} in {function or 'the module'}: {what}"
        for file in files()
        if not file.startswith(tuple(FREE))
        for function, line, what in found_in(file)
        if function not in STARTS_FROM.get(file, ())
    ]
    assert around == [], (
        "begin with visible_to(access) or totals_for(access); if the rows came through row access already, "
        "add the "
        "function to STARTS_FROM in this file"
    )


def test_the_exceptions_are_still_needed() -> None:
    used = {
        file: {function for function, _line, _what in found_in(file)}
        for file in STARTS_FROM
        if (ROOT / file).exists()
    }
    idle = {
        file: names - used.get(file, set())
        for file, names in STARTS_FROM.items()
        if names - used.get(file, set())
    }
    assert idle == {}, "remove from STARTS_FROM in this file"
    assert [path for path in FREE if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    "code",
    [
        "Person.objects.filter(pk=1)",
        "Case.objects.all()",
        "Call._default_manager.count()",
        "x = Case.history.all()",
        "get_object_or_404(Person, code=code)",
        "case.persons.all()",
        "Measure.objects.create()",
    ],
)
def test_the_inspection_sees_a_way_around(code: str) -> None:
    assert NAMED.search(code)
    assert list(reached(ast.parse(f"def view():\n    {code}")))


@pytest.mark.parametrize(
    "code",
    [
        "Person.objects.visible_to(access).filter(pk=1)",
        "Case.objects.for_extract(a)",
        "region.counties.all()",
    ],
)
def test_the_inspection_lets_the_door_pass(code: str) -> None:
    assert not list(reached(ast.parse(f"def view():\n    {code}")))


def test_templates_reach_no_rows_themselves() -> None:
    way = re.compile(rf"\.({'|'.join(sorted(RELATED))})\.(all|count|exists|first|last)\b")
    assert [
        str(file.relative_to(ROOT))
        for file in (ROOT / "templates").rglob("*.html")
        if way.search(file.read_text())
    ] == []


# --- design rule 13 ----------------------------------------------------------------------------
SENSITIVE: Final = {
    "sex",
    "child",
    "age_class",
    "citizenship",
    "further_citizenships",
    "country_of_origin",
    "residence",
    "status",
    "offence",
    "purpose",
    "purposes",
    "main_purpose",
    "sector",
    "sexual_form",
    "acts",
    "means",
    "controls",
    "measure",
    "measures",
    "indicator",
    "note",
    "reason",
    "caller_group",
    "women",
    "men",
    "girls",
    "boys",
} | {fact.name for fact in (*OF_PERSON, *IN_ROWS)}


def test_lists_of_cases_are_filtered_by_what_is_allowed_only() -> None:
    names = set(CaseFilterForm({}, None).fields)
    assert names == {
        "year", "from", "to", "county", "region", "state", "responsible", "complete",
        "channel", "offered", "size", "children", "origin",
    }  # fmt: skip
    assert names == set(PersonFilterForm({}, None).fields) == set(CaseList.filters) == set(PersonList.filters)


def test_calls_are_not_persons_but_are_filtered_by_nothing_sensitive_of_one() -> None:
    assert set(CallFilterForm({}, None).fields) & (SENSITIVE - {"caller_group"}) == set()


def test_the_admin_and_its_exports_filter_persons_and_cases_by_what_is_allowed_only() -> None:
    pages = {
        model._meta.model_name: page
        for model, page in admin.site._registry.items()
        if isinstance(page, CaseworkAdmin)
    }
    assert {"case", "person", "call"} <= set(pages)
    for name in ("case", "person"):
        page = pages[name]
        filters = {spec.parameter_name for spec in page.list_filter}
        assert filters & SENSITIVE == set(), name
        assert set(page.search_fields) <= {"number"}, name
        assert not set(page.get_list_display(None)) & SENSITIVE or _unsortable(page), name


def _unsortable(page: CaseworkAdmin) -> bool:
    """Sorting by a fact puts those who share it beside each other."""
    return not set(page.get_sortable_by(None)) & SENSITIVE


def test_no_address_names_a_sensitive_fact() -> None:
    routes = " ".join(str(pattern.pattern) for pattern in _patterns(get_resolver().url_patterns))
    assert not re.search(r"<\w*:?(" + "|".join(sorted(SENSITIVE)) + r")>", routes)


def _patterns(patterns: list) -> Iterator:  # type: ignore[type-arg]
    for pattern in patterns:
        yield from _patterns(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern]
