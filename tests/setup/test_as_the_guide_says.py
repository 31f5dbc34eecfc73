"""The register set up as the administrator's guide says, by an owner who is no superuser; and served from
behind a real PgBouncer in transaction mode, as the application's role."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg
import pytest

from accounts.access import NAMES
from tests.installed import APPLICATION, DRILL, DRILLS, OWNER, WORKER, install
from tests.postgres import Cluster, PostgresMissing, programs, running_cluster
from tests.proxy import free_port
from tests.weights import ONLY_ALL, examples

# A minute of work: in `make test-all`.
pytestmark = [pytest.mark.skipif(not examples(0, 1), reason=ONLY_ALL)]
ROOT: Final = Path(__file__).resolve().parents[2]
PGBOUNCER: Final = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
READINGS: Final = 20  # of each coordinator
# Two regions with a case each, and whoever reads them, signed in: the cookie of each.
PREPARE: Final = """
import django; django.setup()
from django.conf import settings
from accounts.access import Access
from accounts.entry import accept_terms
from tests.cases.pages import coordinator, signed_in
from tests.makers import new_case
for region, name in (("V", "Vera"), ("SY", "Sven")):
    user = coordinator(region, name)
    user.email = f"{name.lower()}@demo.example"
    user.save()
    accept_terms(by=Access.of(user))
    case = new_case(by=Access.of(user), region=region)
    cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
    print(case.number, f"{cookie.key}={cookie.value}")
"""

# Every command that is the worker's, one after the other in one process; each that fails, with why.
COMMANDS: Final = """
import io, sys, django; django.setup()
from django.core.management import call_command
folder = sys.argv[1]
with open(folder + "/persons.csv", "w") as file:
    file.write("case;person;identified_on;agency;county;sex;child;status;main_purpose\\n")
    file.write("A1;1;2018-05-02;Polismyndigheten;14;F;no;presumed;sexual\\n")
for words in (
    ("import_persons", folder + "/persons.csv", "--as", "vera@demo.example"),
    ("find_duplicates",), ("purge_drafts",), ("purge_exports",), ("send_reminders",), ("rotate_keys",),
    ("yearly_summary", "2018", "--internal"), ("draft_publication", "2018"), ("dark_figure", "2018"),
    ("export_register", "--to", folder + "/everything"), ("work", "--once"),
    ("check_register",), ("verify_audit",),
):
    try:
        call_command(*words, stdout=io.StringIO())
    except Exception as fault:
        print(words[0], type(fault).__name__, fault)
"""


class Installation:
    """A register on a server of its own; `ask` says in which role."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster, self.folder = cluster, folder

    def url(self, role: str, socket_in: Path | None = None) -> str:
        return f"postgres://{role}@/nmt?host={quote(str(socket_in or self.cluster.folder), safe='')}"

    def environment(self, url: str) -> dict[str, str]:
        return {
            **os.environ, "DATABASE_URL": url, "DEMO": "1", "STATE_DIR": str(self.folder),
            "ALLOWED_HOSTS": "127.0.0.1", "DJANGO_SETTINGS_MODULE": "nmt_site.settings",
        }  # fmt: skip

    def manage(self, role: str, *words: str) -> str:
        done = self.run([sys.executable, "manage.py", *words], role)
        assert done.returncode == 0, f"{role}: {' '.join(words)}: {done.stdout[-1000:]}{done.stderr[-3000:]}"
        return done.stdout

    def run(self, command: list[str], role: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(self.url(role)) | more,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """By the very steps of docs/administrator.md."""
    try:
        programs()
    except PostgresMissing as missing:
        pytest.skip(str(missing))
    with running_cluster() as cluster:
        made = Installation(cluster, tmp_path_factory.mktemp("house"))
        install(cluster, made.manage)
        assert made.manage(OWNER, "make_database_roles") == f"ok {APPLICATION} {WORKER}\n"
        made.manage(OWNER, "migrate", "--verbosity", "0")  # again, as at every release
        made.manage(WORKER, "load_reference")
        yield made


def test_an_owner_who_is_no_superuser_sets_up_a_register_that_is_in_order(installation: Installation) -> None:
    assert installation.manage(WORKER, "check_register").startswith("ok")
    assert installation.manage(WORKER, "verify_audit").startswith("ok")
    with (
        psycopg.connect(installation.url(APPLICATION).replace("postgres:", "postgresql:")) as application,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="nobody has said"),
    ):
        application.execute("SELECT nmt_role()")


