"""The shape of the demonstration is fitted in the house, and one like it is invented from the file."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from audit.models import Event
from cases.demo import profile
from cases.demo.invent import invent
from cases.models import Case, DuplicateReview, Identification, Person
from cases.shape.cells import FEWEST
from cases.shape.shape import read

pytestmark = pytest.mark.django_db
YEAR = profile.Year(
    {"women": 150, "men": 60, "boys": 30}, 12, 40, profile.LATE, profile.FROM_2021, profile.CHILDREN_LATE
)
REASON = "Påhittat: tecknen visade sig ha en annan förklaring."


def said(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a demonstration that is gone again."""
    monkeypatch.setattr(profile, "YEARS", {2025: YEAR})
    path = tmp_path / "shape.json"
    with transaction.atomic():
        invent(password="not used here", seed=3)
        told = said("shape_of_register", "--to", str(path))
        event = Event.objects.latest("sequence")
        assert (event.action, event.rows) == ("register.shape", Person.objects.filter(same_as=None).count())
        with pytest.raises(CommandError):  # it is there already, and stays
            said("shape_of_register", "--to", str(path))
        numbers = set(Case.objects.values_list("number", flat=True))
        transaction.set_rollback(True)
    assert told.startswith("ok ")
    assert "assumed" in told  # six confirmed pairs are too few to tell how second records differ
    assert not any(number in path.read_text() for number in numbers)
    return path


@pytest.mark.heavy
def test_the_file_says_how_often_and_a_demonstration_of_its_shape_is_a_sound_register(
    file: Path, settings: Any
) -> None:
    settings.DEMO = True
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shape = read(json.loads(file.read_text()))
    assert min(shape.cells()) >= FEWEST
    assert REASON not in file.read_text()
    told = said("demo", "--like", str(file), "--seed", "4")
    assert said("check_register").startswith("ok")
    persons = Person.objects.filter(status__in=("presumed", "identified", "under_assessment", "declined"))
    assert persons.count() == pytest.approx(shape.persons * 1.25, rel=0.1)
    assert persons.filter(sex="F").count() / persons.count() == pytest.approx(150 / 240, abs=0.1)
    assert Identification.objects.count() > persons.count() * 1.15
    assert not DuplicateReview.objects.exists()  # who is registered twice is for the search to find
    twice = int(told.split(" of the persons were registered twice")[0].split()[-1])
    assert twice == pytest.approx(shape.persons / 4, rel=0.35)
    with pytest.raises(CommandError, match="not empty"):
        said("demo", "--like", str(file))


def test_too_few_have_no_shape_and_another_file_is_none(tmp_path: Path, settings: Any) -> None:
    settings.DEMO = True
    with pytest.raises(CommandError, match="at least 200"):
        said("shape_of_register", "--to", str(tmp_path / "shape.json"))
    assert not list(tmp_path.iterdir())
    other = tmp_path / "other.json"
    other.write_text("[]")
    for name in (other, tmp_path / "none.json"):
        with pytest.raises(CommandError, match=name.name):
            said("demo", "--like", str(name))
