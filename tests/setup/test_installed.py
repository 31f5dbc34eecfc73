"""deploy/install.sh in a fresh Debian 13 that debootstrap makes, under its own systemd: the register is
served through the proxy, every service and timer does its work, PostgreSQL comes back when it is killed, a
timer that fails is told of, the blocks of the guide that need a machine of their own are carried out, and the
people of tests/year live a busy week in it.

With TEST_MACHINE=1, at night: it fetches what it installs, and takes minutes.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import pytest

from tests.setup.fresh_root import RELEASE, WHEELS, FreshRoot, RootMissing, fresh_root
from tests.setup.guide import block
from tests.setup.installed_operator import InstalledOperator, main_process
from tests.year.acts import Acts
from tests.year.diary import YEAR, Diary
from tests.year.operator import Mail

WANTED: Final = "TEST_MACHINE"
pytestmark = [
    pytest.mark.skipif(
        WANTED not in os.environ, reason="deploy/install.sh is NOT tried: without TEST_MACHINE=1"
    ),
]
HOST: Final = "register.example"
MEMORY: Final = 100  # MB that a worker takes of the machine's
TOKEN: Final = "a-token-of-thirty-two-characters"
# What is asked through the proxy and beside it, and what is answered: status, a header, and some words.
ASK: Final = """
import http.client, ssl, sys
host, address, secure, token = sys.argv[1:]
plain = ssl._create_unverified_context()
if secure == "https":
    asked = http.client.HTTPSConnection("127.0.0.1", 443, context=plain, timeout=60)
else:
    asked = http.client.HTTPConnection("127.0.0.1", int(secure), timeout=60)
asked.request("GET", address, headers={"Host": host, "Authorization": f"Bearer {token}"})
answer = asked.getresponse()
print(answer.status, *(answer.headers.get(name) for name in ("Location", "X-Request-ID", "Server")))
print(answer.read().decode(errors="replace"))
"""

# A table, and then what the database refuses.
FAILS: Final = """
from django.db import migrations
from pathlib import Path

names = sorted(path.stem for path in Path(__file__).parent.glob("0*.py"))


class Migration(migrations.Migration):
    dependencies = [("agencies", names[-1])]
    operations = [
        migrations.RunSQL("CREATE TABLE agencies_half (id int)"),
        migrations.RunSQL("SELECT no_such_function()"),
    ]
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FreshRoot]:
    """With the register installed in it."""
    try:
        with fresh_root(tmp_path_factory.mktemp("machine")) as made:
            command = block("sh deploy/install.sh").split()
            assert command == ["sh", "deploy/install.sh", HOST]
            done = made.install(HOST)
            assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
            (made.folder / "srv" / "ask.py").write_text(ASK)
            yield made
    except RootMissing as missing:
        pytest.skip(f"deploy/install.sh is NOT tried: {missing}")


def asked(
    machine: FreshRoot, address: str, way: str = "https", host: str = HOST, token: str = "none"
) -> tuple[list[str], str]:
    text = machine.sh(f"/opt/nmt/.venv/bin/python /srv/ask.py {host} '{address}' {way} {token}")
    first, _line, page = text.partition("\n")
    return first.split(), page


def serving(machine: FreshRoot) -> str:
    """The release that the server says it is, which is the one that /opt/nmt leads to."""
    release = str(json.loads(asked(machine, "/readyz", "8000", "127.0.0.1")[1])["release"])
    assert machine.sh("readlink /opt/nmt").strip() == f"/opt/nmt-releases/{release}"
    return release


def wait_for(machine: FreshRoot) -> None:
    ask = ("/opt/nmt/.venv/bin/python", "/srv/ask.py", "127.0.0.1", "/readyz", "8000", "none")
    for _try in range(120):
        if machine.run(*ask).stdout[:3] == "200":
            return
        time.sleep(0.5)
    raise TimeoutError(machine.sh("journalctl --no-pager -n 30"))


def wait_until(machine: FreshRoot, script: str) -> None:
    """It succeeds within a minute."""
    for _try in range(120):
        if machine.run("sh", "-euc", script).returncode == 0:
            return
        time.sleep(0.5)
    raise TimeoutError(f"{script}: {machine.sh('journalctl --no-pager -n 30')}")


