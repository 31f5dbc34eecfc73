"""Presses of keys that daily work takes in Chromium, and acts that a file takes, each beside its budget: the
tests that count them are run, and what they counted is printed.

    python -m bench.keys
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

COUNTED = (
    "tests/cases/test_call_by_keyboard.py::test_a_usual_call_takes_few_keys_and_the_next_call_is_one_key_away",
    "tests/cases/test_call_by_keyboard.py::test_a_call_becomes_a_case_with_two_shortcuts_and_nothing_asked_twice",
    "tests/cases/test_casework_in_the_browser.py::"
    "test_forty_persons_are_registered_by_keyboard_and_what_differs_is_changed",
    "tests/cases/test_casework_in_the_browser.py::"
    "test_two_facts_of_forty_stored_persons_take_twelve_presses_though_three_differ",
    "tests/cases/test_import_conversation.py::"
    "test_a_real_file_with_five_kinds_of_fault_is_in_within_twelve_acts",
)


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "counted"
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *COUNTED]
        run = subprocess.run(
            command, env={**os.environ, "KEYS_COUNTED": str(path)}, capture_output=True, text=True
        )
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        what, presses, most = line.split("\t")
        print(f"{what:<62} {presses:>3} of {most}")
    if run.returncode or len(lines) != len(COUNTED):
        print(run.stdout[-2000:], file=sys.stderr)
    return run.returncode or int(len(lines) != len(COUNTED))


if __name__ == "__main__":
    raise SystemExit(main())