def test_a_back_up_sees_every_row_through_the_policies_and_is_restored_where_none_of_its_roles_is(
    installation: Installation,
) -> None:
    """As the worker's role and the owner, whom row level security binds; the application's is refused."""
    for role in (WORKER, OWNER):
        file = installation.folder / f"{role}.dump"
        head = installation.manage(role, "backup", "--to", str(file)).split()[1]
        with running_cluster() as elsewhere:
            elsewhere.says("postgres", *DRILLS)
            drilled = installation.run(
                [sys.executable, "manage.py", "restore_drill", str(file), "--head", head],
                "postgres",
                DATABASE_URL=elsewhere.url_of(DRILL, "postgres"),
            )
        assert drilled.returncode == 0, drilled.stderr[-3000:]
        persons = re.search(r"(\d+ persons), (\d+ cases)", drilled.stdout)
        checked = installation.manage(WORKER, "check_register")
        assert persons
        assert persons[0] in checked
        installation.cluster.says("nmt", f"ALTER ROLE {OWNER} CREATEDB")
        assert installation.manage(OWNER, "restore_drill", str(file)).startswith(
            f"ok {head}"
        )  # by the owner, bound
    refused = installation.run([sys.executable, "manage.py", "backup", "--to", str(file) + "2"], APPLICATION)
    assert refused.returncode == 1
    assert "does not see every row" in refused.stderr


# --- behind PgBouncer -------------------------------------------------------------------------
def wait_until(listens: Callable[[], object]) -> None:
    for _try in range(600):
        with suppress(OSError, psycopg.OperationalError):
            listens()
            return
        time.sleep(0.1)
    raise TimeoutError("It does not listen")


def lent_by(folder: Path) -> Any:
    return {
        "host": str(folder),
        "port": 6432,
        "user": APPLICATION,
        "dbname": "nmt",
        "prepare_threshold": None,
    }


@contextmanager
def pooled(installation: Installation) -> Iterator[Path]:
    """The folder of the socket of a PgBouncer that lends two connections, a transaction at a time."""
    folder = installation.cluster.folder
    (folder / "users").write_text(f'"{APPLICATION}" ""\n')
    (folder / "pgbouncer.ini").write_text(f"""[databases]
nmt = host={folder} dbname=nmt pool_size=2
[pgbouncer]
pool_mode = transaction
listen_addr =
listen_port = 6432
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
ignore_startup_parameters = options
logfile = {folder}/pooler.log
""")
    for name in ("users", "pgbouncer.ini"):
        (folder / name).chmod(0o644)
    with subprocess.Popen(
        [PGBOUNCER, "-q", folder / "pgbouncer.ini"], cwd=folder, **installation.cluster.owner
    ) as pooler:
        try:
            wait_until(lambda: psycopg.connect(**lent_by(folder)).close())
            yield folder
        finally:
            pooler.terminate()


@contextmanager
def served(installation: Installation, url: str) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "nmt_site.wsgi:application", "--config",
               "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}", "--workers", "1"]  # fmt: skip
    environment = installation.environment(url) | {"DATABASE_POOLER": "1"}
    with (
        (installation.folder / "served.log").open("w") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as server,
    ):
        try:
            wait_until(lambda: socket.create_connection(("127.0.0.1", port), 1).close())
            yield port
        finally:
            server.terminate()


def read(port: int, address: str, cookie: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", address, headers={"Cookie": cookie})
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, page


@pytest.fixture(scope="module")
def readers(installation: Installation) -> list[list[str]]:
    """The number of each region's case, and the cookie of its coordinator."""
    made = installation.run([sys.executable, "-c", PREPARE], WORKER)
    assert made.returncode == 0, made.stderr[-3000:]
    return [line.split(" ", 1) for line in made.stdout.splitlines()]


def test_every_command_of_the_worker_does_its_work_as_the_workers_role(
    installation: Installation, readers: list[list[str]]
) -> None:
    process = installation.run([sys.executable, "-c", COMMANDS, str(installation.folder)], WORKER)
    assert (process.returncode, process.stdout) == (0, ""), process.stderr[-3000:]


@pytest.mark.skipif(not os.access(PGBOUNCER, os.X_OK), reason="PgBouncer (pgbouncer) is not installed")
def test_two_coordinators_at_once_behind_pgbouncer_see_their_own_alone_and_leave_nothing(
    installation: Installation, readers: list[list[str]]
) -> None:
    own, strange, answers = (dict.fromkeys((n for n, _c in readers), 0) for _ in range(3))
    with (
        pooled(installation) as folder,
        served(installation, installation.url(APPLICATION, folder) + "&port=6432") as port,
    ):

        def go(number: str, cookie: str) -> None:
            for _time in range(READINGS):
                status, page = read(port, "/cases/", cookie)
                answers[number] += status == 200
                regions = set(re.findall(r"\b(V|SY)-\d{4}-\d{4}\b", page))
                own[number] += number in page
                strange[number] += not regions <= {number.partition("-")[0]}

        threads = [threading.Thread(target=go, args=reader) for reader in readers for _twice in range(2)]
        together(threads)
        assert set(answers.values()) == set(own.values()) == {2 * READINGS}
        assert set(strange.values()) == {0}
        for _time in range(6):  # each of the two connections that they were lent
            assert not any(left_in_one_of(folder))


def together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def left_in_one_of(pool: Path) -> list[str]:
    """What is set in a connection that is lent."""
    with psycopg.connect(**lent_by(pool)) as asking:
        asking.execute("SELECT pg_sleep(0.05)")
        rows = [asking.execute(f"SELECT current_setting('{name}', true)").fetchone() for name in NAMES]
    return [row[0] for row in rows if row]
