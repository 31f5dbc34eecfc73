"""Recall of the scanner by kind, and its false alarms on a thousand ordinary notes; then what it misses and
mistakes on a list of texts that no pattern was fitted to.

Run: python -m bench.scanner
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.scanner_probes import PROBES, ordinary
from cases import scanner

TEXTS = Path(__file__).with_name("scanner_texts.csv")
FRESH = Path(__file__).with_name("scanner_fresh.csv")
HELD_OUT = Path(__file__).with_name("scanner_held_out.csv")
NOTES = 1_000
LONG = 5_000  # characters


def texts() -> list[tuple[str, str]]:
    """(expected kind or "clean", text)."""
    with TEXTS.open(encoding="utf-8", newline="") as file:
        return [(row["expected"], row["text"]) for row in csv.DictReader(file)]


def noticed(text: str) -> bool:
    """Refused or asked about."""
    return bool(scanner.find(text)) or scanner.named(text)


def fresh() -> dict[str, list[str]]:
    """Texts in other styles, by kind or "clean": written before the patterns were looked at again, which then
    were mended by what they missed."""
    return _by_kind(FRESH)


def held_out() -> dict[str, list[str]]:
    """Return texts by kind or "clean" that no pattern is mended by, whatever is missed.

    So the figure stays that of texts which nobody has seen. The clean ones were partly at hand before."""
    return _by_kind(HELD_OUT)


def found_first() -> tuple[int, int]:
    """Return how many of the held-out texts are noticed, and how many there are."""
    texts = [text for kind, some in held_out().items() if kind != "clean" for text in some]
    return sum(map(noticed, texts)), len(texts)


def _by_kind(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["kind"], []).append(row["text"])
    return found


def recall(probes: Mapping[str, Sequence[str]] = PROBES) -> dict[str, float]:
    """Percent of the probes of each kind; names may be asked about, all else is to be refused."""
    return {
        kind: 100
        * sum(noticed(text) if kind == "names" else bool(scanner.find(text)) for text in some)
        / len(some)
        for kind, some in probes.items()
    }


def false_alarms() -> int:
    return sum(map(noticed, ordinary(NOTES)))


def main() -> int:
    later = fresh()
    clean = later.pop("clean")
    for which, probes in (("", PROBES), ("later ", later)):
        for kind, percent in recall(probes).items():
            sys.stdout.write(f"scanner: {kind} {percent:.1f} % of {len(probes[kind])} {which}probes\n")
    sys.stdout.write(f"scanner: {false_alarms()} of {NOTES} ordinary notes refused or asked about\n")
    sys.stdout.write(f"scanner: {sum(map(noticed, clean))} of {len(clean)} later notes of nobody\n")
    seen, number = found_first()
    ordinary_notes = held_out()["clean"]
    asked = sum(map(noticed, ordinary_notes))
    sys.stdout.write(f"scanner: {seen} of {number} held-out texts noticed, {100 * seen / number:.1f} %\n")
    sys.stdout.write(f"scanner: {asked} of {len(ordinary_notes)} held-out ordinary notes\n")
    long = " ".join(ordinary(200))[:LONG]
    began = time.process_time()
    noticed(long)
    sys.stdout.write(f"scanner: {1_000 * (time.process_time() - began):.0f} ms for {LONG} characters\n")
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
    bad, quiet = found["hit"] + found["miss"] + found["other kind"], found["quiet"] + found["false alarm"]
    summary = (
        f"scanner: {found['miss']} of {bad} missed, {found['other kind']} refused as another kind, "
        f"{found['false alarm']} of {quiet} clean texts refused"
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
