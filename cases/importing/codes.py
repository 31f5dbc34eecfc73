"""What each column of a file of persons takes: shown on a page, and in the workbook to fill in.

A code or an agency is known by its label, by the first words of it, and by short forms in common use. A name
that is whole always goes first, and what could be two things is none of them. What the rules may not look up
themselves is read once: names of agencies, places, countries and codes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from agencies.code_words import country_words, first_words, rows as reference_rows, short_forms
from agencies.directory import Geography
from agencies.models import Agency, Code, County, localised
from cases.facts import AGENCY, BY_NAME, COUNTRY, COUNTY, FactOfPerson
from cases.importing.columns import COLUMNS
from cases.rules import values
from cases.rules.dates import Validity
from cases.rules.values import bare, index, name_folded
from exchange.xlsx_writer import Look, Page, Row, Styled

NAMED: Final = 8  # values of a long list that a message names: the page of codes has them all
Labels = dict[str, tuple[str, str]]  # stored → (Swedish, English)


def kind_of(fact: FactOfPerson) -> str:
    """Return what the values of a fact are of: a code list, an agency, a place, or the closed set that the
    fact itself has."""
    return fact.kind if isinstance(fact.kind, str) else fact.name


def heading(fact: FactOfPerson) -> str:
    """Return what a file calls a column, in the reader's language."""
    return localised(fact.swedish[0], fact.name)


@dataclass(frozen=True)
class Lookups:
    """What is known of the values of each kind (`kind_of`), as they are stored; of an agency, its code.

    `names`: folded name → value; `short`: which of the names are short forms; `labels`: of values in a list.
    """

    names: Mapping[str, Mapping[str, str]]
    short: Mapping[str, frozenset[str]]
    labels: Mapping[str, Labels]
    agency_ids: Mapping[str, int]
    validity: Mapping[str, Validity]
    geography: Geography

    @classmethod
    def load(cls) -> Lookups:
        """Four queries."""
        codes, agencies, counties = list(Code.objects.all()), list(Agency.objects.all()), County.objects.all()
        lists, closed = _of_lists(codes), _of_closed_sets()
        of_agencies = {row.code: (row.name_sv, row.name_en) for row in agencies}
        of_counties = {row.code: (row.name_sv, row.name_en) for row in counties}
        named = {name: _named(labels) for name, labels in lists.items()}
        named[AGENCY] = _named(of_agencies, "agency:")
        return cls(
            names={kind: names for kind, (names, _short) in named.items()} | _other_names(closed, counties),
            short={kind: short for kind, (_names, short) in named.items()},
            labels=lists | closed | {AGENCY: of_agencies, COUNTY: of_counties},
            agency_ids=dict((agency.code, agency.pk) for agency in agencies),
            validity={row.key: Validity(row.valid_from, row.valid_to) for row in codes},
            geography=Geography.load(),
        )

    def names_of(self, fact: FactOfPerson) -> Mapping[str, str]:
        """By which a value is found, or guessed: those of a closed set are known to the rules beside."""
        return self.names.get(kind_of(fact), {})

    def is_short(self, fact: FactOfPerson, text: str) -> bool:
        """Whether a value is written as a short form of its name."""
        short = self.short.get(kind_of(fact), frozenset())
        return not short.isdisjoint({values.fold(text), values.fold(bare(text))})

    def allowed(self, column: str) -> str:
        """What may stand in a column, in words."""
        kind = kind_of(BY_NAME[column])
        numbered = "{key} {label}" if kind == COUNTY else "{label}"
        known = self.labels.get(kind, {})
        labels = [numbered.format(key=key, label=localised(*pair)) for key, pair in known.items()]
        if not labels:
            return {
                "case": _("your own reference, or a case number such as V-2018-0012"),
                "person": _("your own reference, or a number such as P1 in a case with a number of ours"),
                "identified_on": _("a date such as 2018-07-01"),
                "municipality": _("the name of a municipality"),
                COUNTRY: _(
                    "a country by its code of two or three letters or its name, stateless, or unknown"
                ),
            }[kind or column]
        words = at_most(NAMED, labels)
        if column == "measures":
            return _("kind:year-month, where kind is one of {words}").format(words=words)
        return words

    def in_words(self, column: str, cell: str) -> str:
        """A cell of codes as the page says it; one that would not be read as the same stays."""
        if "|" in cell:
            return "|".join(self.in_words(column, part) for part in cell.split("|"))
        fact = BY_NAME[column]
        text, colon, month = cell.partition(":")
        key = f"{fact.codes}:{text}" if fact.codes else text
        label = self.label(column, key) if text and fact.kind else text
        known = self.names_of(fact).get(values.fold(label)) == key
        return f"{label if known else text}{colon}{month}"

    def label(self, column: str, stored: object) -> str:
        """How a stored value of a column is shown; an empty one is a dash."""
        kind, key = kind_of(BY_NAME[column]), str(stored or "–")
        if kind == COUNTRY:
            return str(countries.name(key) or key)
        return localised(*self.labels.get(kind, {}).get(key, (key, key)))


def at_most(number: int, words: Sequence[str]) -> str:
    """Return the words in a row; of many the first, and how many more there are."""
    shown, more = ", ".join(words[:number]), len(words) - number
    return shown if more <= 0 else _("{shown} and {n} more").format(shown=shown, n=more)


def _whole(labels: Labels) -> list[tuple[str, str]]:
    """Return the labels of values in both languages, each with its value."""
    return [(label, value) for value, pair in labels.items() for label in pair]


