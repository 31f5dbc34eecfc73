"""A demonstration in the shape of another register: `manage.py demo --like FILE`."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from accounts.access import Access
from audit.writer import Target, record
from cases.actions.persons import NewPerson
from cases.demo.calls import add_calls
from cases.demo.drawing import code
from cases.demo.people import make_people
from cases.demo.register import Register
from cases.models import Case, Exploitation, Identification, Measure, Person
from cases.shape.drawing import draw
from cases.shape.rows import YES, CaseRow, PersonRow
from cases.shape.shape import Shape
from cases.shape_rows import lists_of_register

WORDS = "Påhittat: texten är lika lång som andra, men säger ingenting om någon. "
Made = list[tuple[Case, list[NewPerson]]]


@transaction.atomic
def invent_like(shape: Shape, *, password: str, scale: int = 1, seed: int = 1, today: date) -> dict[str, int]:
    """Fills an empty register, to the day before `today`; returns counts. Who is registered twice has no
    review: what finds them can be tried."""
    rows = draw(shape, lists_of_register(), seed=seed, persons=shape.persons * scale)
    rng = random.Random(seed)  # noqa: S311 - invented data
    users = make_people(password)
    at = datetime.combine(today, time(9), UTC)
    operator, west, south = (
        Access.of(users[who], at=at) for who in ("operator", "coordinator.vast", "coordinator.syd")
    )
    register = _Like(rng, operator, {"V": west, "SY": south}, until=today - timedelta(days=1))
    seconds = [CaseRow((second,)) for _first, second in rows.again]
    made = register.add([*rows.cases, *seconds])
    calls = 0
    for year, number in shape.calls.items():
        own = [case for case, _persons in made if str(case.opened_on.year) == year]
        calls += len(add_calls(rng, int(year), number * scale, own, by=operator, until=register.until))
    counts = {"persons": Person.objects.counted().count(), "calls": calls, "twice": len(rows.again)}
    record(operator, "demo.invent", Target("cases.case", "like", "like"), rows=len(rows.persons))
    return counts


class _Like(Register):
    """The invented rows as those of the demonstration are inserted."""

    def add(self, rows: Iterable[CaseRow]) -> Made:
        by_year: dict[int, Made] = defaultdict(list)
        for row in rows:
            persons = [person for person in row.persons if person.on <= self.until]
            if persons:
                made = self._case_of(row, persons)
                by_year[made[0].opened_on.year].append(made)
        for year, cases in sorted(by_year.items()):
            self._number(year, [case for case, _persons in cases])
            self._insert(cases)
        return [made for _year, cases in sorted(by_year.items()) for made in cases]

    def _case_of(self, row: CaseRow, persons: list[PersonRow]) -> tuple[Case, list[NewPerson]]:
        first = min(persons, key=lambda person: person.on)
        region = self.places.region_on(first.word("county"), first.on)
        from_call = first.word("call") == YES
        by = self.operator if from_call else self.coordinators.get(region, self.operator)
        case = Case(
            code=code(self.rng),
            region_id=region,
            opened_on=first.on,
            opened_from_call=from_call,
            opened_by=by.user,
            responsible=by.user if by is not self.operator else None,
            state="active" if first.on.year >= self.until.year else "closed",
            channel_id=first.word("channel") or None,
            accompanying_children=row.accompanying,
            note=_text(row.note),
            created_at=self._registered(first),
        )
        return case, [self._person_of(person) for person in persons]

    def _person_of(self, row: PersonRow) -> NewPerson:
        further = "SE" if row.word("further_citizenship") == YES and row.word("citizenship") != "SE" else ""
        person = Person(
            code=code(self.rng),
            sex=row.word("sex"),
            child=row.word("child"),
            age_class=row.word("age_class") or None,
            citizenship=row.word("citizenship") or None,
            further_citizenships=further,
            residence_id=row.word("residence") or None,
            status=row.word("status"),
            status_on=row.on,
            status_reason=_text(row.reason),
            offence_id=row.word("offence") or None,
            created_at=self._registered(row),
        )
        measures = [
            Measure(kind_id=kind, month=row.on.replace(day=1), answer=answer)
            for kind, answer in row.measures.items()
        ]
        return NewPerson(person, self._meetings(row), _exploitations(row), measures)

    def _meetings(self, row: PersonRow) -> list[Identification]:
        """The first, and later ones to this day; an organisation meets nobody twice a day."""
        told = [(row.on, row.word("agency"), row.word("county"), row.word("channel"))]
        told += [(row.on + timedelta(one.days), one.agency, one.county, "") for one in row.later]
        kept = {(day, agency): (county, channel) for day, agency, county, channel in reversed(told)}
        return [
            Identification(
                agency=self.agencies[agency],
                municipality="Exempelkommun" if self.agencies[agency].municipal else "",
                identified_on=day,
                county_id=county,
                channel_id=channel or None,
            )
            for (day, agency), (county, channel) in reversed(kept.items())
            if day <= self.until
        ]

    def _registered(self, row: PersonRow) -> datetime:
        return datetime.combine(min(row.on + timedelta(row.delay), self.until), time(12), UTC)


def _exploitations(row: PersonRow) -> list[Exploitation]:
    """The main one, and another where there is one."""
    purposes = [
        row.word("main_purpose"),
        *([row.word("further_purpose")] if row.word("further_purpose") else []),
    ]
    return [
        Exploitation(
            purpose_id=purpose,
            is_main=place == 0,
            sector_id=(row.word("sector") or None) if place == 0 else None,
            place="sweden",
            county_id=row.word("county"),
        )
        for place, purpose in enumerate(purposes)
    ]


def _text(length: int) -> str:
    return (WORDS * (length // len(WORDS) + 1))[:length].rstrip()
