"""What the demonstration has on the pages of those who publish: estimates, and reports where it can print."""

from __future__ import annotations

import sys
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Approval, User
from accounts.roles import Role
from audit.models import Event
from cases.demo import profile
from cases.demo.invent import invent
from cases.demo.people import DOMAIN
from jobs.models import Job
from jobs.worker import work
from summaries.counting.historical import decide_standing_exemption
from summaries.estimates.estimate import ASKED, estimate
from summaries.models import Estimate
from summaries.release import demonstration
from summaries.release.approvals import RELEASE
from summaries.release.demonstration import _next_release, announce_next, can_print, publish_years
from summaries.release.models import Publication
from tests.actors import user

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


def test_four_years_are_out_at_once_and_their_later_versions_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Preliminary, final a year later, revised, withdrawn; and one that the manager is asked about."""
    newest = _next_release(today := timezone.localdate()).year - 2
    monkeypatch.setattr(profile, "YEARS", dict.fromkeys(range(newest - 3, newest + 1), YEAR))
    monkeypatch.setattr(demonstration, "can_print", lambda: False)
    decide_standing_exemption()
    invent(password="not used here", seed=7, today=today)
    publish_years(person("analyst"), person("manager"), today)
    assert {one.state for one in Publication.objects.all()} == {"preliminary"}
    assert Publication.objects.count() == 4
    assert work(once=True) == 1
    assert [(job.state, job.error) for job in Job.objects.all()] == [("done", "")]
    rows = Publication.objects.published().order_by("year", "version")
    assert [(newest - one.year, one.state, one.shown_again) for one in rows] == [
        (3, "preliminary", None), (3, "final", None), (3, "withdrawn", 2),
        (2, "preliminary", None), (2, "final", None), (2, "revised", None),
        (1, "preliminary", None), (1, "final", None),
        (0, "preliminary", None),
    ]  # fmt: skip
    (asked,) = Approval.objects.pending().filter(act=RELEASE)
    assert (asked.payload["year"], asked.payload["state"]) == (newest - 1, "revised")
    printed = {one.year: {table["name"] for table in one.tables} for one in rows if one.version == 1}
    assert all({table["name"] for table in one.tables} == printed[one.year] for one in rows)
    assert all(len(tables) > 5 for tables in printed.values())
    for year in range(newest - 3, newest + 1):
        page = Client().get(f"/statistik/{year}/?lang=en")
        assert page.status_code == 200, year


def test_who_answers_for_the_next_release_is_an_address(settings: Any) -> None:
    settings.STATISTICS_CONTACT = "statistik@demo.example"
    announce_next(user("Anna", Role.ANALYST), timezone.localdate())
    assert "mailto:statistik@demo.example" in Client().get("/statistik/").content.decode()
