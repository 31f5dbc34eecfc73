"""Which tests run when, by their marks, and in which order. tests/README.md says what each mark means.

A test without a mark runs in `make test`, and once more on PostgreSQL where it uses the database, unless its
file is among `ONCE`: nothing that is new is left out by mistake.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from _pytest.mark.expression import Expression

USUAL: Final = pytest.StashKey[dict[str, bool]]()  # what `usual` says of all that was collected
INSTEAD: Final = pytest.StashKey[dict[str, str]]()  # and `instead`
EXAMPLES: Final = "TEST_EXAMPLES"  # of the environment
SQLITE, POSTGRES, CHROMIUM = "SQLite", "PostgreSQL", "Chromium"
ONLY_ALL: Final = "in make test-all"  # why a test is skipped that runs nowhere else
RUNS: Final[Mapping[str, str]] = {
    SQLITE: "not browser",
    POSTGRES: "(flow or not browser)",
    CHROMIUM: "browser",
}

# Files that are not run again on PostgreSQL in `make test`, only in `make test-all`. They read pages, texts
# and files, calculate, look at what is decided before a row is written, or prove a rule of the house by pages
# and acts that both databases are asked for elsewhere (ADR 68). What the databases do in ways of their own
# stays: constraints, locks, walls, order, search, counting, settling, migrations and all of the trail.
ONCE: Final = frozenset(
    f"tests/{name}.py"
    for name in (
        *("accounts/test_letters", "cases/test_admin_many_parts", "cases/test_call_by_keyboard"),
        *("cases/test_call_form", "cases/test_call_page", "cases/test_case_page", "cases/test_demonstration"),
        *("cases/test_draft_of_a_case", "cases/test_extract", "cases/test_htcds"),
        *("cases/test_import_spreadsheets", "cases/test_person_page", "exchange/test_ods_in_pages"),
        "lifecycle/test_spreadsheets_of_other_hands",
        "lifecycle/test_spreadsheets_of_six_hands",
        *("nmt_site/test_admin_by_role", "nmt_site/test_browser_is_told"),
        *("nmt_site/test_hostile_workbooks_in_pages", "nmt_site/test_moved_addresses"),
        *("nmt_site/test_pages_of_no_app", "nmt_site/test_static_files", "setup/test_bench_data"),
        *("summaries/test_beside_published", "summaries/test_dark_figure_command"),
        *("summaries/test_dark_figure_page", "summaries/test_dark_figure_published"),
        *("summaries/test_drawing", "summaries/test_exemption_asked", "summaries/test_few_of_other_sex"),
        *("summaries/test_historical_figure_form", "summaries/test_histories"),
        *("summaries/test_international_tables", "summaries/test_justice_figures"),
        *("summaries/test_open_files", "summaries/test_open_data_of_all_years"),
        *("summaries/test_protection_command", "summaries/test_published_before"),
        *("summaries/test_publishing_choices", "summaries/test_stranger_of_the_demonstration"),
        *("summaries/test_what_a_publication_protects", "summaries/test_what_is_said_of_withdrawal"),
        "summaries/test_public_site",
        *("summaries/test_suggesting", "summaries/test_draft_publication"),
        *("summaries/test_year_not_over", "summaries/test_yearly_pages"),
        *("summaries/test_yearly_summary_command", "test_every_admin_address", "test_running_year"),
        *("test_two_languages", "test_years_in_addresses"),
        # Whose pages, acts, lists, scope or figures others of both databases ask there as well:
        *("cases/test_admin_saving", "cases/test_admin_scope", "cases/test_duplicates"),
        *("cases/test_export_calls", "cases/test_import_changes", "cases/test_import_persons"),
        *("cases/test_import_rows", "cases/test_import_scope", "cases/test_line_hands_over"),
        *(
            "cases/test_lists_say",
            "cases/test_person_many",
            "cases/test_scope_oracle",
            "cases/test_two_doors",
        ),
        *("exchange/test_admin_exchange_of_cases", "exchange/test_import_rows"),
        *("exchange/test_round_trip_lists", "lifecycle/test_archive", "lifecycle/test_shape_of_register"),
        *("lifecycle/test_spreadsheets_are_taken_over", "outside/test_the_outside_stays"),
        *("summaries/test_attacked_again", "summaries/test_corrections_wait"),
        *(
            "summaries/test_former_versions",
            "summaries/test_handed_out",
            "summaries/test_order_tells_nothing",
        ),
        *("summaries/test_remarks", "summaries/test_single_persons", "summaries/test_stranger"),
        *("jobs/test_database_goes_away", "test_nothing_is_told"),
        # Ways in the browser, where `test_main_job` and a release are the two that both databases take:
        *("cases/test_casework_in_the_browser", "cases/test_dates_in_forms"),
        *("cases/test_line_hands_over_in_the_browser", "cases/test_messages_in_the_browser"),
        *("cases/test_two_regions_in_the_browser", "desk/test_inbox_in_the_browser"),
    )
)


def mark_once(items: Iterable[Any], root: Path) -> None:
    for item in items:
        if item.path.relative_to(root).as_posix() in ONCE:
            item.add_marker("once")


def chosen(run: str, *, everything: bool) -> str:
    """What `pytest -m` is told in one of the runs of `make test`, or with `everything` of `make test-all`."""
    left_out = ["bench", *([] if everything else ["long", *(["once"] if run == POSTGRES else [])])]
    return " and ".join([RUNS[run], *(f"not {mark}" for mark in left_out)])


def examples(usual: int, whole: int) -> int:
    """How many random examples a test is tried on: the whole number of them in `make test-all`."""
    return whole if os.environ.get(EXAMPLES) == "all" else usual


def heaviest_first(items: Sequence[Any], runners: int) -> list[Any]:
    """The same tests, so that every runner begins with its share of the files that hold heavy ones: each is
    given one stretch of the list, works from its head, and takes from the tail of another's when it is done.
    A file stays whole: its tests share a world, which took seconds to make and would be made for each part
    again."""
    files: dict[str, list[Any]] = defaultdict(list)
    for item in items:
        files[item.nodeid.partition("::")[0]].append(item)
    heavy = _shared_out(files, runners)
    light = [item for tests in files.values() if not _heavy(tests) for item in tests]
    ordered: list[Any] = []
    for runner, first in enumerate(heavy):
        share = (len(items) - len(ordered)) // (runners - runner)
        others = max(0, share - len(first))
        ordered += [*first, *light[:others]]
        del light[:others]
    return [*ordered, *light]


def _shared_out(files: Mapping[str, Sequence[Any]], runners: int) -> list[list[Any]]:
    """For each runner the tests of its files that hold heavy ones: of these about as many as any other's."""
    shares: list[list[Any]] = [[] for _runner in range(runners)]
    with_heavy = [tests for tests in files.values() if _heavy(tests)]
    for tests in sorted(with_heavy, key=_heavy, reverse=True):
        min(shares, key=_heavy).extend(tests)
    return shares


