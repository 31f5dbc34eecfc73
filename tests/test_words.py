"""Words that were the project's own do not come back: code and documents use the field's terms.

The table at the end of `docs/glossary.md` says what each became. What others build on keeps its name:
columns, models, audit actions and texts that are translated.
"""

from __future__ import annotations

import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent
GLOSSARY: Final = "docs/glossary.md"
# A word within a name, and what is said instead.
OF_NAMES: Final = {
    "wall": "policy",
    "walls": "policies",
    "errand": "bypass reason",
    "errands": "bypass reasons",
    "trail": "audit log",
    "veiled": "unprinted",
    "unseal": "decrypt",
    "unsealed": "true_values",
    "sweep": "blocking",
    "swept": "blocked",
    "lookalikes": "similar_persons",
    "patience": "retry, or timeout",
    "hanging": "related rows",
    "telling": "coverage",
    "desk": "home",
}
# Names of columns, models and other things that stay, and plain English in the same letters.
STAY: Final = {
    "wall": {"scripts/check.py", "scripts/times.py", "tests/setup/test_times.py", "bench/casework.py"},
    "telling": {
        "cases/scanner/names.py",
        "legacy_import/sheets/rows.py",
        "tests/nmt_site/test_without_script.py",
    },
    "desk": {"tests/cases/test_call_by_keyboard.py"},
}
# Sentences of documents that only the old words could make.
OF_DOCUMENTS: Final = (
    r"audit trail",
    r"\bthe trail\b",
    r"\bwalls?\b",
    r"\bwalled\b",
    r"\berrands?\b",
    r"\bveiled\b",
    r"(?<!front )\bthe door\b",
    r"\bsealed\b",
    r"\bthe house\b",
)
MOVED: Final = (
    *("accounts/policies.py", "bench/likeness.py", "bench/strangers.py", "bench/trail.py", "tests/walls.py"),
    *("tests/summaries/stranger.py", "tests/test_one_door.py"),
    *(f"{app}/walls.py" for app in ("cases", "exchange", "legacy_import", "retention")),
)


def files(*patterns: str) -> list[str]:
    """Return the files of the repository, as git knows them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [name for name in listed.splitlines() if (ROOT / name).is_file()]


def names_in(text: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and not token.string.startswith("test_"):
            yield token.string


def words_of(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


@pytest.fixture(scope="module")
def names() -> dict[str, set[str]]:
    """Each name of the code, and the files that have it."""
    found: dict[str, set[str]] = {}
    for file in files("*.py"):
        if "/migrations/" not in file and file != "tests/test_words.py":
            for name in set(names_in((ROOT / file).read_text())):
                found.setdefault(name, set()).add(file)
    return found


def test_words_of_names_are_the_fields(names: dict[str, set[str]]) -> None:
    old = {
        f"{file}: {name}, say {OF_NAMES[word]}"
        for name, there in names.items()
        for word in words_of(name) & OF_NAMES.keys()
        for file in there - STAY.get(word, set())
    }
    assert sorted(old) == []


def test_modules_have_the_names_that_they_were_given() -> None:
    assert [name for name in MOVED if (ROOT / name).exists()] == []


def test_documents_use_the_same_words() -> None:
    """Not the glossary, whose last table has the old ones, nor Swedish pages."""
    old, found = re.compile("|".join(OF_DOCUMENTS), re.IGNORECASE), []
    for name in files("*.md"):
        if name == GLOSSARY or name.startswith(("docs/anvandarguide", "docs/data-protection/")):
            continue
        for number, line in enumerate((ROOT / name).read_text().splitlines(), start=1):
            prose = re.sub(r"`[^`]*`|\(\S+\.md\)", "", line)
            found += [f"{name}:{number}: {word}" for word in old.findall(prose)]
    assert found == []


def test_the_table_says_what_each_word_became() -> None:
    table = (ROOT / GLOSSARY).read_text().partition("## Names that were changed")[2].lower()
    assert [word for word in OF_NAMES if word.removesuffix("s") not in table] == []
    assert table.count("\n|") > 120
