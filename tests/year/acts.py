"""What people do in the register. Each act is a sentence about a person, and writes down in the ledger what is
true from then on."""

from __future__ import annotations

import re
import time
from datetime import timedelta

from tests.year.browser import Browser
from tests.year.mail import Mail
from tests.year.operator import HOST, Operator
from tests.year.people import ADMINISTRATOR, COORDINATOR, MANAGER, Person


class Acts:
    """`operator` runs the register; `mail` is the mail server of everybody."""

    def __init__(self, operator: Operator, mail: Mail) -> None:
        self.operator, self.mail = operator, mail
        self.people: dict[str, Person] = {}
        self.requests: list[tuple[str, str, int]] = []

    # --- accounts ---
    def _person(self, name: str, email: str, role: str, agency: str) -> Person:
        proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-For": f"10.0.0.{len(self.people) + 1}"}
        browser = Browser(self.operator.reach, HOST, proxy, seen=self._note)
        person = Person(name, email, role, agency, browser, self.mail, self.operator.clock.now, self._waits)
        self.people[name.split()[0].lower()] = person
        return person

    def _waits(self) -> None:
        """Till the app shows another code."""
        self.operator.clock.set(self.operator.clock.now() + timedelta(seconds=30))

    def _note(self, method: str, address: str, status: int) -> None:
        self.requests.append((method, address, status))

    def is_made_on_the_server(self, name: str, email: str, role: str) -> Person:
        words = {ADMINISTRATOR: "administrator", MANAGER: "manager"}[role]
        said = self.operator.does("invite", email, "--name", name, "--role", words)
        link, code = re.findall(r"(https://\S+)\s+code (\d{6})", said)[0]
        person = self._person(name, email, role, "Jämställdhetsmyndigheten")
        person.opens_the_account(link, code)
        return person

    def lets_in(self, asker: Person, answerer: Person, name: str, email: str, role: str, agency: str) -> Person:
        """One asks, another answers and says the code by telephone; the link comes by letter."""
        browser = asker.browser
        browser.opens("/admin/accounts/user/add/")
        browser.fills("E-post:", email)
        browser.fills("Namn:", name)
        browser.fills("Roll:", role)
        browser.fills("Myndighet:", agency)
        browser.fills("Skäl, till den som svarar:", "Arbetar med detta från i dag")
        browser.presses("Spara")
        page = self.answers(answerer, name, "Ja, utför det")
        code = re.findall(r"Säg koden på telefon (\d{6})", page)[0]
        person = self._person(name, email, role, agency)
        person.opens_the_account(person.letter("Inbjudan").links[0], code)
        return person

    def answers(self, person: Person, about: str, answer: str) -> str:
        person.browser.opens("/approvals/")
        person.browser.follows("", beside=about)
        person.browser.chooses("Svar", answer)
        person.browser.fills("Skäl till svaret", "Har talat med den det gäller")
        return person.browser.presses("Skicka svaret").text

    def gives_a_region(self, asker: Person, answerer: Person, person: Person, region: str, kind: str = "koordinator", until: str = "") -> None:
        browser = asker.browser
        browser.opens("/admin/agencies/coordinator/add/")
        browser.fills("Region:", region)
        browser.fills("Slag:", kind)
        browser.fills("Användare:", person.email)
        browser.fills("Namn:", person.name)
        browser.fills("Telefon:", "08-000 00 00")
        browser.fills("E-post:", person.email)
        browser.fills("Gäller från:", f"{self.operator.clock.now():%Y-%m-%d}")
        browser.fills("Gäller till:", until)
        browser.fills("Skäl, till den som svarar:", "Arbetar med regionen")
        browser.presses("Spara")
        self.answers(answerer, person.name, "Ja, utför det")
        person.regions.add(region)
