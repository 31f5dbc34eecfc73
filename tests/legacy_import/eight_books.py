"""Eight more workbooks, each with a habit of officials that the reader has to bear."""

from tests.legacy_import.two_books import Book, people

_FULL = ("Ankom", "Myndighet", "Län", "Kön", "Ålder", "Land", "Ändamål")

# An agency in the first year only, and rows that a colour takes out without a legend.
KERSTIN = Book(
    name="Kerstins lista.xlsx",
    sheets={
        "2019": (
            _FULL,
            ("2019-01-07", "Polisen", "Halland", "kvinna", 24, "Rumänien", "prostitution"),
            ("2019-02-11", "Polisen", "Halland", "kvinna", 31, "Rumänien", "prostitution"),
            ("2019-03-01", "Socialtjänsten", "Halland", "flicka", 15, "Sverige", "prostitution"),
            ("2019-05-20", "Polisen", "Västra Götaland", "man", 40, "Ukraina", "arbete"),
            ("2019-06-02", "Polisen", "Västra Götaland", "man", 40, "Ukraina", "arbete"),
        ),
        "2020": (
            _FULL,
            ("2020-01-09", None, "Halland", "kvinna", 22, "Nigeria", "prostitution"),
            ("2020-04-15", None, "Halland", "man", 36, "Polen", "arbete"),
            ("2020-10-30", None, "Västra Götaland", "pojke", 17, "Marocko", "brott"),
        ),
    },
    fills={("2019", 3): "FF0000", ("2019", 6): "FF0000"},
    answers={"colour|FF0000": "status=not_victim", "default|agency|*": "agency=police"},
    persons=(
        *people("2019", 2019, "Halland", "woman girl"),
        *people("2019", 2019, "Västra Götaland", "man"),
        *people("2020", 2020, "Halland", "woman man"),
        *people("2020", 2020, "Västra Götaland", "boy"),
    ),
)

# A town once, blanks below, and a sum of each town.
MÄLARDALEN = Book(
    name="Mälardalen 2017.xlsx",
    sheets={
        "Blad1": (
            ("Ort", "Datum", "Vilka", "Land", "Exploatering", "Anmäld av"),
            ("Stockholm", "3/2", "kv 2 st", "Rum.", "prostitution", "Polisen"),
            (None, "14/2", "man", "Polen", "arbete", "Polisen"),
            (None, "mars", "flicka", "Nigeria", "prostitution", "Socialtjänsten"),
            ("Summa Stockholm", 4),
            ("Västerås", "v.23", "kvinna", "Rum.", "tiggeri", "Polisen"),
            (None, "1/9", "kv 3 st", "Bulgarien", "tiggeri", "Polisen"),
            ("Summa Västerås", 4),
            ("Uppsala", "24/12", "pojke", "Sverige", "brott", "Socialtjänsten"),
            ("Summa Uppsala", 1),
            ("Totalt", 9),
        )
    },
    answers={"down|ort": "yes"},
    persons=(
        *people("Blad1", 2017, "Stockholm", "woman woman man girl"),
        *people("Blad1", 2017, "Västmanland", "woman woman woman woman"),
        *people("Blad1", 2017, "Uppsala", "boy"),
    ),
)

_MONTH = ("Datum", "Kommun", "Anm. av", "Kön", "Ålder", "Nationalitet", "Syfte")

# Months without a year anywhere, and a part of the sum in a row of its own.
MONTHS = Book(
    name="månadsblad.xlsx",
    sheets={
        "Jan": (
            _MONTH,
            ("12/1", "Göteborg", "Polisen", "kvinna", 22, "Rumänien", "prostitution"),
            ("15/1", "Göteborg", "Polisen", "kvinna", 23, "Rumänien", "prostitution"),
            ("30/1", "Borås", "Migrationsverket", "man", 45, "Syrien", "arbete"),
            ("varav barn", 0),
        ),
        "Feb": (
            _MONTH,
            ("2/2", "Borås", "Socialtjänst", "flicka", 14, "Sverige", "prostitution"),
            ("varav barn", 1),
        ),
        "Mars": (
            _MONTH,
            ("1/3", "Göteborg", "Polisen", "man", 33, "Litauen", "arbete"),
            ("8/3", "Göteborg", "Polisen", "man", 34, "Litauen", "arbete"),
            ("varav barn", 0),
        ),
    },
    answers={"default|on|manadsbladxlsxallablad": "on=2018"},
    persons=(
        *people("Jan", 2018, "Västra Götaland", "woman woman man"),
        *people("Feb", 2018, "Västra Götaland", "girl"),
        *people("Mars", 2018, "Västra Götaland", "man man"),
    ),
)