def test_it_is_served_through_the_proxy_which_logs_no_query(machine: FreshRoot) -> None:
    wait_for(machine)
    answer, page = asked(machine, "/accounts/login/")
    assert answer[0] == "200", answer
    assert answer[3] == "nginx"  # and no version of it
    assert re.fullmatch("[0-9a-f]{32}", answer[2])
    style = re.findall(r'href="(/static/[^"]+\.css)"', page)[0]
    assert [asked(machine, address)[0][0] for address in (style, "/metrics")] == ["200", "404"]
    assert asked(machine, "/statistik/?q=1", "80")[0][:2] == ["301", f"https://{HOST}/statistik/"]
    logged = machine.sh("cat /var/log/nginx/register-access")
    assert "GET /accounts/login/ 200" in logged
    assert answer[2] in logged
    lines = machine.sh("journalctl --no-pager -o cat -u nmt-web _COMM=gunicorn").splitlines()
    assert answer[2] in [json.loads(line).get("request") for line in lines]  # the same in both
    assert "/static/" not in logged + "".join(lines)


def test_machines_ask_beside_the_proxy_whether_database_and_worker_live(machine: FreshRoot) -> None:
    numbers = asked(machine, "/metrics", "8000", "127.0.0.1")[1]
    assert "nmt_database_up 1.0" in numbers
    assert float(re.findall(r"^nmt_worker_age_seconds (\S+)", numbers, re.MULTILINE)[0]) < 60


def test_a_new_register_has_nothing_that_is_late_or_failing(machine: FreshRoot) -> None:
    numbers = asked(machine, "/metrics", "8000", "127.0.0.1")[1]
    facts = dict(re.findall(r"^(nmt_timer_(?:late|failing)\{\S+) (\S+)$", numbers, re.MULTILINE))
    assert len(facts) > 10
    assert set(facts.values()) == {"0.0"}
    assert "nmt_certificate_days 364.0" in numbers


def test_numbers_are_scraped_through_the_proxy_by_who_has_the_token(machine: FreshRoot) -> None:
    """As deploy/prometheus-alerts.yaml says."""
    machine.sh(f"echo METRICS_TOKEN={TOKEN} >> /etc/nmt/nmt.env; systemctl restart nmt-web")
    wait_for(machine)
    assert asked(machine, "/metrics")[0][0] == "404"
    answer, numbers = asked(machine, "/metrics", token=TOKEN)
    assert answer[0] == "200"
    assert "nmt_database_up 1.0" in numbers


def test_postgresql_comes_back_when_it_is_killed_and_the_register_with_it(machine: FreshRoot) -> None:
    machine.sh("kill -9 $(head -n 1 /var/lib/postgresql/17/main/postmaster.pid)")
    wait_until(machine, "! systemctl is-active postgresql@17-main")
    wait_until(machine, "systemctl is-active postgresql@17-main")
    wait_for(machine)


def test_the_proxy_comes_back_when_it_is_killed(machine: FreshRoot) -> None:
    machine.sh("systemctl kill --signal=KILL nginx")
    wait_until(machine, "! systemctl is-active nginx")
    wait_until(machine, "systemctl is-active nginx")
    assert asked(machine, "/accounts/login/")[0][0] == "200"


def test_a_reload_puts_a_new_server_in_the_place_of_the_old_which_ends(machine: FreshRoot) -> None:
    before = main_process(machine)
    machine.sh("systemctl reload nmt-web")
    wait_until(machine, f"[ ! -d /proc/{before} ]")
    assert machine.sh("systemctl is-active nmt-web").strip() == "active"
    assert asked(machine, "/readyz", "8000", "127.0.0.1")[0][0] == "200"
    after = main_process(machine)
    machine.sh(f"kill -9 {after}")  # systemd knows the new one as the one to start again
    wait_until(machine, "systemctl is-active nmt-web")
    wait_for(machine)
    assert len({before, after, main_process(machine)}) == 3


def test_the_keys_are_roots_alone_and_in_no_environment(machine: FreshRoot) -> None:
    assert set(machine.sh("stat -c '%a %U' /etc/nmt/*.key /etc/nmt/*.env").splitlines()) == {"600 root"}
    for unit in ("nmt-web", "nmt-worker"):
        process = main_process(machine, unit)
        assert machine.sh(f"stat -c %U /proc/{process}").strip() == "nmt"
        environment = machine.sh(f"tr '\\0' '\\n' < /proc/{process}/environ")
        assert "DATABASE_URL=" in environment
        assert "_KEY=" not in environment
    policies = machine.sh("runuser -u postgres -- psql -qAt nmt -c 'SELECT count(*) FROM pg_policies'")
    assert int(policies) > 20


