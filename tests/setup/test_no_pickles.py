"""Nothing is pickled, and nothing that must hold lives in the memory or the files of one process."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.core.cache import caches
from django.utils.module_loading import import_string

from tests.ours import APPS, ROOT

BECOME_OBJECTS: Final = {"pickle", "cPickle", "_pickle", "shelve", "marshal", "dill", "cloudpickle", "joblib"}
OF_ONE_PROCESS: Final = (
    "cache.backends.locmem",
    "cache.backends.filebased",
    "pymemcache",
    "PickleSerializer",
    "DatabaseCache",
)
FILES: Final = [
    file for app in (*APPS, "scripts", "bench") for file in sorted((ROOT / app).rglob("*.py"))
] + [ROOT / "manage.py"]


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def test_no_source_reads_or_writes_pickles() -> None:
    assert len(FILES) > 200
    found = {f"{file.relative_to(ROOT)}: {name}" for file in FILES for name in imported(file)}
    assert {one for one in found if one.rpartition(" ")[2] in BECOME_OBJECTS} == set()


def told(value: Any) -> Iterator[str]:
    """Every text in a setting."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from told(key)
            yield from told(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from told(inner)
    elif isinstance(value, str):
        yield value


def test_no_setting_asks_for_pickles_or_for_the_memory_of_one_process() -> None:
    names = [name for name in dir(settings) if name.isupper()]
    found = {
        f"{name}: {text}"
        for name in names
        for text in told(getattr(settings, name))
        if any(word.lower() in text.lower() for word in OF_ONE_PROCESS)
    }
    assert found == set()


def test_sessions_and_what_is_signed_are_json() -> None:
    serializer = import_string(settings.SESSION_SERIALIZER)
    assert serializer is signing.JSONSerializer
    assert settings.SESSION_ENGINE == "accounts.session_store"
    assert settings.MESSAGE_STORAGE == "django.contrib.messages.storage.fallback.FallbackStorage"


def test_every_cache_is_the_shared_memory_of_json() -> None:
    assert {type(caches[name]).__module__ for name in settings.CACHES} == {"accounts.remembered"}
