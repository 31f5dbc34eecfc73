"""What is not well is said on the page of operations with what to do about it, and an alert of the example
fires on it; what is well wakes nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.access import Access
from accounts.models import UrgentLetter, User
from accounts.roles import Role
from audit.writer import System, record
from audit_pages.proof import verify_audit_log
from home.models import Reminder
from jobs.models import Heartbeat, Job
from jobs.worker import beat
from nmt_site import operations, probes
from nmt_site.faults import count_fault
from nmt_site.middleware import is_local
from nmt_site.operations import rows
from nmt_site.timers import TIMERS, failed, succeeded
from tests.actors import user
from tests.audit.events import tamper, write
from tests.cases.pages import signed_in
from tests.certificates import write_certificate
from tests.nmt_site.numbers import migrated, read
from tests.ours import ROOT

pytestmark = pytest.mark.django_db
DAY: Final = timedelta(days=1)
ALERTS: Final = re.findall(
    r"alert: (\w+), expr: (nmt_\w+) (==|>|<) ([\d.e]+)",
    (ROOT / "deploy" / "prometheus-alerts.yaml").read_text(),
)
TRUE: Final[dict[str, Callable[[float, float], bool]]] = {
    "==": lambda left, right: left == right,
    ">": lambda left, right: left > right,
    "<": lambda left, right: left < right,
}


@pytest.fixture
def anna() -> User:
    return user("Anna", Role.ADMINISTRATOR, language="en")


@pytest.fixture(autouse=True)
def well(settings: Any, tmp_path: Path) -> None:
    """Everything has been heard and has succeeded, there is room, and the certificate is good for long."""
    settings.EMAIL_HOST = "mail.example"
    settings.STATE_DIR = str(tmp_path)
    settings.TLS_CERTIFICATE = str(tmp_path / "register.crt")
    write_certificate(Path(settings.TLS_CERTIFICATE), days=90)
    beat()
    for name in TIMERS:
        succeeded(name)


# --- planted faults ---------------------------------------------------------------------------
def worker_silent(_patch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.filter(name="worker").update(at=timezone.now() - timedelta(minutes=3))


def run_waits(_patch: pytest.MonkeyPatch) -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Job.objects.create(kind="audit", owner=User.objects.get(), created_at=an_hour_ago)


def timer_late(_patch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.filter(name="timer check_register").update(at=timezone.now() - 3 * DAY)


def drill_late(_patch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.filter(name="timer restore_drill").update(at=timezone.now() - 12 * DAY)


def timer_failing(_patch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.filter(name="timer backup").update(at=timezone.now() - timedelta(hours=20))
    failed("backup")


def chain_broken(_patch: pytest.MonkeyPatch) -> None:
    """By somebody who asked, after the timer found it whole."""
    write(3)
    tamper("UPDATE audit_event SET actor = 'nobody' WHERE sequence = 2")
    verify_audit_log(Access.of(user("Dora", Role.DPO)), report=lambda *_steps: None)


def mail_late(_patch: pytest.MonkeyPatch) -> None:
    Reminder.objects.create(user=User.objects.get(), day=timezone.localdate() - DAY, count=1)


def immediate_notice_late(_patch: pytest.MonkeyPatch) -> None:
    at = timezone.now() - timedelta(hours=2)
    User.objects.update(at_once_from=at - DAY)
    UrgentLetter.objects.create(user=User.objects.get(), about="call:a", at=at)


def disk_short(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("shutil.disk_usage", lambda folder: _Usage())


class _Usage:
    total, free = 10**10, 10**8


def database_full(_patch: pytest.MonkeyPatch) -> None:
    """The worker is heard, and could not write for five minutes."""
    Heartbeat.objects.beat("database disk")
    Heartbeat.objects.filter(name="database disk").update(at=timezone.now() - timedelta(minutes=5))


def many_faults(_patch: pytest.MonkeyPatch) -> None:
    for _number in range(21):
        count_fault()


def migration_missing(_patch: pytest.MonkeyPatch) -> None:
    MigrationRecorder(connection).record_unapplied("audit", "0001_initial")


def clock_wrong(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(operations, "_database_now", lambda: timezone.now() - timedelta(seconds=90))


def certificate_ends(_patch: pytest.MonkeyPatch) -> None:
    write_certificate(Path(settings.TLS_CERTIFICATE), days=13)


def certificate_gone(_patch: pytest.MonkeyPatch) -> None:
    Path(settings.TLS_CERTIFICATE).unlink()


FAULTS: Final[list[tuple[Callable[[pytest.MonkeyPatch], None], str, str, str]]] = [
    (
        worker_silent,
        "NmtWorkerSilent",
        "Last sign of life: 3\xa0minutes ago.",
        "systemctl restart nmt-worker",
    ),
    (run_waits, "NmtRunsWait", "The oldest has waited 1\xa0hour.", "journalctl -u nmt-worker"),
    (timer_late, "NmtTimerLate", "Last succeeded 3\xa0days ago.", "systemctl start nmt-run@check_register"),
    (drill_late, "NmtTimerLate", "Last succeeded 1\xa0week", "systemctl start nmt-restore-drill"),
    (timer_failing, "NmtTimerFailing", "Failed 0\xa0minutes ago.", "journalctl -u nmt-backup -n 20"),
    (chain_broken, "NmtTrailBroken", "found broken at event 2.", "systemctl start nmt-backup"),
    (mail_late, "NmtMailWaits", "1 e-mails wait, 1 of them for too long.", "nmt-run@send_reminders"),
    (immediate_notice_late, "NmtMailWaits", "1 e-mails wait, 1 of them", "nmt-run@send_reminders"),
    (disk_short, "NmtDiskShort", "95.4\xa0MB of 9.3\xa0GB free", "du -xsh"),
    (database_full, "NmtDatabaseDiskFull", "It is full: nothing can be saved.", "df -h /var/lib/postgresql"),
    (many_faults, "NmtFaults", "21 within an hour.", "grep Fault"),
    (migration_missing, "NmtMigrate", "1 are missing: run migrate.", "NMT_ROLE=owner nmt migrate"),
    (certificate_ends, "NmtCertificateEnds", "It is good for 13 days.", "systemctl reload nginx"),
    (
        certificate_gone,
        "NmtCertificateEnds",
        "It cannot be read: No such file",
        "openssl x509 -noout -enddate",
    ),
    (clock_wrong, "NmtClocksApart", "90 s ahead of the database&#x27;s.", "timedatectl"),
]


@pytest.mark.parametrize(("plant", "alert", "said", "command"), FAULTS)
def test_a_fault_wakes_by_its_alert_and_stands_on_the_page_with_what_to_do(
    plant: Callable[[pytest.MonkeyPatch], None],
    alert: str,
    said: str,
    command: str,
    anna: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    assert alert in fires(read(Client()))
    page = page_of(anna)
    assert "Something needs attention" in page
    assert said in page
    assert "<strong>Needs attention</strong>" in page
    assert command in page


def test_where_all_is_well_no_alert_fires_and_the_page_says_so_without_a_command(anna: User) -> None:
    assert fires(read(Client())) == set()
    page = page_of(anna)
    assert "All is well." in page
    assert "Needs attention" not in page
    assert "systemctl" not in page


def test_each_alert_of_the_example_is_planted_and_asks_for_a_number_that_there_is() -> None:
    planted = {alert for _plant, alert, *_said in FAULTS}
    assert {alert for alert, *_asks in ALERTS} == planted | {"NmtDatabaseAway", "NmtTrailNotProven"}
    assert {name for _alert, name, *_asks in ALERTS} <= {name.partition("{")[0] for name in read(Client())}


def test_the_commands_of_the_page_start_units_that_there_are() -> None:
    Heartbeat.objects.all().delete()
    typed = " ".join(
        command for row in rows(operations.state()) for command in row.commands if "ctl " in command
    )
    units = {
        f"{unit.partition('@')[0]}{'@' if '@' in unit else ''}"
        for unit in re.findall(r"\bnmt-[\w@-]+", typed)
    }
    assert units == {"nmt-web", "nmt-worker", "nmt-run@", "nmt-backup", "nmt-restore-drill"}
    assert all((ROOT / "deploy" / "systemd" / f"{unit}.service").exists() for unit in units)


def test_a_new_register_wakes_nobody_before_its_timers_should_have_run(anna: User) -> None:
    """Its worker is heard in its first seconds; the last of the others run on a Sunday."""
    Heartbeat.objects.exclude(name="worker").delete()
    migrated(timedelta(minutes=20))
    assert fires(read(Client())) == set()
    assert "All is well." in page_of(anna)
    migrated(2 * DAY)
    assert fires(read(Client())) == {"NmtTimerLate", "NmtTrailNotProven"}


def test_a_timer_that_has_never_run_is_not_said_to_have_failed_until_it_has(anna: User) -> None:
    Heartbeat.objects.exclude(name="worker").delete()
    migrated(timedelta(minutes=20))
    page = page_of(anna)
    assert page.count("Has not run yet.") == len(TIMERS)
    assert "succeeded" not in page
    failed("check_register")
    page = page_of(anna)
    assert page.count("Has not run yet.") == len(TIMERS) - 1
    assert page.count("Has not succeeded yet.") == 1


def test_a_register_in_which_nothing_was_ever_heard_wakes_too() -> None:
    Heartbeat.objects.all().delete()
    migrated(30 * DAY)
    assert fires(read(Client())) == {"NmtWorkerSilent", "NmtTimerLate", "NmtTrailNotProven"}


def test_an_audit_log_that_was_found_whole_again_is_in_order(anna: User) -> None:
    record(System(), "audit.verify", rows=2, search_kind="broken,changed", at=timezone.now() - DAY)
    assert operations.state().broken is None


def fires(numbers: dict[str, float]) -> set[str]:
    """The alerts of the example whose expression is true of any series of these numbers."""
    return {
        alert
        for alert, name, compared, to in ALERTS
        for series, number in numbers.items()
        if series.partition("{")[0] == name and TRUE[compared](number, float(to))
    }


def page_of(anna: User) -> str:
    return signed_in(anna).get("/operations/").content.decode()


# --- numbers ----------------------------------------------------------------------------------
@pytest.mark.parametrize("role", sorted({*Role} - {Role.ADMINISTRATOR}))
def test_it_is_the_administrators_page(role: Role) -> None:
    assert signed_in(user("Kim", role)).get("/operations/").status_code == 403


def test_what_was_heard_this_very_moment_was_not_never_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    just_now = replace(operations.state(), worker=timedelta(), proof=timedelta())
    monkeypatch.setattr(probes, "state", lambda: just_now)
    numbers = read(Client())
    assert (numbers["nmt_worker_age_seconds"], numbers["nmt_trail_proof_age_seconds"]) == (0, 0)


def test_new_code_on_a_database_that_is_not_migrated_says_that_and_not_that_it_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_such_column() -> None:
        raise ProgrammingError("no such column")

    monkeypatch.setattr(probes, "state", no_such_column)
    migration_missing(monkeypatch)
    release = 'nmt_release_info{release="0.1.0"}'
    assert read(Client()) == {"nmt_database_up": 1, "nmt_migrations_missing": 1, release: 1}


def test_numbers_are_called_and_explained_as_prometheus_has_it_and_name_no_person() -> None:
    text = Client().get("/metrics").content.decode()
    named = set(re.findall(r"^# TYPE (\S+) gauge$", text, re.M))
    assert named == set(re.findall(r"^# HELP (nmt_[a-z_]+) [A-Z].{10,}$", text, re.M))
    assert {line.partition("{")[0].partition(" ")[0] for line in text.splitlines() if line[0] != "#"} == named
    assert set(re.findall(r"(\w+)=", text)) == {"state", "timer", "release"}
    assert set(re.findall(r'timer="([^"]*)"', text)) == set(TIMERS)


def test_a_register_that_has_grown_is_asked_as_often(anna: User, django_assert_num_queries: Any) -> None:
    first = [Job(kind="audit", owner=anna), Reminder(user=anna, day=timezone.localdate(), count=1)]
    for one in first:
        one.save()
    record(System(), "demo.invent")
    asked = 12 if connection.vendor == "postgresql" else 11  # its clock
    with django_assert_num_queries(asked):
        operations.state()
    Job.objects.bulk_create([Job(kind="audit", owner=anna) for _number in range(300)])
    write(50)
    with django_assert_num_queries(asked):
        operations.state()


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.1.2.3", False),
        ("::1234", False),  # begins alike
        ("10.1.2.3", False),
        ("127.0.0.1.example", False),
        ("", False),  # what came over a socket came through a proxy
    ],
)
def test_the_machine_itself_is_known_by_its_address_alone(address: str, near: bool) -> None:
    assert is_local(RequestFactory().get("/metrics", REMOTE_ADDR=address)) is near
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Proto"):
        asked = RequestFactory().get("/metrics", REMOTE_ADDR=address, headers={header: "127.0.0.1"})
        assert not is_local(asked)
