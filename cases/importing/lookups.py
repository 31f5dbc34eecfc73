"""What the rules may not look up themselves, read once: names of agencies, places, countries and codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from agencies.geography import Geography
from agencies.loading import rows as reference_rows
from agencies.models import Agency, Code, County, localised
from cases.choices import AgeClass, Child
from cases.facts import BY_NAME, COUNTRY, FactOfPerson
from cases.importing.columns import COLUMNS
from cases.rules import values
from cases.rules.dates import Validity

LISTS: Final = {fact.codes for fact in COLUMNS if fact.codes}
LABELLED: Final = (Child, AgeClass)  # closed sets whose values are told by their labels
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
    told: dict[tuple[str, str], str] = field(default_factory=dict)  # by column and language

    @classmethod
    def load(cls) -> Lookups:
        """Four queries."""
        codes, agencies, counties = (
            list(Code.objects.all()),
            list(Agency.objects.all()),
            list(County.objects.all()),
        )
        names = {name: values.index(_code_names(codes, name)) for name in LISTS}
        names |= {
            "agency": values.index(
                (name, row.code) for row in agencies for name in (row.code, row.name_sv, row.name_en)
            ),
            "county": values.index((name, row.code) for row in counties for name in _county_names(row)),
            COUNTRY: values.index(_country_names()),
        }
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
        )

    def names_of(self, fact: FactOfPerson) -> Mapping[str, str]:
        """Of a closed set none: its words are known to the rules."""
        return self.names.get(fact.kind, {}) if isinstance(fact.kind, str) else {}

    def allowed(self, column: str) -> str:
        """What may stand in a column, in words. Put together once: a file may have an error in every row."""
        language = translation.get_language() or "sv"
        if (column, language) not in self.told:
            self.told[column, language] = self._allowed(column)
        return self.told[column, language]

    def _allowed(self, column: str) -> str:
        fact = BY_NAME[column]
        if not isinstance(fact.kind, str):
            said = fact.kind.labels if fact.kind in LABELLED else fact.kind.values
            return ", ".join(map(str, said))
        if fact.codes:
            words = ", ".join(self.words[fact.codes])
            return (
                _("kind:year-month, where kind is one of {words}").format(words=words)
                if column == "measures"
                else words
            )
        return {
            "case": _("your own reference, or a case number such as V-2018-0012"),
            "person": _("your own reference, or a number such as P1 in a case with a number of ours"),
            "identified_on": _("a date such as 2018-07-01"),
            "agency": ", ".join(localised(*pair) for pair in self.labels["agency"].values()),
            "municipality": _("the name of a municipality"),
            "county": ", ".join(f"{code} {localised(*pair)}" for code, pair in self.labels["county"].items()),
            COUNTRY: _("a country by its code of two or three letters or its name, stateless, or unknown"),
        }[fact.kind or column]

    def label(self, kind: str, stored: str | int | None) -> str:
        """How a stored value is shown; an empty one is a dash."""
        if stored in (None, ""):
            return "–"
        if kind == "country":
            return str(countries.name(str(stored)) or stored)
        pair = self.labels[kind].get(str(stored))
        return localised(*pair) if pair else str(stored)


def _code_names(codes: Iterable[Code], name: str) -> Iterator[tuple[str, str]]:
    for row in codes:
        if row.list == name:
            yield from ((word, row.key) for word in (row.word, row.label_sv, row.label_en))


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


def _country_names() -> Iterator[tuple[str, str]]:
    yield from ((name, code) for code, name in _SPECIAL)
    for language in ("sv", "en"):
        with translation.override(language):
            for code, name in countries:
                yield from ((code, code), (str(name), code), (countries.alpha3(code), code))
    for row in reference_rows("country_names_extra"):
        yield from ((row["name_sv"], row["code"]), (row["name_en"], row["code"]))
