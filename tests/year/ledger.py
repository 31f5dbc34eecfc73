"""What was done, by whom, and what must therefore be true. Nobody asks the register.

A person is counted once, in the year of the first identification, while nobody has said that the record is of
no victim, of somebody counted already, or a mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from tests.year.browser import File

REGIONS: Final = dict(
    B="Bergslagen", M="Mitt", N="Nord", ST="Stockholm", SY="Syd", V="Väst", Ö="Öst",
)  # fmt: skip
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
AGENCY_CODES: Final = {
    "Polismyndigheten": "police", "Migrationsverket": "migration", "Socialtjänsten": "social",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What is told of a person at registration."""

    sex: str = "kvinna"
    child: str = "nej"
    status: str = PRESUMED
    purpose: str = "Sexuella ändamål"
    agency: str = "Polismyndigheten"

    @property
    def group(self) -> str:
        adults, children = {"kvinna": "women", "man": "men"}, {"kvinna": "girls", "man": "boys"}
        if self.sex == "annat kön":
            return "other"
        known = {"nej": adults, "ja": children}.get(self.child, {})
        return known.get(self.sex, "unknown")


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
    def regions(self) -> set[str]:
        """Who reads it: whose it is, and who has one of its persons."""
        return {self.region} | self.there

    @property
    def there(self) -> set[str]:
        """The regions that have its persons."""
        return {person.region for person in self.persons if not person.gone}

    def settles(self) -> None:
        """It goes along where all its persons are with one region."""
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
    """What one region asks of another: a transfer, or access."""

    kind: str
    about: Victim | Case
    asked_by: str
    of: str  # the region that answers
    to: str  # the region that gets it
    address: str = ""
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


@dataclass(frozen=True)
class Act:
    """What the audit log must tell: who, and about what number."""

    who: str
    words: str
    about: str


class Ledger:
    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.calls: list[Call] = []
        self.questions: list[Question] = []
        self.notifications: list[Notice] = []
        self.told_at_once: set[str] = set()  # who wants an e-mail of what cannot wait
        self.reminders: dict[str, Case] = {}  # of who coordinates the region of the case, and nobody else
        self.acts: list[Act] = []
        self.closed: set[tuple[int, str]] = set()
        self.deputies: list[tuple[str, str, date, date]] = []  # name, region, first and last day

    @property
    def persons(self) -> list[Victim]:
        return [person for case in self.cases for person in case.persons]

    def seen_by(self, regions: Iterable[str]) -> set[str]:
        """Return the numbers of the persons on the list of whoever acts for these regions."""
        return {person.number for person in self.persons if person.region in set(regions) and not person.gone}

    def cases_seen_by(self, regions: Iterable[str]) -> set[str]:
        return {case.number for case in self.cases if not case.out and case.regions & set(regions)}

    def granted(self, name: str, case: Case, now: datetime) -> set[str]:
        """Return the regions that let this person read their persons of the case now."""
        asked = [q for q in self.questions if q.kind == "access" and q.about is case and q.asked_by == name]
        return {question.of for question in asked if question.until is not None and question.until > now}

    def waits_for(self, region: str, kind: str) -> int:
        return sum(q.open and q.kind == kind and q.of == region for q in self.questions)

    def new_calls(self, regions: set[str]) -> int:
        """Return how many calls are referred to these regions that nobody has taken over."""
        return sum(call.region in regions and call.waits for call in self.calls)

    def waits_for_an_officer(self, name: str) -> int:
        return sum(notification.unread for notification in self.notifications if notification.by == name)

    def left_by(self, name: str, now: datetime) -> int:
        """Return how many calls and cases of theirs nobody has taken over in two days."""
        calls = [c.at for c in self.calls if c.by == name and c.waits]
        cases = [c.at for c in self.cases if c.by == name and not c.out]
        return sum(at < now - timedelta(days=2) for at in calls + cases)

    def counted(self, year: int) -> list[Victim]:
        """Return the records that are counted, each person once."""
        victims = [group[0] for group in self._groups()]
        return [victim for victim in victims if victim.day.year == year and victim.facts.status != NO_VICTIM]

    def _groups(self) -> Iterator[list[Victim]]:
        """The records of each person, the earliest first."""
        groups: dict[Victim, list[Victim]] = {}
        for person in self.persons:
            if not person.gone:
                groups.setdefault(self._first(person), []).append(person)
        return (sorted(group, key=lambda victim: victim.key) for group in groups.values())

    def _first(self, one: Victim) -> Victim:
        while one.same_as is not None and not one.same_as.gone:
            one = one.same_as
        return one

    def table(self, name: str, year: int) -> Counter[tuple[str, ...]]:
        """Return the cells that are not 0 of one of the year's tables, with `*` for a total."""
        cells: Counter[tuple[str, ...]] = Counter()
        for victim in self.counted(year):
            group = victim.facts.group
            if name == "groups":
                cells.update([(group,), ("*",)])
            else:
                kind = self._kind(name, victim)
                cells.update([(kind, group), (kind, "*"), ("*", group), ("*", "*")])
        return cells

    def _kind(self, name: str, one: Victim) -> str:
        return {
            "main_purpose": PURPOSE_CODES[one.facts.purpose],
            "county": COUNTIES[one.county][0],
            "status": STATUS_CODES.get(one.facts.status, ""),
            "organisation": AGENCY_CODES[one.facts.agency],
            "source": "support_line" if one.case.from_call else "coordinator",
        }[name]

    def forgets_the_cases(self) -> None:
        """With their calls and reminders."""
        for case in self.cases:
            case.out = True
        self.calls = [call for call in self.calls if call.case is None]
        self.reminders.clear()

    def did(self, who: str, words: str, about: object) -> None:
        self.acts.append(Act(who, words, str(about)))
