"""manage.py dark_figure: from a table without a database, from the register, and from nonsense."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from summaries.estimates.source import Known
from tests.summaries.dark_figure_tables import simulated, table

ROOT = Path(__file__).resolve().parents[2]
KEYS = [
    "observed",
    "lists",
    "overlap",
    "estimate",
    "wald",
    "bca",
    "percentile",
    "interactions",
    "main_effects",
    "bic_best",
    "spread",
    "chao",
    "verdict",
    "reasons",
    "seconds",
]
GOOD = simulated(1500, (0.3, 0.25, 0.2, 0.2), 2)
SMALL = "A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n1,1,0,6\n"


def csv_of(given, path: Path) -> Path:
    rows = [[*(str(mask >> i & 1) for i in range(len(given.lists))), str(n)] for mask, n in given.histories]
    path.write_text("\n".join(",".join(row) for row in [[*given.lists, "count"], *rows]) + "\n")
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return csv_of(GOOD, tmp_path / "good.csv")


def run(*arguments: object) -> str:
    out, err = io.StringIO(), io.StringIO()
    call_command("dark_figure", *map(str, arguments), stdout=out, stderr=err)
    assert err.getvalue() == ""
    return out.getvalue()


def strict(text: str):
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Of a table that is good enough."""
    table = csv_of(GOOD, tmp_path_factory.mktemp("table") / "good.csv")
    return strict(run("--table", table, "--json", "--replicates", 50))


def test_an_estimate_has_the_agreed_shape(said: dict[str, Any]) -> None:
    assert [key for key in KEYS if key not in said] == []
    assert (said["lists"], list(said["spread"])) == (["A", "B", "C", "D"], ["2", "6", "10"])
    assert [one["list"] for one in said["leave_one_out"]] == said["lists"]
    assert set(said["seconds"]) == {"estimate", "search", "bootstrap", "consistency"}
    assert set().union(*said["interactions"]) <= {"A", "B", "C", "D"}


def test_an_estimate_lies_in_its_interval_and_may_be_published(said: dict[str, Any]) -> None:
    assert said["wald"][0] < said["estimate"] < said["wald"][1]
    assert (said["verdict"], said["reasons"]) == ("publish", [])
    assert said["rounded"][0] == 1500


def test_the_lower_bound_is_the_least_of_all_methods(said: dict[str, Any]) -> None:
    floors = {method["method"]: method["floor"] for method in said["methods"]}
    assert list(floors) == ["pairs", "loglinear", "decomposable", "latent"]
    assert min(floors.values()) == said["lower_bound"]
    assert said["observed"] < said["at_least"] <= said["lower_bound"] < 1500


def test_no_replicates_leave_bca_and_percentile_null(good: Path) -> None:
    said = strict(run("--table", good, "--json", "--replicates", 0))
    assert (said["bca"], said["percentile"], said["infinite_replicates"]) == (None, None, None)
    assert said["estimate"] is not None


