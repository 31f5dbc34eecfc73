"""Every test that a page of promises names is there, and runs in `make test`."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from accounts.row_level_security import bypasses, functions
from tests.setup.test_repository import ROOT
from tests.weights import USUAL

SECURITY = (ROOT / "docs" / "security.md").read_text()
PROMISES = ("docs/security.md", "docs/asvs.md", "tests/test_promises.py", "tests/test_page_of_privacy.py")
TEXTS = "".join((ROOT / name).read_text() for name in PROMISES)
HANDOVERS = re.findall(r"([\w/]+\.py)::(\w+)", (ROOT / "docs/handovers.md").read_text())
NAMED = sorted(
    {
        *re.findall(r"[`\"](tests/[\w/.]+\.py)(?:::(\w+))?", TEXTS),
        *((f"tests/{file}", name) for file, name in HANDOVERS),
    }
)
# A register that is set up by the guide: `docs/security.md` says that `make test-all` tries it.
LEFT_TO_ALL = ("tests/setup/test_as_the_guide_says.py", "")


def test_it_names_many() -> None:
    assert len(NAMED) > 25


def is_there(file: str, name: str) -> bool:
    """Whether the file is there and has that test, or any where none is named."""
    text = (ROOT / file).read_text() if (ROOT / file).exists() else ""
    return bool(re.search(rf"^\s*(def|class) {name or 'test_'}", text, re.MULTILINE))


def test_whatever_looks_beyond_the_policies_is_listed() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", SECURITY, re.MULTILINE)) == set(bypasses())
    assert [name for name in functions() if f"`{name}`" not in SECURITY] == []


def test_every_named_proof_exists() -> None:
    assert [(file, name) for file, name in NAMED if not is_there(file, name)] == []


def runs(file: str, name: str, usual: Mapping[str, bool]) -> bool:
    """Return whether `make test` runs a test of that name or class, or any of the file where none is named;
    True for a file that was not collected."""
    tests = [test.split("::") for test in usual if test.startswith(f"{file}::")]
    named = [test for test in tests if not name or name in test]
    return not tests or any(usual["::".join(test)] for test in named)


def test_every_named_proof_runs_in_make_test(request: pytest.FixtureRequest) -> None:
    """True of all that was collected: in `make test`, of everything."""
    usual = request.config.stash[USUAL]
    assert [proof for proof in NAMED if proof != LEFT_TO_ALL and not runs(*proof, usual)] == []


def test_a_proof_that_is_left_to_make_test_all_is_found_out() -> None:
    usual = {"tests/a.py::test_one": True, "tests/a.py::TestTwo::test_two": False}
    assert runs("tests/a.py", "", usual)
    assert runs("tests/a.py", "test_one", usual)
    assert not runs("tests/a.py", "TestTwo", usual)
    assert not runs("tests/a.py", "test_two", usual)
    assert not runs("tests/a.py", "", {"tests/a.py::test_one": False})


def test_a_proof_that_is_not_there_is_found_out() -> None:
    here = "tests/setup/test_security_page.py"
    assert is_there(here, "test_it_names_many")
    assert not is_there(here, "test_it_" + "names_few")
    assert not is_there("tests/nowhere.py", "")
