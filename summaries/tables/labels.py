"""What the public tables and their coarser categories are called, beside what the yearly summary calls its
own.

What the figures of a publication are made of, from the catalogue and the register's lists alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from libs.suppression.figures import Bound, Figure, Held, Made, Pair, Words, plain
from libs.suppression.tables import GROUP, TOGETHER, Table
from summaries.catalogue import CATALOGUE, CLASSIFICATIONS, INSIDE, PUBLISHED, PUBLISHED_BY_NAME
from summaries.classifications import PART, Codes
from summaries.counting.reference import Labels, elsewhere, nobody_of, titles
from summaries.tables.cell_index import REST, Reported

WORDS: Final[Mapping[str, str | Promise]] = {
    "children": _("Girls and boys"),  # what adds up to the headline; children of another sex are in other
    "other_unknown": _("Other sex or not known"),
    "other_purposes": _("Other purposes"),
    "other_or_unknown": _("Other purposes, and not known"),
    "own": _("Sweden"),
    "eu_citizens": _("Other EU country"),
    "non_eu": _("Country outside the EU"),
    "unknown_citizens": pgettext_lazy("group", "Unknown"),
    "metropolitan": _("Regions of the three large cities"),
    "other_regions": _("Other regions"),
    "exploiting": _("Human exploitation, also gross"),
    "no_offence_stated": _("Not assessed or not stated"),
    "other_offences": _("Other offences"),
    "unknown_age": pgettext_lazy("group", "Unknown"),
    "land": _("Farming, forestry and fishing"),
    "making": _("Industry, building and vehicles"),
    "services": _("Services"),
    "households": _("Households"),
    "other_sectors": _("Other or unknown sector"),
    "authorities": _("Authorities"),
    "care_and_school": _("Health care and school"),
    "civil_society": _("Civil society and companies"),
    "individuals": _("Individuals"),
    "other_callers": _("Other or unknown"),
    "trafficking": _("Trafficking only"),
    "with_exploitation": _("Trafficking and human exploitation"),
    "unmapped": _("Not in the standard's list"),
    "police": _("Police"),
    "border_guards": _("Border guards and customs"),
    "immigration": _("Immigration services"),
    "labour_inspectors": _("Labour inspectors"),
    "prosecution_courts": _("Prosecution and courts"),
    "social_reception": _("Social or reception services"),
    "ngo": _("Non-governmental organisations"),
    "nrm": _("National coordination"),
    "other": pgettext_lazy("standard", "Other"),
    "presumed": pgettext_lazy("victims", "Presumed"),
    "identified": pgettext_lazy("victims", "Identified"),
    "unknown": pgettext_lazy("group", "Unknown"),
    "sexual_exploitation": _("Sexual exploitation"),
    "forced_labour": _("Forced labour or services"),
    "servitude": _("Servitude"),
    "criminal_activities": _("Criminal activities"),
    "forced_marriage": _("Forced marriage"),
    "illegal_adoption": _("Illegal adoption"),
    "surrogacy": _("Surrogacy"),
    "organ_removal": _("Organ removal"),
    "slavery": _("Slavery"),
    "VC_HTF_DETV": _("Form unknown"),
    "VC_HTF_DETVSX": _("Sexual exploitation"),
    "VC_HTF_DETVFL": _("Forced labour, servitude and slavery"),
    "VC_HTF_DETVOG": _("Organ removal"),
    "VC_HTF_DETVOP": _("Other purposes"),
}


# In a table of the country, the kinds of the Union's standard by the agencies that are in them here.
NATIONAL_TABLE: Final = ("organisation", "eu_organisation")
NATIONAL: Final[Mapping[str, str | Promise]] = {
    "police": _("Police Authority"),
    "border_guards": _("Border police and Customs"),
    "immigration": _("Migration Agency"),
    "labour_inspectors": _("Work Environment Authority"),
    "prosecution_courts": _("Prosecution Authority and courts"),
    "social_reception": _("Social services"),
    "ngo": _("Civil-society organisations"),
    "nrm": _("Regional coordinators and national coordination"),
    "other": pgettext_lazy("organisations", "Other organisations"),
}


INSIDE_LEVELS: Final = {
    level for entry in INSIDE for level in (entry.ladder[0].rows, entry.ladder[0].columns)
}
COARSER: Final = CLASSIFICATIONS.keys() - INSIDE_LEVELS
SEVERAL: Final = frozenset(name for name, fact in CATALOGUE.facts.items() if fact.several)
AGES: Final = {name for name, classification in CLASSIFICATIONS.items() if classification.fact == "age"}


class PublicLabels(Labels):
    def category(self, dimension: str, category: str) -> str:
        """Words of the coarser levels; those of the finer ones are the yearly summary's."""
        if dimension in AGES and category[0].isdigit():
            return _years(category)
        if dimension not in COARSER:
            return super().category(dimension, category)
        one = CLASSIFICATIONS[dimension]
        if one.nested:
            return self._nested(category)
        if category in WORDS and (category != "unknown" or one.standard[0]):
            return str(WORDS[category])
        return self.category(one.of, category) if one.of else super().category(dimension, category)

    def _nested(self, category: str) -> str:
        if category == "*":
            return str(_("All counted persons"))
        scope, _plus, status = category.partition("+")
        return (
            f"{WORDS[scope]}, {self.category('eu_status', status).lower()}" if status else str(WORDS[scope])
        )


