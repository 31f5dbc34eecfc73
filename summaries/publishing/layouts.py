"""The tables of the public package and their ladders: full, coarse, coarsest. Fixed in advance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from summaries.publishing import lists
from summaries.publishing.families import Path

SCOPES: Final = ("trafficking", "with_exploitation")
NESTED: Final = (
    "scope",
    "scope_status",
)  # columns of which some are parts of others; the second by status too
LABOUR: Final[Path] = (("purpose_class", "labour"),)


@dataclass(frozen=True, slots=True)
class Step:
    """Levels of rows and columns; no columns for totals alone. `only`: the rows, where not all of the
    level's."""

    rows: str
    columns: str = ""
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """One public table. `facts`: the deep table it is read from. `pinned`: what all its persons share.

    `open`: its rows are not all there are, or overlap, so that they do not add up to the total.
    """

    name: str
    facts: str
    ladder: tuple[Step, ...]
    pinned: Path = ()
    open: bool = False


LAYOUTS: Final = (
    Layout("groups", "groups", (Step("group"),)),
    Layout(
        "main_purpose",
        "purpose",
        (
            Step("main_purpose", "group"),
            Step("main_purpose", "section"),
            Step("purpose_class", "section"),
        ),
    ),
    Layout(
        "country_group",
        "citizenship",
        (
            Step("country_group", "section"),
            Step("eu_citizenship", "section"),
            Step("eu_citizenship"),
        ),
    ),
    Layout("citizenship", "citizenship", (Step("citizenship", "section"), Step("citizenship")), open=True),
    Layout("region", "county", (Step("region", "section"), Step("region"), Step("area"))),
    Layout(
        "organisation",
        "organisation",
        (
            Step("organisation", "section"),
            Step("eu_organisation", "section"),
            Step("eu_organisation"),
        ),
    ),
    Layout(
        "offence",
        "offence",
        (Step("offence", "section"), Step("offence_class", "section"), Step("offence_class")),
    ),
    Layout(
        "sector", "sector", (Step("sector", "section"), Step("sector"), Step("sector_class")), pinned=LABOUR
    ),
    Layout("ages", "age", (Step("age", "section"), Step("age_class"), Step("age_span"))),
    Layout(
        "measures",
        "measure",
        (
            Step("measure", "section"),
            Step("measure", "section", lists.MAIN_MEASURES),
            Step("measure", "", lists.MAIN_MEASURES),
        ),
        open=True,
    ),
    Layout("sdg", "sdg", (Step("sdg", "section"), Step("sdg"))),
    Layout("eu_form", "eu_form", (Step("eu_form", "scope_status"), Step("eu_form", "scope"))),
    Layout(
        "eu_organisation",
        "eu_organisation",
        (
            Step("eu_organisation", "scope_status"),
            Step("eu_organisation", "scope"),
        ),
    ),
    Layout(
        "eu_age_sex",
        "eu_age_sex",
        (
            Step("group", "scope_status"),
            Step("group", "scope"),
            Step("section", "scope"),
        ),
    ),
    Layout(
        "eu_citizenship",
        "eu_citizenship",
        (
            Step("eu_citizenship", "scope_status"),
            Step("eu_citizenship", "scope"),
        ),
    ),
    Layout("eu_status", "eu_status", (Step("eu_status", "scope"),)),
)
# The common tables that `yearly_summary` prints, in full detail.
COMMON: Final = tuple(
    Layout(
        name,
        facts,
        (Step(level, "" if level == "group" else "group"),),
        open=name in ("any_purpose", "measures"),
    )
    for name, facts, level in (
        ("groups", "groups", "group"),
        ("main_purpose", "purpose", "main_purpose"),
        ("any_purpose", "any_purpose", "any_purpose"),
        ("citizenship", "citizenship", "citizenship"),
        ("county", "county", "county"),
        ("organisation", "organisation", "organisation"),
        ("source", "source", "source"),
        ("offence", "offence", "offence"),
        ("status", "status", "status"),
        ("measures", "measure", "measure"),
        ("ages", "age", "age"),
    )
)
INTERNATIONAL: Final = ("sdg", "eu_form", "eu_organisation", "eu_age_sex", "eu_citizenship", "eu_status")
BY_NAME: Final = {layout.name: layout for layout in LAYOUTS}
STEP_NAMES: Final = ("full", "coarse", "coarsest")


def chosen(layout: Layout, steps: dict[str, int]) -> Step:
    return layout.ladder[min(steps.get(layout.name, 0), len(layout.ladder) - 1)]
