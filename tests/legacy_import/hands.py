"""Invented spreadsheets of six hands, with the truth that they were written from."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from django_countries.data import COUNTRIES
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from agencies.code_words import rows as reference
from cases.rules.values import index
from legacy_import.sheets.people import age as age_of
from legacy_import.sheets.values import Answers, CellQuestion, key_of
from legacy_import.sheets.vocabulary import MONTHS, Vocabulary, build
from tests import ods

COUNTIES = {"14": ("Göteborg", "Borås", "Trollhättan"), "12": ("Malmö", "Lund", "Helsingborg")}
COUNTIES |= {"24": ("Umeå", "Skellefteå"), "01": ("Stockholm", "Solna"), "05": ("Linköping", "Norrköping")}
COUNTIES |= {"21": ("Gävle", "Sandviken"), "19": ("Västerås",), "03": ("Uppsala",)}
LANDS = {
    "RO": ("Rumänien", "rumänsk", "Rum.", "Rumanien", "RO"),
    "NG": ("Nigeria", "nigeriansk", "Nigera", "NG"),
    "BG": ("Bulgarien", "bulgarisk", "Bulg", "Bulgarein"),
    "TH": ("Thailand", "thailändsk", "Thai"),
    "SE": ("Sverige", "svensk", "SE", "svenskt"),
    "UA": ("Ukraina", "ukrainsk", "Ukrania"),
    "VN": ("Vietnam", "vietnamesisk"),
    "ZZ": ("okänt", "?"),
}
PURPOSES = {
    "purpose:sexual": ("sexuella ändamål", "Sex", "prostitution", "Sexuell exploatering", "sexuell expl."),
    "purpose:labour": ("tvångsarbete", "Arbete", "arbetskraft", "arbetsexploatering", "Tvångarbete"),
    "purpose:begging": ("tiggeri", "Tiggeri", "tigger"),
    "purpose:crime": ("kriminalitet", "stölder", "kriminella handlingar"),
    "purpose:marriage": ("tvångsäktenskap", "tvångsgifte"),
    "purpose:unknown": ("okänt", "oklart", "?"),
}
AGENCIES = {
    "police": ("Polisen", "polis", "Polismyndigheten", "Polisen gränspolis"),
    "migration": ("Migrationsverket", "MV", "Migrationsv.", "migrationsverk"),
    "social": ("Socialtjänsten", "soc", "socialtjänst", "Soc.tjänst"),
    "ngo": ("Röda Korset", "ideell org", "Talita"),
    "labour_insp": ("Arbetsmiljöverket", "AV"),
}
GROUPS = {("F", False): "women", ("M", False): "men", ("F", True): "girls", ("M", True): "boys"}
LETTERS = {"women": "K", "men": "M", "girls": "F", "boys": "P"}
FIRST = ("Anna", "Elena", "Maria", "Irina", "Blessing", "Somchai", "Ivan", "Georgi", "Li", "Joy")
LAST = ("Popescu", "Ivanova", "Okafor", "Svensson", "Nguyen", "Petrova", "Ionescu", "Adeyemi")
NOTES = (
    "Kom till mottagningen med en väninna, vill inte prata med polisen än.",
    "Bor tillfälligt på skyddat boende, kontakt tagen med målsägandebiträde.",
    "Uppger att hon lovats arbete på restaurang men fått annat att göra.",
)


@dataclass(frozen=True)
class Truth:
    """One person as the register would count."""

    on: date
    case: str
    county: str
    place: str
    agency: str
    sex: str
    age: int | None
    land: str
    purpose: str
    status: str = "presumed"
    again: date | None = None  # seen once more
    name: str = ""

    @property
    def child(self) -> bool:
        return self.age is not None and self.age < 18

    @property
    def group(self) -> str:
        return GROUPS[self.sex, self.child]


def names_for(persons: int) -> list[str]:
    """At least one for each."""
    names = [f"{one} {two}-{three}" for one in FIRST for two in LAST for three in LAST]
    ends = [f" {chr(65 + n % 26)}{'abcdefghij'[n // 26 % 10]}" for n in range(persons // 400)]
    return names + [f"{name}{end}" for end in ends for name in names]


def draw(seed: int, year: int, counties: Sequence[str], persons: int = 60) -> list[Truth]:
    """In the order of their days; some in one case."""
    rng = random.Random(seed)
    truths: list[Truth] = []
    names = names_for(persons)
    rng.shuffle(names)
    number = 0
    while len(truths) < persons:
        number += 1
        on = date(year, 1, 1) + timedelta(days=rng.randrange(364))
        county = rng.choice(counties)
        same = (on, f"{number:03}", county, rng.choice(COUNTIES[county]), rng.choice([*AGENCIES]))
        land, purpose = rng.choice([*LANDS]), rng.choice([*PURPOSES])
        status = "not_victim" if rng.random() < 0.08 else "presumed"
        for _one in range(rng.choice((1, 1, 1, 2, 3))):
            age = rng.randrange(12, 18) if rng.random() < 0.25 else rng.randrange(18, 55)
            again = on + timedelta(days=rng.randrange(1, 5)) if rng.random() < 0.1 else None
            name = names.pop()
            truths.append(Truth(*same, rng.choice("FFFM"), age, land, purpose, status, again, name))
    return sorted(truths, key=lambda truth: (truth.on, truth.case))


def names_of_codes() -> dict[str, Mapping[str, str]]:
    """By list."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    for row in reference("codes"):
        names = (row["key"].partition(":")[2], row["label_sv"], row["label_en"])
        pairs.setdefault(row["list"], []).extend((name, row["key"]) for name in names)
    return {kind: index(of_kind) for kind, of_kind in pairs.items()}


