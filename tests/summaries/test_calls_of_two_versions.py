"""Calls are printed coarser in one version and finer in another: both together are no more than may be known.

Callers of a class add up to it, whatever the version says of them: two words for one fact.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.access import Access
from accounts.roles import Role
from cases.actions.calls import log_call
from cases.models import Call
from summaries.loading import decide_standing_exemption
from summaries.protection import audit
from summaries.publishing import actions, attacking_again, public_calls
from summaries.publishing.after_models import AttackResult
from summaries.publishing.models import Publication
from summaries.publishing.protecting import CALLS, package_of, sealed_before
from summaries.tables import Table
from tests.actors import NOON, access, user
from tests.summaries.small_year import COARSEST, add, cells, prepare, published

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CALLERS = {"social": 20, "police": 3, "health": 3, "school": 15, "ngo": 20}
CLASSES = {"authorities": ("social", "police"), "care_and_school": ("health", "school")}
FINER, COARSER = {"calls_caller": 0}, {"calls_caller": 1}


BOTH = pytest.mark.parametrize(
    "steps", [(COARSER, FINER), (FINER, COARSER)], ids=["then finer", "then coarser"]
)


@pytest.fixture(autouse=True)
def year(vera: Access) -> None:
    """Of 23 calls from authorities three are the police's, and of 18 from care and school three from health
    care."""
    decide_standing_exemption()
    add(vera)
    olle, moment = access(user("Olle", Role.OPERATOR)), datetime(2018, 6, 1, 12, tzinfo=UTC)
    for caller in (caller for caller, number in CALLERS.items() for _n in range(number)):
        log_call(call=Call(received_at=moment, caller_group_id=f"caller:{caller}"), lists={}, by=olle)


def version(by: Access, steps: dict[str, int]) -> Publication:
    actions.choose_steps(year=2018, steps={**COARSEST, **steps}, by=by)
    return published(by, actions.states_open(2018)[0])


def worked_out(*versions: Publication) -> dict[str, int]:
    """By whoever subtracts what is shown of the others of a class from it."""
    known: dict[str, int | None] = {}
    for one in versions:
        known |= {
            key[0]: value for key, (value, _status) in cells(one, "calls_caller").items() if value is not None
        }
    found = {}
    for name, callers in CLASSES.items():
        hidden = [caller for caller in callers if known.get(caller) is None]
        if known.get(name) is not None and len(hidden) == 1:
            found[hidden[0]] = known[name] - sum(
                known[caller] or 0 for caller in callers if caller not in hidden
            )
    return found


@BOTH
def test_nothing_follows_from_a_version_with_classes_beside_one_with_callers(
    anna: Access, steps: tuple[dict[str, int], dict[str, int]]
) -> None:
    first, second = (version(anna, one) for one in steps)
    assert cells(first, "calls_caller") != cells(second, "calls_caller")
    assert worked_out(first, second) == {}


def test_the_attack_finds_what_nobody_minded(anna: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if versions told of each other by nothing but the words they share."""
    first = version(anna, COARSER)
    with monkeypatch.context() as as_before:
        as_before.setattr(public_calls, "_standing", lambda *_of_what: ())
        second = version(anna, FINER)
    assert worked_out(first, second) == {"police": 3, "health": 3}
    draft: Any = prepare(anna, {**COARSEST, **FINER})
    sealed = draft.unsealed()
    tables = [Table.from_json(table) for table in sealed["protected"][CALLS]]
    found = audit(package_of(sealed, CALLS, sealed_before(2018)), tables)
    assert found.recovered >= 2


@BOTH
def test_versions_that_were_frozen_when_nobody_minded_are_found_open_when_they_are_attacked_again(
    anna: Access, monkeypatch: pytest.MonkeyPatch, steps: tuple[dict[str, int], dict[str, int]]
) -> None:
    """The second one alone: beside nothing the first tells nothing."""
    with monkeypatch.context() as as_before:
        as_before.setattr(public_calls, "_standing", lambda *_of_what: ())
        versions = [version(anna, one) for one in steps]
    assert worked_out(*versions) == {"police": 3, "health": 3}
    monkeypatch.setattr(attacking_again, "ATTACK", attacking_again.ATTACK + 1)
    assert attacking_again.attack_again(at=NOON) == 2
    found = AttackResult.objects.filter(attack=attacking_again.ATTACK).order_by("publication__version")
    first, second = found.values_list("recovered", "readable")
    assert first == (0, True)
    assert second[0] >= 2
    assert second[1]
