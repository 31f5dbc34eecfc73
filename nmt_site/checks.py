"""What must hold of where the register runs: asked at the start of the server and by `manage.py check`; and
which commands there are.

Django and the packages bring more commands. Some print texts decrypted or rewrite tables, without a right, a
second person or an event. So each is refused that is neither the register's own nor listed here (ADR 70).
"""

from __future__ import annotations

import ctypes.util
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, ManagementUtility, get_commands
from django.db import DatabaseError

from accounts.models import DEMO_DOMAIN, User

PANGO: Final = ("pango-1.0", "pangoft2-1.0")
LOCAL_HOSTS: Final = {"", "localhost", "127.0.0.1", "::1"}


def refuse_real_users() -> None:
    """Raises ImproperlyConfigured where a demonstration would open a register that somebody uses: without a
    second factor, secure cookies and https."""
    if not settings.DEMO:
        return
    with suppress(DatabaseError):  # no tables yet, or no contact: whoever needs them will say so
        if User.objects.exclude(email__endswith=DEMO_DOMAIN).exists():
            raise ImproperlyConfigured(
                "DEMO=1 is set and the database has users who are not the demonstration's: unset it."
            )


@register(Tags.database)
def no_demonstration_of_real_users(**_options: Any) -> list[Error]:
    try:
        refuse_real_users()
    except ImproperlyConfigured as refusal:
        return [Error(str(refusal), id="nmt_site.E001")]
    return []


@register(Tags.security, deploy=True)
def the_way_to_the_database_is_encrypted(**_options: Any) -> list[Error]:
    """`sslmode=prefer`, which is the default, falls back to clear text without a word. A file, a socket of
    this machine and the machine itself need none."""
    parts = urlsplit(settings.DATABASE_URL)
    query = parse_qs(parts.query)
    host = query.get("host", [parts.hostname or ""])[0]
    is_near = parts.scheme == "sqlite" or host.startswith("/") or host in LOCAL_HOSTS
    if is_near or query.get("sslmode", [""])[0] == "verify-full":
        return []
    text = "DATABASE_URL leads over the network: add ?sslmode=verify-full&sslrootcert=/path/to/ca.crt."
    return [Error(text, id="nmt_site.E002")]


@register(Tags.security, deploy=True)
def reports_can_be_made(**_options: Any) -> list[Warning]:
    """Without Pango a report as PDF, and so a publication, fails when it is made."""
    if all(ctypes.util.find_library(name) for name in PANGO):
        return []
    text = "Pango is not installed (on Debian: libpango-1.0-0 libpangoft2-1.0-0): no report, no publication."
    return [Warning(text, id="nmt_site.W001")]


# Of Django and the packages: what sets up, serves and tidies, and tells nothing of what is registered.
OF_OTHERS: Final = {
    *("check", "clearsessions", "collectstatic", "makemessages", "makemigrations", "migrate"),
    *("runserver", "sendtestemail", "showmigrations", "sqlmigrate"),
}
DEMO_ONLY: Final = {"shell"}  # for who builds the register, where all data are invented
INSTEAD: Final = {
    "changepassword": "The page of sign-in makes a new password.",
    "compilemessages": "python -m scripts.translations compiles the translations.",
    "createsuperuser": "There is no superuser: invite makes an administrator.",
    "dumpdata": "backup copies the database, and export_register takes everything out.",
    "export": "export_register takes everything out, and the page of a list what it shows.",
    "import": "import_rows and import_persons take files in.",
    "loaddata": "import_rows and import_persons take files in.",
    "shell": "It runs only with DEMO=1.",
    "test": "make test runs the tests.",
    "testserver": "make run serves a demonstration.",
}

_fetch = ManagementUtility.fetch_command


def guard() -> None:
    """Make the command line run and list chosen commands alone.

    `manage.py`, `django-admin` and `python -m django` all ask this class for a command. `call_command` does
    not: what calls it is code.
    """
    ManagementUtility.fetch_command = _fetch_chosen  # type: ignore[method-assign]
    ManagementUtility.main_help_text = _list_chosen  # type: ignore[method-assign]


def chosen() -> list[str]:
    """Return the names of the commands that run here."""
    of_others = OF_OTHERS | DEMO_ONLY if settings.DEMO else OF_OTHERS
    own = {app.name for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}
    return sorted(name for name, app in get_commands().items() if app in own or name in of_others)


def refusal(name: str) -> str:
    """Return the sentence that refuses a command, with what there is instead."""
    return f"{name} is not a command of the register. {INSTEAD.get(name, '')}".strip()


def _fetch_chosen(self: ManagementUtility, subcommand: str) -> BaseCommand:
    if subcommand in get_commands() and subcommand not in chosen():
        sys.exit(refusal(subcommand))
    return _fetch(self, subcommand)


def _list_chosen(self: ManagementUtility, commands_only: bool = False) -> str:
    if commands_only:
        return "\n".join(chosen())
    heading = f"Type '{self.prog_name} help <subcommand>' for help on one of these:"
    return "\n".join(["", heading, "", *(f"    {name}" for name in chosen())])
