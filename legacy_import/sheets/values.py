"""One cell to the facts that it tells, with how sure that is. Pure.

Facts are texts by name: `on` (a day, month or year, as people write it), `who` (see `people.encode`),
`count`, `women` and the like, and the register's own names of columns. Nothing that identifies a person is
ever among them. What somebody has answered about the spreadsheets of one hand is kept by name for the next
file: names of columns and words of lists, never what stands in a dropped column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache, partial
from typing import Any, Final, NamedTuple

from cases import scanner
from cases.rules.values import fold
from exchange.sheets import UNCALCULATED
from legacy_import.sheets import people, vocabulary
from legacy_import.sheets.vocabulary import EXACT, MONTHS, PERHAPS, Ranked, Vocabulary

_DASH: Final = re.compile("[\u2010-\u2015\u2212]")
_SHORT_YEAR: Final = re.compile(r"([a-zåäö]{2,9})\.?[ _'’-]*([012]\d|9\d)")
_ENGLISH: Final = "january february march april may june july august september october november december"
# By three letters or more of its name.
_MONTH_OF: Final = {
    name[:letters]: place % 12 + 1
    for place, name in enumerate((*MONTHS, *_ENGLISH.split()))
    for letters in range(3, len(name) + 1)
}
_EARLIEST, _LATEST = 1990, 2099
_LEAP = 2016  # a year that has every day


class Day(NamedTuple):
    """`on`: ISO, to the day, month or year. `sure`: 1 where it can be read in one way only."""

    on: str
    sure: float = 1.0


class _Period(NamedTuple):
    """What a sheet tells of its days: `year` and `month` (0: none), and whether 3/5 is the fifth of March."""

    year: int
    month: int
    month_first: bool

    def year_in(self, text: str | None) -> int:
        """Return the year that a day tells in two digits or four, else that of the sheet."""
        if not text:
            return self.year
        year = int(text)
        return year if len(text) == 4 else 1970 + (year - 70) % 100  # 1970 to 2069


def read_day(text: str, *, year: int = 0, month: int = 0, month_first: bool = False) -> Day | None:
    """`year` and `month`: those of the sheet, for days without. `month_first`: 3/5 is the fifth of March."""
    plain = _DASH.sub("-", text.strip().casefold()).strip(" .;,")
    plain = re.sub(r"^(?:ca|cirka|omkring|runt)\.? ", "", plain)
    plain = re.sub(r"(?<=\d)[-./ ]+(?:\?+|xx|00)$", "", plain)  # the day is not known
    period = _Period(year, month, month_first)
    read = (reader(match, period) for pattern, reader in _FORMS if (match := re.fullmatch(pattern, plain)))
    return next((one for one in read if one), None)


def years_in(text: str) -> list[int]:
    """Return the years that a title or a name of a sheet tells: of two digits beside a month."""
    short = _SHORT_YEAR.fullmatch(text.strip().casefold())
    if short and short[1] in _MONTH_OF.keys() | {"vt", "ht", "våren", "hösten"}:
        return [_Period(0, 0, month_first=False).year_in(short[2])]
    return [int(one) for one in re.findall(r"(?<!\d)(20[012]\d|199\d)(?!\d)", text)]


def month_in(text: str) -> int:
    """The month that the name of a sheet or a title is, beside a year at most; 0 for none."""
    return month_of(" ".join(re.findall(r"[^\W\d_]+", text)))


def month_of(word: str) -> int:
    """1 to 12; 0 for what is no month. Three letters are enough."""
    return _MONTH_OF.get(word.casefold().rstrip("."), 0)


def _calendar(year: int, month: int, day: int, sure: float = 1.0) -> Day | None:
    """None for what no calendar has, such as the year or month 0 of a sheet that tells none."""
    with suppress(ValueError):
        found = date(year, month, day)
        return Day(found.isoformat(), sure) if _EARLIEST <= year <= _LATEST else None
    return None


def _whole_month(year: int, month: int, sure: float = 1.0) -> Day | None:
    first = _calendar(year, month, 1, sure)
    return first and first._replace(on=first.on[:7])


def _of_parts(first: int, second: int, year: int, period: _Period) -> Day | None:
    """A number beyond twelve says which is the day; else whoever knows the column does."""
    if first > 12:
        return _calendar(year, second, first)
    if second > 12:
        return _calendar(year, first, second)
    month, day = (first, second) if period.month_first else (second, first)
    return _calendar(year, month, day, 0.95)


def _serial(match: re.Match[str], period: _Period) -> Day | None:
    """The number by which a spreadsheet program counts days, in a cell that is not shown as one."""
    found = date(1899, 12, 30) + timedelta(days=int(float(match[0])))
    return Day(found.isoformat(), 0.9) if 2000 <= found.year <= 2035 else None


def _day_month(match: re.Match[str], period: _Period) -> Day | None:
    found = _of_parts(int(match[1]), int(match[2]), period.year, period)
    return found and found._replace(sure=min(found.sure, 0.9))


def _named_month(match: re.Match[str], period: _Period) -> Day | None:
    year, month = period.year_in(match[3]), month_of(match[2])
    sure = 1.0 if match[3] else 0.9
    if match[1]:
        return _calendar(year, month, int(match[1]), sure)
    return _whole_month(year, month, sure)


def _week(year: int, week: int) -> Day | None:
    """Return the month in which a week begins."""
    with suppress(ValueError):
        monday = date.fromisocalendar(year, week, 1)
        return Day(max(monday.isoformat()[:7], f"{year}-01"), 0.9)
    return None


def _year(match: re.Match[str], period: _Period) -> Day | None:
    return Day(match[1]) if _EARLIEST <= int(match[1]) <= _LATEST else None


# How people write a day, month or year, and what it says. The first that the calendar has is meant.
_FORMS: Final[tuple[tuple[str, Callable[[re.Match[str], _Period], Day | None]], ...]] = (
    (
        r"((?:19|20)\d\d)[-./ ](\d{1,2})[-./ ](\d{1,2})(?:[ t].*)?",
        lambda match, period: _calendar(int(match[1]), int(match[2]), int(match[3])),
    ),
    (
        r"((?:19|20)?\d\d)(\d\d)(\d\d)",
        lambda match, period: _calendar(period.year_in(match[1]), int(match[2]), int(match[3]), 0.95),
    ),
    (r"[2-5]\d{4}(?:\.0)?", _serial),
    (
        r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./, -]\s*'?((?:19|20)?\d\d)",
        lambda match, period: _of_parts(int(match[1]), int(match[2]), period.year_in(match[3]), period),
    ),
    (
        r"((?:19|20)\d\d)[-./ ]?(0?[1-9]|1[0-2])",
        lambda match, period: _whole_month(int(match[1]), int(match[2])),
    ),
    (
        r"(0?[1-9]|1[0-2])[-./ ]((?:19|20)\d\d)",
        lambda match, period: _whole_month(int(match[2]), int(match[1])),
    ),
    (r"(?:den\s*)?(\d{1,2})\s*/\s*(\d{1,2})", _day_month),
    (r"\d{1,2}", lambda match, period: _calendar(period.year, period.month, int(match[0]), 0.9)),
    (
        r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? ((?:19|20)\d\d)",
        lambda match, period: _calendar(int(match[3]), month_of(match[1]), int(match[2])),
    ),
    (
        r"(?:den\s*)?(?:(\d{1,2})(?::?[ae])?[. -]*)?([a-zåäö]{3,9})\.?(?:[ ,'-]*((?:19|20)?\d\d))?",
        _named_month,
    ),
    (
        r"(?:v\.?|vecka)\s*(\d{1,2})(?:[ ,/-]*((?:19|20)?\d\d))?",
        lambda match, period: _week(period.year_in(match[2]), int(match[1])),
    ),
    (
        r"((?:19|20)\d\d)[ -]*(?:v\.?|w|vecka)\s*(\d{1,2})",
        lambda match, period: _week(int(match[1]), int(match[2])),
    ),
    (
        r"(?:ca|år|cirka|våren?|hösten?|sommaren?|vintern?|vt|ht|början av|slutet av|tidigt)?[ .]*"
        r"((?:19|20)\d\d)(?:\s*\(?\?\)?)?",
        _year,
    ),
)


SURE: Final = 0.85  # from here on nobody is asked
COUNTS: Final = ("women", "men", "girls", "boys", "children", "unknown")
_JOIN: Final = re.compile(r"\s*(?:[/,;+&|\n]|\boch\b|\bsamt\b)\s*")
_NUMBER: Final = re.compile(r"(\d{1,4})(?:\.0)?(?: ?(?:st|pers|personer|barn))?\.?")
_LISTED: Final = ("citizenship", "status", "offence", "channel", "sector")
_OPEN: Final = {  # what "not known" says in a column
    "citizenship": {"citizenship": "ZZ"},
    "main_purpose": {"main_purpose": "purpose:unknown"},
    "sex": {"who": "1:U::"},
    "child": {"child": "unknown"},
    "age_class": {"age_class": "unknown"},
}
LIKE_A_NAME: Final = re.compile(r"[A-ZÅÄÖÉ][^\W\d_]+(?:[ -]+[A-ZÅÄÖÉ][^\W\d_]+){1,4}")
_YES, _NO = ({fold(word) or word for word in some} for some in (vocabulary.YES, vocabulary.NO))
YES_OR_NO: Final = {*_YES, *_NO}
_MEANS_CHILD: Final = {**dict.fromkeys({*_NO, "v"}, "no"), **dict.fromkeys({*_YES, "b"}, "yes")}
_EMPTY, _UNKNOWN = frozenset(vocabulary.EMPTY), frozenset(vocabulary.UNKNOWN)
_NUMBERS: Final = {word: str(number) for word, number in vocabulary.NUMBERS.items()}
_MARKED: Final = dict.fromkeys(_YES, "1")  # a cross in a column that counts

Facts = Mapping[str, str]


class CellReading(NamedTuple):
    """What a cell says. Not `sure`: proposals, the likeliest first, of which somebody takes one."""

    facts: Facts
    sure: float = 1.0
    others: tuple[Facts, ...] = ()


NOTHING: Final = CellReading({})
UNREAD: Final = CellReading({}, 0.0)
_MEANS_NOTHING: Final = {**dict.fromkeys(_EMPTY, NOTHING), UNCALCULATED: UNREAD}


@dataclass(frozen=True)
class Around:
    """What is known of a column before its cells are read: the single letters that it uses, the year of its
    sheet and its month (0 for none), and whether months stand before days."""

    letters: frozenset[str] = frozenset()
    year: int = 0
    month_first: bool = False
    month: int = 0


_MARKS: Final = re.compile(r"\(\s*•[\s•]*\)|•")  # of names that have been left behind


def key_of(text: str) -> str:
    """By which an answer to a cell is kept: without case, blanks and signs."""
    return fold(text) or text.strip()


@dataclass
class CellReader:
    """Reads cells by the concept of their column; what has been answered before is taken first."""

    vocabulary: Vocabulary
    answered: Mapping[str, Mapping[str, Facts]] = field(default_factory=dict)

    def read(self, concept: str, text: str, around: Around) -> CellReading:
        if not text or concept.startswith("drop:"):
            return NOTHING
        known = self.answered.get(concept, {})
        if (key := key_of(text)) in known:
            return CellReading(known[key])
        if concept in {"case", "person"}:
            return _reference(concept, text)
        return self._read_once(concept, text, around)

    @cached_property
    def _read_once(self) -> Callable[[str, str, Around], CellReading]:
        return lru_cache(50_000)(self._read)

    def _read(self, concept: str, text: str, around: Around) -> CellReading:
        text = " ".join(_MARKS.sub(" ", text).split()) or text  # a mark alone may say yes
        plain = text.strip().casefold()
        if plain in _MEANS_NOTHING:
            return _MEANS_NOTHING[plain]
        if concept.startswith("mark:"):
            return _mark(concept.removeprefix("mark:"), plain)
        # A list may have a value for what is not known.
        lists_it = concept in {"status", "sector", "channel"} and self.vocabulary.names[concept].exact(text)
        if plain in _UNKNOWN and not lists_it:
            return CellReading(_OPEN.get(concept, {}))
        return self._by_concept[concept](text, around)

    @cached_property
    def _by_concept(self) -> Mapping[str, Callable[[str, Around], CellReading]]:
        return {
            "identified_on": _day,
            "year": lambda text, around: _day(re.sub(r"\A['’´]?([0-2]\d)\Z", r"20\1", text), around),
            "month": _month,
            "sex": _who,
            "child": _child,
            "age_class": _age,
            "count": _count,
            "accompanying": _accompanying,
            "agency": self._agency,
            "county": partial(self._place, ("county", "municipality", "region")),
            "municipality": partial(self._place, ("municipality", "county", "region")),
            "region": partial(self._place, ("region", "county", "municipality")),
            "main_purpose": self._purposes,
            "purposes": self._purposes,
            "total": partial(_number, "total"),
            **{name: partial(self._listed, name) for name in _LISTED},
            **{name: partial(_number_or_mark, name) for name in COUNTS},
        }

    def _listed(self, concept: str, text: str, around: Around) -> CellReading:
        return _ranked(concept, self.vocabulary.near(concept, text))

    def _agency(self, text: str, around: Around) -> CellReading:
        """With the municipality that stands behind, such as "soc Malmö"."""
        reading = self._listed("agency", text, around)
        if reading.sure < SURE or reading.facts["agency"] not in {"social", "coordinator"}:
            return reading
        place = self._listed("municipality", text, around)
        return CellReading({**reading.facts, **place.facts}, reading.sure) if place.sure >= SURE else reading

    def _place(self, concepts: Sequence[str], text: str, around: Around) -> CellReading:
        """By the list of the column first; then by the others, which people write in its place."""
        ranked = [(c, *one) for c in concepts for one in self.vocabulary.near(c, text)]
        if not ranked:
            return UNREAD
        # One that is known exactly, else the first that is sure, else the surest.
        best = max(ranked, key=lambda one: (one[2] >= EXACT, min(one[2], SURE)))
        ranked.remove(best)
        facts, *proposals = (self._of_place(*one) for one in (best, *ranked[:3]))
        return CellReading(facts, best[2], tuple(proposals))

    def _of_place(self, concept: str, value: str, _sure: float) -> Facts:
        if concept == "municipality":
            return {"municipality": value, "county": self.vocabulary.counties[value]}
        return {concept: value}

    def _purposes(self, text: str, around: Around) -> CellReading:
        """The first is the main one."""
        ranked = self.vocabulary.near("main_purpose", text)
        parts = [one for one in _JOIN.split(text) if one]
        reading = _ranked("main_purpose", ranked)
        if len(parts) > 1 and reading.sure != EXACT:
            perhaps = _ranked("main_purpose", ranked, most=PERHAPS)
            return _first(self._several_purposes(parts), perhaps)
        return reading if reading.sure >= SURE else _first(self._trade(text, around), reading)

    def _several_purposes(self, parts: Sequence[str]) -> CellReading:
        """Return what parts say of which each is a purpose."""
        near = [self.vocabulary.near("main_purpose", part) for part in parts]
        if not all(near):
            return UNREAD
        purposes, sure = zip(*(one[0] for one in near), strict=True)
        first, *others = dict.fromkeys(purposes)
        facts = told({"main_purpose": first, "purposes": "|".join(others)})
        proposals = tuple({"main_purpose": purpose} for purpose in (first, *others))
        return CellReading(facts, min(sure), proposals)

    def _trade(self, text: str, around: Around) -> CellReading:
        """Of who is exploited in a trade the purpose is labour."""
        reading = self._listed("sector", text, around)
        if reading.sure < SURE or reading.facts["sector"] in {"sector:other", "sector:unknown"}:
            return UNREAD
        return CellReading({"main_purpose": "purpose:labour", **reading.facts}, reading.sure)


def _ranked(concept: str, ranked: Ranked, most: float = EXACT) -> CellReading:
    """Return the first value, with the others as proposals."""
    if not ranked:
        return UNREAD
    facts, *others = ({concept: value} for value, _sure in ranked)
    return CellReading(facts, min(ranked[0][1], most), tuple(others))


def _fact(name: str, value: str, sure: float = 1.0) -> CellReading:
    """Return one fact; an empty value has not been read."""
    return CellReading({name: value}, sure) if value else UNREAD


def _first(*readings: CellReading) -> CellReading:
    """Return the first that could be read."""
    return next((reading for reading in readings if reading is not UNREAD), UNREAD)


def _reference(concept: str, text: str) -> CellReading:
    """What identifies somebody is no reference."""
    plain = text.strip()
    says_nothing = plain.casefold() in _EMPTY | _UNKNOWN
    if says_nothing or LIKE_A_NAME.fullmatch(plain) or has_identity(plain):
        return NOTHING
    return CellReading({concept: plain[:60]})


def identifies(text: str) -> bool:
    """Whether a cell seems to tell who somebody is: it is never shown."""
    return scanner.named(text) or surely_identifies(text)


def surely_identifies(text: str) -> bool:
    return bool({one.kind for one in scanner.find(text)} - {"birth_date"})


def has_identity(text: str) -> bool:
    return not IDENTIFYING.isdisjoint(one.reason for one in scanner.find(text))


IDENTIFYING: Final = {"personal_number", "coordination_number", "masked_number", "email"}


def _day(text: str, around: Around) -> CellReading:
    """Return the day; nothing where only its year lacks, which is asked once of all rows."""
    month, month_first = around.month, around.month_first
    found = read_day(text, year=around.year, month=month, month_first=month_first)
    if not found and not around.year and read_day(text, year=_LEAP, month=month, month_first=month_first):
        return NOTHING
    return CellReading({"on": found.on}, found.sure) if found else UNREAD


def _month(text: str, around: Around) -> CellReading:
    plain = text.strip().removesuffix(".0")
    month = int(plain) if plain.isdigit() else month_of(plain)
    if 1 <= month <= 12:
        return CellReading({"month": str(month)})
    return _day(text, around)


def _who(text: str, around: Around) -> CellReading:
    return _fact("who", people.encode(people.who(text, around.letters)))


def _child(text: str, around: Around) -> CellReading:
    if reading := _MEANS_CHILD.get(key_of(text)):
        return CellReading({"child": reading})
    if age := people.age(text):
        if text.strip().isdigit():
            return CellReading({"child": age.child, "age_class": age.klass}, 0.7)
        if age.child:
            return CellReading(told({"child": age.child, "age_class": age.klass}))
    return _fact("child", _child_of_one(people.who(text)))


def _age(text: str, around: Around) -> CellReading:
    if found := people.age(text):
        return CellReading(told({"child": found.child, "age_class": found.klass}), found.sure)
    return _fact("child", _child_of_one(people.who(text, around.letters)), 0.9)


def told(facts: Facts) -> Facts:
    """Return the facts that are told, without what a cell leaves open."""
    return dict(fact for fact in facts.items() if fact[1])


def _child_of_one(who: Sequence[people.Who]) -> str:
    """Return whether the one person of a cell is a child; "" of several, or where it does not say so."""
    return who[0].child.rstrip("?") if len(who) == 1 else ""


def _number(name: str, text: str, around: Around) -> CellReading:
    plain = text.strip().casefold()
    if match := _NUMBER.fullmatch(plain):
        return CellReading(told({name: match[1].lstrip("0")}))
    return _fact(name, _NUMBERS.get(plain, ""))


def _number_or_mark(name: str, text: str, around: Around) -> CellReading:
    return _first(_number(name, text, around), _fact(name, _MARKED.get(key_of(text), "")))


def _count(text: str, around: Around) -> CellReading:
    return _first(_number("count", text, around), _who(text, around))


def _accompanying(text: str, around: Around) -> CellReading:
    if key_of(text) in _NO:
        return NOTHING
    who = people.who(text)
    children = str(sum(one.many for one in who)) if who else ""
    return _first(_number("accompanying", text, around), _fact("accompanying", children))


def _mark(fact: str, plain: str) -> CellReading:
    """A column that is one value, with a cross where it holds."""
    name, _sign, value = fact.partition("=")
    if key_of(plain) in _YES:
        return CellReading({name: value})
    return NOTHING if key_of(plain) in _NO or plain in _UNKNOWN else UNREAD


KINDS: Final = ("column", "value", "colour", "blank", "default", "same_name", "adults", "kind", "down", "row")
NEVER: Final = "drop:"  # a column of this is read by nobody
TABLES: Final = ("persons", "totals", "lists", "none")
LINES: Final = 10  # that a question names
_PAIR: Final = re.compile(r"\s*([^,=]*?)\s*=\s*([^,]*?)\s*(?:,|$)")  # name=value


@dataclass(frozen=True)
class CellQuestion:
    """`key`: by which its answer is kept. `about`: the heading, concept or sheet. `text`: the cell that
    cannot be read, or, where it seems to tell who somebody is, its line and sheet. `proposals`: answers, the
    likeliest first. `cells`: how many wait for it. `lines`: sheet and line of the first."""

    kind: str
    about: str
    text: str = ""
    proposals: tuple[str, ...] = ()
    sure: float = 0.0
    cells: int = 0
    lines: tuple[tuple[str, int], ...] = ()

    @property
    def key(self) -> str:
        return f"{self.kind}|{self.about}|{key_of(self.text)}" if self.text else f"{self.kind}|{self.about}"

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, **asdict(self), "sure": round(self.sure, 2)}


def gather(asked: dict[str, CellQuestion], question: CellQuestion) -> None:
    """Ask one question however many cells and sheets wait for it."""
    if known := asked.get(question.key):
        lines = (known.lines + question.lines)[:LINES]
        question = replace(known, cells=known.cells + question.cells, lines=lines)
    asked[question.key] = question


def said_as(facts: Facts) -> str:
    """An answer of facts in one text: `agency=social,municipality=Malmö`; "" is nothing."""
    return ",".join(f"{name}={value}" for name, value in sorted(facts.items()))


def facts_of(text: str) -> dict[str, str]:
    return dict(_PAIR.findall(text))


@dataclass(frozen=True)
class Answers:
    """Answers by the key of their question."""

    answers: Mapping[str, str] = field(default_factory=dict)

    def get(self, kind: str, about: str, text: str = "") -> str | None:
        return self.answers.get(CellQuestion(kind, about, text).key)

    def columns(self) -> dict[str, str]:
        """What headings have been said to be, by the key of the heading."""
        column = "column|"
        kept = self.answers.items()
        return {key.removeprefix(column): reading for key, reading in kept if key.startswith(column)}

    def values(self) -> dict[str, dict[str, Facts]]:
        """concept → folded text → facts."""
        found: dict[str, dict[str, Facts]] = {}
        for key, answer in self.answers.items():
            match key.split("|", 2):
                case ["value", concept, text]:
                    found.setdefault(concept, {})[text] = facts_of(answer)
        return found


def of_json(told: object) -> Answers:
    """Raises ValueError for what is no mapping."""
    match told:
        case {"answers": {} as answers} if {str(key).partition("|")[0] for key in answers} <= {*KINDS}:
            texts = {str(key): str(value) for key, value in answers.items()}
        case _:
            raise ValueError("This is no mapping: it needs answers by the keys of questions.")
    for key, answer in texts.items():
        if not _may_be(key.partition("|")[0], answer):
            raise ValueError(f"This is no answer to {key}: {answer}.")
    return Answers(texts)


def _may_be(kind: str, answer: str) -> bool:
    """Of a word that is nothing a table or column would be passed over in silence."""
    if kind == "kind":
        return answer in TABLES
    return kind != "column" or answer in vocabulary.LISTS["heading"] or answer.startswith((NEVER, "mark:"))
