"""A version that was frozen before it was kept what its figures are made of is attacked with that too, and
where it cannot be read so, it is named and never taken for tested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import override
from pytest_django.plugin import DjangoDbBlocker

from accounts.access import Access
from accounts.roles import Role
from jobs.kinds import JobRefused
from libs.suppression import audit
from libs.suppression.tables import Table
from summaries.models import AttackResult, Publication
from summaries.release import actions, corrections, jobs
from summaries.release.corrections import headline_steps
from summaries.site import files
from summaries.tables import former
from summaries.tables.protection import (
    PERSONS,
    entries,
    package_of,
    protect_year,
    sealed_before,
)
from summaries.tables.public_tables import PublicTables
from tests.actors import NOON, access, user
from tests.summaries import kept_years
from tests.summaries.releasing import released
from tests.summaries.test_attacked_again import OPEN, page, stricter
from tests.summaries.test_stranger import SECONDS, SECTORS, protected
from tests.world import undone

pytestmark = pytest.mark.django_db
YEAR = "/summaries/publications/2018/"
UNREAD = "it cannot be read by the attack test of today"
KEPT_SINCE = ("words", "least", "named_from")


@pytest.fixture(scope="module")
def frozen(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Publication]:
    """Frozen by an attack to which the two names of a purpose were two facts: five women in labour, one in
    each of five sectors, and the series of forced labour says five of the women."""
    with django_db_blocker.unblock(), undone(), pytest.MonkeyPatch.context() as then:
        kept_years.few_in_each_sector(kept_years.vera())
        anna = kept_years.anna()
        then.setattr(files, "pdf_bytes", lambda *_of_what: b"%PDF not made in this test")
        then.setattr(PublicTables, "words", None)
        draft = protected(anna, 2018, SECTORS)
        row = released(draft=draft, digest=draft.digest, state="final", by=anna)
        then.undo()
        row.seal({name: kept for name, kept in row.unsealed().items() if name not in KEPT_SINCE})
        row.save()
        yield row


@pytest.fixture
def version(frozen: Publication) -> Publication:
    return Publication.objects.get(pk=frozen.pk)


def attacked_again(monkeypatch: pytest.MonkeyPatch) -> AttackResult:
    stricter(monkeypatch)
    assert corrections.attack_again(at=NOON) == 1
    return AttackResult.objects.latest("pk")


def of_a_classification_that_is_gone(version: Publication) -> None:
    sealed: dict[str, Any] = version.unsealed()
    for tables in (sealed["packages"][PERSONS]["tables"], sealed["protected"][PERSONS]):
        for dimension in (one for table in tables for one in table["dimensions"]):
            dimension["name"] = dimension["name"].replace("sector", "trade")
    version.seal(sealed)
    version.save()


def test_what_the_attack_of_then_missed_is_found_and_named(
    version: Publication, monkeypatch: pytest.MonkeyPatch, anna: Access
) -> None:
    found = attacked_again(monkeypatch)
    assert found.readable
    assert found.recovered >= 5, "each of the five women"
    for who in (anna, access(user("Mona", Role.MANAGER))):
        assert OPEN in page(who, "/")
        assert "A published version is open" in page(who, YEAR)


def test_by_its_tables_alone_it_would_have_passed(
    version: Publication, monkeypatch: pytest.MonkeyPatch, anna: Access
) -> None:
    monkeypatch.setattr(former, "is_former", lambda _sealed: False)
    assert attacked_again(monkeypatch).open == 0
    assert OPEN not in page(anna, "/")


def test_a_correction_is_held_against_all_that_the_former_version_tells(version: Publication) -> None:
    (before,) = entries(sealed_before(2018), PERSONS)
    assert before.words is not None
    assert before.words.held is None, "who the persons were is not known any more"
    assert {number for number in before.least.values()} == {5}, "Romania has its row for being five at least"
    sealed = version.unsealed()
    tables = [Table.from_json(table) for table in sealed["protected"][PERSONS]]
    assert audit(package_of(sealed, PERSONS, []), tables).recovered >= 5


def test_what_cannot_be_completed_is_named_and_never_taken_for_tested(
    version: Publication, monkeypatch: pytest.MonkeyPatch, anna: Access
) -> None:
    of_a_classification_that_is_gone(version)
    assert not attacked_again(monkeypatch).readable
    for who in (anna, access(user("Mona", Role.MANAGER))):
        assert UNREAD in page(who, "/")
        assert UNREAD in page(who, YEAR)


def test_beside_what_cannot_be_completed_only_the_headline_is_revised(
    version: Publication, anna: Access
) -> None:
    of_a_classification_that_is_gone(version)
    said = "beside it only the headline"
    with override("en"), pytest.raises(JobRefused, match=said), jobs._plainly():
        actions.protect_draft(year=2018, by=anna, seconds=SECONDS)
    assert protect_year(anna, 2018, headline_steps(), seconds=SECONDS).passed


def test_words_that_contradict_the_figures_are_not_taken_for_a_test(
    version: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a purpose is mapped otherwise today than when it was frozen."""
    sealed: dict[str, Any] = version.unsealed()
    for tables in (sealed["packages"][PERSONS]["tables"], sealed["protected"][PERSONS]):
        for table in tables:
            two_purposes_swapped(table)
    version.seal(sealed)
    version.save()
    with pytest.raises(former.NotCompleted):
        entries(sealed_before(2018), PERSONS)
    assert not attacked_again(monkeypatch).readable


def two_purposes_swapped(table: dict[str, Any]) -> None:
    swapped = {"sexual": "begging", "begging": "sexual"}
    for axis, dimension in enumerate(table["dimensions"]):
        if dimension["name"] in ("purpose_class", "main_purpose"):
            dimension["categories"] = [swapped.get(one, one) for one in dimension["categories"]]
            for cell in table["cells"]:
                cell["key"][axis] = swapped.get(cell["key"][axis], cell["key"][axis])
