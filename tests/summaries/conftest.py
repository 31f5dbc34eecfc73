"""Who acts in the tests of summaries; and the report in PDF is made where a test asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.access import Access


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