def test_every_timer_does_its_work_as_its_unit_says(machine: FreshRoot) -> None:
    """Reminders are refused: there is no mail server yet."""
    units = machine.sh("sed -n 's/^Unit=//p' /etc/systemd/system/nmt-*.timer").split()
    units.sort(key=lambda unit: "drill" in unit)  # after the back-up that it is of
    ended = {unit: machine.run("systemctl", "start", unit).returncode for unit in units}
    failed = [unit for unit, code in ended.items() if code]
    logs = {unit: machine.sh(f"journalctl --no-pager -o cat -n 9 -u '{unit}'") for unit in failed}
    assert ended.keys() - logs.keys() == set(units) - {"nmt-run@send_reminders.service"}, logs
    assert "EMAIL_HOST" in "".join(logs.values())
    assert machine.sh("stat -c '%a %U' /var/backups/nmt/*.dump").strip() == "600 nmt"


def test_the_first_administrators_link_opens_and_stands_in_no_log(machine: FreshRoot) -> None:
    text = machine.sh("nmt invite you@agency.example --name 'Your Name' --role administrator")
    link = re.findall(rf"https://{HOST}(/\S+)", text)[0]
    assert asked(machine, link)[0][0] in ("200", "302")
    key = link.strip("/").rpartition("/")[2]
    written = machine.sh("cat /var/log/nginx/* /var/log/postgresql/*.log; journalctl --no-pager")
    assert "/accounts/password/reset/key/" in written
    assert key not in written
    assert "you@agency.example" not in written


def test_administrators_are_told_of_a_timer_that_fails(machine: FreshRoot) -> None:
    """On their own page: there is no mail server. Twice in a night is told once."""
    lines = "journalctl --no-pager -o cat -u nmt-tell@send_reminders | grep -c 'e-mails sent' || true"
    before = int(machine.sh(lines))
    for times in (1, 2):
        machine.run("systemctl", "start", "nmt-run@send_reminders.service")
        wait_until(machine, f"[ $({lines}) = {before + times} ]")
    text = machine.sh("runuser -u postgres -- psql -qAt nmt -c 'SELECT kind, label FROM accounts_notice'")
    assert text.splitlines().count("timer.failed|send_reminders") == 1


def test_a_new_release_is_put_in_by_the_same_script_and_what_is_there_stays(machine: FreshRoot) -> None:
    """Unpacked under a strict umask, after a release that had a file more and a run that was stopped early;
    somebody has set the server of the drill and written a line into the proxy's file."""
    machine.sh("runuser -u postgres -- psql -qc 'ALTER ROLE nmt_worker PASSWORD NULL'")
    former = serving(machine)
    machine.sh("rm /srv/release/CODE_OF_CONDUCT.md")
    machine.sh("echo '# a node more' >> /etc/nginx/conf.d/register.conf; echo '# mine' >> /etc/nmt/drill.env")
    machine.sh("chmod -R go-rwx /srv/release")
    kept = "sha256sum /etc/nmt/*.key /etc/nmt/*.env /etc/ssl/register.crt /etc/nginx/conf.d/register.conf"
    before = machine.sh(kept)
    again = machine.install(HOST)
    assert again.returncode == 0, again.stderr[-3000:]
    assert machine.sh(kept) == before
    assert "register.conf was changed and stays" in again.stderr
    assert machine.run("test", "-e", "/opt/nmt/CODE_OF_CONDUCT.md").returncode
    assert machine.sh(f"ls -d /opt/nmt-releases/{former}")
    assert serving(machine) not in {"", former}
    assert machine.install("another.example").returncode == 1
    machine.sh("logrotate --force /etc/logrotate.conf && test -s /var/log/nginx/register-access.1")
    wait_for(machine)
    assert machine.sh("nmt check_register").startswith("ok")
    assert asked(machine, "/accounts/login/")[0][0] == "200"


def test_a_release_that_cannot_be_loaded_is_not_put_in_and_says_so(machine: FreshRoot) -> None:
    former = serving(machine)
    machine.sh("echo 'import nothing_of_this_name' >> /srv/release/nmt_site/wsgi.py")
    refused = machine.install(HOST)
    assert refused.returncode == 1, refused.stderr[-3000:]
    assert "nothing_of_this_name" in refused.stderr
    assert serving(machine) == former
    machine.sh(f"kill -9 {main_process(machine)}")  # a crash ends nothing: /opt/nmt leads to what serves
    wait_for(machine)
    assert serving(machine) == former


def test_a_server_that_does_not_answer_is_taken_back_by_the_script(machine: FreshRoot) -> None:
    """It can be loaded, and its workers cannot begin."""
    former = serving(machine)
    machine.sh(
        "sed -i '$d' /srv/release/nmt_site/wsgi.py; "
        "printf '\\ndef post_fork(server, worker):\\n    raise SystemExit(9)\\n' "
        ">> /srv/release/deploy/gunicorn.conf.py"
    )
    refused = machine.install(HOST)
    assert refused.returncode == 1, refused.stderr[-3000:]
    assert f"leads to {former} again, which serves" in refused.stderr
    wait_for(machine)
    assert serving(machine) == former
    machine.sh(
        "sed -i '$d' /srv/release/deploy/gunicorn.conf.py; sed -i '$d' /srv/release/deploy/gunicorn.conf.py"
    )


