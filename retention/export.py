"""Everything that the register holds as CSV and JSON with its data dictionary: each table with its columns,
in words of both languages, and what is left out and why.

Encrypted texts leave only where one person has asked for it and another has approved it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Field
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy

from accounts.approvals import Fact, NotAsItWas, needs_two, stop_where, use
from accounts.invitations import watchers
from accounts.models import Approval
from accounts.notices import notice, tell
from accounts.roles import May
from accounts.transactions import code_of
from agencies.stand_ins import answerers
from audit.writer import System, Target, record
from encryption.fields import SecretTextField
from exchange.writer import Sheet, Tally, csv_pieces, json_pieces, json_text

# Tables of others' packages that open accounts, and what only the program needs. Ours that open accounts too.
LEFT_OUT: Final = {
    "mfa.authenticator": "opens accounts",
    "sessions.session": "opens accounts",
    "usersessions.usersession": "opens accounts",
    "accounts.invitations": "opens accounts",
    "accounts.boundeid": "opens accounts",
    "accounts.calendaraddress": "opens a calendar",
    "accounts.urgentletter": "of the program",
    "accounts.attempt": "of the program",
    "accounts.db_cache": "of the program",
    "accounts.sentform": "of the program",
    "account.emailaddress": "unused",
    "account.emailconfirmation": "unused",
    "contenttypes.contenttype": "of the program",
    "auth.permission": "of the program",
    "auth.group": "unused",
    "auth.group_permissions": "unused",
    "admin.logentry": "unused",
}
SECRET: Final = frozenset({"password"})  # hashes by which somebody signs in
HEADER: Final = (
    *("table", "column", "type", "may be empty", "refers to", "in Swedish", "in English", "left out"),
)


@dataclass(frozen=True)
class ExportedColumn:
    field: Any
    left_out: str  # why; empty where it is there

    @property
    def name(self) -> str:
        return str(self.field.column)

    @property
    def refers_to(self) -> str:
        """The table whose key it holds; empty where it holds none."""
        return str(self.field.related_model._meta.db_table) if self.field.is_relation else ""


@dataclass(frozen=True)
class ExportTable:
    model: type[models.Model]
    columns: tuple[ExportedColumn, ...]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def kept(self) -> list[ExportedColumn]:
        return [column for column in self.columns if not column.left_out]


def stored() -> list[type[models.Model]]:
    """Return every model with a table of its own, in order of the table's name."""
    every = apps.get_models(include_auto_created=True)
    found = [one for one in every if one._meta.managed and not one._meta.proxy]
    return sorted(found, key=lambda model: model._meta.db_table)


def tables(*, texts: bool) -> list[ExportTable]:
    """Return every table that leaves, in order of name. `texts`: with what is encrypted, decrypted."""
    found = []
    for model in stored():
        if model._meta.label_lower not in LEFT_OUT:
            columns = (ExportedColumn(field, _why(field, texts)) for field in model._meta.concrete_fields)
            found.append(ExportTable(model, tuple(columns)))
    return found


def lines(export_tables: list[ExportTable]) -> Iterator[list[str]]:
    """The dictionary: a line a column, those that are left out too."""
    for table in export_tables:
        for column in table.columns:
            field = column.field
            yield [
                table.name,
                column.name,
                field.get_internal_type(),
                "yes" if field.null else "no",
                column.refers_to,
                label_of(field, "sv"),
                label_of(field, "en"),
                column.left_out,
            ]


def label_of(field: Field[Any, Any], language: str) -> str:
    with translation.override(language):
        return str(field.verbose_name)


def _why(field: Field[Any, Any], texts: bool) -> str:
    """Return why a column is left out, by the first reason that holds; empty where it is there."""
    reasons = (
        ("opens accounts", field.name in SECRET),
        ("sealed content of a file", isinstance(field, models.BinaryField)),
        ("index of a sealed text", field.name.endswith("_index")),
        ("true values of what was published", field.name == "sealed"),
        ("", texts and isinstance(field, SecretTextField)),
        ("sealed", is_encrypted(field)),
    )
    return next((reason for reason, holds in reasons if holds), "")


def is_encrypted(field: Field[Any, Any]) -> bool:
    return type(field).__module__.startswith("encryption.")


ACT: Final = "register.export"
WHOLE: Final = Target("register", "texts", "Everything")
DAYS: Final = 7  # for which an answer is good
LEFT: Final = notice(ACT, gettext_lazy("Everything has been exported on the server"))


