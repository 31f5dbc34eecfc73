"""What holds in every test: an environment of its own, no network, quick passwords, Swedish unless asked
otherwise."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.network import forbidden_network
from tests.weights import INSTEAD, USUAL, heaviest_first, instead, mark_listed, usual

pytest_plugins = ["tests.browser", "tests.leftovers", "tests.timing"]

# Before Django reads its settings, and whatever the developer's shell says. A database is named for the tests
# alone, so that none of them meets a real one.
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "nmt_site.settings",
    "DATABASE_URL": "",
    "DEMO": "0",
    "SITE_ADDRESS": "",
    "EMAIL_HOST": "",
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
    parser.addoption(
        "--database-only", action="store_true", help="only tests that use the database, for a second one"
    )
    parser.addoption("--postgresql", action="store_true", help="on a PostgreSQL of the run's own")
    parser.addoption("--renew-golden", action="store_true", help="write tests/golden/ anew: make golden")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--postgresql"):  # its server is started for the first test that asks it
        os.environ["DATABASE_URL"] = "postgres://nobody@/none"
    database = settings.DATABASES["default"]  # read now: pytest-django sets Django up next
    if database["ENGINE"].endswith("sqlite3"):
        # In a file, as in use: in memory there is no write-ahead log, and browser threads would share a
        # connection.
        database.setdefault("TEST", {})["NAME"] = f"{os.environ['STATE_DIR']}/test.sqlite3"
    if not hasattr(config, "workerinput"):  # once, not in every worker
        from scripts.names import list_names
        from scripts.translations import compile_all

        compile_all()
        list_names()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """What is chosen by marks falls between: `USUAL` and `INSTEAD` are of all that was collected, the order
    is of what is left."""
    config.stash[USUAL], config.stash[INSTEAD] = usual(items), instead(items)
    mark_listed(items)
    yield
    if config.getoption("--database-only"):
        config.hook.pytest_deselected(items=[item for item in items if not _uses_database(item)])
        items[:] = [item for item in items if _uses_database(item)]
    items[:] = heaviest_first(items, getattr(config, "workerinput", {}).get("workercount", 1))


def pytest_collection_finish() -> None:
    """What is there now stays to the end: looking through it for garbage again and again took a tenth of the
    time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


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
    """Argon2 is slow on purpose: a tenth of a second for each user made or signed in. Nor are people of tests
    asked for a second factor, or for the terms, but where a test is about them."""
    from django.test import override_settings

    fast = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=fast, SECOND_FACTOR_REQUIRED=False, TERMS_VERSION=0):
        yield


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_found_once() -> Iterator[None]:
    """Every test client makes its middleware anew, and whitenoise looked through 500 files for each: as much
    work as five pages."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    find, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def find_once(middleware: Any) -> None:
        if not found:
            find(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", find_once)
        yield


@pytest.fixture(autouse=True)
def _language_and_time_zone() -> Iterator[None]:
    """A request activates its user's language, and leaves it on for the thread."""
    from django.utils import timezone, translation

    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(autouse=True)
def _public_pages_are_made_anew() -> None:
    """The rows of one test have the numbers and hours of another's: the stamp of a page may be the same."""
    from summaries.site.response import forget_pages

    forget_pages()


@pytest.fixture(autouse=True, scope="session")
def _each_part_in_its_role() -> Iterator[None]:
    """On PostgreSQL (`tests.database_roles`)."""
    from tests.database_roles import as_installed

    with as_installed():
        yield


@pytest.fixture(autouse=True, scope="session")
def _files_are_read_here() -> Iterator[None]:
    from tests.read_here import read_here

    with read_here():
        yield


@pytest.fixture
def read_by_a_process() -> Iterator[None]:
    """For tests of the process that reads a file."""
    from tests.read_here import read_apart

    with read_apart():
        yield


@pytest.fixture(autouse=True, scope="session")
def _jobs_show_no_sign_of_life() -> None:
    """They would from a connection of their own, which waits for what the test's transaction holds and is
    still there when the test is over. A test of these signs says how often."""
    from jobs import worker

    worker.BEAT = 60


@pytest.fixture
def django_assert_max_num_queries(monkeypatch: pytest.MonkeyPatch) -> Any:
    """In place of pytest-django's: BEGIN and COMMIT of a request, which in a test's own transaction are a
    savepoint, ask for nothing, nor does what tells PostgreSQL for whom is asked."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.begun import begun_from_now

    @contextmanager
    def at_most(number: int) -> Iterator[CaptureQueriesContext]:
        begun = begun_from_now(monkeypatch)
        with CaptureQueriesContext(connection) as asked:
            yield asked
        statements = [query["sql"] for query in asked if "set_config(" not in query["sql"]]
        assert len(statements) - 2 * len(begun) <= number, "\n".join([f"{len(statements)}:", *statements])

    return at_most


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """In place of pytest-django's: the database of every test holds the shipped reference data, and every
    test with transactions of its own leaves it so."""
    from django.db import connection
    from django.test import TransactionTestCase

    from tests.database import own_copy

    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        with django_db_blocker.unblock():
            original = stack.enter_context(own_copy(Path(os.environ["STATE_DIR"])))
            # SQLite is asked once in a process whether it knows JSON: not among the queries of a page.
            _ = connection.features.supports_json_field
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: original.copy_again())
        yield
        with django_db_blocker.unblock():
            stack.close()
