"""Versions that were frozen before it was kept what their figures are made of.

By its tables alone such a version tells the attack of today no more than it told the attack of its time: two
words for one fact, such as `sdg` beside the main purpose, stand unrelated, and what was missed then is missed
again. So it is completed, when it is opened, with what the catalogue and the lists of today say of the
categories that it was frozen with. Who its persons were is not kept: any that fit all of its figures will do,
since how far a figure can move does not hang on which (`protection.latent`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from libs.suppression import Figure, Package
from libs.suppression.figures import Words, figures_of, name_of
from libs.suppression.latent import latent
from libs.suppression.tables import TableError
from summaries.catalogue import CATALOGUE
from summaries.classifications import Classification, Codes
from summaries.counting.reference import Reference
from summaries.tables.labels import unnamed, words

Values = Mapping[Figure, int]


class NotCompleted(TableError):
    """The catalogue of today does not know a category of the version, or contradicts its figures. The attack
    of today cannot read it: it is named as such, and never taken for tested."""


def is_former(sealed: Mapping[str, Any]) -> bool:
    """Whether it was frozen before words were kept. A printed file has empty ones: its values are guesses."""
    return "words" not in sealed


def completed(package: Package, *, named_from: int, first: bool) -> Package:
    """With the words of today, and what everybody knows of countries by their rows.

    `named_from`: from how many persons on a country had a row; 0 where nothing follows from its having one.
    `first`: whether all that are named are named for that. Raises NotCompleted.
    """
    codes = Reference.load().codes
    by_size = _by_size(package)
    values = {
        figure: one.value for figure, one in figures_of(package.tables).items() if one.value is not None
    }
    bounds = [unnamed(codes, one.name, _rows(package, one), named_from) for one in by_size if named_from]
    try:
        year = int(package.population.partition(" ")[0])
        made = replace(words(codes, year, values, (), bounds), held=None)
    except KeyError as unknown:
        raise NotCompleted(f"No category of today is {unknown}.") from None
    _check(made, values, package.veiled)
    least = dict(package.least)
    if first and named_from:
        least = {**_named(by_size, codes, values, package.veiled, named_from), **least}
    return replace(package, words=made, least=least)


def _by_size(package: Package) -> list[Classification]:
    """Those of its classifications in which a category has a row for its size. All must be known."""
    levels = dict.fromkeys(dimension.name for table in package.tables for dimension in table.dimensions)
    if unknown := levels.keys() - CATALOGUE.classifications.keys():
        raise NotCompleted(f"No classification of today is {', '.join(sorted(unknown))}.")
    return [one for level in levels if (one := CATALOGUE.classifications[level]).by_size]


def _rows(package: Package, of: Classification) -> set[str]:
    return {
        category
        for table in package.tables
        for dimension in table.dimensions
        if dimension.name == of.name
        for category in dimension.categories
    }


def _named(
    by_size: Iterable[Classification], codes: Codes, values: Values, veiled: frozenset[Figure], least: int
) -> dict[Figure, int]:
    """The totals of what stands there for its size, and how many everybody knows them to be at least."""
    found: dict[Figure, int] = {}
    for one in by_size:
        named = set(codes.categories(one.name)) - {*one.always, *one.unnamed}
        for figure in values.keys() - veiled:
            of_it = {category for level, category in figure if level == one.name}
            others = {CATALOGUE.fact(level).name for level, _category in figure} - {one.fact}
            if of_it & named and not others and values[figure] >= least:
                found[figure] = least
    return found


def _check(made: Words, values: Values, veiled: frozenset[Figure]) -> None:
    """That some persons fit all of its figures by these words."""
    for figure, value in values.items():
        parts = made.of(figure)
        if value and parts is not None and not all(parts.values()):
            raise NotCompleted(f"Nobody can be in {name_of(figure)} by the lists of today.")
    try:
        latent(
            made, values, [figure for figure, value in values.items() if not value and figure not in veiled]
        )
    except TableError as error:
        raise NotCompleted(str(error)) from error
