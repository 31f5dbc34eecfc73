"""A row without a number of its own, known again when its sheet comes in corrected. Pure.

It is known by its content. Where that was corrected, the row stands between the rows between which it stood:
of two versions of a sheet of which at least half of the rows are the same, what differs in one place is the
same row, where as many stand there as before and at least half of what each says is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from lifecycle.takeover.reading import Person

ALIKE: Final = 0.5  # of the rows of two versions, and of what two rows say


class Mark(NamedTuple):
    """By what a person of a sheet is known again. `numbered`: by a number of the sheet, that is by it
    alone."""

    key: str
    numbered: bool
    says: tuple[str, ...]


def mark(person: Person) -> Mark:
    facts = {**person.facts, **person.seen[0], "sex": person.sex, "child": person.child}
    return Mark(
        person.key, bool(person.case), tuple(sorted(f"{name}={text}" for name, text in facts.items()))
    )


def known_again(before: Sequence[Mark], now: Sequence[Mark]) -> dict[str, str]:
    """The former key by the new one, of rows that were corrected."""
    old, new = ([one.key for one in marks] for marks in (before, now))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    if same < ALIKE * max(len(old), len(new)):
        return {}
    found: dict[str, str] = {}
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "replace" and j - i == m - k:
            pairs = zip(before[i:j], now[k:m], strict=True)
            found |= {after.key: former.key for former, after in pairs if _same(former, after)}
    there = {*new}
    return {key: former for key, former in found.items() if former not in there}


def _same(former: Mark, after: Mark) -> bool:
    if former.numbered or after.numbered:
        return False
    both = {*former.says} & {*after.says}
    return len(both) >= ALIKE * max(len(former.says), len(after.says), 1)


def rename(persons: Iterable[Person], keys: dict[str, str]) -> None:
    """Persons get the keys by which the register knows them."""
    for person in persons:
        person.key = keys.get(person.key, person.key)
