"""What others build on is as it was: addresses, columns, commands, words of the audit log, shapes, and bytes.

Each kind has its golden file in `tests/golden/`. `make golden` writes them anew; docs/developer.md says when.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.outside.golden import FOLDER, Golden, difference
from tests.outside.kinds import KINDS
from tests.outside.place import Place, published_year

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def place(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    with django_db_blocker.unblock(), published_year(tmp_path_factory.mktemp("files")) as made:
        yield made


@pytest.mark.parametrize("golden", KINDS, ids=lambda golden: golden.name)
def test_it_is_as_it_was(golden: Golden, place: Place, pytestconfig: pytest.Config) -> None:
    with place.look():
        now = golden.gather(place)
    if pytestconfig.getoption("--renew-golden"):
        golden.path.write_bytes(now)
    if text := difference(golden.name, golden.stored(), now):
        pytest.fail(text, pytrace=False)


def test_every_golden_file_is_of_a_kind(pytestconfig: pytest.Config) -> None:
    strays = {file.name for file in FOLDER.iterdir()} - {golden.name for golden in KINDS}
    if pytestconfig.getoption("--renew-golden"):
        for name in strays:
            (FOLDER / name).unlink()
        strays = set()
    assert strays == set(), "they are compared with nothing: remove them"
