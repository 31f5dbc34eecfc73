"""What open files of a version say to an intruder who has them and `tables.json`: PX, JSON-stat, SDMX-CSV
of each table, and the rows of its year in the files of all years.

The formats are read by `other_readers`, which knows nothing of the program; what a file says beside its
figures is text, in which a number is one that is printed anyhow, or strange.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tests.summaries import other_readers
from tests.summaries.intruder_files import Figures, Json, Read

# Days of the file, codes and addresses: no figures of persons.
OF_THE_FORMAT: Final = (
    *("CHARSET", "AXIS-VERSION", "CODEPAGE", "CREATION-DATE", "LAST-UPDATED", "MATRIX", "CONTACT", "TIMEVAL"),
    *("DECIMALS", "SHOWDECIMALS", "CODES"),
)
BESIDE: Final = ("label", "source", "note")
OF_A_ROW: Final = ("title", "label1", "label2", "source", "break_before", "left_out")


def of_px(content: bytes, name: str) -> Read:
    words, cells = other_readers.px(content.decode("utf-8-sig"))
    said = (
        text for key, texts in words.items() if key.partition("(")[0] not in OF_THE_FORMAT for text in texts
    )
    return Read(_figures(name, cells), "\n".join(said))


def of_json_stat(content: bytes, name: str) -> Read:
    found, cells = other_readers.json_stat(content.decode())
    extension = {key: found["extension"][key] for key in ("unit", "symbols", "left_out")}
    said = [*(found[key] for key in BESIDE), found["dimension"], extension]
    return Read(_figures(name, cells), "\n".join(_texts(said)))


def of_sdmx(content: bytes, name: str) -> Read:
    return Read(_figures(name, other_readers.sdmx(content.decode("utf-8-sig"))[1]), "")


def of_all_years(content: bytes, year: int, delimiter: str = ",") -> Read:
    """Of the rows of one year. Its persons are counted in no other."""
    facts, beside = Figures(), dict[str, None]()
    for row in _rows_of(content, year, delimiter):
        key = tuple(row[f"category{at}"] for at in (1, 2) if row[f"dimension{at}"])
        facts[row["table"], key] = _value_of(row)
        beside |= dict.fromkeys(str(row[one]) for one in OF_A_ROW if one in row)
    return Read(facts, "\n".join(beside))


def _value_of(row: Mapping[str, Any]) -> int | None:
    printed = str(row["printed"])
    value = int(printed) if printed.isdecimal() else None
    assert int(row["value"] or 0) == (value or 0)
    return value


def _rows_of(content: bytes, year: int, delimiter: str) -> list[Mapping[str, Any]]:
    if content.startswith(b"{"):
        rows: Iterable[Mapping[str, Any]] = json.loads(content)["cells"]
    else:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter)
    return [row for row in rows if str(row["year"]) == str(year)]


def _figures(name: str, cells: other_readers.Cells) -> Figures:
    return {(name, key): value if isinstance(value, int) else None for key, value in cells.items()}


def _texts(data: Any) -> Iterator[str]:
    """Words and numbers, but not the codes of categories."""
    if isinstance(data, dict):
        for name, one in data.items():
            yield from () if name == "index" else _texts(one)
    elif isinstance(data, list):
        for one in data:
            yield from _texts(one)
    else:
        yield str(data)


def files_of(document: Json) -> Iterator[tuple[str, str, Any]]:
    """Every open file of one table: its name, the table, and who reads it."""
    for name in (table["name"] for table in document["tables"]):
        yield f"{name}.px", name, of_px
        yield f"{name}.jsonstat.json", name, of_json_stat
        if name == "sdg" or name.startswith("eu_"):
            yield f"{name}.sdmx.csv", name, of_sdmx