def approved(code: str, *, at: datetime) -> Approval:
    """The approval of a code. Raises NotAsItWas where it is none that is good, or was used."""
    good = Approval.objects.filter(act=ACT, answer="given", answered_at__gt=at - timedelta(days=DAYS))
    found = good.filter(code__in=[code_of(code)]).first()  # none where it is no code
    if found is None:
        raise NotAsItWas(
            "No export with texts is approved under this code: ask for it in the register, let a second "
            "person answer, and use it within 7 days."
        )
    stop_where(found.used_at is not None, _("The approval has been used."))
    return found


def facts(asked: Approval) -> list[Fact]:
    """What leaves, and how it is carried out once it is approved."""
    rows = [(_("What leaves"), _("Every table of the register, with notes and references in clear"))]
    if asked.answer == Approval.Answer.GIVEN:
        command = f"manage.py export_register --to DIR --with-texts --approval {asked.code}"
        used = _("The approval has been used.")
        rows.append((_("On the server, within 7 days"), used if asked.used_at else command))
    return rows


def register() -> None:
    needs_two(
        ACT,
        title=gettext_lazy("Export everything with its texts"),
        asks=(May.ADMINISTER,),
        answers=(May.LET_IN, May.ADMINISTER),
        who=answerers,
        facts=facts,
        asked_at="retention:ask_export",
    )


BATCH_SIZE: Final = 2_000


def export_everything(folder: Path, *, approval: str = "", at: datetime) -> tuple[int, int]:
    """Numbers of tables and rows that have been written to `folder`, which must not be there yet: the whole
    of it or nothing. Raises OSError, and NotAsItWas where the approval is not good.

    Recorded, and told to the data protection officer and the administrators."""
    if folder.exists():
        raise FileExistsError(f"{folder} is there already")
    with whole_or_nothing(folder) as part:
        asked = approved(approval, at=at) if approval else None
        with transaction.atomic():
            at_one_moment()
            written, digest = _write(part, at=at, texts=asked is not None)
        with transaction.atomic():  # one of its own: whoever worked meanwhile has written to the audit log
            if asked is not None:
                use(asked, at=at)
            _record(asked, sum(written), digest, at)
            part.rename(folder)
    return len(written), sum(written)


@contextmanager
def whole_or_nothing(folder: Path) -> Iterator[Path]:
    """Give a folder to write to, which is renamed to `folder` within. What fails leaves neither."""
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        yield part
    except BaseException:
        shutil.rmtree(part if part.exists() else folder, ignore_errors=True)
        raise


def _record(asked: Approval | None, rows: int, digest: str, at: datetime) -> None:
    tell(watchers(), LEFT, label="", at=at)
    on, kind = (asked, "texts") if asked else (WHOLE, "")
    record(System(), "register.export", on, rows=rows, digest=digest, search_kind=kind)


def at_one_moment() -> None:
    """All tables as they were at one moment, whoever works meanwhile. SQLite's own transaction says so."""
    if connection.vendor == "postgresql" and not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _write(part: Path, *, at: datetime, texts: bool) -> tuple[list[int], str]:
    """Return the rows of each table, and the digest of the manifest."""
    export_tables = tables(texts=texts)
    about: list[dict[str, Any]] = []
    for table in export_tables:
        header, digests, tally = [one.name for one in table.kept], {}, Tally()
        for form, pieces in (("csv", csv_pieces), ("json", json_pieces)):
            rows = rows_of(table, table.model._base_manager.all())
            sheet, tally = Sheet(header, rows, settings.DEMO), Tally()
            digests[form] = write_file(part / f"{table.name}.{form}", pieces(sheet, tally))
        about.append({"table": table.name, "rows": tally.rows, "sha256": digests})
    sheet = Sheet(HEADER, lines(export_tables), settings.DEMO)
    write_file(part / "data-dictionary.csv", csv_pieces(sheet, Tally()))
    manifest = {
        "demo": settings.DEMO,
        "at": at.isoformat(),
        "texts": texts,
        "tables": about,
        "left_out": dict(sorted(LEFT_OUT.items())),
    }
    digest = write_file(part / "manifest.json", [json_text(manifest).encode()])
    return [one["rows"] for one in about], digest


def rows_of(table: ExportTable, among: models.QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows `among` as they leave: what is encrypted is decrypted by its row, which alone knows its
    place."""
    fields = [one.field for one in table.kept]
    files = [column.field.name for column in table.columns if isinstance(column.field, models.BinaryField)]
    for row in among.order_by("pk").defer(*files).iterator(chunk_size=BATCH_SIZE):
        yield [_cell(getattr(row, field.attname), field) for field in fields]


def _cell(value: object, field: Field[Any, Any]) -> Any:
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return json_text(value)
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def write_file(path: Path, pieces: Iterable[bytes]) -> str:
    """Readable by its owner alone; returns the digest of all that was written."""
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
    return digest.hexdigest()
