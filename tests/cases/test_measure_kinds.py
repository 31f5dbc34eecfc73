"""A kind of measure that a rule knows by name stands in cases/timeline.py and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings

from agencies.models import Code
from cases import timeline

KIND: Final = re.compile(r"measure:[a-z]")
PLACE: Final = "cases/timeline.py"


def files() -> list[Path]:
    apps = [settings.BASE_DIR / name.partition(".")[0] for name in settings.INSTALLED_APPS]
    own = dict.fromkeys(app for app in apps if app.is_dir())
    code = [file for app in own for file in app.rglob("*.py") if "migrations" not in file.parts]
    return [*code, *(settings.BASE_DIR / "templates").rglob("*.html")]


def test_no_other_place_names_a_kind() -> None:
    named = {str(f.relative_to(settings.BASE_DIR)) for f in files() if KIND.search(f.read_text("utf-8"))}
    assert named == {PLACE}


@pytest.mark.django_db
def test_every_kind_that_is_named_is_a_code() -> None:
    kinds = {timeline.CHILD_REPORT, timeline.REFLECTION, timeline.GUARDIAN}
    assert kinds == set(timeline.WANTED)
    assert Code.objects.filter(list="measure", key__in=kinds).count() == len(kinds)
