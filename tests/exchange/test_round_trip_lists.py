"""Any list goes out in every format, comes back unchanged however it was saved in between, and goes out as it
was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from agencies.models import Agency, Code, CodeMapping, Coordinator, CountyRegion
from cases.actions.cases import open_case
from cases.models import Case
from exchange.resources import RESOURCES
from exchange.writer import PIECES, Sheet, Tally
from knowledge.models import Article
from summaries.models import COUNTED, OF_WHOM, HistoricalFigure, JusticeFigure, Population
from tests.actors import NOON, access
from tests.cases.spreadsheet import SAVED, saved
from tests.importers import brought
from tests.makers import new_person
from tests.nmt_site.admin_pages import someone
from tests.weights import every_value_once, examples

pytestmark = pytest.mark.django_db
SOME = settings(
    max_examples=examples(1, 6), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
Draw = Callable[[Any], Any]

# What a spreadsheet would run, part or eat, in any order; as a form would store it.
TEXTS = st.text(st.sampled_from("aÅ=+-@'\";|,\u200b＝\u202e5 \n\r\t#"), max_size=12).map(str.strip)
WORDS = st.text(st.sampled_from("aÅ=+-@'\";|,＝5 _"), min_size=1, max_size=9).map(str.strip).filter(bool)
DAYS = st.dates(date(2010, 1, 1), date(2018, 12, 31))


def agencies(draw: Draw, by: Access) -> list[Any]:
    kinds = st.sampled_from(["agency_kind:ngo", "agency_kind:police", "agency_kind:social"])
    return [
        Agency(
            code=code,
            name_sv=draw(WORDS),
            name_en=draw(WORDS),
            kind_id=draw(kinds),
            municipal=draw(st.booleans()),
            member_from=draw(st.none() | DAYS),
            contact=draw(TEXTS),
        )
        for code in draw(st.lists(WORDS, min_size=1, max_size=3, unique_by=str.casefold))
    ]


def coordinators(draw: Draw, by: Access) -> list[Any]:
    return [
        Coordinator(region_id=draw(st.sampled_from(["V", "SY", "Ö"])), name=name, municipality=draw(TEXTS),
                    phone=draw(TEXTS), hours=draw(TEXTS), valid_from=draw(DAYS),
                    user=draw(st.none() | st.just(by.user)))
        for name in draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
    ]  # fmt: skip


def codes(draw: Draw, by: Access) -> list[Any]:
    words = draw(st.lists(WORDS, min_size=1, max_size=3, unique_by=str.casefold))
    return [
        Code(key=f"topic:{word}", list="topic", label_sv=draw(WORDS), label_en=draw(WORDS),
             valid_from=draw(st.none() | DAYS), position=draw(st.integers(0, 900)))
        for word in words
    ]  # fmt: skip


def mappings(draw: Draw, by: Access) -> list[Any]:
    rows = st.lists(st.tuples(WORDS, WORDS, TEXTS, TEXTS), min_size=1, max_size=3, unique=True)
    return [CodeMapping(code=c, target=t, release=r, value=v) for c, t, r, v in draw(rows)]


def county_regions(draw: Draw, by: Access) -> list[Any]:
    days = draw(st.lists(DAYS, min_size=1, max_size=3, unique=True))
    return [
        CountyRegion(county_id="14", region_id=draw(st.sampled_from("VÖ")), valid_from=day) for day in days
    ]


def users(draw: Draw, by: Access) -> list[Any]:
    roles = st.sampled_from(["operator", "analyst", "officer"])
    return [
        User(
            email=f"n{n}@example.org",
            name=name,
            role=draw(roles),
            is_active=draw(st.booleans()),
            ends_on=draw(st.none() | st.dates(date(2030, 1, 1), date(2039, 12, 31))),
            password="!",
        )
        for n, name in enumerate(draw(st.lists(WORDS, min_size=1, max_size=3)))
    ]


def articles(draw: Draw, by: Access) -> list[Any]:
    return [
        Article(
            key=f"a{n}",
            title_sv=title,
            title_en=draw(WORDS),
            text_sv=draw(WORDS),
            text_en=f"{draw(WORDS)}\n\n- {draw(WORDS)}",
            topics=draw(st.sampled_from(["", "topic:child", "topic:child topic:return"])),
            counties=draw(st.sampled_from(["", "01 09", "14"])),
            position=draw(st.integers(0, 900)),
            reviewed_on=draw(st.none() | DAYS),
        )
        for n, title in enumerate(draw(st.lists(WORDS, min_size=1, max_size=3)))
    ]


def population(draw: Draw, by: Access) -> list[Any]:
    keys = st.tuples(
        st.sampled_from("TFM"), st.sampled_from(["total", "0-17", "18+"]), st.sampled_from([None, "01"])
    )
    return [
        Population(
            year=1990, sex=s, age=a, county_id=c, number=draw(st.integers(0, 10**9)), source=draw(TEXTS)
        )
        for s, a, c in draw(st.lists(keys, min_size=1, max_size=3, unique=True))
    ]


def historical_figures(draw: Draw, by: Access) -> list[Any]:
    known = [(m, g) for m in COUNTED for g in (("RO", "NG") if m == "citizenship" else OF_WHOM)]
    return [
        HistoricalFigure(year=1990, measure=m, group=g, value=draw(st.integers(0, 10**9)), source=draw(TEXTS),
                         note=draw(TEXTS), status=draw(st.sampled_from(HistoricalFigure.Status.values)))
        for m, g in draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
    ]  # fmt: skip


def justice_figures(draw: Draw, by: Access) -> list[Any]:
    offences, breakdowns = (
        st.sampled_from([None, "offence:trafficking"]),
        st.sampled_from(["", "sex:F", "sex:F|age:18+"]),
    )
    return [
        JusticeFigure(
            year=2018,
            kind="convicted",
            offence_id=o,
            breakdown=b,
            value=draw(st.integers(0, 10**6)),
            source=draw(WORDS),
            note=draw(TEXTS),
        )
        for o, b in draw(st.lists(st.tuples(offences, breakdowns), min_size=1, max_size=3, unique=True))
    ]


def cases(draw: Draw, by: Access) -> list[Any]:
    """Opened as the register opens them."""
    channels = st.sampled_from([None, "channel:police", "channel:support_line"])
    for _n in range(draw(st.integers(1, 3))):
        case = Case(
            region_id="V",
            opened_on=draw(DAYS),
            channel_id=draw(channels),
            accompanying_children=draw(st.integers(0, 9)),
        )
        open_case(case=case, persons=[new_person()], by=by)
    return []


LISTS: dict[str, tuple[Callable[[Draw, Access], list[Any]], Role]] = {
    **{each.__name__: (each, Role.ADMINISTRATOR)
       for each in (agencies, articles, coordinators, codes, mappings, county_regions, users)},
    **{each.__name__: (each, Role.ANALYST) for each in (population, historical_figures, justice_figures)},
    cases.__name__: (cases, Role.COORDINATOR),
}  # fmt: skip


def test_every_list_that_comes_in_is_held_to_this() -> None:
    elsewhere = {"calls"}  # with persons, in tests.cases.test_round_trip
    short = {"regions", "counties"}  # their rows are those of the country
    assert set(LISTS) == set(RESOURCES) - elsewhere - short


@contextmanager
def one_register(role: Role) -> Iterator[Access]:
    """Each example begins with the same register."""
    with time_machine.travel(NOON, tick=False), transaction.atomic():
        yield access(someone(role))
        transaction.set_rollback(True)


def written(name: str, form: str, by: Access, keys: list[Any]) -> bytes:
    resource = RESOURCES[name](access=by)
    rows = resource.get_queryset().order_by("pk")
    rows = rows.filter(pk__in=keys) if keys else rows
    return b"".join(PIECES[form](Sheet(resource.header, resource.lines(rows)), Tally()))


@pytest.mark.parametrize(("name", "form"), every_value_once(LISTS, ["csv", "xlsx", "json"]))
@SOME
@given(st.data(), SAVED)
def test_any_list_comes_back_unchanged(
    name: str, form: str, data: st.DataObject, how: tuple[str, str]
) -> None:
    make, role = LISTS[name]
    with one_register(role) as by:
        rows = make(data.draw, by)
        for row in rows:
            row.save()
        keys = [row.pk for row in rows]
        first = written(name, form, by, keys)
        sent = saved(first, *how) if form == "csv" else first
        plan = brought(name, sent, by).plan
        assert plan.errors == []
        assert plan.to_write == 0, [line.told for line in plan.lines]
        assert len(plan.lines) == (len(rows) or Case.objects.count())
        assert written(name, form, by, keys) == first
