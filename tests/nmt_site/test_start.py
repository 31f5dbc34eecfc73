"""A process of the web server loads what every page needs, and nothing that a few pages or runs need."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import packages_distributions
from typing import Final

import pytest
from packaging.utils import canonicalize_name

from tests.ours import ROOT

# What finds names, protects, estimates and makes PDF files; what writes spreadsheets for tests alone; and the
# patterns of the scanner, which the first text compiles.
NEEDED_BY_FEW: Final = {
    "PIL", "babel", "cases.scanner.names", "cases.scanner.scan", "faker", "highspy", "numpy", "openpyxl",
    "scipy", "weasyprint", "yaml",
}  # fmt: skip
START: Final = """
import json, sys
sys.modules.update(dict.fromkeys(json.loads(sys.argv[1])))
import nmt_site.wsgi
from django.urls import resolve
resolve("/")
print(json.dumps(sorted(name for name, module in sys.modules.items() if module)))
"""


def installed_for_tests() -> list[str]:
    """Modules that are not there at run time, where requirements.txt is all that is installed."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    at_run_time = {canonicalize_name(line.split("==")[0].split("[")[0]) for line in lines}
    found = packages_distributions().items()
    return [name for name, of in found if at_run_time.isdisjoint(map(canonicalize_name, of))]


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    command = [sys.executable, "-c", START, json.dumps(installed_for_tests())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_the_start_loads_nothing_that_few_pages_need(loaded: set[str]) -> None:
    assert "cases.views.case" in loaded
    assert loaded & NEEDED_BY_FEW == set()


def test_what_tests_alone_need_is_not_installed_at_run_time() -> None:
    assert {"babel", "faker", "openpyxl"} <= set(installed_for_tests())
