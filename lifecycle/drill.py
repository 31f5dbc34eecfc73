"""Whether a back-up is one: restored beside, asked for what it holds, its texts opened, its trail proven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from accounts.factors import opening
from audit.chain import Place, place_signature, signed
from audit.models import Event, Head
from audit.outside import NotSigned, read
from audit.verify import BrokenChain, verify
from cases.checking import first_fault
from cases.models import Call, Case, Person
from lifecycle.pg_programs import NotDone
from lifecycle.throwaway import restored
from sealing.keys import FACTORS, FILES, TEXTS
from sealing.rows import Column, sealed_columns
from sealing.secrecy import KeyMissing, NotOpened

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Proof:
    """`head` of the trail in the back-up; numbers of rows; `migrated`: how many migrations it lacked;
    `opened`: how much of each purpose NOTES_KEY opens."""

    head: str
    persons: int
    cases: int
    calls: int
    migrated: int
    opened: Counter[str]


def drill(file: Path, *, known: str | None = None) -> Proof:
    """The proof that the back-up holds all of it. Raises NotDone with the first fault.

    `known` is a head seen earlier, which the trail in it must hold."""
    with restored(file):
        try:
            migrated = _brought_up(file)
            opened = _opened()
            if fault := first_fault():
                raise NotDone(f"{fault}.")
            head = _proven(known)
            numbers = (Person.objects.count(), Case.objects.count(), Call.objects.count())
        except Error as error:
            raise NotDone(f"The restored database cannot be read: {type(error).__name__}.") from error
    return Proof(head, *numbers, migrated, opened)


def _brought_up(file: Path) -> int:
    """An older back-up is brought up to this release, as one would after a restore. Returns by how much."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    there = set(MigrationLoader(None).disk_migrations)
    if newer := sorted(applied - there):
        app, name = newer[0]
        raise NotDone(
            f"{file} was made by another release of the register: here is no migration {app}.{name}."
        )
    missing = there - applied
    if missing:
        call_command("migrate", verbosity=0, interactive=False, stdout=StringIO())
    return len(missing)


# --- what is sealed ---------------------------------------------------------------------------
def _opened() -> Counter[str]:
    """How much of each purpose opens. Raises NotDone where the key of any is missing."""
    opened, shut = Counter[str](), Counter[str]()
    for purpose, opens in chain(_columns(), ((FACTORS, opens) for opens in opening())):
        (opened if opens else shut)[purpose] += 1
    if shut:
        raise NotDone(
            f"NOTES_KEY does not open {in_words(shut)} of {in_words(opened + shut)}: without the key that "
            f"they were sealed with they are lost."
        )
    return opened


def in_words(numbers: Counter[str]) -> str:
    return ", ".join(f"{number} {purpose}" for purpose, number in sorted(numbers.items()))


def _columns() -> Iterator[tuple[str, bool]]:
    for model, field in sealed_columns():
        rows = model._base_manager.only("pk", *field.key_names(), field.attname).order_by("pk")
        for row in rows.iterator(chunk_size=AT_ONCE):
            if token := row.__dict__.get(field.attname):
                yield (FILES if field.purpose == FILES else TEXTS), _opens(field, token, row)


def _opens(field: Column, token: object, row: models.Model) -> bool:
    """What was moved or changed is for `check_register` to name."""
    try:
        field.open(token, row)  # type: ignore[arg-type]
    except KeyMissing:
        return False
    except NotOpened:
        return True
    return True


# --- the trail --------------------------------------------------------------------------------
def _proven(known: str | None) -> str:
    head = Head.objects.filter(id=1).first()
    try:
        return verify(known=known, outside=_told_before(head))
    except (BrokenChain, NotSigned) as fault:
        raise NotDone(_of_another_key(fault, head)) from None


def _told_before(head: Head | None) -> list[Place]:
    """Heads that were told outside until the back-up was made: the later ones it cannot hold."""
    if not settings.AUDIT_HEAD_FILE or head is None:
        return []
    try:
        with Path(settings.AUDIT_HEAD_FILE).open(encoding="utf-8", errors="replace") as lines:
            return [place for place in read(lines) if place[0] <= head.sequence]
    except OSError as error:
        raise NotDone(f"The heads outside cannot be read: {error.strerror}.") from None


def _of_another_key(fault: BrokenChain | NotSigned, head: Head | None) -> str:
    """Where nothing at all is as this AUDIT_KEY has it, the key is likelier than the trail to be another."""
    first = Event.objects.order_by("sequence").values_list("sequence", flat=True).first()
    if head is None or getattr(fault, "sequence", 0) != first:
        return str(fault)
    if signed(head.signature, place_signature((head.sequence, head.hash), settings.AUDIT_KEY)):
        return str(fault)
    return f"{str(fault).rstrip('.')}, or AUDIT_KEY is another than the one that the trail was written with."
