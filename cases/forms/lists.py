"""The lists that forms choose from, each read at most once a request."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Final
from unicodedata import combining, normalize

from django.utils.translation import get_language
from django_countries import countries

from accounts.access import Access
from agencies.loading import rows
from agencies.models import Agency, Code, County, Region
from cases.models import Call, Person
from cases.rules.dates import Validity
from cases.rules.persons import Context
from cases.rules.values import index

MOST_USED: Final = 6  # names that are offered before all others
LATEST: Final = 500  # rows that they are counted in
OF_PERSON: Final = {"country": "citizenship", "county": "first_county_id", "agency": "first_agency_id"}
LAST: Final = str.maketrans("åäö", "{|}")  # what follows z


def alphabetical(name: object) -> str:
    """Where a name stands in a list: in Swedish å, ä and ö come last, in English with a and o."""
    small = str(name).casefold()
    swedish = (get_language() or "").startswith("sv")
    return _bare(small.translate(LAST)) if swedish else _bare(small)


@lru_cache(maxsize=4096)  # countries, municipalities, counties and agencies, in both languages
def _bare(text: str) -> str:
    return "".join(c for c in normalize("NFKD", text) if not combining(c))


def most_of(values: Iterable[object]) -> list[str]:
    """The values that occur most often, as they are posted; of equally many the first by key."""
    counted = Counter(str(value) for value in values if value)
    return sorted(counted, key=lambda value: (-counted[value], value))[:MOST_USED]


def countries_by_name() -> list[tuple[str, str]]:
    return sorted(((code, str(name)) for code, name in countries), key=lambda pair: alphabetical(pair[1]))


@dataclass(frozen=True, slots=True)
class ListWords:
    """What is typed for the values of a list, and how each is said: made once, for however many fields."""

    labels: Mapping[str, str]  # by value
    values: Mapping[str, str]  # by folded label, or value

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> ListWords:
        """(value, label) pairs."""
        labels = dict(pairs)
        names = [(label, value) for value, label in labels.items()]
        return cls(labels, index([*names, *((value, value) for value in labels)]))


class Lists:
    """`today` is the local day of the request. `access`: who asks, where what they use most comes first."""

    def __init__(self, today: date, access: Access | None = None) -> None:
        self.today, self.access = today, access
        self._words: dict[str, ListWords] = {}

    @cached_property
    def by_list(self) -> dict[str, list[Code]]:
        found: dict[str, list[Code]] = defaultdict(list)
        for code in Code.objects.order_by("list", "position", "key"):
            found[code.list].append(code)
        return found

    @cached_property
    def countries(self) -> ListWords:
        """Those that are used most first."""
        names = dict(countries_by_name())
        first = [(code, names[code]) for code in self.used.get("country", ()) if code in names]
        return ListWords.of([*first, *names.items()])

    def words(self, of: str) -> ListWords:
        """Of a code list."""
        if of not in self._words:
            self._words[of] = ListWords.of((code.key, str(code)) for code in self.by_list[of])
        return self._words[of]

    @cached_property
    def agencies(self) -> list[Agency]:
        return sorted(Agency.objects.all(), key=alphabetical)

    @cached_property
    def counties(self) -> list[County]:
        return sorted(County.objects.all(), key=alphabetical)

    @cached_property
    def regions(self) -> list[Region]:
        return sorted(Region.objects.all(), key=alphabetical)

    @cached_property
    def used(self) -> Mapping[str, list[str]]:
        """What the latest persons of whoever asks most often have, of countries, counties and agencies: it
        orders what is offered, and selects nobody."""
        if self.access is None:
            return {}
        persons = Person.objects.visible_to(self.access).order_by("-pk")
        rows = list(persons.values_list(*OF_PERSON.values())[:LATEST])
        return {kind: most_of(row[place] for row in rows) for place, kind in enumerate(OF_PERSON)}

    @cached_property
    def callers_counties(self) -> list[tuple[County, bool]]:
        """All counties, those that call most often first; whether each is one of them."""
        used: list[str] = []
        if self.access is not None:
            calls = Call.objects.visible_to(self.access).order_by("-pk")
            used = most_of(calls.values_list("caller_county_id", flat=True)[:LATEST])
        rows = sorted(self.counties, key=lambda row: used.index(row.code) if row.code in used else MOST_USED)
        return [(row, row.code in used) for row in rows]

    @cached_property
    def municipalities(self) -> list[str]:
        return sorted((row["name"] for row in rows("municipalities")), key=alphabetical)

    @cached_property
    def context(self) -> Context:
        """What the rules may not look up themselves."""
        codes = (code for rows in self.by_list.values() for code in rows if code.valid_from or code.valid_to)
        return Context(today=self.today, validity={c.key: Validity(c.valid_from, c.valid_to) for c in codes})
