"""What the demonstration has on the pages of those who publish: a correction that waits, and estimates."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import ModuleType

import pytest
from pytest_django.plugin import DjangoDbBlocker

from accounts.access import Access
from accounts.models import User
from audit.models import Event
from cases.demo import profile
from cases.demo.invent import invent
from cases.demo.people import DOMAIN
from cases.models import Person
from home.my_page import boxes_for
from summaries.counting.historical import decide_standing_exemption
from summaries.estimates.estimate import ASKED, estimate
from summaries.models import Estimate
from summaries.release.corrections import waiting
from summaries.release.demonstration import (
    can_print,
    correct_2020,
    publish_2020,
    register_wrongly,
)
from summaries.release.models import Publication
from summaries.site import files
from tests.world import undone

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 28)
YEAR = profile.YearProfile(
    {"women": 150, "men": 70, "boys": 10}, 6, 20, profile.LATE, profile.FROM_2021, profile.CHILDREN_LATE
)


def person(who: str) -> User:
    return User.objects.get(email=f"{who}@{DOMAIN}")


@dataclass(frozen=True)
class Corrected:
    """2020 as it was published, how many were counted before, and the draft that corrects it."""

    version: Publication
    counted: int
    draft: Publication


def counted() -> int:
    return Person.objects.counted().filter(first_year=2020).count()


@pytest.fixture(scope="module")
def corrected(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Corrected]:
    with django_db_blocker.unblock(), undone(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(profile, "YEARS", {2020: YEAR})
        patch.setattr(files, "made", lambda *_args, **_how: [])
        decide_standing_exemption()
        invent(password="not used here", seed=7)
        before, who = counted(), person("coordinator.vast")
        register_wrongly(who)
        version = publish_2020(person("analyst"), person("manager"))
        draft = correct_2020(who, person("analyst"), TODAY)
        yield Corrected(version, before, draft)


def test_one_was_published_too_many_and_the_year_counts_as_before(corrected: Corrected) -> None:
    total = next(table for table in corrected.version.tables if table["name"] == "groups")["cells"][-1]
    assert (total["key"], total["value"]) == (["*"], corrected.counted + 1)
    assert not corrected.draft.passed
    assert counted() == corrected.counted


@pytest.mark.parametrize("reads", ["analyst", "manager"])
def test_one_correction_waits_since_the_day_before_on_the_page_of_who_can_act(
    corrected: Corrected, reads: str
) -> None:
    row = waiting(2020)
    assert row is not None
    assert row.since.date() == date(2026, 11, 27)
    titles = {box.title: box.count for box in boxes_for(Access.of(person(reads)))}
    assert 1 in (titles.get("Corrections that wait"), titles.get("Rättelser som väntar"))


def test_estimates_are_on_record(corrected: Corrected) -> None:
    estimate(person("analyst"), TODAY)
    assert {(one.first_year, one.last_year) for one in Estimate.objects.all()} == set(ASKED)
    assert Event.objects.filter(action="dark_figure.estimate").count() == len(ASKED)


def test_a_demonstration_needs_nothing_that_makes_pdf_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bare Debian has no Pango: `make run` ended there. What WeasyPrint says of it is not for them."""

    class Bare:
        def find_spec(self, name: str, *_more: object) -> None:
            if name == "weasyprint":
                sys.stdout.write("WeasyPrint could not import some external libraries.")
                raise OSError("cannot load library 'libgobject-2.0-0'")

    monkeypatch.setitem(sys.modules, "weasyprint", ModuleType("weasyprint"))
    assert can_print()
    monkeypatch.delitem(sys.modules, "weasyprint")
    monkeypatch.setattr(sys, "meta_path", [Bare(), *sys.meta_path])
    assert not can_print()
    assert capsys.readouterr().out == ""
