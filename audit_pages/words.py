"""The words of the audit log. Fields stand in it by name, never by value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.permissions import handed_in, hands_in

Words = dict[str, str | Promise]
MODULE: Final = "apps"  # where every app says the words of its own events


# What an event is about, the part of its action before the dot: what the audit log is filtered by.
ABOUT: Final[Words] = handed_in(MODULE, "ABOUT")
# What was done: the part after the dot, or the whole action where that part alone would say something else.
# One that is not here is shown as it is.
DONE: Final[Words] = handed_in(MODULE, "DONE")
# How something was looked for, read or proven; the names of filters; addresses are shown as they are.
HOW: Final[Words] = handed_in(MODULE, "HOW")


def words(action: str) -> str:
    """Such as "Cases: read"."""
    about, _dot, done = action.partition(".")
    label = DONE.get(action) or DONE.get(done, done.replace("_", " "))
    return f"{_about(about)}: {label}"


def _about(name: str) -> str | Promise:
    """The rows of a list are called what the list is called."""
    if name in ABOUT:
        return ABOUT[name]
    models = {
        model._meta.model_name: model
        for model in apps.get_models()
        if hands_in(model._meta.app_config, MODULE, "ABOUT")
    }
    return capfirst(str(models[name]._meta.verbose_name_plural)) if name in models else name


def object_words(kind: str, label: str) -> str:
    """What was read or changed. Labels that an app makes up of keys are said by its configuration."""
    for config in apps.get_app_configs():
        if kind.split(".")[0] in getattr(config, "audit_kinds", ()):
            return str(config.audit_words(label))  # type: ignore[attr-defined]
    return label


def field_words(kind: str, names: Sequence[str]) -> str:
    """Fields as the forms call them. A name that no model has any longer, or never had, stands as it is."""
    labels = _labels(kind)
    return ", ".join(_label(name, labels) or object_words(kind, name) for name in names)


def _label(name: str, labels: dict[str, Any]) -> str:
    """Whether something was asked stands in a field of its own beside what was answered."""
    what = name.removesuffix("_answer")
    if what == name:
        return str(labels.get(name, ""))
    return _("answer: {what}").format(what=labels.get(what, what))


@cache
def _labels(kind: str) -> dict[str, Any]:
    """Of the object's own model, and before it of its app: a change of a part stands with the whole. Lazy
    words."""
    app, _dot, _model = kind.lower().partition(".")
    models = sorted(apps.get_models(), key=lambda model: model._meta.label_lower == kind.lower())
    fields = (field for model in models if model._meta.app_label == app for field in model._meta.get_fields())
    return {field.name: field.verbose_name for field in fields if hasattr(field, "verbose_name")}


def how(search_kind: str) -> str:
    return ", ".join(str(HOW.get(part, part)) for part in (one for one in search_kind.split(",") if one))
