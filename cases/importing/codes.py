"""What each column of a file of persons takes: told on a page, and in the workbook to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.facts import AGENCY, COUNTY, FactOfPerson
from cases.importing import short_forms
from cases.importing.columns import COLUMNS
from cases.importing.lookups import Lookups
from cases.rules.values import bare
from exchange.packing import Look, Page, Row, Styled

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
class Column:
    """`says`: what stands in it in words, where no list of values does."""

    name: str
    label: str
    required: bool
    says: str
    values: Sequence[Value] = field(default=())
    example: str = ""


def columns(lookups: Lookups) -> list[Column]:
    """In the order of a file, in the reader's language."""
    swedish = str(get_language()).startswith("sv")
    return [_column(fact, lookups, swedish=swedish) for fact in COLUMNS]


def _column(fact: FactOfPerson, lookups: Lookups, *, swedish: bool) -> Column:
    values = [] if fact.kind == "" else list(_values(fact, lookups, swedish=swedish))
    label = fact.swedish[0] if swedish and fact.swedish else fact.name
    says = _("kind:year-month, for example {example}") if fact.name == "measures" else ""
    if fact.name == "measures":
        says = says.format(example=_example(fact, values))
    elif not values:
        says = lookups.allowed(fact.name)
    return Column(fact.name, label, fact.required, says, values, _example(fact, values))


def _values(fact: FactOfPerson, lookups: Lookups, *, swedish: bool) -> Iterator[Value]:
    if not isinstance(fact.kind, str):
        both = [_labels(fact.kind, language) for language in ("sv", "en")]
        for code in fact.kind.values:
            yield _value(both[0][code], both[1][code], code, (), swedish=swedish)
        return
    common = short_forms.known()
    kind = "code" if fact.codes else fact.kind
    stored = [f"{fact.codes}:{word}" for word in lookups.words[fact.codes]] if fact.codes else []
    codes = {str(pk): code for code, pk in lookups.agency_ids.items()}
    for key in stored or lookups.labels.get(kind, {}):
        code = codes[key] if kind == AGENCY else bare(key)
        short = common.get(f"agency:{code}" if kind == AGENCY else key, ())
        yield _value(*lookups.labels[kind][key], code, short, swedish=swedish)


def _labels(kind: type, language: str) -> dict[str, str]:
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


def _heads(found: Sequence[Column]) -> Row:
    return [Styled(column.label, Look.HEAD) for column in found]


def _offers(found: Sequence[Column], listed: Sequence[Column]) -> dict[int, tuple[str, int, int]]:
    """Return for the place of each column of one value the page, the place and the number of its codes."""
    places = {column.name: at for at, column in enumerate(listed, start=1)}
    return {
        at: (_("Codes"), places[column.name], len(column.values))
        for at, column in enumerate(found, start=1)
        if column.values and column.name not in SEVERAL
    }


def _example_rows(found: Sequence[Column]) -> list[Row]:
    return [
        [Styled(_("This page is an example: only the first page is read."), Look.BOLD)],
        _heads(found),
        [column.example for column in found],
        [_("required") if column.required else _("may be left out") for column in found],
        [Styled(column.says, Look.WRAPPED) for column in found],
    ]


def _code_rows(listed: Sequence[Column]) -> list[Row]:
    labels = [[value.label for value in column.values] for column in listed]
    return [_heads(listed), *map(list, zip_longest(*labels))]


def _width_of_codes(column: Column) -> int:
    return max(14, *(min(40, len(value.label) + 2) for value in column.values))