def test_a_migration_that_fails_leaves_the_former_release_serving(machine: FreshRoot) -> None:
    former, policies = (
        serving(machine),
        "runuser -u postgres -- psql -qAt nmt -c 'SELECT count(*) FROM pg_policies'",
    )
    before = machine.sh(policies)
    (machine.folder / "srv/release/agencies/migrations/9999_fails.py").write_text(FAILS)
    refused = machine.install(HOST)
    assert refused.returncode == 1, refused.stderr[-3000:]
    assert machine.sh(policies) == before
    assert serving(machine) == former
    assert asked(machine, "/accounts/login/")[0][0] == "200"
    machine.sh("rm /srv/release/agencies/migrations/9999_fails.py")


def test_the_former_release_is_put_back_by_its_own_script(machine: FreshRoot) -> None:
    now = serving(machine)
    former = machine.sh("ls -tr /opt/nmt-releases").split()[0]
    assert former != now
    back = machine.run("sh", f"/opt/nmt-releases/{former}/deploy/install.sh", HOST)
    assert back.returncode == 0, back.stderr[-3000:]
    assert serving(machine) == former
    assert machine.run("sh", f"/opt/nmt-releases/{now}/deploy/install.sh", HOST).returncode == 0
    assert serving(machine) == now


def test_a_back_up_is_restored_on_a_new_machine_by_ten_lines(machine: FreshRoot) -> None:
    """The new machine is this one, without its keys and with another register in its database."""
    lines = block("install -d -m 0755").splitlines()
    assert len(lines) == 10
    machine.sh("nmt invite kept@agency.example --name 'Kept Here' --role analyst")
    printed = machine.sh("nmt backup --to /var/lib/nmt/kept.dump")
    head = re.findall(r"\d+:[0-9a-f]{64}", printed)[0]
    machine.sh("nmt invite late@agency.example --name 'Too Late' --role analyst")
    machine.sh("mkdir -p /media/keys && mv /etc/nmt/*.key /media/keys/ && rm /etc/nmt/register.conf.sum")
    more = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": f"/{WHEELS}"}
    for line in lines:
        typed = line.replace("N:HASH", head).replace(" FILE", " /var/lib/nmt/kept.dump")
        typed = typed.replace("sh deploy/", f"sh /{RELEASE}/deploy/")
        done = machine.run("sh", "-euc", typed, **more)
        assert done.returncode == 0, f"{line}: {done.stdout[-2000:]}{done.stderr[-3000:]}"
    wait_for(machine)
    people = machine.sh("runuser -u postgres -- psql -qAt nmt -c 'SELECT email FROM accounts_user'")
    assert "kept@agency.example" in people
    assert "late@agency.example" not in people


def test_a_register_with_another_audit_key_says_so(machine: FreshRoot) -> None:
    machine.sh("cp /etc/nmt/audit.key /srv/audit.key; cp /etc/nmt/secret.key /etc/nmt/audit.key")
    said = machine.run("nmt", "verify_audit")
    machine.sh("cp /srv/audit.key /etc/nmt/audit.key")
    assert said.returncode == 1
    assert "or AUDIT_KEY is another" in said.stderr


def test_the_head_of_the_audit_log_goes_to_a_file_that_only_grows(machine: FreshRoot) -> None:
    machine.sh("apt-get install -y -qq --no-install-recommends e2fsprogs >/dev/null 2>&1")  # a minimal root
    machine.sh("id auditor >/dev/null 2>&1 || adduser --system --no-create-home auditor >/dev/null 2>&1")
    done = machine.run("sh", "-euc", block("install -o auditor"))
    if "Operation not supported" in done.stderr:
        pytest.skip("NOT tried: this disk knows no files that only grow (chattr +a)")
    assert done.returncode == 0, done.stderr
    machine.sh("runuser -u nmt -- sh -c 'echo line >> /var/log/nmt-heads'")
    assert machine.run("runuser", "-u", "nmt", "--", "sh", "-c", "echo other > /var/log/nmt-heads").returncode
    assert machine.run("rm", "/var/log/nmt-heads").returncode  # not even root, before chattr -a
    machine.sh("chattr -a /var/log/nmt-heads")