def of_county(row: Mapping[str, str]) -> list[str]:
    name = row["name_sv"]
    return [row["code"], row["iso"], row["iso"][3:], name, name.removesuffix(" län"), row["name_en"]]


def names_of_countries() -> list[tuple[str, str]]:
    named = [(str(name), code) for code, name in COUNTRIES.items()]
    extra = [(row["name_sv"], row["code"]) for row in reference("country_names_extra")]
    swedish = {"Rumänien": "RO", "Bulgarien": "BG", "Sverige": "SE", "Ukraina": "UA", "Syrien": "SY"}
    return [*named, *((code, code) for code in COUNTRIES), *extra, *swedish.items()]


@cache
def vocabulary() -> Vocabulary:
    """As the register ships it, without a database."""
    names = names_of_codes()
    agencies = list(reference("agencies"))
    names["agency"] = index((n, r["code"]) for r in agencies for n in (r["code"], r["name_sv"], r["name_en"]))
    names["county"] = index((name, row["code"]) for row in reference("counties") for name in of_county(row))
    names["country"] = index(names_of_countries())
    return build(
        names,
        [(row["name"], row["county"]) for row in reference("municipalities")],
        [(row["name_sv"], row["code"]) for row in reference("regions")],
        {row["county"]: row["region"] for row in reference("county_regions")},
    )


@dataclass
class Hand:
    """`write`: rows to a file. Beside it what it calls things: questions are answered as the truth would."""

    name: str
    counties: tuple[str, ...]
    write: Callable[[Hand, list[Truth], random.Random], bytes]
    ending: str = "xlsx"
    columns: dict[str, str] = field(default_factory=dict)
    spelled: dict[tuple[str, str], str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)  # answers by the key of a question, or its kind

    def spell(self, concept: str, value: str, ways: Sequence[str], rng: random.Random) -> str:
        text = rng.choice(ways)
        self.spelled[concept, key_of(text)] = f"{concept}={value}"
        return text

    def file(self, year: int, seed: int, persons: int = 60) -> tuple[bytes, list[Truth]]:
        rows = draw(seed, year, self.counties, persons)
        return self.write(self, rows, random.Random(seed)), rows

    def answer(self, question: CellQuestion) -> str:
        """As somebody who has written the file would."""
        if question.kind == "column":
            assert question.about in self.columns, question
            return self.columns[question.about]
        if question.kind == "value":
            return self.spelled[question.about, key_of(question.text)]
        return (
            self.others.get(question.key, self.others.get(question.kind, "")) or self.others[question.about]
        )

    def answers(self, questions: Sequence[CellQuestion], before: Answers) -> Answers:
        return Answers({**before.answers, **{question.key: self.answer(question) for question in questions}})