def _named(labels: Labels, prefix: str = "") -> tuple[dict[str, str], frozenset[str]]:
    """Return the names of values, and which of them are short forms.

    Whole names go first, then short forms in common use, then first words, but for agencies (`prefix`): the
    first word of a county board is every county board's.
    """
    common, of_labels = short_forms(), _whole(labels)
    whole = [*zip((bare(label) for label in labels), labels, strict=True), *of_labels]
    firsts = [] if prefix else [(word, value) for label, value in of_labels for word in first_words(label)]
    in_use = [(word, value) for value in labels for word in common.get(f"{prefix}{value}", ())]
    taken = {name_folded(name) for name, _value in whole}  # those of two values too
    short = index(firsts) | index(in_use)
    for name in taken & short.keys():
        del short[name]
    return index(whole) | short, frozenset(short)


def _other_names(closed: Mapping[str, Labels], counties: Iterable[County]) -> dict[str, dict[str, str]]:
    """Return the names of what has no short forms: counties, countries and closed sets."""
    of_counties = index((name, row.code) for row in counties for name in row.names)
    of_sets = {name: index(_whole(labels)) for name, labels in closed.items()}
    return {COUNTY: of_counties, COUNTRY: countries_named()} | of_sets


def _of_lists(codes: Iterable[Code]) -> dict[str, Labels]:
    found: dict[str, Labels] = defaultdict(dict)
    for row in codes:
        found[row.list][row.key] = (row.label_sv, row.label_en)
    return {fact.codes: found[fact.codes] for fact in COLUMNS if fact.codes}


def _of_closed_sets() -> dict[str, Labels]:
    found: dict[str, Labels] = {}
    for fact in COLUMNS:
        if not isinstance(fact.kind, str):
            with translation.override("sv"):
                swedish = [str(label) for label in fact.kind.labels]
            with translation.override("en"):
                english = [str(label) for label in fact.kind.labels]
            found[fact.name] = dict(zip(fact.kind.values, zip(swedish, english, strict=True), strict=True))
    return found


@cache
def countries_named() -> dict[str, str]:
    """Return the countries by what people write for them: names and codes go before other words."""
    words = ((word, code) for code, of_country in country_words().items() for word in of_country)
    return index(words) | index(_country_names())


def _country_names() -> Iterator[tuple[str, str]]:
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
    short: Sequence[str]


@dataclass(frozen=True)
class FileColumn:
    """`says`: what stands in it in words, where no list of values does."""

    name: str
    label: str
    required: bool
    says: str
    values: Sequence[Value]
    example: str


def columns(lookups: Lookups) -> list[FileColumn]:
    """In the order of a file, in the reader's language."""
    return [_column(fact, lookups) for fact in COLUMNS]


def _column(fact: FactOfPerson, lookups: Lookups) -> FileColumn:
    common = short_forms()
    prefix = "agency:" if fact.kind == AGENCY else ""
    values = [
        Value(localised(sv, en), localised(en, sv), bare(key), common.get(f"{prefix}{key}", ()))
        for key, (sv, en) in lookups.labels.get(kind_of(fact), {}).items()
    ]
    example = _example(fact, values)
    says = "" if values else lookups.allowed(fact.name)
    if fact.name == "measures":
        says = _("kind:year-month, for example {example}").format(example=example)
    return FileColumn(fact.name, heading(fact), fact.required, says, values, example)


def _example(fact: FactOfPerson, values: Sequence[Value]) -> str:
    """Of a person who does not exist."""
    chosen = {
        AGENCY: "police", COUNTY: "14", "channel": "police", "sex": "F", "child": "no", "age_class": "25-34",
        "status": "presumed", "offence": "trafficking", "main_purpose": "labour", "sector": "berries",
        "measures": "shelter",
    }  # fmt: skip
    texts = {"case": _("EXAMPLE-1"), "person": "K1", "identified_on": "2018-07-04", "citizenship": "TH"}
    words = dict((one.code, one.label) for one in values)
    example = texts.get(fact.name) or words.get(chosen.get(fact.name, ""), "")
    return f"{example}:2018-07" if example and fact.name == "measures" else example


def workbook() -> list[Page]:
    """To be filled in: an empty page whose columns offer their values, one with an example that is not read,
    one with the codes."""
    file_columns = columns(Lookups.load())
    listed = [file_column for file_column in file_columns if file_column.values]
    widths = [max(14, len(column.label) + 2) for column in file_columns]
    offers = _offers(file_columns, listed)
    persons = Page(_("Persons"), [_heads(file_columns)], widths, offers=offers, room=ROWS)
    example_rows = [
        [Styled(_("This page is an example: only the first page is read."), Look.BOLD)],
        _heads(file_columns),
        [file_column.example for file_column in file_columns],
        [_("required") if column.required else _("may be left out") for column in file_columns],
        [Styled(column.says, Look.WRAPPED) for column in file_columns],
    ]
    example = Page(_("Example"), example_rows, widths, frozen=(2, 0))
    labels = [[one.label for one in column.values] for column in listed]
    widths_of_codes = [max(14, *(min(40, len(label) + 2) for label in column)) for column in labels]
    codes = Page(_("Codes"), [_heads(listed), *(list(one) for one in zip_longest(*labels))], widths_of_codes)
    return [persons, example, codes]


def _heads(file_columns: Sequence[FileColumn]) -> Row:
    return [Styled(column.label, Look.HEAD) for column in file_columns]


def _offers(found: Sequence[FileColumn], listed: Sequence[FileColumn]) -> dict[int, tuple[str, int, int]]:
    """Return for the place of each column of one value the page, the place and the number of its codes."""
    places = {column.name: at for at, column in enumerate(listed, start=1)}
    return {
        at: (_("Codes"), places[column.name], len(column.values))
        for at, column in enumerate(found, start=1)
        if column.name in places.keys() - SEVERAL
    }
