"""Counts of a year, protected together with all that was published of it before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.access import Access
from cases.models import DisposedYear
from encryption.tokens import derived, first
from jobs.kinds import refuse
from libs.suppression import Figure, LedgerEntry, Package, Protection, figure_of, protect
from libs.suppression.figures import Words
from libs.suppression.tables import GROUP, OTHERS, TOGETHER, TOTAL, Cell, ProtectedTable, Status, Table
from summaries.catalogue import CALLS_PUBLISHED, PERSONS_PUBLISHED, RANKS
from summaries.classifications import LEFT_OUT, PART, Entry
from summaries.counting.build import Counted, counted
from summaries.counting.reference import NO_COUNTRY, SWEDEN, titles
from summaries.counting.tabulate import may_stand_apart
from summaries.coverage import HEADLINE, Coverage, coverage_of, everybody
from summaries.release.models import Exemption, HandedOut, Publication
from summaries.tables import gate, revision
from summaries.tables.cell_index import PlacedYear, levels_of, reported
from summaries.tables.priority import weights
from summaries.tables.public_tables import (
    PUBLISHED,
    PublicTables,
    call_tables,
    calls_of_every_step,
    figures,
    package_of_calls,
)
from summaries.tables.revision import CALLS, PERSONS, Standing

FEW_FIGURES: Final = frozenset(frozenset({("section", TOGETHER), (GROUP, group)}) for group in OTHERS)
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
UNFINISHED: Final = "unfinished"
PROOFS: Final = ("cheapest", "bounded", UNFINISHED)
SECONDS: Final = 8.0  # of work for a year: with the audit within ten of a processor
CountedNow = Mapping[str, Mapping[Figure, Cell]]  # by population
Ledger = Sequence[Mapping[str, Any]]  # what was made of each version before, and of what was handed out
Progress = Callable[[int, int], None] | None  # is told the step and the steps
AskStop = Callable[[], bool] | None  # says whether to stop


@dataclass(frozen=True)
class Protected:
    """`packages` and `tables` by population. `flat` is all there is for the outside.

    `left`: the sections that are counted in the headline alone.
    """

    packages: Mapping[str, Package]
    tables: Mapping[str, tuple[ProtectedTable, ...]]
    flat: tuple[ProtectedTable, ...]
    audit: dict[str, Any]
    reasons: dict[str, dict[str, int]]
    named_from: int = 0
    left: Sequence[str] | None = ()

    @property
    def passed(self) -> bool:
        """Whether the attack finds nothing, and what is hidden was chosen: not all for want of work."""
        unfinished = bool(self.audit["proof"] == UNFINISHED)
        return self.audit["recovered"] == self.audit["under_protected"] == 0 and not unfinished

    def to_store(self) -> dict[str, Any]:
        """True values, and the statuses they go out with. What they were held against is in its own
        versions."""
        kept: dict[str, Any] = {"packages": {}, "veiled": {}, "least": {}, "decoys": {}, "words": {}}
        for name, package in self.packages.items():
            least = sorted((sorted(figure), number) for figure, number in package.least.items())
            kept["packages"][name] = {**package.to_json(), "ledger": []}
            kept["veiled"][name], kept["least"][name] = _in_order(package.unprinted), least
            kept["decoys"][name] = _in_order(package.decoys)
            if package.words:
                kept["words"][name] = package.words.to_json()
        return kept | {
            "named_from": self.named_from,
            "key": self.packages[PERSONS].key.hex(),
            "protected": {
                name: [table.to_json() for table in tables] for name, tables in self.tables.items()
            },
            "reasons": self.reasons,
            "left": self.left,
        }


def protect_year(
    access: Access,
    year: int,
    steps: Mapping[str, int],
    *,
    seconds: float = SECONDS,
    ledger: Ledger | None = None,
    exempt: frozenset[str] | None = None,
    key: bytes = b"",
    progress: Progress = None,
    cancelled: AskStop = None,
) -> Protected:
    """Protect a year beside what was published of it, or what `ledger` says was.

    The exemptions are those that are decided, or `exempt`. `key` draws the choice of what is hidden; without
    it the year's own does. Raises Cancelled where `cancelled` says so.
    """
    refuse_disposed(year)
    ledger = values_before(year) if ledger is None else ledger
    key = key or key_of(year, ledger)
    public = ranked_tables(access, year, steps, ledger, exempt=exempt)
    now = counted_now(public, ledger)
    stands = standing(public, ledger, now, again=True)
    if stands[PERSONS].stand:
        public = replace(public, entries=(PERSONS_PUBLISHED[HEADLINE],))
    package = package_for(public, ledger, key, now)
    persons = protect(package, seconds=seconds, briefly=True, progress=progress, cancelled=cancelled)
    printed = () if stands[CALLS].stand else call_tables(public.facts.found, steps)
    calls = protect(calls_for(public, printed, ledger, key, now), seconds=seconds)
    of_persons, of_calls = public.flat(persons.tables, titles()), calls.tables[: len(printed)]
    return Protected(
        packages={PERSONS: persons.package, CALLS: calls.package},
        tables={PERSONS: persons.tables, CALLS: calls.tables},
        flat=(*of_persons, *stands[PERSONS].tables, *of_calls, *stands[CALLS].tables),
        audit=_summed(persons, calls),
        reasons=gate.of_persons(public, persons) | gate.of_calls(calls, of_calls),
        named_from=_named_from(stands[PERSONS].before if stands[PERSONS].stand else ledger),
        left=public.coverage.decided,
    )


def counted_now(public: PublicTables, ledger: Ledger) -> CountedNow:
    """Return the figures of every step, to be held against what was published; none where nothing was.

    They are the same at whatever steps the tables are printed.
    """
    if not ledger:
        return {PERSONS: {}, CALLS: {}}
    every_step = replace(public, entries=PUBLISHED, steps={}).of_all_steps
    return {PERSONS: figures(every_step.deep), CALLS: calls_of_every_step(public.facts.found)}


def standing(
    public: PublicTables, ledger: Ledger, now: CountedNow, *, again: bool = False
) -> Mapping[str, Standing]:
    """Return by population which tables stand as they were published. `again`: also those that its steps
    would make anew without any change."""
    k, steps = threshold(ledger), public.steps
    persons = {entry: steps.get(entry.name, 0) for entry in PUBLISHED if entry.name != HEADLINE}
    calls = {entry: steps.get(entry.name, 0) for entry in CALLS_PUBLISHED.values()}
    asked = {PERSONS: public.is_headline_alone, CALLS: {*calls.values()} == {LEFT_OUT}}
    if again:
        asked[PERSONS] |= revision.is_same(ledger, PERSONS, now[PERSONS], persons, public.exempted)
        asked[CALLS] |= revision.is_same(ledger, CALLS, now[CALLS], calls, frozenset())
    return {name: revision.standing(ledger, name, now[name], k, asked=asked[name]) for name in asked}


def key_of(year: int, ledger: Ledger) -> bytes:
    """Return the key of the last version of the year, or the one that its first version will have."""
    keys = [bytes.fromhex(one["key"]) for one in ledger if "key" in one]
    return keys[-1] if keys else derived(first(), f"suppression {year}")


def refuse_disposed(year: int) -> None:
    """Raise JobRefused for a year whose rows have been disposed of: no version can be counted again."""
    message = _(
        "Rows of {year} have been disposed of: what is published stands, and no other version is made."
    )
    refuse((DisposedYear.objects.filter(year=year).exists(), message.format(year=year)))


def package_for(public: PublicTables, ledger: Ledger, key: bytes, now: CountedNow) -> Package:
    """The persons of the year as disclosure control has to see them."""
    return Package(
        threshold(ledger),
        str(public.facts.found.year),
        public.deep,
        entries(ledger, PERSONS),
        public.unprinted,
        public.least,
        public.words,
        weights(public),
        key,
        _decoys(public, ledger, key, now),
    )


def _decoys(public: PublicTables, ledger: Ledger, key: bytes, now: CountedNow) -> frozenset[Figure]:
    """Return what is hidden beside figures that were corrected; nothing where all tables stand."""
    if public.is_headline_alone:
        return frozenset()
    printed = figures(public.deep).keys()
    return revision.decoys(
        ledger, PERSONS, now[PERSONS], words=public.words, printed=printed, key=key, k=threshold(ledger)
    )


def calls_for(
    public: PublicTables, tables: Sequence[Table], ledger: Ledger, key: bytes, now: CountedNow
) -> Package:
    """The calls of the year likewise, of which these tables are printed."""
    found, k = public.facts.found, threshold(ledger)
    package = package_of_calls(found, tables, k, entries(ledger, CALLS))
    printed = figures(tables).keys()
    hidden = revision.decoys(ledger, CALLS, now[CALLS], words=None, printed=printed, key=key, k=k)
    return replace(package, key=key, decoys=hidden)


def public_tables(
    access: Access,
    year: int,
    steps: Mapping[str, int],
    ledger: Ledger,
    *,
    exempt: frozenset[str] | None = None,
) -> PublicTables:
    """`exempt`: names of tables, those that are decided where it is None."""
    everyone = counted(access, year, year)[year]
    exempt = frozenset(exempted(year)) if exempt is None else exempt
    told_of = coverage_in(everyone, ledger, exempt=HEADLINE in exempt)
    found = everyone.only(told_of.tells_of)
    earlier = (each for one in ledger for each in one["packages"][PERSONS]["tables"])
    before = [Table.from_json(one) for one in earlier]
    named = _countries(found, before, ledger)
    persons = [one for one in reported(access, year) if told_of.tells_of(*one.codes["sex_child"].split(PART))]
    return PublicTables(
        PlacedYear(found, persons, countries=frozenset(named)),
        steps,
        told_of,
        exempted=exempt,
        together=_merged_groups(told_of.groups, ledger),
        named={country: least for country, least in named.items() if least},
        named_from=_named_from(ledger),
        standing=_standing(before),
        levels_before=_levels(before),
        entries=_printed(steps, told_of),
    )


def ranked_tables(
    access: Access,
    year: int,
    steps: Mapping[str, int],
    ledger: Ledger,
    *,
    exempt: frozenset[str] | None = None,
) -> PublicTables:
    """Return the tables that are to be protected, with the order in which their totals are given up."""
    public = public_tables(access, year, steps, ledger, exempt=exempt)
    return replace(public, ranked=last_order(year))


def last_order(year: int) -> Mapping[str, Sequence[str]]:
    """Return the rows of each ranked table in the last year that was published before, the largest first."""
    last = Publication.objects.standing().filter(year__lt=year).order_by("-year", "-version").first()
    tables = [Table.from_json(table) for table in last.tables] if last else []
    return {table.name: _by_size(table) for table in tables if table.name in RANKS}


def _by_size(table: Table) -> list[str]:
    """Return the rows of a printed table whose totals are shown, by these."""
    totals = {cell.key[0]: cell.number for cell in table if set(cell.key[1:]) <= {TOTAL} and cell.value}
    return sorted(totals.keys() - {TOTAL}, key=lambda row: (-totals[row], row))


def _printed(steps: Mapping[str, int], coverage: Coverage) -> tuple[Entry, ...]:
    """Return the tables of persons that a version with these steps does not leave out."""
    if coverage.alone:
        return (PERSONS_PUBLISHED[HEADLINE],)
    return tuple(entry for entry in PUBLISHED if steps.get(entry.name, 0) != LEFT_OUT)


def _standing(before: Iterable[Table]) -> frozenset[Figure]:
    return frozenset(
        figure_of(table, cell.key) for table in before for cell in table if cell.status is not Status.MISSING
    )


def coverage_in(found: Counted, ledger: Ledger, *, exempt: bool = True) -> Coverage:
    """Of whom the year's tables tell. Where no decision exempts the headline it is protected as any other
    table, and everybody is in all of them."""
    one = coverage_of(found.of(GROUP), threshold(ledger), decided_left(ledger))
    return one if exempt else everybody(one)


def decided_left(ledger: Ledger) -> frozenset[str] | None:
    """The sections that the first version with tables left out; None where there was none.

    Nobody was left out of a version that was made before this was kept."""
    found = (one.get("left", ()) for one in ledger)
    return next((frozenset(left) for left in found if left is not None), None)


def _levels(before: Iterable[Table]) -> Mapping[str, set[str]]:
    """Deep table → the levels that earlier versions told of in it."""
    found: dict[str, set[str]] = {}
    for table in before:
        found.setdefault(table.name, set()).update(*(levels_of(figure) for figure in figures([table])))
    return found


def values_before(year: int) -> list[dict[str, Any]]:
    """What every version that was ever public was made of, and whatever else was handed out of the year, the
    oldest first. `told`: which it was."""
    versions = Publication.objects.published().filter(year=year).order_by("version")
    others = HandedOut.objects.filter(year=year)
    releases: list[tuple[datetime, int | str | None, Publication | HandedOut]] = [
        *((version.published_at or LONG_AGO, version.version, version) for version in versions),
        *((one.at, f"given out {one.at:%Y-%m-%d}", one) for one in others),
    ]
    releases.sort(key=lambda one: one[0])
    return [{**one.true_values(), "told": name, **_printed_of(one)} for _at, name, one in releases]


def _printed_of(one: Publication | HandedOut) -> Mapping[str, Any]:
    if not isinstance(one, Publication):
        return {"given": one.tables}
    return {"flat": one.tables, "withdrawn": one.withdrawn}


def threshold(ledger: Ledger) -> int:
    """Never lower than that of an earlier version: what was promised of its hidden figures holds."""
    return max([settings.SMALL_CELL_K, *(one["packages"][PERSONS]["k"] for one in ledger)])


def exempted(year: int) -> list[str]:
    """Tables that are shown whatever is in them: by standing decision, or approved for the year."""
    return list(Exemption.objects.in_force(year).values_list("table", flat=True))


def entries(ledger: Ledger, population: str) -> tuple[LedgerEntry, ...]:
    """Return what was published before, with true values."""
    found = []
    for number, one in enumerate(ledger, start=1):
        if population not in one["packages"]:
            continue  # figures that were handed out are of persons alone
        package = one["packages"][population]
        pairs = zip(package["tables"], one["protected"][population], strict=True)
        tables = tuple(_as_published(*pair) for pair in pairs)
        version = one.get("told", number)
        decoys = _figures_in(one, "decoys", population)
        known = _known(one, population)
        found.append(LedgerEntry(package["population"], version, tables, *known, decoys))
    return tuple(found)


def package_of(true_values: Mapping[str, Any], population: str, ledger: Ledger) -> Package:
    """Return what a draft was made from, with what has been published by now."""
    package = Package.from_json({**true_values["packages"][population], "ledger": []})
    unprinted, least, words = _known(true_values, population)
    return replace(
        package,
        unprinted=unprinted,
        least=least,
        words=words,
        key=bytes.fromhex(true_values.get("key", "")),
        decoys=_figures_in(true_values, "decoys", population),
        ledger=entries(ledger, population),
    )


def _known(
    true_values: Mapping[str, Any], population: str
) -> tuple[frozenset[Figure], Mapping[Figure, int], Words | None]:
    """Return what a version did not print, what it told of figures by naming them, what they are made of.

    The last is None for a file that was printed outside of the register.
    """
    named = true_values.get("least", {}).get(population, ())
    words = true_values.get("words", {}).get(population)
    least = {frozenset(tuple(one) for one in figure): number for figure, number in named}
    return unprinted_of(true_values, population), least, Words.from_json(words) if words else None


def unprinted_of(true_values: Mapping[str, Any], population: str) -> frozenset[Figure]:
    """Return the figures of a version that are suppressed, but can be derived."""
    return _figures_in(true_values, "veiled", population)


def _figures_in(values: Mapping[str, Any], name: str, population: str) -> frozenset[Figure]:
    return frozenset(
        frozenset(tuple(one) for one in figure) for figure in values.get(name, {}).get(population, ())
    )


def _in_order(figures: frozenset[Figure]) -> list[list[tuple[str, str]]]:
    return sorted(sorted(figure) for figure in figures)


def digest(protected: Protected) -> str:
    """Return the digest of exactly this draft: its true figures and their statuses."""
    text = json.dumps([protected.to_store(), [one.to_json() for one in protected.flat]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_published(true_json: Mapping[str, Any], public: Mapping[str, Any]) -> Table:
    true = Table.from_json(true_json)
    pairs = zip(true, Table.from_json(public), strict=True)
    cells = (replace(cell, status=other.status) for cell, other in pairs)
    return replace(true, cells=tuple(cells))


def _merged_groups(groups: Mapping[str, int], ledger: Ledger) -> bool:
    """Whether other sex and not known are one number: where either is small, or an earlier version told only
    that."""
    before = any(figure in unprinted_of(one, PERSONS) for one in ledger for figure in FEW_FIGURES)
    return before or not may_stand_apart(groups, threshold(ledger))


def _countries(found: Counted, before: Iterable[Table], ledger: Ledger) -> dict[str, int]:
    """Those that are named, and how many persons this tells of each: as many as may be shown, none where it
    was named before.

    Of a country that an earlier version did not name everybody knows that it had fewer than the threshold. So
    it is named only where it has so many more that the step is none of a few persons.
    """
    number = found.of("citizenship")
    dimensions = (dimension for table in before for dimension in table.dimensions)
    named = {category for d in dimensions if d.name == "citizenship" for category in d.categories}
    enough = _named_from(ledger)
    releases = {code: enough for code, n in number.items() if n >= enough}
    releases |= dict.fromkeys(named & number.keys(), 0)
    return {code: least for code, least in releases.items() if code not in (*NO_COUNTRY, SWEDEN)}


def _named_from(ledger: Ledger) -> int:
    k = threshold(ledger)
    return 2 * k - 1 if ledger else k


def _summed(*protections: Protection) -> dict[str, Any]:
    reports = [protection.audit.to_json() for protection in protections]
    open_figures = [gate.counted(protection.package, protection.intervals) for protection in protections]
    recovered, under_protected = (sum(one) for one in zip(*open_figures, strict=True))
    numbers = ("primary", "hidden", "lowered", "told", "seconds")
    worst = max(reports, key=lambda report: (PROOFS.index(report["proof"]), report["above"]))
    return {
        "recovered": recovered,
        "under_protected": under_protected,
        **{name: round(sum(report[name] for report in reports), 3) for name in numbers},
        "method": max(reports, key=lambda report: report["method"] != "exact")["method"],
        "proof": worst["proof"],
        "above": worst["above"],
    }
