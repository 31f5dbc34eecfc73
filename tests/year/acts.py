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

from tests.year.browser import Browser, File, Page, Typed
from tests.year.ledger import COUNTIES, REGIONS, Call, Case, Facts, Import, Ledger, Notice, Question, Victim
from tests.year.operator import HOME, HOST, Mail, Operator
from tests.year.people import ADMINISTRATOR, COORDINATOR, MANAGER, OFFICER, Person

HEADINGS: Final = "case;person;identified_on;agency;county;sex;child;status;main_purpose"
PROXY: Final = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}  # where none is installed


class Acts:
    """`operator` runs the register; `mail` is the mail server of everybody."""

    def __init__(self, operator: Operator, mail: Mail, seed: int) -> None:
        self.operator, self.mail, self.random, self.ledger = operator, mail, Random(seed), Ledger()
        self.people: dict[str, Person] = {}
        self.requests: list[tuple[str, str, int]] = []
        self.public = Browser(operator.reach, HOST, PROXY, seen=self.requests.append)  # who has no account

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
        reach, headers = partial(self.operator.reach, address), PROXY | {"X-Forwarded-For": address}
        browser = Browser(reach, HOST, headers, seen=self.requests.append)
        person = Person(name, email, role, agency, browser, self.mail, self.operator.clock.now, self._waits)
        self.people[name.split()[0].lower()] = person
        return person

    def _waits(self, seconds: float) -> None:
        self.operator.clock.set(self.now + timedelta(seconds=seconds))

    def is_made_on_the_server(self, name: str, email: str, role: str) -> Person:
        words = {ADMINISTRATOR: "administrator", MANAGER: "manager"}[role]
        text = self.operator.does("invite", email, "--name", name, "--role", words)
        link, code = re.findall(r"(https://\S+)\s+code (\d{6})", text)[0]
        person = self._person(name, email, role, "Jämställdhetsmyndigheten")
        person.opens_the_account(link, code)
        return person

    def lets_in(self, asker: Person, second: Person, name: str, email: str, role: str, agency: str) -> Person:
        """One asks, another answers and says the code by telephone; the link comes by e-mail."""
        typed = {"E-post:": email, "Namn:": name, "Roll:": role, "Myndighet:": agency, "Skäl": "Ny här"}
        asker.does("/admin/accounts/user/add/", typed, "Spara")
        code = self.answers(second, name)
        person = self._person(name, email, role, agency)
        person.opens_the_account(person.email_about("Inbjudan").links[0], code)
        return person

    def answers(self, person: Person, about: str) -> str:
        """Yes; the code that is to be read out by telephone, where there is one."""
        person.comes("/approvals/").follows("", beside=about)
        page = person.does("", {"Svar": "Ja", "Skäl till svaret": "Har talat med hen"}, "Skicka svaret")
        return "".join(re.findall(r"Läs upp koden på telefon (\d{6})", page.text))

    def gives_a_region(self, asker: Person, answerer: Person, person: Person, region: str) -> None:
        asker.does("/admin/agencies/coordinator/add/", {
            "Region:": REGIONS[region], "Slag:": "koordinator", "Användare:": person.email,
            "Namn:": person.name, "Telefon:": "08-000 00 00", "E-post:": person.email,
            "Gäller från:": f"{self.now:%Y-%m-%d}", "Skäl, till den som svarar:": "Arbetar med regionen",
        }, "Spara")  # fmt: skip
        self.answers(answerer, person.name)
        person.regions.add(region)

    def ends_the_account(self, asker: Person, person: Person) -> None:
        """Who leaves is not there from the next click."""
        asker.comes("/admin/accounts/user/").follows("", beside=person.name)
        asker.does("", {"Aktiv": False}, "Spara")
        person.left = True

    def asks_for_a_stand_in(self, asker: Person, person: Person, days: int) -> None:
        first, last = self.today, self.today + timedelta(days=days)
        typed = {"Vem som ersätter": person.name, "Första dagen": f"{first}", "Sista dagen": f"{last}"}
        asker.does("/users/stand-in/", typed | {"Skäl, till den som svarar": "Chefen är borta"}, "Fråga")

    def loses_the_phone(self, person: Person, asker: Person, answerer: Person) -> None:
        """One asks that the second factor is taken away, another answers and says a code by telephone."""
        asker.comes("/admin/accounts/user/").follows("", beside=person.name)
        asker.browser.presses("Be att den andra faktorn tas bort")
        code = self.answers(answerer, person.name)
        person.signs_in()
        person.gets_an_app(code)

    def wants_emails_at_once(self, person: Person) -> None:
        typed = {"Genast, om det som inte kan vänta": True}
        person.does("/account/", typed, "Spara valet av e-postaviseringar")
        self.ledger.told_at_once.add(person.email)

    # --- the support line ---
    def logs_a_call(self, operator: Person, region: str, consent: bool = True, **more: Any) -> Call:
        """`more`: `urgent`, or about a `child`. It is referred to the region where there is consent."""
        page = operator.does("/calls/new/", {
            "1. Uppringarens yrkesgrupp": "Polis", "Län": COUNTIES[region][1],
            "Brådska": "akut" if more.get("urgent") else "allmänt",
            "2. Ämnen": "Misstänkt ärende om person", "Misstänkta ändamål": "Sexuella ändamål",
            "Flickor" if more.get("child") else "Kvinnor": "1",
            "Samtycke till hänvisning": "Finns" if consent else "Saknas",
            "5. Råd och resultat": "Hänvisning till regionkoordinator" if consent else "Råd gavs",
            "Hänvisad till region": REGIONS[region] if consent else "",
        }, "Spara samtalet")  # fmt: skip
        address = page.address.removesuffix("saved/")
        call = Call(address, operator.name, self.now, region if consent else "", consent)
        self.ledger.calls.append(call)
        return call

    def takes_over_the_call(self, coordinator: Person, call: Call) -> None:
        coordinator.comes("/waiting/referred/").presses("Ta över", beside=call.address)
        call.taken = True

    def takes_the_consent_back(self, operator: Person, call: Call) -> None:
        """The caller rings again: the region is told no more of it."""
        operator.does(f"{call.address}edit/", {"Samtycke till hänvisning": "Saknas"}, "Spara")
        call.consent = False

    # --- the agencies ---
    def notifies(self, officer: Person, region: str, urgency: str = "") -> Notice:
        """Its address is that of the page which both sides share."""
        page = officer.does("/cases/notify/", {
            "Län där personerna finns": COUNTIES[region][1], "Kvinnor": "1", "Brådska": urgency,
            "Din tjänstetelefon": "08-000 00 00", "Misstänkta ändamål": "Sexuella ändamål",
        }, "Skicka anmälan")  # fmt: skip
        address = next(to for _text, to in page.links() if re.search("/notifications/.{36}/messages/$", to))
        self.ledger.notifications.append(notice := Notice(address, officer.name, region))
        return notice

    def writes(self, person: Person, about: Notice | Question, text: str, reader: Person) -> None:
        """On a page that two sides share: the other reads it there. Who answers has read what came."""
        person.does(about.address, {"Meddelande": text}, "Skicka meddelandet")
        assert text in reader.comes(about.address).at.text, f"{reader} does not read {text!r}"
        about.unread = about.unread + 1 if reader.role == OFFICER else 0

    # --- cases ---
    def registers_a_case(self, person: Person, region: str, facts: Facts, n: int = 1, **more: Any) -> Case:
        """A case with so many persons alike; `more`: its call, a reference, the day of identification."""
        call, reference, day = more.get("call"), more.get("reference", ""), more.get("day", self.today)
        facts_only = call is not None and not call.consent
        note = "" if facts_only else f"Kort om ärende {len(self.ledger.cases) + 1}"
        page = person.does("/cases/new/" + (f"?call={call.address.split('/')[2]}" if call else ""), {
            "Kort anteckning": note, "Diarienummer": note and f"D {len(self.ledger.cases) + 1}/27",
            "Medföljande barn": "1", "Län där personen identifierades": COUNTIES[region][1],
            "Datum för identifiering": f"{day}", "Identifierande organisation": facts.agency,
            "Myndighetens egen referens": reference, "Kön": facts.sex,
            "Barn vid identifieringen": facts.child, "Status": facts.status, "Ändamål": facts.purpose,
            "Huvudsakligt ändamål": facts.purpose, "Antal personer som denna": f"{n}",
        }, "Spara")  # fmt: skip
        name = re.findall(r"\b[A-ZÖ]{1,2}-\d{4}-\d{4}\b", page.text)[0]
        address = page.address.removesuffix("handed/")
        case = Case(name, region, self.now, person.name, address, note, from_call=call is not None)
        of_it = case, region, region, day, facts, reference
        case.persons = [Victim(f"{name}-P{one}", *of_it) for one in range(1, n + 1)]
        if call:
            call.case = case
        self.ledger.cases.append(case)
        self.ledger.did(person.email, "Ärenden: öppnade", case)
        return case

    def looks_for(self, person: Person, number: str) -> Page:
        return person.does("/cases/find/", {"Nummer på ärende eller person": number}, "Sök")

    def goes_to(self, person: Person, victim: Victim, link: str) -> None:
        self.looks_for(person, victim.number)
        person.browser.follows(link)

    def changes(self, person: Person, victim: Victim, link: str, typed: dict[str, str], *said: str) -> Page:
        """`said`: the button, and what the audit log tells."""
        self.goes_to(person, victim, link)
        page = person.does("", typed, said[0])
        self.ledger.did(person.email, said[1], victim)
        return page

    def says_the_status(self, person: Person, victim: Victim, status: str) -> None:
        typed = {"Status": status, "Varför ändras statusen?": "Efter utredning"}
        self.changes(person, victim, "Ändra status", typed, "Spara", "ändrade status")
        victim.facts = replace(victim.facts, status=status)

    def corrects_the_sex(self, person: Person, victim: Victim, sex: str) -> None:
        link = "Ändra uppgifterna om personen"
        self.changes(person, victim, link, {"Kön": sex}, "Spara", "Personer: ändrade")
        victim.facts = replace(victim.facts, sex=sex)

    def adds_a_reference(self, person: Person, victim: Victim, reference: str) -> None:
        self.goes_to(person, victim, f"Ändra {victim.facts.agency}")
        person.does("", {"Myndighetens egen referens": reference}, "Spara")
        victim.reference = reference

    # --- between regions ---
    def asks_to_transfer(self, person: Person, victim: Victim, to: str) -> Question:
        typed = {"Till region": REGIONS[to], "Varför överförs personen?": "Personen har flyttat dit"}
        page = self.changes(person, victim, "Överför till", typed, "Begär överföring", "Överföringar: fråga")
        asked = Question("transfer", victim, person.name, to, to, page.link("Visa överför"), victim.region)
        self.ledger.questions.append(asked)
        return asked

    def answers_the_transfer(self, person: Person, asked: Question, *, yes: bool) -> None:
        typed = {"Svar": "Ta emot"} if yes else {"Svar": "Avböj", "Skäl till svaret": "Ingen kontakt med hen"}
        person.does(asked.address, typed, "Besvara överföringen")
        asked.open = False
        self.ledger.did(person.email, "tog emot" if yes else "avböjde", asked.about)
        if yes:
            victim: Any = asked.about
            victim.region = asked.to
            victim.case.settles()
            self.ledger.hands_on_requests(victim.case)

    def takes_back_the_transfer(self, person: Person, asked: Question) -> None:
        person.does(asked.address, {}, "Ta tillbaka")
        asked.open = False
        self.ledger.did(person.email, "draget tillbaka", asked.about)

    def transfers(self, person: Person, victim: Victim, to: str, receiver: Person) -> None:
        self.answers_the_transfer(receiver, self.asks_to_transfer(person, victim, to), yes=True)

    def asks_for_access(self, person: Person, case: Case) -> list[Question]:
        """Each region that has one of its persons is asked."""
        typed = {"Ärendenummer": case.number, "Varför behöver du läsa ärendet?": "Samma arbetsgivare som här"}
        person.does("/cases/access/", typed | {"Personerna i ärendet": True}, "Skicka begäran")
        to = min(person.regions)
        asked = [Question("access", case, person.name, of, to) for of in sorted(case.there or {case.region})]
        self.ledger.questions += asked
        self.ledger.did(person.email, "andra regioners ärenden: frågade", case)
        return asked

    def grants_access(self, person: Person, asked: Question, hours: int = 24) -> None:
        person.comes("/waiting/access/").follows("Svara", beside=f"{asked.about}")
        asked.address = person.does("", {"Svar": f"Bevilja i {hours} tim"}, "Skicka svaret").address
        asked.open, asked.until = False, self.now + timedelta(hours=hours)
        self.ledger.did(person.email, "medgav", asked.about)

    def ends_the_access(self, person: Person, asked: Question) -> None:
        person.does(asked.address, {}, "Avsluta insynen nu")
        asked.until = self.now

    def takes_out(self, person: Person, victim: Victim) -> None:
        typed = {"Varför var det fel?": "Registrerades två gånger av misstag"}
        self.changes(person, victim, "Personen är felregistrerad", typed, "Ta bort det", "borttaget, fel")
        victim.out = True
        victim.case.settles()

    def puts_back(self, person: Person, victim: Victim) -> None:
        person.comes("/cases/mistakes/").follows(victim.number)
        person.saves("Lägg tillbaka")
        victim.out = False
        self.ledger.did(person.email, "återlagt, var inget fel", victim)
        victim.case.settles()

    def downloads_the_list(self, person: Person) -> set[str]:
        """Gives the numbers of the persons in the file, between its headings and its end."""
        why = {"Varför behöver du raderna": "Avstämningen görs rad för rad"}
        typed = {"Format": "CSV", "Vad filen ska användas till": "Avstämning med kommunerna"}
        person.does("/cases/export/", typed, "Skapa filen", why)
        lines = person.browser.follows("Ladda ner filen").body.decode().splitlines()[1:-1]
        return {line.split(";")[1] for line in lines}

    def sets_a_reminder(self, person: Person, case: Case, days: int, late: bool = False) -> str:
        person.comes(case.address).follows("Påminn mig")
        day, text = self.today + timedelta(days=days), f"Ring om punkt {len(self.requests)}"
        person.browser.fills_in({"Dag": f"{day}", "Vad vill du komma ihåg?": text})
        (person.saves_too_late if late else person.saves)("Spara")
        self.ledger.reminders[text] = case
        return text

    def does_what_it_was_reminded_of(self, person: Person, text: str) -> None:
        person.comes("/cases/reminders/").presses("Klart", beside=text)
        del self.ledger.reminders[text]

    # --- the same person twice ---
    def judges(self, person: Person, first: Victim, second: Victim, answer: str = "Samma person") -> None:
        """Both of the own region: side by side, found by the search of the night, or judged before."""
        self.goes_to(person, second, first.number)
        self._answers_the_pair(person, answer, first, second)

    def _answers_the_pair(self, person: Person, answer: str, *pair: Victim) -> None:
        typed = {"Din bedömning": answer, "Varför?": "Referens och dag jämförda"}
        person.does("", typed, "Spara bedömningen")
        for victim, other in pairwise(sorted(pair, key=lambda one: one.key)):
            other.same_as = victim if answer == "Samma person" else None

    def asks_the_other_region(self, person: Person, mine: Victim, theirs: Victim) -> Question:
        self.looks_for(person, mine.number)
        person.saves("Skicka en fråga")
        self.ledger.questions.append(asked := Question("duplicate", theirs, person.name, theirs.region, ""))
        return asked

    def answers_unseen(self, person: Person, asked: Question, answer: str, *pair: Victim) -> None:
        person.comes("/waiting/questions/").follows("Är det samma person?")
        self._answers_the_pair(person, answer, *pair)
        asked.open = False

    def changes_a_judgement(self, person: Person, answer: str, *pair: Victim) -> None:
        """By either of the two regions, by number."""
        person.comes("/cases/duplicates/").follows(pair[0].number)
        self._answers_the_pair(person, answer, *pair)

    def ends_what_waits(self, person: Person) -> None:
        """Reminders, and pairs found by night: two persons. Of two regions one asks, the other answers."""
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
            for n, one in enumerate([*facts, replace(facts[0], sex="grön")], 1)
        ]
        file = File(f"{name}.csv", "\n".join([HEADINGS, *rows]).encode())
        self.sends_the_file(person, file)
        assert "1 rad innehåller fel" in person.at.text, person.at.text[:900]
        person.saves("Importera ")
        numbers = re.findall(r"\b(\S+-\d{4}-\d{4})-P(\d+) ny", person.at.text)
        case = Case(numbers[0][0], region, self.now, person.name, "")
        for (number, n), fact in zip(numbers, facts, strict=True):
            of_it = case, region, region, day, fact, f"{name} | {n}"
            case.persons.append(Victim(f"{number}-P{n}", *of_it))
        done = Import(file, case, person.at.address)
        self.ledger.cases.append(case)
        case.address = self.looks_for(person, case.persons[0].number).link(case.number)
        return done

    def sends_the_file(self, person: Person, file: File) -> Page:
        return person.does("/cases/import/", {"Fil": file}, "Granska filen")

    def corrects_the_file(self, person: Person, done: Import) -> None:
        """The register gives back the row that it refused: put right, its person comes to the others."""
        wrong = self.sends_the_file(person, done.file).link("Ladda ner felraderna")
        right = person.browser.opens(wrong).body.replace("grön".encode(), b"kvinna")
        self.sends_the_file(person, File("rattat.csv", right))
        person.saves("Importera 1 rad")
        (number,) = re.findall(r"\b(\S+-P\d+) ny", person.at.text)
        facts = replace(done.case.persons[0].facts, sex="kvinna")
        done.case.persons.append(replace(done.case.persons[0], number=number, facts=facts, reference=""))

    def sends_it_again(self, person: Person, done: Import) -> None:
        """The same file once more: whatever has become of its rows, nobody new comes of it."""
        text = self.sends_the_file(person, done.file).text
        assert "Nya " not in text, f"{done.file.name} again makes somebody: {text[:900]}"

    def undoes(self, person: Person, done: Import) -> bool:
        """Whether the register let it be undone. What the page says and what the press does agree."""
        if not person.comes(done.address).offers("Ångra importen"):
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
        person.does("/taking-over/", {"Fil": File("b.csv", sheet), "Namn på en ny mall": "Blad"}, "Läs filen")
        person.browser.fills_in({"Personer sammanlagt": f"{rows}", "Kvinnor": f"{rows}", "Årtal": "2017"})
        person.saves("Gå vidare")
        address = person.saves("Fortsätt utan de här kolumnerna").address.replace("questions", "result")
        person.does(address, {"Skäl": "Året 2017, jämfört med bladet"}, "Fråga")
        self.answers(second, "2017")
        person.does(address, {}, "Importera")
        self.waits_for(person, address, lambda text: "Nya personer" in text)
        return address

    def takes_the_sheet_back(self, person: Person, address: str) -> None:
        person.does(address, {}, "Ångra importen av ")
        self.waits_for(person, address, lambda text: "Ångra importen av" not in text)

    def appoints_a_deputy(self, person: Person, region: str, deputy: Person, days: int) -> None:
        first, last = self.today, self.today + timedelta(days=days)
        typed = {"Ersättare": deputy.name, "Första dagen": f"{first}", "Sista dagen": f"{last}"}
        person.does("/coordinators/deputy/", typed | {"Region": REGIONS[region]}, "Utse ersättaren")
        self.ledger.deputies.append((deputy.name, region, first, last))

    def stops_the_deputy(self, person: Person, deputy: Person, region: str) -> None:
        person.does("/coordinators/", {}, f"Avsluta {deputy.name} nu")
        self.ledger.deputies = [one for one in self.ledger.deputies if one[:2] != (deputy.name, region)]

    # --- the end of the year ---
    def closes_the_year(self, person: Person, region: str, year: int) -> None:
        person.does(f"/cases/years/{year}/{region}/", {}, f"Stäng {year}", {"Jag har sett": True})
        self.ledger.closed.add((year, region))

    def reopens_the_year(self, person: Person, region: str, year: int) -> None:
        typed = {"Varför tas det tillbaka?": "Fler ärenden har kommit fram"}
        person.does(f"/cases/years/{year}/{region}/", typed, "Ta tillbaka det")
        self.ledger.closed.discard((year, region))

    # --- publication ---
    def protects(self, analyst: Person, year: int) -> None:
        analyst.comes(address := f"/summaries/publications/{year}/").follows("Föreslå kategorier")
        analyst.browser.presses("Föreslå kategorier")
        self.waits_for(analyst, address, lambda text: "Begär publicering" in text and "t har ä" not in text)

    def waits_for(self, person: Person, address: str, ended: Callable[[str], bool], most: int = 1200) -> None:
        """Till the page says that what goes on in the background has ended."""
        for _try in range(most):
            if ended(person.browser.opens(address).text):
                return
            sleep(0.5)
        raise TimeoutError(person.at.text[:500])

    def asks_to_publish(self, analyst: Person, year: int, state: str, hour: datetime | None = None) -> None:
        of_year = f"/summaries/publications/{year}/"
        if hour:
            day, time = f"{hour.astimezone(HOME):%Y-%m-%d %H:%M}".split()
            typed = {"Dag": day, "Tid": time, "Kontakt": "Statistikfunktionen"}
            analyst.does(f"{of_year}announce/", typed, "Avisera")
        analyst.comes(of_year).follows("Begär publicering")
        also: dict[str, Typed] = {}
        for language in ("svenska", "engelska"):
            also[f"Jag har läst texten på {language}"] = True
            for why in ("reviderad", "slutlig innan alla regioner har stängt året"):
                also[f"Varför den är {why}, på {language}"] = "Uppgifter har rättats efter granskning"
        analyst.does("", {"Publicera som": state}, "Begär publicering", also)

    def approves(self, person: Person, year: int) -> None:
        person.comes(of_year := f"/summaries/publications/{year}/").follows("Publicera en version")
        person.does("", {"Ditt svar": "Ja, så som det begärs"}, "Skicka svaret")
        self.waits_for(person, of_year, lambda text: "om några sekunder" not in text)

    # --- disposal ---
    def rules_how_long(self, asker: Person, answerer: Person, kind: str, years: int) -> None:
        asker.does("/admin/retention/retention/add/", {
            "Vad:": kind, "Räknas från den dag då:": "det senast ändrades", "År:": f"{years}",
            "Beslut:": "Gallringsbeslut 7", "Beslutat den:": f"{self.today}", "Rättslig grund:": "Arkivlagen",
            "Skäl, till den som svarar:": "Beslutet gäller från i dag",
        }, "Spara")  # fmt: skip
        self.answers(answerer, kind)

    def disposes(self, asker: Person, answerer: Person, kind: str) -> None:
        typed = {"Skäl": "Året är arkiverat, dataskyddsombudet har hörts"}
        address = asker.does(f"/disposal/propose/{kind}/", typed, "Föreslå").address
        self.answers(answerer, "Gallra poster")
        asker.does(address, {}, "Genomför gallringen")
        self.waits_for(asker, address, lambda text: "Gallringsprotokoll" in text)

    @property
    def now(self) -> datetime:
        return self.operator.clock.now()

    @property
    def today(self) -> date:
        return self.now.astimezone(HOME).date()
