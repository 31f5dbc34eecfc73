"""The year, day by day: who comes, what they do, and when each is asked what they are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import cycle, permutations
from typing import Final

from tests.year.acts import HOME, Acts
from tests.year.compare import TABLES, Comparison
from tests.year.ledger import (
    AGENCY_CODES,
    ASSESSED,
    IDENTIFIED,
    NO_VICTIM,
    PRESUMED,
    PURPOSE_CODES,
    REGIONS,
    Case,
    Facts,
    Import,
    Question,
    Victim,
)  # fmt: skip
from tests.year.people import (
    ADMINISTRATOR,
    ANALYST,
    COORDINATOR,
    DPO,
    MANAGER,
    OFFICER,
    OPERATOR,
    Person,
)  # fmt: skip

YEAR: Final = 2027
LINE, COUNTY, LEAD = "Stödtelefonen", "Regionkoordinator", "Jämställdhetsmyndigheten"
# Who works here from January beside an administrator and a manager: name, role, agency and region.
STAFF: Final = (
    ("Vera Vik", COORDINATOR, COUNTY, "V"),
    ("Sven Sand", COORDINATOR, COUNTY, "SY"),
    ("Olle Ohm", OPERATOR, LINE, ""),
    ("Pia Palm", OFFICER, "Polismyndigheten", ""),
    ("Anna Ask", ANALYST, LEAD, ""),
    ("Disa Dal", DPO, LEAD, ""),
    ("Stina Sten", COORDINATOR, COUNTY, "ST"),
    ("Nils Näs", COORDINATOR, COUNTY, "N"),
    ("Maja Mark", COORDINATOR, COUNTY, "M"),
    ("Berit Berg", COORDINATOR, COUNTY, "B"),
    ("Östen Ör", COORDINATOR, COUNTY, "Ö"),
    ("Vidar Våg", COORDINATOR, COUNTY, "V"),
    ("Sixten Skog", COORDINATOR, COUNTY, "ST"),
    ("Olga Ost", OPERATOR, LINE, ""),
    ("Oskar Orm", OPERATOR, LINE, ""),
    ("Arne Alm", ANALYST, LEAD, ""),
    ("Mikael Malm", OFFICER, "Migrationsverket", ""),
    ("Sofia Sjö", OFFICER, "Socialtjänsten", ""),
)
OF_A_WEEK: Final = 4
EVENTS: Final = ("transfer", "grant", "deputy", "misregistration", "duplicate", "import")


class Diary:
    BEGINS: Final = date(YEAR, 1, 11)  # a Monday

    def __init__(self, acts: Acts) -> None:
        self.acts, self.random, self.ledger = acts, acts.random, acts.ledger
        self.compared = Comparison(acts)
        pairs = list(permutations(EVENTS, 2))
        self.random.shuffle(pairs)
        self.pairs = cycle(pairs)
        self.combined: list[tuple[str, str]] = []
        self.waiting: list[tuple[Question, Person]] = []

    # --- lengths ---
    def a_busy_week(self) -> None:
        """Monday, Wednesday and Friday of six people in two regions, who are let in on Monday."""
        monday = date(YEAR, 1, 11)
        self.morning(monday)
        self.people_come(STAFF[:OF_A_WEEK])
        for day in (0, 2, 4):
            self.morning(monday + timedelta(days=day))
            self.a_day(1 if day < 4 else 0)
        self.compared.of_everybody(YEAR)

    def a_year(self) -> None:
        self.morning(date(YEAR, 1, 11))
        self.people_come(STAFF)
        for month in range(1, 13):
            for day in self.days_of(month):
                self.morning(day)
                self.a_day(1)
            self.what_happens_in(month)
            self.evening(month)
            print(
                f"{month}: {len(self.acts.requests)} requests, {self.compared.made} comparisons", flush=True
            )
        self.the_spring_after()

    def what_happens_in(self, month: int) -> None:
        operator = self.acts.operator
        if month == 3:
            operator.kills("worker")
            operator.starts_the_worker()
        elif month == 5:
            assert operator.loses_the_database() == 503
        elif month == 6:
            operator.moves_to_another_server()
        elif month == 8:
            self.one_leaves_and_another_comes()
        elif month == 10:
            operator.kills("web")
            operator.starts_the_web()

    def one_leaves_and_another_comes(self) -> None:
        acts, leaving = self.acts, self.acts.people["nils"]
        acts.ends_the_account(self.adam, leaving)
        new = acts.lets_in(self.adam, self.magda, "Nora Nord", "nora@regi.example", COORDINATOR, COUNTY)
        acts.gives_a_region(self.adam, self.magda, new, "N")

    def the_spring_after(self) -> None:
        """Closed in January, preliminary in February, final in March, revised in April."""
        anna, magda = (self.acts.people[name] for name in ("anna", "magda"))
        self.morning(date(YEAR + 1, 1, 17))
        self.what_waits_is_answered()
        for region in REGIONS:
            person = next(one for one in self.of(COORDINATOR) if region in one.regions)
            self.acts.closes_the_year(person, region, YEAR)
        self.comes_out("Preliminär", anna, magda, date(YEAR + 1, 2, 7))
        self.late_acts(date(YEAR + 1, 2, 21))
        self.comes_out("Slutlig", anna, magda, date(YEAR + 1, 3, 20))
        self.acts.operator.archives(YEAR)
        self.late_acts(date(YEAR + 1, 4, 3))
        self.comes_out("Reviderad", anna, magda, date(YEAR + 1, 4, 10))
        self.compared.of_everybody(YEAR)
        self.compared.of_the_letters()
        self.compared.of_the_audit_log()

    def late_acts(self, day: date) -> None:
        """What is counted of the closed year changes still: one out, one that is no victim, one moved."""
        self.morning(day)
        counted = self.random.sample(self.ledger.counted(YEAR), 3)
        self.acts.takes_out(self.holder(counted[0]), counted[0])
        self.acts.says_the_status(self.holder(counted[1]), counted[1], NO_VICTIM)
        holder = self.holder(counted[2])
        other = self.random.choice([p for p in self.of(COORDINATOR) if not p.regions & holder.regions])
        self.acts.transfers(holder, counted[2], min(other.regions), other)

    def comes_out(self, state: str, analyst: Person, second: Person, day: date) -> None:
        """Protected, asked for and answered; read by everybody from its hour, and not before."""
        self.morning(day)
        self.acts.protects(analyst, YEAR)
        hour = self.acts.now + timedelta(hours=2)
        self.acts.asks_to_publish(analyst, YEAR, state, hour if state != "Reviderad" else None)
        self.acts.approves(second, YEAR)
        frozen = {name: self.ledger.table(name, YEAR) for name in TABLES}
        if state != "Reviderad":
            self.compared.of_what_is_public_before(YEAR, state)
            self.acts.operator.clock.set(hour + timedelta(minutes=1))
        self.compared.of_what_is_public(YEAR, state, frozen)

    def days_of(self, month: int) -> list[date]:
        days = [date(YEAR, month, day) for day in range(12, 26)]
        weekdays = [day for day in days if day.weekday() < 5]
        return sorted(self.random.sample(weekdays, 3))

    def evening(self, month: int) -> None:
        self.morning(date(YEAR, month, 28), 16)
        self.compared.of_everybody(YEAR)

    def morning(self, day: date, hour: int = 8) -> None:
        self.acts.operator.clock.set(datetime(day.year, day.month, day.day, hour, tzinfo=HOME))

    # --- who ---
    def people_come(self, staff: tuple[tuple[str, str, str, str], ...]) -> None:
        acts = self.acts
        self.adam = acts.is_made_on_the_server("Adam Ek", "adam@jamy.example", ADMINISTRATOR)
        self.magda = acts.is_made_on_the_server("Magda Mo", "magda@jamy.example", MANAGER)
        for name, role, agency, region in staff:
            address = (
                f"{name.split()[0].lower().translate(PLAIN)}@{role[:4].lower().translate(PLAIN)}.example"
            )
            person = acts.lets_in(self.adam, self.magda, name, address, role, agency)
            if region:
                acts.gives_a_region(self.adam, self.magda, person, region)

    def of(self, role: str) -> list[Person]:
        return [person for person in self.acts.at_work() if person.role == role]

    def one_of(self, role: str, *but: Person) -> Person:
        return self.random.choice([person for person in self.of(role) if person not in but])

    def holder(self, victim: Victim) -> Person:
        """A coordinator of the region that has the person now."""
        return next(person for person in self.of(COORDINATOR) if victim.region in person.regions)

    # --- a day ---
    def a_day(self, combinations: int) -> None:
        self.what_waits_is_answered()
        self.the_line_is_rung()
        self.an_agency_notifies()
        self.a_transfer_is_asked_for(self.a_case_is_registered())
        for _time in range(combinations):
            self.two_things_meet(*next(self.pairs))

    def the_line_is_rung(self) -> None:
        operator, coordinator = self.one_of(OPERATOR), self.one_of(COORDINATOR)
        region = min(coordinator.regions)
        call = self.acts.logs_a_call(operator, region, urgent=self.random.random() < 0.3)
        self.acts.logs_a_call(operator, region, consent=False)
        opened = self.random.random()
        if opened < 0.4:
            self.acts.takes_over_the_call(coordinator, call)
        elif opened < 0.8:
            self.acts.registers_a_case(operator, region, self.some_facts(), call=call)

    def what_waits_is_answered(self) -> None:
        for asked, person in self.waiting:
            asker = next(one for one in self.of(COORDINATOR) if one.name == asked.asked_by)
            self.acts.writes(person, asked.address, "Vi tar upp det i dag", asker)
            self.acts.answers_the_transfer(person, asked, yes=self.random.random() < 0.5)
        self.waiting.clear()

    def a_transfer_is_asked_for(self, case: Case) -> None:
        """It waits until the next day that is lived."""
        person = self.holder(case.persons[-1])
        other = self.random.choice([p for p in self.of(COORDINATOR) if not p.regions & person.regions])
        asked = self.acts.asks_to_transfer(person, case.persons[-1], min(other.regions))
        self.waiting.append((asked, other))

    def an_agency_notifies(self) -> None:
        officer, coordinator = self.one_of(OFFICER), self.one_of(COORDINATOR)
        address = self.acts.notifies(officer, min(coordinator.regions))
        self.acts.writes(coordinator, address, "Tack, jag ringer i morgon", officer)

    def a_case_is_registered(self) -> Case:
        person = self.one_of(COORDINATOR)
        number = self.random.choice((1, 1, 2, 5, 40))
        case = self.acts.registers_a_case(person, min(person.regions), self.some_facts(), number)
        if self.random.random() < 0.5:
            status = self.random.choice((IDENTIFIED, NO_VICTIM))
            self.acts.says_the_status(person, self.random.choice(case.persons), status)
        return case

    def some_facts(self) -> Facts:
        choose = self.random.choice
        sex = choose(("kvinna", "kvinna", "man", "annat kön", "ej registrerat"))
        return Facts(sex, choose(("nej", "nej", "ja", "okänt")), choose((PRESUMED, ASSESSED)),
                     choose(tuple(PURPOSE_CODES)), choose(tuple(AGENCY_CODES)))  # fmt: skip

    # --- two things that happen to the same person ---
    def two_things_meet(self, first: str, second: str) -> None:
        Meeting(self, first, second).happens()
        self.combined.append((first, second))


class Meeting:
    """Of a case of two persons in one region: what happens to it first, and what then; and back again."""

    def __init__(self, diary: Diary, *events: str) -> None:
        self.diary, self.acts, self.events = diary, diary.acts, events
        self.home = diary.one_of(COORDINATOR)
        self.region = min(self.home.regions)
        strangers = [p for p in diary.of(COORDINATOR) if self.region not in p.regions]
        self.other = diary.random.choice(strangers)
        self.third = diary.random.choice([p for p in strangers if p is not self.other] or strangers)
        self.name = f"M{len(diary.combined) + 1}"
        self.imported: Import | None = None
        self.undone: list[Callable[[], None]] = []

    def happens(self) -> None:
        case = self._begins()
        for event in self.events:
            getattr(self, f"_{event}")(case)
            self._is_right(case)
        for undo in self.undone:
            undo()
        if self.imported:
            touched = bool({"transfer", "misregistration", "duplicate", "grant"} & set(self.events))
            undone = self.acts.undoes(self.home, self.imported)
            self.diary.compared.same(f"an import is undone after {self.events}", undone, not touched)
        self._is_right(case)

    def _is_right(self, case: Case) -> None:
        for person in {self.home, self.other, self.third}:
            self.diary.compared.of_a_case(person, case, self.acts.regions_of(person))

    def _begins(self) -> Case:
        facts = Facts("man", "nej", PRESUMED, "Tvångsarbete")
        if "import" in self.events:
            self.imported = self.acts.imports(self.home, self.region, self.name, [facts, facts], faulty=True)
            return self.imported.case
        return self.acts.registers_a_case(self.home, self.region, facts, 2)

    def _transfer(self, case: Case) -> None:
        victim = case.persons[0]
        if not victim.gone:
            self.acts.transfers(self.home, victim, min(self.other.regions), self.other)

    def _grant(self, case: Case) -> None:
        if not self.acts.regions_of(self.third) & case.regions:  # who reads it anyhow has nothing to ask for
            self.acts.grants_access(self.home, self.acts.asks_for_access(self.third, case))

    def _deputy(self, case: Case) -> None:
        self.acts.appoints_a_deputy(self.home, self.region, self.third, days=2)
        self.undone.append(lambda: self.acts.stops_the_deputy(self.home, self.third, self.region))

    def _misregistration(self, case: Case) -> None:
        victim = case.persons[0]
        holder = self.diary.holder(victim)
        self.acts.takes_out(holder, victim)
        self.undone.append(lambda: self.acts.puts_back(holder, victim))

    def _duplicate(self, case: Case) -> None:
        victim = case.persons[1]
        again = self.acts.registers_a_case(self.home, self.region, victim.facts, reference=f"R-{self.name}")
        self.acts.adds_a_reference(self.home, victim, f"R-{self.name}")
        self.acts.operator.does("find_duplicates")
        self.acts.judges(self.home, victim, again.persons[0])

    def _import(self, case: Case) -> None:
        assert self.imported
        self.acts.sends_it_again(self.home, self.imported)


PLAIN: Final = str.maketrans("åäö", "aao")
