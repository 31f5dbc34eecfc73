"""What the attack test found. Internal: it tells about true values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from summaries.protection.figures import Figure


class Cancelled(Exception):
    """The caller asked to stop."""


class Kind(StrEnum):
    SMALL = "small"  # below the threshold
    PROTECTS = "protects"  # hidden to protect another
    DIFFERENCE = "difference"  # between two versions


class Verdict(StrEnum):
    SAFE = "safe"
    LOWERED = "lowered"  # zeros and exempt figures alone say this much: nothing that is hidden could help
    UNDER = "under protected"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class FigureInterval:
    """What an outsider can work out: the figure is from `low` to `high`. Internal: `value` is the truth."""

    figure: Figure
    versions: tuple[int | str | None, ...]  # None is the package
    kind: Kind
    value: int
    low: int
    high: int
    verdict: Verdict


@dataclass(frozen=True)
class Findings:
    """Counts of figures; publishing needs `recovered` and `under_protected` 0. `veiled`: printed nowhere."""

    primary: int
    hidden: int
    intervals: tuple[FigureInterval, ...]
    veiled: frozenset[Figure] = frozenset()

    def _count(self, *verdicts: Verdict) -> int:
        return len({interval.figure for interval in self.intervals if interval.verdict in verdicts})

    @property
    def recovered(self) -> int:
        return self._count(Verdict.RECOVERED)

    @property
    def under_protected(self) -> int:
        failed = {Verdict.RECOVERED, Verdict.UNDER}
        return len({i.figure for i in self.intervals if i.verdict in failed and i.kind is not Kind.PROTECTS})

    @property
    def lowered(self) -> int:
        return self._count(Verdict.LOWERED)

    @property
    def told(self) -> int:
        """Small figures of this version that have one value left: hiding them keeps nothing."""
        small = (one for one in self.intervals if one.kind is Kind.SMALL and one.versions == (None,))
        return len({one.figure for one in small if one.low == one.high and one.figure not in self.veiled})
