"""What people do in the register. Each act is a sentence, and the ledger holds what is true from then on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from random import Random
from time import sleep
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.year.browser import Browser, File, Page
from tests.year.ledger import COUNTIES, REGIONS, Call, Case, Facts, Import, Ledger, Notice, Question, Victim
from tests.year.operator import HOST, Mail, Operator
from tests.year.people import ADMINISTRATOR, COORDINATOR, MANAGER, Person

HEADINGS: Final = "case;person;identified_on;agency;county;sex;child;status;main_purpose"
PROXY: Final = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}  # where none is installed
HOME: Final = ZoneInfo("Europe/Stockholm")


class Acts:
    """`operator` runs the register; `mail` is the mail server of everybody."""

    def __init__(self, operator: Operator, mail: Mail, seed: int) -> None:
        self.operator, self.mail, self.random = operator, mail, Random(seed)
        self.ledger = Ledger()
        self.people: dict[str, Person] = {}
        self.public = Browser(operator.reach, HOST, PROXY, seen=self._note)  # somebody who has no account
        self.requests: list[tuple[str, str, int]] = []

    def at_work(self) -> list[Person]:
        return [person for person in self.people.values() if not person.left]

    def of_region(self, region: str) -> Person:
        coordinators = (person for person in self.at_work() if person.role == COORDINATOR)
        return next(person for person in coordinators if region in person.regions)

    def regions_of(self, person: Person) -> set[str]:
        """Those of the person's own, and those that the person stands in for today."""
        today, own = self.today, person.name
        stood_in = {r for who, r, since, to in self.ledger.deputies if who == own and since <= today <= to}
        return person.regions | stood_in

    # --- accounts ---
    def _person(self, name: str, email: str, role: str, agency: str) -> Person:
        address = f"127.0.0.{len(self.people) + 2}"
        headers = {**PROXY, "X-Forwarded-For": address}
        browser = Browser(partial(self.operator.reach, address), HOST, headers, seen=self._note)
        person = Person(name, email, role, agency, browser, self.mail, self.operator.clock.now, self._waits)
        self.people[name.split()[0].lower()] = person
        return person

    def _waits(self, seconds: float) -> None:
        self.operator.clock.set(self.now + timedelta(seconds=seconds))

    def _note(self, method: str, address: str, status: int) -> None:
        self.requests.append((method, address, status))

    def is_made_on_the_server(self, name: str, email: str, role: str) -> Person:
        words = {ADMINISTRATOR: "administrator", MANAGER: "manager"}[role]
        text = self.operator.does("invite", email, "--name", name, "--role", words)
        link, code = re.findall(r"(https://\S+)\s+code (\d{6})", text)[0]
        person = self._person(name, email, role, "Jämställdhetsmyndigheten")
        person.opens_the_account(link, code)
        return person

    def lets_in(self, asker: Person, second: Person, name: str, email: str, role: str, agency: str) -> Person:
        """One asks, another answers and says the code by telephone; the link comes by e-mail."""
        browser = asker.comes("/admin/accounts/user/add/")
        browser.fills_in({
            "E-post:": email, "Namn:": name, "Roll:": role, "Myndighet:": agency,
            "Skäl, till den som svarar:": "Arbetar med detta från i dag",
        })  # fmt: skip
        browser.presses("Spara")
        page = self.answers(second, name, "Ja")
        code = re.findall(r"Läs upp koden på telefon (\d{6})", page)[0]
        person = self._person(name, email, role, agency)
        person.opens_the_account(person.email_about("Inbjudan").links[0], code)
        return person

    def answers(self, person: Person, about: str, answer: str) -> str:
        person.comes("/approvals/")
        person.browser.follows("", beside=about)
        person.browser.chooses("Svar", answer)
        person.browser.fills("Skäl till svaret", "Har talat med den det gäller")
        return person.browser.presses("Skicka svaret").text

    def gives_a_region(self, asker: Person, answerer: Person, person: Person, region: str) -> None:
        browser = asker.comes("/admin/agencies/coordinator/add/")
        browser.fills_in({
            "Region:": REGIONS[region], "Slag:": "koordinator", "Användare:": person.email,
            "Namn:": person.name, "Telefon:": "08-000 00 00", "E-post:": person.email,
            "Gäller från:": f"{self.operator.clock.now():%Y-%m-%d}",
            "Skäl, till den som svarar:": "Arbetar med regionen",
        })  # fmt: skip
        browser.presses("Spara")
        self.answers(answerer, person.name, "Ja")
        person.regions.add(region)

    def ends_the_account(self, asker: Person, person: Person) -> None:
        """Who leaves is not there from the next click."""
        asker.comes("/admin/accounts/user/")
        asker.browser.follows("", beside=person.name)
        asker.browser.unticks("Aktiv")
        asker.browser.presses("Spara")
        person.left = True

    # --- the support line ---
    def logs_a_call(self, operator: Person, region: str, consent: bool = True, urgent: bool = False) -> Call:
        browser = operator.comes("/calls/new/")
        browser.chooses("1. Vem ringer?", "Polis")
        browser.fills("Län", COUNTIES[region][1])
        browser.fills("Brådska", "akut" if urgent else "allmänt")
        browser.chooses("2. Vad gäller samtalet?", "Misstänkt ärende om person")
        browser.fills("Kvinnor", "1")
        browser.chooses("Samtycke till hänvisning", "Finns" if consent else "Saknas")
        browser.chooses("Misstänkta ändamål", "Sexuella ändamål")
        if consent:
            browser.chooses("5. Vad blev resultatet?", "Hänvisning till regionkoordinator")
            browser.fills("Hänvisad till region", REGIONS[region])
        else:
            browser.chooses("5. Vad blev resultatet?", "Råd gavs")
        page = operator.saves("Spara samtalet")
        assert "Samtalet är sparat" in page.text, page.text[:500]
        address = page.address.removesuffix("saved/")
        call = Call(address, operator.name, self.now, region if consent else "", consent)
        self.ledger.calls.append(call)
        return call

    def takes_over_the_call(self, coordinator: Person, call: Call) -> None:
        coordinator.comes("/waiting/referred/").presses("Ta över", beside=call.address)
        call.taken = True

    # --- the agencies ---
    def notifies(self, officer: Person, region: str) -> Notice:
        """Its address is that of the page which both sides share."""
        browser = officer.comes("/cases/notify/")
        browser.fills_in({
            "Län där personerna finns": COUNTIES[region][1], "Kvinnor": "1",
            "Din tjänstetelefon": "08-000 00 00",
        })  # fmt: skip
        browser.chooses("Misstänkta ändamål", "Sexuella ändamål")
        page = officer.saves("Skicka anmälan")
        address = next(to for _text, to in page.links() if re.search("/notifications/.{36}/messages/$", to))
        self.ledger.notifications.append(notice := Notice(address, officer.name, region))
        return notice

    def writes_to_the_officer(self, person: Person, told: Notice, officer: Person) -> None:
        self.writes(person, told.address, "Tack, jag ringer i morgon", officer)
        told.unread += 1

    def answers_the_region(self, officer: Person, told: Notice, coordinator: Person) -> None:
        self.writes(officer, told.address, "Det går bra efter tio", coordinator)
        told.unread = 0

    def writes(self, person: Person, address: str, text: str, reader: Person) -> None:
        """On a page that two sides share: the other reads it there."""
        person.comes(address)
        person.browser.fills("Meddelande", text)
        person.saves("Skicka meddelandet")
        assert text in reader.comes().opens(address).text, f"{reader} does not read {text!r}"

    # --- cases ---
    def registers_a_case(self, person: Person, region: str, facts: Facts, n: int = 1, **more: Any) -> Case:
        """A case with so many persons alike; `more`: its call, a reference, the day of identification."""
        call, reference, browser = more.get("call"), more.get("reference", ""), person.comes()
        day = more.get("day", self.today)
        browser.opens("/cases/new/" + (f"?call={call.address.split('/')[2]}" if call else ""))
        browser.fills("Kort anteckning", note := f"Kort om ärende {len(self.ledger.cases) + 1}")
        browser.fills_in({
            "Diarienummer": f"D {len(self.ledger.cases) + 1}/27", "Medföljande barn": "1",
            "Län där personen identifierades": COUNTIES[region][1], "Datum för identifiering": f"{day}",
            "Identifierande organisation": facts.agency, "Myndighetens egen referens": reference,
        })  # fmt: skip
        browser.chooses("Kön", facts.sex)
        browser.chooses("Barn vid identifieringen", facts.child)
        browser.fills("Status", facts.status)
        browser.chooses("Ändamål", facts.purpose)
        browser.fills("Huvudsakligt ändamål", facts.purpose)
        browser.fills("Antal personer som denna", f"{n}")
        page = person.saves("Spara")
        name = re.findall(r"\b[A-ZÖ]{1,2}-\d{4}-\d{4}\b", page.text)[0]
        address = page.address.removesuffix("handed/")
        case = Case(name, region, self.now, person.name, address, note, from_call=call is not None)
        for one in range(1, n + 1):
            case.persons.append(Victim(f"{name}-P{one}", case, region, region, day, facts, reference))
        if call:
            call.case = case
        self.ledger.cases.append(case)
        self.ledger.did(person.email, "Ärenden: öppnade", case)
        return case

    def looks_for(self, person: Person, number: str) -> Page:
        browser = person.comes("/cases/find/")
        browser.fills("Nummer på ärende eller person", number)
        return browser.presses("Sök")

    def goes_to(self, person: Person, victim: Victim, link: str) -> None:
        self.looks_for(person, victim.number)
        person.browser.follows(link)

    def says_the_status(self, person: Person, victim: Victim, status: str) -> None:
        self.goes_to(person, victim, "Ändra status")
        person.browser.chooses("Status", status)
        person.browser.fills("Varför ändras statusen?", "Efter utredning")
        person.saves("Spara")
        victim.facts = replace(victim.facts, status=status)
        self.ledger.did(person.email, "ändrade status", victim)

    def corrects_the_sex(self, person: Person, victim: Victim, sex: str) -> None:
        self.goes_to(person, victim, "Ändra uppgifterna om personen")
        person.browser.chooses("Kön", sex)
        person.saves("Spara")
        victim.facts = replace(victim.facts, sex=sex)
        self.ledger.did(person.email, "Personer: ändrade", victim)

    def adds_a_reference(self, person: Person, victim: Victim, reference: str) -> None:
        self.goes_to(person, victim, f"Ändra {victim.facts.agency}")
        person.browser.fills("Myndighetens egen referens", reference)
        person.saves("Spara")
        victim.reference = reference

    # --- between regions ---
    def asks_to_transfer(self, person: Person, victim: Victim, to: str) -> Question:
        self.goes_to(person, victim, "Överför till annan region")
        person.browser.fills("Till region", REGIONS[to])
        person.browser.fills("Varför överförs personen?", "Personen har flyttat dit")
        page = person.saves("Begär överföring")
        asked = Question("transfer", victim, person.name, to, to, page.link("Visa överföringen"))
        self.ledger.questions.append(asked)
        self.ledger.did(person.email, "Överföringar: frågade", victim)
        return asked

    def answers_the_transfer(self, person: Person, asked: Question, *, yes: bool) -> None:
        browser = person.comes(asked.address)
        browser.chooses("Svar", "Ta emot" if yes else "Avböj")
        browser.fills("Skäl till svaret", "" if yes else "Vi har ingen kontakt med personen")
        person.saves("Besvara överföringen")
        asked.open = False
        self.ledger.did(person.email, "tog emot" if yes else "avböjde", asked.about)
        if yes:
            victim: Any = asked.about
            victim.region = asked.to
            victim.case.settles()

    def takes_back_the_transfer(self, person: Person, asked: Question) -> None:
        person.comes(asked.address)
        person.saves("Ta tillbaka")
        asked.open = False
        self.ledger.did(person.email, "draget tillbaka", asked.about)

    def transfers(self, person: Person, victim: Victim, to: str, receiver: Person) -> None:
        self.answers_the_transfer(receiver, self.asks_to_transfer(person, victim, to), yes=True)

    def asks_for_access(self, person: Person, case: Case) -> list[Question]:
        """Each region that has one of its persons is asked."""
        browser = person.comes("/cases/access/")
        browser.fills("Ärendenummer", case.number)
        browser.ticks("Personerna i ärendet")
        browser.fills("Varför behöver du läsa ärendet?", "Samma arbetsgivare som i vårt ärende")
        person.saves("Skicka begäran")
        to = min(person.regions)
        asked = [Question("access", case, person.name, of, to) for of in sorted(case.there or {case.region})]
        self.ledger.questions += asked
        self.ledger.did(person.email, "andra regioners ärenden: frågade", case)
        return asked

    def grants_access(self, person: Person, asked: Question, hours: int = 24) -> None:
        browser = person.comes("/waiting/access/")
        browser.follows("Svara", beside=f"{asked.about}")
        browser.chooses("Svar", f"Bevilja i {hours} tim")
        person.saves("Skicka svaret")
        asked.open, asked.until = False, self.now + timedelta(hours=hours)
        asked.address = person.at.address
        self.ledger.did(person.email, "medgav", asked.about)

    def ends_the_access(self, person: Person, asked: Question) -> None:
        person.comes(asked.address)
        person.browser.presses("Avsluta insynen nu")
        asked.until = self.now

    def takes_out(self, person: Person, victim: Victim) -> None:
        self.goes_to(person, victim, "Personen är felregistrerad")
        person.browser.fills("Varför var det fel?", "Registrerades två gånger av misstag")
        person.saves("Ta bort det")
        victim.out = True
        self.ledger.did(person.email, "borttaget, felregistrerat", victim)
        victim.case.settles()

    def puts_back(self, person: Person, victim: Victim) -> None:
        person.comes("/cases/mistakes/")
        person.browser.follows(victim.number)
        person.saves("Lägg tillbaka")
        victim.out = False
        self.ledger.did(person.email, "återlagt, var inget fel", victim)
        victim.case.settles()

    def downloads_the_list(self, person: Person) -> set[str]:
        """Gives the numbers of the persons in the file, between its headings and its end."""
        browser = person.comes("/cases/export/")
        browser.chooses("Format", "CSV")
        browser.fills("Vad filen ska användas till", "Avstämning med kommunerna")
        if any(text.startswith("Varför behöver du raderna") for text, _control in browser.at.labels()):
            browser.fills("Varför behöver du raderna", "Avstämningen görs rad för rad")
        browser.presses("Skapa filen")
        lines = browser.follows("Ladda ner filen").body.decode().splitlines()[1:-1]
        return {line.split(";")[1] for line in lines}

    def sets_a_reminder(self, person: Person, case: Case, days: int) -> str:
        person.comes(case.address)
        person.browser.follows("Påminn mig")
        person.browser.fills("Dag", f"{self.today + timedelta(days=days)}")
        person.browser.fills("Vad vill du komma ihåg?", text := f"Ring om punkt {len(self.requests)}")
        person.saves("Spara")
        self.ledger.reminders[text] = case
        return text

    def does_what_it_was_reminded_of(self, person: Person, text: str) -> None:
        person.comes("/cases/reminders/")
        person.browser.presses("Klart", beside=text)
        del self.ledger.reminders[text]

    # --- the same person twice ---
    def judges(self, person: Person, first: Victim, second: Victim, answer: str = "Samma person") -> None:
        """Both of the own region: side by side, found by the search of the night, or judged before."""
        self.goes_to(person, second, first.number)
        self._answers_the_pair(person, answer, first, second)

    def _answers_the_pair(self, person: Person, answer: str, *pair: Victim) -> None:
        person.browser.chooses("Din bedömning", answer)
        person.browser.fills("Varför?", "Referens och dag jämförda")
        person.saves("Spara bedömningen")
        for victim, other in pairwise(sorted(pair, key=lambda one: one.key)):
            other.same_as = victim if answer == "Samma person" else None

    def asks_the_other_region(self, person: Person, mine: Victim, theirs: Victim) -> Question:
        self.looks_for(person, mine.number)
        person.saves("Skicka en fråga")
        self.ledger.questions.append(asked := Question("duplicate", theirs, person.name, theirs.region, ""))
        return asked

    def answers_unseen(self, person: Person, asked: Question, answer: str, *pair: Victim) -> None:
        person.comes("/waiting/questions/")
        person.browser.follows("Är det samma person?")
        self._answers_the_pair(person, answer, *pair)
        asked.open = False

    def ends_what_waits(self, person: Person) -> None:
        """Reminders, and pairs that were found by night: two persons. Of two regions one asks, and the other
        answers later."""
        while "Inte gjort än" in person.comes("/cases/reminders/").at.text:
            person.browser.presses("Klart")
        while "Att bedöma" in person.comes("/cases/duplicates/").at.text:
            person.browser.follows("-P", beside="Att bedöma")
            self._answers_the_pair(person, "Olika personer")
        while number := re.search(r"\S+-P\d+", person.comes("/waiting/hints/").at.text):
            person.browser.follows(number[0])
            person.saves("Skicka en fråga")
            self._waits(5 * 3600)  # there are five questions a day
        while (question := "Är det samma person?") in person.comes("/waiting/questions/").at.text:
            person.browser.follows(question)
            self._answers_the_pair(person, "Olika personer")

    # --- files ---
    def imports(self, person: Person, region: str, name: str, facts: Sequence[Facts], day: date) -> Import:
        """A file with a row for each, and one that is refused."""
        rows = [
            f"{name};{n};{day};{one.agency};{COUNTIES[region][0]};{one.sex};{one.child};{one.status};{one.purpose}"
            for n, one in enumerate([*facts, Facts("grön")], 1)
        ]
        file = File(f"{name}.csv", "\n".join([HEADINGS, *rows]).encode())
        self.sends_the_file(person, file)
        assert "1 rad innehåller fel" in person.at.text, person.at.text[:900]
        person.saves("Importera ")
        numbers = re.findall(r"\b(\S+-\d{4}-\d{4})-P(\d+) ny", person.at.text)
        case = Case(numbers[0][0], region, self.now, person.name, "")
        case.persons = [
            Victim(f"{number}-P{n}", case, region, region, day, fact, f"{name} | {n}")
            for (number, n), fact in zip(numbers, facts, strict=True)
        ]
        done = Import(file, case, person.at.address)
        self.ledger.cases.append(case)
        case.address = self.looks_for(person, case.persons[0].number).link(case.number)
        return done

    def sends_the_file(self, person: Person, file: File) -> Page:
        browser = person.comes("/cases/import/")
        browser.fills("Fil", file)
        return browser.presses("Granska filen")

    def sends_it_again(self, person: Person, done: Import) -> None:
        """The same file once more: whatever has become of its rows, nobody new comes of it."""
        text = self.sends_the_file(person, done.file).text
        assert "Nya " not in text, f"{done.file.name} again makes somebody: {text[:900]}"

    def undoes(self, person: Person, done: Import) -> bool:
        """Whether the register let it be undone. What the page says and what the press does agree."""
        page = person.comes(done.address).at
        if all(button.label != "Ångra importen" for button in page.buttons()):
            return False
        text = person.browser.presses("Ångra importen").text
        assert "Importen ångrades inte" not in text, f"{done.file.name}: offered, and refused: {text[:600]}"
        done.case.out = True
        return True

    # --- sheets of earlier years ---
    def takes_over_a_sheet(self, person: Person, second: Person, region: str, rows: int) -> str:
        """Of 2017; another answers. Gives the address of the page where it is taken back."""
        lines = [f"2017-05-0{n};Polisen;{COUNTIES[region][1]};kvinna;nej;sex" for n in range(1, rows + 1)]
        sheet = "\n".join(["Datum;Myndighet;Län;Kön;Barn;Syfte", *lines]).encode()
        browser = person.comes("/taking-over/")
        browser.fills("Fil", File("blad.csv", sheet))
        browser.fills("Namn på en ny mall", "Äldre blad")
        browser.presses("Läs filen")
        page = browser.presses("Fortsätt utan de här kolumnerna").address
        address = "/".join(page.split("/")[:3]) + "/result/"
        browser.opens(address)
        browser.fills("Skäl", "Året 2017, jämfört med bladet")
        browser.presses("Fråga")
        self.answers(second, "2017", "Ja")
        person.comes(address)
        browser.presses("Importera bladen")
        self.waits_for(person, address, lambda text: "Nya personer" in text)
        return address

    def takes_the_sheet_back(self, person: Person, address: str) -> None:
        person.comes(address)
        person.browser.presses("Ta tillbaka ")
        self.waits_for(person, address, lambda text: "Ta tillbaka" not in text)

    def appoints_a_deputy(self, person: Person, region: str, deputy: Person, days: int) -> None:
        first, last = self.today, self.today + timedelta(days=days)
        person.comes("/coordinators/deputy/")
        person.browser.fills_in({
            "Region": REGIONS[region], "Ersättare": deputy.name, "Första dagen": f"{first}",
            "Sista dagen": f"{last}",
        })  # fmt: skip
        person.saves("Utse ersättaren")
        self.ledger.deputies.append((deputy.name, region, first, last))

    def stops_the_deputy(self, person: Person, deputy: Person, region: str) -> None:
        person.comes("/coordinators/")
        person.browser.presses(f"Avsluta {deputy.name} nu")
        self.ledger.deputies = [one for one in self.ledger.deputies if one[:2] != (deputy.name, region)]

    # --- the end of the year ---
    def closes_the_year(self, person: Person, region: str, year: int) -> None:
        person.comes(f"/cases/years/{year}/{region}/")
        if any(text.startswith("Jag har sett") for text, _control in person.at.labels()):
            person.browser.ticks("Jag har sett")
        person.saves(f"Stäng {year}")
        self.ledger.closed.add((year, region))

    def reopens_the_year(self, person: Person, region: str, year: int) -> None:
        person.comes(f"/cases/years/{year}/{region}/")
        person.browser.fills("Varför tas det tillbaka?", "Fler ärenden har kommit fram")
        person.saves("Ta tillbaka det")
        self.ledger.closed.discard((year, region))

    # --- publication ---
    def protects(self, analyst: Person, year: int) -> None:
        analyst.comes(address := f"/summaries/publications/{year}/").follows("Föreslå för alla")
        analyst.browser.presses("Föreslå för alla")
        self.waits_for(analyst, address, lambda text: "Begär publicering" in text and "t har ä" not in text)

    def waits_for(self, person: Person, address: str, ended: Callable[[str], bool], most: int = 1200) -> None:
        """Till the page says that what goes on in the background has ended."""
        for _try in range(most):
            if ended(person.browser.opens(address).text):
                return
            sleep(0.5)
        raise TimeoutError(person.at.text[:500])

    def asks_to_publish(self, analyst: Person, year: int, state: str, hour: datetime | None = None) -> None:
        browser = analyst.comes()
        if hour:
            browser.opens(f"/summaries/publications/{year}/announce/")
            browser.fills_in({
                "Dag": f"{hour.astimezone(HOME):%Y-%m-%d}", "Tid": f"{hour.astimezone(HOME):%H:%M}",
                "Kontakt": "Statistikfunktionen",
            })  # fmt: skip
            analyst.saves("Avisera")
        browser.opens(f"/summaries/publications/{year}/")
        browser.follows("Begär publicering")
        browser.chooses("Publicera som", state)
        for language in ("svenska", "engelska"):
            browser.ticks(f"Jag har läst texten på {language}")
            for why in ("Varför den är reviderad", "Varför den är slutlig innan alla regioner har bekräftat"):
                if any(text.startswith(f"{why}, på {language}") for text, _control in browser.at.labels()):
                    browser.fills(f"{why}, på {language}", "Uppgifter har rättats efter granskning")
        analyst.saves("Begär publicering")

    def approves(self, person: Person, year: int) -> None:
        person.comes(f"/summaries/publications/{year}/")
        person.browser.follows("Publicera en version")
        person.browser.chooses("Ditt svar", "Ja, så som det begärs")
        person.saves("Skicka svaret")
        self.waits_for(person, f"/summaries/publications/{year}/", lambda text: "inte fryst än" not in text)

    # --- disposal ---
    def rules_how_long(self, asker: Person, answerer: Person, kind: str, years: int) -> None:
        asker.comes("/admin/retention/retention/add/")
        asker.browser.fills_in({
            "Vad:": kind, "Räknas från den dag då:": "det senast ändrades", "År:": f"{years}",
            "Beslut:": "Gallringsbeslut 7", "Beslutat den:": f"{self.today}", "Rättslig grund:": "Arkivlagen",
            "Skäl, till den som svarar:": "Beslutet gäller från i dag",
        })  # fmt: skip
        asker.browser.presses("Spara")
        self.answers(answerer, kind, "Ja")

    def disposes(self, asker: Person, answerer: Person, kind: str) -> None:
        asker.comes(f"/disposal/propose/{kind}/")
        asker.browser.fills("Skäl", "Året är arkiverat, dataskyddsombudet har hörts")
        address = asker.browser.presses("Föreslå").address
        self.answers(answerer, "Gallra poster", "Ja")
        asker.comes(address)
        asker.browser.presses("Genomför gallringen")
        self.waits_for(asker, address, lambda text: "Gallringsprotokoll" in text)

    @property
    def now(self) -> datetime:
        return self.operator.clock.now()

    @property
    def today(self) -> date:
        return self.now.astimezone(HOME).date()