def counted(rows: Sequence[Truth]) -> dict[str, Counter[str]]:
    """What a reading must come to."""
    mine = [row for row in rows if row.status != "not_victim"]
    return {
        "group": Counter(row.group for row in mine),
        "county": Counter(row.county for row in mine),
        "land": Counter(row.land for row in mine),
        "purpose": Counter(row.purpose for row in mine),
        "year": Counter(str(row.on.year) for row in mine),
    }


def counted_of(persons: Sequence[Any]) -> dict[str, Counter[str]]:
    mine = [person for person in persons if person.counted]
    return {
        "group": Counter(person.group for person in mine),
        "county": Counter(min(person.seen, key=lambda one: one["on"]).get("county", "") for person in mine),
        "land": Counter(person.facts.get("citizenship", "ZZ") for person in mine),
        "purpose": Counter(person.facts.get("main_purpose", "purpose:unknown") for person in mine),
        "year": Counter(str(person.year) for person in mine),
    }


def saved(book: Workbook) -> bytes:
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=f"FF{colour}")


# --- the hands -------------------------------------------------------------------------------------------
def west(hand: Hand, rows: list[Truth], rng: random.Random) -> bytes:
    """A heading below titles, days as days, blank rows between months, names and notes, sums."""
    book = Workbook()
    sheet = book.active
    sheet.title = str(rows[0].on.year)
    sheet.append(["Region Väst, förmodade offer"])
    sheet.merge_cells("A1:F1")
    sheet.append([f"Sammanställning {rows[0].on.year}, uppdateras löpande"])
    sheet.append([])
    heading = [
        "Nr",
        "Datum",
        "Ärendenr",
        "Namn",
        "Kön",
        "Ålder",
        "Medborgarskap",
        "Ändamål",
        "Myndighet",
        "Kommun",
    ]
    sheet.append([*heading, "Bedömning", "Anteckning"])
    month = 0
    for number, row in enumerate(rows, start=1):
        if row.on.month != month and month:
            sheet.append([])
        month = row.on.month
        sheet.append([
            number, row.on, f"V{row.on.year}-{row.case}", row.name,
            "Kvinna" if row.sex == "F" else "Man", row.age,
            hand.spell("citizenship", row.land, LANDS[row.land], rng),
            hand.spell("main_purpose", row.purpose, PURPOSES[row.purpose], rng),
            hand.spell("agency", row.agency, AGENCIES[row.agency], rng), row.place,
            "Ej offer" if row.status == "not_victim" else "Förmodat offer", rng.choice(NOTES),
        ])  # fmt: skip
    sheet.append([])
    sheet.append(["Summa", None, None, None, len(rows)])
    return saved(book)


def south(hand: Hand, rows: list[Truth], rng: random.Random) -> bytes:
    """A sheet for each county, two lines of heading, K M F P, merged cases, red rows that do not count."""
    book = Workbook()
    book.remove(book.active)
    for county, name in (("12", "Skåne"), ("14", "Halland o VG")):
        sheet = book.create_sheet(f"{name} {rows[0].on.year}")
        sheet.append(["Röd rad = ska ej räknas"])
        sheet["A1"].fill = fill("FF0000")
        sheet.append([])
        sheet.append(["Ärende", None, "Person", None, None, "Övrigt", None])
        for area in ("A3:B3", "C3:E3", "F3:G3"):
            sheet.merge_cells(area)
        sheet.append(
            ["Dnr", "Inkom", "Kön", "Ålder", "Nationalitet", "Typ av exploatering", "Identifierad av"]
        )
        before, first = "", 0
        mine = [row for row in rows if row.county == county]
        for row in sorted(mine, key=lambda truth: (truth.on, truth.case)):
            same = row.case == before
            sheet.append([
                None if same else f"{row.case}/{row.on:%y}",
                None if same else f"{row.on.day}/{row.on.month}-{row.on:%y}",
                LETTERS[row.group], f"{row.age} år",
                hand.spell("citizenship", row.land, LANDS[row.land], rng),
                hand.spell("main_purpose", row.purpose, PURPOSES[row.purpose], rng),
                hand.spell("agency", row.agency, AGENCIES[row.agency], rng),
            ])  # fmt: skip
            if same:
                merge_down(sheet, first)
            else:
                before, first = row.case, sheet.max_row
            if row.status == "not_victim":
                colour(sheet, "FF0000", from_cell=2)
    return saved(book)


