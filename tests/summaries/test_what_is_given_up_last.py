"""What readers ask for first is suppressed last, in an order that everybody knows."""

from __future__ import annotations

import pytest

from accounts.access import Access
from libs.suppression import Package, protect
from libs.suppression.tables import TOTAL, Cell, Dimension, Status, Table
from summaries.counting.historical import decide_standing_exemption
from summaries.release.corrections import headline_steps
from summaries.release.models import Publication
from summaries.tables.priority import order_of, weights
from summaries.tables.protection import last_order, ranked_tables
from summaries.tables.public_tables import PublicTables
from summaries.tables.suggestion import suggested
from tests.actors import access, user
from tests.makers import new_case, new_person
from tests.summaries import small_year
from tests.summaries.releasing import released

pytestmark = pytest.mark.django_db
# Persons of a year by purpose: begging is too few to be shown, and unknown would do to protect it.
PURPOSES = {"labour": 60, "sexual": 45, "begging": 3, "unknown": 8}
KEYS = [bytes([number]) * 32 for number in range(8)]


@pytest.fixture
def anna() -> Access:
    decide_standing_exemption()
    return access(user("Anna", "analyst"))


@pytest.fixture
def year(anna: Access) -> Access:
    vera = access(user("Vera", "coordinator", region="V"))
    for purpose, number in PURPOSES.items():
        people = [new_person(sex="F", main=purpose, citizenship="RO") for _n in range(number)]
        new_case(*people, by=vera)
    return anna


def ranked(by: Access, **steps: int) -> PublicTables:
    return ranked_tables(by, 2018, headline_steps() | steps, [])


@pytest.mark.parametrize("key", KEYS[:3], ids=str)
def test_no_key_makes_the_largest_purposes_go(year: Access, key: bytes) -> None:
    draft = small_year.prepare(year, headline_steps() | {"main_purpose": 0})
    assert draft.passed
    trial = suggested(year, 2018, [], key=key)
    assert trial.good


def totals(by: Access, purpose: str) -> float:
    public = ranked(by, main_purpose=0)
    entry = next(entry for entry in public.entries if entry.name == "main_purpose")
    return weights(public)[public.figure(entry, (purpose, TOTAL))]


def test_unknown_is_cheaper_than_a_small_purpose_and_that_than_the_two_largest(year: Access) -> None:
    cost = {purpose: totals(year, purpose) for purpose in PURPOSES}
    assert cost["unknown"] * 4 < cost["begging"]
    assert cost["begging"] * 4 < cost["labour"] == cost["sexual"]


def test_the_order_follows_the_last_year_that_is_published_and_no_number_of_this_one(year: Access) -> None:
    assert order_of(last_order(2019), "main_purpose")[:2] == ["sexual", "labour"]
    draft = small_year.prepare(year, headline_steps() | {"main_purpose": 0})
    released(draft=draft, digest=draft.digest, state="final", by=year)
    assert Publication.objects.standing().get().year == 2018
    assert last_order(2018) == {}
    assert order_of(last_order(2019), "main_purpose")[:2] == ["labour", "sexual"]


def table_of(rows: dict[str, tuple[int, int]]) -> Table:
    groups = Dimension("group", ("women", "men"))
    cells = [
        Cell((row, group), n)
        for row, both in rows.items()
        for group, n in zip(groups.categories, both, strict=True)
    ]
    cells += [Cell((row, TOTAL), sum(both)) for row, both in rows.items()]
    sums = [sum(both[at] for both in rows.values()) for at in (0, 1)]
    cells += [Cell((TOTAL, group), n) for group, n in zip(groups.categories, sums, strict=True)]
    cells.append(Cell((TOTAL, TOTAL), sum(sums)))
    return Table("region", "", (Dimension("region", tuple(rows)), groups), tuple(cells))


def test_a_total_is_never_drawn_though_its_cells_may_be() -> None:
    """Of 50 rows with figures from k to 2k - 2 the key draws some: their cells, and never their totals."""
    rows = {f"row {n}": (6, 2 * (n % 2)) for n in range(50)} | {"large": (90, 90)}
    rows = {name: (a, b or 40) for name, (a, b) in rows.items()}
    rows |= {f"one group {n}": (7, 0) for n in range(50)}
    (found,) = protect(Package(5, "2018", (table_of(rows),), key=KEYS[1]), briefly=True).tables
    hidden = {cell.key for cell in found if cell.status is Status.HIDDEN}
    totals_of_one = {key for key in hidden if key[0].startswith("one group") and key[1] == TOTAL}
    assert any(key[0].startswith("row") and key[1] == "women" for key in hidden)
    assert totals_of_one == set()
