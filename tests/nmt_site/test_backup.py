"""A back-up of either database, restored beside and asked: it holds all, or the first fault is named.
Whatever is wrong is one sentence, and nothing of a drill stays."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from audit.models import Head
from cases.models import Person
from nmt_site import backup as backup_module
from tests.actors import user
from tests.at_once import at_once
from tests.audit.events import tamper
from tests.installed import OWNER
from tests.makers import new_case
from tests.weights import mostly_long

committed = pytest.mark.django_db(transaction=True)
ANOTHER: Final = "YW5vdGhlciBrZXkgdGhhbiB0aGUgb25lIG9mIG5vdyE="
_made: list[bytes] = []


def fill() -> None:
    vera = user("Vera", Role.COORDINATOR, region="V")
    Authenticator.objects.create(user=vera, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    with transaction.atomic():
        new_case(by=Access.of(vera), region="V", note="Sekretess om ärendet")


def said(*words: object) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


def refused(*words: object) -> str:
    """The sentence."""
    with pytest.raises(CommandError) as fault:
        call_command(*map(str, words), stdout=StringIO())
    sentence = str(fault.value)
    assert "\n" not in sentence, sentence
    assert sentence.endswith("."), sentence
    return sentence


def left() -> list[str]:
    """Of a drill: folders of SQLite, databases of PostgreSQL. Another process of the tests may hold a drill:
    what is its goes within a minute, and what is left of ours does not."""
    first = places()
    for _time in range(60):
        if not first.intersection(places()):
            return []
        time.sleep(1)
    return sorted(first.intersection(places()))


def places() -> set[str]:
    folders = {folder.name for folder in Path(settings.STATE_DIR).glob("restore-drill-*")}
    return folders | databases() if connection.vendor == "postgresql" else folders


def databases() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'nmt\\_drill\\_%'")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Of a register with a case, a note and a second factor; made once."""
    if not _made:
        fill()
        file = tmp_path / "first"
        said("backup", "--to", file)
        _made.append(file.read_bytes())
    file = tmp_path / "nmt.backup"
    file.write_bytes(_made[0])
    return file


# --- what is well -----------------------------------------------------------------------------
@committed
def test_a_back_up_is_one_file_of_its_maker_alone_and_holds_the_head_that_it_names(tmp_path: Path) -> None:
    fill()
    file = tmp_path / "nmt.backup"
    head = Head.objects.get(id=1)
    text = said("backup", "--to", file)
    assert text == f"ok {head.sequence}:{head.hash} {file.stat().st_size} bytes\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    proven = said("restore_drill", file, "--head", f"{head.sequence}:{head.hash}")
    assert proven.splitlines()[0] == f"ok {head.sequence}:{head.hash} 1 persons, 1 cases, 0 calls"


@committed
def test_a_drill_opens_what_is_encrypted_and_says_what_is_lost_without_its_key(backup: Path) -> None:
    before = backup.read_bytes()
    user("Ada", Role.ANALYST)
    second = said("restore_drill", backup).splitlines()[1]
    assert second == "NOTES_KEY opens 1 second factors, 1 texts: without it they are lost."
    assert backup.read_bytes() == before
    assert left() == []
    assert User.objects.filter(name="Ada").exists()  # the register itself is asked again


@committed
def test_sessions_alone_hang_on_the_secret_key(backup: Path) -> None:
    with override_settings(SECRET_KEY=ANOTHER):
        assert said("restore_drill", backup).startswith("ok ")


@committed
def test_whoever_writes_meanwhile_is_not_waited_for_and_is_not_in_it(tmp_path: Path) -> None:
    fill()
    file = tmp_path / "nmt.backup"
    with transaction.atomic():
        Person.objects.update(position=2)
        at_once(lambda _who: said("backup", "--to", file), 1)
    assert said("restore_drill", file).startswith("ok ")  # position 2 would not go with the person's number


# --- keys that are lost -----------------------------------------------------------------------
@committed
def test_without_its_key_a_drill_counts_what_does_not_open(backup: Path) -> None:
    with override_settings(NOTES_KEYS=[ANOTHER]):
        sentence = refused("restore_drill", backup)
    assert sentence.startswith("NOTES_KEY does not open 1 second factors, 1 texts of 1 second factors, 1 ")


@committed
def test_with_another_audit_key_the_key_is_named_beside_the_audit_log(backup: Path) -> None:
    with override_settings(AUDIT_KEY=ANOTHER):
        assert "or AUDIT_KEY is another" in refused("restore_drill", backup)


# --- what is not as it was --------------------------------------------------------------------
def forged() -> None:
    last = Head.objects.get(id=1).sequence
    tamper("UPDATE audit_event SET actor = 'nobody' WHERE sequence = %s", last)


def cut() -> None:
    last = Head.objects.get(id=1).sequence
    tamper("DELETE FROM audit_event WHERE sequence = %s", last)


def moved() -> None:
    Person.objects.update(first_county="25")


def of_tomorrow() -> None:
    MigrationRecorder(connection).record_applied("audit", "9999_of_tomorrow")


