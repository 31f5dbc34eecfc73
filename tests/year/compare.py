"""What each person is shown, and what is published, beside what the ledger says that it must be."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from tests.year import files
from tests.year.acts import Acts
from tests.year.browser import Page
from tests.year.ledger import Case, Codes, Figured
from tests.year.people import ANALYST, COORDINATOR, DPO, MANAGER, OFFICER, OPERATOR, Person

CASE: Final = re.compile(r"^[A-ZÖ]{1,2}-\d{4}-\d{4}$")
PERSON: Final = re.compile(r"^[A-ZÖ]{1,2}-\d{4}-\d{4}-P\d+\b")
REMINDED: Final = re.compile(r"Ring om punkt \d+").findall
FEW: Final = 5
LISTS: Final = {  # what waits for an answer: where it is listed, and what it is called there
    "transfers": ("transfer", "Överföringar att svara på"), "access": ("access", "Begäran om insyn"),
    "questions": ("duplicate", "Frågor från andra regioner"),
}  # fmt: skip
LOOKS: Final = {
    COORDINATOR: "of_a_coordinator", OPERATOR: "of_an_operator", OFFICER: "of_an_officer",
    ANALYST: "of_the_tables", MANAGER: "of_the_tables",
}  # fmt: skip
# The rights of a role, by what is at the address: nobody else gets it.
CLOSED: Final = {
    "/cases/": {COORDINATOR, OPERATOR}, "/calls/": {COORDINATOR, OPERATOR},
    "/cases/persons/": {COORDINATOR, OPERATOR}, "/disposal/": {MANAGER, "Administratör", DPO},
    "/summaries/publications/": {ANALYST, MANAGER}, "/cases/import/": {COORDINATOR},
    "/cases/access/": {COORDINATOR}, "/cases/notify/": {OFFICER}, "/calls/new/": {OPERATOR},
}  # fmt: skip


class Comparison:
    """Gathers what differs: `faults`, each a sentence; `made` counts what was compared."""

    def __init__(self, acts: Acts) -> None:
        self.acts, self.ledger = acts, acts.ledger
        self.faults: list[str] = []
        self.made = 0

    def of_everybody(self, year: int) -> None:
        for person in self.acts.at_work():
            if person.role in LOOKS:
                getattr(self, LOOKS[person.role])(person, year)
            self.of_what_is_closed(person)
        self.of_the_emails()
        self.of_the_server()

    def same(self, what: str, shown: object, must: object) -> None:
        self.made += 1
        if shown != must:
            if (isinstance(shown, set) and isinstance(must, set)) or isinstance(shown, Counter):
                shown, must = shown - must, must - shown  # type: ignore[operator]
            self.finds(f"{what}: shown {shown}, must be {must}")

    def finds(self, fault: str) -> None:
        self.faults.append(f"{self.acts.now:%Y-%m-%d %H:%M} {fault}")
        print(self.faults[-1], flush=True)

    def of_a_coordinator(self, person: Person, year: int) -> None:
        regions, now, every = self.acts.regions_of(person), self.acts.now, self.ledger.cases
        granted = [case for case in every if self.ledger.granted(person.name, case, now)]
        others = {victim.number for case in granted for victim in case.persons}
        persons = self.listed(person, "/cases/persons/", PERSON)
        self.same(f"{person}'s persons", persons - others, self.ledger.seen_by(regions))
        cases = self.listed(person, "/cases/", CASE) - {case.number for case in granted}
        read = [case for case in every if not case.out and case.regions & regions and case not in granted]
        self.same(f"{person}'s cases", cases, {case.number for case in read})
        self.of_my_page(person, regions)
        mine = {r for r, case in self.ledger.reminders.items() if self.acts.of_region(case.region) == person}
        with suppress(TimeoutError):  # the worker hands them on within a minute
            self.acts.waits_for(person, "/cases/reminders/", lambda text: set(REMINDED(text)) == mine, 140)
        self.same(f"{person}'s reminders", set(REMINDED(person.at.text)), mine)
        if persons and self.acts.today.month % 3 == 2:
            self.same(f"{person}'s file", self.acts.downloads_the_list(person), persons)
        for case in self.some([c for c in every if c not in granted]):
            self.of_a_case(person, case, regions)

    def of_a_year(self, person: Person, region: str, year: int) -> None:
        text = person.comes().opens(f"/cases/years/{year}/{region}/").text
        mine = sum(victim.region == region for victim in self.ledger.counted(year))
        self.same(f"{person}'s persons of {year}", _number(text, "Personer som räknas i året"), mine)
        closed = (year, region) in self.ledger.closed
        self.same(f"{year} is closed in {region}", f"Stäng {year}" not in text, closed)

    def of_my_page(self, person: Person, regions: set[str]) -> None:
        opens = person.comes().opens
        for key, (kind, title) in LISTS.items():
            must = sum(q.open and q.kind == kind and q.of in regions for q in self.ledger.questions)
            self.same(f"{person}'s {kind}", _number(opens(f"/waiting/{key}/").text, title), must)
        calls = _number(opens("/waiting/referred/").text, "Nya samtal från stödtelefonen")
        self.same(f"{person}'s new calls", calls, self.ledger.new_calls(regions))

    def of_a_case(self, person: Person, case: Case, regions: set[str]) -> None:
        """By its address, and by its number: who may read it does. Nobody else learns that it is there."""
        granted = self.ledger.granted(person.name, case, self.acts.now)
        may = not case.out and bool(granted or case.regions & regions)
        page = person.comes().looks(case.address)
        self.same(f"{person} at the address of {case}", page.status, 200 if may else 404)
        if may:
            inside = case.region in regions
            if case.note:
                self.same(f"{person} reads the note of {case}", case.note in page.text, inside)
            self.same(f"{person} reads the other facts of {case}", "Diarienummer" in page.text, inside)
            if len(case.persons) <= FEW:  # more of them stand on one line where they are alike
                here = [victim for victim in case.persons if not victim.gone]
                must = {victim.number for victim in here if victim.region in granted | regions}
                shown = set(re.findall(rf"{case.number}-P\d+", page.text))
                self.same(f"{person}'s persons of {case}", shown, must)
        if self.acts.random.random() < 0.3:
            self.acts.looks_for(person, case.number)
            self.same(f"{person} looks for {case}", person.at.address == case.address, may)

    def of_an_operator(self, person: Person, year: int) -> None:
        text = person.comes().opens("/calls/").text
        self.same(f"{person}'s calls", _number(text, r"Filtrera", after=" samtal"), len(self.ledger.calls))
        opened = {case.number for case in self.ledger.cases if case.by == person.name and not case.out}
        self.same(f"{person}'s cases", self.listed(person, "/cases/", CASE), opened)

    def of_an_officer(self, person: Person, year: int) -> None:
        text = person.comes().opens("/cases/notifications/").text
        mine = [one for one in self.ledger.notifications if one.by == person.name]
        shown = re.findall(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", text)
        self.same(f"{person}'s notifications", len(shown), min(len(mine), 50))

    def of_the_tables(self, person: Person, last: int) -> None:
        """Of a year and the one before it; once a year is over, on their pages too."""
        for year in (one for one in (last - 1, last) if self.ledger.counted(one)):
            address, opens = f"/summaries/{year}/", person.comes().opens
            tables = json.loads(opens(f"{address}tables.json").body)["tables"]
            figures = {table["name"]: files.of_json(table) for table in tables}
            for table in tables:
                name, counted = table["name"], self.ledger.table(table["name"], year)
                shown = Counter({key: int(figure) for key, figure in figures[name].items() if figure != "0"})
                self.same(f"{person}'s table {name} of {year}", shown, counted)
                if self.acts.today.year > year:
                    on_page = files.on_a_page(opens(f"{address}{name}/"), table)
                    self.same(f"{person}'s page of {name} of {year}", *on_page)
            rows = files.rows_of(opens(f"{address}tables.csv").body)
            self.same(f"{person}'s file of {year}", files.by_table(rows, year), figures)

    def of_what_is_closed(self, person: Person) -> None:
        """Each month a third of the pages by role; of others' rows the newest of each kind and another."""
        for address, roles in list(CLOSED.items())[self.acts.today.month % 3 :: 3]:
            must = 200 if person.role in roles else 403
            self.same(f"{person} at {address}", person.comes().looks(address).status, must)
        regions, operates = self.acts.regions_of(person), person.role == OPERATOR
        for rows in self.ledger.hidden_from(person.name, regions, operates):
            for one in rows[-1:] + self.acts.random.sample(rows[:-1], len(rows) > 1):
                closed = person.comes().looks(one.address).status in {403, 404}
                self.same(f"{one.address} is closed to {person}", closed, True)

    def of_what_is_public(self, year: int, state: str, frozen: Sequence[Figured]) -> None:
        """What is shown is as counted in the version that its table is from, and the same everywhere."""
        page = self.acts.public.looks(f"/statistik/{year}/")
        self.same(f"the page of {year}", f"{state}, version" in page.text, True)
        for table in json.loads(self.acts.public.opens(f"/statistik/{year}/tables.json").body)["tables"]:
            of_version = frozen[table.get("version", len(frozen)) - 1]
            self.of_a_public_table(table, of_version[table["name"].startswith("calls_")])
        for what, shown, must in files.in_every_file(self.acts.public, year):
            self.same(f"published of {year}: {what}", shown, must)

    def of_a_public_table(self, table: Mapping[str, Any], everybody: list[Codes]) -> None:
        """Who is in a category has one of its codes of each fact."""
        made = [dimension["made_of"] for dimension in table["dimensions"]]
        for cell in (cell for cell in table["cells"] if cell["status"] == "shown"):
            parts = [of[key] for of, key in zip(made, cell["key"], strict=True) if key != "*"]
            facts = [fact for of in (table["of"], *parts) for fact in of.items()]
            must = sum(all({*codes[name].split()} & {*of} for name, of in facts) for codes in everybody)
            what = f"published {table['name']} {cell['key']} {cell['value']} of {must}"
            few = 0 < cell["value"] < FEW and not table.get("exempt")
            self.same(what, not few and 0 <= must - cell["value"] <= table["left_out"], True)

    def of_what_is_public_before(self, year: int, state: str) -> None:
        page = self.acts.public.looks(f"/statistik/{year}/")
        self.same(f"{state} before its hour", f"{state}, version" in page.text, False)

    def of_the_emails(self) -> None:
        """The day's tells operators and coordinators how much waits, and nobody else. E-mails come to who
        works here, and say nothing that the register knows."""
        every, before = self.acts.mail.emails, len(self.acts.mail.emails)
        self.acts.operator.does("send_reminders")
        sent = [one for one in every[before:] if "väntar" in one.subject]
        today = {one.to: int(re.findall(r"(\d+) sak", one.text)[0]) for one in sent}
        for person in self.acts.at_work():
            shown = json.loads(person.comes().opens("/waiting/").body)["waiting"]
            known = self.ledger.waiting(person.name, self.acts.regions_of(person), self.acts.now)
            fits = shown == known or (shown > known and person.role not in {OPERATOR, OFFICER})
            self.same(f"{person}'s number {shown} counts {known}", fits, True)
            must = shown if person.role in {OPERATOR, COORDINATOR} else 0
            self.same(f"{person} is reminded by e-mail", today.get(person.email, 0), must)
        strangers = {one.to for one in every} - {person.email for person in self.acts.people.values()}
        self.same("who gets letters", strangers, set())
        told = [one for one in every if re.search(r"[A-ZÖ]{1,2}-\d{4}-\d{4}", one.text + one.subject)]
        self.same("letters with a number", told, [])

    def of_the_audit_log(self) -> None:
        """The data protection officer finds each act under its case: who, what, and of which number."""
        (reader,) = [person for person in self.acts.at_work() if person.role == DPO]
        reader.comes("/audit/")
        for case, acts in self.ledger.acts.items():
            reader.comes().fills("Ärende eller person", case)
            pages = self.pages(reader, reader.browser.presses("Filtrera"))
            rows = [row[1].replace(" ", "") + "|".join(row[2:]) for page in pages for row in page.rows()]
            for act, times in acts.items():
                tells = re.compile(r"{}.*{}.*\|{}(?!\d)".format(*act)).search
                self.same(f"the log of {act}", sum(bool(tells(row)) for row in rows) >= times, True)

    def of_the_server(self) -> None:
        for words in ("check_register", "verify_audit"):
            done = self.acts.operator.tries("nmt_worker", words)
            self.same(words, (done.returncode, done.stdout[:2]), (0, "ok"))
        self.same("answers of 5xx", [asked for asked in self.acts.requests if asked[2] >= 500], [])

    def listed(self, person: Person, address: str, number: re.Pattern[str]) -> set[str]:
        pages = self.pages(person, person.comes().opens(address))
        cells = (cell for page in pages for row in page.rows() for cell in row)
        return {said[0] for cell in cells if (said := number.match(cell))}

    def pages(self, person: Person, page: Page) -> Iterator[Page]:
        """This one of a list, and those that follow it."""
        yield page
        while following := [href for text, href in page.links() if text == "Nästa"]:
            yield (page := person.browser.opens(following[0]))

    def some(self, cases: list[Case]) -> list[Case]:
        return cases[-4:] + self.acts.random.sample(cases[:-4], min(2, len(cases[:-4])))


def _number(text: str, before: str, after: str = "") -> int:
    """Return the number that stands between the words, or 0."""
    found = re.search(rf"{before}(?: \([^)]*\))? (\d+){after}", text)
    return int(found[1]) if found else 0
