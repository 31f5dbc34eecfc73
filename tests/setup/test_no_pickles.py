"""Nothing is pickled, and nothing that must hold lives in the memory or the files of one process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.core.cache import caches
from django.utils.module_loading import import_string

from tests.ours import CODE, ROOT

BECOME_OBJECTS: Final = {"pickle", "cPickle", "_pickle", "shelve", "marshal", "dill", "cloudpickle", "joblib"}
OF_ONE_PROCESS: Final = (
    "cache.backends.locmem",
    "cache.backends.filebased",
    "pymemcache",
    "PickleSerializer",
    "DatabaseCache",
)
FILES: Final = [
    file for app in (*CODE, "scripts", "bench") for file in sorted((ROOT / app).rglob("*.py"))
] + [ROOT / "manage.py"]


IMPORTED: Final = re.compile(
    rf"^\s*(?:import|from)\b.*\b({'|'.join(sorted(BECOME_OBJECTS))})\b", re.MULTILINE
)


def test_no_source_reads_or_writes_pickles() -> None:
    assert IMPORTED.search("if rows:\n    import json, pickle\n")
    assert len(FILES) > 200
    assert [str(file.relative_to(ROOT)) for file in FILES if IMPORTED.search(file.read_text())] == []


def strings_of(value: Any) -> Iterator[str]:
    """Every text in a setting."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings_of(key)
            yield from strings_of(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from strings_of(inner)
    elif isinstance(value, str):
        yield value


def test_no_setting_asks_for_pickles_or_for_the_memory_of_one_process() -> None:
    names = [name for name in dir(settings) if name.isupper()]
    found = {
        f"{name}: {text}"
        for name in names
        for text in strings_of(getattr(settings, name))
        if any(word.lower() in text.lower() for word in OF_ONE_PROCESS)
    }
    assert found == set()


def test_sessions_and_what_is_signed_are_json() -> None:
    serializer = import_string(settings.SESSION_SERIALIZER)
    assert serializer is signing.JSONSerializer
    assert settings.SESSION_ENGINE == "accounts.sessions"
    assert settings.MESSAGE_STORAGE == "django.contrib.messages.storage.fallback.FallbackStorage"


def test_every_cache_is_the_shared_memory_of_json() -> None:
    assert {type(caches[name]).__module__ for name in settings.CACHES} == {"accounts.db_cache"}
