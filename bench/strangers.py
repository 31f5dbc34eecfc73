"""A stranger attacks what is printed of random registers of 30 to 300 persons, with two corrections each.

    python -m bench.strangers [--count 200] [--first 0]

Nothing may be recovered or under-protected in any version that passed; one that does not waits, and is
counted. `--first`: the number of the first register, for others than those of every time.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from random import Random

import django

DATABASE = True
REGISTERS, ON_ANOTHER_DATABASE = 200, 10  # what is printed is the same on either
VERSIONS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--count", type=int, default=None)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    count, first = asked.count, asked.first
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    from django.db import connection

    import agencies.loading

    agencies.loading.load()
    usual = REGISTERS if connection.vendor == "sqlite" else ON_ANOTHER_DATABASE
    started, found = time.process_time(), Counter[str]()
    for seed in range(first, first + (count or usual)):
        found += (one := register(seed))
        if one["recovered"] or one["under"]:
            print(f"  register {seed}: recovered {one['recovered']}, under-protected {one['under']}")
    seconds = time.process_time() - started
    print(f"{count or usual} random registers, {found['versions']} versions, {seconds:.0f} s of processor")
    print(f"  hidden cells {found['hidden']}, told by zeros and headlines {found['told']}")
    print(f"  recovered {found['recovered']}, under-protected {found['under']}; waiting {found['waits']}")
    if found["recovered"] or found["under"]:
        raise SystemExit("a printed file gives something away")


def register(seed: int) -> Counter[str]:
    """What a stranger found in all its versions. Nothing of it stays."""
    from django.db import transaction

    with transaction.atomic():
        found = versions(seed)
        transaction.set_rollback(True)
    return found


def versions(seed: int) -> Counter[str]:
    from summaries.publishing import actions, files
    from tests.summaries.releasing import released
    from tests.summaries.stranger import attack
    from tests.summaries.test_histories import Year
    from tests.summaries.test_stranger import printed, truth

    files.made = lambda *_args, **_how: []
    year = Year(seed, Random(seed).randint(30, 300))  # noqa: S311 - invented persons
    found, steps, version = Counter[str](), year.steps(), 1
    for _time in range(VERSIONS):
        for table, step in steps.items():
            actions.choose_step(year=2018, table=table, step=step, by=year.anna)
        draft = actions.protect_draft(year=2018, by=year.anna, seconds=2)
        found["waits"] += not draft.passed
        if draft.passed:
            learned = attack(printed(draft, version), truth(year.anna, draft))
            found += Counter(
                versions=1,
                hidden=learned.hidden,
                recovered=len(learned.recovered),
                under=len(learned.under),
                told=len(learned.told),
            )
            released(draft=draft, digest=draft.digest, state=actions.states_open(2018)[0], by=year.anna)
            version += 1
        year.befall()
    return found


if __name__ == "__main__":
    main()
