"""What the demonstration publishes is what the program would suggest, and its reports are whole on paper."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.db import transaction
from django.utils.translation import override
from pypdf import PdfReader
from pytest_django.plugin import DjangoDbBlocker

from accounts.access import Access
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.release import frozen
from summaries.release.actions import protect_draft
from summaries.release.demonstration import SUGGESTED
from summaries.release.models import Publication
from summaries.site.files import pdf_bytes
from summaries.tables.suggestion import suggested
from tests.summaries.test_intruder import FROZEN
from tests.summaries.test_intruder_of_the_demonstration import invented_register
from tests.summaries.test_publication import MARGIN, places_of
from tests.weights import mostly_long

pytestmark = pytest.mark.heavy
KEY: Final = b"demonstration"  # each installation draws its own: with another one a step may differ
REPORTS: Final = [(year, language) for year in SUGGESTED for language in ("sv", "en")]
SMALLER: Final = (
    "tests/summaries/test_demonstration.py::test_four_years_are_out_at_once_and_their_later_versions_soon"
)


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Access]:
    """The invented register, once for all its years."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield invented_register()
        transaction.set_rollback(True)


@pytest.mark.long(instead=SMALLER)
@pytest.mark.parametrize("year", SUGGESTED)
def test_the_steps_of_a_year_are_those_that_are_suggested(demonstration: Access, year: int) -> None:
    trial = suggested(demonstration, year, [], key=KEY)
    assert trial.good
    assert tuple(trial.steps[name] for name in PERSONS_PUBLISHED) == SUGGESTED[year]


def draft_of(anna: Access, year: int) -> Publication:
    steps = dict(zip(PERSONS_PUBLISHED, SUGGESTED[year], strict=True))
    draft = protect_draft(year=year, by=anna, steps=steps)
    assert draft.passed
    draft.content = frozen.content(draft)
    return draft


@pytest.mark.report
@pytest.mark.parametrize("case", mostly_long(REPORTS, usual=[(2025, "sv")]), ids=str)
def test_no_word_of_a_report_is_off_the_page_and_no_row_alone_on_one(
    demonstration: Access, case: tuple[int, str]
) -> None:
    year, language = case
    with transaction.atomic(), override(language):
        pdf = pdf_bytes(draft_of(demonstration, year), 1, FROZEN, language)
        transaction.set_rollback(True)
    reader = PdfReader(io.BytesIO(pdf))
    for page in reader.pages:
        left, right = MARGIN - 1, float(page.mediabox.width) - MARGIN + 1
        assert [place for place in places_of(page) if place[0] < left or place[1] > right] == []
    tables = list(rows_by_page(reader))
    assert len(tables) > 10
    assert [rows for rows in tables if rows.total() > 1 and min(rows.values()) == 1] == []


def rows_by_page(reader: PdfReader) -> Iterator[Counter[int]]:
    """Of each table how many of its rows, but for its head, stand on which page, by their tags."""
    root: Any = reader.trailer["/Root"]
    for table in elements(root["/StructTreeRoot"], "/Table"):
        bodies = elements(table, "/TBody")
        rows = [row for body in bodies for row in elements(body, "/TR")]
        yield Counter(next(pages_of(row)) for row in rows)


def elements(above: Any, kind: str) -> Iterator[Any]:
    for one in children(above):
        if one.get("/S") == kind:
            yield one
        else:
            yield from elements(one, kind)


def pages_of(element: Any) -> Iterator[int]:
    """The numbers of the objects that are the pages of what an element holds."""
    for one in (element, *children(element)):
        if "/Pg" in one:
            yield one.raw_get("/Pg").idnum
    for one in children(element):
        yield from pages_of(one)


def children(element: Any) -> list[Any]:
    held = element.get("/K", [])
    several = held if isinstance(held, list) else [held]
    return [one for one in (item.get_object() for item in several) if isinstance(one, dict)]
