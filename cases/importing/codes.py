"""What each column of a file of persons takes: told on a page, and in the workbook to fill in.

A code or an agency is known by its label, by the first words of it, and by short forms in common use. A name
that is whole always goes first, and what could be two things is none of them. What the rules may not look up
themselves is read once: names of agencies, places, countries and codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from typing import Any, Final

from django.utils import translation
from django.utils.translation import get_language, gettext as _
from django_countries import countries

from agencies.code_words import rows as reference_rows, short_forms
from agencies.directory import Geography
from agencies.models import Agency, Code, County, localised
from cases.facts import AGENCY, BY_NAME, COUNTRY, COUNTY, FactOfPerson
from cases.importing.columns import COLUMNS
from cases.rules import values
from cases.rules.dates import Validity
from cases.rules.values import bare, index, name_folded
from exchange.xlsx_writer import Look, Page, Row, Styled

_PARTS: Final = re.compile(r"\s*[,:;]\s*")
# After these a first word alone says less than the whole: "Arbete under orimliga villkor" is not "arbete".
_BOUND: Final = frozenset(
    {"av", "eller", "för", "i", "med", "och", "till", "under", "utan", "vid"}
    | {"and", "for", "from", "in", "of", "on", "or", "to", "under", "with"}
)
_SAYS_NOTHING: Final = frozenset({"illegal", "olaglig"})  # "Olaglig adoption": so is all that is counted
_SHORTEST: Final = 4  # letters of a first word that stands for a label


def first_words(label: str) -> Iterator[str]:
    """ "Bärplockning, skogsbär" is told by either part, "Sexuella ändamål" by its first word."""
    parts = [part for part in _PARTS.split(label.partition("(")[0].strip()) if part]
    if len(parts) > 1:
        yield from parts
    words = parts[0].split() if parts else []
    first = set(map(str.casefold, words[:2]))
    if len(words) > 1 and len(words[0]) >= _SHORTEST and not (_BOUND | _SAYS_NOTHING) & first:
        yield words[0].strip("-")


def with_short_forms(
    whole: Iterable[tuple[str, str]], labels: Iterable[tuple[str, str]], common: Iterable[tuple[str, str]]
) -> tuple[dict[str, str], frozenset[str]]:
    """Names to values (see `index`) and which of them are short forms. Each is (name, value): `whole` names,
    `labels` of which first words are taken, and short forms in `common` use, which go before those."""
    whole = list(whole)
    names = index(whole)
    taken = {name_folded(name) for name, _value in whole}  # those of two values too
    firsts = index((word, value) for label, value in labels for word in first_words(label))
    found = {key: value for key, value in {**firsts, **index(common)}.items() if key not in taken}
    return names | found, frozenset(found)


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
        codes = list(Code.objects.all())
        agencies = list(Agency.objects.all())
        counties = list(County.objects.all())
        common = short_forms()
        named = {name: _codes_named(codes, name, common) for name in LISTS}
        named["agency"] = _agencies_named(agencies, common)
        return cls(
            names={kind: names for kind, (names, _short) in named.items()} | _other_names(counties),
            agency_ids={row.code: row.pk for row in agencies},
            validity=_validity(codes),
            geography=Geography.load(),
            words=_words(codes),
            labels={
                "code": {row.key: (row.label_sv, row.label_en) for row in codes},
                "agency": {str(row.pk): (row.name_sv, row.name_en) for row in agencies},
                "county": {row.code: (row.name_sv, row.name_en) for row in counties},
            },
            short={kind: short for kind, (_names, short) in named.items()},
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


def _words(codes: Sequence[Code]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(row.word for row in codes if row.list == name) for name in LISTS}


def _validity(codes: Iterable[Code]) -> dict[str, Validity]:
    dated = [row for row in codes if row.valid_from or row.valid_to]
    return {row.key: Validity(row.valid_from, row.valid_to) for row in dated}


def _other_names(counties: Iterable[County]) -> dict[str, dict[str, str]]:
    """Return the names of what has no short forms: counties, countries and closed sets."""
    of_counties = values.index((name, row.code) for row in counties for name in _county_names(row))
    closed = {fact.name: values.index(_labels(fact.kind)) for fact in COLUMNS if fact.kind in CLOSED}
    return {"county": of_counties, COUNTRY: _countries_named()} | closed


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


ROWS: Final = 1_000  # of the empty page that have drop-downs
SEVERAL: Final = frozenset({"purposes", "measures"})  # columns of several values: none is chosen from a list


@dataclass(frozen=True)
class Value:
    """One that a column takes: in the reader's language, in the other one, as a code, in short."""

    label: str
    other: str
    code: str
    short: Sequence[str] = ()


@dataclass(frozen=True)
class FileColumn:
    """`says`: what stands in it in words, where no list of values does."""

    name: str
    label: str
    required: bool
    says: str
    values: Sequence[Value] = field(default=())
    example: str = ""


