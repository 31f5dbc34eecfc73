"""What each app says of itself to a lower one, in a module of an agreed name: its rights in the admin, its
words of the trail, how its rows are found. A lower app names nothing of an upper one."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


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
