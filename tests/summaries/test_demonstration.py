"""What the demonstration has in the rooms of those who publish: a correction that waits, and estimates."""

from __future__ import annotations

import sys
from datetime import date
from types import ModuleType

import pytest

from accounts.access import Access
from accounts.models import User
from audit.models import Event
from cases.demo import profile
from cases.demo.invent import invent
from cases.demo.people import DOMAIN
from cases.models import Person
from desk.my_page import boxes_for
from summaries.estimates.demonstration import ASKED, estimate
from summaries.loading import decide_standing_exemption
from summaries.models import Estimate
from summaries.publishing import files
from summaries.publishing.corrections import waiting
from summaries.publishing.demonstration import can_print, correct_2020, publish_2020, register_wrongly

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 28)
YEAR = profile.Year(
    {"women": 150, "men": 70, "boys": 10}, 6, 20, profile.LATE, profile.FROM_2021, profile.CHILDREN_LATE
)


def person(who: str) -> User:
    return User.objects.get(email=f"{who}@{DOMAIN}")


def test_one_correction_waits_estimates_are_on_record_and_the_year_counts_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On both pages of those who can do something about it; all of it done before the day."""
    monkeypatch.setattr(profile, "YEARS", {2020: YEAR})
    monkeypatch.setattr(files, "made", lambda *_args, **_how: [])
    decide_standing_exemption()
    invent(password="not used here", seed=7)
    counted = Person.objects.counted().filter(first_year=2020)
    before, who = counted.count(), person("coordinator.vast")
    register_wrongly(who)
    version = publish_2020(person("analyst"), person("manager"))
    total = next(table for table in version.tables if table["name"] == "groups")["cells"][-1]
    assert (total["key"], total["value"]) == (["*"], before + 1)
    draft = correct_2020(who, person("analyst"), TODAY)
    assert not draft.passed
    assert counted.count() == before
    row = waiting(2020)
    assert row is not None
    assert row.since.date() == date(2026, 11, 27)
    for reads in ("analyst", "manager"):
        titles = {box.title: box.count for box in boxes_for(Access.of(person(reads)))}
        assert 1 in (titles.get("Corrections that wait"), titles.get("Rättelser som väntar"))
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
