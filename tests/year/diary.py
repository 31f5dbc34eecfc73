"""The year, day by day: who comes, what they do, and when each is asked what they are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import combinations, cycle, product
from time import monotonic
from traceback import extract_tb
from typing import Any, Final

from tests.year import ledger as told, people as role
from tests.year.acts import Acts
from tests.year.compare import PERSON, Comparison
from tests.year.ledger import Case, Facts, Figured, Import, Question
from tests.year.operator import HOME
from tests.year.people import Person

YEAR: Final = 2027
SPRING: Final = 13
LINE, COUNTY, LEAD = "Stödtelefonen", "Regionkoordinator", "Jämställdhetsmyndigheten"
# Who works here from January beside an administrator and a manager: name, role, agency and region.
STAFF: Final = (
    ("Vera Vik", role.COORDINATOR, COUNTY, "V"), ("Sven Sand", role.COORDINATOR, COUNTY, "SY"),
    ("Olle Ohm", role.OPERATOR, LINE, ""), ("Pia Palm", role.OFFICER, "Polismyndigheten", ""),
    ("Anna Ask", role.ANALYST, LEAD, ""), ("Disa Dal", role.DPO, LEAD, ""),
    ("Stina Sten", role.COORDINATOR, COUNTY, "ST"), ("Nils Näs", role.COORDINATOR, COUNTY, "N"),
    ("Maja Mark", role.COORDINATOR, COUNTY, "M"), ("Berit Berg", role.COORDINATOR, COUNTY, "B"),
    ("Östen Ör", role.COORDINATOR, COUNTY, "Ö"), ("Vidar Våg", role.COORDINATOR, COUNTY, "V"),
    ("Sixten Skog", role.COORDINATOR, COUNTY, "ST"), ("Olga Ost", role.OPERATOR, LINE, ""),
    ("Oskar Orm", role.OPERATOR, LINE, ""), ("Arne Alm", role.ANALYST, LEAD, ""),
    ("Mikael Malm", role.OFFICER, "Migrationsverket", ""), ("Sofia Sjö", role.OFFICER, "Socialtjänsten", ""),
    ("Siri Sund", role.COORDINATOR, COUNTY, "SY"), ("Nina Norr", role.COORDINATOR, COUNTY, "N"),
    ("Orvar Ö", role.OPERATOR, LINE, ""),
)  # fmt: skip
NEUTRAL: Final = ("deputy", "closing", "import")  # leave an import as it was
EVENTS: Final = (*NEUTRAL, "transfer", "grant", "misregistration", "duplicate", "correction")


class Diary:
    BEGINS: Final = date(YEAR, 1, 11)  # a Monday

    def __init__(self, acts: Acts, pairs: Sequence[tuple[str, ...]] = ()) -> None:
        self.acts, self.random, self.ledger = acts, acts.random, acts.ledger
        self.compared, self.began = Comparison(acts), monotonic()
        every = [tuple(self.random.sample(two, 2)) for two in combinations(EVENTS, 2)]  # a year meets all
        self.pairs = cycle(pairs or self.random.sample(every, len(every)))
        self.combined: list[tuple[str, ...]] = []
        self.waiting: list[Question] = []
        self.frozen: dict[int, list[Figured]] = {}  # by year

    def a_busy_week(self) -> None:
        """Monday and Thursday of six people in two regions, who are let in on Monday."""
        self.people_come(STAFF[:4])
        for day in (0, 3):
            self.morning(self.BEGINS + timedelta(days=day))
            self.a_day()
        self.compared.of_everybody(YEAR)

    def a_year(self, months: Sequence[int]) -> None:
        """These months; the thirteenth is the spring after."""
        self.morning(date(YEAR, months[0], 11))
        self.people_come(STAFF)
        for month in (one for one in months if one < SPRING):
            for day in self.days_of(month):
                self.morning(day)
                self.a_day()
            self.what_happens_in(month)
            self.tells(month)
        if SPRING in months:
            self.the_spring_after()
            self.tells(SPRING)

    def goes(self, act: Callable[[], object]) -> None:
        """What does not go is written down, and life goes on."""
        try:
            act()
        except Exception as fault:
            where = " < ".join(frame.name for frame in reversed(extract_tb(fault.__traceback__)[1:]))
            self.compared.finds(f"{where}: {type(fault).__name__} {fault}")

    def tells(self, month: int) -> None:
        seconds, requests, compared = monotonic() - self.began, len(self.acts.requests), self.compared
        found = f"{requests} requests, {compared.made} comparisons, {len(compared.faults)} faults"
        print(f"{month}: {seconds:.0f} s, {found}", flush=True)

    def what_happens_in(self, month: int) -> None:
        operator = self.acts.operator
        happens: dict[int, tuple[Callable[[], object], ...]] = {
            2: (self.somebody_is_told_at_once,),
            3: (partial(operator.kills, "worker"), operator.starts_the_worker),
            4: (self.an_old_sheet_comes_and_goes,),
            5: (lambda: self.compared.same("no database", operator.loses_the_database(), 503),),
            6: (operator.moves_to_another_server,),
            8: (self.the_manager_goes_away,),
            9: (self.somebody_is_told_at_once,),
            10: (partial(operator.kills, "web"), operator.starts_the_web),
        }
        each = self.somebody_is_reminded, self.one_person_is_met_in_two_regions, self.a_file_is_corrected
        for act in (*each, self.consent_is_missing, *happens.get(month, ())):
            self.goes(act)
        self.morning(date(YEAR, month, 28), 16)
        self.goes(partial(self.compared.of_everybody, YEAR))

    def one_person_is_met_in_two_regions(self) -> None:
        """Found at night; the later region asks about the other record, which may have gone to a third."""
        acts, facts = self.acts, self.some_facts()
        of_it: dict[str, Any] = {"reference": f"R-{len(self.ledger.cases)}"}
        home, other, third = map(acts.of_region, self.random.sample(sorted(told.REGIONS), 3))
        (theirs,) = acts.registers_a_case(home, min(home.regions), facts, **of_it).persons
        (mine,) = acts.registers_a_case(other, min(other.regions), facts, **of_it).persons
        acts.operator.does("find_duplicates")
        asked = acts.asks_the_other_region(other, mine, theirs)
        if self.random.random() < 0.5:
            acts.transfers(home, theirs, min(third.regions), third)
            asked.of = theirs.region
        for person in (home, third):
            self.compared.of_my_page(person, acts.regions_of(person))
        answers = self.random.sample(("Samma person", "Olika personer"), 2)
        acts.answers_unseen(self.holder(theirs), asked, answers[0], mine, theirs)
        acts.changes_a_judgement(other, answers[1], mine, theirs)
        self.compared.of_a_case(other, theirs.case, acts.regions_of(other))

    def somebody_is_reminded(self) -> None:
        """By a deputy too: when they are stopped, what they had taken on goes to whom it belongs."""
        acts, case = self.acts, [one for one in self.ledger.cases if not one.out][-1]
        deputy = self.stranger(person := acts.of_region(case.region))
        done = acts.sets_a_reminder(person, case, 1)
        acts.appoints_a_deputy(person, case.region, deputy, days=1)
        acts.sets_a_reminder(deputy, case, 40, late=True)
        acts.stops_the_deputy(person, deputy, case.region)
        acts.does_what_it_was_reminded_of(person, done)

    def a_file_is_corrected(self) -> None:
        person, name = self.one_of(role.COORDINATOR), f"F{len(self.ledger.cases)}"
        done = self.acts.imports(person, min(person.regions), name, [self.some_facts()], self.acts.today)
        self.acts.corrects_the_file(person, done)
        self.compared.of_a_case(person, done.case, self.acts.regions_of(person))

    def consent_is_missing(self) -> None:
        """From the start, or taken back: the region is told of no such call, and of a child as facts."""
        acts, operator, region = self.acts, self.one_of(role.OPERATOR), self.random.choice(list(told.REGIONS))
        coordinator = acts.of_region(region)
        acts.takes_the_consent_back(operator, referred := acts.logs_a_call(operator, region, urgent=True))
        of_child = acts.logs_a_call(operator, region, consent=False, child=True)
        case = acts.registers_a_case(operator, region, replace(self.some_facts(), child="ja"), call=of_child)
        self.compared.of_a_case(coordinator, case, acts.regions_of(coordinator))
        for call in (referred, of_child):
            self.compared.same(f"{call.address}", coordinator.comes().looks(call.address).status, 404)

    def somebody_is_told_at_once(self) -> None:
        """What is urgent is told by e-mail to who wants it, and to nobody else; nothing else is."""
        officer, mail = self.one_of(role.OFFICER), self.acts.mail
        self.acts.wants_emails_at_once(self.acts.people["vera"])
        self.acts.operator.does("work", "--once")  # of access asked for in the morning
        for urgency in ("allmänt", "akut"):
            before = len(mail.emails)
            self.acts.notifies(officer, "V", urgency)
            self.acts.operator.does("work", "--once")
            told = {email.to for email in mail.emails[before:] if "något kan inte vänta" in email.subject}
            must = self.ledger.told_at_once if urgency == "akut" else set()
            self.compared.same(f"who is told at once of what is {urgency}", told, must)

    def an_old_sheet_comes_and_goes(self) -> None:
        person, before = self.acts.people["maja"], self.ledger.seen_by({"M"})
        address = self.acts.takes_over_a_sheet(person, self.magda, "M", 4)
        came = self.compared.listed(person, "/cases/persons/", PERSON) - before
        self.compared.same("persons of an old sheet", len(came), 4)
        self.acts.closes_the_year(person, "M", 2017)
        self.acts.takes_the_sheet_back(person, address)
        self.compared.of_a_coordinator(person, YEAR)
        self.compared.of_a_year(person, "M", 2017)

    def the_manager_goes_away(self) -> None:
        """Who stands in answers no own request. One leaves, one comes, and one loses the phone."""
        acts = self.acts
        elsa = acts.is_made_on_the_server("Elsa Elm", "elsa@jamy.example", role.ADMINISTRATOR)
        acts.asks_for_a_stand_in(self.adam, elsa, 2)
        acts.answers(self.magda, elsa.name)
        elsa.role = role.MANAGER
        acts.asks_for_a_stand_in(elsa, acts.people["anna"], 2)
        self.compared.same("who asks may answer", elsa.browser.offers("Skicka svaret"), False)
        elsa.saves("Dra tillbaka frågan")
        acts.loses_the_phone(acts.people["vera"], self.adam, elsa)
        acts.ends_the_account(self.adam, acts.people["nils"])
        new = acts.lets_in(self.adam, elsa, "Nora Nord", "nora@regi.example", role.COORDINATOR, COUNTY)
        there = next((one for one in acts.at_work() if "N" in acts.regions_of(one)), elsa)  # answers first
        acts.gives_a_region(self.adam, there, new, "N")
        self.compared.of_what_is_closed(elsa)
        self.morning(acts.today + timedelta(days=3))
        elsa.role = role.ADMINISTRATOR
        self.compared.of_what_is_closed(elsa)

    def the_spring_after(self) -> None:
        """Closed in January, preliminary in February, final in March, revised in April."""
        self.morning(date(YEAR + 1, 1, 17))
        self.goes(self.what_waits_is_answered)
        for year, region in product((YEAR - 1, YEAR), told.REGIONS):
            self.goes(partial(self.acts.closes_the_year, self.acts.of_region(region), region, year))
            self.goes(partial(self.compared.of_a_year, self.acts.of_region(region), region, year))
        self.goes(self.a_late_file_comes_and_goes)
        for month, what in enumerate(("Preliminär", "Slutlig", "Reviderad"), 2):
            self.morning(date(YEAR + 1, month, 7))
            self.goes(partial(self.comes_out, YEAR, what))
            self.goes(self.late_acts)
        self.morning(date(YEAR + 1, 5, 8))
        self.goes(partial(self.comes_out, YEAR, "Reviderad"))
        if self.ledger.counted(YEAR - 1):
            self.goes(partial(self.comes_out, YEAR - 1, "Slutlig"))
        looks = (partial(self.compared.of_everybody, YEAR), self.compared.of_the_audit_log)
        for look in (*looks, self.an_old_year_is_disposed_of):
            self.goes(look)

    def an_old_year_is_disposed_of(self) -> None:
        """By two, where nothing waits and its package is made: nobody finds it, and what is public stays."""
        for person in self.of(role.COORDINATOR) * 2:
            self.acts.ends_what_waits(person)
        for year in (YEAR - 1, YEAR):
            self.acts.operator.archives(year)
        self.morning(date(YEAR + 2, 6, 4))
        self.acts.rules_how_long(self.adam, self.magda, "Ärenden", 1)
        self.acts.disposes(self.adam, self.magda, "case")
        self.ledger.forgets_the_cases()
        self.compared.of_everybody(YEAR)
        for case in self.compared.some(self.ledger.cases):
            self.compared.of_a_case(self.acts.of_region(case.region), case, {case.region})
        self.compared.of_what_is_public(YEAR, "Reviderad", self.frozen[YEAR])
        self.combined += [(event, "disposal") for event in {one for pair in self.combined for one in pair}]

    def a_late_file_comes_and_goes(self) -> None:
        """Of a year that is closed: the analyst is told, and no more when it is undone."""
        vera, anna = self.acts.people["vera"], self.acts.people["anna"]
        done = self.acts.imports(vera, "V", "Sent", [self.some_facts()] * 2, date(YEAR, 11, 9))
        for late in (True, False):
            self.compared.of_a_year(vera, "V", YEAR)
            told_of_it = "Registrerat efter att året stängdes" in anna.comes("/").at.text
            self.compared.same("what is late is told", told_of_it, late)
            if late:
                self.compared.same("a late file is undone", self.acts.undoes(vera, done), True)

    def late_acts(self) -> None:
        """What is counted of the closed year changes still: one out, one that is no victim, one moved."""
        counted = self.random.sample(self.ledger.counted(YEAR), 3)
        self.acts.takes_out(self.holder(counted[0]), counted[0])
        self.acts.says_the_status(self.holder(counted[1]), counted[1], told.NO_VICTIM)
        holder = self.holder(counted[2])
        other = self.stranger(holder)
        self.acts.transfers(holder, counted[2], min(other.regions), other)

    def comes_out(self, year: int, state: str) -> None:
        """Protected, asked for and answered by another; read by everybody from its hour, and not before."""
        analyst = self.acts.people["anna"]
        self.acts.protects(analyst, year)
        hour = self.acts.now + timedelta(hours=2)
        self.acts.asks_to_publish(analyst, year, state, hour if state != "Reviderad" else None)
        self.acts.approves(self.magda, year)
        self.frozen.setdefault(year, []).append(self.ledger.codes(year))
        if state != "Reviderad":
            self.compared.of_what_is_public_before(year, state)
            self.acts.operator.clock.set(hour + timedelta(minutes=1))
        self.compared.of_what_is_public(year, state, self.frozen[year])

    def days_of(self, month: int) -> list[date]:
        days = [date(YEAR, month, day) for day in range(12, 26)]
        weekdays = [day for day in days if day.weekday() < 5]
        return sorted(self.random.sample(weekdays, 3))

    def morning(self, day: date, hour: int = 8) -> None:
        self.acts.operator.clock.set(datetime(day.year, day.month, day.day, hour, tzinfo=HOME))

    def people_come(self, staff: tuple[tuple[str, str, str, str], ...]) -> None:
        acts = self.acts
        self.adam = acts.is_made_on_the_server("Adam Ek", "adam@jamy.example", role.ADMINISTRATOR)
        self.magda = acts.is_made_on_the_server("Magda Mo", "magda@jamy.example", role.MANAGER)
        for name, what, agency, region in staff:
            email = f"person-{len(acts.people)}@work.example"
            person = acts.lets_in(self.adam, self.magda, name, email, what, agency)
            if region:
                acts.gives_a_region(self.adam, self.magda, person, region)

    def of(self, role: str) -> list[Person]:
        return [person for person in self.acts.at_work() if person.role == role]

    def one_of(self, role: str) -> Person:
        return self.random.choice(self.of(role))

    def stranger(self, to: Person) -> Person:
        return self.random.choice([p for p in self.of(role.COORDINATOR) if not p.regions & to.regions])

    def holder(self, victim: Any) -> Person:
        """A coordinator of the region that has the person now."""
        return self.acts.of_region(victim.region)

    def a_day(self) -> None:
        self.goes(self.what_waits_is_answered)
        self.goes(self.the_line_is_rung)
        self.goes(self.an_agency_notifies)
        self.goes(lambda: self.a_transfer_is_asked_for(self.a_case_is_registered()))
        self.goes(partial(self.two_things_meet, *next(self.pairs)))

    def the_line_is_rung(self) -> None:
        operator, coordinator = self.one_of(role.OPERATOR), self.one_of(role.COORDINATOR)
        region = min(coordinator.regions)
        call = self.acts.logs_a_call(operator, region, urgent=self.random.random() < 0.3)
        self.acts.logs_a_call(operator, region, consent=False)
        opened = self.random.random()
        if opened < 0.4:
            self.acts.takes_over_the_call(coordinator, call)
        elif opened < 0.8:
            self.acts.registers_a_case(operator, region, self.some_facts(), call=call)
        elif opened < 0.9:
            self.acts.takes_the_consent_back(operator, call)

    def what_waits_is_answered(self) -> None:
        for asked in self.waiting:
            person, asker = self.acts.of_region(asked.to), self.holder(asked.about)
            self.acts.writes(person, asked, "Vi tar upp det i dag", asker)
            answer = self.random.random()
            if answer < 0.2:
                self.acts.takes_back_the_transfer(asker, asked)
            else:
                self.acts.answers_the_transfer(person, asked, yes=answer < 0.6)
        self.waiting.clear()
        for asked in [one for one in self.ledger.questions if one.kind == "access" and one.open]:
            self.acts.grants_access(self.acts.of_region(asked.of), asked)

    def a_transfer_is_asked_for(self, case: Case) -> None:
        """It waits until the next day that is lived, as does a third region that wants to read the case."""
        person = self.holder(case.persons[-1])
        to = min(self.stranger(person).regions)
        self.waiting.append(self.acts.asks_to_transfer(person, case.persons[-1], to))
        for third in [p for p in self.of(role.COORDINATOR) if not p.regions & {to, *case.regions}][:1]:
            self.acts.asks_for_access(third, case)

    def an_agency_notifies(self) -> None:
        officer, coordinator = self.one_of(role.OFFICER), self.one_of(role.COORDINATOR)
        sent = self.acts.notifies(officer, min(coordinator.regions))
        self.acts.writes(coordinator, sent, "Tack, jag ringer i morgon", officer)
        if self.random.random() < 0.5:
            self.acts.writes(officer, sent, "Det går bra efter tio", coordinator)

    def a_case_is_registered(self) -> Case:
        person = self.one_of(role.COORDINATOR)
        number = self.random.choice((1, 1, 2, 5, 40))
        case = self.acts.registers_a_case(person, min(person.regions), self.some_facts(), number)
        if self.random.random() < 0.5:
            status = self.random.choice((told.IDENTIFIED, told.NO_VICTIM))
            self.acts.says_the_status(person, self.random.choice(case.persons), status)
        return case

    def some_facts(self) -> Facts:
        choose = self.random.choice
        sex = choose(("kvinna", "kvinna", "man", "annat kön", "ej registrerat"))
        return Facts(sex, choose(("nej", "nej", "ja", "okänt")), choose((told.PRESUMED, told.ASSESSED)),
                     choose(tuple(told.PURPOSE_CODES)), choose(tuple(told.AGENCY_CODES)))  # fmt: skip

    def two_things_meet(self, *events: str) -> None:
        Meeting(self, *events).happens()
        self.combined.append(events)


class Meeting:
    """Of a case of two persons in one region: what happens to it first, and what then; and back again."""

    def __init__(self, diary: Diary, *events: str) -> None:
        self.diary, self.acts, self.events = diary, diary.acts, events
        self.home = diary.one_of(role.COORDINATOR)
        self.region = min(self.home.regions)
        strangers = [p for p in diary.of(role.COORDINATOR) if self.region not in p.regions]
        self.other = diary.random.choice(strangers)
        self.third = diary.random.choice([p for p in strangers if p is not self.other] or strangers)
        self.name = f"M{len(diary.acts.ledger.cases)}"
        self.day = date(YEAR - 1, 12, 1) if "closing" in events else diary.acts.today
        self.imported: Import | None = None
        self.undone: list[Callable[[], None]] = []

    def happens(self) -> None:
        case = self._begins()
        for event in self.events:
            getattr(self, f"_{event}")(case)
            self._is_right(case)
        if self.imported:  # undone also while its year is closed
            self.acts.sends_it_again(self.home, self.imported)
            undone = self.acts.undoes(self.home, self.imported)
            self.diary.compared.same(f"undone after {self.events}", undone, set(self.events) <= set(NEUTRAL))
            self._is_right(case)
        for undo in reversed(self.undone):
            undo()
        self._is_right(case)

    def _is_right(self, case: Case) -> None:
        for person in {self.home, self.other, self.third}:
            self.diary.compared.of_a_case(person, case, self.acts.regions_of(person))
        self.diary.compared.of_a_year(self.home, self.region, YEAR - 1)

    def _begins(self) -> Case:
        facts = Facts("man", "nej", told.PRESUMED, "Tvångsarbete")
        if "import" in self.events:
            self.imported = self.acts.imports(self.home, self.region, self.name, [facts] * 2, self.day)
            return self.imported.case
        return self.acts.registers_a_case(self.home, self.region, facts, 2, day=self.day)

    def _transfer(self, case: Case) -> None:
        """Declined first, and asked for again."""
        victim = case.persons[0]
        if not victim.gone:
            asked = self.acts.asks_to_transfer(self.home, victim, min(self.other.regions))
            self.acts.answers_the_transfer(self.other, asked, yes=False)
            self._is_right(case)
            self.acts.transfers(self.home, victim, min(self.other.regions), self.other)
            self.undone.append(partial(self.acts.transfers, self.other, victim, self.region, self.home))

    def _grant(self, case: Case) -> None:
        """Asked for by somebody who does not read it anyhow, granted by each region, and ended by it."""
        strangers = [p for p in (self.third, self.other) if not self.acts.regions_of(p) & case.regions]
        for asked in self.acts.asks_for_access(strangers[0], case) if strangers else []:
            giver = self.diary.acts.of_region(asked.of)
            self.acts.grants_access(giver, asked)
            self.undone.append(partial(self.acts.ends_the_access, giver, asked))

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
        code = victim.reference or f"R-{self.name}"
        if not victim.reference:
            self.acts.adds_a_reference(self.home, victim, code)
        again = self.acts.registers_a_case(self.home, self.region, victim.facts, reference=code, day=self.day)
        self.acts.judges(self.home, victim, again.persons[0])

    def _import(self, case: Case) -> None:
        """It came in before, and comes again when all the rest has happened."""

    def _closing(self, case: Case) -> None:
        """Of the year before, which the persons of the case are counted in."""
        self.acts.closes_the_year(self.home, self.region, YEAR - 1)
        self.undone.append(partial(self.acts.reopens_the_year, self.home, self.region, YEAR - 1))

    def _correction(self, case: Case) -> None:
        victim = case.persons[0]
        if not victim.gone:
            self.acts.corrects_the_sex(self.diary.holder(victim), victim, "kvinna")
