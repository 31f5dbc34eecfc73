"""What the command prints of a published year tells nobody more than the publication may: both are attacked
as one."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.core.management import call_command

from libs.suppression import Protection, audit, protect
from libs.suppression.tables import Status
from summaries.release.custom_releases import CommonProtection
from summaries.release.models import Publication
from summaries.tables.public_tables import figures
from tests.summaries import stored_years
from tests.summaries.outsider import Outsider
from tests.summaries.small_year import cells

pytestmark = [pytest.mark.django_db, pytest.mark.heavy]
Printed = dict[str, dict[tuple[str, ...], tuple[int | None, str]]]


@dataclass(frozen=True)
class Both:
    """What is published, and what the command prints beside it: how it is protected, and as it is read."""

    beside: CommonProtection
    protection: Protection
    printed: Printed


@pytest.fixture(scope="module")
def both(begin: Callable[[Callable[[], None]], None]) -> Both:
    begin(stored_years.children_of_counties)
    kept: list[tuple[CommonProtection, Protection]] = []
    protect_beside = CommonProtection.protected

    def protected(one: CommonProtection, *how: Any, **more: Any) -> Protection:
        kept.append((one, protect_beside(one, *how, **more)))
        return kept[-1][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CommonProtection, "protected", protected)
        facts = printed()
    ((found, protection),) = kept
    return Both(found, protection, facts)


def printed() -> Printed:
    out = io.StringIO()
    call_command("yearly_summary", "2018", stdout=out)
    return by_key(json.loads(out.getvalue())["tables"])


def by_key(tables: Iterable[dict[str, Any]]) -> Printed:
    return {
        table["name"]: {tuple(cell["key"]): (cell["value"], cell["status"]) for cell in table["cells"]}
        for table in tables
    }


def test_an_attacker_who_sees_both_finds_nothing(both: Both) -> None:
    common, found = both.beside, both.protection
    assert (found.audit.recovered, found.audit.under_protected) == (0, 0)
    tables: list[dict[str, Any]] = [table.to_json() for table in found.tables]
    before = [entry.unprinted for entry in common.package.ledger]
    assert Outsider(common.package.to_json(), tables, found.package.unprinted, *before).attack() == (0, 0)


def test_tables_protected_without_the_publication_would_give_children_of_counties_away(both: Both) -> None:
    """The attack of the test above can fail: this is what it is there for."""
    assert cells(Publication.objects.get(), "region")["M", "children"] == (5, "shown")
    apart = protect(replace(both.beside.package, ledger=()))
    assert apart.audit.passed
    assert audit(both.beside.package, apart.tables).under_protected > 0


def test_what_is_printed_is_what_was_attacked(both: Both) -> None:
    attacked = figures(both.protection.tables)
    for table in both.beside.tables:
        for cell in table:
            value, status = both.printed[table.name][cell.key]
            of = attacked[both.beside.figure(table, cell.key)]
            assert (status == "shown") == (of.status is Status.SHOWN)
            assert value == (cell.value if status == "shown" else None)


def test_detail_that_would_tell_is_missing_and_the_rest_of_the_table_stands(both: Both) -> None:
    county = both.printed["county"]
    assert county["03", "boys"] == county["19", "boys"] == (None, "missing")
    assert county["12", "women"] == (9, "shown")
    assert county["25", "women"] == (0, "shown")
