"""Which of the rows that are due may be disposed of, why the others may not, and all that hangs on those that
go, so that nothing is left that names them.

What hangs on a row is found by the keys of every table, so that one which is added later is found too. What
points at a row without a key is listed here: by `code`, by a bare number, or in a text of the program's own.

A year is counted from its rows or read from a version, never half of each. So cases go by whole years: all
that touch a year, or none; and only where the year is closed, its final version holds what the rows say, and
its package has been made.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import product
from operator import neg
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, F, Max, Min, Model, UUIDField
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Notice
from cases.choices import YearStep
from cases.models import (
    Call,
    Case,
    ComparedPerson,
    DisposedYear,
    Draft,
    Identification,
    Misregistration,
    Notification,
    Person,
    WaitingHint,
    YearConfirmation,
)
from exchange.bulk import chunks
from exchange.journal import every_relation, reached
from jobs.models import Job
from libs.groups import by_key
from libs.suppression.tables import TOTAL, Table
from retention.ages import together
from retention.due import DueRow, archived_at, found_by, waiting
from retention.models import Retention, RetentionKind
from summaries.counting.historical import published
from summaries.counting.summary import number_of_regions
from summaries.coverage import HEADLINE
from summaries.models import HistoricalFigure
from summaries.release.models import Publication, shown_by_year

BATCH_SIZE: Final = 500
NEVER: Final = datetime.min.replace(tzinfo=UTC)  # of a package that has not been made
Keys = dict[type[Model], set[Any]]
# Columns that hold the code of a row.
BY_CODE: Final[tuple[tuple[type[Model], str], ...]] = (
    (Misregistration, "case_code"),
    (Misregistration, "subject"),
    (Draft, "subject"),
)
# Columns that hold the key of a person, and are no keys of the database.
BY_NUMBER: Final[tuple[tuple[type[Model], str], ...]] = (
    (ComparedPerson, "person"),
    (WaitingHint, "first"),
    (WaitingHint, "second"),
)
CODE: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NUMBER: Final = re.compile(r"[A-ZÅÄÖ]{1,2}-[0-9]{4}-[0-9]+")


# Rows that stay, by their keys, and the column in which they named one that goes.
Emptied = tuple[type[Model], str, set[Any]]


@dataclass
class RelatedRows:
    """Keys of the rows that go, by model, those that were asked for first."""

    keys: Keys = field(default_factory=lambda: defaultdict(set))
    emptied: list[Emptied] = field(default_factory=list)

    @classmethod
    def on(cls, tops: Mapping[type[Model], Iterable[Any]]) -> RelatedRows:
        found = cls()
        pairs = ((model, key) for model, keys in tops.items() for key in keys)
        for model, key in reached(pairs, _companions, lambda key: key):
            found.keys[model].add(key)
        found._add_named()
        found.emptied = list(found._names_only())
        found.keys = defaultdict(set, {model: keys for model, keys in found.keys.items() if keys})
        return found

    @property
    def counts(self) -> dict[str, int]:
        return {model._meta.db_table: len(keys) for model, keys in self.keys.items()}

    @property
    def digest(self) -> str:
        """Keyed: whoever reads it cannot try which rows they were."""
        plain = sorted(
            (model._meta.label_lower, sorted(str(one) for one in keys)) for model, keys in self.keys.items()
        )
        text = json.dumps(plain).encode()
        return hmac.new(settings.AUDIT_KEY.encode(), b"disposal\n" + text, hashlib.sha256).hexdigest()

    def delete(self) -> None:
        """In the caller's transaction, at whose end every key is asked for again."""
        for model, column, keys in self.emptied:
            for some in chunks(keys, BATCH_SIZE):
                model._base_manager.filter(pk__in=some).update(**{column: None})
        for model, keys in self.keys.items():
            for some in chunks(keys, BATCH_SIZE):
                model._base_manager.filter(pk__in=some)._raw_delete(connection.alias)

    def _names_only(self) -> Iterator[Emptied]:
        """Rows that stay and can do without what they name: a call that follows up one that goes, and former
        states of rows that named one."""
        for model in list(self.keys):
            for other, column, stays in _pointing(model):
                if stays:
                    named = set(keys_of(other, column, self.keys[model]))
                    yield other, column, named - self.keys.get(other, set())

    def _add_named(self) -> None:
        """Add what points at these rows without a key."""
        codes = set(self._codes())
        for model, column in BY_CODE:
            self.keys[model] |= set(keys_of(model, column, codes))
        for model, column in BY_NUMBER:
            self.keys[model] |= set(keys_of(model, column, self.keys.get(Person, set())))
        numbers = set(keys_of(Case, "pk", self.keys.get(Case, ()), wanted="number"))
        self.keys[Notice] |= set(_told_of({str(code) for code in codes}, numbers))

    def _codes(self) -> Iterator[Any]:
        for model, keys in self.keys.items():
            fields = {one.name: one for one in model._meta.concrete_fields}
            if isinstance(fields.get("code"), UUIDField) and not _is_history(model):
                yield from keys_of(model, "pk", keys, wanted="code")


