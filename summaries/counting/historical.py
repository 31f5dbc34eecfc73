"""What was published before the register: read beside the register's own figures, never mixed with them.

Then what has to be said beside the figures of a year, by the authority's texts (`remarks`) of this moment or
as they were frozen with a version; and how population and historical figures that are shipped are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import product
from operator import attrgetter
from typing import Final

from django.db import models, transaction
from django.utils.translation import gettext as _, gettext_lazy

from agencies.code_words import rows
from agencies.reference_data import add_missing
from audit.writer import System, Target, record
from cases.rules.persons import GROUPS
from knowledge.stored_texts import Remarks
from libs.groups import grouped
from libs.suppression.tables import TOTAL, Cell, Dimension, Status, Table
from summaries.counting.reference import titles
from summaries.models import HistoricalFigure, Population
from summaries.release.models import Exemption
from summaries.year_words import sentence

PARTS: Final = {
    "other": ("other", "other_adults", "other_children"),
    "unknown": ("unknown", "unknown_adults", "unknown_children"),
}
POPULATIONS: Final = {
    "total": ("T", "total"),
    "men": ("M", "total"),
    "women": ("F", "total"),
    "under_18": ("T", "0-17"),
}
OPEN_LISTS: Final = {"purpose": "published_purpose", "citizenship": "published_citizenship"}


@dataclass(frozen=True, slots=True)
class Break:
    """Between these two years the series changed what it counts. `what`: how, as the remark `key` says it."""

    before: int
    after: int
    key: str
    what: str = ""


BREAKS: Final = (
    Break(2016, 2017, "break_2017"),
    Break(2020, 2021, "break_2021"),
    Break(2021, 2022, "break_2022"),
    Break(2022, 2023, "break_2022"),
)


# What the shipped figures note, for the catalogue of translations: a note is shown in the reader's language.
NOTES: Final = (
    gettext_lazy("8 accompanying children are included in this total; comparable figure 142"),
    gettext_lazy("included in the 2016 total: series break between 2016 and 2017"),
    gettext_lazy("compiled from the support line and the regional coordinators"),
    gettext_lazy("in addition to the 225"),
    gettext_lazy(
        "436 adults + 54 children; from 2021 the texts name only the regional coordinators and include "
        "människoexploatering (human exploitation): series break"
    ),
    gettext_lazy("probably adults only (inferred, not stated)"),
    gettext_lazy("total not found"),
    gettext_lazy("one case of about 40 berry pickers"),
    gettext_lazy("newspaper only: keep unverified, never print as official"),
    gettext_lazy("newspaper only"),
)


@dataclass(frozen=True)
class Published:
    """The historical figures of one year, perhaps none.

    `frozen`: what has to be said of a year whose rows are gone, else empty. `printed`: the tables of the
    version that was final then, as everybody has them; the figures stand where there is none.
    """

    year: int
    figures: tuple[HistoricalFigure, ...]
    frozen: str = ""
    printed: tuple[Table, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.figures or self.frozen)

    def value(self, measure: str, *groups: str) -> int | None:
        """The sum of what stands of these groups and is verified; None where nothing does."""
        found = [self._verified[key].value for key in product([measure], groups) if key in self._verified]
        return sum(found) if found else None

    @property
    def published_total(self) -> int | None:
        return self.value("persons", "total")

    @property
    def state(self) -> str:
        """Of the published total: published, or calculated from what was. Empty where none stands."""
        total = self._verified.get(("persons", "total"))
        return str(total.get_status_display()) if total else ""

    @cached_property
    def groups(self) -> dict[str, int]:
        """The groups of which something stands."""
        values = ((group, self.value("persons", *PARTS.get(group, (group,)))) for group in GROUPS)
        return {group: value for group, value in values if value is not None}

    @property
    def accompanying_inside(self) -> int:
        """How many accompanying children the published total holds beside the groups (8 in 2016, 0 else)."""
        total, children = self.published_total, self.value("accompanying_children", "total")
        if total is None or children is None or total - children != sum(self.groups.values()):
            return 0
        return children

    @property
    def heading(self) -> int | None:
        """The number that heads the year: comparable with the years after it."""
        return None if self.published_total is None else self.published_total - self.accompanying_inside

    @property
    def unverified(self) -> tuple[HistoricalFigure, ...]:
        return tuple(figure for figure in self.figures if figure.status == HistoricalFigure.Status.UNVERIFIED)

    @property
    def sources(self) -> tuple[str, ...]:
        if self.frozen:
            return (self.frozen,)
        return tuple(dict.fromkeys(figure for figure in (figure.source for figure in self.figures) if figure))

    @property
    def tables(self) -> tuple[Table, ...]:
        """What was published, as tables; figures that nobody verified are missing from them."""
        if not self:
            return ()
        return self.printed or (
            self._groups_table(),
            *(one for one in (self._open_table(one) for one in OPEN_LISTS) if one),
        )

    @property
    def published_tables(self) -> tuple[Table, ...]:
        """Of these the ones with a figure: of some years nothing is known but what nobody verified."""
        return tuple(table for table in self.tables if any(cell.value is not None for cell in table))

    def to_json(self) -> list[dict[str, object]]:
        names = ("measure", "group", "value", "status", "source", "note")
        return [dict(zip(names, facts, strict=True)) for facts in map(attrgetter(*names), self.figures)]

    @cached_property
    def _verified(self) -> dict[tuple[str, str], HistoricalFigure]:
        return {(one.measure, one.group): one for one in self.figures if one not in self.unverified}

    def _groups_table(self) -> Table:
        known = self.groups
        if self.heading == sum(known.values()):  # then nobody is left for the other groups
            known = dict.fromkeys(PARTS, 0) | known
        cells = [_published((group,), known.get(group)) for group in GROUPS]
        total = _published((TOTAL,), self.heading)
        dimension = Dimension("group", GROUPS)
        return Table("groups", titles()["groups"], (dimension,), (*cells, total), exempt=True)

    def _open_table(self, measure: str) -> Table | None:
        """A list of which only the largest were published: without a total."""
        found = {group: figure.value for (of, group), figure in self._verified.items() if of == measure}
        if not found:
            return None
        name = OPEN_LISTS[measure]
        cells = (Cell((group,), value) for group, value in found.items())
        dimension = Dimension({"purpose": "any_purpose"}.get(measure, measure), tuple(found))
        return Table(name, titles()[name], (dimension,), (*cells, _published((TOTAL,), None)), additive=False)


def published(first: int, last: int) -> dict[int, Published]:
    """One query: what was published of each year."""
    stored = HistoricalFigure.objects.filter(year__gte=first, year__lte=last).order_by("year", "pk")
    figures = grouped(stored, lambda figure: figure.year)
    return {year: Published(year, tuple(figures[year])) for year in range(first, last + 1)}


def told_once(remarks: Remarks) -> tuple[Break, ...]:
    """All breaks in words; two that say the same of years on end are one."""
    found: dict[str, Break] = {}
    for word in in_words(BREAKS, remarks):
        found[word.key] = replace(found.get(word.key, word), after=word.after)
    return tuple(found.values())


def breaks(first: int, last: int) -> tuple[Break, ...]:
    """Those between two years of this span, without words."""
    return tuple(one for one in BREAKS if first <= one.before <= one.after <= last)


def in_words(found: Iterable[Break], remarks: Remarks) -> tuple[Break, ...]:
    """In the reader's language."""
    return tuple(replace(one, what=remarks.say(one.key)) for one in found)