def merge_down(sheet: Any, first: int) -> None:
    """The case and its day, from its first row to the last one."""
    for letter in "AB":
        before = f"{letter}{first}:{letter}{sheet.max_row - 1}"
        if before in map(str, sheet.merged_cells.ranges):
            sheet.unmerge_cells(before)
        sheet.merge_cells(f"{letter}{first}:{letter}{sheet.max_row}")


def colour(sheet: Any, rgb: str, from_cell: int = 0) -> None:
    """The last row."""
    for cell in sheet[sheet.max_row][from_cell:]:
        cell.fill = fill(rgb)


def north(hand: Hand, rows: list[Truth], rng: random.Random) -> bytes:
    """A row for several persons, agencies with their town, comments, ditto marks, a year without a day."""
    book = Workbook()
    sheet = book.active
    sheet.title = f"Västerbotten {rows[0].on.year}"
    sheet.append(["När", "Vilka", "Land", "Exploatering", "Anmäld av", "Status", "Vad har hänt"])
    cases: dict[tuple[str, date], list[Truth]] = {}
    for row in rows:
        cases.setdefault((row.case, row.on), []).append(row)
    nouns = {"women": ("kvinna", "kvinnor"), "men": ("man", "män"), "girls": ("flicka", "flickor")}
    nouns |= {"boys": ("pojke", "pojkar")}
    for several in cases.values():
        groups = Counter(row.group for row in several)
        texts = [f"{n} {nouns[g][n > 1]}" if n > 1 else nouns[g][0] for g, n in groups.items()]
        row = several[0]
        place = f" {row.place}" if row.agency in {"police", "social"} else ""
        agency = hand.spell("agency", row.agency, AGENCIES[row.agency], rng) + place
        hand.spelled["agency", key_of(agency)] = f"agency={row.agency}"
        sheet.append([
            rng.choice((f"{row.on:%Y-%m-%d}", f"{row.on.day}.{row.on.month}.{row.on.year}")),
            " och ".join(texts),
            hand.spell("citizenship", row.land, LANDS[row.land], rng),
            hand.spell("main_purpose", row.purpose, PURPOSES[row.purpose], rng), agency,
            "avskriven" if row.status == "not_victim" else "förmodad", rng.choice(NOTES),
        ])  # fmt: skip
        if rng.random() < 0.1:
            sheet.cell(sheet.max_row, 2).comment = Comment("Ring Anna om detta", "RK")
    sheet.append(["Totalt", f"=SUM(B2:B{sheet.max_row})"])
    return saved(book)


def span_of(age: int) -> str:
    """Empty where it does not say whether somebody is a child."""
    low = age // 5 * 5
    span = "15-17" if age in {15, 16, 17} else f"{low}-{low + 4}"
    read = age_of(span)
    return span if read and read.child else ""


def capital(hand: Hand, rows: list[Truth], rng: random.Random) -> bytes:
    """ODS, with crosses for purposes and for children, ages as spans, days as words."""
    crossed = ("Sexuella ändamål", "Tvångsarbete", "Tiggeri", "Kriminalitet", "Tvångsäktenskap")
    keys = ("purpose:sexual", "purpose:labour", "purpose:begging", "purpose:crime", "purpose:marriage")
    table: list[list[Any]] = [[f"Stockholms län {rows[0].on.year}"], []]
    table.append(["Datum", "Kön", "Barn", "Åldersgrupp", "Medborgarskap", *crossed, "Aktör", "Bedömning"])
    for row in rows:
        table.append([
            f"{row.on.day} {MONTHS[row.on.month - 1]} {row.on.year}", "kvinna" if row.sex == "F" else "man",
            "x" if row.child else "", span_of(row.age or 0),
            hand.spell("citizenship", row.land, LANDS[row.land], rng),
            *("x" if key == row.purpose else "" for key in keys),
            hand.spell("agency", row.agency, AGENCIES[row.agency], rng),
            "inte offer" if row.status == "not_victim" else "",
        ])  # fmt: skip
    table.append(["Summa", str(len(rows))])
    lines = [ods.row(*map(ods.text, map(str, line))) for line in table]
    return ods.archive(ods.parts(ods.content(ods.table(*lines, name="Tabell"))))