def _years(category: str) -> str:
    """13–17 years, 35 years and older."""
    if category.endswith("+"):
        return gettext("{age} years and older").format(age=category.removesuffix("+"))
    return gettext("{span} years").format(span=category.replace("-", "–"))


def public_titles() -> dict[str, str]:
    return {**titles(), **{entry.name: gettext(entry.title) for entry in PUBLISHED}}


Json = dict[str, Any]


def words(
    codes: Codes,
    year: int,
    figures: Iterable[Figure],
    reported: Iterable[Reported] | None,
    bounds: Iterable[Bound] = (),
) -> Words:
    """Of these figures. `reported`: the persons themselves, by every fact of which they have one code.

    None where it is not said who there are: any that fit all figures will do (`libs.suppression.latent`).
    """
    made = {pair: made_of(codes, *pair) for pair in sorted(set[Pair]().union(*figures))}
    facts = set[str]().union(*made.values()) - SEVERAL
    held: Held | None = None
    if reported is not None:
        held = tuple((tuple((fact, row.codes[fact]) for fact in sorted(facts)), row.n) for row in reported)
    base = {fact: frozenset(codes.base(fact)) for fact in sorted(facts)}
    nobody = (*never(codes, year), *_nobody_elsewhere(year, facts, held))
    return Words(made, base, held, nobody, tuple(bound for bound in bounds if bound.fact in facts))


def _nobody_elsewhere(year: int, facts: Collection[str], held: Held | None) -> Iterator[Made]:
    """Give where nobody could be, and nobody is: rows of regions may have been changed since."""
    has = {code for codes, _n in held or () for code in codes}
    found = elsewhere(year) if held else {}
    for fact in found.keys() & facts:
        yield {fact: frozenset(code for code in found[fact] if (fact, code) not in has)}


def made_of(codes: Codes, level: str, category: str) -> Made:
    """Of all but some, as the rest of a group of countries is called: what none of those adds up."""
    if not category.startswith(REST):
        return codes.made_of(level, category)
    named = category.removeprefix(REST).split(PART)
    fact = CATALOGUE.fact(level).name
    return {fact: frozenset(codes.base(fact)).difference(*(codes.made_of(level, one)[fact] for one in named))}


def never(codes: Codes, year: int) -> Iterator[Made]:
    """Give what nobody has together, in an order that depends on nothing: it is printed."""
    yield from nobody_of(year)
    for pair in sorted(CATALOGUE.never, key=sorted):
        found: dict[str, frozenset[str]] = {}
        for level, category in sorted(pair):
            for fact, some in codes.made_of(level, category).items():
                found[fact] = found.get(fact, some) & some
        yield found


def of_table(codes: Codes, table: Table, named_from: int) -> Json:
    """Return what a printed table is made of, as `tables.json` has it: persons, categories, rules."""
    entry = PUBLISHED_BY_NAME[table.name]
    made = [
        {category: plain(of_group(codes, dimension.name, category)) for category in dimension.categories}
        for dimension in table.dimensions
    ]
    facts = set[str]().union(*(each for one in made for each in one.values()))
    return {
        "of": plain(codes.made_of(*entry.where)) if entry.where else {},
        "made_of": made,
        "rules": _rules(table, facts, named_from),
    }


def _rules(table: Table, facts: Collection[str], named_from: int) -> Json:
    by_size = [one for d in table.dimensions if (one := CATALOGUE.classifications[d.name]).by_size]
    return {
        "named_from": named_from if by_size else None,
        "always": [each for one in by_size for each in one.always],
        "unnamed": [each for one in by_size for each in one.unnamed],
        "several": sorted(SEVERAL.intersection(facts)),
    }


def made_of_tables(codes: Codes, year: int, tables: Iterable[Table], named_from: int) -> Json:
    """Of every table by name; the facts that they tell of, with all base codes; what nobody has together."""
    made = {table.name: of_table(codes, table, named_from) for table in tables}
    facts = {fact: list(codes.base(fact)) for fact in _facts(made.values())}
    nobody = [plain(one) for one in never(codes, year) if one.keys() <= facts.keys()]
    return {"meaning": made, "facts": facts, "never": nobody}


def _facts(made: Iterable[Json]) -> list[str]:
    told = (told for one in made for dimension in one["made_of"] for told in (one["of"], *dimension.values()))
    return sorted(set[str]().union(*told))


def of_group(codes: Codes, level: str, category: str) -> Made:
    """The sum of two groups is a category of no classification of its own."""
    of = "section" if (level, category) == (GROUP, TOGETHER) else level
    return codes.made_of(of, category)


def with_meaning(table: Json, meaning: Json) -> Json:
    """A printed table, each category with what it is made of."""
    pairs = zip(table["dimensions"], meaning["made_of"], strict=True)
    dimensions = [{**dimension, "made_of": made} for dimension, made in pairs]
    return {**table, "dimensions": dimensions, "of": meaning["of"], "rules": meaning["rules"]}


def unnamed(codes: Codes, level: str, named: Collection[str], named_from: int) -> Bound:
    """What is known of rows that a table does not have: each would stand there from so many persons on. Where
    that is one, as in what the command prints, none has its row always but what is no category at all."""
    one = CATALOGUE.classifications[level]
    known = {*named, *one.unnamed, *(one.always if named_from > 1 else ())}
    rows = tuple(codes.made_of(level, c)[one.fact] for c in codes.categories(level) if c not in known)
    return Bound(one.fact, rows, named_from - 1)
