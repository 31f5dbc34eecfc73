"""What was done, by whom, and what must therefore be true. Nobody asks the register.

A person is counted once, in the year of the first identification, while nobody has said that the record is of
no victim, of somebody counted already, or a mistake.

Nobody says anything of citizenship, age class, offence, sector and measures, or of a caller's county: their
tables have one row, or their totals alone. Two purposes has who was met in a call, which names one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any, Final

from tests.year.browser import File
from tests.year.operator import HOME

REGIONS: Final = dict(B="Bergslagen", M="Mitt", N="Nord", ST="Stockholm", SY="Syd", V="Väst", Ö="Öst")
# A county of each region: its code and its name.
COUNTIES: Final = {
    "B": ("18", "Örebro län"), "M": ("03", "Uppsala län"), "N": ("24", "Västerbottens län"),
    "ST": ("01", "Stockholms län"), "SY": ("12", "Skåne län"), "V": ("14", "Västra Götalands län"),
    "Ö": ("05", "Östergötlands län"),
}  # fmt: skip
PRESUMED, ASSESSED = "Förmodat offer", "Förmodat offer, bedömning pågår"
IDENTIFIED, NO_VICTIM = "Identifierat offer", "Bedömd ej vara offer"
STATUS_CODES: Final = {PRESUMED: "presumed", ASSESSED: "under_assessment", IDENTIFIED: "identified"}
PURPOSE_CODES: Final = {
    "Sexuella ändamål": "sexual", "Tvångsarbete": "labour", "Tiggeri": "begging",
    "Kriminella handlingar": "crime",
}  # fmt: skip
AGENCY_CODES: Final = dict(Polismyndigheten="police", Migrationsverket="migration", Socialtjänsten="social")
SEX_CODES: Final = {"kvinna": "F", "man": "M", "annat kön": "O", "ej registrerat": "U"}
CHILD_CODES: Final = dict(ja=("yes", "children"), nej=("no", "adults"), okänt=("unknown", "age_unknown"))
GROUPS: Final = dict(Fno="women", Mno="men", Fyes="girls", Myes="boys")
NOT_ASKED: Final = ("citizenship", "country_group", "age", "ages", "offence")
TABLES: Final = {"groups": ("groups",), "measure_answers": ("measures", "measures")}  # others are by groups
Codes = dict[str, str]  # of a person or call by fact, or by table; several are parted by blanks
Figured = tuple[list[Codes], list[Codes]]  # of the persons that are counted, and of the calls


@dataclass(frozen=True)
class Facts:
    """What is told of a person at registration."""

    sex: str = "kvinna"
    child: str = "nej"
    status: str = PRESUMED
    purpose: str = "Sexuella ändamål"
    agency: str = "Polismyndigheten"


@dataclass(eq=False)
class Victim:
    """A record of a person. `region` is who has it now; `county` that of where identified."""

    number: str
    case: Case
    region: str
    county: str
    day: date
    facts: Facts
    reference: str = ""
    out: bool = False  # taken out as registered by mistake
    same_as: Victim | None = None

    @property
    def first(self) -> Victim:
        return self if self.same_as is None or self.same_as.gone else self.same_as.first

    def __repr__(self) -> str:
        return self.number

    @property
    def gone(self) -> bool:
        return self.out or self.case.out

    @property
    def key(self) -> tuple[date, str]:
        return self.day, self.number


@dataclass(eq=False)
class Case:
    number: str
    region: str
    at: datetime  # opened
    by: str
    address: str
    note: str = ""
    from_call: bool = False
    out: bool = False
    persons: list[Victim] = field(default_factory=list)

    def __repr__(self) -> str:
        return self.number

    @property
    def regions(self) -> set[str]:  # that read it
        return {self.region} | self.there

    @property
    def there(self) -> set[str]:
        return {person.region for person in self.persons if not person.gone}

    def settles(self) -> None:
        """It goes along where its persons are all with one region."""
        if len(self.there) == 1:
            (self.region,) = self.there


@dataclass(eq=False)
class Call:
    address: str
    by: str
    at: datetime
    region: str = ""  # referred to
    consent: bool = True
    taken: bool = False
    case: Case | None = None

    @property
    def waits(self) -> bool:  # for somebody of the region
        return bool(self.region) and self.consent and not self.taken and self.case is None


@dataclass(eq=False)
class Question:
    """What one region asks of another: a transfer, access, or whether two are one."""

    kind: str
    about: Victim | Case
    asked_by: str
    of: str  # the region that answers
    to: str  # the region that gets it
    address: str = ""
    giver: str = ""  # of a transfer
    open: bool = True
    until: datetime | None = None
    unread: int = 0


@dataclass(eq=False)
class Notice:
    """`unread`: messages of the region that the officer has not answered."""

    address: str
    by: str
    region: str
    unread: int = 0


@dataclass(eq=False)
class Import:
    """A file that came in. `address` is its own page."""

    file: File
    case: Case
    address: str


class Ledger:
    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.calls: list[Call] = []
        self.questions: list[Question] = []
        self.notifications: list[Notice] = []
        self.told_at_once: set[str] = set()  # who wants an e-mail of what cannot wait
        self.reminders: dict[str, Case] = {}  # of who coordinates the region of the case, and nobody else
        self.acts: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)  # of each case
        self.closed: set[tuple[int, str]] = set()
        self.deputies: list[tuple[str, str, date, date]] = []  # name, region, first and last day

    @property
    def persons(self) -> list[Victim]:
        """Who is in no case or record that was registered by mistake."""
        return [person for case in self.cases for person in case.persons if not person.gone]

    def seen_by(self, regions: Iterable[str]) -> set[str]:
        """Return the numbers of the persons on the list of whoever acts for these regions."""
        return {person.number for person in self.persons if person.region in set(regions)}

    def granted(self, name: str, case: Case, now: datetime) -> set[str]:
        """Return the regions that let this person read their persons of the case now."""
        asked = [q for q in self.questions if q.kind == "access" and q.about is case and q.asked_by == name]
        return {question.of for question in asked if question.until and question.until > now}

    def hands_on_requests(self, case: Case) -> None:
        """Access that nobody has answered is asked of the regions that have the persons of the case now."""
        requests = [q for q in self.questions if q.about is case and (q.open or q.until)]
        for one in [request for request in requests if request.open]:
            holders = (case.there or {case.region}) - {one.to}
            asked = {q.of for q in requests if q.asked_by == one.asked_by}
            self.questions += [replace(one, of=region) for region in sorted(holders - asked)]
            one.open = one.of in holders

    def hidden_from(self, name: str, regions: set[str], operates: bool) -> list[list[Any]]:
        """Return cases, calls, notifications and transfers that are not of this person or of the regions."""
        asked = [q.about for q in self.questions if q.asked_by == name]
        cases = [c for c in self.cases if c.by != name and not c.regions & regions and c not in asked]
        near = [one for one in self.cases if one not in cases]
        away = [c for c in self.calls if c.region not in regions or not c.consent]
        calls = [call for call in away if not operates and call.case not in near]
        notices = [one for one in self.notifications if one.by != name and one.region not in regions]
        return [
            cases,
            calls,
            notices,
            [q for q in self.questions if q.giver and not {q.of, q.giver} & regions],
        ]

    def new_calls(self, regions: set[str]) -> int:
        """Return how many calls are referred to these regions that nobody has taken over."""
        return sum(call.region in regions and call.waits for call in self.calls)

    def waiting(self, name: str, regions: set[str], now: datetime) -> int:
        """Return how much waits for somebody; an operator's calls and cases after two days. Not known here
        are pairs found by night, messages to regions and what is incomplete."""
        asked = sum(q.open and q.of in regions for q in self.questions) + self.new_calls(regions)
        unread = sum(notification.unread for notification in self.notifications if notification.by == name)
        calls = [c.at for c in self.calls if c.by == name and c.waits]
        cases = [c.at for c in self.cases if c.by == name and not c.out and not regions]
        return asked + unread + sum(at < now - timedelta(days=2) for at in calls + cases)

    def counted(self, year: int) -> list[Victim]:
        """Return the records that are counted: of each person the earliest."""
        groups: dict[Victim, list[Victim]] = defaultdict(list)
        for person in self.persons:
            groups[person.first].append(person)
        victims = [min(group, key=lambda one: one.key) for group in groups.values()]
        return [victim for victim in victims if victim.day.year == year and victim.facts.status != NO_VICTIM]

    def table(self, name: str, year: int) -> Counter[tuple[str, ...]]:
        """Return the cells that are not 0 of one of the year's tables, with `*` for a total."""
        of_calls = name.startswith("calls_")
        facts = TABLES.get(name, (name.removeprefix("calls_"),) if of_calls else (name, "groups"))
        rows = [[[*codes[fact].split(), "*"] for fact in facts] for codes in self.codes(year)[of_calls]]
        return Counter(key for ways in rows for key in product(*ways))

    def codes(self, year: int) -> Figured:
        calls = [call for call in self.calls if call.at.astimezone(HOME).year == year]
        return list(map(_of_a_person, self.counted(year))), list(map(_of_a_call, calls))

    def forgets_the_cases(self) -> None:
        """With their calls and reminders."""
        for case in self.cases:
            case.out = True
        self.calls = [call for call in self.calls if call.case is None]
        self.reminders.clear()

    def did(self, who: str, words: str, about: object) -> None:
        self.acts[f"{about}".partition("-P")[0]][who, words, f"{about}"] += 1


