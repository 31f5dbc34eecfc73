"""What must hold of where the register runs: asked at the start of the server and by `manage.py check`; which
commands there are; and when `migrate` goes back.

Django and the packages bring more commands. Some print texts decrypted or rewrite tables, without a right, a
second person or an event. So each is refused that is neither the register's own nor listed here (ADR 70).

`migrate` to an earlier state, which drops tables and columns, goes only where nobody loses a row by it.
A database that other migrations made is refused. The way back from a release is the back-up that was made
before it (docs/administrator.md). Django asks nothing: it would drop the audit log with its triggers, if one
app's name is followed by an early number.
"""

from __future__ import annotations

import ctypes.util
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, ManagementUtility, get_commands
from django.core.management.base import CommandError
from django.db import DatabaseError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AddField, AlterField, CreateModel, Migration
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import pre_migrate

from accounts.models import DEMO_DOMAIN, User
from encryption.fields import EncryptedColumn

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
def the_way_to_the_database_is_encrypted(**_options: Any) -> list[CheckMessage]:
    """`sslmode=prefer`, which is the default, falls back to clear text without a word. A file, a socket of
    this machine and the machine itself need none."""
    parts = urlsplit(settings.DATABASE_URL)
    query = parse_qs(parts.query)
    host = query.get("host", [parts.hostname or ""])[0]
    is_near = parts.scheme == "sqlite" or host.startswith("/") or host in LOCAL_HOSTS
    is_encrypted = is_near or query.get("sslmode", [""])[0] == "verify-full"
    text = "DATABASE_URL leads over the network: add ?sslmode=verify-full&sslrootcert=/path/to/ca.crt."
    return _unless(is_encrypted, Error(text, id="nmt_site.E002"))


@register(Tags.security, deploy=True)
def reports_can_be_made(**_options: Any) -> list[CheckMessage]:
    """Without Pango a report as PDF, and so a publication, fails when it is made."""
    is_installed = all(ctypes.util.find_library(one) for one in PANGO)
    text = "Pango is not installed (on Debian: libpango-1.0-0 libpangoft2-1.0-0): no report, no publication."
    return _unless(is_installed, Warning(text, id="nmt_site.W001"))


@register(Tags.security, deploy=True)
def names_are_known(**_options: Any) -> list[CheckMessage]:
    """Without the list no text can be read for names, and so none is stored."""
    from cases.scanner.name_words import LISTED  # the start needs no list of words

    text = "The names that are looked for in texts are not listed: run python -m scripts.names."
    return _unless(LISTED.exists(), Error(text, id="nmt_site.E003"))


def _unless(holds: bool, fault: CheckMessage) -> list[CheckMessage]:
    return [] if holds else [fault]


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
    there = get_commands()
    own = {app.name for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}
    return sorted({name for name in there if there[name] in own} | (there.keys() & of_others))


def refusal(name: str) -> str:
    """Return the sentence that refuses a command, with what there is instead."""
    return f"{name} is not a command of the register. {INSTEAD.get(name, '')}".strip()


def _fetch_chosen(self: ManagementUtility, subcommand: str) -> BaseCommand:
    if subcommand in get_commands().keys() - chosen():
        sys.exit(refusal(subcommand))
    return _fetch(self, subcommand)


def _list_chosen(self: ManagementUtility, commands_only: bool = False) -> str:
    if commands_only:
        return "\n".join(chosen())
    heading = f"Type '{self.prog_name} help <subcommand>' for help on one of these:"
    return "\n".join(["", heading, "", *(f"    {one}" for one in chosen())])


Plan = list[tuple[Migration, bool]]
Condition = tuple[str, list[Any]]
Lost = tuple[str, str, Condition]  # table, column if it is one alone, and of which rows it would be a loss
PLAIN: Final = (str, bytes, int, bool, float)
EVERY_ROW: Final[Condition] = ("1 = 1", [])
# Stands in every database that was made before migrations were made anew, and in none made since.
OF_BEFORE: Final = ("audit", "0002_triggers")


def guard_migrate() -> None:
    """Of the first app that is told, before another has begun to take anything down."""
    first = next(get_app_config for get_app_config in apps.get_app_configs() if get_app_config.models_module)
    pre_migrate.connect(_before, sender=first, dispatch_uid="nmt_site.checks")


def _before(using: str, plan: Plan, **_options: Any) -> None:
    on = connections[using]
    if OF_BEFORE in MigrationRecorder(on).applied_migrations():
        raise CommandError(
            "This database was made by a version before the first release and cannot be brought to this one: "
            "make it again, in an empty database."
        )
    if settings.DEMO:
        return
    if lost := next(losses(plan, on), None):
        raise CommandError(
            f"Going back to before {lost[0]} would lose what stands in {lost[1]}: restore the back-up that "
            f"was made before the update instead."
        )


def losses(plan: Plan, on: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    """Each migration that would be taken back, with the table or column in which something would be lost."""
    tables = set(on.introspection.table_names())
    for migration, _backwards in (one for one in plan if one[1]):
        dropped = (_dropped(migration.app_label, operation) for operation in migration.operations)
        for table, column, condition in (each for one in dropped for each in one):
            if table in tables and _any(on, table, condition):
                yield (
                    f"{migration.app_label} {migration.name}",
                    ".".join(one for one in (table, column) if one),
                )


def _dropped(app: str, operation: object) -> Iterator[Lost]:
    """What goes with a table or a column, and what has been encrypted, which earlier code does not open."""
    if isinstance(operation, CreateModel):
        table = _table(app, operation.name, **operation.options)
        yield table, "", EVERY_ROW
        for name, field in operation.fields:
            if isinstance(field, models.ManyToManyField):
                yield f"{table}_{name}", "", EVERY_ROW
        return
    if not isinstance(operation, AddField | AlterField):
        return
    table, field = _table(app, operation.model_name), operation.field
    if isinstance(operation, AlterField) and not isinstance(field, EncryptedColumn):
        return
    if isinstance(field, models.ManyToManyField):
        yield f"{table}_{operation.name}", "", EVERY_ROW
    else:
        field.set_attributes_from_name(operation.name)
        yield table, str(field.column), _filled(str(field.column), field)


def _table(app: str, model: str, **options: Any) -> str:
    if "db_table" in options:
        return str(options["db_table"])
    try:
        return apps.get_model(app, model)._meta.db_table
    except LookupError:
        return f"{app}_{model.lower()}"


def _filled(column: str, field: models.Field[Any, Any]) -> Condition:
    """Where something stands in it that it had not from the beginning."""
    condition, values = f'"{column}" IS NOT NULL', list[Any]()
    if isinstance(field, models.CharField | models.TextField):
        values.append("")
    if isinstance(field.default, PLAIN) and field.default not in {"", *values}:
        values.append(field.default)
    return " AND ".join([condition, *[f'"{column}" <> %s'] * len(values)]), values


def _any(on: BaseDatabaseWrapper, table: str, condition: Condition) -> bool:
    words, values = condition
    with on.cursor() as cursor:
        cursor.execute(f'SELECT 1 FROM "{table}" WHERE {words} LIMIT 1', values)  # noqa: S608 - our own names
        return cursor.fetchone() is not None
