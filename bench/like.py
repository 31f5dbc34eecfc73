"""The search for duplicates on registers that look like another: drawn from its shape, the truth is known.

    python -m bench.like [FILE]

FILE is of `manage.py shape_of_register`; without one the demonstration is invented, fitted, and compared with
the nearest rows first.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Final

import django

from bench.second_records import Found, Register, found
from cases.likeness import Record
from cases.shape.rows import PersonRow, Rows

DATABASE = True
SEEDS: Final = (1, 2, 3)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    import agencies.loading
    from cases.shape.drawing import draw
    from cases.shape.shape import read
    from cases.shape_rows import lists_of_register

    agencies.loading.load()
    lists = lists_of_register()
    shape = read(json.loads(Path(sys.argv[1]).read_text())) if sys.argv[1:] else of_the_demonstration(lists)
    cells = shape.cells()
    print(f"shape: {len(cells)} cells of {shape.persons} persons, the least of {min(cells)} rows")
    tell(found(register_of(draw(shape, lists, seed=seed)) for seed in SEEDS), bool(shape.assumed))
    return 0


def of_the_demonstration(lists: Any) -> Any:
    from cases.demo.invent import invent
    from cases.shape.fitting import fit
    from cases.shape.nearest import proof
    from cases.shape_rows import rows_of_register

    invent(password="not used here")  # noqa: S106
    began = time.perf_counter()
    rows = rows_of_register()
    near = proof(rows, lists, seed=1)
    print(
        f"nearest rows: of {near.drawn} drawn {near.of_fitted} are near copies of a row that was fitted, "
        f"{near.of_held} of one held out; read, fitted and compared in {time.perf_counter() - began:.1f} s"
    )
    return fit(rows)


def register_of(rows: Rows) -> Register:
    """Records as the search reads them; persons of one case are of one case."""
    records: list[Record] = []
    regions: dict[str, str] = {}
    keys: dict[int, str] = {}

    def add(person: PersonRow, case: str) -> str:
        key = f"P{len(records)}"
        records.append(_record(person, key, case))
        regions[key] = person.region
        return key

    for number, case in enumerate(rows.cases):
        keys |= {id(person): add(person, f"C{number}") for person in case.persons}
    twice = {
        frozenset({keys[id(one)], add(two, f"D{number}")}) for number, (one, two) in enumerate(rows.again)
    }
    return Register(records, regions, twice)


def _record(person: PersonRow, key: str, case: str) -> Record:
    purposes = {person.word("main_purpose"), person.word("further_purpose")} - {""}
    return Record(
        key=key,
        case=case,
        identified_on=person.on,
        county=person.word("county"),
        sex=person.word("sex"),
        child=person.word("child"),
        age_class=person.word("age_class"),
        citizenships=frozenset({person.word("citizenship")} - {""}),
        purposes=frozenset(purposes),
    )


def tell(one: Found, assumed: bool) -> None:
    how = " (how second records differ is assumed)" if assumed else ""
    print(
        f"registers of that shape{how}: {one.true} pairs, {one.asked} asked about, precision "
        f"{one.precision:.2f}, recall {one.recall:.2f}; across regions "
        f"{one.right_across} of {one.true_across}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
