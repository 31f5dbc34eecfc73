"""Act, means and purpose after article 3 of the Palermo Protocol: a help for judgement, never a finding.

Codes with or without the prefix of their list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cases.rules.values import bare

ACTS: Final = frozenset({"recruitment", "transport", "transfer", "harbouring", "receipt", "abduction"})
MEANS: Final = frozenset(
    {"force", "threat", "deception", "dependency", "defenceless", "hardship", "abduction", "payment", "other"}
)
# Work on clearly unreasonable terms is a purpose of 4:1b, not of trafficking; unknown is no purpose.
PURPOSES: Final = frozenset(
    {
        "sexual",
        "labour",
        "domestic",
        "begging",
        "crime",
        "fraud",
        "marriage",
        "adoption",
        "surrogacy",
        "organs",
        "war",
        "slavery",
        "other",
    }
)


@dataclass(frozen=True, slots=True)
class Palermo:
    """Whether each element is stated; `complete` when all that are needed are."""

    act: bool
    means: bool
    purpose: bool
    complete: bool
    means_needed: bool


def palermo(acts: Iterable[str], means: Iterable[str], purposes: Iterable[str], child: str) -> Palermo:
    """`child` is yes, no or unknown, at identification.

    A child needs no means, article 3(c); directive 2011/36 article 2(5) excepts exploitation of surrogacy
    alone. Abduction is among the means of article 3(a): logged as an act it counts as both."""
    stated_acts, stated_means, stated = _bare(acts), _bare(means), _bare(purposes) & PURPOSES
    act = bool(stated_acts & ACTS)
    improper = bool(stated_means & MEANS) or "abduction" in stated_acts
    needed = child != "yes" or stated == {"surrogacy"}
    complete = act and bool(stated) and (improper or not needed)
    return Palermo(act=act, means=improper, purpose=bool(stated), complete=complete, means_needed=needed)


def _bare(codes: Iterable[str]) -> set[str]:
    return {bare(code) for code in codes}
