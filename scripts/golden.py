"""Writes the golden files of tests/golden anew and says which have changed. docs/developer.md says when that
may be.

python -m scripts.golden
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "golden"


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    before = contents()
    command = [sys.executable, "-m", "pytest", "-n", "0", "--renew-golden", "tests/outside"]
    code = subprocess.run(command, cwd=ROOT).returncode
    print(changed(before, contents()))
    return code


def contents() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(FOLDER.iterdir())}


def changed(before: dict[str, bytes], now: dict[str, bytes]) -> str:
    """The names of the files that are other than they were, for the commit message."""
    names = [name for name in sorted(before.keys() | now) if before.get(name) != now.get(name)]
    if not names:
        return "Every golden file was as it is."
    return f"Changed, to be named in the commit message: {', '.join(names)}."


if __name__ == "__main__":
    sys.exit(main())