def test_any_moment_can_be_gone_back_to(machine: FreshRoot) -> None:
    """By pgBackRest, as the guide has it: what came after the moment is gone, the register is whole."""

    def as_postgres(script: str) -> str:
        done = machine.run("runuser", "-u", "postgres", "--", "sh", "-euc", script)
        assert done.returncode == 0, f"{script}: {done.stdout[-1000:]}{done.stderr[-2000:]}"
        return done.stdout.strip()

    def events() -> int:
        return int(as_postgres("psql -qAt nmt -c 'SELECT max(sequence) FROM audit_event'"))

    machine.sh("apt-get install -y -qq --no-install-recommends pgbackrest >/dev/null 2>&1")
    (settings,) = (machine.folder / "etc" / "postgresql").glob("*/main/conf.d")
    for file, begins in (("etc/pgbackrest.conf", "[global]"), (settings / "archive.conf", "archive_mode")):
        (machine.folder / file).write_text(block(begins) + "\n")
        (machine.folder / file).chmod(0o644)
    machine.sh("systemctl restart postgresql@17-main")
    first, backup, restore = block("pgbackrest").splitlines()
    as_postgres(first)
    as_postgres(backup)

    before = events()
    time.sleep(2)
    moment = machine.sh("date '+%Y-%m-%d %H:%M:%S%:::z'").strip()
    time.sleep(2)
    machine.sh("nmt invite late@agency.example --name 'Too Late' --role analyst")
    assert events() > before
    as_postgres("psql -qAtc 'SELECT pg_switch_wal()'")
    machine.sh("systemctl stop nmt-web.service nmt-worker.service postgresql@17-main")
    as_postgres(re.sub(r'--target="[^"]*"', f'--target="{moment}"', restore))
    machine.sh("systemctl start postgresql@17-main")
    for _try in range(60):
        if as_postgres("psql -qAtc 'SELECT pg_is_in_recovery()'") == "f":
            break
        time.sleep(0.5)
    assert events() == before
    assert machine.sh("nmt verify_audit").startswith(f"ok {before}:")
    assert machine.sh("nmt check_register").startswith("ok")


def test_a_training_register_stands_beside_which_does_not_reach_the_register(machine: FreshRoot) -> None:
    done = machine.run(*block("sh /opt/nmt/deploy/training.sh").split())
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    wait_until(machine, "systemctl is-active nmt-training-web nmt-training-worker")
    answer, page = asked(machine, "/accounts/login/", host="training.example")
    assert answer[0] == "200", answer
    assert "Övningsregister" in page
    assert "Övningsregister" not in asked(machine, "/accounts/login/")[1]
    as_training = ("runuser", "-u", "nmt_training", "--")
    refused = machine.run(*as_training, "psql", "-qAtc", "SELECT 1", "nmt")
    assert "permission denied for database" in refused.stderr
    for path in ("/etc/nmt/secret.key", "/etc/nmt/web.env", "/var/lib/nmt", "/var/backups/nmt"):
        assert machine.run(*as_training, "ls", "-l", f"{path}/.").returncode, path
        assert machine.run(*as_training, "cat", path).returncode, path
    assert machine.sh("nmt-training check_register").startswith("ok ")
    password = machine.sh("sed -n 's/^DEMO_PASSWORD=//p' /etc/nmt-training/owner.env").strip()
    assert len(password) >= 15
    written = machine.sh("cat /var/log/nginx/* /var/log/postgresql/*.log; journalctl --no-pager")
    assert password not in done.stdout + done.stderr + written
    assert machine.sh("grep -c ^TRAINING_ADDRESS= /etc/nmt/nmt.env").strip() == "1"
    assert machine.run("sh", "/opt/nmt/deploy/training.sh", "training.example", "--anew").returncode == 0


def test_a_busy_week_is_lived_there_and_each_service_that_is_killed_comes_back(machine: FreshRoot) -> None:
    """By the people of tests/year. The services read a clock that is moved; systemd and the proxy do not."""
    operator = InstalledOperator(machine)
    with machine.network():
        mail = Mail()
    try:
        diary = Diary(Acts(operator, mail, seed=1))
        diary.morning(Diary.BEGINS)
        operator.takes_over(mail)
        diary.a_busy_week()
        taken = operator.memory_of_workers()
        assert len(taken) == 4
        assert max(taken) <= MEMORY, taken
        operator.kills_each()
        diary.morning(Diary.BEGINS + timedelta(days=4))  # everybody is reminded once a day
        diary.compared.of_everybody(YEAR)
    finally:
        mail.shutdown()
        mail.server_close()
    assert diary.compared.faults == []
    assert diary.compared.made > 120