def test_a_refusal_is_a_result(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_text(SMALL)
    said = strict(run("--table", path, "--json"))
    assert [key for key in KEYS if key not in said] == []
    assert (said["observed"], said["overlap"], said["estimate"], said["verdict"]) == (96, 6, None, "refuse")
    assert said["reasons"] == ["too_little_overlap", "isolated_list"]
    assert "minst 10 krävs" in said["sentences"]["sv"][0]


def test_estimability_is_given_also_where_an_estimate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_text(SMALL)
    said = strict(run("--table", path, "--estimability"))
    assert said["models"] == [
        {"bits": bits, "code": code} for bits, code in enumerate([0, 1, 0, 1, 0, 1, 0, 2])
    ]


def test_estimability_of_seven_lists_is_refused_with_a_reason(tmp_path: Path) -> None:
    path = csv_of(simulated(800, (0.2,) * 7, 1), tmp_path / "seven.csv")
    said = strict(run("--table", path, "--estimability"))
    assert (said["models"], said["verdict"], said["reasons"]) == (
        None,
        "refuse",
        ["too_many_lists_for_models"],
    )


def test_the_report_is_in_swedish_or_in_english(good: Path) -> None:
    swedish, english = (run("--table", good, "--replicates", 20, "--lang", lang) for lang in ("sv", "en"))
    assert "Kända personer:" in swedish
    least = strict(run("--table", good, "--json", "--replicates", 20))["at_least"]
    assert f"Kan publiceras: minst omkring {least:,}".replace(",", "\u00a0") in swedish
    assert f"May be published: at least about {least:,}" in english
    assert "Known persons" not in swedish


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_encodings_that_spreadsheets_write(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    path.write_bytes(SMALL.replace("A,", "Räddningstjänst,").encode(encoding))
    assert strict(run("--table", path, "--json"))["lists"] == ["Räddningstjänst", "B", "C"]


BAD = [
    (["--table", "/nowhere/at/all.csv"], "cannot be read"),
    (["--table", "."], "cannot be read"),
    (["--table", "a\x00b"], "cannot be read"),
    ([], "Give one of"),
    (["2018", "--years", "2017-2018"], "Give one of"),
    (["18"], "The year must be"),
    (["tjugoarton"], "The year must be"),
    (["--years", "2019-2017"], "--years must be"),
    (["--years", "2017"], "--years must be"),
    (["2018", "--replicates", "many"], "--replicates must be"),
    (["2018", "--replicates=-1"], "--replicates must be"),
    (["2018", "--replicates", "99999999"], "--replicates must be"),
    (["2018", "--seed", "1.5"], "--seed must be"),
]


@pytest.mark.parametrize(("arguments", "sentence"), BAD)
def test_nonsense_is_one_sentence(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["A,B,C,count\n1,0,0,1.5\n", "A,B,C,count\n1,0,0,-1\n", "A,B,C\n1,0,0\n", ""]
)
def test_an_unreadable_table_is_one_sentence(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(CommandError) as caught:
        run("--table", path, "--json")
    assert str(caught.value).count(".") >= 1
    assert "Traceback" not in str(caught.value)


@pytest.mark.long(instead="tests/summaries/test_dark_figure_command.py::test_a_refusal_is_a_result")
def test_a_table_needs_no_database(tmp_path: Path) -> None:
    """In a process of its own, which is told of a database that is not there."""
    small = tmp_path / "small.csv"
    small.write_text(SMALL)
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, "manage.py", "dark_figure", "--table", str(small), "--json"],
        cwd=ROOT, env=os.environ | nowhere, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert strict(done.stdout)["verdict"] == "refuse"


def test_an_error_prints_nothing_to_standard_output(tmp_path: Path) -> None:
    bad, out = tmp_path / "bad.csv", io.StringIO()
    bad.write_text("A,B,C,count\n1,0,0,1.5\n")
    with pytest.raises(CommandError, match=r"^Line 2: the count is not a whole number\.$"):
        call_command("dark_figure", "--table", str(bad), "--json", stdout=out)
    assert out.getvalue() == ""


@pytest.mark.django_db
def test_the_register_is_estimated_and_the_audit_log_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def known_persons(first: int, last: int) -> Known:
        asked.append((first, last))
        return Known(table("A B C | 100 60 | 010 40 | 001 40 | 110 6"), 146, 146, 0)

    monkeypatch.setattr("summaries.management.commands.dark_figure.known_persons", known_persons)
    assert strict(run("2018", "--json"))["observed"] == 146
    assert strict(run("--years", "2017-2019", "--json"))["verdict"] == "refuse"
    assert asked == [(2018, 2018), (2017, 2019)]
    events = Event.objects.order_by("sequence").values_list("action", "target_label", "rows")
    assert list(events) == [("dark_figure.estimate", "2018", 146), ("dark_figure.estimate", "2017-2019", 146)]


@pytest.mark.django_db
def test_a_year_without_persons_is_refused_and_not_an_error() -> None:
    said = strict(run("1999", "--json"))
    assert (said["observed"], said["lists"], said["estimate"], said["verdict"]) == (0, [], None, "refuse")


@pytest.mark.django_db
def test_figures_of_invented_data_say_so_and_those_of_a_table_do_not(settings, good: Path) -> None:
    settings.DEMO = True
    assert strict(run("1999", "--json"))["demo"] is True
    assert run("1999", "--lang", "en").startswith("DEMONSTRATION: invented data.")
    assert strict(run("--table", good, "--json", "--replicates", 0))["demo"] is False
    settings.DEMO = False
    assert strict(run("1999", "--json"))["demo"] is False
