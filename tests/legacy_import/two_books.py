"""Two workbooks by somebody who had not read the code that reads them.

They were written from what officials in Sweden type into a list of their own, with the persons that each row
is about beside it. Their rows were not changed to suit the reader: only the answers were added later. Names,
places and persons are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Cell = str | int | None
Rows = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Person:
    """One person whom a row is about, as the writer of the book meant it."""

    sheet: str
    year: int
    county: str
    #: woman, man, girl, boy or child (of unknown gender).
    group: str


@dataclass(frozen=True)
class Book:
    """What a workbook says, and whom it is about."""

    name: str
    sheets: dict[str, Rows]
    persons: tuple[Person, ...]
    #: What its writer answers, by the key of the question.
    answers: Mapping[str, str] = field(default_factory=dict)
    #: The colour of the first cell of a line.
    fills: Mapping[tuple[str, int], str] = field(default_factory=dict)


def people(sheet: str, year: int, county: str, groups: str) -> tuple[Person, ...]:
    return tuple(Person(sheet, year, county, group) for group in groups.split())


# One sheet a year, a title above, places written once, a birth year instead of an age, and sums below.
BIRGITTA = Book(
    name="Ärenden syd 2017-2018.xlsx",
    answers={"down|kommun": "yes"},
    sheets={
        "2017": (
            ("Människohandel - ärenden syd 2017 (uppdaterad 18-01-15)",),
            (),
            (
                "Löpnr",
                "Inkom",
                "Kommun",
                "Kön",
                "Född",
                "Medb.skap",
                "Typ av exploatering",
                "Vem upptäckte",
                "Insats",
                "Övrigt",
            ),
            (1, "12/1", "Malmö", "Kv", 1994, "Rumänien", "Prostitution", "Polisen", "Skyddat boende", None),
            (2, "19/1", None, "Kv", 1991, "Rum.", "Prostitution", "Polisen", "Skyddat boende", None),
            (3, "3/2", None, "M", "ca 1975", "Bulgarien", "Tiggeri", "Soc", "Hemresa", None),
            (4, "feb", "Lund", "Kv", 2001, "Nigeria", "Prost", "Migrationsverket", "God man", "ung"),
            (5, "v 11", None, "M", 1988, "Ukraina", "Arbete - bygg", "Polisen", "Polisanmälan", None),
            (6, "2 april", "Kristianstad", "Kv", 1990, "Thailand", "Prost", "Polisen", "nej", "avböjde"),
            (7, "maj", "Växjö", "flicka", 2003, "Albanien", "Tvångsgifte", "Soc", "LVU", None),
            (8, "30/9", None, "Kv", 1985, "Okänt", "?", "Soc", None, None),
            (),
            ("Summa", None, None, 8),
            ("varav barn", None, None, 2),
        ),
        "2018": (
            ("Människohandel - ärenden syd 2018",),
            (),
            (
                "Löpnr",
                "Inkom",
                "Kommun",
                "Kön",
                "Född",
                "Medb.skap",
                "Typ av exploatering",
                "Vem upptäckte",
                "Insats",
                "Övrigt",
            ),
            (1, "5/1", "Malmö", "Kv 2 st", None, "Rumänien", "Prostitution", "Polisen", "Boende", None),
            (2, "8/1", None, "M", 1979, "Polen", "Arbete", "Skatteverket", "Samtal", None),
            (3, "feb", None, "pojke", 2004, "Marocko", "Brott", "Soc", "SiS", None),
            (4, "14/5", "Helsingborg", "Kv", 1996, "Ungern", "Prost.", "Polisen", "Hemresa", None),
            (5, "juni", None, "M 3 st", None, "Vietnam", "Arbete nagelsalong", "Polisen", None, None),
            (
                6,
                "11/10",
                "Kalmar",
                "Kv",
                1999,
                "Syrien",
                "Tvångsäktenskap",
                "Mig.verket",
                "Juridiskt stöd",
                None,
            ),
            (),
            ("Summa", None, None, 9),
            ("varav barn", None, None, 1),
        ),
    },
    persons=(
        *people("2017", 2017, "Skåne", "woman woman man girl man woman"),
        *people("2017", 2017, "Kronoberg", "girl woman"),
        *people("2018", 2018, "Skåne", "woman woman man boy woman man man man"),
        *people("2018", 2018, "Kalmar", "woman"),
    ),
)

_MONTH = ("Datum", "Ort", "Anm. av", "Vem", "Ålder", "Land", "Gäller", "Vad gjordes")

# Twelve sheets of a month each with a year of two digits, hardly a full row, and months without anybody.
LARS_GÖRAN = Book(
    name="statistik norr.xlsx",
    answers={
        "column|vem": "sex",
        "column|gäller": "main_purpose",
        "down|ort": "yes",
        "value|agency|mig": "agency=migration",
        "value|citizenship|ryssland": "citizenship=RU",
    },
    sheets={
        "jan 19": (
            _MONTH,
            ("9/1", "Luleå", "Polisen", "kvinna", 27, "Thailand", "prostitution", "kontakt soc"),
            ("15/1", None, "Polisen", "kvinna", "ca 30", "Thailand", "prostitution", "kontakt soc"),
            ("S:a", None, None, 2, None, None, None, None),
        ),
        "feb 19": (_MONTH, ("inga ärenden",)),
        "mars 19": (
            _MONTH,
            ("4/3", "Umeå", "Soc", "man", 41, "Litauen", "arbete", "boende"),
            ("4/3", None, "Soc", "man", 38, "Litauen", "arbete", "boende"),
            ("28/3", "Skellefteå", "MIG", "kvinna", 22, "Nigeria", "prostitution", "samtal"),
            ("S:a", None, None, 3, None, None, None, None),
        ),
        "april 19": (
            _MONTH,
            ("10/4", "Piteå", "Polisen", "man 2 st", "30-40", "Bulgarien", "bärplockning", "hemresa"),
            ("S:a", None, None, 2, None, None, None, None),
        ),
        "maj 19": (_MONTH, ("-",)),
        "juni 19": (
            _MONTH,
            ("3/6", "Umeå", "Soc", "pojke", 16, "Afghanistan", "brott", "placerad"),
            ("S:a", None, None, 1, None, None, None, None),
        ),
        "juli 19": (
            _MONTH,
            ("12/7", "Luleå", "Polisen", "man", 50, "Thailand", "bärplockning", "hemresa"),
            ("12/7", '"', "Polisen", "man", 47, "Thailand", "bärplockning", "hemresa"),
            ("12/7", '"', "Polisen", "kvinna", 44, "Thailand", "bärplockning", "hemresa"),
            ("S:a", None, None, 3, None, None, None, None),
        ),
        "aug 19": (
            _MONTH,
            ("20/8", "Boden", "Soc", "flicka", 15, "Sverige", "sex", "polisanmälan"),
            ("S:a", None, None, 1, None, None, None, None),
        ),
        "sept 19": (_MONTH, ("inga ärenden",)),
        "okt 19": (
            _MONTH,
            ("1/10", "Umeå", "MIG", "kvinna", 33, "Eritrea", "vet ej", "samtal"),
            ("22/10", None, "Soc", "okänd", None, "?", "tiggeri", "ingen kontakt"),
            ("S:a", None, None, 2, None, None, None, None),
        ),
        "nov 19": (
            _MONTH,
            ("5/11", "Kiruna", "Polisen", "kvinna", 25, "Rum", "prostitution", "skyddat boende"),
            ("S:a", None, None, 1, None, None, None, None),
        ),
        "dec 19": (
            _MONTH,
            ("13/12", "Luleå", "Polisen", "kvinna", 29, "Ryssland", "prostitution", "hemresa"),
            ("S:a", None, None, 1, None, None, None, None),
            ("varav barn hela året", None, None, 2, None, None, None, None),
        ),
    },
    persons=(
        *people("jan 19", 2019, "Norrbotten", "woman woman"),
        *people("mars 19", 2019, "Västerbotten", "man man woman"),
        *people("april 19", 2019, "Norrbotten", "man man"),
        *people("juni 19", 2019, "Västerbotten", "boy"),
        *people("juli 19", 2019, "Norrbotten", "man man woman"),
        *people("aug 19", 2019, "Norrbotten", "girl"),
        *people("okt 19", 2019, "Västerbotten", "woman unknown"),
        *people("nov 19", 2019, "Norrbotten", "woman"),
        *people("dec 19", 2019, "Norrbotten", "woman"),
    ),
)