def _companions(model: type[Model], keys: Collection[Any]) -> Iterator[tuple[type[Model], Any]]:
    """What points at these rows, and their former states."""
    for other, column, stays in _pointing(model):
        if not stays:
            yield from product([other], keys_of(other, column, keys))
    if name := getattr(model._meta, "simple_history_manager_attribute", ""):
        history = getattr(model, name).model
        yield from product([history], keys_of(history, "id", keys))


def _told_of(codes: set[str], numbers: set[str]) -> Iterator[int]:
    """What people are told on their own page leads to a row by its code, or names it by its number."""
    for key, label, link in Notice.objects.values_list("pk", "label", "link"):
        if codes.intersection(CODE.findall(link)) or numbers.intersection(NUMBER.findall(label)):
            yield key


def _pointing(model: type[Model]) -> Iterator[tuple[type[Model], str, bool]]:
    """Each model and column that points at `model`, tables of lists and former states too; and whether the
    row stays, and can do without what the column names."""
    for relation in every_relation(model):
        other, column = relation.related_model, relation.field.name
        yield other, column, other is model or _is_past(other, column)


def _is_history(model: type[Model]) -> bool:
    return hasattr(model, "instance_type")


def _is_past(model: type[Model], column: str) -> bool:
    """Whether it is a former state of a row that can do without what the column names."""
    if not _is_history(model):
        return False
    own = model.instance_type._meta.concrete_fields  # type: ignore[attr-defined]
    return (column, True) in ((one.name, one.null) for one in own)


def keys_of(model: type[Model], column: str, among: Iterable[Any], wanted: str = "pk") -> Iterator[Any]:
    """Of the rows that have any of these in the column; another `wanted` column than their key."""
    for some in chunks(among, BATCH_SIZE):
        yield from model._base_manager.filter(**{f"{column}__in": some}).values_list(wanted, flat=True)


MODELS: Final[dict[RetentionKind, type[Model]]] = {
    RetentionKind.CASE: Case,
    RetentionKind.CALL: Call,
    RetentionKind.NOTIFICATION: Notification,
    RetentionKind.JOB: Job,
}


@dataclass(frozen=True)
class Ready:
    """`tops`: keys of the rows that go, by model; what hangs on them goes too. `years`: rows by their year;
    `closing`: years that are not counted from rows afterwards, and the version that stands. `held`: how many
    rows that are due stay, by the sentence that says why."""

    kind: RetentionKind
    tops: dict[type[Model], list[int]] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)
    closing: dict[int, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.tops.get(MODELS[self.kind], ()))


def ready(rule: Retention, day: date, at: datetime) -> Ready:
    """By a rule that has years, of a kind that can be disposed of (`MODELS`)."""
    found = {row.key: row for row in found_by(rule, day)}
    return PLANS[RetentionKind(rule.kind)](rule, found, at)


def _by_year(rows: Iterable[DueRow]) -> dict[int, int]:
    """How many rows there are of each year."""
    return dict(sorted(Counter(row.year for row in rows).items()))


