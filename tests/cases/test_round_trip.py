"""Any register goes out in every format, comes back unchanged however it was saved, and goes out as it
was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings, strategies as st

from accounts.access import Access
from agencies.models import Code
from cases import export_files
from cases.actions.calls import log_call
from cases.choices import Urgency
from cases.export_files import Selection
from cases.models import Call, Exploitation, Identification
from cases.views.files import calls_of, selection
from exchange import downloads
from tests.actors import NOON, access
from tests.cases.pages import coordinator, operator
from tests.cases.spreadsheet import SAVED, counts, load, saved
from tests.importers import brought
from tests.makers import new_case, new_person
from tests.weights import every_value_once, examples

pytestmark = pytest.mark.django_db
FORMS = pytest.mark.parametrize(("form", "language"), every_value_once(["csv", "xlsx", "json"], ["sv", "en"]))
SOME = settings(
    max_examples=examples(2, 12), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
AGES = {
    "yes": ["0-6", "7-12", "13-15", "16-17"],
    "no": ["18-24", "25-34", "35-49", "50+"],
    "unknown": ["unknown"],
}
PURPOSES = ("sexual", "labour", "begging", "crime", "domestic", "other")
DAYS = st.dates(date(2010, 1, 1), date(2018, 12, 31))
# What a spreadsheet would run, part or eat, in any order.
TEXTS = st.text(st.sampled_from("aÅ=+-@'\";|,\u200b＝\u202e5 "), max_size=12).map(str.strip)


@st.composite
def persons(draw: Callable[..., Any]) -> dict[str, Any]:
    child = draw(st.sampled_from(list(AGES)))
    further = draw(st.lists(st.sampled_from(PURPOSES), max_size=3, unique=True))
    main = draw(st.sampled_from(PURPOSES))
    return {
        "sex": draw(st.sampled_from("FMOU")),
        "child": child,
        "age_class": draw(st.sampled_from([None, *AGES[child]])),
        "citizenship": draw(st.sampled_from([None, "RO", "SE", "XS", "ZZ"])),
        "status": draw(
            st.sampled_from(["under_assessment", "presumed", "declined", "identified", "not_victim"])
        ),
        "offence": draw(st.sampled_from([None, "trafficking", "other"])),
        "on": draw(DAYS),
        "county": draw(st.sampled_from(["14", "13", "12", "01"])),
        "agency": draw(st.sampled_from(["police", "social", "migration"])),
        "channel": draw(st.sampled_from([None, "police", "support_line"])),
        "municipality": draw(TEXTS),
        "main": main,
        "purposes": tuple(purpose for purpose in further if purpose != main),
        "measures": tuple(draw(st.sets(st.sampled_from([("shelter", "2018-06"), ("return", "2018-07")])))),
    }


@st.composite
def calls(draw: Callable[..., Any]) -> dict[str, Any]:
    return {
        "received_at": draw(
            st.datetimes(datetime(2010, 1, 1), datetime(2018, 12, 31), timezones=st.just(UTC))
        ),
        "caller_group_id": draw(st.sampled_from(["caller:social", "caller:police"])),
        "caller_county_id": draw(st.sampled_from([None, "14", "01"])),
        "women": draw(st.integers(0, 300)),
        "unknown": draw(st.integers(0, 3)),
        "urgency": draw(st.sampled_from(Urgency.values)),
        "consent": draw(st.sampled_from(["given", "missing", "not_relevant"])),
        "referred_region_id": draw(st.sampled_from([None, "V", "SY"])),
        "follow_up_due": draw(st.none() | DAYS),
        "minutes": draw(st.none() | st.integers(0, 400)),
        "topics": draw(st.sets(st.sampled_from(["topic:advice", "topic:person", "topic:child"]))),
    }


@contextmanager
def one_register() -> Iterator[None]:
    """Each example begins with the same empty register."""
    with time_machine.travel(NOON, tick=False), transaction.atomic():
        yield
        transaction.set_rollback(True)


def written(chosen: Selection, by: Access, form: str, language: str) -> bytes:
    file = export_files.ask(chosen, by=by, form=form, purpose="Test", reason="Test", language=language)
    export_files.make(file, chosen, by=by)
    return b"".join(downloads.content(file, by))


@FORMS
@SOME
@given(st.lists(st.lists(persons(), min_size=1, max_size=3), min_size=1, max_size=3), SAVED)
def test_any_persons_come_back_unchanged(
    form: str, language: str, register: list[list[dict[str, Any]]], how: tuple[str, str]
) -> None:
    with one_register():
        by = access(coordinator())
        for several in register:
            new_case(*(new_person(**facts) for facts in several), by=by)
        _more(by)
        first = written(selection(QueryDict("sort=number"), by), by, form, language)
        plan = load(saved(first, *how) if form == "csv" else first, by)
        assert plan.errors == []
        assert counts(plan) == (0, 0, len(plan.lines), 0), [line.told for line in plan.lines]
        assert len(plan.lines) == Identification.objects.count()
        assert written(selection(QueryDict("sort=number"), by), by, form, language) == first


def _more(by: Access) -> None:
    """A second identification of the first person, and a sector."""
    identification = Identification.objects.in_own_region(by).order_by("pk")[0]
    Identification.objects.create(
        person=identification.person,
        agency=identification.agency,
        identified_on=identification.identified_on + timedelta(days=9),
        county_id="01",
    )
    for work in Exploitation.objects.in_own_region(by).filter(purpose="purpose:labour")[:1]:
        work.sector_id = "sector:berries"
        work.save()


@FORMS
@SOME
@given(st.lists(calls(), min_size=1, max_size=4), SAVED)
def test_any_calls_come_back_unchanged(
    form: str, language: str, register: list[dict[str, Any]], how: tuple[str, str]
) -> None:
    with one_register():
        by = access(operator())
        for facts in register:
            topics = Code.objects.filter(key__in=facts["topics"])
            plain = {name: value for name, value in facts.items() if name != "topics"}
            log_call(call=Call(**plain), lists={"topics": topics}, by=by)
        first = written(calls_of(QueryDict(), by), by, form, language)
        done = brought("calls", saved(first, *how) if form == "csv" else first, by)
        assert done.plan.errors == []
        assert done.plan.counts() == {"new": 0, "changed": 0, "unchanged": len(register), "failed": 0}
        assert written(calls_of(QueryDict(), by), by, form, language) == first
