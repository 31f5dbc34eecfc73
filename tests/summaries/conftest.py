"""Who acts in the tests of summaries; and the report in PDF is made where a test asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

    from accounts.access import Access
    from summaries.release.models import Publication


@pytest.fixture(autouse=True)
def _report_where_asked_for(request: pytest.FixtureRequest) -> Iterator[None]:
    """It takes longer than all else that is done to publish a version, and few tests look at it."""
    from summaries.site import files

    with pytest.MonkeyPatch.context() as patch:
        if not request.node.get_closest_marker("report"):
            patch.setitem(
                files.KINDS,
                "pdf",
                files.KINDS["pdf"]._replace(make=lambda *_of_what: b"%PDF not made in this test"),
            )
        yield


@pytest.fixture(autouse=True)
def _kinds_drawn_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The latent classes of an estimate take a second; where they are the matter a test says how much to
    draw."""
    from libs.capture_recapture import averaging

    for name, few in (("CHAINS", 4), ("WARMING", 30), ("DRAWS", 60)):
        monkeypatch.setattr(averaging, name, few)


@pytest.fixture(autouse=True)
def _nobody_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """With others who may be the same person: that takes longer than to register somebody, and is counted
    nowhere."""
    from cases.actions import duplicates

    monkeypatch.setattr(duplicates, "MAX_IN_PAGE", 0)


@pytest.fixture
def vera() -> Access:
    from tests.summaries import stored_years  # not before Django is set up, here and below

    return stored_years.vera()


@pytest.fixture
def anna() -> Access:
    from tests.summaries import stored_years

    return stored_years.anna()


@pytest.fixture(scope="module")
def begin(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Begin all tests of a module with the rows of a function of `stored_years`; each undoes what it did."""
    from tests.summaries.stored_years import stored_year

    with django_db_blocker.unblock(), ExitStack() as stack:
        yield lambda make: stack.enter_context(stored_year(make))


@pytest.fixture(scope="module")
def frozen_year(begin: Callable[[Callable[[], object]], None]) -> Publication:
    """2018 as a final version with hidden cells, made once for a module of tests: each undoes what it did."""
    from summaries.release.models import Publication
    from tests.summaries import stored_years

    begin(stored_years.frozen_year)
    return Publication.objects.get(version=1)


@pytest.fixture
def year(db: None, frozen_year: Publication) -> Publication:
    return type(frozen_year).objects.get(pk=frozen_year.pk)


@pytest.fixture(scope="module")
def drafted_year(begin: Callable[[Callable[[], object]], None]) -> Publication:
    """The draft of the same, by Annika, for a module of tests."""
    from summaries.release.models import Publication
    from tests.summaries import stored_years

    begin(stored_years.drafted_by_annika)
    return Publication.objects.get()


@pytest.fixture
def prepared(db: None, drafted_year: Publication) -> Publication:
    return type(drafted_year).objects.get(pk=drafted_year.pk)
