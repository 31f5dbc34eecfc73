"""Counting rule 3: the groups that a person may be of, by sex and whether a child. Pure."""

from __future__ import annotations

from typing import Final

WOMEN, MEN, GIRLS, BOYS, OTHER, UNKNOWN = GROUPS = ("women", "men", "girls", "boys", "other", "unknown")
GROUP_OF: Final = {("F", "no"): WOMEN, ("M", "no"): MEN, ("F", "yes"): GIRLS, ("M", "yes"): BOYS}


def group_of(sex: str, child: str) -> str:
    """One of GROUPS: they are disjoint, and add up to all persons."""
    return OTHER if sex == "O" else GROUP_OF.get((sex, child), UNKNOWN)
