"""What a version is frozen with, in both languages: tables with their words, text, charts and caveats.

And a frozen table as it is read in one language.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property, partial
from itertools import filterfalse, product
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _, override

from agencies.models import Agency
from knowledge.stored_texts import Remarks, present
from libs.capture_recapture.texts import statement
from libs.suppression.tables import (
    TOGETHER,
    TOTAL,
    Cell,
    Dimension,
    Key,
    ProtectedTable,
    Table,
    of_calls,
    protected,
)
from summaries import year_words
from summaries.catalogue import PUBLISHED
from summaries.chart_choice import chart_of, totals_over_years
from summaries.classifications import residuals_last
from summaries.counting import historical
from summaries.counting.comparison import grid_of, largest_changes
from summaries.counting.historical import breaks, published
from summaries.counting.reference import Reference, country, unit
from summaries.counting.summary import for_everybody
from summaries.coverage import HEADLINE
from summaries.estimates.source import list_names
from summaries.models import Estimate
from summaries.release import justice
from summaries.release.models import HandedOut, Publication, shown_of
from summaries.site import sdg
from summaries.tables.labels import NATIONAL, NATIONAL_TABLE, PublicLabels, made_of_tables, public_titles
from summaries.tables.public_tables import NESTED
from summaries.text import Language, gather, paragraphs
from summaries.text.edited import asked_about, edits
from summaries.text.proved import ADULTS, CHILDREN
from summaries.year_words import named

LANGUAGES: Final = ("sv", "en")
TOLD: Final = {HEADLINE: (*ADULTS, *CHILDREN)}  # rows that a table has though nobody is in them
DRAWN: Final = {entry.name for entry in PUBLISHED if entry.chart}
# Not one agency but a kind: no name of its own in running text.
KINDS_OF_AGENCY: Final = ("social", "county_boards", "health")
Json = dict[str, Any]


def protected_tables(tables: Iterable[Any]) -> tuple[ProtectedTable, ...]:
    return tuple(protected(Table.from_json(table)) for table in tables)


def content(draft: Publication, estimate: Estimate | None = None, remarks: Remarks | None = None) -> Json:
    """Everything that the pages of the version show, in both languages: nothing is looked up later.
    `remarks`: those that were approved; where none are given, those of this moment."""
    remarks = remarks or present()
    tables, reference = protected_tables(draft.tables), Reference.load()
    named_from = draft.true_values().get("named_from") or draft.k
    made = made_of_tables(reference.codes, draft.year, tables, named_from)
    made["quality"] = for_everybody(draft.year, draft.made_at or timezone.now(), draft.k)
    before = () if draft.so_far else before_tables(draft.year)
    return {
        language: {**_in_language(draft, tables, reference, remarks, estimate, before, language), **made}
        for language in LANGUAGES
    }


def _in_language(
    draft: Publication,
    tables: Sequence[ProtectedTable],
    reference: Reference,
    remarks: Remarks,
    estimate: Estimate | None,
    before: Sequence[ProtectedTable],
    language: str,
) -> Json:
    """Of the dark figure it has what its verdict allows outside, in words."""
    with override(language):
        dark = statement(estimate.result, estimate.named, language, list_names()) if estimate else []
        labels, names = PublicLabels(reference), public_titles()
        series = sdg.over_years(draft.year, tables, draft.so_far, remarks)
        return {
            **_words(tables, labels),
            "ten_years": _ten_years(series),
            "changes": _changes(tables, before, labels),
            "justice": justice.in_words(draft.year),
            "charts": list(_charts(named(draft.year, draft.so_far), tables, labels, names)),
            "caveats": historical.of_year(
                remarks,
                draft.year,
                published(draft.year, draft.year)[draft.year],
                draft.so_far,
                any_purpose=False,
            ),
            "remarks": remarks.all_in(language),
            "rates": [] if draft.so_far else sdg.rates(draft.year, tables, labels),
            "sdg_series": series,
            "dark_figure": dark,
        }


def words_of(tables: Sequence[ProtectedTable], language: str) -> Json:
    """Return what the tables, their dimensions and categories are called."""
    with override(language):
        return _words(tables, PublicLabels(Reference.load()))


def _words(tables: Sequence[ProtectedTable], labels: PublicLabels) -> Json:
    names = public_titles()
    # Of each dimension all categories that any table has: those of few may stand in the headline alone.
    used: dict[str, dict[str, None]] = {}
    for dimension in (dimension for table in tables for dimension in table.dimensions):
        used.setdefault(dimension.name, {}).update(dict.fromkeys(dimension.categories))
    return {
        "titles": {table.name: names.get(table.name, table.name) for table in tables},
        "dimensions": {name: labels.dimension(name) for name in used},
        "categories": {
            name: {category: labels.category(name, category) for category in (*categories, TOTAL)}
            for name, categories in used.items()
        },
        "national": {category: str(name) for category, name in NATIONAL.items()},
    }


def _charts(
    year: str, tables: Sequence[ProtectedTable], labels: PublicLabels, names: Mapping[str, str]
) -> Iterator[Json]:
    for table in tables:
        title = f"{names[table.name]}, {year}"
        drawn = table.name in DRAWN
        chart = chart_of(table, labels, title=title, source=_("the NMT register")) if drawn else None
        if chart is not None:
            without = year_words.left_out(table.left_out, names[HEADLINE])
            yield {**asdict(chart), "table": table.name, "without": without}


def _ten_years(series: Json) -> Json:
    """Return the totals of a series over years as a chart."""
    rows = {str(row["year"]): row for row in series["rows"]}
    known = filterfalse(lambda year: rows[year].get("missing"), rows)
    cells = tuple(Cell((year,), rows[year]["cells"][0]["value"]) for year in known)
    before, breaks = ({year for year in rows if rows[year][mark]} for mark in ("before", "break"))
    running = {year: date.fromisoformat(row["so_far"]) for year, row in rows.items() if "so_far" in row}
    table = Table(HEADLINE, "", (Dimension("year", tuple(rows)),), cells)
    return asdict(totals_over_years(table, before=before, breaks=breaks, running=running))


def _changes(
    tables: Sequence[ProtectedTable], before: Sequence[ProtectedTable], labels: PublicLabels
) -> Json:
    """Return what changed most since the year before, of figures in the same categories that both years show.
    `without`: whom the tables leave out."""
    then = {(table.name, table.levels[0]): table for table in before}
    grids = (grid_of(one, then.get((one.name, one.levels[0])), labels, fold=True) for one in tables)
    left_out = sum(max((table.left_out for table in of_year), default=0) for of_year in (tables, before))
    without = year_words.left_out(left_out, public_titles()[HEADLINE])
    return {"rows": largest_changes(grids), "without": without}


def generated_texts(
    draft: Publication,
    tables: Sequence[ProtectedTable],
    before: Sequence[ProtectedTable],
    *,
    first: bool | None = None,
) -> Json:
    """Paragraphs by language, from protected tables alone; `edited` is what people made of them. `first`:
    as of a first version, whatever was published."""
    somebody = never_published(draft.year) if first is None else first
    facts: Json = {"hidden_is_somebody": somebody, "so_far": draft.so_far}
    return {
        language: {
            "generated": "\n\n".join(year_text(draft.year, tables, before, language, **facts)),
            "edited": "",
        }
        for language in LANGUAGES
    }


def year_text(
    year: int,
    tables: Sequence[ProtectedTable],
    before: Sequence[ProtectedTable],
    language: Language,
    *,
    hidden_is_somebody: bool,
    so_far: date | None = None,
    brief: bool = False,
) -> tuple[str, ...]:
    """One query, none if `brief`: the figures alone. `before` are the protected tables of the year before,
    perhaps none; `so_far` the day to which a year is counted that is not over. See `gather`."""
    broken = bool(breaks(year - 1, year))
    facts = gather(year, tables, before, broken=broken, hidden_is_somebody=hidden_is_somebody, so_far=so_far)
    with override(language):
        countries = {one.category: country(one.category) for one in facts.countries}
    members = None if brief else network(year, language, so_far)
    return paragraphs(facts, language, countries=countries, network=members)


def network(year: int, language: Language, so_far: date | None = None) -> list[str]:
    """The member agencies on the last day of the year, or on the day to which it is counted."""
    day = so_far or date(year, 12, 31)
    rows = Agency.objects.members_on(day).order_by("pk").values_list("code", f"name_{language}")
    return [_in_text(code, name, language) for code, name in rows]


def _in_text(code: str, name: str, language: Language) -> str:
    """An agency as running text has it, in English with an article."""
    if code in KINDS_OF_AGENCY:
        return f"{name[0].lower()}{name[1:]}"
    return f"the {name}" if language == "en" and code != "customs" else name


def never_published(year: int) -> bool:
    """Nor handed out. Then a hidden figure is no 0: zeros are shown. What was hidden once stays so, though it
    may become 0."""
    versions, others = Publication.objects.published(), HandedOut.objects.all()
    return not (versions.filter(year=year).exists() or others.filter(year=year).exists())


def before_tables(year: int) -> tuple[ProtectedTable, ...]:
    """The year before: the version that its page shows, else what was published before the register. Nothing
    of a version that was counted before its year was over, or that waits for its hour."""
    known = Publication.objects.public(timezone.now()).filter(year=year - 1)
    newest = shown_of(known.defer("sealed", "content"))
    if newest is not None:
        return () if newest.so_far else protected_tables(newest.tables)
    return tuple(protected(table) for table in published(year - 1, year - 1)[year - 1].tables)


def checksum(publication: Publication) -> str:
    """Return the digest of what is public: the same input gives the same, whenever it is frozen."""
    public = [
        publication.year,
        publication.k,
        publication.steps,
        publication.tables,
        publication.texts,
        publication.content,
        publication.release,
    ]
    return hashlib.sha256(json.dumps(public, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ShownRow:
    label: str
    cells: tuple[Cell, ...]
    total: bool


@dataclass(frozen=True)
class Shown:
    """A frozen table as it is read in one language.

    `empty_rows`, `empty_columns`: of nothing but zeros. `so_far`: the day to which a year is counted that was
    not over. Rows and columns are worked out once: a page asks for them again and again.
    """

    table: ProtectedTable
    words: Json
    so_far: date | None = None

    @property
    def title(self) -> str:
        return str(self.words["titles"][self.table.name])

    @property
    def heading(self) -> str:
        """The title above the figures."""
        return named(self.title, self.so_far)

    @property
    def first(self) -> str:
        return str(self.words["dimensions"][self.table.dimensions[0].name])

    @property
    def unit(self) -> str:
        return unit(self.table)

    @property
    def of_calls(self) -> bool:
        return of_calls(self.table.name)

    @cached_property
    def inner(self) -> tuple[str, ...]:
        """The columns with anybody in them, and the total."""
        if len(self.table.dimensions) < 2:
            return ()
        rows = (*self.table.dimensions[0].parts, TOTAL)
        # Without those of shown zeros alone: what is hidden is not nobody.
        used = (one for one in self._second if any(self.table[row, one].value != 0 for row in rows))
        return (*used, TOTAL)

    @cached_property
    def _second(self) -> tuple[str, ...]:
        return residuals_last(self.table.dimensions[1].parts)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        if not self.inner:
            return (self.unit,)
        return tuple(map(partial(self.label, self.table.dimensions[1]), self.inner))

    def label(self, dimension: Dimension, category: str) -> str:
        """In a national table an agency has its own name, and not the one that the Union has for its kind."""
        if (self.table.name, dimension.name) == NATIONAL_TABLE:
            national: Mapping[str, str] = self.words.get("national", {})
            if category in national:
                return national[category]
        return str(self.words["categories"][dimension.name][category])

    def name_of(self, key: Key) -> str:
        """Return what a figure counts: the labels of its categories, without those of everybody."""
        parts = zip(self.table.dimensions, key, strict=True)
        named = [self.label(dimension, part) for dimension, part in parts if part != TOTAL]
        return " · ".join(named) or self.label(self.table.dimensions[0], TOTAL)

    @cached_property
    def rows(self) -> list[ShownRow]:
        """The rows with anybody in them, those of the headline that are always told, and the total."""
        first = self.table.dimensions[0]
        told = (TOTAL, *TOLD.get(self.table.name, ()))
        made = []
        for category in (*residuals_last(first.parts), TOTAL):
            cells = tuple(
                self.table[key] for key in product([category], *(one for one in [self.inner] if one))
            )
            if category in told or any(cell.value != 0 for cell in cells):
                made.append(ShownRow(self.label(first, category), cells, category == TOTAL))
        return made

    @property
    def note(self) -> str:
        """Why its sums are not its totals; empty where they are."""
        if not NESTED.isdisjoint(self.table.levels[1:]):
            return _("Some columns are parts of others, so the columns do not add up.")
        if self.table.additive:
            return ""
        reasons = {
            "citizenship": _(
                "Countries of few persons are not shown, so the rows do not add up to the total."
            ),
            "measures": _(
                "One person may have been given several measures, so the rows do not add up to the total."
            ),
        }
        return reasons.get(self.table.name, _("The rows do not add up to the total."))

    @property
    def left_out(self) -> int:
        """Persons of the year that it does not count."""
        return self.table.left_out

    @property
    def without(self) -> str:
        """The sentence that the table leaves somebody out; empty where it does not."""
        return year_words.left_out(self.left_out, self.words["titles"].get(HEADLINE, HEADLINE))

    @property
    def stands(self) -> str:
        """That it stands from an earlier version; empty where it was made anew."""
        if not self.table.version:
            return ""
        message = _(
            "This table is as published in version {version}. The tables are revised together once "
            "enough persons have changed."
        )
        return message.format(version=self.table.version)

    @property
    def decision(self) -> str:
        """What of it is shown by a decision, whatever disclosure control says; empty where nothing is."""
        if not self.table.exempt:
            return ""
        if self.table.name != HEADLINE:
            return _("By a decision of the agency this table is shown however small its numbers are.")
        if not self.table.dimensions[0].categories:
            return _("There are so few persons that only their number is shown.")
        shown = _("By a decision of the agency these groups are shown however few they are.")
        if TOGETHER not in self.table.dimensions[0].categories:
            return shown
        together = _("Other sex and not known are shown as one figure where either of them is small.")
        return f"{shown} {together}"

    @property
    def empty_rows(self) -> int:
        return len(self.table.dimensions[0].parts) + 1 - len(self.rows)

    @property
    def empty_columns(self) -> int:
        return len(self._second) + 1 - len(self.inner) if self.inner else 0


def shown(publication: Publication, language: str) -> list[Shown]:
    words = publication.content[language]
    return [Shown(table, words, publication.so_far) for table in protected_tables(publication.tables)]


def cells_of(row: Publication) -> dict[tuple[str, ...], tuple[int | None, str]]:
    """Return value and status of each cell, by the name of its table and its key."""
    return {
        (table["name"], *cell["key"]): (cell["value"], cell["status"])
        for table in row.tables
        for cell in table["cells"]
    }


def text_of(publication: Publication, language: str) -> str:
    text = publication.texts.get(language, {})
    return str(text.get("edited") or text.get("generated", ""))


def strange_numbers(draft: Publication) -> list[str]:
    """Numbers that people wrote into a text, in figures or in words, and that may tell what is hidden."""
    shown, found = shown_numbers(draft), dict[str, None]()
    for language, text in draft.texts.items():
        edited = text.get("edited", "")
        found |= dict.fromkeys(asked_about(edited, text["generated"], shown, draft.k, language))
    return list(found)


def shown_numbers(draft: Publication) -> set[str]:
    """The value of every cell that is shown."""
    return {
        str(cell["value"]) for table in draft.tables for cell in table["cells"] if cell["value"] is not None
    }


def edited_apart(draft: Publication) -> bool:
    """Whether somebody changed one language in another place than the other, or to other numbers."""
    found = [edits(text["generated"], text.get("edited", "")) for text in draft.texts.values()]
    return any(one != found[0] for one in found)
