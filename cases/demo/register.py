"""Invented cases and persons as rows, inserted in bulk by the same functions as imports use."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from accounts.access import Access
from accounts.models import User
from agencies.directory import Geography
from agencies.models import Agency, Coordinator
from audit.writer import Target, record
from cases.actions.base import number_cases, person_number
from cases.actions.persons import NewPerson, insert_all, set_first
from cases.demo import profile
from cases.demo.people import COORDINATORS, LINE
from cases.demo.profile import Drawn, code, draw_year, part_of_year, pick
from cases.models import Case, Exploitation, Identification, Measure, Person
from cases.rules.exploitation import LABOUR
from cases.rules.values import age_class
from exchange import bulk
from libs.groups import grouped

NEW = timedelta(days=30)  # cases that the line has opened lately wait for somebody
Made = tuple[Case, list[NewPerson]]


class Register:
    """Invents one year at a time. The operator opens cases from calls, coordinators the others of their
    region.

    Nothing happens after `until`.
    """

    def __init__(
        self, rng: random.Random, users: dict[str, User], at: datetime, until: date = date.max
    ) -> None:
        self.rng, self.until = rng, until
        self.operator = Access.of(users[LINE], at=at)
        self.coordinators = {region: Access.of(users[who], at=at) for region, who in COORDINATORS.items()}
        self.places = Geography.load()
        self.agencies = Agency.objects.in_bulk(field_name="code")
        cards = Coordinator.objects.filter(kind=Coordinator.Kind.COORDINATOR).select_related("user")
        self.responsible = dict((card.region_id, card.user) for card in cards)

    def year(self, number: int, scale: int) -> list[Made]:
        """Insert a year's cases and persons, and beside them some who were judged not to be victims."""
        facts = profile.of(number)
        drafts = [draft for draft in draw_year(self.rng, number, facts, scale) if draft.on <= self.until]
        made = [self._case(one) for one in self._grouped(drafts)]
        cases = [case for case, _persons in made]
        number_cases(sorted(cases, key=lambda case: (case.opened_on, str(case.code))))
        children = part_of_year(number, self.until, facts.accompanying * scale)
        for case in self.rng.choices(cases, k=children if cases else 0):
            case.accompanying_children += 1
        self.insert(made)
        record(self.operator, "demo.invent", Target("cases.case", str(number), str(number)), rows=len(drafts))
        return made

    def _grouped(self, drafts: list[Drawn]) -> Iterator[list[Drawn]]:
        """Persons of one case share county, purpose, organisation and day; most cases have one person."""
        places = grouped(
            drafts, lambda draft: "berries" if draft.picks_berries else (draft.county, draft.is_labour)
        )
        for place, people in places.items():
            while people:
                size = 40 if place == "berries" else pick(self.rng, {1: 70, 2: 18, 3: 8, 5: 4})
                group, people[:] = people[:size], people[size:]
                for draft in group[1:]:
                    draft.agency, draft.on = group[0].agency, group[0].on
                yield group

    def _case(self, drafts: list[Drawn]) -> Made:
        first = drafts[0]
        region = self.places.region_on(first.county, first.on)
        from_call = first.agency == "support_line" or self.rng.random() < 0.22
        by = self.operator if from_call else self.coordinators.get(region, self.operator)
        past = {"closed": 88, "follow_up": 8, "handed_over": 4}
        state = "active" if first.year >= 2025 else pick(self.rng, past)
        waits = from_call and first.on > self.until - NEW
        case = Case(
            code=code(self.rng),
            region_id=region,
            opened_on=first.on,
            opened_from_call=from_call,
            opened_by=by.user,
            responsible=None if waits else self.responsible.get(region),
            state=state,
            channel_id=_channel(first.agency, from_call),
            created_at=self._within_days(first.on),
        )
        persons = [self._person(draft, from_call) for draft in drafts]
        if self.rng.random() < 0.05:  # kept and never counted
            no_victim = self._person(first, from_call)
            no_victim.person.status = "not_victim"
            no_victim.person.status_reason = "Påhittat: tecknen visade sig ha en annan förklaring."
            persons.append(no_victim)
        return case, persons

    def _person(self, draft: Drawn, from_call: bool) -> NewPerson:
        sex, child = draft.sex_child
        status = pick(self.rng, profile.STATUSES)
        person = Person(
            code=code(self.rng),
            sex=sex,
            child=child,
            age_class=age_class(pick(self.rng, profile.AGES_OF[child])),
            citizenship=draft.citizenship,
            status=status,
            status_on=draft.on,
            offence_id=f"offence:{_offence(self.rng, draft)}",
            created_at=self._within_days(draft.on),
        )
        seen, used = self._identifications(draft, from_call), self._exploitations(draft)
        return NewPerson(person, seen, used, self._measures(draft, child))

    def _identifications(self, draft: Drawn, from_call: bool) -> list[Identification]:
        """By one organisation, or by some more later, sometimes in the next year: still counted once."""
        rows = [self._identification(draft, draft.agency, draft.on, from_call)]
        others = [name for name in profile.AGENCIES if name != draft.agency]
        for share in (0.24, 0.08):
            if self.rng.random() < share:
                later = draft.on + timedelta(days=self.rng.choice([3, 9, 21, 45, 120]))
                agency = others.pop(self.rng.randrange(len(others)))
                rows.append(self._identification(draft, agency, later, from_call=False))
        return [row for row in rows if row.identified_on <= self.until]

    def _identification(self, draft: Drawn, agency: str, on: date, from_call: bool) -> Identification:
        return Identification(
            agency=self.agencies[agency],
            municipality="Exempelkommun" if self.agencies[agency].municipal else "",
            identified_on=on,
            county_id=draft.county,
            channel_id=_channel(agency, from_call),
        )

    def _exploitations(self, draft: Drawn) -> list[Exploitation]:
        purposes = [draft.purpose]
        if self.rng.random() < 0.16 and draft.purpose != "unknown":
            further = [word for word in ("begging", "crime", "labour", "sexual") if word != draft.purpose]
            purposes.append(self.rng.choice(further))
        return [
            Exploitation(
                purpose_id=f"purpose:{word}",
                is_main=word == draft.purpose,
                sector_id=f"sector:{self._sector(draft)}" if word in LABOUR else None,
                place="sweden",
                county_id=draft.county,
            )
            for word in purposes
        ]

    def _sector(self, draft: Drawn) -> str:
        return "berries" if draft.picks_berries else pick(self.rng, profile.SECTORS)

    def _measures(self, draft: Drawn, child: str) -> list[Measure]:
        rows = []
        for kind, share in profile.MEASURES_OF[child].items():
            if self.rng.random() * 100 >= share:
                continue
            later = draft.on + timedelta(days=self.rng.choice([0, 5, 20, 40, 80]))
            answer = pick(self.rng, {"accepted": 85, "declined": 10, "offered": 5})
            if later <= self.until:
                rows.append(Measure(kind_id=f"measure:{kind}", month=later.replace(day=1), answer=answer))
        return rows

    def _within_days(self, day: date) -> datetime:
        """When what happened on `day` was registered: at noon."""
        registered = min(day + timedelta(days=self.rng.randrange(9)), self.until)
        return datetime.combine(registered, time(12), UTC)

    def insert(self, made: list[Made]) -> None:
        """Insert cases, and persons with their case, number, region and first identification."""
        bulk.create([case for case, _persons in made], user=self.operator.user)
        for case, persons in made:
            for position, new in enumerate(persons, start=1):
                new.person.case, new.person.position = case, position
                new.person.number = person_number(case.number, position)
                new.person.responsible_region_id = case.region_id
                set_first(new, self.places)
        insert_all([new for _case, persons in made for new in persons], by=self.operator)


def _channel(agency: str, from_call: bool) -> str:
    return f"channel:{'support_line' if from_call else profile.CHANNELS[agency]}"


def _offence(rng: random.Random, draft: Drawn) -> str:
    if draft.is_labour and draft.on >= date(2018, 7, 1) and rng.random() < 0.8:
        return "exploitation"
    if draft.purpose == "marriage":
        return "marriage_coercion"
    return pick(rng, {"trafficking": 78, "not_assessed": 18, "other": 4})
