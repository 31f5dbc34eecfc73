"""Two workers beside each other take each run once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from accounts.access import Access
from accounts.roles import Role
from jobs.kinds import enqueue
from jobs.models import Job
from jobs.worker import take
from tests.actors import user
from tests.database_roles import only_postgresql

pytestmark = [pytest.mark.django_db(transaction=True), only_postgresql]


def test_a_run_that_one_worker_is_taking_is_left_by_the_other() -> None:
    anna = Access.of(user("Anna", Role.ANALYST))
    first, second = (enqueue("protect_year", by=anna, year=2018) for _run in range(2))
    taken: list[Job | None] = []

    def other() -> None:
        taken.append(take())
        connection.close()

    with transaction.atomic():
        assert take() == first
        beside = threading.Thread(target=other)
        beside.start()
        beside.join(timeout=5)
    beside.join()
    assert taken == [second]
