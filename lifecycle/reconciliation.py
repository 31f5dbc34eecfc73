"""Years that have been taken over, held against what their sheets say and what was published; and the answers
why they differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.acting import beyond
from accounts.roles import May
from agencies.models import Region
from audit.writer import record
from cases.models import DisposedYear
from cases.rules.groups import BOYS, GIRLS, MEN, WOMEN, group_of
from lifecycle.reconciled import Explanation, ExplanationQuerySet, Kind, SheetFigure, as_text
from lifecycle.spreadsheets import published
from lifecycle.takeover.balance import Balance, balances, of_groups, unexplained
from lifecycle.takeover.reconciling import TOTAL, Of
from summaries.counting.counts import persons

SEES = (May.IMPORT_PERSONS, May.VIEW_TOTALS)
_APART = {WOMEN, MEN, GIRLS, BOYS}


class AnsweredMeanwhile(Exception):
    """Somebody has answered of the same year and region since the page was shown."""


@dataclass(frozen=True)
class Wanted:
    """An answer as it was filled in. `places`: sheet and line of each row."""

    kind: str
    persons: int
    group: str = TOTAL
    places: tuple[tuple[str, int], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Reconciled:
    """Years of one's scope: `balances` by year, the country first for who reads its totals. `answers`: those
    that hold. `disposed`: what has to be said of years whose rows are gone, which stand beside nothing."""

    balances: list[Balance]
    figures: list[SheetFigure]
    answers: list[Explanation]
    register: Counter[Of] = field(default_factory=Counter)
    published: dict[Of, int] = field(default_factory=dict)
    disposed: list[str] = field(default_factory=list)

    @property
    def years(self) -> list[int]:
        return sorted({one.of.year for one in self.balances})

    def of(self, year: int, region: str) -> Balance | None:
        return next((one for one in self.balances if one.of == Of(year, region)), None)

    def left(self, year: int) -> int:
        """Persons of a year that nothing explains yet."""
        return unexplained(self.balances, year)

    def groups(self, year: int) -> list[Balance]:
        told = [(one.of, one.persons) for one in self.answers]
        return of_groups(year, self.register, self.published, told)

    def answers_of(self, year: int, region: str) -> list[Explanation]:
        return [one for one in self.answers if (one.year, one.region_id or TOTAL) == (year, region)]

    def figures_of(self, year: int, region: str) -> list[SheetFigure]:
        return [one for one in self.figures if (one.year, one.region_id) == (year, region)]


def reconciled(access: Access) -> Reconciled:
    """Six queries. Whoever has regions sees these alone: a total of the country would tell of the others."""
    figures = standing_figures(access)
    answers = list(Explanation.objects.visible_to(access).standing().select_related("region", "by"))
    years = {one.year for one in (*figures, *answers)}
    register = register_counts(access, min(years), max(years)) if years else Counter[Of]()
    of_country = access.may(May.VIEW_TOTALS)
    known = published() if of_country else {}
    told = [one.answer for one in answers]
    found = balances(register, [one.says for one in figures], known, told)
    gone = DisposedYear.objects.in_bulk(years, field_name="year")
    mine = [one for one in found if of_country or one.of.region in access.regions]
    mine = [one for one in mine if one.of.year not in gone]
    return Reconciled(mine, figures, answers, register, known, [one.said for one in gone.values()])


@beyond("reconciling")
def standing_figures(access: Access) -> list[SheetFigure]:
    """Of imports that were not taken back; of a sheet that came in again, what it said the last time."""
    rows = SheetFigure.objects.visible_to(access).filter(run__undone_at__isnull=True)
    newest: dict[tuple[int, str, str, str], SheetFigure] = {}
    for one in rows.select_related("region").order_by("at", "pk"):
        newest[one.year, one.region_id, one.file, one.sheet] = one
    return sorted(newest.values(), key=lambda one: (one.year, one.region_id, one.position))


@beyond("totals")
def register_counts(access: Access, first: int, last: int) -> Counter[Of]:
    """Persons by year and region where identified, and by group: all for who reads totals, else those of own
    regions."""
    rows = persons(access, first, last).values_list("first_year", "first_region", "sex", "child")
    found: Counter[Of] = Counter()
    for year, region, sex, child, n in rows.annotate(n=Count("pk")):
        if access.may(May.VIEW_TOTALS) or region in access.regions:
            group = group_of(sex, child)
            found[Of(year, region)] += n
            found[Of(year, region, group if group in _APART else "other_unknown")] += n
    return found


# --- answers ---------------------------------------------------------------------------------------------
def may_answer(region: str, by: Access) -> bool:
    """Of a region who takes over there; of the country who keeps the published figures."""
    if region == TOTAL:
        return by.may(May.EDIT_FIGURES)
    return by.may(May.IMPORT_PERSONS) and region in by.regions


def last_number(year: int, region: str, by: Access) -> int:
    """Of the answers of a year and region, those that hold no more among them; 0 where there is none."""
    last: int | None = of_place(by, year, region).aggregate(last=Max("number"))["last"]
    return last or 0


def of_place(access: Access, year: int, region: str) -> ExplanationQuerySet:
    """Every answer of a year and region that somebody may read; of the country where `region` is TOTAL."""
    where = None if region == TOTAL else region
    return Explanation.objects.visible_to(access).filter(year=year, region=where)


@transaction.atomic
def explain(
    *,
    year: int,
    region: Region | None,
    wanted: Wanted,
    seen: int,
    by: Access,
    replaces: Explanation | None = None,
) -> Explanation:
    """`seen`: the last number of the list as it was shown. Raises AnsweredMeanwhile, PermissionDenied."""
    row = _next(year, region, wanted, seen, by, replaces)
    record(by, "reconciliation.change" if replaces else "reconciliation.explain", row)
    return row


@transaction.atomic
def take_back(*, answer: Explanation, seen: int, by: Access) -> Explanation:
    """That it explains nothing after all. It stays to be read."""
    wanted = Wanted(Kind.WITHDRAWN, 0, answer.group)
    row = _next(answer.year, answer.region, wanted, seen, by, answer)
    record(by, "reconciliation.take_back", row)
    return row


def _next(
    year: int, region: Region | None, wanted: Wanted, seen: int, by: Access, replaces: Explanation | None
) -> Explanation:
    code = region.code if region else TOTAL
    if not may_answer(code, by):
        raise PermissionDenied(_("This difference is explained by those who know its rows."))
    if replaces is not None and (replaces.year, replaces.region_id or TOTAL) != (year, code):
        raise PermissionDenied(_("This difference is explained by those who know its rows."))
    if last_number(year, code, by) != seen:
        raise AnsweredMeanwhile
    try:
        with transaction.atomic():
            return Explanation.objects.create(
                year=year,
                region=region,
                number=seen + 1,
                kind=wanted.kind,
                persons=wanted.persons,
                group=wanted.group,
                places=as_text(wanted.places) if wanted.places else "",
                note=wanted.note,
                by=by.user,
                at=by.at,
                replaces=replaces,
            )
    except IntegrityError:  # two at one moment: the number is the other's
        raise AnsweredMeanwhile from None
