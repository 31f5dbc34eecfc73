"""What is done to dispose of rows: of runs that ended long ago, which a rule of the small register allows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from accounts.approvals import answer
from jobs.models import Job
from retention.disposal import carry_out, propose, question
from retention.models import Disposal, RetentionKind
from tests.actors import access
from tests.audit.acts import Act, reads
from tests.world import World

LONG_AGO: Final = datetime(2016, 1, 4, 12, tzinfo=UTC)


def old(world: World) -> None:
    Job.objects.create(kind="import.look", owner=world.people["vast"], state="done", ended_at=LONG_AGO)


def proposed(world: World) -> Disposal:
    return propose(kind=RetentionKind.JOB, reason="Beslutat", by=access(world.people["admin"]))


def old_and_proposed(world: World) -> Disposal:
    old(world)
    return proposed(world)


def approved(world: World) -> Disposal:
    row = old_and_proposed(world)
    asked = question(row)
    assert asked is not None
    answer(asked, give=True, by=access(world.people["manager"]))
    return row


DISPOSAL: Final = {
    "reads retention:disposals": reads("retention:disposals"),
    "reads a disposal": Act(
        lambda world, row: world.client("dpo").get(row.get_absolute_url()), old_and_proposed
    ),
    "proposes a disposal": Act(lambda world, _given: proposed(world), old),
    "carries a disposal out": Act(
        lambda world, row: carry_out(disposal=row, by=access(world.people["admin"])), approved
    ),
}
