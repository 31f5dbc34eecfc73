"""A correction that waits, in words for its makers: since when, when it was tried, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from summaries.catalogue import PUBLISHED_BY_NAME
from summaries.classifying import LEFT_OUT
from summaries.publishing.after_models import WaitingCorrection
from summaries.publishing.corrections import waiting
from summaries.publishing.forms import step_names
from summaries.publishing.words import public_titles


@dataclass(frozen=True)
class Waits:
    row: WaitingCorrection

    @classmethod
    def of(cls, year: int) -> Waits | None:
        row = waiting(year)
        return cls(row) if row else None

    @property
    def now(self) -> bool:
        """It can be published as it is by now."""
        return bool(self.row.ways.get("now"))

    @property
    def tried(self) -> bool:
        """Whether it is known what could be published instead."""
        return bool(self.row.ways)

    @property
    def coarser(self) -> list[tuple[str, str]]:
        """The tables that would have to be coarser, and how coarse."""
        titles = public_titles()
        steps: dict[str, int] = self.row.ways.get("coarser", {})
        return [(titles.get(name, name), _step(name, step)) for name, step in steps.items()]


def _step(name: str, step: int) -> str:
    """As the page of the draft calls it."""
    return (
        _("left out") if step == LEFT_OUT else step_names(len(PUBLISHED_BY_NAME[name].ladder))[step].lower()
    )
