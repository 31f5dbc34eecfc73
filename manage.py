#!/usr/bin/env python
"""Command line of the NMT register."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from typing import NoReturn

try:
    from django.apps import apps
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, CommandParser, execute_from_command_line
    from django.db import Error, ProgrammingError
except ImportError:
    sys.exit("Django is not installed for this Python: use .venv/bin/python, which 'make run' makes.")

from nmt_site import logs
from nmt_site.environment import SECRETS, new_key
from scripts.translations import compile_all


def main() -> None:
    gc.set_threshold(50_000, 20, 20)  # as in nmt_site/wsgi.py
    os.umask(0o077)  # the register, its keys and its files are its own user's alone
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    if sys.argv[1:2] == ["make_key"]:  # it makes what the settings ask for, so it cannot wait for them
        os.environ.update({name: new_key() for name in SECRETS})
    CommandParser.error = refuse  # type: ignore[method-assign]
    sys.excepthook = logs.log_uncaught
    speak_utf8()
    with contextlib.suppress(
        OSError, ValueError, ImportError
    ):  # as in a folder that may only be read: then in English
        compile_all()
    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
        notify_the_timer("succeeded")
    except SystemExit as end:
        if end.code == 1:  # it was refused, or found a fault; 2 is a word that was typed wrongly
            notify_the_timer("failed")
        raise
    except (
        BrokenPipeError
    ):  # the reader, such as head, has had enough; nothing is left to be written at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except (ImproperlyConfigured, Error, OSError) as error:
        if not isinstance(error, Error):  # a database that is away cannot be told
            notify_the_timer("failed")
        if "--traceback" in sys.argv:
            raise
        sys.exit(sentence(error))
    except Exception:
        notify_the_timer("failed")
        raise


def speak_utf8() -> None:
    """Results are files to others: their letters do not hang on the locale."""
    if sys.stdout is None:
        sys.exit("Standard output is closed, so there is nowhere to print the result.")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if "JOURNAL_STREAM" in os.environ:  # a service of systemd: what is said by hand goes elsewhere
        sys.stdout = logs.DiscreetStream(sys.stdout)  # type: ignore[assignment]
        sys.stderr = logs.DiscreetStream(sys.stderr)  # type: ignore[assignment]


def notify_the_timer(how: str) -> None:
    """What a timer runs has `succeeded` or `failed`: the page of operations shows when it last did."""
    if len(sys.argv) < 2 or not apps.models_ready:
        return
    from nmt_site import timers  # it asks for the settings, which not every command needs

    getattr(timers, how)(sys.argv[1])


def sentence(error: Exception) -> str:
    if isinstance(error, Error):
        said = logs.reason(error) or logs.description(error)
        unmigrated = isinstance(error, ProgrammingError) or said.startswith(
            ("no such table", "no such column")
        )
        remedy = " (manage.py migrate makes its tables)" if unmigrated else ""
        return f"The database cannot be used: {said}{remedy}"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {error.strerror}."
    return str(error)


def refuse(parser: CommandParser, message: str) -> NoReturn:
    """One sentence, as every other refusal, instead of a page of usage."""
    if (
        not parser.called_from_command_line
    ):  # Django looks for --settings first, and passes over what it cannot read
        raise CommandError(message)
    parser.exit(2, f"{parser.prog}: {' '.join(message.split())} (--help lists what may be written).\n")


if __name__ == "__main__":
    main()
