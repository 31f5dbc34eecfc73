"""The keys of every JSON document that is handed out, and the types of their values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from tests.cases.spreadsheet import row, sheet
from tests.outside.columns import ASKED, exported
from tests.outside.commands import AGENCIES, ANNA, NO_OVERLAP, THREE_LISTS, VERA, Step, ran
from tests.outside.golden import listed
from tests.outside.place import YEAR, Place
from tests.summaries.small_tables import line, package

TYPES: Final = {str: "text", int: "whole number", float: "number", bool: "yes or no", type(None): "null"}
# Objects whose keys are data: a measure, a list of the dark figure, a filter.
MAPS: Final = ("median_months_to_measure", "spread", "filter", "overlap")
IMPORTS: Final = sheet(row(case="B-1"), row(case="B-2", county="99"), row(case="B-3", sector="cleaning"))


def documents(place: Place) -> Iterator[tuple[str, Any]]:
    commands = {
        "yearly_summary": Step(f"yearly_summary {YEAR}"),
        "yearly_summary --internal": Step(f"yearly_summary {YEAR} --internal"),
        "yearly_summary of a year before the register": Step("yearly_summary 2016"),
        "import_persons --json": Step(f"import_persons FILE --as {VERA} --json", IMPORTS),
        "import_rows --json": Step(f"import_rows agencies FILE --as {ANNA} --json", AGENCIES),
        "import_rows --json of faulty rows": Step(
            f"import_rows agencies FILE --as {ANNA} --json", AGENCIES.replace(b";police", b";nothing")
        ),
        "protect": Step("protect", given=_package()),
        "dark_figure --json, an estimate": Step(
            "dark_figure --table FILE --replicates 4 --json", THREE_LISTS
        ),
        "dark_figure --json, a refusal": Step("dark_figure --table FILE --replicates 0 --json", NO_OVERLAP),
        "dark_figure --estimability": Step("dark_figure --table FILE --estimability", THREE_LISTS),
    }
    for name, step in commands.items():
        yield name, json.loads(ran(step, place)[0])
    yield "tables.json, public", json.loads(place.public(f"/statistik/{YEAR}/tables.json"))
    yield "tables.json, internal", json.loads(place.get("analyst", f"/summaries/{YEAR}/tables.json"))
    yield from _exports(place)


def _package() -> bytes:
    return json.dumps(package(line("county", {"01": 3, "12": 20, "14": 30}))).encode()


def _exports(place: Place) -> Iterator[tuple[str, Any]]:
    yield "exported persons", json.loads(exported(place, "vast", "/cases/export/", "json"))
    client = place.client("vast")
    answer = client.post("/cases/export/", {**ASKED, "format": "csv"})
    yield "manifest of an export", json.loads(client.get(f"{answer['Location']}manifest/").content)


def trees(place: Place) -> bytes:
    return listed(f"{name}: {path}" for name, document in documents(place) for path in _tree(document))


def _tree(value: Any, path: str = "") -> Iterator[str]:
    match value:
        case dict():
            for key, one in value.items():
                yield from _tree(one, f"{path}.{'*' if path.endswith(MAPS) else key}".removeprefix("."))
        case list():
            yield f"{path}: list"
            for one in value:
                yield from _tree(one, f"{path}[]")
        case _:
            yield f"{path}: {TYPES[type(value)]}"
