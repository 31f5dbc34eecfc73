"""What holds in every test: an environment of its own, no network, quick passwords, Swedish unless asked otherwise."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

from tests.network import forbidden_network

pytest_plugins = ["tests.browser"]

# Before Django reads its settings, and whatever the developer's shell says. A database is named for the tests alone,
# so that none of them meets a real one.
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "nmt_site.settings",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
    "DEMO": "0",
    "SECRET_KEY": "for-the-tests-alone-" * 3,
    "NOTES_KEY": "bm90ZXMga2V5IGZvciB0aGUgdGVzdHMgYWxvbmUsIDE=",
    "AUDIT_KEY": "YXVkaXQga2V5IGZvciB0aGUgdGVzdHMgYWxvbmUsIDE=",
    "STATE_DIR": tempfile.mkdtemp(prefix="nmt-tests-"),
}
atexit.register(shutil.rmtree, os.environ["STATE_DIR"], ignore_errors=True)

# The same examples every time, however slow the machine.
hypothesis_settings.register_profile("same", derandomize=True, deadline=None)
hypothesis_settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only tests that use the database, for a second one")


def pytest_configure(config: pytest.Config) -> None:
    database = settings.DATABASES["default"]  # read now: pytest-django sets Django up next
    if database["ENGINE"].endswith("sqlite3"):
        # In a file, as in use: in memory there is no write-ahead log, and browser threads would share a connection.
        database.setdefault("TEST", {})["NAME"] = f"{os.environ['STATE_DIR']}/test.sqlite3"
    if not hasattr(config, "workerinput"):  # once, not in every worker
        from scripts.translations import compile_all

        compile_all()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    apart = [item for item in items if not _uses_database(item)]
    config.hook.pytest_deselected(items=apart)
    items[:] = [item for item in items if _uses_database(item)]


def _uses_database(item: pytest.Item) -> bool:
    from django.test import TransactionTestCase

    fixtures = {"db", "transactional_db", "live_server"}
    if item.get_closest_marker("django_db") or fixtures & set(getattr(item, "fixturenames", ())):
        return True
    return issubclass(getattr(item, "cls", None) or object, TransactionTestCase)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    with forbidden_network():
        yield


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Argon2 is slow on purpose: a tenth of a second for each user made or signed in."""
    from django.test import override_settings

    fast = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=fast, SECOND_FACTOR_REQUIRED=False):
        yield


@pytest.fixture(autouse=True)
def _language_and_time_zone() -> Iterator[None]:
    """A request activates its user's language, and leaves it on for the thread."""
    from django.utils import timezone, translation

    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The database of every test holds the shipped reference data."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _load_reference()


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_triggers() -> Iterator[None]:
    """Between tests with transactions of their own Django empties every table, which the audit trail's triggers refuse:
    they step aside for that alone, as they do for a disposal."""
    from django.core.management.commands.flush import Command

    from audit.guard import lifted

    flush = Command.handle

    def handle(self: Command, **options: object) -> None:
        with lifted():
            flush(self, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Command, "handle", handle)
        yield


# A test with transactions of its own ends by emptying every table: the next one, whichever it is, loads them again.
_emptied = False


def pytest_runtest_logfinish(nodeid: str) -> None:
    global _emptied
    _emptied = _emptied or nodeid in _transactional


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    global _emptied
    if _own_transactions(item):
        _transactional.add(item.nodeid)
    if _emptied and _uses_database(item):
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            _load_reference()
        _emptied = False


_transactional: set[str] = set()


def _own_transactions(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        return True
    return bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))


def _load_reference() -> None:
    import agencies.loading
    import summaries.loading

    agencies.loading.load()
    summaries.loading.load()