class YearsOfRows:
    def __init__(self, rule: Retention, at: datetime) -> None:
        self.rule, self.at, self.today = rule, at, timezone.localdate(at)
        self.gone = dict(DisposedYear.objects.values_list("year", "version"))
        closed = YearConfirmation.objects.standing().filter(step=YearStep.CLOSED)
        self.closed = Counter(closed.values_list("year", flat=True))
        self.regions = number_of_regions()
        public = Publication.objects.public(at).defer("content", "texts", "sealed").order_by("version")
        self.shown = {publication.year: publication for publication in shown_by_year(list(public))}
        self.drafted = {*Publication.objects.drafts().values_list("year", flat=True)}
        counted = Person.objects.counted().order_by().values_list("first_year")
        self.persons = dict(counted.annotate(n=Count("pk")))
        self.before = _totals_before()
        self.archived = archived_at()

    def version(self, year: int) -> int:
        one = self.shown.get(year)
        return self.gone.get(year) or (one.version if one else 0) or 0

    def why_not(self, year: int, changed: datetime, *more: str) -> str:
        """All reasons, a sentence each; empty where rows of the year may go. `changed`: the last change of
        any of them; `more`: reasons that the caller knows, or empty."""
        not_final = () if year in self.gone else self._not_final(year)
        return " ".join(one for one in (*not_final, *more, self._not_archived(year, changed)) if one)

    def _not_final(self, year: int) -> Iterator[str]:
        if year >= self.today.year:
            yield _("{year} is not over.").format(year=year)
            return
        if self.closed[year] < self.regions:
            yield _("{year} is not closed by all regions.").format(year=year)
        if year in self.drafted:
            yield _("A draft of {year} waits.").format(year=year)
        yield self._not_as_published(year)

    def _not_as_published(self, year: int) -> str:
        """What is read afterwards has to hold what the rows say."""
        one, counted, text = self.shown.get(year), self.persons.get(year, 0), ""
        if one is None and year in self.before:
            if counted not in {0, self.before[year]}:
                text = _("What was published of {year} before the register counts others than the rows.")
        elif one is None or one.state not in {one.State.FINAL, one.State.REVISED} or one.so_far:
            text = _("{year} has no final version that is published.")
        elif _total(one) != counted:
            text = _("The final version of {year} counts others than the rows: revise it first.")
        return text.format(year=year)

    def _not_archived(self, year: int, changed: datetime) -> str:
        published = self.shown[year].published_at if year in self.shown else None
        last = max(one for one in (changed, published) if one)
        if self.rule.archive_first and self.archived.get(year, NEVER) < last:
            return not_archived(year)
        return ""


def not_archived(year: int) -> str:
    return _("The package of {year} has not been made since its rows changed last.").format(year=year)


def _totals_before() -> dict[int, int]:
    """The total of each year that was published before the register, as it is compared with later years."""
    years = HistoricalFigure.objects.aggregate(first=Min("year"), last=Max("year"))
    published_years = published(years["first"], years["last"]) if years["first"] else {}
    return {year: one.heading for year, one in published_years.items() if one.heading is not None}


def _total(one: Publication) -> int | None:
    headline = next((table for table in one.tables if table["name"] == HEADLINE), None)
    return Table.from_json(headline).value(TOTAL) if headline else None


def touched() -> Iterator[tuple[int, int]]:
    """Each case with each year that it touches: opened, a person counted or identified, a call received."""
    for rows in (
        Case.objects.annotate(c=F("pk"), y=ExtractYear("opened_on")),
        Person.objects.exclude(first_year__isnull=True).annotate(c=F("case_id"), y=F("first_year")),
        Identification.objects.annotate(c=F("person__case_id"), y=ExtractYear("identified_on")),
        Call.objects.exclude(case=None).annotate(c=F("case_id"), y=ExtractYear("received_on")),
    ):
        yield from rows.values_list("c", "y")


def _cases(rule: Retention, found: Mapping[int, DueRow], at: datetime) -> Ready:
    years = YearsOfRows(rule, at)
    ties = {(case, -year) for case, year in touched()}  # a year is a key below nothing
    waits = _waiting(ties)
    why = {year: years.why_not(year, last, waits.get(year, "")) for year, last in _last(found, ties).items()}
    nodes: dict[int, Any] = {**found, **{-year: None for year in why if not why[year]}}
    remaining = together(nodes, ties)
    goes = {key: found[key] for key in found.keys() & remaining.keys()}
    closing = {
        year: years.version(year) for year in sorted(neg(goe) for goe in remaining.keys() - goes.keys())
    }
    tops: dict[type[Model], list[int]] = {
        Case: sorted(goes),
        Call: sorted(keys_of(Call, "case", goes)),  # that led to them
        Notification: sorted(keys_of(Notification, "case", goes)),
    }
    return Ready(RetentionKind.CASE, tops, _by_year(goes.values()), closing, _held(found, goes, ties, why))