def east(hand: Hand, rows: list[Truth], rng: random.Random) -> bytes:
    """CSV in Latin-1, short days, and columns that count women, men, girls and boys."""
    held = io.StringIO()
    out = csv.writer(held, delimiter=";", lineterminator="\r\n")
    heading = [
        "Id",
        "Ident.datum",
        "Ort",
        "Kvinnor",
        "Män",
        "Flickor",
        "Pojkar",
        "Medb.",
        "Syfte",
        "Upptäckt av",
    ]
    out.writerow([*heading, "Utfall", "Handläggare"])
    cases: dict[tuple[str, date], list[Truth]] = {}
    for row in rows:
        cases.setdefault((row.case, row.on), []).append(row)
    for several in cases.values():
        groups = Counter(row.group for row in several)
        row = several[0]
        out.writerow([
            f"Ö{row.on.year}{row.case}", f"{row.on:%y%m%d}", row.place,
            *(groups[g] or "" for g in ("women", "men", "girls", "boys")),
            hand.spell("citizenship", row.land, LANDS[row.land], rng),
            hand.spell("main_purpose", row.purpose, PURPOSES[row.purpose], rng),
            hand.spell("agency", row.agency, AGENCIES[row.agency], rng),
            "avskrivet" if row.status == "not_victim" else "offer", rng.choice(("LN", "AS", "Eva B")),
        ])  # fmt: skip
    hand.spelled["status", key_of("avskrivet")] = "status=not_victim"
    return held.getvalue().encode("latin-1")


def middle(hand: Hand, rows: list[Truth], rng: random.Random) -> bytes:
    """A row for each contact, so that a person has several; months as rows between; a count of its own at the
    side; green rows that no legend explains, and a sheet of choices."""
    book = Workbook()
    sheet = book.active
    sheet.title = f"Mitt {rows[0].on.year}"
    sheet.append(["Kontaktdatum", "Klient", "M/K", "Född", "Ålder", "Ursprung", "Utnyttjande", "Via", "Län"])
    contacts = [(day, row) for row in rows for day in (row.on, row.again) if day]
    month = 0
    for day, row in sorted(contacts, key=lambda one: (one[0], one[1].name)):
        if day.month != month:
            month = day.month
            sheet.append([f"{MONTHS[month - 1].capitalize()} {day.year}"])
            sheet.merge_cells(f"A{sheet.max_row}:I{sheet.max_row}")
        county = {"21": "Gävleborg", "19": "Västmanlands län", "03": "C"}[row.county]
        sheet.append([
            day.isoformat(), row.name, "kv" if row.sex == "F" else "m", day.year - (row.age or 0), row.age,
            hand.spell("citizenship", row.land, LANDS[row.land][:1], rng),
            hand.spell("main_purpose", row.purpose, PURPOSES[row.purpose][:2], rng),
            hand.spell("agency", row.agency, AGENCIES[row.agency], rng), county,
        ])  # fmt: skip
        if row.status == "not_victim":
            colour(sheet, "00B050")
    add_a_count_at_the_side(sheet)
    lists = book.create_sheet("Listor")
    for line in (["Kön", "Ändamål"], ["kv", "Sex"], ["m", "Arbete"], [None, "Tiggeri"]):
        lists.append(line)
    return saved(book)


def add_a_count_at_the_side(sheet: Any) -> None:
    for place, (text, number) in enumerate((("Län", "Antal"), ("Gävleborg", 12), ("Uppsala", 9)), start=1):
        sheet.cell(place, 12).value, sheet.cell(place, 13).value = text, number


def hands() -> list[Hand]:
    same = {"adults": "no"}
    return [
        Hand("Väst", ("14",), west, others=same),
        Hand("Syd", ("12", "14"), south, others={"default|county|hallandovg": "county=14"}),
        Hand("Nord", ("24",), north, others={}),
        Hand("Stockholm", ("01",), capital, "ods", others={"blank": "child=no"}),
        Hand("Öst", ("05",), east, "csv", others={}),
        Hand("Mitt", ("21", "19", "03"), middle, others={"colour": "status=not_victim", "same_name": "yes"},
             columns={"klient": "drop:name", "via": "agency"}),
    ]  # fmt: skip
