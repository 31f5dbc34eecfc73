"""What is invented for each year: groups as published where they were, and shares of purposes, countries,
places.

2018 agrees with what was published in words: adults mostly sexual purposes, those women; women otherwise
begging and labour; men begging, crime, labour; children mostly crime, those boys; girls sexual purposes,
begging, marriage.

Draw invented facts: exact shares in a shuffled order, so that every year has the totals it must have.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from cases.rules.exploitation import LABOUR

SEX_CHILD = {
    "women": ("F", "no"),
    "men": ("M", "no"),
    "girls": ("F", "yes"),
    "boys": ("M", "yes"),
    "other": ("O", "no"),
    "unknown_adults": ("U", "no"),
    "unknown_children": ("U", "yes"),
}
Shares = dict[str, int]
Choice = TypeVar("Choice")


def _shares(text: str) -> Shares:
    """Return the words of a text such as "RO 30 BG 22" with their shares, in its order."""
    parts = text.split()
    return dict(zip(parts[::2], (int(part) for part in parts[1::2]), strict=True))


def _groups(*counts: int) -> Shares:
    """Return how many women, men, girls, boys, others, unknown adults and unknown children there are."""
    return dict(zip(SEX_CHILD, counts, strict=True))


@dataclass(frozen=True)
class YearProfile:
    """Persons by group; children who came along; calls; purposes by group as counts or shares; countries."""

    groups: Shares
    accompanying: int
    calls: int
    purposes: dict[str, Shares]
    adults_from: Shares
    children_from: Shares


EARLY = {
    "women": _shares("sexual 70 begging 13 labour 9 domestic 2 marriage 3 unknown 3"),
    "men": _shares("begging 36 crime 28 labour 26 fraud 4 unknown 6"),
    "girls": _shares("sexual 46 begging 32 marriage 22"),
    "boys": _shares("crime 74 begging 18 labour 8"),
}
LATE = {
    "women": _shares("sexual 66 labour 12 unreasonable 7 begging 8 domestic 2 marriage 3 unknown 2"),
    "men": _shares("unreasonable 58 labour 25 begging 8 crime 6 fraud 1 unknown 2"),
    "girls": _shares("sexual 55 begging 22 marriage 18 crime 5"),
    "boys": _shares("crime 66 begging 18 labour 12 sexual 4"),
}
Y2018 = {
    "women": _shares("sexual 130 begging 17 labour 10 domestic 2 marriage 2 unknown 2"),
    "men": _shares("begging 16 crime 12 labour 10 unreasonable 2 unknown 2"),
    "girls": _shares("sexual 9 begging 6 marriage 4"),
    "boys": _shares("crime 32 begging 4 labour 2"),
}
Y2023 = {  # 189 labour and 182 sexual were published
    "women": _shares("sexual 166 labour 22 unreasonable 18 begging 12 marriage 4 unknown 2"),
    "men": _shares("labour 58 unreasonable 88 begging 9 crime 8 unknown 2"),
    "girls": _shares("sexual 15 begging 3 marriage 2"),
    "boys": _shares("crime 9 labour 3 begging 2 sexual 1"),
}

FROM_2016 = _shares("RO 30 BG 22 NG 16 SE 6 TH 4 MA 3 SO 3 VN 3 UA 2 XS 1 ZZ 2")
FROM_2018 = _shares("RO 34 NG 20 BG 16 SE 7 TH 5 VN 4 MA 3 AL 3 CO 2 XS 1 ZZ 2")
FROM_2021 = _shares("RO 24 TH 18 NG 12 BG 11 UA 9 SE 6 VN 5 UZ 4 CO 3 PL 3 ZZ 2")
CHILDREN_EARLY = _shares("RO 34 BG 14 MA 20 AF 12 SE 9 NG 6 ZZ 3")
CHILDREN_LATE = _shares("RO 60 MA 10 SE 8 NG 6 UA 6 AF 5 XS 1")
FROM_2023 = _shares(  # adults by citizenship as published for the five most common
    "TH 62 UA 28 RO 21 NG 21 SE 19 BG 22 VN 22 PL 21 UZ 20 CO 20 MA 18 AL 18 GE 16 LT 15 IN 15 BD 14 PK 12"
    " SO 10 ZZ 20"
)
CHILDREN_2023 = _shares("RO 13 SE 4 NG 2 UA 1 MA 6 AF 4 BG 3 XS 2")

YEARS: dict[int, YearProfile] = {
    2016: YearProfile(_groups(72, 28, 28, 14, 0, 0, 0), 8, 190, EARLY, FROM_2016, CHILDREN_EARLY),
    2017: YearProfile(_groups(108, 61, 28, 28, 0, 0, 0), 26, 240, EARLY, FROM_2016, CHILDREN_EARLY),
    2018: YearProfile(_groups(163, 42, 19, 38, 0, 0, 0), 21, 371, Y2018, FROM_2018, CHILDREN_EARLY),
    2019: YearProfile(_groups(202, 46, 23, 26, 0, 1, 0), 19, 390, EARLY, FROM_2018, CHILDREN_EARLY),
    2020: YearProfile(_groups(196, 74, 24, 20, 0, 2, 0), 14, 350, LATE, FROM_2018, CHILDREN_LATE),
    2021: YearProfile(_groups(289, 142, 32, 21, 0, 5, 1), 22, 410, LATE, FROM_2021, CHILDREN_LATE),
    2022: YearProfile(_groups(223, 139, 0, 0, 2, 11, 0), 18, 395, LATE, FROM_2021, CHILDREN_LATE),
    2023: YearProfile(_groups(224, 165, 20, 15, 1, 4, 0), 17, 420, Y2023, FROM_2023, CHILDREN_2023),
    2024: YearProfile(_groups(231, 168, 12, 10, 2, 7, 0), 15, 430, LATE, FROM_2021, CHILDREN_LATE),
    2025: YearProfile(_groups(240, 171, 18, 14, 2, 6, 1), 16, 445, LATE, FROM_2021, CHILDREN_LATE),
}


def of(year: int) -> YearProfile:
    """Of the years that follow, the last once more."""
    return YEARS.get(year, YEARS[max(YEARS)])


COUNTIES = _shares(
    "01 30 14 17 12 16 03 5 05 5 06 4 13 3 18 3 19 3 20 3 21 2 22 2 24 2 25 2 17 2 08 1 07 1 04 2 10 1 23 1"
    " 09 1"
)
AGENCIES = _shares("police 30 social 18 migration 16 coordinator 13 labour_insp 8 ngo 8 tax 3 support_line 4")
LABOUR_AGENCIES = _shares("labour_insp 34 police 24 coordinator 14 tax 10 migration 8 social 6 ngo 4")
CHANNELS = {agency: agency for agency in AGENCIES} | {"labour_insp": "inspection", "tax": "inspection"}
SECTORS = _shares(
    "berries 20 agri 12 construction 18 horeca 15 industry 8 carwash 7 cleaning 6 household 3 beauty 4"
    " unknown 3"
)
STATUSES = _shares("presumed 60 identified 20 under_assessment 11 declined 9")
ADULT_AGES = _shares("18y 34 25y 36 35y 20 50y 5 unknown 5")
CHILD_AGES = _shares("7y 8 13y 34 16y 50 unknown 6 0y 2")
AGES_OF = {"no": ADULT_AGES, "yes": CHILD_AGES}  # by whether it is a child
# Per cent of persons, and of children alone.
MEASURES = _shares(
    "info 80 shelter 34 police_report 38 health 22 psych 15 legal 18 reflection 12 permit 9 nsp_rest 10"
    " return 13 money 14"
)
CHILD_MEASURES = _shares("child_report 72 placement 40 guardian 25")
MEASURES_OF = {"no": MEASURES, "yes": MEASURES | CHILD_MEASURES}
CALLERS = _shares(
    "social 32 police 15 migration 12 ngo 11 health 9 authority 6 school 4 labour_insp 4 legal 3"
    " coordinator 2 public 2"
)
TOPICS = _shares("person 45 advice 18 housing 12 permit 8 child 6 training 5 return 4 prostitution 2")


BERRIES_ON = date(2023, 8, 14)  # the inspection at which forty were found


@dataclass
class Drawn:
    year: int
    group: str
    purpose: str
    citizenship: str = ""
    county: str = "01"
    agency: str = "police"
    on: date = date(2018, 1, 1)

    @property
    def sex_child(self) -> tuple[str, str]:
        return SEX_CHILD[self.group]

    @property
    def is_labour(self) -> bool:
        return self.purpose in LABOUR

    @property
    def picks_berries(self) -> bool:
        return self.on == BERRIES_ON and self.county == "24"


def pick(rng: random.Random, shares: Mapping[Choice, int]) -> Choice:
    """Return one word, each as likely as its share."""
    return rng.choices(list(shares), list(shares.values()))[0]


def quota(shares: Mapping[str, int], number: int) -> list[str]:
    """`number` words in the proportions of `shares`, by largest remainder; exact where the shares add up to
    it."""
    total = sum(shares.values())
    exact = {word: share * number / total for word, share in shares.items()}
    counts = Counter({word: int(value) for word, value in exact.items()})
    rest = sorted(shares, key=lambda word: (counts[word] - exact[word], word))
    counts.update(rest[: number - counts.total()])
    return list(counts.elements())


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


def draw_year(rng: random.Random, number: int, year: YearProfile, scale: int) -> list[Drawn]:
    """Everybody of one year: the groups exactly, the rest in proportion."""
    drafts = [
        Drawn(number, group, purpose)
        for group, count in year.groups.items()
        for purpose in shuffled(rng, year.purposes.get(group, LATE["women"]), count * scale)
    ]
    for child, shares in (("no", year.adults_from), ("yes", year.children_from)):
        people = [draft for draft in drafts if draft.sex_child[1] == child]
        for draft, country in zip(people, shuffled(rng, shares, len(people)), strict=True):
            draft.citizenship = country
    rng.shuffle(drafts)
    _place(rng, drafts)
    if number == 2023:
        _berry_pickers(drafts, 40 * scale)
    return drafts


def _place(rng: random.Random, drafts: list[Drawn]) -> None:
    for draft, county in zip(drafts, shuffled(rng, COUNTIES, len(drafts)), strict=True):
        draft.county = county
        agencies = LABOUR_AGENCIES if draft.is_labour else AGENCIES
        draft.agency = pick(rng, agencies)
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
        draft.county, draft.agency, draft.on = "24", "labour_insp", BERRIES_ON
