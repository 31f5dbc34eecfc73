"""The facts of a person: what each is called in files, what its values are, and where it is read.

Import, export, comparing, completeness and preview read this table. Labels, choices and what a form requires
stand in the models. What a record cannot say stays code, by the name of the fact, where it is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from django.db.models import TextChoices

from cases.choices import AgeClass, Child, Sex, Status

AGENCY, COUNTRY, COUNTY = "agency", "country", "county"


class Import(Enum):
    """Whether a file that comes in may, or must, have the column. A file that goes out has those of both."""

    NO = 0
    MAY = 1
    MUST = 2


@dataclass(frozen=True, slots=True)
class FactOfPerson:
    """`name`: of the column in files; where the person itself has the fact, of the attribute too.

    `swedish`: what a file may call it beside that, the Swedish header first. `kind`: the closed set, the code
    list, or what else its values are of. `completed`: My page and the case ask for it before the year is
    closed.
    """

    name: str
    swedish: tuple[str, ...] = ()
    kind: str | type[TextChoices] = ""
    imported: Import = Import.NO
    completed: bool = False

    @property
    def required(self) -> bool:
        return self.imported is Import.MUST

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.swedish, *_ENGLISH.get(self.name, ()))

    @property
    def codes(self) -> str:
        """The code list that its values are keys of, "" for none."""
        return self.kind if isinstance(self.kind, str) and self.kind not in _NO_LISTS else ""

    @property
    def attname(self) -> str:
        """The attribute of a row that holds the stored value."""
        return f"{self.name}_id" if self.codes or self.kind in (AGENCY, COUNTY) else self.name


_NO_LISTS: Final = ("", AGENCY, COUNTRY, COUNTY)
_ENGLISH: Final = {  # labels of columns, where a form has more to say than the name of the column
    "identified_on": ("date of identification",),
    "agency": ("identifying organisation",),
    "county": ("county where identified",),
    "channel": ("how the case came in",),
    "child": ("child at identification",),
}
MAY, MUST = Import.MAY, Import.MUST

# In the order of the columns of a file.
OF_IDENTIFICATION: Final = (
    FactOfPerson("case", ("ärende", "ärendenummer", "case number"), imported=MUST),
    FactOfPerson("person", ("person",), imported=MUST),
    FactOfPerson(
        "identified_on",
        ("datum för identifiering", "identifierad", "identifierad den", "identifieringsdatum", "datum"),
        imported=MUST,
    ),
    FactOfPerson("agency", ("identifierande organisation", "myndighet", "organisation"), AGENCY, MUST),
    FactOfPerson("municipality", ("kommun",), imported=MAY),
    FactOfPerson("county", ("län där personen identifierades", "län"), COUNTY, MUST),
    FactOfPerson("channel", ("hur ärendet kom in", "ingång", "kanal"), "channel", MAY, completed=True),
    FactOfPerson("reference"),
)
OF_PERSON: Final = (  # each a column of the person
    FactOfPerson("sex", ("kön",), Sex, MUST),
    FactOfPerson("child", ("barn vid identifieringen", "barn"), Child, MUST),
    FactOfPerson("age_class", ("åldersklass", "ålder", "åldersgrupp"), AgeClass, MAY, completed=True),
    FactOfPerson("citizenship", ("medborgarskap",), COUNTRY, MAY, completed=True),
    FactOfPerson("further_citizenships", kind=COUNTRY),
    FactOfPerson("country_of_origin", kind=COUNTRY),
    FactOfPerson("residence", kind="residence"),
    FactOfPerson("status", ("status",), Status, MUST),
    FactOfPerson("status_on"),
    FactOfPerson("status_reason"),
    FactOfPerson("offence", ("brott", "brottsrubricering"), "offence", MAY, completed=True),
)
IN_ROWS: Final = (  # each in rows of its own beside the person's: read, compared and written by code
    FactOfPerson("purposes", ("ändamål",), "purpose", MAY),
    FactOfPerson("main_purpose", ("huvudsakligt ändamål", "huvudändamål"), "purpose", MUST, completed=True),
    FactOfPerson("sector", ("bransch", "sektor"), "sector", MAY, completed=True),
    FactOfPerson("measures", ("åtgärder", "insatser"), "measure", MAY),
)
FACTS: Final = (*OF_IDENTIFICATION, *OF_PERSON, *IN_ROWS)
BY_NAME: Final = {fact.name: fact for fact in FACTS}
IMPORTED: Final = tuple(fact for fact in FACTS if fact.imported is not Import.NO)  # and exported
# What a file says of the person itself. All rows of one person must agree in what is compared, and a file
# changes what is stored; a fact that is not compared is of one identification.
OWN: Final = tuple(fact for fact in OF_PERSON if fact in IMPORTED)
COMPARED: Final = (*OWN, *IN_ROWS)
COMPLETED: Final = tuple(fact for fact in (*OF_PERSON, *IN_ROWS, *OF_IDENTIFICATION) if fact.completed)
