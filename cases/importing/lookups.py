"""What the rules may not look up themselves, read once: names of agencies, places, countries and codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from agencies.geography import Geography
from agencies.loading import rows as reference_rows
from agencies.models import Agency, Code, County, localised
from cases.facts import BY_NAME, COUNTRY, COUNTY, FactOfPerson
from cases.importing import short_forms
from cases.importing.columns import COLUMNS
from cases.importing.short_forms import with_short_forms
from cases.rules import values
from cases.rules.dates import Validity

LISTS: Final = {fact.codes for fact in COLUMNS if fact.codes}
NAMED: Final = 8  # values of a long list that a message names: the page of codes has them all
CLOSED: Final = [fact.kind for fact in COLUMNS if not isinstance(fact.kind, str)]
_SPECIAL: Final = (
    ("XS", "statslös"),
    ("XS", "stateless"),
    ("ZZ", "okänt"),
    ("ZZ", "okänd"),
    ("ZZ", "unknown"),
)


@dataclass(frozen=True)
class Lookups:
    """`names`: kind of a fact → folded name → what is stored (the key of an agency is its code)."""

    names: Mapping[str, Mapping[str, str]]
    agency_ids: Mapping[str, int]
    validity: Mapping[str, Validity]
    geography: Geography
    words: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, Mapping[str, tuple[str, str]]]  # kind → stored → (Swedish, English)
    short: Mapping[str, frozenset[str]]  # kind of a fact → folded names that are short forms
    told: dict[tuple[str, str], str] = field(default_factory=dict)  # by column and language

    @classmethod
    def load(cls) -> Lookups:
        """Four queries."""
        codes, agencies, counties = (
            list(Code.objects.all()),
            list(Agency.objects.all()),
            list(County.objects.all()),
        )
        common = short_forms.known()
        both = {name: _codes_named(codes, name, common) for name in LISTS}
        both["agency"] = _agencies_named(agencies, common)
        names = {name: found for name, (found, _short) in both.items()}
        names |= {
            "county": values.index((name, row.code) for row in counties for name in _county_names(row)),
            COUNTRY: _countries_named(),
        }
        names |= {fact.name: values.index(_labels(fact.kind)) for fact in COLUMNS if fact.kind in CLOSED}
        words = {name: tuple(row.word for row in codes if row.list == name) for name in LISTS}
        return cls(
            names,
            {row.code: row.pk for row in agencies},
            {
                row.key: Validity(row.valid_from, row.valid_to)
                for row in codes
                if row.valid_from or row.valid_to
            },
            Geography.load(),
            words,
            {
                "code": {row.key: (row.label_sv, row.label_en) for row in codes},
                "agency": {str(row.pk): (row.name_sv, row.name_en) for row in agencies},
                "county": {row.code: (row.name_sv, row.name_en) for row in counties},
            },
            {name: short for name, (_found, short) in both.items()},
        )

    def names_of(self, fact: FactOfPerson) -> Mapping[str, str]:
        """By which a value is found, or guessed: those of a closed set are known to the rules beside."""
        return self.names.get(fact.kind if isinstance(fact.kind, str) else fact.name, {})

    def is_short(self, fact: FactOfPerson, text: str) -> bool:
        """Whether a value is told by a short form of its name."""
        short = self.short.get(fact.kind, ()) if isinstance(fact.kind, str) else ()
        return values.fold(text) in short or values.fold(values.bare(text)) in short

    def allowed(self, column: str) -> str:
        """What may stand in a column, in words. Put together once: a file may have an error in every row."""
        language = translation.get_language() or "sv"
        if (column, language) not in self.told:
            self.told[column, language] = self._allowed(column)
        return self.told[column, language]

    def _allowed(self, column: str) -> str:
        fact = BY_NAME[column]
        if several := self.labels_of(fact):
            words = ", ".join(several[:NAMED])
            more = len(several) - NAMED
            said = words if more <= 0 else _("{shown} and {n} more").format(shown=words, n=more)
            return (
                _("kind:year-month, where kind is one of {words}").format(words=said)
                if (column == "measures")
                else said
            )
        return {
            "case": _("your own reference, or a case number such as V-2018-0012"),
            "person": _("your own reference, or a number such as P1 in a case with a number of ours"),
            "identified_on": _("a date such as 2018-07-01"),
            "municipality": _("the name of a municipality"),
            COUNTRY: _("a country by its code of two or three letters or its name, stateless, or unknown"),
        }[fact.kind if isinstance(fact.kind, str) and fact.kind else column]

    def labels_of(self, fact: FactOfPerson) -> list[str]:
        """The values that a column may have, in the reader's language; of countries none: they are many."""
        if not isinstance(fact.kind, str):
            return [str(label) for label in fact.kind.labels]
        if fact.codes:
            return [
                localised(*self.labels["code"][f"{fact.codes}:{word}"]) for word in self.words[fact.codes]
            ]
        pairs = self.labels.get(fact.kind, {})
        numbered = fact.kind == COUNTY
        return [f"{key} {localised(*pairs[key])}" if numbered else localised(*pairs[key]) for key in pairs]

    def label(self, kind: str, stored: str | int | None) -> str:
        """How a stored value is shown; an empty one is a dash."""
        if stored in (None, ""):
            return "–"
        if kind == "country":
            return str(countries.name(str(stored)) or stored)
        pair = self.labels[kind].get(str(stored))
        return localised(*pair) if pair else str(stored)


Named = tuple[dict[str, str], frozenset[str]]
Common = Mapping[str, tuple[str, ...]]


def _codes_named(codes: Iterable[Code], name: str, common: Common) -> Named:
    rows = [row for row in codes if row.list == name]
    labels = [(label, row.key) for row in rows for label in (row.label_sv, row.label_en)]
    short = ((word, row.key) for row in rows for word in common.get(row.key, ()))
    return with_short_forms([*((row.word, row.key) for row in rows), *labels], labels, short)


def _agencies_named(agencies: Iterable[Agency], common: Common) -> Named:
    """By its code or its names as a whole: a first word of a county board is every county board's."""
    whole = ((name, row.code) for row in agencies for name in (row.code, row.name_sv, row.name_en))
    short = ((word, row.code) for row in agencies for word in common.get(f"agency:{row.code}", ()))
    return with_short_forms(whole, (), short)


def _labels(kind: Any) -> Iterator[tuple[str, str]]:
    """The words of a closed set in both languages."""
    for language in ("sv", "en"):
        with translation.override(language):
            yield from ((str(label), str(value)) for value, label in kind.choices)


def _county_names(row: County) -> tuple[str, ...]:
    """Such as 1, 01, SE-AB, AB, Stockholms län, Stockholms, Stockholm, Stockholm County."""
    short, letter = row.name_sv.removesuffix(" län"), row.iso.removeprefix("SE-")
    english = row.name_en.removesuffix(" County")
    return (
        row.code,
        row.code.lstrip("0"),
        row.iso,
        letter,
        row.name_sv,
        short,
        short.removesuffix("s"),
        row.name_en,
        english,
    )


@cache
def _countries_named() -> dict[str, str]:
    """They come with the register."""
    return values.index(_country_names())


def _country_names() -> Iterator[tuple[str, str]]:
    yield from ((name, code) for code, name in _SPECIAL)
    for language in ("sv", "en"):
        with translation.override(language):
            for code, name in countries:
                yield from ((code, code), (str(name), code), (countries.alpha3(code), code))
    for row in reference_rows("country_names_extra"):
        yield from ((row["name_sv"], row["code"]), (row["name_en"], row["code"]))