def columns(lookups: Lookups) -> list[FileColumn]:
    """In the order of a file, in the reader's language."""
    swedish = str(get_language()).startswith("sv")
    return [_column(fact, lookups, swedish=swedish) for fact in COLUMNS]


def _column(fact: FactOfPerson, lookups: Lookups, *, swedish: bool) -> FileColumn:
    values = [] if fact.kind == "" else list(_values(fact, lookups, swedish=swedish))
    label = fact.swedish[0] if swedish and fact.swedish else fact.name
    says = _("kind:year-month, for example {example}") if fact.name == "measures" else ""
    if fact.name == "measures":
        says = says.format(example=_example(fact, values))
    elif not values:
        says = lookups.allowed(fact.name)
    return FileColumn(fact.name, label, fact.required, says, values, _example(fact, values))


def _values(fact: FactOfPerson, lookups: Lookups, *, swedish: bool) -> Iterator[Value]:
    if not isinstance(fact.kind, str):
        yield from _closed_values(fact.kind, swedish=swedish)
        return
    common = short_forms()
    kind = "code" if fact.codes else fact.kind
    stored = [f"{fact.codes}:{word}" for word in lookups.words[fact.codes]] if fact.codes else []
    codes = {str(pk): code for code, pk in lookups.agency_ids.items()}
    for key in stored or lookups.labels.get(kind, {}):
        code = codes[key] if kind == AGENCY else bare(key)
        short = common.get(f"agency:{code}" if kind == AGENCY else key, ())
        yield _value(*lookups.labels[kind][key], code, short, swedish=swedish)


def _closed_values(kind: Any, *, swedish: bool) -> Iterator[Value]:
    labels_sv, labels_en = _column_labels(kind, "sv"), _column_labels(kind, "en")
    for code in kind.values:
        yield _value(labels_sv[code], labels_en[code], code, (), swedish=swedish)


def _column_labels(kind: type, language: str) -> dict[str, str]:
    with translation.override(language):
        return {str(value): str(label) for value, label in kind.choices}  # type: ignore[attr-defined]


def _value(label_sv: str, label_en: str, code: str, short: Sequence[str], *, swedish: bool) -> Value:
    label, other = (label_sv, label_en) if swedish else (label_en, label_sv)
    return Value(label, other, code, short)


def _example(fact: FactOfPerson, values: Sequence[Value]) -> str:
    """Of a person who does not exist."""
    words = {value.code: value.label for value in values}
    if fact.name == "measures":
        return f"{words['shelter']}:2018-07" if "shelter" in words else ""
    chosen = {
        AGENCY: "police", COUNTY: "14", "channel": "police", "sex": "F", "child": "no", "age_class": "25-34",
        "status": "presumed", "offence": "trafficking", "main_purpose": "labour", "sector": "berries",
    }  # fmt: skip
    texts = {"case": _("EXAMPLE-1"), "person": "K1", "identified_on": "2018-07-04", "citizenship": "TH"}
    return texts.get(fact.name) or words.get(chosen.get(fact.name, ""), "")


def workbook() -> list[Page]:
    """To be filled in: an empty page whose columns offer their values, one with an example that is not read,
    one with the codes."""
    found = columns(Lookups.load())
    listed = [column for column in found if column.values]
    widths = [max(14, len(column.label) + 2) for column in found]
    offers = _offers(found, listed)
    persons = Page(_("Persons"), [_heads(found)], widths, offers=offers, room=ROWS)
    example = Page(_("Example"), _example_rows(found), widths, frozen=(2, 0))
    return [persons, example, Page(_("Codes"), _code_rows(listed), list(map(_width_of_codes, listed)))]


def _heads(found: Sequence[FileColumn]) -> Row:
    return [Styled(column.label, Look.HEAD) for column in found]


def _offers(found: Sequence[FileColumn], listed: Sequence[FileColumn]) -> dict[int, tuple[str, int, int]]:
    """Return for the place of each column of one value the page, the place and the number of its codes."""
    places = {column.name: at for at, column in enumerate(listed, start=1)}
    return {
        at: (_("Codes"), places[column.name], len(column.values))
        for at, column in enumerate(found, start=1)
        if column.values and column.name not in SEVERAL
    }


def _example_rows(found: Sequence[FileColumn]) -> list[Row]:
    return [
        [Styled(_("This page is an example: only the first page is read."), Look.BOLD)],
        _heads(found),
        [column.example for column in found],
        [_("required") if column.required else _("may be left out") for column in found],
        [Styled(column.says, Look.WRAPPED) for column in found],
    ]


def _code_rows(listed: Sequence[FileColumn]) -> list[Row]:
    labels = [[value.label for value in column.values] for column in listed]
    return [_heads(listed), *map(list, zip_longest(*labels))]


def _width_of_codes(column: FileColumn) -> int:
    return max(14, *(min(40, len(value.label) + 2) for value in column.values))
