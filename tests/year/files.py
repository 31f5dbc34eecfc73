"""What the files and pages of a year print, by their formats, and whether they all say the same. Like the
browser it knows nothing of the register: docs/open-data.md says where files are and how they are written."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any, Final

from tests.year.browser import Browser, Page

Figures = dict[tuple[str, ...], str]  # as they are printed, by the key of the cell
SIGNS: Final = {"..": "x", ".": "..", "Q": "x", "O": ".."}  # of PX and SDMX, of what is hidden and missing


def in_every_file(public: Browser, year: int) -> Iterator[tuple[str, object, object]]:
    """Yield, of each public file and page, its name, its figures, and those of `tables.json`. The report (a
    PDF) and charts are not read."""
    address, opens = f"/statistik/{year}/", public.opens
    told = json.loads(opens(f"{address}tables.json").body)
    book = zipfile.ZipFile(io.BytesIO(opens(f"{address}tables.xlsx").body))
    sheets = [name for name in book.namelist() if "worksheets/sheet" in name][2:]  # the others have no table
    figures = {table["name"]: of_json(table) for table in told["tables"]}
    for table, sheet in zip(told["tables"], sheets[: len(told["tables"])], strict=True):
        name, must = table["name"], figures[table["name"]]
        yield f"the page of {name}", *on_a_page(opens(f"{address}{name}/"), table)
        cells = re.findall(r"(?:<v>|preserve\">)(\d+|x|\.\.)<", book.read(sheet).decode())
        yield f"the sheet of {name}", printed(cells), printed(must.values())
        for kind, reads in OF_ONE_TABLE.items():
            if (file := public.looks(f"{address}{name}.{kind}")).status == 200 or kind != "sdmx.csv":
                yield f"{name}.{kind}", reads(file.body), must
    everywhere = {
        "tables.json": told["cells"],
        "tables.csv": rows_of(opens(f"{address}tables.csv").body),
        "tables-semikolon.csv": rows_of(opens(f"{address}tables-semikolon.csv").body, ";"),
        "alla-ar.csv": rows_of(opens("/statistik/alla-ar.csv").body),
        "alla-ar.json": json.loads(opens("/statistik/alla-ar.json").body)["cells"],
    }
    for file_name, rows in everywhere.items():
        yield file_name, by_table(rows, year), figures


def on_a_page(page: Page, table: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the figures of the first table of a page, and those that it must have."""
    width = len(table["dimensions"][1]["categories"]) + 1 if len(table["dimensions"]) > 1 else 1
    rows = [[cell.text for cell in row.all("td", "th")] for row in next(page.main.all("table")).all("tr")]
    shown = printed(cell for row in rows for cell in row[1 : width + 1])
    return shown, printed(of_json(table).values())


def of_json(table: Mapping[str, Any]) -> Figures:
    signs = {"hidden": "x", "missing": ".."}
    return {tuple(cell["key"]): signs.get(cell["status"], f"{cell['value']}") for cell in table["cells"]}


def rows_of(body: bytes, mark: str = ",") -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=mark))


def by_table(rows: Iterable[Mapping[str, Any]], year: int | None = None) -> dict[str, Figures]:
    tables: dict[str, Figures] = defaultdict(dict)
    for row in (one for one in rows if year is None or int(one["year"]) == year):
        tables[row["table"]][*filter(None, (row["category1"], row["category2"]))] = f"{row['printed']}"
    return tables


def _px(text: str) -> Figures:
    codes = [re.findall('"(.*?)"', one) for one in re.findall(r"CODES\(.*?\)=(.*?);", text, re.DOTALL)]
    said = re.findall(r"[\d.]+", text.rpartition("DATA=")[2])
    return {key[:-1]: SIGNS.get(one, one) for key, one in zip(product(*codes), said, strict=True)}


def _jsonstat(data: Mapping[str, Any]) -> Figures:
    codes = product(*(data["dimension"][name]["category"]["index"] for name in data["id"]))
    said = [data.get("status", {}).get(f"{n}", f"{value}") for n, value in enumerate(data["value"])]
    return {key[:-1]: one for key, one in zip(codes, said, strict=True)}


def printed(figures: Iterable[str]) -> list[str]:
    """In no order, and without rows in which nobody is: as sheets and pages show them."""
    said = [re.sub(r"\s|[^\d.x]", "", figure) for figure in figures if re.match(r"\d|x$|x\s?dold", figure)]
    return sorted(figure for figure in said if figure != "0")


OF_ONE_TABLE: Final[dict[str, Callable[[bytes], Figures]]] = {
    "csv": lambda body: next(iter(by_table(rows_of(body)).values())), "px": lambda body: _px(body.decode()),
    "jsonstat.json": lambda body: _jsonstat(json.loads(body)),
    "sdmx.csv": lambda body: {
        tuple(code.replace("_T", "*").replace("-", "+") for code in [*row.values()][5:-5]):
        SIGNS.get(row["OBS_STATUS"], row["OBS_VALUE"]) for row in rows_of(body)
    },
}  # fmt: skip
