"""Misses and false alarms of the scanner on a list of texts that no test uses and no pattern was fitted to.

Run: python -m bench.scanner
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

from cases import scanner

TEXTS = Path(__file__).with_name("scanner_texts.csv")


def texts() -> list[tuple[str, str]]:
    """(expected kind or "clean", text)."""
    with TEXTS.open(encoding="utf-8", newline="") as file:
        return [(row["expected"], row["text"]) for row in csv.DictReader(file)]


def main() -> int:
    found: Counter[str] = Counter()
    lines: list[str] = []
    for expected, text in texts():
        kinds = {finding.kind for finding in scanner.find(text)}
        verdict = _verdict(expected, kinds)
        found[verdict] += 1
        if verdict not in ("hit", "quiet"):
            lines.append(
                f"  {verdict}: {text!r} expected {expected}, found {', '.join(sorted(kinds)) or 'nothing'}"
            )
    bad, clean = found["hit"] + found["miss"] + found["other kind"], found["quiet"] + found["false alarm"]
    summary = (
        f"scanner: {found['miss']} of {bad} missed, {found['other kind']} refused as another kind, "
        f"{found['false alarm']} of {clean} clean texts refused"
    )
    sys.stdout.write("\n".join([summary, *lines]) + "\n")
    return 0


def _verdict(expected: str, kinds: set[str]) -> str:
    if expected == "clean":
        return "false alarm" if kinds else "quiet"
    if not kinds:
        return "miss"
    return "hit" if expected in kinds else "other kind"


if __name__ == "__main__":
    raise SystemExit(main())
