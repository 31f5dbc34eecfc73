"""The role table in Django's own words, which its admin and django-import-export ask in.

What each app says of itself to a lower one, in a module of an agreed name: its rights in the admin, its
words of the audit log, how its rows are found. A lower app names nothing of an upper one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule

from accounts.roles import MAY, May, Role


@cache
def hands_in(config: AppConfig, module: str, name: str) -> bool:
    """Whether the app has a module called `module` in which something is called `name`."""
    return module_has_submodule(config.module, module) and hasattr(
        import_module(f"{config.name}.{module}"), name
    )


def handed_in(module: str, name: str) -> dict[Any, Any]:
    """The tables called `name` in every app's `module`, as one table, in the order of the apps."""
    whole: dict[Any, Any] = {}
    for config in apps.get_app_configs():
        if hands_in(config, module, name):
            whole |= getattr(import_module(f"{config.name}.{module}"), name)
    return whole


Rights = frozenset[May]
NO_RIGHTS: Rights = frozenset()


@dataclass(frozen=True)
class Verbs:
    """Which rights each verb asks for, any of them. `load`: bring in a file."""

    view: Rights
    change: Rights
    add: Rights
    load: Rights
    export: Rights
    delete: Rights = NO_RIGHTS


NO_VERBS: Final = Verbs(NO_RIGHTS, NO_RIGHTS, NO_RIGHTS, NO_RIGHTS, NO_RIGHTS)
CALLED: Final = {"import": "load"}  # Django's verb → ours, where that is another


def rights(*wanted: May) -> Rights:
    return frozenset(wanted)


def one_right(right: May, *, delete: bool = False) -> Verbs:
    """A list whose every verb asks for the same right."""
    every = rights(right)
    return Verbs(every, every, every, every, every, delete=every if delete else NO_RIGHTS)


@cache
def table() -> dict[str, Verbs]:
    """Verbs by model, such as "cases.call", as each app says them in its `apps.py`.

    Records are ended or disposed of, never deleted; only a code or a mapping that nothing has used yet can
    go. A model that is not here has no place in the admin.
    """
    return handed_in("apps", "VERBS")


def has_lists(role: Role) -> bool:
    """Whether there is a list in the admin that `role` may see."""
    return any(MAY[role] & verbs.view for verbs in table().values())


def django_permission(role: Role, permission: str) -> bool:
    """Whether `role` has e.g. "cases.change_person". The verbs are Django's, and `import` and `export`."""
    app, _, codename = permission.partition(".")
    verb, _, model = codename.partition("_")
    verbs = table().get(f"{app}.{model}", NO_VERBS)
    wanted: Rights = getattr(verbs, CALLED.get(verb, verb), NO_RIGHTS)
    return bool(MAY[role] & verbs.view) and bool(MAY[role] & wanted)
