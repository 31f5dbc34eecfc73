"""Random small registers, made through the same actions as the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from accounts.access import Access
from agencies.models import Agency, Code, CountyRegion
from cases.actions.calls import log_call
from cases.actions.duplicates import decide_same
from cases.actions.persons import NewPerson
from cases.choices import CHILD_AGES, COUNTED, Decision, Status
from cases.models import Call, Exploitation, Identification, Measure, Person
from libs.suppression.tables import Table
from summaries.counting.build import all_tables, counted
from tests.makers import new_case

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAYS = (
    date(2017, 12, 31),
    date(2018, 1, 1),
    date(2018, 5, 2),
    date(2018, 7, 1),
    date(2018, 12, 31),
    date(2019, 1, 1),
    date(2020, 1, 31),
    date(2020, 2, 1),
)
COUNTIES = ("01", "12", "14", "25")
AGENCIES = ("police", "migration", "social", "support_line")
CHANNELS = (None, "channel:support_line", "channel:coordinator", "channel:police")
CITIZENSHIPS = (None, "", "RO", "SE", "GB", "NG", "TH", "RS", "CO", "AU", "XS", "ZZ")
PURPOSES = (
    "sexual",
    "labour",
    "domestic",
    "begging",
    "crime",
    "fraud",
    "marriage",
    "slavery",
    "war",
    "unknown",
)
LABOUR = ("labour", "domestic")
OFFENCES = (None, "offence:trafficking", "offence:exploitation", "offence:not_assessed")
MEASURES = ("shelter", "return", "police_report")
ANSWERS = ("offered", "accepted", "declined", "refused")
AGES = {
    "yes": (None, "0-6", "16-17", "unknown"),
    "no": (None, "18-24", "50+", "unknown"),
    "unknown": (None, "unknown"),
}
assert set(AGES["yes"][1:3]) <= set(CHILD_AGES)


@dataclass
class Plan:
    """Cases of persons as plain facts, and pairs of persons (by place) that are the same, or were taken to
    be."""

    cases: list[tuple[bool, list[dict[str, Any]]]]
    same: list[tuple[int, int, bool]]  # the third: undone again
    moved: bool  # county 14 belongs to another region from July 2018


def persons() -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(list(AGES)).flatmap(
        lambda child: st.fixed_dictionaries(
            {
                "sex": st.sampled_from("FMOU"),
                "child": st.just(child),
                "age_class": st.sampled_from(AGES[child]),
                "citizenship": st.sampled_from(CITIZENSHIPS),
                "offence_id": st.sampled_from(OFFENCES),
                "status": st.sampled_from((*COUNTED, Status.NOT_VICTIM)),
                "seen": st.lists(
                    st.tuples(*map(st.sampled_from, (AGENCIES, DAYS, COUNTIES, CHANNELS))),
                    min_size=1,
                    max_size=3,
                    unique_by=lambda seen: seen[:2],
                ),
                "purposes": st.lists(st.sampled_from(PURPOSES), min_size=1, max_size=4, unique=True),
                "sector": st.sampled_from((None, "sector:cleaning", "sector:unknown")),
                "measures": st.lists(
                    st.tuples(
                        st.sampled_from(MEASURES), st.sampled_from(ANSWERS), st.sampled_from((None, 1, 6, 12))
                    ),
                    max_size=3,
                ),
            }
        )
    )


def plans() -> st.SearchStrategy[Plan]:
    case = st.tuples(st.booleans(), st.lists(persons(), min_size=1, max_size=4))
    pairs = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.booleans()), max_size=5)
    return st.builds(Plan, st.lists(case, min_size=1, max_size=4), pairs, st.booleans())


def build(plan: Plan, *, by: Access, operator: Access) -> None:
    if plan.moved:
        CountyRegion.objects.create(county_id="14", region_id="SY", valid_from=date(2018, 7, 1))
    for from_call, people in plan.cases:
        case = new_case(*map(new_person, people), by=by, accompanying_children=len(people))
        if from_call:
            type(case).objects.filter(pk=case.pk).update(opened_from_call=True)
    rows = list(Person.objects.order_by("pk"))
    pairs = [
        (rows[one], rows[other], undone)
        for one, other, undone in plan.same
        if one != other and max(one, other) < len(rows)
    ]
    for person, other, _undone in pairs:
        decide_same(one=person, other=other, decision=Decision.SAME, reason="Same", by=by)
    for person, other, undone in pairs:
        if undone:
            decide_same(one=person, other=other, decision=Decision.DIFFERENT, reason="Wrong", by=by)


def new_person(facts: dict[str, Any]) -> NewPerson:
    facts = dict(facts)
    seen, purposes, sector, measures = (
        facts.pop(name) for name in ("seen", "purposes", "sector", "measures")
    )
    return NewPerson(
        person=Person(**facts),
        identifications=[
            Identification(
                agency=Agency.objects.get(code=agency), identified_on=on, county_id=county, channel_id=channel
            )
            for agency, on, county, channel in seen
        ],
        exploitations=[
            Exploitation(
                purpose_id=f"purpose:{word}",
                is_main=word == purposes[0],
                sector_id=sector if word in LABOUR else None,
            )
            for word in purposes
        ],
        measures=[
            Measure(kind_id=f"measure:{kind}", answer=answer, month=date(2018, month, 1) if month else None)
            for kind, answer, month in measures
        ],
    )


def call(day: int, *topics: str, by: str, answer: str = "none") -> dict[str, Any]:
    """Of March 2018. `answer`: what it means that there are no topics."""
    facts = {"received_at": datetime(2018, 3, day, 9, tzinfo=STOCKHOLM), "caller_county_id": "14"}
    said = {"caller_group_id": f"caller:{by}", "topics_answer": answer}
    return {**facts, **said, "topics": topics, "outcomes": ["advice"]}


def calls() -> st.SearchStrategy[list[dict[str, Any]]]:
    moment = datetime(2018, 12, 30, 12, tzinfo=STOCKHOLM)
    call = st.fixed_dictionaries(
        {
            "received_at": st.integers(0, 60).map(lambda hours: moment + timedelta(hours=hours)),
            "caller_county_id": st.sampled_from((None, *COUNTIES)),
            "caller_group_id": st.sampled_from(("caller:police", "caller:social")),
            "topics_answer": st.sampled_from(("none", "unknown", "not_asked")),
            "topics": st.lists(st.sampled_from(("person", "child", "other")), max_size=3, unique=True),
            "outcomes": st.lists(st.sampled_from(("advice", "case")), max_size=2, unique=True),
        }
    )
    return st.lists(call, max_size=6)


def log(facts: dict[str, Any], *, by: Access) -> Call:
    facts = dict(facts)
    lists = {
        name: Code.objects.filter(key__in=[f"{word}:{value}" for value in facts.pop(name)])
        for name, word in (("topics", "topic"), ("outcomes", "outcome"))
    }
    return log_call(call=Call(**facts), lists=lists, by=by)


def opened_in(year: int, plan: Plan) -> list[list[dict[str, Any]]]:
    """The persons of each case whose first was first seen in the year."""
    return [people for _call, people in plan.cases if people[0]["seen"][0][1].year == year]


def yearly_tables(by: Access, year: int) -> tuple[Table, ...]:
    return all_tables(counted(by, year, year)[year])