CHANGES: Final[dict[Callable[[], None], str]] = {
    forged: "is changed: the chain is broken there.", cut: "is truncated", moved: "first identification",
    of_tomorrow: "no migration audit.9999_of_tomorrow",
}  # fmt: skip


@pytest.mark.parametrize("change", mostly_long(CHANGES, usual=[forged, of_tomorrow]))
@committed
def test_what_was_changed_is_in_the_back_up_and_found_there(
    change: Callable[[], None], tmp_path: Path
) -> None:
    fill()
    change()
    file = tmp_path / "nmt.backup"
    said("backup", "--to", file)
    sentence = refused("restore_drill", file)
    assert CHANGES[change] in sentence or (change is moved and "first_" in sentence)
    assert "AUDIT_KEY" not in sentence
    assert left() == []


# --- files that are no back-up ----------------------------------------------------------------
@pytest.mark.django_db
def test_a_file_that_is_no_back_up_is_said_to_be_none(tmp_path: Path) -> None:
    text, empty = tmp_path / "notes.txt", tmp_path / "empty"
    text.write_text("Sekretess")
    empty.touch()
    assert "neither a SQLite database nor a dump" in refused("restore_drill", text)
    assert refused("restore_drill", empty) == f"{empty} is empty."
    assert "No such file" in refused("restore_drill", tmp_path / "nowhere")
    assert "Is a directory" in refused("restore_drill", tmp_path)


@pytest.mark.parametrize("part", mostly_long([0.5, 0.97, -1], usual=[0.97]))
@committed
def test_a_file_that_is_cut_off_is_refused(part: float, backup: Path) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(part if part < 0 else len(whole) * part)])
    assert refused("restore_drill", backup)
    assert left() == []


@committed
def test_only_the_beginning_of_a_file_is_refused_too(backup: Path) -> None:
    whole = backup.read_bytes()
    for length in (6, 20, 90, 200):
        backup.write_bytes(whole[:length])
        assert refused("restore_drill", backup)


@committed
def test_pages_that_are_overwritten_are_found(backup: Path) -> None:
    whole = bytearray(backup.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 9000] = b"x" * 9000
    backup.write_bytes(whole)
    assert refused("restore_drill", backup)
    assert left() == []


@pytest.mark.django_db
def test_a_database_of_another_product_is_refused_before_it_is_restored(tmp_path: Path) -> None:
    file = tmp_path / "other"
    if connection.vendor == "postgresql":
        words = ("--format=custom", "--table=django_migrations", f"--file={file}")
        backup_module.run("pg_dump", *words, on=connection)
    else:
        other = sqlite3.connect(file)
        other.execute("CREATE TABLE recipes (name text)")
        other.commit()
        other.close()
    assert "none of the register: it has no table audit_event" in refused("restore_drill", file)
    assert left() == []


# --- where it is written, and by whom ---------------------------------------------------------
@committed
def test_a_back_up_overwrites_nothing_and_leaves_nothing_half(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("of yesterday")
    assert "is there already" in refused("backup", "--to", there)
    assert there.read_text() == "of yesterday"
    assert "is there already" in refused("backup", "--to", tmp_path)
    assert "No such file" in refused("backup", "--to", tmp_path / "nowhere/nmt.backup")
    assert refused("backup", "--to", "/proc/nmt.backup").startswith("No back-up can be written to /proc")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, on which a back-up has no room."""
    disk = tmp_path / "small"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("NOT tried: a disk that is full (only root makes one)")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@committed
def test_a_disk_that_is_full_or_read_only_has_no_half_of_a_back_up(
    backup: Path, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No space left on device" in refused("backup", "--to", small / "nmt.backup")
    assert list(small.iterdir()) == []
    if connection.vendor == "sqlite":  # which a drill copies too
        monkeypatch.setattr(settings, "STATE_DIR", small)
        assert refused("restore_drill", backup).endswith(f"restored in {small}: No space left on device.")
        assert list(small.iterdir()) == []
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    assert refused("backup", "--to", small / "nmt.backup") == (
        f"No back-up can be written to {small}: Read-only file system."
    )


def test_a_program_that_is_not_installed_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(backup_module, "PROGRAM_FOLDERS", ())
    with pytest.raises(backup_module.NotDone, match="on Debian: postgresql-client-15"):
        backup_module.found("pg_dump", least=15)


def test_a_program_that_fails_is_quoted_without_the_row_that_it_quotes() -> None:
    text = 'pg_restore: error: COPY failed: ERROR:  bad input: "Sekretess"\nCONTEXT:  V-1'
    assert backup_module.reason(text) == "the server's log says why"
    assert backup_module.reason('pg_dump: error: permission denied for table cases_call: "x"') == (
        "permission denied for table cases_call"
    )


@pytest.mark.django_db
def test_a_dump_needs_a_server_to_be_restored_on(tmp_path: Path) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("there is one")
    file = tmp_path / "nmt.dump"
    file.write_bytes(backup_module.POSTGRES + b"\1\16\0")
    assert "DATABASE_URL must name a server" in refused("restore_drill", file)


@committed
def test_a_role_that_may_make_no_database_is_told_so(backup: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a server's roles")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "USER", OWNER)
        assert "make the drill as a role with CREATEDB" in refused("restore_drill", backup)