# A list of the east without an agency, a county or a year, and a cell that only a person understands.
EAST = Book(
    name="3-ost.xlsx",
    sheets={
        "3-ost": (
            ("Datum", "Kön", "Född", "Medborgarskap", "Ändamål"),
            ("4/1", "f", 1998, "Rumänien", "sex"),
            ("9/2", "m", 1980, "Polen", "arbete"),
            ("9/2", "se ovan + fru", 1982, "Polen", "arbete"),
            ("1/5", "f", 2008, "Sverige", "sex"),
            ("12/9", "m", 1975, "Vietnam", "arbete"),
        )
    },
    answers={
        "default|on|3ostxlsx3ost": "on=2021",
        "default|agency|ost": "agency=police",
        "default|county|ost": "county=05",
        "value|sex|seovan+fru": "who=1:F:no:",
        "adults|kön": "no",
    },
    persons=(
        *people("3-ost", 2021, "Östergötland", "woman man woman"),
        *people("3-ost", 2021, "Östergötland", "girl man"),
    ),
)

# A person in each column.
TRANSPOSED = Book(
    name="ärende 44.xlsx",
    sheets={
        "Ärende 44": (
            (None, "Person 1", "Person 2", "Person 3"),
            ("Kön", "Kvinna", "Man", "Kvinna"),
            ("Ålder", 33, 29, 15),
            ("Medborgarskap", "Vietnam", "Vietnam", "Vietnam"),
            ("Datum", "2019-05-03", "2019-05-03", "2019-06-02"),
            ("Län", "Gävleborg", "Gävleborg", "Gävleborg"),
            ("Myndighet", "Polisen", "Polisen", "Polisen"),
            ("Ändamål", "Arbete", "Arbete", "Sexuella ändamål"),
        )
    },
    persons=(*people("Ärende 44", 2019, "Gävleborg", "woman man girl"),),
)

# A number of each group in a row, one row of nobody, and the sum of all.
TALLY = Book(
    name="Syd ht -17.xlsx",
    sheets={
        "ht -17": (
            ("Inkom", "Kommun", "K", "M", "F", "P", "Land", "Typ", "Via myndighet"),
            ("5/9", "Malmö", 2, None, None, None, "Rumänien", "prostitution", "Polisen"),
            ("17/9", None, None, 3, None, None, "Ukraina", "arbete", "Polisen"),
            ("3/10", "Lund", None, None, None, None, "Kina", "arbete", "Polisen"),
            ("20/11", "Ystad", 1, None, 2, None, "Bulgarien", "tiggeri", "Socialtjänsten"),
            ("Summa", None, 3, 3, 2, 0),
        )
    },
    answers={"down|kommun": "yes", "column|via myndighet": "agency"},
    persons=(*people("ht -17", 2017, "Skåne", "woman woman man man man woman girl girl"),),
)

# A county as a line of its own, and a person whom a second line says more of.
SECTIONS = Book(
    name="Bergslagen.xlsx",
    sheets={
        "2016": (
            ("Förmodade offer 2016",),
            (),
            ("Datum", "Kön", "Ålder", "Medborgarskap", "Syfte", "Myndighet"),
            ("Värmland",),
            ("2016-02-01", "kvinna", 26, "Thailand", "sex", "Polisen"),
            ("2016-03-01", "man", 51, "Polen", "arbete", "Polisen"),
            ("Dalarna",),
            ("2016-03-15", "kvinna", 19, "Nigeria", "sex", "Migrationsverket"),
            ("2016-11-15", "okänd", None, "?", "oklart", "Polisen"),
            ("Totalt", 4),
        )
    },
    persons=(
        *people("2016", 2016, "Värmland", "woman man"),
        *people("2016", 2016, "Dalarna", "woman unknown"),
    ),
)

# Several years on one sheet, the year and month once, names, and a year of birth.
YEARS = Book(
    name="samlad lista.xlsx",
    sheets={
        "Blad1": (
            ("År", "Månad", "Namn", "Född", "Kön", "Ort", "Land", "Ändamål", "Myndighet"),
            (2014, "mars", "Anna Prov", 1990, "kvinna", "Umeå", "Rumänien", "sex", "Polisen"),
            (None, "april", "Elena Test", 1999, "kvinna", None, "Rumänien", "sex", "Polisen"),
            (None, None, "Maria Påhitt", 1970, "kvinna", "Luleå", "Rumänien", "sex", "Polisen"),
            (2015, "januari", "Irina Exempel", 1998, "kvinna", "Luleå", "Ryssland", "sex", "Polisen"),
            (None, "maj", "Ivan Påhitt", 1960, "man", None, "Ryssland", "arbete", "Polisen"),
        )
    },
    answers={"down|ort": "yes", "adults|kön": "no", "value|citizenship|ryssland": "citizenship=RU"},
    persons=(
        *people("Blad1", 2014, "Västerbotten", "woman girl"),
        *people("Blad1", 2014, "Norrbotten", "woman"),
        *people("Blad1", 2015, "Norrbotten", "girl man"),
    ),
)

BOOKS = (KERSTIN, MÄLARDALEN, MONTHS, EAST, TRANSPOSED, TALLY, SECTIONS, YEARS)
