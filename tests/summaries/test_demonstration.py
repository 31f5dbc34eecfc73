"""What the demonstration has on the pages of those who publish: estimates, and reports where it can print."""

from __future__ import annotations

import sys
from datetime import date
from types import ModuleType

import pytest

from accounts.models import User
from audit.models import Event
from cases.demo import profile
from cases.demo.invent import invent
from cases.demo.people import DOMAIN
from summaries.estimates.estimate import ASKED, estimate
from summaries.models import Estimate
from summaries.release.demonstration import can_print

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 28)
YEAR = profile.YearProfile(
    {"women": 150, "men": 70, "boys": 10}, 6, 20, profile.LATE, profile.FROM_2021, profile.CHILDREN_LATE
)


def person(who: str) -> User:
    return User.objects.get(email=f"{who}@{DOMAIN}")


def test_estimates_are_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "YEARS", {2020: YEAR})
    invent(password="not used here", seed=7)
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
