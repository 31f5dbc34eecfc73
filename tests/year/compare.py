"""What each person is shown, beside what the ledger says that they must be shown."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import Any, Final

from tests.year.acts import Acts
from tests.year.browser import Page
from tests.year.ledger import Case
from tests.year.people import ANALYST, COORDINATOR, DPO, MANAGER, OFFICER, OPERATOR, Person

CASE: Final = re.compile(r"^[A-ZÖ]{1,2}-\d{4}-\d{4}$")
PERSON: Final = re.compile(r"^[A-ZÖ]{1,2}-\d{4}-\d{4}-P\d+\b")
REMINDED: Final = re.compile(r"Ring om punkt \d+").findall
RECEIPT: Final = r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b"
FEW: Final = 5
GROUPS: Final = {"F+no": "women", "M+no": "men", "F+yes": "girls", "M+yes": "boys"}
LISTS: Final = {  # what waits for an answer: where it is listed, and what it is called there
    "transfers": ("transfer", "Överföringar att svara på"), "access": ("access", "Begäran om insyn"),
    "questions": ("duplicate", "Frågor från andra regioner"),
}  # fmt: skip
LOOKED_UP: Final = 60  # numbers in the audit log
TABLES: Final = ("groups", "main_purpose", "county", "status", "organisation", "source")
Cells = Counter[tuple[str, ...]]
# The rights of a role, by what is at the address: nobody else gets it.
CLOSED: Final = {
    "/cases/": {COORDINATOR, OPERATOR}, "/calls/": {COORDINATOR, OPERATOR},
    "/cases/persons/": {COORDINATOR, OPERATOR}, "/disposal/": {MANAGER, "Administratör", DPO},
    "/summaries/publications/": {ANALYST, MANAGER},
}  # fmt: skip


class Comparison:
    """Gathers what differs: `faults`, each a sentence; `made` counts what was compared."""

    def __init__(self, acts: Acts) -> None:
        self.acts, self.ledger = acts, acts.ledger
        self.faults: list[str] = []
        self.made = 0

    def of_everybody(self, year: int) -> None:
        for person in self.acts.at_work():
            looks: dict[str, Callable[[Person, int], None]] = {
                COORDINATOR: self.of_a_coordinator, OPERATOR: self.of_an_operator,
                OFFICER: self.of_an_officer, ANALYST: self.of_who_reads_totals,
                MANAGER: self.of_who_reads_totals,
            }  # fmt: skip
            looks.get(person.role, self.of_nobody)(person, year)
            if self.acts.today.month % 3 == 0:
                self.of_what_is_closed(person)
        self.of_the_reminders()
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
        regions = self.acts.regions_of(person)
        now, every = self.acts.now, self.ledger.cases
        granted = [case for case in every if self.ledger.granted(person.name, case, now)]
        others = {victim.number for case in granted for victim in case.persons}
        persons = self.listed(person, "/cases/persons/", PERSON)
        self.same(f"{person}'s persons", persons - others, self.ledger.seen_by(regions))
        cases = self.listed(person, "/cases/", CASE) - {case.number for case in granted}
        must = self.ledger.cases_seen_by(regions) - {case.number for case in granted}
        self.same(f"{person}'s cases", cases, must)
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
        browser = person.comes()
        for key, (kind, title) in LISTS.items():
            must = sum(self.ledger.waits_for(region, kind) for region in regions)
            self.same(f"{person}'s {kind}", _number(browser.opens(f"/waiting/{key}/").text, title), must)
        calls = _number(browser.opens("/waiting/referred/").text, "Nya samtal från stödtelefonen")
        self.same(f"{person}'s new calls", calls, self.ledger.new_calls(regions))

    def of_a_case(self, person: Person, case: Case, regions: set[str]) -> None:
        """By its address, and by its number: who may read it does. Nobody else learns that it is there."""
        granted = self.ledger.granted(person.name, case, self.acts.now)
        may = not case.out and bool(granted or case.regions & regions)
        browser = person.comes()
        page = browser.looks(case.address)
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
        self.of_the_number_that_waits(person, self.ledger.left_by(person.name, self.acts.now))

    def of_an_officer(self, person: Person, year: int) -> None:
        text = person.comes().opens("/cases/notifications/").text
        mine = [notification for notification in self.ledger.notifications if notification.by == person.name]
        self.same(f"{person}'s notifications", len(re.findall(RECEIPT, text)), min(len(mine), 50))
        self.of_the_number_that_waits(person, self.ledger.waits_for_an_officer(person.name))
        self.of_nobody(person, year)

    def of_the_number_that_waits(self, person: Person, must: int) -> None:
        self.same(f"{person}'s number", json.loads(person.browser.opens("/waiting/").body)["waiting"], must)

    def of_who_reads_totals(self, person: Person, year: int) -> None:
        for one in (year - 1, year):
            if self.ledger.counted(one):
                self.of_the_tables(person, one)

    def of_the_tables(self, person: Person, year: int) -> None:
        page = person.comes().opens(f"/summaries/{year}/tables.json")
        tables = {table["name"]: table for table in json.loads(page.body)["tables"]}
        for name in TABLES:
            shown = Counter({tuple(c["key"]): c["value"] for c in tables[name]["cells"] if c["value"]})
            self.same(f"{person}'s table {name} of {year}", shown, self.ledger.table(name, year))

    def of_nobody(self, person: Person, year: int) -> None:
        for case in self.ledger.cases[-1:]:
            closed = person.comes().looks(case.address).status in (403, 404)
            self.same(f"{case} is closed to {person}", closed, True)

    def of_what_is_closed(self, person: Person) -> None:
        for address, roles in CLOSED.items():
            must = 200 if person.role in roles else 403
            self.same(f"{person} at {address}", person.comes().looks(address).status, must)

    def of_what_is_public(self, year: int, state: str, frozen: Sequence[Mapping[str, Cells]]) -> None:
        """What is shown of a category is the sum of its parts, in the version that its table is from."""
        public = self.acts.public
        is_shown = f"{state}, version" in public.looks(f"/statistik/{year}/").text
        self.same(f"the page of {year}", is_shown, True)
        data = json.loads(public.opens(f"/statistik/{year}/tables.json").body)
        for table in data["tables"]:
            if table["name"] in TABLES:
                of_version = frozen[table.get("version", len(frozen)) - 1]
                self.of_a_public_table(table, of_version[table["name"]])
        rows = public.opens("/statistik/alla-ar.csv").body.decode().splitlines()
        total = [row for row in rows if row.startswith(f"{year},") and ",groups,group,*," in row]
        as_counted = [f",{frozen[-1]['groups'][('*',)]},shown," in row for row in total]
        self.same(f"{year} in the file of all years", as_counted, [True])

    def of_a_public_table(self, table: Mapping[str, Any], frozen: Cells) -> None:
        made = [dimension["made_of"] for dimension in table["dimensions"]]
        everybody = [["*"]] * (max(map(len, frozen)) - len(made))  # where it is printed without groups
        for cell in table["cells"]:
            if cell["status"] == "shown":
                parts = [_codes(of, key) for of, key in zip(made, cell["key"], strict=True)]
                must = sum(frozen[key] for key in product(*parts, *everybody))
                what = f"published {table['name']} {cell['key']} {cell['value']} of {must}"
                self.same(what, 0 <= must - cell["value"] <= table["left_out"], True)

    def of_what_is_public_before(self, year: int, state: str) -> None:
        page = self.acts.public.looks(f"/statistik/{year}/")
        self.same(f"{state} before its hour", f"{state}, version" in page.text, False)

    def of_the_reminders(self) -> None:
        """The day's e-mail comes to operators for whom anything waits, to coordinators, to nobody else."""
        before, waits, now = len(self.acts.mail.emails), self.ledger.left_by, self.acts.now
        self.acts.operator.does("send_reminders")
        told = {email.to for email in self.acts.mail.emails[before:] if "väntar" in email.subject}
        must = {one.email for one in self.acts.at_work() if one.role == OPERATOR and waits(one.name, now)}
        coordinators = {person.email for person in self.acts.at_work() if person.role == COORDINATOR}
        self.same("who is reminded by e-mail", told - coordinators, must)

    def of_the_emails(self) -> None:
        """E-mails come to who works here, and say nothing that the register knows."""
        known = {person.email for person in self.acts.people.values()}
        self.same("who gets letters", {email.to for email in self.acts.mail.emails} - known, set())
        number = re.compile(r"[A-ZÖ]{1,2}-\d{4}-\d{4}")
        told = [email for email in self.acts.mail.emails if number.search(email.text + email.subject)]
        self.same("letters with a number", told, [])

    def of_the_audit_log(self) -> None:
        """The data protection officer finds each act by its number, with who did it and what."""
        (reader,) = [person for person in self.acts.at_work() if person.role == DPO]
        acts = sorted({act.about for act in self.ledger.acts})
        for about in self.acts.random.sample(acts, min(len(acts), LOOKED_UP)):
            reader.comes().opens("/audit/")
            reader.browser.fills("Ärende eller person", about)
            pages = self.pages(reader, reader.browser.presses("Filtrera"))
            rows = [" ".join(row) for page in pages for row in page.rows()]
            for act in (one for one in self.ledger.acts if one.about == about):
                found = any(act.words in row and act.who in row.replace(" ", "") for row in rows)
                self.same(f"the log of {act}", found, True)

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
        """The newest, and some of the others."""
        return cases[-4:] + self.acts.random.sample(cases[:-4], min(2, len(cases[:-4])))


def _number(text: str, before: str, after: str = "") -> int:
    """Return the number that stands between the words, 0 where they do not stand there."""
    found = re.search(rf"{before}(?: \([^)]*\))? (\d+){after}", text)
    return int(found[1]) if found else 0


def _codes(made_of: Mapping[str, Mapping[str, list[str]]], key: str) -> list[str]:
    """Return the base codes of a category; the total is its own."""
    codes = next(iter(made_of.get(key, {}).values()), [key]) if key != "*" else [key]
    return sorted({_group(code) if "+" in code else code for code in codes})


def _group(code: str) -> str:
    """Return the group of a sex and whether a child."""
    return GROUPS.get(code, "other" if code.startswith("O+") else "unknown")
