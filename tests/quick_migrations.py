"""The migrations of the tests' database in less than half their time.

Django makes the class of a model, and of all that are related to it, anew for each constraint and index, and
asks each field each time how it was written. That what is made so is what the migrations make is proved by
`tests/setup/test_migrates_with_data.py`, whose other database is migrated without this.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.migrations.state import ProjectState
from django.db.models import Field

ASKED = "_written_as"


@contextmanager
def quick_migrations() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Field, "clone", _clone)
        patch.setattr(ProjectState, "_append_option", _append_option)
        patch.setattr(ProjectState, "_remove_option", _remove_option)
        yield


def _clone(field: Any) -> Any:
    """A field of a migration is no model's yet, and stays as it was written."""
    if hasattr(field, "model"):
        _name, _path, args, kwargs = field.deconstruct()
    else:
        if ASKED not in vars(field):
            setattr(field, ASKED, field.deconstruct()[2:])
        args, kwargs = getattr(field, ASKED)
    return type(field)(*args, **kwargs)


def _append_option(state: Any, app: str, model: str, option: str, new: Any) -> None:
    _set(state, app, model, option, [*state.models[app, model].options[option], new])


def _remove_option(state: Any, app: str, model: str, option: str, name: str) -> None:
    _set(
        state,
        app,
        model,
        option,
        [one for one in state.models[app, model].options[option] if one.name != name],
    )


def _set(state: Any, app: str, model: str, option: str, values: list[Any]) -> None:
    """No other model has to know of a constraint or an index."""
    state.models[app, model].options[option] = values
    if "apps" in vars(state):
        setattr(state.apps.get_model(app, model)._meta, option, values)
