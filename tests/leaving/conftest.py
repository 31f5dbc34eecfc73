"""All files that leave, made once, in a register whose texts begin with formulas; nothing of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.leaving.files import Files


@pytest.fixture(scope="session")
def files(django_db_setup: None, django_db_blocker: Any) -> Files:
    from summaries.site import files as of_versions
    from tests.leaving.files import every_file, touch
    from tests.world import filled_world

    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), filled_world() as world:
        patch.setitem(
            of_versions.KINDS,
            "pdf",
            of_versions.KINDS["pdf"]._replace(make=lambda *_of_what: b"%PDF not made in this test"),
        )
        touch()
        return every_file(world)