def _heavy(tests: Iterable[Any]) -> int:
    return sum(1 for test in tests if test.get_closest_marker("heavy"))


def usual(items: Iterable[Any]) -> dict[str, bool]:
    """Return for each test, without its examples, whether `make test` runs one of them.

    A test that is skipped outside `make test-all` says so as its reason.
    """
    runs = [Expression.compile(chosen(run, everything=False)) for run in RUNS]

    def is_run(item: Any) -> bool:
        def has(name: str, **_more: Any) -> bool:
            return item.get_closest_marker(name) is not None

        skipped = any(mark.kwargs.get("reason") == ONLY_ALL for mark in item.iter_markers("skipif"))
        return not skipped and any(run.evaluate(has) for run in runs)

    found: dict[str, bool] = defaultdict(bool)
    for item in items:
        found[item.nodeid.partition("[")[0]] |= is_run(item)
    return found


def instead(items: Iterable[Any]) -> dict[str, str]:
    """Return for each test that names one what proves its promise in `make test`, by a smaller example."""
    named = {}
    for item in items:
        mark = item.get_closest_marker("long")
        if mark and "instead" in mark.kwargs:
            named[item.nodeid.partition("[")[0]] = mark.kwargs["instead"]
    return named


def diagonal(*lists: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Return so many combinations that each value of each list is in one, and no more than the longest list
    has: the n-th is of the n-th values, and a shorter list begins again."""
    values = [list(one) for one in lists]
    return [tuple(one[number % len(one)] for one in values) for number in range(max(map(len, values)))]


def mostly_long(examples: Iterable[Any], *, usual: Iterable[Any]) -> list[Any]:
    """Return parameters of which only the usual ones run in `make test`, and all in `make test-all`."""
    examples, usual = list(examples), list(usual)
    if unknown := [example for example in usual if example not in examples]:
        raise ValueError(f"No example: {unknown}")
    return [pytest.param(example, marks=() if example in usual else pytest.mark.long) for example in examples]


def every_value_once(*lists: Iterable[Any]) -> list[Any]:
    """Parameters of all combinations of the lists, of which those of `diagonal` run in `make test`, and the
    others in `make test-all`."""
    values = [list(one) for one in lists]
    usual = diagonal(*values)
    return [pytest.param(*one, marks=() if one in usual else pytest.mark.long) for one in product(*values)]