def _waiting(ties: Iterable[tuple[int, int]]) -> dict[int, str]:
    """What waits in cases that touch a year, in words, and in how many: its rows stay until it is done."""
    cases: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for words, rows in waiting():
        keys = set(Case.objects.filter(Exists(rows)).values_list("pk", flat=True))
        for case, year in ties:
            if case in keys:
                cases[-year][words].add(case)
    listed = {year: [f"{words} ({len(of)})" for words, of in one.items()] for year, one in cases.items()}
    return {
        year: _("Something waits in cases of {year}: {what}.").format(year=year, what=", ".join(what))
        for year, what in listed.items()
    }


def _last(found: Mapping[int, DueRow], ties: Iterable[tuple[int, int]]) -> dict[int, datetime]:
    """The last change of any case that is due, by each year that it touches."""
    changes = sorted((-year, found[case].at) for case, year in ties if case in found)
    return dict(changes)  # the last comes last and stays


def _held(
    found: Mapping[int, DueRow],
    goes: Mapping[int, DueRow],
    ties: Iterable[tuple[int, int]],
    why: dict[int, str],
) -> dict[str, int]:
    """Each case that stays once, by the reasons of the first of its years that has any."""
    stays = found.keys() - goes.keys()
    text: dict[int, str] = {}
    for case, year in sorted(ties, reverse=True):
        if case in stays:
            text[case] = text.get(case) or why[-year]
    others = _("Other cases of the same year are not due: a year is disposed of as a whole, or not at all.")
    return dict(Counter(words or others for words in text.values()))


def _calls(rule: Retention, found: Mapping[int, DueRow], at: datetime) -> Ready:
    """Calls are counted by year too, and go after the cases of their year."""
    years = YearsOfRows(rule, at)
    with_cases, changed = {one[1] for one in touched()}, _changed(Call, found)
    goes: dict[int, DueRow] = {}
    held: Counter[str] = Counter()
    keys_by_year = by_key((one.year, one.key) for one in found.values())
    for year, keys in sorted(keys_by_year.items()):
        kept_cases = _("Cases of {year} are kept, and its calls are counted with them.").format(year=year)
        last = max(changed[one] for one in keys)
        if why := years.why_not(year, last, kept_cases if year in with_cases else ""):
            held[why] += len(keys)
        else:
            goes |= {key: found[key] for key in keys}
    followed = Call.objects.exclude(follow_up_of=None).values_list("pk", "follow_up_of_id")
    remaining = together(goes, followed)
    if len(remaining) < len(goes):
        held[_("A call that one of them follows up stays.")] += len(goes) - len(remaining)
    by_year = _by_year(remaining.values())
    closing = {year: years.version(year) for year in by_year}
    return Ready(RetentionKind.CALL, {Call: sorted(remaining)}, by_year, closing, dict(held))


def _notifications(rule: Retention, found: Mapping[int, DueRow], _at: datetime) -> Ready:
    """No figure counts them: they wait for the package of their year alone."""
    archived, changed = archived_at(), _changed(Notification, found)
    held = {
        key: not_archived(row.year)
        for key, row in found.items()
        if rule.archive_first and archived.get(row.year, NEVER) < changed[key]
    }
    goes = {key: found[key] for key in found.keys() - held.keys()}
    why = dict(Counter(held.values()))
    return Ready(RetentionKind.NOTIFICATION, {Notification: sorted(goes)}, _by_year(goes.values()), held=why)


def _changed(model: type[Model], found: Iterable[int]) -> dict[int, datetime]:
    changed: dict[int, datetime] = {}
    for some in chunks(found, BATCH_SIZE):
        changed.update(model._base_manager.filter(pk__in=some).values_list("pk", "updated_at"))
    return changed


PLANS: Final[dict[RetentionKind, Callable[[Retention, Mapping[int, DueRow], datetime], Ready]]] = {
    RetentionKind.CASE: _cases,
    RetentionKind.CALL: _calls,
    RetentionKind.NOTIFICATION: _notifications,
    RetentionKind.JOB: lambda _rule, found, _at: Ready(
        RetentionKind.JOB, {Job: sorted(found)}, _by_year(found.values())
    ),
}
