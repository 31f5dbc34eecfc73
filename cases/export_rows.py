"""The persons and the calls of a list as rows that their imports read. Each list is one query.

A person has a row for each identification.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Aggregate,
    Case,
    CharField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from accounts.access import Access
from cases.choices import MeasureAnswer
from cases.facts import IMPORTED, IN_ROWS, OWN
from cases.importing.plan import sector_purpose
from cases.models import Call, Exploitation, Measure, Person
from cases.pages import Order
from cases.querysets import PersonQuerySet
from cases.rules.values import bare

CHUNK: Final = 2_000  # rows fetched at once
_PART, _ITEM = "\x1f", "\x1e"  # within and between what `Joined` joins: no code holds them
_MEMO: Final = 20_000  # texts of one column that are remembered

# Where the facts stand that are stored in one column each, and those of several rows joined.
PATHS: Final = {
    "case": "case__number",
    "person": "number",
    "agency": "identifications__agency__code",
    **{fact.name: fact.name for fact in OWN},
}
COLUMNS: Final = (
    *(PATHS.get(fact.name, f"identifications__{fact.name}") for fact in IMPORTED if fact not in IN_ROWS),
    "joined_purposes",
    "joined_measures",
)


class Joined(Aggregate):
    function = "STRING_AGG"
    arg_joiner = ", E'\\x1e' ORDER BY "
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        # Rows of one person come by the index of the person, and so by their keys.
        text, _key, chosen = self.get_source_expressions()
        alone = self.copy()
        alone.set_source_expressions([text, chosen])
        return alone.as_sql(
            compiler,
            connection,
            function="GROUP_CONCAT",
            template="%(function)s(%(expressions)s, char(30))",
            **context,
        )


def joined(rows: QuerySet[Any], *parts: Any, by: str = "person", outer: str = "pk") -> Subquery:
    """`parts` of each of the rows that belong to one person, as text that `items` takes apart."""
    empty = Value("", TextField())
    texts: list[Any] = []
    for part in parts:
        texts += [Value(_PART, TextField()), Coalesce(Cast(part, TextField()), empty)]
    text = Concat(*texts[1:], empty, output_field=TextField())
    of_one = rows.filter(**{by: OuterRef(outer)}).order_by().values(by)
    return Subquery(of_one.annotate(joined=Joined(text, F("pk"))).values("joined"))


def items(text: str | None) -> list[list[str]]:
    return [item.split(_PART) for item in text.split(_ITEM)] if text else []


def persons_of(cases: QuerySet[Any], access: Access) -> PersonQuerySet:
    """Own persons of these cases: what another region lets one read is not one's own to take along."""
    rows = Person.objects.visible_to(access).in_own_region(access)
    return rows.filter(case__in=cases.order_by().values("pk"))


def in_order(persons: QuerySet[Person], order: Order) -> QuerySet[Person]:
    """As the list has its cases, and within a case by number."""
    of_case = Order(tuple(re.sub("^-?", r"\g<0>case__", column) for column in order.columns))
    return persons.order_by(*of_case.by(), F("case").asc(), F("position").asc(), F("pk").asc())


def person_rows(persons: QuerySet[Person]) -> Iterator[list[str]]:
    """Cells by the columns of the import. `persons` in the order of the file."""
    rows: Iterable[Sequence[Any]] = person_query(persons).iterator(chunk_size=CHUNK)
    for case, person, day, *facts, purposes, measures in rows:
        yield [
            case,
            person,
            _plain(day),
            *(_plain(fact) for fact in facts),
            *_purposes(purposes),
            _measures(measures),
        ]


def person_query(persons: QuerySet[Person]) -> QuerySet[Person, tuple[Any, ...]]:
    """What is stored, by COLUMNS, a row for each identification."""
    main = Case(When(is_main=True, then=Value("1")), default=Value(""), output_field=CharField())
    purposes = joined(Exploitation.objects.all(), "purpose", main, "sector")
    given = Measure.objects.filter(answer=MeasureAnswer.ACCEPTED, month__isnull=False)
    rows = persons.annotate(joined_purposes=purposes, joined_measures=joined(given, "kind", "month"))
    by_day = (F("identifications__identified_on").asc(), F("identifications__pk").asc())
    return rows.order_by(*persons.query.order_by, *by_day).values_list(*COLUMNS)


@lru_cache(_MEMO)
def _plain(value: str | int | date | None) -> str:
    return "" if value is None else bare(str(value))


@lru_cache(_MEMO)
def _purposes(text: str | None) -> tuple[str, str, str]:
    """Further purposes, the main one, and the sector where the import looks for it."""
    main_last = sorted(items(text), key=lambda one: one[1])
    main = {is_main: purpose for purpose, is_main, _sector in main_last}.get("1", "")
    sectors = {purpose: sector for purpose, _main, sector in main_last}
    named = sorted(sectors.keys() - {main})
    sector = sectors.get(sector_purpose([main, *named]), "")
    return "|".join(bare(one) for one in named), _plain(main), _plain(sector)


@lru_cache(_MEMO)
def _measures(text: str | None) -> str:
    facts = sorted({(kind, month[:7]) for kind, month in items(text)})
    return "|".join(f"{bare(kind)}:{month}" for kind, month in facts)


PLAIN: Final = (
    *("medium", "caller_group", "caller_county", "topics_answer", "purposes_answer", "outcomes_answer"),
    *("women", "men", "girls", "boys", "unknown", "urgency", "consent"),
    *("referred_region", "referred_agency__code", "minutes", "follow_up_due"),
)


def call_rows(calls: QuerySet[Call], columns: list[str]) -> Iterator[list[str]]:
    """Cells by `columns` of the import of calls. `calls` in the order of the file."""
    lists = {f"joined_{name}": _list(name) for name in Call.LISTS}
    names = ["code", "received_at", *PLAIN, *lists]
    for values in calls.annotate(**lists).values_list(*names).iterator(chunk_size=CHUNK):
        facts = dict(zip(names, values, strict=True))
        cells = {
            "code": str(facts["code"]),
            "received_at": timezone.localtime(facts["received_at"]).isoformat(),
            **{name.removesuffix("__code"): _plain(facts[name]) for name in PLAIN},
            **{name: _words(facts[f"joined_{name}"]) for name in Call.LISTS},
        }
        yield [cells[column] for column in columns]


def _list(name: str) -> Subquery:
    through: Any = getattr(Call, name).through
    return joined(through.objects.all(), "code", by="call")


@lru_cache(maxsize=4_096)
def _words(text: str | None) -> str:
    return "|".join(sorted(bare(key) for (key,) in items(text)))
