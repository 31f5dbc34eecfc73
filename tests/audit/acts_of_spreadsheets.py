"""What coordinators do with spreadsheets that are taken over."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse

from accounts.approvals import answer
from exchange.sheets import pages
from legacy_import import workbooks
from legacy_import.models import TakeOver
from legacy_import.requests import ask_second
from tests.actors import access
from tests.audit.acts import Act
from tests.world import World

FILE: Final = "Datum;Myndighet;Län;Kön;Barn;Syfte\n2018-05-04;Polisen;Halland;kvinna;nej;sex\n"


def brought(world: World) -> TakeOver:
    return workbooks.bring(**_file(world), by=access(world.people["vast"]))


def _file(_world: World) -> dict[str, Any]:
    sheets = pages(FILE.encode(), "2018")
    return {"brought": workbooks.Brought("Väst 2018.csv", "0" * 64, sheets), "mapping": "Väst"}


def counted(world: World) -> TakeOver:
    """Nobody knows how many are in its sheet."""
    row = brought(world)
    return workbooks.count_by_hand(row=row, counted={"2018": {}}, version=0, by=access(world.people["vast"]))


def seen(world: World) -> TakeOver:
    return workbooks.confirm(row=brought(world), version=0, by=access(world.people["vast"]))


def approved(world: World) -> TakeOver:
    row = seen(world)
    question = ask_second(row=row, reason="Sett", by=access(world.people["vast"]))
    answer(question, give=True, by=access(world.people["manager"]))
    return row


def taken(world: World) -> TakeOver:
    row = approved(world)
    workbooks.take(row=row, by=access(world.people["vast"]))
    return row


def done(verb: Any, prepare: Any, **facts: Any) -> Act:
    """By the coordinator of the file's region."""
    return Act(lambda world, row: verb(row=row, by=access(world.people["vast"]), **facts), prepare)


SHEETS: Final = {
    "uploads spreadsheets": Act(
        lambda world, given: workbooks.bring(**given, by=access(world.people["vast"])), _file
    ),
    "sees what is left behind": done(workbooks.confirm, brought, version=0),
    "answers about spreadsheets": done(
        workbooks.answer, seen, version=0, answers={"column|syfte": "drop:no_place"}
    ),
    "takes spreadsheets in": done(workbooks.take, approved),
    "takes spreadsheets back": done(workbooks.undo, taken),
    "throws spreadsheets away": done(workbooks.discard, brought),
    "reads spreadsheets": Act(
        lambda world, row: world.client("vast").get(reverse("legacy_import:take_over", args=[row.code])),
        counted,
    ),
}
