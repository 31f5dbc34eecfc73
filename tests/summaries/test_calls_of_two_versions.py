"""Calls are printed coarser in one version and finer in another: both together are no more than may be known.

Callers of a class add up to it, whatever the version says of them: two words for one fact.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.access import Access
from accounts.roles import Role
from cases.actions.calls import log_call
from cases.models import Call
from libs.suppression import audit
from libs.suppression.tables import Table
from summaries.release import actions
from summaries.release.corrections import headline_steps
from summaries.release.models import Publication
from summaries.tables import public_tables
from summaries.tables.protection import CALLS, package_of, values_before
from tests.actors import access, user
from tests.summaries import stored_years
from tests.summaries.releasing import released
from tests.summaries.small_year import cells, prepare
from tests.weights import mostly_long

pytestmark = [pytest.mark.django_db]
CLASSES = {"authorities": ("social", "police"), "care_and_school": ("health", "school")}
# Nothing of persons but the headline: calls are protected apart from them.
FINER, COARSER = headline_steps() | {"calls_caller": 0}, headline_steps() | {"calls_caller": 1}
BOTH = [(COARSER, FINER), (FINER, COARSER)]


@pytest.fixture(scope="module", autouse=True)
def _calls(begin: Callable[[Callable[[], None]], None]) -> None:
    begin(stored_years.calls_of_two_classes)


def version(by: Access, steps: dict[str, int]) -> Publication:
    draft = prepare(by, steps)
    return released(draft=draft, digest=draft.digest, state=actions.states_open(2018)[0], by=by)


def worked_out(*versions: Publication) -> dict[str, int]:
    """By whoever subtracts what is shown of the others of a class from it."""
    known: dict[str, int] = {}
    for publication in versions:
        printed = cells(publication, "calls_caller").items()
        known |= {key[0]: value for key, (value, _status) in printed if value is not None}
    return dict(one for name in CLASSES for one in left_over(name, known))


def left_over(name: str, known: dict[str, int]) -> list[tuple[str, int]]:
    """The only caller of a class who is hidden, and the number."""
    hidden = [caller for caller in CLASSES[name] if caller not in known]
    if name not in known or len(hidden) != 1:
        return []
    return [(hidden[0], known[name] - sum(known.get(caller, 0) for caller in CLASSES[name]))]


@pytest.mark.parametrize("steps", mostly_long(BOTH, usual=BOTH[:1]), ids=["then finer", "then coarser"])
def test_nothing_follows_from_a_version_with_classes_beside_one_with_callers(
    anna: Access, steps: tuple[dict[str, int], dict[str, int]]
) -> None:
    first, second = (version(anna, step) for step in steps)
    assert cells(first, "calls_caller") != cells(second, "calls_caller")
    assert worked_out(first, second) == {}


@pytest.mark.parametrize(("late", "stands"), [(4, 1), (5, None)])
def test_late_calls_change_no_table_of_calls_until_there_are_five(
    anna: Access, late: int, stands: int | None
) -> None:
    first, olle = version(anna, FINER), access(user("Olga", Role.OPERATOR))
    for _n in range(late):
        call = Call(received_at=datetime(2018, 6, 2, 12, tzinfo=UTC), caller_group_id="caller:ngo")
        log_call(call=call, lists={}, by=olle)
    again = prepare(anna, FINER)
    (table,) = [table for table in again.tables if table["name"] == "calls_caller"]
    assert table.get("version") == stands
    assert cells(first, "calls_caller")["ngo",] == (20, "shown")
    assert cells(again, "calls_caller")["ngo",] == ((20 if stands else 25), "shown")


def test_the_attack_finds_what_nobody_minded(anna: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if versions told of each other by nothing but the words they share."""
    first = version(anna, COARSER)
    with monkeypatch.context() as as_before:
        as_before.setattr(public_tables, "_standing", lambda *_of_what: ())
        second = version(anna, FINER)
    assert worked_out(first, second) == {"police": 3, "health": 3}
    draft: Any = prepare(anna, FINER)
    true_values = draft.true_values()
    tables = [Table.from_json(table) for table in true_values["protected"][CALLS]]
    findings = audit(package_of(true_values, CALLS, values_before(2018)), tables)
    assert findings.recovered >= 2
