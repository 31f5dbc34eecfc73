"""An intruder attacks what is printed of random registers of 30 to 300 persons, with two corrections each.

    python -m bench.intruders [--count 200] [--first 0]
    python -m bench.intruders --invented [--years 2018-2020] [--steps full,coarse]

Nothing may be recovered or under-protected in any version that passed; one that does not waits, and is
counted. `--first`: the number of the first register, for others than those of every time.

`--invented`: every year of the demonstration instead, at every step, with each table finer than the others
and with two corrections. It takes hours; `--years` and `--steps` name some of it. DATABASE_URL names an empty
register that has been migrated, as for the random ones.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from accounts.access import Access

DATABASE = "SQLite"
REGISTERS = 200
VERSIONS = 3
Attack = Callable[["Access", int, str], list[Any]]


def main() -> None:
    asked = arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    import agencies.reference_data

    agencies.reference_data.load()
    good = attack_invented(asked) if asked.invented else attack_random(asked.first, asked.count)
    if not good:
        raise SystemExit("a printed file gives something away")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=None)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--invented", action="store_true", help="the years of the demonstration; takes hours")
    parser.add_argument("--years", default="2016-2025", help="the first and the last of them, or one")
    parser.add_argument("--steps", default="full,coarse,coarsest,proposed,finer,corrected")
    return parser.parse_args()


# --- the invented years ----------------------------------------------------------------------
def attack_invented(asked: argparse.Namespace) -> bool:
    """Print what an intruder learns of each year, and return whether it is nothing."""
    from django.db import transaction

    from summaries.site import files
    from tests.summaries.test_intruder_of_the_demonstration import invented_register

    files.made = lambda *_args, **_how: []
    first, _, last = asked.years.partition("-")
    years, steps = range(int(first), int(last or first) + 1), asked.steps.split(",")
    good = True
    with transaction.atomic():
        anna = invented_register()
        for name, attack, year, step in attacks(years, steps):
            good &= attack_once(name, attack, anna, year, step)
        transaction.set_rollback(True)
    return good


def attacks(years: range, steps: list[str]) -> Iterator[tuple[str, Attack, int, str]]:
    """Return the name of each attack, its function, and what that is given: a year, and steps or a table."""
    from tests.summaries import test_intruder_of_the_demonstration as intruder

    for year in years:
        for step in intruder.STEPS:
            if step in steps:
                yield f"{year} {step}", intruder.learned_of_year, year, step
            if step in steps and "corrected" in steps:
                yield f"{year} {step}, corrected", intruder.learned_of_corrections, year, step
        for table in intruder.FINER if "finer" in steps else ():
            yield f"{year} finer {table}", intruder.learned_of_finer, year, table


def attack_once(name: str, attack: Attack, anna: Access, year: int, step: str) -> bool:
    """Return whether nothing was learned. What it publishes and corrects is taken back."""
    from django.db import transaction

    begun = time.process_time()
    with transaction.atomic():
        try:
            learned = attack(anna, year, step)
        except AssertionError as error:  # nothing could be published, or nothing was hidden
            learned = [error]
        transaction.set_rollback(True)
    print(f"{time.process_time() - begun:8.1f} s  {name}: {learned or 'nothing'}", flush=True)
    return not learned


# --- random registers ------------------------------------------------------------------------
def attack_random(first: int, count: int | None) -> bool:
    started, found = time.process_time(), Counter[str]()
    for seed in range(first, first + (count or REGISTERS)):
        found += (one := register(seed))
        if one["recovered"] or one["under"]:
            print(f"  register {seed}: recovered {one['recovered']}, under-protected {one['under']}")
    seconds = time.process_time() - started
    print(
        f"{count or REGISTERS} random registers, {found['versions']} versions, {seconds:.0f} s of processor"
    )
    print(f"  hidden cells {found['hidden']}, told by zeros and headlines {found['told']}")
    print(f"  recovered {found['recovered']}, under-protected {found['under']}; waiting {found['waits']}")
    return not (found["recovered"] or found["under"])


def register(seed: int) -> Counter[str]:
    """What an intruder found in all its versions. Nothing of it stays."""
    from django.db import transaction

    with transaction.atomic():
        found = versions(seed)
        transaction.set_rollback(True)
    return found


def versions(seed: int) -> Counter[str]:
    from summaries.release import actions
    from summaries.site import files
    from tests.summaries.intruder import attack
    from tests.summaries.releasing import released
    from tests.summaries.test_histories import Year
    from tests.summaries.test_intruder import printed, truth

    files.made = lambda *_args, **_how: []
    year = Year(seed, Random(seed).randint(30, 300))  # noqa: S311 - invented persons
    found, steps, version = Counter[str](), year.steps(), 1
    for _time in range(VERSIONS):
        for table, step in steps.items():
            actions.choose_steps(year=2018, steps={table: step}, by=year.anna)
        draft = actions.protect_draft(year=2018, by=year.anna, seconds=2)
        found["waits"] += not draft.passed
        if draft.passed:
            made = _made_anew(printed(draft, version))
            learned = attack(made, truth(year.anna, draft))
            # From the second version on a figure from k on may be a decoy: these may be worked out.
            recovered = [one for one in learned.recovered if version == 1 or one.value < made["k"]]
            found += Counter(
                versions=1,
                hidden=learned.hidden,
                recovered=len(recovered),
                under=len(learned.under),
                told=len(learned.told),
            )
            released(draft=draft, digest=draft.digest, state=actions.states_open(2018)[0], by=year.anna)
            version += 1
        year.befall()
    return found


def _made_anew(version: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a version without the tables that stand: of other persons, and attacked in their own."""
    return {**version, "tables": [table for table in version["tables"] if not table.get("version")]}


if __name__ == "__main__":
    main()
