"""What must hold for every file of the repository."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import distribution
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
# The brackets keep these lines from finding themselves.
UNWANTED = {
    "unfinished work": r"\bTOD[O]\b|\bFIXM[E]\b",
    "the host of a package registry": r"\b(pypi|pythonhosted|npmjs|rubygems|golang)\.(org|com)\b|\bdeb\.debian\.",  # noqa: E501
    "a folder of somebody's own machine": r"(?<![\w.])/(home|Users|root|work)/[A-Za-z.]",
    "the tool it was written with": r"(?i)\bcl[a]ude\b|anthr[o]pic|copil[o]t|ch[a]tgpt|open[a]i\b|\bsub-?ag[e]nt",  # noqa: E501
}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every tracked file that is a text, by its name."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this copy is not a git repository")
    names = [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]
    found = {}
    for name in names:
        with suppress(UnicodeDecodeError):
            found[name] = (ROOT / name).read_text()
    return found


@pytest.mark.parametrize("what", UNWANTED)
def test_no_tracked_file_holds(what: str, texts: dict[str, str]) -> None:
    pattern = re.compile(UNWANTED[what])
    assert [place for name, text in texts.items() for place in _places(name, text, pattern)] == []


def _places(name: str, text: str, pattern: re.Pattern[str]) -> list[str]:
    if not pattern.search(text):
        return []
    return [
        f"{name}:{number}: {line[:80]}"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_patterns_find_what_they_are_meant_to_find() -> None:
    samples = ["# TO" + "DO later", "https://py" + "pi.org/simple", "cd /ho" + "me/anna", "by Cl" + "aude"]
    assert all(re.search(pattern, text) for pattern, text in zip(UNWANTED.values(), samples, strict=True))


def test_requirements_are_pins_and_nothing_else() -> None:
    pin = re.compile(r"[a-z0-9-]+(\[[a-z,]+\])?==[0-9][0-9a-z.]*( ; .+)?")
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        assert lines
        assert [line for line in lines if not pin.fullmatch(line)] == []


def test_both_requirements_files_pin_the_same_versions() -> None:
    pins = [(ROOT / name).read_text().splitlines() for name in ("requirements.txt", "requirements-dev.txt")]
    runtime, development = (dict(line.split(" ;")[0].split("==") for line in lines) for lines in pins)
    shared = runtime.keys() & development
    assert shared
    assert {name for name in shared if runtime[name] != development[name]} == set()


def test_whatever_a_pinned_package_needs_is_pinned_too() -> None:
    lines = [(ROOT / name).read_text().splitlines() for name in ("requirements.txt", "requirements-dev.txt")]
    pins = {Requirement(line).name: Requirement(line) for line in chain(*lines)}
    for name, pin in pins.items():
        if pin.marker and not pin.marker.evaluate():
            continue
        needs = map(Requirement, distribution(name).requires or ())
        extras = pin.extras or {""}
        needed = {
            canonicalize_name(need.name)
            for need in needs
            if not need.marker or any(need.marker.evaluate({"extra": extra}) for extra in extras)
        }
        assert needed <= pins.keys(), name


def test_every_direct_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text().lower()
    for name in ("requirements.in", "requirements-dev.in"):
        named = re.findall(r"^([A-Za-z][\w-]*)", (ROOT / name).read_text(), re.MULTILINE)
        assert len(named) > 5
        assert [package for package in named if f"| {package.lower()}" not in reasons] == []


def test_every_migration_has_a_name_that_says_something() -> None:
    names = [file.name for file in ROOT.glob("*/migrations/*.py") if file.name != "__init__.py"]
    assert [name for name in names if not re.fullmatch(r"\d{4}_(?!auto_)[a-z][a-z0-9_]+\.py", name)] == []


def test_the_example_environment_lists_every_name_that_is_read() -> None:
    sources = "".join(file.read_text() for file in ROOT.glob("nmt_site/*.py"))
    read = set(re.findall(r"(?:env\.\w+|\btext|\bflag|\bnumber|\bitems|\bsecret)\(\s*\"([A-Z_]+)\"", sources))
    listed = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert {"DATABASE_URL", "SECRET_KEY", "NOTES_KEY", "AUDIT_KEY", "DEMO"} <= read
    assert read - listed == set()


def test_layers_and_pure_modules_are_kept_apart() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
