"""Code of the last release works on the schema of the next, so that nodes are changed one by one: after a
release no migration takes away, renames or demands what that code does not know of.

`tests/golden/released-migrations.txt` names the newest migration of each app in the last release, one a line;
before the first there is none, and nothing runs that could be left behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest
from django.db import models
from django.db.migrations import operations as done
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

from tests.setup.kept import KEPT

RELEASED: Final = Path(__file__).resolve().parents[1] / "golden" / "released-migrations.txt"
# Why one is right all the same, by "app.migration": as where the last release had stopped to use the column.
CONSIDERED: Final[dict[str, str]] = {}
TAKEN_AWAY: Final = (
    done.RemoveField,
    done.RenameField,
    done.DeleteModel,
    done.RenameModel,
    done.AlterModelTable,
)


def released() -> list[tuple[str, str]] | None:
    if not RELEASED.exists():
        return None
    return [(app, name) for app, name in (line.split() for line in RELEASED.read_text().splitlines())]


def faults(since: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What migrations after these do that code of then does not stand."""
    loader, since = MigrationLoader(None), list(since)
    state = loader.project_state(since)
    before, plan = (planned(loader, leaves) for leaves in (since, loader.graph.leaf_nodes()))
    for app, name in [node for node in plan if node not in before]:
        for operation in loader.graph.nodes[app, name].operations:
            if f"{app}.{name}" not in CONSIDERED:
                reasons = (not_stood(one, app, state) for one in in_the_database(operation))
                yield from (f"{app}.{name}: {why}" for why in reasons if why)
            operation.state_forwards(app, state)


def planned(loader: MigrationLoader, leaves: Iterable[tuple[str, str]]) -> dict[tuple[str, str], None]:
    """All that come to these, in order, each once."""
    return dict.fromkeys(node for leaf in leaves for node in loader.graph.forwards_plan(leaf))


def in_the_database(operation: Operation) -> Iterable[Operation]:
    if isinstance(operation, done.SeparateDatabaseAndState):
        return operation.database_operations
    return [operation]


def not_stood(operation: Operation, app: str, state: ProjectState) -> str:
    """Empty where code that knows nothing of it reads and writes as before."""
    if isinstance(operation, TAKEN_AWAY):
        return f"{operation.describe()}: old code asks for it still"
    if isinstance(operation, done.AddField) and demands(operation.field):
        return f"{operation.describe()}: old code does not fill it (null, or db_default)"
    if isinstance(operation, done.AlterField):
        before = state.models[app, operation.model_name_lower].fields[operation.name]
        if demands(operation.field) and not demands(before):
            return f"{operation.describe()}: old code may leave it empty"
        if shorter(operation.field, before):
            return f"{operation.describe()}: old code may write more"
    if isinstance(operation, done.AddConstraint):
        return f"{operation.describe()}: old code may write what it refuses"
    return ""


def demands(field: models.Field) -> bool:  # type: ignore[type-arg]
    left_out = field.many_to_many or field.generated
    return not (left_out or field.null or field.db_default is not NOT_PROVIDED)


def shorter(field: models.Field, before: models.Field) -> bool:  # type: ignore[type-arg]
    now, then = field.max_length, before.max_length
    return (
        now is not None
        and (then is None or now < then)
        and isinstance(before, models.CharField | models.TextField)
    )


def test_no_migration_since_the_last_release_is_more_than_its_code_stands() -> None:
    since = released()
    if since is None:  # nothing is out: but what would be wrong is found among those of the making
        told = "\n".join(faults(KEPT))
        for words in ("asks for it still", "does not fill it", "may write what it refuses"):
            assert words in told
        since = MigrationLoader(None).graph.leaf_nodes()
    assert list(faults(since)) == []


@pytest.mark.parametrize(
    ("operation", "stood"),
    [
        (done.AddField("row", "more", models.IntegerField(null=True)), True),
        (done.AddField("row", "more", models.BooleanField(default=False, db_default=False)), True),
        (done.AddField("row", "more", models.ManyToManyField("app.Row")), True),
        (done.AddField("row", "more", models.BooleanField(default=False)), False),
        (done.AlterField("row", "text", models.CharField(max_length=20)), True),
        (done.AlterField("row", "text", models.CharField(max_length=5)), False),
        (done.AlterField("row", "maybe", models.IntegerField()), False),
        (done.AlterField("row", "maybe", models.BigIntegerField(null=True)), True),
        (done.RemoveField("row", "text"), False),
        (done.RenameField("row", "text", "words"), False),
        (done.DeleteModel("Row"), False),
        (done.CreateModel("Other", [("id", models.AutoField(primary_key=True))]), True),
        (done.AddIndex("row", models.Index(fields=["text"], name="of_text")), True),
        (done.AddConstraint("row", models.UniqueConstraint(fields=["text"], name="one")), False),
        (done.RemoveConstraint("row", "one"), True),
    ],
)
def test_what_old_code_stands_is_told_from_what_it_does_not(operation: Operation, *, stood: bool) -> None:
    state = ProjectState()
    fields = [
        ("id", models.AutoField(primary_key=True)),
        ("text", models.CharField(max_length=10)),
        ("maybe", models.IntegerField(null=True)),
    ]
    done.CreateModel("Row", fields).state_forwards("app", state)
    assert (not_stood(operation, "app", state) == "") is stood
    separate = done.SeparateDatabaseAndState(state_operations=[operation])
    assert list(in_the_database(separate)) == []  # only the code forgets it: the column stays for one release
