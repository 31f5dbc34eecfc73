"""The management commands that the house chose; from the command line there are no others.

Django and the packages bring more. Some print texts decrypted or rewrite tables, without a right, a second
person or an event. So each command is refused that is neither the house's own nor listed here (ADR 70).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from django.apps import apps
from django.conf import settings
from django.core.management import BaseCommand, ManagementUtility, get_commands

# Of Django and the packages: what sets up, serves and tidies, and tells nothing of what is registered.
OF_OTHERS: Final = frozenset(
    {
        *("check", "clearsessions", "collectstatic", "makemessages", "makemigrations", "migrate"),
        *("runserver", "sendtestemail", "showmigrations", "sqlmigrate"),
    }
)
DEMO_ONLY: Final = frozenset({"shell"})  # for who builds the register, where all data are invented
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
