"""Serves a demonstration on this machine: prepares the database, prints the sign-ins, runs server and job
worker.

python -m scripts.serve [--port 8000]
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

HOST = "127.0.0.1"
DEMO_DOMAIN = "@demo.example"


def main() -> None:
    os.umask(0o077)  # the register and its files are nobody else's on this machine
    port = _port()
    _check_free(port)
    os.environ.update({"DEMO": "1", "DJANGO_SETTINGS_MODULE": "nmt_site.settings"})
    os.environ.setdefault("SITE_ADDRESS", f"http://{HOST}:{port}")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db import Error

    from nmt_site import logs

    try:
        _prepare()
    except (ImproperlyConfigured, CommandError, ValueError, OSError) as error:
        sys.exit(str(error))
    except Error as error:
        sys.exit(f"The database cannot be used: {logs.reason(error) or logs.description(error)}")
    _serve(port)


def _port() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--port", default="8000")
    text = parser.parse_args().port
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        sys.exit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            sys.exit(
                f"Port {port} may be opened by root only: choose one from 1024, such as make run PORT=8080."
            )
        except OSError as error:
            sys.exit(
                f"Port {port} cannot be used ({error.strerror}): choose another, such as make run "
                f"PORT={port + 1}."
            )


def _prepare() -> None:
    from scripts.names import list_names
    from scripts.translations import compile_all

    compile_all()
    list_names()  # without it each uploaded file is refused
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from nmt_site.environment import secret

    password = secret("DEMO_PASSWORD", demo_folder=settings.STATE_DIR / "keys")
    os.environ["DEMO_PASSWORD"] = password
    if _needs_migration():
        _say("Preparing the database ...")
        call_command("migrate", verbosity=0)
        call_command("load_reference", stdout=io.StringIO())
    if not _holds_demo():
        _say("Inventing demonstration data ...")
        call_command("demo", stdout=io.StringIO())  # it lists the sign-ins, as is done below at every start
    _print_sign_ins(password)
    connections.close_all()  # the server's processes open their own


def _needs_migration() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _holds_demo() -> bool:
    from django.contrib.auth import get_user_model

    users = get_user_model().objects.all()
    if users.filter(email__endswith=DEMO_DOMAIN).exists():
        return True
    if users.exists():
        sys.exit(
            "This database has users who are not the demonstration's: make run never adds invented data "
            "to it."
        )
    return False


def _print_sign_ins(password: str) -> None:
    from django.contrib.auth import get_user_model

    users = list(get_user_model().objects.filter(email__endswith=DEMO_DOMAIN, is_active=True).order_by("pk"))
    if users and not users[0].check_password(password):
        password = "the one of the first run"  # noqa: S105
    print("Demonstration with invented data. Sign in as")
    for user in users:
        if user.has_usable_password():
            print(f"  {user.email:<34} {user.get_role_display()}")
    print(f"Password: {password}", flush=True)


def _serve(port: int) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in _options(port).items():
                self.cfg.set(name, value)

        def load(self) -> object:
            from nmt_site.wsgi import application

            return application

    with _job_worker():
        Server().run()


def _options(port: int) -> dict[str, object]:
    return {
        "bind": f"{HOST}:{port}",
        "workers": 2,
        "worker_class": "gthread",  # a browser's idle spare connection holds a thread, not a whole process
        "threads": 4,
        "timeout": 120,
        "graceful_timeout": 5,
        "preload_app": True,  # loaded once, here
        "loglevel": "error",
        "control_socket_disable": True,
        "post_worker_init": lambda worker: signal.signal(
            signal.SIGINT, signal.SIG_IGN
        ),  # the first process tells them
        "when_ready": lambda server: _say(f"Serving on http://{HOST}:{port}/ (Ctrl-C stops)"),
    }


@contextmanager
def _job_worker() -> Iterator[None]:
    """The command that does long work, for as long as the server runs. Ctrl-C is not meant for it: its own
    session."""
    from django.core.management import get_commands

    if "work" not in get_commands():
        yield
        return
    owner = os.getpid()
    command = [sys.executable, "-m", "scripts.keep", sys.executable, "manage.py", "work"]
    worker = subprocess.Popen(command, start_new_session=True)
    try:
        yield
    finally:
        if os.getpid() == owner:  # the server's forked children leave through here too
            _end(worker)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
