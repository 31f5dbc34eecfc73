"""A busy week of the year (`make year`), in the register as it is installed. The people of the year know
addresses and labels alone."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import installed_cluster
from tests.postgres import PostgresMissing, programs
from tests.year.acts import Acts
from tests.year.diary import Diary
from tests.year.operator import Mail, Operator, faketime

YEAR = Path(__file__).parent
# Of what people do and must be shown, without the operator and the formats of files: it reads like a diary.
LINES = 2000


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    try:
        programs()
    except PostgresMissing as missing:
        pytest.skip(str(missing))
    if not faketime():
        pytest.skip("faketime (Debian package faketime) is not installed")
    with installed_cluster() as original:
        mail = Mail()
        operator = Operator(tmp_path, original.cluster, mail.port, workers=1)
        diary = Diary(Acts(operator, mail, seed=1))
        diary.morning(Diary.BEGINS)
        operator.takes_over_the_database()
        operator.starts()
        try:
            yield diary
        finally:
            operator.ends()
            mail.shutdown()
            mail.server_close()


@pytest.mark.heavy
def test_after_a_busy_week_each_is_shown_what_is_true_and_nothing_of_others(diary: Diary) -> None:
    diary.a_busy_week()
    assert diary.compared.faults == []
    assert diary.compared.made > 60


def test_whoever_lives_the_year_knows_nothing_of_the_code() -> None:
    """The operator installs the register as other tests do, and that alone."""
    foreign = {
        (file.name, name)
        for file in YEAR.glob("[!t]*.py")
        for name in _imported(file)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("tests.year")
    }
    assert foreign == {("operator.py", f"tests.{name}") for name in ("installed", "postgres", "proxy")}


def test_the_year_stays_as_short_as_a_diary() -> None:
    files = set(YEAR.glob("[!t]*.py")) - {YEAR / "operator.py", YEAR / "files.py"}
    assert sum(len(file.read_text().splitlines()) for file in files) <= LINES


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
