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
def frozen_year(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Publication]:
    """2018 as a final version with hidden cells, made once for a module of tests: each undoes what it did."""
    from accounts.roles import Role
    from summaries.loading import decide_standing_exemption
    from summaries.publishing import files
    from summaries.publishing.models import Publication
    from tests.actors import access, user
    from tests.summaries.releasing import released
    from tests.summaries.small_year import COARSEST, add, prepare
    from tests.world import undone

    with django_db_blocker.unblock(), undone(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "pdf_bytes", lambda *_of_what: b"%PDF not made in this test")
        decide_standing_exemption()
        annika = access(user("Annika", Role.ANALYST))
        add(access(user("Veronika", Role.COORDINATOR, region="V")))
        draft = prepare(annika, {**COARSEST, "main_purpose": 0})
        yield released(draft=draft, digest=draft.digest, state=Publication.State.FINAL, by=annika)


@pytest.fixture
def year(db: None, frozen_year: Publication) -> Publication:
    return type(frozen_year).objects.get(pk=frozen_year.pk)
