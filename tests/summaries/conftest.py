"""Who acts in the tests of summaries; and the report in PDF is made where a test asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

    from accounts.access import Access
    from summaries.publishing.models import Publication


@pytest.fixture(autouse=True)
def _report_where_asked_for(request: pytest.FixtureRequest) -> Iterator[None]:
    """It takes longer than all else that is done to publish a version, and few tests look at it."""
    from summaries.publishing import files

    with pytest.MonkeyPatch.context() as patch:
        if not request.node.get_closest_marker("report"):
            patch.setattr(files, "pdf_bytes", lambda *_of_what: b"%PDF not made in this test")
        yield


@pytest.fixture(autouse=True)
def _kinds_drawn_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The latent classes of an estimate take a second; where they are the matter a test says how much to
    draw."""
    from summaries.dark_figure import latent

    for name, few in (("CHAINS", 4), ("WARMING", 30), ("DRAWS", 60)):
        monkeypatch.setattr(latent, name, few)


@pytest.fixture
def vera() -> Access:
    from accounts.roles import Role  # not before Django is set up, here and below
    from tests.actors import access, user

    return access(user("Vera", Role.COORDINATOR, region="V"))


@pytest.fixture
def anna() -> Access:
    from accounts.roles import Role
    from tests.actors import access, user

    return access(user("Anna", Role.ANALYST))


@pytest.fixture(scope="module")
def drafted_year(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Publication]:
    """The draft of 2018 with hidden cells, by Annika, for a module of tests: each undoes what it did."""
    from tests.summaries.small_year import drafted_by_annika, kept

    with django_db_blocker.unblock(), kept("drafted-2018", drafted_by_annika) as draft:
        yield draft


@pytest.fixture
def prepared(db: None, drafted_year: Publication) -> Publication:
    return type(drafted_year).objects.get(pk=drafted_year.pk)


@pytest.fixture(scope="module")
def frozen_year(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Publication]:
    """2018 as a final version with hidden cells, for a module of tests: each undoes what it did."""
    from tests.summaries.small_year import kept, published_by_annika

    with django_db_blocker.unblock(), kept("published-2018", published_by_annika) as row:
        yield row


@pytest.fixture
def year(db: None, frozen_year: Publication) -> Publication:
    return type(frozen_year).objects.get(pk=frozen_year.pk)
