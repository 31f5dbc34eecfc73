"""The glossary joins the words of screen and code: what it names is there, and what is there it names."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Final

from django.apps import apps
from django.db.models import Model

from tests.ours import APPS

ROOT: Final = Path(__file__).parent.parent
GLOSSARY: Final = (ROOT / "docs/glossary.md").read_text()
NAMES: Final = re.findall(r"`([^`]+)`", GLOSSARY)

# Parts of the machinery, which no screen shows under a name of their own.
UNSEEN: Final = {
    "Attempt",
    "CaseSeries",
    "ComparedPerson",
    "ExportPart",
    "Head",
    "LikenessSearch",
    "OpenFile",
    "PublicationFile",
    "Remembered",
    "Segment",
    "SentForm",
    "WaitingHint",
}


def models() -> dict[str, type[Model]]:
    every = (model for app in APPS if app != "nmt_site" for model in apps.get_app_config(app).get_models())
    histories = ("history_type", "m2m_history_id")
    return {model.__name__: model for model in every if not any(hasattr(model, name) for name in histories)}


def test_every_model_that_people_meet_is_named() -> None:
    named = {part for name in NAMES for part in name.split(".")}
    assert set(models()) - named - UNSEEN == set()


def test_every_field_is_there() -> None:
    fields = {f"{name}.{one.name}" for name, model in models().items() for one in model._meta.get_fields()}
    named = {name for name in NAMES if re.fullmatch(r"([a-z]+\.)?[A-Z][A-Za-z]+\.[a-z_]+", name)}
    assert len(named) > 20
    assert sorted(name for name in named if ".".join(name.split(".")[-2:]) not in fields) == []


def test_every_code_is_there() -> None:
    with (ROOT / "agencies/reference/codes.csv").open(newline="") as lines:
        codes = {row["key"] for row in csv.DictReader(lines)}
    assert {name for name in NAMES if re.fullmatch(r"[a-z_]+:[a-z_]+", name)} - codes == set()
