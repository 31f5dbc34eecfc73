"""Other people's readers load our open files: pyaxis, pyjstat, pandas and rdflib, in an environment of their
own (tests/summaries/load_elsewhere.py says how it is made), since what they need is nothing that we need."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from pathlib import Path
from shutil import which
from typing import Any, Final

import pytest
from django.test import Client

from accounts.access import Access
from summaries.counting.historical import decide_standing_exemption
from summaries.release.models import Publication
from summaries.site import open_formats
from tests.summaries import load_elsewhere, other_readers as read
from tests.summaries.releasing import released
from tests.summaries.small_year import COARSEST, add, prepare
from tests.summaries.test_open_data_of_all_years import MANDATORY, NAMES

pytestmark = [pytest.mark.django_db]
ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path(os.environ.get("READERS_PYTHON", ROOT / ".venv-readers/bin/python"))
NEEDS = f"NOT TESTED: other people's readers are not at {PYTHON}; READERS_PYTHON may name another"


@pytest.mark.skipif(not PYTHON.exists(), reason=NEEDS)
def test_other_peoples_readers_find_the_cells_that_we_printed(
    vera: Access, anna: Access, client: Client, tmp_path: Path
) -> None:
    decide_standing_exemption()
    add(vera)
    draft = prepare(anna, {**COARSEST, "main_purpose": 0})
    year = released(draft=draft, digest=draft.digest, state=Publication.State.FINAL, by=anna)
    names = [*open_formats.names(year), "../alla-ar.csv", "../alla-ar-semikolon.csv", "../dcat.rdf"]
    for name in names:
        (tmp_path / Path(name).name).write_bytes(client.get(_address(name)).content)
    done = subprocess.run(
        [str(PYTHON), load_elsewhere.__file__, str(tmp_path)], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    catalogue = found.pop("dcat.rdf")
    for name in filter(lambda one: Path(one).name in found, names):
        text = (tmp_path / Path(name).name).read_text(encoding="utf-8-sig")
        assert found[Path(name).name] == _expected(name, text), name
    lacking = {
        kind: {_whole(one) for one in properties} - set(catalogue[_whole(kind)])
        for kind, properties in MANDATORY.items()
    }
    assert not any(lacking.values()), lacking


R: Final = """file <- commandArgs(TRUE)[1]
d <- read.csv(file, fileEncoding = "UTF-8-BOM", na.strings = "", colClasses = "character")
cat(nrow(d), sum(as.integer(d$value), na.rm = TRUE), names(d)[1])"""


@pytest.mark.skipif(
    not which("Rscript"), reason="NOT TESTED: R is not here; it is Debian's package r-base-core"
)
def test_r_finds_the_rows_that_we_printed(vera: Access, anna: Access, client: Client, tmp_path: Path) -> None:
    decide_standing_exemption()
    add(vera)
    draft = prepare(anna, COARSEST)
    released(draft=draft, digest=draft.digest, state=Publication.State.FINAL, by=anna)
    file = tmp_path / "alla-ar.csv"
    file.write_bytes(client.get("/statistik/alla-ar.csv").content)
    text = subprocess.run(["Rscript", "-e", R, str(file)], capture_output=True, check=True, text=True).stdout
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    total = sum(int(row["value"] or 0) for row in rows)
    assert text.split() == [str(len(rows)), str(total), "year"]


def _whole(name: str) -> str:
    prefix, _colon, last = name.partition(":")
    return f"{NAMES[prefix]}{last}"


def _address(name: str) -> str:
    return f"/statistik/2018/{name}" if "/" not in name else f"/statistik/{name.removeprefix('../')}"


def _expected(name: str, text: str) -> Any:
    if name.endswith(".px"):
        words, cells = read.px(text)
        axes = [*words["STUB"], *words["HEADING"]]
        labels = [dict(zip(words[f"CODES({axis})"], words[f"VALUES({axis})"], strict=True)) for axis in axes]
        places = ([*(of[code] for of, code in zip(labels, key, strict=False)), "2018"] for key in cells)
        return [[*place, _number(value)] for place, value in zip(places, cells.values(), strict=True)]
    if name.endswith(".jsonstat.json"):
        return [[*key, "2018", _number(value)] for key, value in read.json_stat(text)[1].items()]
    if name.endswith(".sdmx.xml"):
        flow, columns, _codes = read.sdmx_structure(text)
        return [flow.partition(":")[2].partition("(")[0], *columns[: columns.index("TIME_PERIOD") + 1]]
    return list(csv.reader(io.StringIO(text), delimiter=";" if "semikolon" in name else ","))


def _number(value: int | str) -> str:
    return str(value) if isinstance(value, int) else ""
