"""Draw invented facts: exact shares in a shuffled order, so that every year has the totals it must have."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cases.demo import profile

LABOUR = {"labour", "unreasonable", "domestic"}


@dataclass
class Drawn:
    """One invented person before it becomes rows."""

    year: int
    group: str
    purpose: str
    citizenship: str
    county: str = "01"
    agency: str = "police"
    on: date = date(2018, 1, 1)

    @property
    def sex_child(self) -> tuple[str, str]:
        return profile.SEX_CHILD[self.group]

    @property
    def is_labour(self) -> bool:
        return self.purpose in LABOUR


def quota(shares: Mapping[str, int], number: int) -> list[str]:
    """`number` words in the proportions of `shares`, by largest remainder; exact where the shares add up to
    it."""
    total = sum(shares.values())
    exact = {word: share * number / total for word, share in shares.items()}
    counts = {word: int(value) for word, value in exact.items()}
    rest = sorted(shares, key=lambda word: (counts[word] - exact[word], word))
    for word in rest[: number - sum(counts.values())]:
        counts[word] += 1
    return [word for word, count in counts.items() for _ in range(count)]


def shuffled(rng: random.Random, shares: Mapping[str, int], number: int) -> list[str]:
    words = quota(shares, number)
    rng.shuffle(words)
    return words


def code(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def day_in(rng: random.Random, year: int, until: date = date.max) -> date:
    return date(year, 1, 1) + timedelta(days=rng.randrange(days_of(year, until)))


def days_of(year: int, until: date) -> int:
    """How many days of the year have passed on `until`. Of 29 February nothing is ever invented."""
    return min(365, (until - date(year, 1, 1)).days + 1)


def part_of_year(year: int, until: date, number: int) -> int:
    """As many of `number` a year as there is time for."""
    return number * days_of(year, until) // 365


def draw_year(rng: random.Random, number: int, year: profile.Year, scale: int) -> list[Drawn]:
    """Everybody of one year: the groups exactly, the rest in proportion."""
    drafts = [
        Drawn(number, group, purpose, "")
        for group, count in year.groups.items()
        for purpose in shuffled(rng, year.purposes.get(group, profile.LATE["women"]), count * scale)
    ]
    adults = [draft for draft in drafts if draft.sex_child[1] == "no"]
    children = [draft for draft in drafts if draft.sex_child[1] == "yes"]
    for people, shares in ((adults, year.adults_from), (children, year.children_from)):
        for draft, country in zip(people, shuffled(rng, shares, len(people)), strict=True):
            draft.citizenship = country
    rng.shuffle(drafts)
    _place(rng, drafts)
    if number == 2023:
        _berry_pickers(drafts, 40 * scale)
    return drafts


def _place(rng: random.Random, drafts: list[Drawn]) -> None:
    for draft, county in zip(drafts, shuffled(rng, profile.COUNTIES, len(drafts)), strict=True):
        draft.county = county
        agencies = profile.LABOUR_AGENCIES if draft.is_labour else profile.AGENCIES
        draft.agency = rng.choices(list(agencies), list(agencies.values()))[0]
        draft.on = day_in(rng, draft.year)
    for draft in drafts[:4]:  # around New Year, where years are easily mistaken
        draft.on = date(draft.year, *rng.choice([(1, 1), (12, 31), (12, 30), (1, 2)]))


def _berry_pickers(drafts: list[Drawn], number: int) -> None:
    """One large case: forty persons from Thailand, found at one inspection in Västerbotten."""
    workers = [draft for draft in drafts if draft.is_labour and draft.sex_child[1] == "no"]
    wanted = sorted(workers, key=lambda draft: draft.citizenship != "TH")[:number]
    spare = [draft for draft in drafts if draft.citizenship == "TH" and draft not in wanted]
    for draft in wanted:
        if draft.citizenship != "TH":
            other = spare.pop()
            draft.citizenship, other.citizenship = "TH", draft.citizenship
        draft.county, draft.agency, draft.on = "24", "labour_insp", date(2023, 8, 14)
