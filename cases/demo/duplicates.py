"""Invented records of persons who stand in the register already: some decided to be the same, some still to
assess."""

from __future__ import annotations

from copy import copy
from datetime import timedelta

from accounts.access import Access
from cases.actions.numbers import next_case_numbers
from cases.actions.persons import NewPerson
from cases.actions.settling import settle
from cases.choices import Decision
from cases.demo.drawing import code
from cases.demo.register import Register
from cases.likeness import HIGH
from cases.models import Case, DuplicateReview, Exploitation, Identification, Person

OTHERS = {"V": "SY", "SY": "V", "ST": "M", "M": "ST", "N": "M", "Ö": "ST", "B": "V"}


def add_duplicates(
    register: Register, made: list[tuple[Case, list[NewPerson]]], *, decided: int, open_: int, by: Access
) -> None:
    """Second records of persons of `made`: another case, often another region, some weeks later."""
    candidates = [(case, new) for case, persons in made for new in persons if new.person.counted]
    chosen = register.rng.sample(candidates, min(decided + open_, len(candidates)))
    for step, (case, new) in enumerate(chosen):
        again = _again(register, case, new, elsewhere=step % 2 == 0)
        decision = Decision.SAME if step < decided else Decision.OPEN
        DuplicateReview.objects.create(
            code=code(register.rng),
            first=new.person,
            second=again,
            similarity=round(HIGH + 4 * register.rng.random(), 2),
            decision=decision,
            found_at=again.created_at,
            **({"by": by.user, "at": again.created_at} if decision == Decision.SAME else {}),
        )
        if decision == Decision.SAME:
            settle([again], by=by)


def _again(register: Register, case: Case, new: NewPerson, *, elsewhere: bool) -> Person:
    region = OTHERS[case.region_id] if elsewhere else case.region_id
    later = timedelta(days=register.rng.choice([4, 12, 30, 60]))
    first = new.identifications[0]
    copied = copy(case)
    copied.pk, copied._state = None, type(case._state)()
    copied.code, copied.region_id, copied.opened_on = code(register.rng), region, case.opened_on + later
    copied.number = next_case_numbers(region, copied.opened_on.year)[0]
    copied.accompanying_children, copied.opened_from_call, copied.channel_id = 0, False, "channel:ngo"
    copied.created_at = case.created_at + later
    person = Person(
        code=code(register.rng),
        created_at=copied.created_at,
        **{
            name: getattr(new.person, name)
            for name in ("sex", "child", "age_class", "citizenship", "status", "offence_id")
        },
    )
    again = NewPerson(
        person,
        [
            Identification(
                agency=register.agencies["ngo" if first.agency.code != "ngo" else "police"],
                identified_on=first.identified_on + later,
                county_id=first.county_id,
                channel_id="channel:ngo",
            )
        ],
        [
            Exploitation(purpose_id=row.purpose_id, is_main=row.is_main, sector_id=row.sector_id)
            for row in new.exploitations
        ],
    )
    register._insert([(copied, [again])])
    return person
