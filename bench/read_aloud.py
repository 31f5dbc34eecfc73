"""Random years in words, both languages, to be read by somebody: python -m bench.read_aloud [NUMBER]."""

from __future__ import annotations

import sys
from random import Random

from summaries.text import gather, paragraphs
from tests.summaries.reader import COUNTRIES
from tests.summaries.small_registers import GROUPS, Kind, people, tables_of

NUMBER = 25


def main(number: int) -> None:
    for seed in range(number):
        random = Random(seed)  # noqa: S311 - invented data
        groups = random.choice((GROUPS, GROUPS, GROUPS[:4], GROUPS[:2]))
        kind = Kind(
            random.choice((20, 45, 90, 180, 300)), groups, columns=random.choice(("group", "section"))
        )
        now, then = (tables_of(kind, people(kind, random)) for _time in range(2))
        facts = gather(2018, now, then if seed % 3 else (), hidden_is_somebody=True)
        for language in ("sv", "en"):
            told = paragraphs(facts, language, countries=COUNTRIES[language])
            print(f"--- {seed} {language}", *told[:-2], sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else NUMBER)
