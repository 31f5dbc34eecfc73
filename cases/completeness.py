"""What a record lacks before its year is closed, as a condition of the database and as names for a page.

Both say the same; a test holds them together. Only counted persons lack anything. Who was taken over from a
spreadsheet does so in the years of which that was decided.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Q

from cases.choices import COUNTED, LABOUR_PURPOSES
from cases.facts import BY_NAME, COMPLETED, COUNTRY, FactOfPerson
from cases.models import Person
from cases.querysets import demanded
from cases.wording import LABELS

NAMES: Final = {fact.name: LABELS[fact.name] for fact in COMPLETED}
# Answers that leave the question open.
OPEN: Final = {"offence": "offence:not_assessed", "main_purpose": "purpose:unknown"}
# Where facts stand that are not the person's own. Of persons with `main`, the exploitation that is the main
# one (PersonQuerySet.with_main).
AT: Final = {"main_purpose": "main__purpose", "sector": "main__sector", "channel": "first_channel"}


def _lacking(fact: FactOfPerson) -> Q:
    column = AT.get(fact.name, fact.name)
    lacking = Q(**{f"{column}__isnull": True})
    if fact.kind == COUNTRY:
        lacking |= Q(**{column: ""})
    if fact.name in OPEN:
        lacking |= Q(**{column: OPEN[fact.name]})
    return lacking & Q(main__purpose__in=LABOUR_PURPOSES) if fact.name == "sector" else lacking


LACKING: Final = Q(same_as__isnull=True, status__in=COUNTED) & reduce(or_, map(_lacking, COMPLETED))
INCOMPLETE: Final = LACKING & demanded()
EXCUSED: Final = LACKING & ~demanded()  # told apart: of those taken over it is not asked


def missing_of(person: Person, purpose: str | None, sector: str | None) -> list[str]:
    """Keys of NAMES, in their order. `purpose` and `sector` are keys of the main exploitation. Who was taken
    over is one of `with_demanded`."""
    if not person.counted or (person.taken_over and not person.demanded):
        return []
    beside = {"main_purpose": purpose, "sector": sector, "channel": person.first_channel_id}
    asked = [name for name in NAMES if name != "sector" or purpose in LABOUR_PURPOSES]
    own = {name: getattr(person, BY_NAME[name].attname) for name in asked if name not in beside}
    stated = own | beside
    return [name for name in asked if not stated[name] or stated[name] == OPEN.get(name)]
