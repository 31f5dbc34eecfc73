"""What a release holds of the database: its migrations stay as they are, and its code works on the schema of
the next release, so that nodes are changed one by one. No migration after it takes away, renames or demands
what that code does not know of.

`tests/golden/released-migrations.txt` names the migrations of the last release, each after its SHA-256, as
`sha256sum` prints them. Before the first release there is none, and nothing is held.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from django.db import models
from django.db.migrations import Migration, operations as done
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

ROOT: Final = Path(__file__).resolve().parents[2]
RELEASED: Final = ROOT / "tests" / "golden" / "released-migrations.txt"
# Why one is right all the same, by "app.migration": as where the last release had stopped to use the column.
CONSIDERED: Final[dict[str, str]] = {}
TAKEN_AWAY: Final = (
    done.RemoveField,
    done.RenameField,
    done.DeleteModel,
    done.RenameModel,
    done.AlterModelTable,
)


def released() -> dict[str, str]:
    """The digest of each migration of the last release, by its path."""
    lines = RELEASED.read_text().splitlines() if RELEASED.exists() else []
    return {path: digest for digest, path in map(str.split, lines)}


def rewritten(kept: Mapping[str, str], root: Path) -> list[str]:
    """Those that are gone or no longer as they were: there are databases that were made by them."""
    files = {path: root / path for path in kept}
    return [
        path
        for path, file in files.items()
        if not file.exists() or hashlib.sha256(file.read_bytes()).hexdigest() != kept[path]
    ]


def faults(since: Iterable[tuple[str, str]], graph: MigrationGraph) -> Iterator[str]:
    """What migrations after these do that code of then does not stand."""
    since = list(since)
    state = graph.make_state(nodes=since)
    before, plan = (planned(graph, leaves) for leaves in (since, graph.leaf_nodes()))
    for app, name in [node for node in plan if node not in before]:
        for operation in graph.nodes[app, name].operations:
            if f"{app}.{name}" not in CONSIDERED:
                reasons = (not_stood(one, app, state) for one in in_the_database(operation))
                yield from (f"{app}.{name}: {why}" for why in reasons if why)
            operation.state_forwards(app, state)


def planned(graph: MigrationGraph, leaves: Iterable[tuple[str, str]]) -> dict[tuple[str, str], None]:
    """All that come to these, in order, each once."""
    return dict.fromkeys(node for leaf in leaves for node in graph.forwards_plan(leaf))


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


def test_no_migration_of_the_last_release_is_rewritten_or_gone() -> None:
    assert rewritten(released(), ROOT) == []


def test_no_migration_since_the_last_release_is_more_than_its_code_stands() -> None:
    graph = MigrationLoader(None).graph
    since = [(path.parts[0], path.stem) for path in map(Path, released())]
    assert list(faults(since or graph.leaf_nodes(), graph)) == []


def test_a_migration_that_is_rewritten_or_gone_is_named(tmp_path: Path) -> None:
    kept = {name: hashlib.sha256(b"as it was").hexdigest() for name in ("stays.py", "other.py", "gone.py")}
    (tmp_path / "stays.py").write_text("as it was")
    (tmp_path / "other.py").write_text("as it is")
    assert rewritten(kept, tmp_path) == ["other.py", "gone.py"]


def test_what_a_migration_after_the_release_takes_away_is_named() -> None:
    row = done.CreateModel("Row", [("id", models.AutoField(primary_key=True)), ("text", models.TextField())])
    steps = {"0001_initial": row, "0002_later": done.RemoveField("row", "text")}
    graph = MigrationGraph()
    for name, operation in steps.items():
        migration = Migration(name, "app")
        migration.operations = [operation]
        graph.add_node(("app", name), migration)
    graph.add_dependency(None, ("app", "0002_later"), ("app", "0001_initial"))
    text = "app.0002_later: Remove field text from row: old code asks for it still"
    assert list(faults([("app", "0001_initial")], graph)) == [text]
    assert list(faults([("app", "0002_later")], graph)) == []


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
