"""Short ways to make rows in the tests, through the same actions as the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.access import Access
from agencies.models import Agency, Region
from cases.actions.cases import open_case
from cases.actions.persons import NewPerson
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.models import Case, Exploitation, Identification, Measure, Person


def new_person(
    *,
    sex: str = "F",
    child: str = "no",
    on: date = date(2018, 5, 2),
    county: str = "14",
    agency: str = "police",
    channel: str | None = None,
    main: str = "sexual",
    purposes: tuple[str, ...] = (),
    measures: tuple[tuple[str, str], ...] = (),
    municipality: str = "",
    reference: str = "",
    **facts: Any,
) -> NewPerson:
    """`measures` are (kind, "YYYY-MM"); `purposes` are further ones."""
    facts.setdefault("status", "presumed")
    offence = facts.pop("offence", None)
    return NewPerson(
        person=Person(sex=sex, child=child, offence_id=f"offence:{offence}" if offence else None, **facts),
        identifications=[
            Identification(
                agency=Agency.objects.get(code=agency),
                identified_on=on,
                county_id=county,
                municipality=municipality,
                reference=reference,
                channel_id=f"channel:{channel}" if channel else None,
            )
        ],
        exploitations=[
            Exploitation(purpose_id=f"purpose:{word}", is_main=word == main)
            for word in dict.fromkeys((main, *purposes))
        ],
        measures=[
            Measure(kind_id=f"measure:{kind}", month=date.fromisoformat(f"{month}-01"))
            for kind, month in measures
        ],
    )


def new_case(
    *persons: NewPerson, by: Access, region: str = "V", opened: date | None = None, **facts: Any
) -> Case:
    """A case with these persons, or with one woman."""
    persons = persons or (new_person(),)
    opened = opened or persons[0].identifications[0].identified_on
    case = Case(region=Region.objects.get(code=region), opened_on=opened, **facts)
    return open_case(case=case, persons=persons, by=by)


def hand_over(person: Person, *, by: Access, to: Access) -> None:
    """From the region of `by` to the first of `to`, which accepts."""
    region = Region.objects.get(code=min(to.regions))
    transfer = ask_transfer(person=person, to_region=region, reason="The person has moved there", by=by)
    answer_transfer(transfer=transfer, accept=True, reason="", by=to)
