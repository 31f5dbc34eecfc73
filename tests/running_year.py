"""Three years of rows, of which the last is not over; it and the one before are published."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import time_machine

from accounts.models import User
from accounts.roles import Role
from summaries.counting.historical import decide_standing_exemption
from summaries.estimates.estimate import EstimateQuestion, answer
from summaries.release import actions
from tests import database
from tests.actors import access, user
from tests.makers import new_case, new_person
from tests.summaries.registers import log
from tests.summaries.releasing import released
from tests.summaries.small_year import COARSEST
from tests.world import undone

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
SPRING = datetime(2026, 3, 2, 12, tzinfo=UTC)
RUNNING, WHOLE, DAY = 2026, 2025, "2026-11-25"
# Women, men and boys. No number of the one is a difference of the other, or a share of anything.
COUNTS = {2024: (3, 2, 1), WHOLE: (150, 130, 120), RUNNING: (23, 21, 19)}
TOTALS = {year: sum(counts) for year, counts in COUNTS.items()}
CALLS = {2024: 2, WHOLE: 77, RUNNING: 4}
READERS = {"manager": Role.MANAGER, "analyst": Role.ANALYST, "coordinator": Role.COORDINATOR}


@contextmanager
def running_year() -> Iterator[dict[str, User]]:
    """Give who reads it, by role. The rows are made once and copied (`tests.database`)."""
    with (
        time_machine.travel(AT, tick=False),
        database.filled("running_year", _filled) as told,
        undone(),
    ):
        yield pickle.loads(told)


def _filled() -> bytes:
    with time_machine.travel(SPRING, tick=False) as clock:
        people = {
            name: user(name, role, region="V" * (name == "coordinator")) for name, role in READERS.items()
        }
        decide_standing_exemption()
        _rows(people["coordinator"])
        publish(WHOLE, "final", people["analyst"], SPRING)
        clock.move_to(AT)
        publish(RUNNING, "preliminary", people["analyst"], AT)
        by = access(people["analyst"], AT)
        actions.protect_draft(year=RUNNING, by=by)
        question = EstimateQuestion(
            RUNNING, RUNNING, {"police": "PF", "social": "LA", "ngo": "NG"}, replicates=0
        )
        answer(question, by=by, progress=lambda *_: None, cancelled=lambda: False)
    return pickle.dumps(people)


def _rows(vera: User) -> None:
    olle = access(user("Olle", Role.OPERATOR), AT)
    for year, counts in COUNTS.items():
        _year(year, counts, vera)
        for at in range(CALLS[year]):
            received = datetime(year, 1, 3, tzinfo=UTC) + timedelta(hours=at)
            call = {"received_at": received, "caller_group_id": "caller:police"}
            log(call | {"topics": ["housing"], "outcomes": []}, by=olle)


def _year(year: int, counts: tuple[int, int, int], vera: User) -> None:
    measures = (("shelter", f"{year}-07"),)
    facts: Iterable[dict[str, Any]] = (
        {"citizenship": "RO", "offence": "trafficking", "age_class": "25-34", "measures": measures},
        {"sex": "M", "citizenship": "NG", "main": "labour", "agency": "social"},
        {"sex": "M", "child": "yes", "citizenship": "RO", "main": "crime"},
    )
    pairs = zip(counts, facts, strict=True)
    for number, fact in pairs:
        new_case(*(new_person(on=date(year, 5, 2), **fact) for _n in range(number)), by=access(vera, AT))


def publish(year: int, state: str, analyst: User, at: datetime) -> None:
    by = access(analyst, at)
    actions.choose_steps(year=year, steps=COARSEST, by=by)
    draft = actions.protect_draft(year=year, by=by, seconds=5)
    released(draft=draft, digest=draft.digest, state=state, by=by)