def _published(key: tuple[str, ...], value: int | None) -> Cell:
    return Cell(key, value, Status.MISSING if value is None else Status.SHOWN)


def general(remarks: Remarks, *, any_purpose: bool = True) -> list[str]:
    """`any_purpose`: whether a table of all purposes of a person stands beside."""
    keys = ("coverage", "several_purposes", "cases") if any_purpose else ("coverage", "cases")
    return [remarks.say(one) for one in keys]


def of_calls(remarks: Remarks) -> list[str]:
    """Calls are no persons: neither what is said of those nor the breaks in their series concerns them."""
    return [remarks.say("calls")]


def of_year(
    remarks: Remarks, year: int, published: Published, so_far: date | None = None, *, any_purpose: bool = True
) -> list[str]:
    """That the year is not over, the general ones, the series breaks at the year, and what is peculiar to
    what was published of it."""
    running, texts = of_running({year: so_far}), general(remarks, any_purpose=any_purpose)
    return [*running, *texts, *series_breaks(remarks, year), *_peculiar(remarks, published)]


def of_running(so_far: Mapping[int, date | None]) -> list[str]:
    """Of each year that is not over, with the day to which it is counted: none of one that is over."""
    return [one for one in (sentence(key, value) for key, value in so_far.items()) if one]


def series_breaks(remarks: Remarks, year: int) -> list[str]:
    return [
        remarks.say("break", what=f"{one.before}–{one.after}: {one.what}")
        for one in told_once(remarks)
        if one.before <= year <= one.after
    ]


def published_as(remarks: Remarks, published: Published) -> str:
    """Empty where the published total is the heading."""
    if not published.accompanying_inside:
        return ""
    return remarks.say("published_as", total=published.published_total, n=published.accompanying_inside)


def published_where(remarks: Remarks, published: Published) -> str:
    """Return the sources of what was published of a year, with how its total came about."""
    how = "; ".join(text for text in (published.state, published_as(remarks, published)) if text)
    return f"{'; '.join(published.sources)} ({how})"


def _peculiar(remarks: Remarks, published: Published) -> Iterator[str]:
    if beside := published_as(remarks, published):
        yield _("{year}: {what}.").format(year=published.year, what=beside)
    if published.unverified:
        yield remarks.say("unverified")


BEFORE: Final = "The agency has always published how many women, men, girls and boys there were."
HEADLINE: Final = (
    f"{BEFORE} The decision covers these four, the total, and the sum of other sex and not known; the two "
    "apart are shown only where neither is a small number. No other table tells of whoever is one of few "
    "there."
)


@transaction.atomic
def load() -> dict[str, int]:
    """Add what is missing, as agencies.reference_data does. Return how many rows there are now, by model."""
    add_missing([HistoricalFigure(**row) for row in rows("historical_figures")])
    add_missing([one for row in rows("population") for one in _populations(row)])
    loaded = (HistoricalFigure, Population)
    return {str(model._meta.model_name): model._default_manager.count() for model in loaded}


@transaction.atomic
def decide_standing_exemption() -> None:
    """The headline groups are shown however small: the agency has always printed them. Decided once, and
    recorded."""
    decided = {"reason": HEADLINE, "approved": True}
    row, created = Exemption.objects.get_or_create(table="groups", year=None, defaults=decided)
    if created:
        target = Target("summaries.exemption", str(row.pk), "groups")
        record(System(), "exemption.standing", target, reason=HEADLINE)


def _populations(row: dict[str, str]) -> Iterator[models.Model]:
    year, source = int(row["year"]), row["source"]
    for column, (sex, age) in POPULATIONS.items():
        if row[column]:
            yield Population(year=year, sex=sex, age=age, number=int(row[column]), source=source)
