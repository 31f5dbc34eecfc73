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
from cases.actions.base import next_case_numbers, person_number
from cases.actions.persons import NewPerson, insert_all, set_first
from cases.demo import profile
from cases.demo.profile import Drawn, code, draw_year, part_of_year, quota
from cases.models import Case, Exploitation, Identification, Measure, Person
from exchange import bulk

NEW = timedelta(days=30)  # cases that the line has opened lately wait for somebody


class Register:
    """Invents one year at a time. `operators` open cases from calls, `coordinators` the others of their
    region.

    Nothing happens after `until`.
    """

    def __init__(
        self, rng: random.Random, operator: Access, coordinators: dict[str, Access], until: date = date.max
    ) -> None:
        self.rng, self.operator, self.coordinators, self.until = rng, operator, coordinators, until
        self.places = Geography.load()
        self.agencies = {agency.code: agency for agency in Agency.objects.all()}
        cards = Coordinator.objects.filter(kind=Coordinator.Kind.COORDINATOR).select_related("user")
        self.responsible = {card.region_id: card.user for card in cards}

    def year(self, number: int, scale: int) -> list[tuple[Case, list[NewPerson]]]:
        """Insert a year's cases and persons, and beside them some who were judged not to be victims."""
        facts = profile.of(number)
        drafts = [draft for draft in draw_year(self.rng, number, facts, scale) if draft.on <= self.until]
        cases = [self._case(group) for group in self._grouped(drafts)]
        self._number(number, [case for case, _persons in cases])
        self._accompany(
            [case for case, _persons in cases], part_of_year(number, self.until, facts.accompanying * scale)
        )
        self._insert(cases)
        record(self.operator, "demo.invent", Target("cases.case", str(number), str(number)), rows=len(drafts))
        return cases

    def _grouped(self, drafts: list[Drawn]) -> Iterator[list[Drawn]]:
        """Persons of one case share county, purpose, organisation and day; most cases have one person."""
        by_place: dict[tuple[str, bool], list[Drawn]] = {}
        for draft in drafts:
            if draft.on == date(2023, 8, 14) and draft.county == "24":
                by_place.setdefault(("berries", True), []).append(draft)
            else:
                by_place.setdefault((draft.county, draft.is_labour), []).append(draft)
        for (place, _labour), people in by_place.items():
            while people:
                size = 40 if place == "berries" else self.rng.choices([1, 2, 3, 5], [70, 18, 8, 4])[0]
                group, people[:] = people[:size], people[size:]
                for draft in group[1:]:
                    draft.agency, draft.on = group[0].agency, group[0].on
                yield group

    def _case(self, drafts: list[Drawn]) -> tuple[Case, list[NewPerson]]:
        first = drafts[0]
        region = self.places.region_on(first.county, first.on)
        from_call = first.agency == "support_line" or self.rng.random() < 0.22
        by = self.operator if from_call or region not in self.coordinators else self.coordinators[region]
        opened = first.on
        state = (
            "active"
            if first.year >= 2025
            else self.rng.choices(["closed", "follow_up", "handed_over"], [88, 8, 4])[0]
        )
        case = Case(
            code=code(self.rng),
            region_id=region,
            opened_on=opened,
            opened_from_call=from_call,
            opened_by=by.user,
            responsible=self._responsible(region, opened, from_call),
            state=state,
            channel_id=f"channel:{'support_line' if from_call else profile.CHANNELS[first.agency]}",
            created_at=self._within_days(opened),
        )
        persons = [self._person(draft, from_call) for draft in drafts]
        if self.rng.random() < 0.05:
            persons.append(self._not_a_victim(first, from_call))
        return case, persons

    def _responsible(self, region: str, opened: date, from_call: bool) -> User | None:
        """The coordinator; the latest that the line has opened wait for somebody."""
        new = from_call and opened > self.until - NEW
        return None if new else self.responsible.get(region)

    def _not_a_victim(self, draft: Drawn, from_call: bool) -> NewPerson:
        """Kept and never counted."""
        new = self._person(draft, from_call)
        new.person.status, new.person.status_reason = (
            "not_victim",
            "Påhittat: tecknen visade sig ha en annan förklaring.",
        )
        return new

    def _person(self, draft: Drawn, from_call: bool) -> NewPerson:
        sex, child = draft.sex_child
        rng = self.rng
        ages = profile.CHILD_AGES if child == "yes" else profile.ADULT_AGES
        status = rng.choices(list(profile.STATUSES), list(profile.STATUSES.values()))[0]
        person = Person(
            code=code(rng),
            sex=sex,
            child=child,
            age_class=rng.choices(list(ages), list(ages.values()))[0],
            citizenship=draft.citizenship,
            status=status,
            status_on=draft.on,
            offence_id=f"offence:{_offence(rng, draft)}",
            created_at=self._within_days(draft.on),
        )
        return NewPerson(
            person,
            self._identifications(draft, from_call),
            self._exploitations(draft, child),
            self._measures(draft, child),
        )

    def _identifications(self, draft: Drawn, from_call: bool) -> list[Identification]:
        """By one organisation, or by some more later, sometimes in the next year: still counted once."""
        rows = [self._identification(draft, draft.agency, draft.on, from_call)]
        others = [name for name in profile.AGENCIES if name != draft.agency]
        for share in (0.24, 0.08):
            if self.rng.random() < share:
                later = draft.on + timedelta(days=self.rng.choice([3, 9, 21, 45, 120]))
                rows.append(
                    self._identification(draft, others.pop(self.rng.randrange(len(others))), later, False)
                )
        return [row for row in rows if row.identified_on <= self.until]

    def _identification(self, draft: Drawn, agency: str, on: date, from_call: bool) -> Identification:
        channel = "support_line" if from_call else profile.CHANNELS[agency]
        municipality = "Exempelkommun" if self.agencies[agency].municipal else ""
        return Identification(
            agency=self.agencies[agency],
            municipality=municipality,
            identified_on=on,
            county_id=draft.county,
            channel_id=f"channel:{channel}",
        )

    def _exploitations(self, draft: Drawn, child: str) -> list[Exploitation]:
        purposes = [draft.purpose]
        if self.rng.random() < 0.16 and draft.purpose != "unknown":
            further = [word for word in ("begging", "crime", "labour", "sexual") if word != draft.purpose]
            purposes.append(self.rng.choice(further))
        sectors = list(profile.SECTORS), list(profile.SECTORS.values())
        berries = draft.on == date(2023, 8, 14) and draft.county == "24"
        return [
            Exploitation(
                purpose_id=f"purpose:{word}",
                is_main=word == draft.purpose,
                sector_id=f"sector:{'berries' if berries else self.rng.choices(*sectors)[0]}"
                if word in ("labour", "unreasonable", "domestic")
                else None,
                place="sweden",
                county_id=draft.county,
            )
            for word in purposes
        ]

    def _measures(self, draft: Drawn, child: str) -> list[Measure]:
        rows = []
        for kind, (share, only_children) in profile.MEASURES.items():
            if (only_children and child != "yes") or self.rng.random() * 100 >= share:
                continue
            later = draft.on + timedelta(days=self.rng.choice([0, 5, 20, 40, 80]))
            answer = self.rng.choices(["accepted", "declined", "offered"], [85, 10, 5])[0]
            if later <= self.until:
                rows.append(Measure(kind_id=f"measure:{kind}", month=later.replace(day=1), answer=answer))
        return rows

    def _within_days(self, day: date) -> datetime:
        """When what happened on `day` was registered."""
        return _noon(min(day + timedelta(days=self.rng.randrange(9)), self.until))

    def _number(self, year: int, cases: list[Case]) -> None:
        cases.sort(key=lambda case: (case.opened_on, str(case.code)))
        for region in sorted({case.region_id for case in cases}):
            own = [case for case in cases if case.region_id == region]
            for case, number in zip(own, next_case_numbers(region, year, len(own)), strict=True):
                case.number = number

    def _accompany(self, cases: list[Case], number: int) -> None:
        for case in self.rng.choices(cases, k=number if cases else 0):
            case.accompanying_children += 1

    def _insert(self, cases: list[tuple[Case, list[NewPerson]]]) -> None:
        bulk.create([case for case, _persons in cases], user=self.operator.user)
        for case, persons in cases:
            self.join(case, persons)
        insert_all([new for _case, persons in cases for new in persons], by=self.operator)

    def join(self, case: Case, persons: list[NewPerson], region: str = "", after: int = 0) -> None:
        """Give persons their case, number, region and first identification."""
        for position, new in enumerate(persons, start=after + 1):
            new.person.case, new.person.position = case, position
            new.person.number = person_number(case.number, position)
            new.person.responsible_region_id = region or case.region_id
            set_first(new, self.places)


def _offence(rng: random.Random, draft: Drawn) -> str:
    if draft.is_labour and draft.on >= date(2018, 7, 1) and rng.random() < 0.8:
        return "exploitation"
    if draft.purpose == "marriage":
        return "marriage_coercion"
    return rng.choices(["trafficking", "not_assessed", "other"], [78, 18, 4])[0]


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


__all__ = ["Register", "quota"]
