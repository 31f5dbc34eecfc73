"""What holds in the tests of summaries: the report in PDF is made where a test asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _report_where_asked_for(request: pytest.FixtureRequest) -> Iterator[None]:
    """It takes longer than all else that is done to publish a version, and few tests look at it."""
    from summaries.publishing import files

    with pytest.MonkeyPatch.context() as patch:
        if not request.node.get_closest_marker("report"):
            patch.setattr(files, "pdf_bytes", lambda *_of_what: b"%PDF not made in this test")
        yield
