"""python -m tests.year [--seed 1] [--week]: lives a year, or a busy week, in a register that it installs.
Prints what is not as it must be, and ends with 1 where anything is."""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

from tests.year.acts import Acts
from tests.year.diary import YEAR, Diary
from tests.year.operator import Mail, Operator, own_cluster


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--week", action="store_true", help="a busy week instead of the year")
    parser.add_argument("--months", type=int, nargs="+", default=range(1, 14), help="13: the spring after")
    parser.add_argument("--pairs", nargs="+", default=[], help="what meets, such as transfer,grant")
    words = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what it has started is ended too
    with tempfile.TemporaryDirectory(prefix="nmt-year-") as folder, own_cluster() as cluster:
        mail = Mail()
        operator = Operator(Path(folder), cluster, mail.port)
        diary = Diary(Acts(operator, mail, words.seed), [tuple(pair.split(",")) for pair in words.pairs])
        diary.morning(date(YEAR, words.months[0], 4))
        operator.installs()
        operator.starts()
        try:
            diary.a_busy_week() if words.week else diary.a_year(words.months)
        finally:  # what was found is said too where the year breaks off
            operator.ends()
            failed = report(diary, time.monotonic() - diary.began)
    return failed


def report(diary: Diary, seconds: float) -> int:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    requests = len(diary.acts.requests)
    print(f"{requests} requests, {diary.compared.made} comparisons, {seconds:.0f} s, "
          f"{used.ru_utime + used.ru_stime:.0f} s of processor")  # fmt: skip
    print(f"pairs: {Counter(diary.combined)}")
    return 1 if diary.compared.faults else 0


if __name__ == "__main__":
    sys.exit(main())