def _of_a_person(one: Victim) -> Codes:
    facts, county, purpose = one.facts, COUNTIES[one.county][0], PURPOSE_CODES[one.facts.purpose]
    sector = "not_asked" if purpose == "labour" else "not_labour"
    purposes = dict.fromkeys(["sexual", purpose] if one.case.from_call else [purpose])
    (child, age_group), sex, status = (
        CHILD_CODES[facts.child],
        SEX_CODES[facts.sex],
        STATUS_CODES[facts.status],
    )
    return dict.fromkeys(NOT_ASKED, "not_asked") | {
        "sex_child": f"{sex}+{child}", "age_group": age_group, "measure": "", "measures": "",
        "groups": GROUPS.get(sex + child, "other" if sex == "O" else "unknown"), "purpose": purpose,
        "place": f"{county}+{one.county}", "county": county, "region": one.county, "status": status,
        "organisation": AGENCY_CODES[facts.agency], "sector": sector,
        "main_purpose": purpose, "any_purpose": " ".join(purposes), "purpose_combination": "+".join(purposes),
        "channel": "support_line" if one.case.from_call else "not_asked",
        "source": "support_line" if one.case.from_call else "coordinator",
    }  # fmt: skip


def _of_a_call(one: Call) -> Codes:
    outcome = ("referral_coordinator" if one.region else "advice") + (" case" if one.case else "")
    codes = {"topic": "person", "caller": "police", "outcome": outcome, "county": "not_asked"}
    return codes | {"month": f"{one.at.astimezone(HOME):%m}"}
